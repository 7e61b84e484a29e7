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

    /// Reads one entry as the reference does, which knows no schema here.
    fn one_include(&mut self, item: &Node) -> Result<Include, Failed> {
        let span = item.span;
        let mut include = Include {
            paths: Vec::new(),
            project_directory: None,
            env_files: Vec::new(),
            env_files_span: span,
            span,
        };
        match &item.data {
            Data::String(path) => include.paths.push(path.clone()),
            Data::Map(entries) => {
                for Entry { key, value } in entries {
                    match key.name.to_lowercase().as_str() {
                        "path" => include.paths = self.strings(&key.name, value)?,
                        "project_directory" => {
                            include.project_directory = self.folder(&key.name, value)?;
                        }
                        "env_file" => {
                            include.env_files = self.strings(&key.name, value)?;
                            include.env_files_span = value.span;
                        }
                        name => {
                            let message = format!("Compose ignores `{name}` of an include");
                            let known = ["path", "project_directory", "env_file"];
                            let diagnostic = Diagnostic::new(Code::SilentlyIgnored, message);
                            let suggestion = crate::text::did_you_mean(name, known);
                            self.sink.push(diagnostic.at(key.span).suggest(suggestion));
                        }
                    }
                }
            }
            Data::Null | Data::Timestamp(_) => {}
            _ => {
                let message =
                    format!("an include must be a string or mapping, not a {}", item.kind());
                return Err(self.fail(Code::Schema, message, span));
            }
        }
        if include.paths.is_empty() {
            let message = "an include without a `path` includes nothing";
            let diagnostic = Diagnostic::new(Code::SilentlyIgnored, message).at(span);
            self.sink.push(diagnostic.help("give it a `path`, or remove it"));
        }
        Ok(include)
    }

    /// A string or the strings of a list.
    fn strings(&mut self, name: &str, node: &Node) -> Result<Vec<String>, Failed> {
        let items = match &node.data {
            Data::Null => return Ok(Vec::new()),
            Data::Seq(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let texts = items.iter().map(|item| {
            item.as_str().map(str::to_owned).ok_or_else(|| {
                let kind = item.kind();
                let message =
                    format!("`{name}` must be a string or a list of strings, not a {kind}");
                self.fail(Code::Schema, message, item.span)
            })
        });
        texts.collect()
    }

    fn folder(&mut self, name: &str, node: &Node) -> Result<Option<String>, Failed> {
        match &node.data {
            Data::Null => Ok(None),
            Data::String(text) => Ok(Some(text.clone())),
            Data::Int(number) => Ok(Some(number.to_string())),
            _ => {
                let message = format!("`{name}` must be a string, not a {}", node.kind());
                Err(self.fail(Code::Schema, message, node.span))
            }
        }
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
            _ if files.is_empty() => context.folder.clone(),
            _ => paths::parent(&main),
        };
        let environment = self.included_environment(include, &folder, context)?;
        if files.is_empty() {
            return Ok(Node::new(Data::Map(Vec::new()), span));
        }
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
