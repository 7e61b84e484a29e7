//! `include`: other compose files, each a project of its own, merged into a document.

use std::sync::Arc;

use super::{
    extends::mark,
    interpolate::Variables,
    merge::Merger,
    paths,
    project::{Context, Loader},
    reset::Resets,
    tree,
};
use crate::{
    text::{Code, Diagnostic, Failed, Span},
    yaml::{Data, Entry, Link, Node},
};

/// How deep files may include each other.
const MAX_DEPTH: usize = 64;
/// The sections that are taken over.
const SECTIONS: [&str; 7] =
    ["services", "jobs", "volumes", "networks", "secrets", "configs", "models"];

/// One entry of `include`.
struct Include {
    paths: Vec<String>,
    project_directory: Option<String>,
    env_files: Vec<String>,
    env_files_span: Span,
    span: Span,
}

impl Loader<'_> {
    /// Loads what a document includes and merges it in.
    pub(super) fn include(
        &mut self,
        document: &mut Node,
        resets: &Resets,
        context: &Context,
    ) -> Result<(), Failed> {
        let Some(list) = document.remove("include") else { return Ok(()) };
        for include in self.includes(&list)? {
            let imported = self.included(&include, context)?;
            self.import(document, imported, resets);
        }
        self.sink.check()
    }

    fn includes(&mut self, list: &Node) -> Result<Vec<Include>, Failed> {
        let items = match &list.data {
            Data::Null => return Ok(Vec::new()),
            Data::Seq(items) => items,
            _ => {
                let message = format!("`include` must be a list, not a {}", list.kind());
                return Err(self.fail(Code::Schema, message, list.span));
            }
        };
        items.iter().map(|item| self.one_include(item)).collect()
    }

    fn one_include(&mut self, item: &Node) -> Result<Include, Failed> {
        let span = item.span;
        if let Some(path) = item.as_str() {
            let paths = vec![path.to_owned()];
            let (project_directory, env_files, env_files_span) = (None, Vec::new(), span);
            return Ok(Include { paths, project_directory, env_files, env_files_span, span });
        }
        let Some(entries) = item.as_map() else {
            let message = format!("an include must be a string or mapping, not a {}", item.kind());
            return Err(self.fail(Code::Schema, message, span));
        };
        let known = ["path", "project_directory", "env_file"];
        if let Some(unknown) =
            entries.iter().find(|entry| !known.contains(&entry.key.name.as_str()))
        {
            let name = &unknown.key.name;
            let diagnostic =
                Diagnostic::new(Code::UnknownKey, format!("include has no attribute `{name}`"))
                    .at(unknown.key.span)
                    .suggest(crate::text::did_you_mean(name, known));
            return Err(self.sink.fail(diagnostic));
        }
        let paths = strings(item.get("path"));
        if paths.is_empty() {
            return Err(self.fail(Code::Schema, "an include needs a `path`", span));
        }
        let project_directory =
            item.get("project_directory").and_then(Node::as_str).map(str::to_owned);
        let env_files = strings(item.get("env_file"));
        let env_files_span = item.get("env_file").map_or(span, |node| node.span);
        Ok(Include { paths, project_directory, env_files, env_files_span, span })
    }

    /// The model of an included project.
    fn included(&mut self, include: &Include, context: &Context) -> Result<Node, Failed> {
        let span = include.span;
        if context.included.len() > MAX_DEPTH {
            return Err(self.fail(Code::TooLarge, "files include each other too deeply", span));
        }
        let mut files = Vec::new();
        for path in &include.paths {
            let path = self.local_path(&context.folder, path, span)?;
            if self.files.stat(&path).is_none() {
                let message = format!("stat {}: no such file or directory", self.shown(&path));
                return Err(self.fail(Code::FileUnreadable, message, span));
            }
            files.push(path);
        }
        let main = files.first().cloned().unwrap_or_default();
        if context.included.contains(&main) {
            let mut circle: Vec<String> =
                context.included.iter().map(|path| self.shown(path)).collect();
            circle.push(self.shown(&main));
            let message = format!("include cycle detected: {}", circle.join(" includes "));
            return Err(self.fail(Code::IncludeCycle, message, span));
        }
        let folder = match &include.project_directory {
            Some(folder) if !folder.is_empty() => paths::join(&context.folder, folder),
            _ => paths::parent(&main),
        };
        let environment = self.included_environment(include, &folder, context)?;
        let base = match &include.project_directory {
            Some(given) if paths::is_absolute(given) => folder.clone(),
            _ => paths::relative(&context.folder, &folder),
        };
        let included = context.included.clone();
        let context = Context { folder, base, environment, included };
        let mut imported = self.model(&files, &context)?;
        self.count_nodes(tree::size(&imported), span)?;
        mark(&mut imported, &Link::Include(span));
        Ok(imported)
    }

    fn included_environment(
        &mut self,
        include: &Include,
        folder: &str,
        context: &Context,
    ) -> Result<Arc<Variables>, Failed> {
        let mut files = Vec::new();
        if include.env_files.is_empty() {
            let path = paths::join(folder, ".env");
            if self.files.stat(&path).is_some_and(|stat| !stat.folder) {
                files.push(path);
            }
        }
        for path in include.env_files.iter().filter(|path| *path != "/dev/null") {
            let path = paths::join(&context.folder, path);
            let problem = match self.files.stat(&path) {
                None => "no such file or directory",
                Some(stat) if stat.folder => "is not a file",
                Some(_) => {
                    files.push(path);
                    continue;
                }
            };
            let message = format!("stat {}: {problem}", self.shown(&path));
            return Err(self.fail(Code::FileUnreadable, message, include.env_files_span));
        }
        if files.is_empty() {
            return Ok(context.environment.clone());
        }
        let mut variables = self.read_env_files(&files, &context.environment)?;
        variables.extend(context.environment.iter().map(|(name, one)| (name.clone(), one.clone())));
        Ok(Arc::new(variables))
    }

    /// Takes the sections of an included model over; what the document has itself wins.
    fn import(&mut self, document: &mut Node, imported: Node, resets: &Resets) {
        let Data::Map(sections) = imported.data else { return };
        for Entry { key, value } in sections {
            let name = key.name.as_str();
            if !SECTIONS.contains(&name) || value.as_map().is_none() {
                continue;
            }
            let Some(own) = document.get_mut(name).filter(|own| !own.is_null()) else {
                document.set(name, value);
                continue;
            };
            let own = std::mem::replace(own, Node::new(Data::Null, Span::NONE));
            let mut base = value;
            if let Some(resets) = resets.below(&[name]) {
                // Only what the document has too is reset: the rest is imported as it is.
                let Data::Map(entries) = &mut base.data else { continue };
                entries.retain_mut(|entry| match resets.below(&[entry.key.name.as_str()]) {
                    Some(resets) if own.get(&entry.key.name).is_some() => {
                        resets.keeps(&mut entry.value)
                    }
                    _ => true,
                });
            }
            let merged = Merger::at(&[name], self.sink).merge(base, own);
            document.set(name, merged);
        }
    }
}

/// A string or the strings of a list.
fn strings(node: Option<&Node>) -> Vec<String> {
    match node {
        None => Vec::new(),
        Some(node) => match node.as_seq() {
            Some(items) => items.iter().filter_map(Node::as_str).map(str::to_owned).collect(),
            None => node.as_str().map(str::to_owned).into_iter().collect(),
        },
    }
}
