//! Profiles and the selection of services.

use std::collections::{BTreeMap, BTreeSet};

use super::{project::Loader, tree};
use crate::{
    text::{Code, Diagnostic, Failed},
    yaml::{Data, Entry, Node},
};

impl Loader<'_> {
    /// Takes the services that no active profile enables out of a tree.
    pub(super) fn split_by_profile(
        &mut self,
        tree: &mut Node,
        active: &BTreeSet<String>,
    ) -> Result<Node, Failed> {
        let mut disabled = Node::new(Data::Map(Vec::new()), tree.span);
        let mut active = active.clone();
        for entry in tree::entries_of(tree, "services") {
            if self.options.services.contains(&entry.key.name) {
                active.extend(profiles(&entry.value).map(str::to_owned));
            }
        }
        if let Some(Data::Map(jobs)) = tree.get_mut("jobs").map(|node| &mut node.data) {
            jobs.retain(|entry| enabled(&entry.value, &active));
            if jobs.is_empty() {
                tree.remove("jobs");
            }
        }
        let Some(services) = tree.get_mut("services") else {
            return match self.options.services.first() {
                Some(name) => Err(self.no_such_service(name, &BTreeSet::new())),
                None => Ok(disabled),
            };
        };
        let Data::Map(entries) = &mut services.data else { return Ok(disabled) };
        let names: BTreeSet<String> = entries.iter().map(|entry| entry.key.name.clone()).collect();
        for wanted in &self.options.services {
            if !names.contains(wanted) {
                return Err(self.no_such_service(wanted, &names));
            }
        }
        let (on, off): (Vec<Entry>, Vec<Entry>) =
            std::mem::take(entries).into_iter().partition(|entry| enabled(&entry.value, &active));
        *entries = on;
        disabled.data = Data::Map(off);
        Ok(disabled)
    }

    fn no_such_service(&mut self, name: &str, names: &BTreeSet<String>) -> Failed {
        let diagnostic = Diagnostic::new(Code::NoSuchService, format!("no such service: {name}"))
            .suggest(crate::text::did_you_mean(name, names.iter().map(String::as_str)));
        self.sink.fail(diagnostic)
    }

    /// Keeps the services that were asked for, with all that they depend on.
    pub(super) fn select(&mut self, tree: &mut Node) {
        if self.options.services.is_empty() {
            return;
        }
        let Some(services) = tree.get_mut("services") else { return };
        let kept = with_dependencies(services, &self.options.services);
        let Data::Map(entries) = &mut services.data else { return };
        entries.retain(|entry| kept.contains(&entry.key.name));
        // An optional dependency that is not there is forgotten.
        let there: BTreeSet<String> = entries.iter().map(|entry| entry.key.name.clone()).collect();
        for entry in entries {
            if let Some(Data::Map(needed)) =
                entry.value.get_mut("depends_on").map(|node| &mut node.data)
            {
                needed.retain(|one| {
                    there.contains(&one.key.name)
                        || !matches!(
                            one.value.get("required").map(|node| &node.data),
                            Some(Data::Bool(false))
                        )
                });
            }
        }
    }
}

/// The profiles that a service names.
fn profiles(service: &Node) -> impl Iterator<Item = &str> {
    service
        .get("profiles")
        .and_then(Node::as_seq)
        .unwrap_or_default()
        .iter()
        .filter_map(Node::as_str)
}

fn enabled(service: &Node, active: &BTreeSet<String>) -> bool {
    let mut names = profiles(service).peekable();
    names.peek().is_none() || active.contains("*") || names.any(|name| active.contains(name))
}

fn with_dependencies(services: &Node, wanted: &[String]) -> BTreeSet<String> {
    let by_name: BTreeMap<&str, &Node> = services
        .as_map()
        .unwrap_or_default()
        .iter()
        .map(|entry| (entry.key.name.as_str(), &entry.value))
        .collect();
    let mut kept = BTreeSet::new();
    let mut open: Vec<&str> = wanted.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        if !kept.insert(name.to_owned()) {
            continue;
        }
        let needed = by_name.get(name).and_then(|service| service.get("depends_on"));
        for entry in needed.and_then(Node::as_map).unwrap_or_default() {
            open.push(&entry.key.name);
        }
    }
    kept
}
