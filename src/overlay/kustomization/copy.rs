//! The files of a user's kustomization, for the tree that c2k writes.

use super::{Applied, Kustomization};
use crate::{
    load::paths,
    text::{Sources, Span},
};

/// The comment above a copied kustomization.
const HEADER: &str =
    "# Copied by c2k from the project's overlays/: change it there, and convert again.\n";

/// A file to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedFile {
    /// Its path below the tree.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Whether it holds values of Secrets.
    pub secret: bool,
}

/// Where a kustomization is copied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyTo {
    /// The folder below `overlays/`.
    pub folder: String,
    /// The folder, seen from there, of what it changes.
    pub below: String,
}

/// The files as they stand in the tree; `jobs` are the names of Jobs in what it changes.
///
/// They are copied as they are, but for two things: the generated objects become a resource, and
/// Jobs are called by the names that end in a hash.
pub fn copied(
    kustomization: &Kustomization,
    applied: &Applied,
    to: &CopyTo,
    jobs: &std::collections::BTreeMap<String, String>,
    sources: &Sources,
) -> Vec<CopiedFile> {
    let root = paths::parent(&paths::parent(&kustomization.folder));
    let own = kustomization.folder.rsplit('/').next().unwrap_or_default();
    let own = format!("overlays/{own}/");
    let mut files = Vec::new();
    for (path, text) in &kustomization.files {
        let mut edits: Vec<(Span, String)> = Vec::new();
        for (span, name) in &applied.jobs {
            let here = sources.get(span.file).is_some_and(|source| source.name == *path);
            if let Some(new) = jobs.get(name).filter(|_| here) {
                edits.push((*span, new.clone()));
            }
        }
        edits.sort();
        edits.dedup();
        let mut text = text.clone();
        for (span, new) in edits.iter().rev() {
            let range = span.start as usize..span.end as usize;
            if text.get(range.clone()).is_some() {
                text.replace_range(range, new);
            }
        }
        if *path == kustomization.file {
            text = with_resource(&text, kustomization.resources_at, &to.below, sources);
        }
        let shown = match root.as_str() {
            "." => path.as_str(),
            root => path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path),
        };
        let secret = kustomization.secret_files.contains(path);
        let path = match shown.strip_prefix(&own) {
            Some(rest) => format!("overlays/{}/{rest}", to.folder),
            None => shown.to_owned(),
        };
        files.push(CopiedFile { path, text, secret });
    }
    files
}

/// The text with one more resource, before the others.
fn with_resource(text: &str, list: Option<Span>, name: &str, sources: &Sources) -> String {
    let slice = list.map(|span| sources.slice(span)).unwrap_or_default();
    let Some(span) = list.filter(|_| !slice.trim().is_empty()) else {
        let text = text.strip_prefix("---\n").unwrap_or(text);
        let lines = text.lines().filter(|line| line.trim_end() != "resources:");
        let rest: String = lines.flat_map(|line| [line, "\n"]).collect();
        return format!("{HEADER}resources:\n- {name}\n{rest}");
    };
    let start = span.start as usize;
    let (before, after) = text.split_at(start.min(text.len()));
    if slice.starts_with('[') {
        let rest = after.get(1..).unwrap_or_default();
        let comma = if rest.trim_start().starts_with(']') { "" } else { ", " };
        return format!("{HEADER}{before}[{name}{comma}{rest}");
    }
    // The list starts at its first item, behind the dash.
    let line = before.rsplit('\n').next().unwrap_or_default();
    match line.trim_end().strip_suffix('-') {
        Some(indent) => format!("{HEADER}{before}{name}\n{indent}- {after}"),
        None => format!("{HEADER}{before}- {name}\n{line}{after}"),
    }
}
