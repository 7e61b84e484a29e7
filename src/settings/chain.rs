//! The chain of environment files: an environment, what it extends, and so on.

use super::{
    builtin,
    check::Checker,
    environment::{is_name, is_own, join, known_names},
    kind::Place,
    merge::Speaker,
};
use crate::{
    load::Files,
    text::{Code, Diagnostic, Failed, Sink, Sources, did_you_mean},
    yaml::{self, Node},
};

/// One environment file.
pub(super) struct Link {
    /// The environment.
    pub(super) name: String,
    /// Its settings, checked.
    pub(super) node: Node,
    /// Who says them.
    pub(super) speaker: Speaker,
}

/// Reads the files of an environment.
pub(super) struct Reader<'a> {
    /// Where files come from.
    pub(super) files: &'a dyn Files,
    /// The project folder.
    pub(super) project_dir: &'a str,
    /// The source files.
    pub(super) sources: &'a mut Sources,
    /// Where problems go.
    pub(super) sink: &'a mut Sink,
}

impl Reader<'_> {
    /// The files of an environment, and the names that it and what it extends are called by, the
    /// farthest extended one first.
    pub(super) fn chain(&mut self, name: &str) -> Result<(Vec<Link>, Vec<String>), Failed> {
        let mut found = Vec::new();
        let mut seen = Vec::new();
        let mut next = Some(name.to_owned());
        while let Some(name) = next.take() {
            seen.push(name.clone());
            let Some(link) = self.own(&name)? else {
                found.extend(self.built_in(&name)?);
                break;
            };
            next = self.extended(&link, &seen)?;
            found.push(link);
            if next.is_none() {
                found.extend(self.built_in(&name)?);
            }
        }
        found.reverse();
        seen.reverse();
        Ok((found, seen))
    }

    /// What a project's own environment extends; none where it changes the built-in one of its name.
    fn extended(&mut self, link: &Link, seen: &[String]) -> Result<Option<String>, Failed> {
        let Some(said) = link.node.get("extends") else { return Ok(None) };
        let asked = said.as_str().unwrap_or_default();
        if asked == link.name && builtin::text(asked).is_some() {
            return Ok(None);
        }
        let own = is_name(asked) && is_own(asked, self.files, self.project_dir);
        let resolved = match builtin::resolve(asked) {
            Some(resolved) if !own => resolved,
            _ => asked,
        };
        if seen.iter().any(|name| name == resolved) {
            let circle: Vec<&str> = seen.iter().map(String::as_str).chain([resolved]).collect();
            let message = format!("environments extend each other: {}", circle.join(" → "));
            let cycle = Diagnostic::new(Code::EnvironmentCycle, message).at(said.span);
            return Err(self.sink.fail(cycle));
        }
        if !own && builtin::text(resolved).is_none() {
            let known = known_names(self.files, self.project_dir);
            let unknown = Diagnostic::new(
                Code::UnknownEnvironment,
                format!("no environment is called `{asked}`"),
            );
            let nearest = did_you_mean(asked, known.iter().map(String::as_str));
            return Err(self.sink.fail(unknown.at(said.span).suggest(nearest)));
        }
        Ok(Some(resolved.to_owned()))
    }

    /// The built-in environment and what it extends, nearest first.
    fn built_in(&mut self, name: &str) -> Result<Vec<Link>, Failed> {
        let mut found = Vec::new();
        let mut next = Some(name.to_owned());
        while let Some(name) = next.take() {
            let Some(text) = builtin::text(&name) else { break };
            let shown = format!("overlays/{name}/environment.yaml (built in)");
            let link = self.read(&name, shown, text, Speaker::Rule(builtin::rule(&name)))?;
            next = link.node.get("extends").and_then(|node| node.as_str()).map(str::to_owned);
            found.push(link);
        }
        Ok(found)
    }

    /// The project's own file of an environment.
    fn own(&mut self, name: &str) -> Result<Option<Link>, Failed> {
        let folder = join(&join(self.project_dir, "overlays"), name);
        let paths = ["yaml", "yml"].map(|ending| format!("{folder}/environment.{ending}"));
        let mut there =
            paths.into_iter().filter(|path| self.files.stat(path).is_some_and(|stat| stat.file));
        let Some(path) = there.next() else { return Ok(None) };
        if let Some(other) = there.next() {
            let message = format!("`{path}` and `{other}` are both for `{name}`");
            let several = Diagnostic::new(Code::SeveralEnvironmentFiles, message);
            return Err(self.sink.fail(several.help("keep one of them")));
        }
        let unreadable =
            |code, why: String| Diagnostic::new(code, format!("cannot read `{path}`: {why}"));
        let bytes = match self.files.read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                return Err(self.sink.fail(unreadable(Code::FileUnreadable, error.to_string())));
            }
        };
        let Ok(text) = String::from_utf8(bytes) else {
            return Err(self.sink.fail(unreadable(Code::NotUtf8, "it is not UTF-8".to_owned())));
        };
        self.read(name, path, &text, Speaker::File).map(Some)
    }

    fn read(
        &mut self,
        name: &str,
        shown: String,
        text: &str,
        speaker: Speaker,
    ) -> Result<Link, Failed> {
        let file = self.sources.add(shown, text);
        let node = yaml::parse(file, self.sources, self.sink)?;
        let node = if node.is_null() { super::merge::empty() } else { node };
        let node = Checker::new(self.sources, self.sink).settings(&node, Place::File);
        Ok(Link { name: name.to_owned(), node, speaker })
    }
}
