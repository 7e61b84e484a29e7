//! `env_file` and `label_file` of services.

use std::collections::{BTreeMap, BTreeSet};

use super::{Variable, dotenv::Definition, interpolate::Variables, paths, project::Loader, tree};
use crate::{
    text::{Code, Failed, Span},
    yaml::{Data, Entry, Key, Link, Node},
};

impl Loader<'_> {
    /// Puts the variables and labels of files into the services, and drops the files.
    pub(super) fn resolve_env_files(
        &mut self,
        root: &mut Node,
        environment: &Variables,
    ) -> Result<(), Failed> {
        let mut failed = false;
        for service in tree::entries_of(root, "services") {
            let service = &mut service.value;
            if !self.options.skip.env_resolution {
                failed |= self.env_files(service, environment).is_err();
            }
            failed |= self.label_files(service).is_err();
        }
        if failed { Err(Failed) } else { Ok(()) }
    }

    fn env_files(&mut self, service: &mut Node, environment: &Variables) -> Result<(), Failed> {
        let Some(files) = service.remove("env_file") else { return Ok(()) };
        let own = own_variables(service);
        let mut read = Variables::new();
        let mut found = Vec::new();
        for file in files.as_seq().unwrap_or_default().iter().filter(|file| !file.is_null()) {
            // An empty path is a file that is not there.
            let written = file.get("path").and_then(Node::as_str).unwrap_or_default();
            let path = &paths::join(&self.project_dir, written);
            let required =
                !matches!(file.get("required").map(|node| &node.data), Some(Data::Bool(false)));
            let raw = match file.get("format").and_then(Node::as_str) {
                None | Some("") => false,
                Some("raw") => true,
                Some(other) => {
                    let message = format!("unsupported env_file format \"{other}\"");
                    let place = file.get("format").map_or(file.span, |format| format.span);
                    return Err(self.fail(Code::BadValue, message, place));
                }
            };
            if written.is_empty() || self.files.stat(path).is_none() {
                if !required {
                    continue;
                }
                return Err(self.missing("env", path, file.span));
            }
            let definitions = self.definitions(path, raw, &[environment, &own], read.clone())?;
            for definition in &definitions {
                let Definition { name, value, span, .. } = definition;
                read.insert(name.clone(), Variable { value: value.clone(), span: *span });
            }
            found.extend(definitions);
        }
        add(service, "environment", found);
        Ok(())
    }

    fn label_files(&mut self, service: &mut Node) -> Result<(), Failed> {
        // Unlike `env_file`, it stays, as `docker compose config` has it.
        let Some(files) = service.get("label_file").cloned() else { return Ok(()) };
        let mut read = Variables::new();
        let mut found = Vec::new();
        for file in files.as_seq().unwrap_or_default() {
            let Some(written) = file.as_str() else { continue };
            let path = &paths::join(&self.project_dir, written);
            if written.is_empty() || self.files.stat(path).is_none() {
                return Err(self.missing("label", path, file.span));
            }
            let definitions = self.definitions(path, false, &[], read.clone())?;
            for definition in &definitions {
                let Definition { name, value, span, .. } = definition;
                read.insert(name.clone(), Variable { value: value.clone(), span: *span });
            }
            found.extend(definitions);
        }
        add(service, "labels", found);
        Ok(())
    }

    fn missing(&mut self, kind: &str, path: &str, span: Span) -> Failed {
        let path = self.shown(path);
        let message =
            format!("{kind} file {path} not found: stat {path}: no such file or directory");
        self.fail(Code::EnvFileMissing, message, span)
    }
}

/// The variables that a service sets itself.
fn own_variables(service: &Node) -> Variables {
    let entries = service.get("environment").and_then(Node::as_map).unwrap_or_default();
    entries
        .iter()
        .filter(|entry| !entry.value.is_null())
        .map(|entry| {
            let variable = Variable { value: tree::text(&entry.value), span: entry.value.span };
            (entry.key.name.clone(), variable)
        })
        .collect()
}

/// Adds definitions to a mapping of a service; what it has itself wins.
fn add(service: &mut Node, section: &str, found: Vec<Definition>) {
    if found.is_empty() {
        return;
    }
    if service.get(section).is_none_or(Node::is_null) {
        let span = found.first().map_or(Span::NONE, |one| one.span);
        service.set(section, Node::new(Data::Map(Vec::new()), span));
    }
    let Some(Data::Map(entries)) = service.get_mut(section).map(|node| &mut node.data) else {
        return;
    };
    let own: BTreeSet<String> = entries.iter().map(|entry| entry.key.name.clone()).collect();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for one in found {
        if own.contains(&one.name) {
            continue;
        }
        let (name, span) = (one.name.clone(), one.span);
        let entry = Entry { key: Key { name: name.clone(), span }, value: node(one) };
        if let Some(old) = places.get(&name).and_then(|at| entries.get_mut(*at)) {
            *old = entry;
        } else {
            places.insert(name, entries.len());
            entries.push(entry);
        }
    }
}

fn node(one: Definition) -> Node {
    Node {
        data: Data::String(one.value),
        span: one.span,
        tag: None,
        template: one.template.map(Into::into),
        chain: vec![Link::EnvFile(one.span)],
    }
}
