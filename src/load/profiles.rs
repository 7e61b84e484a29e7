//! Profiles and the selection of services.

use std::collections::{BTreeMap, BTreeSet};

use super::project::Loader;
use crate::{
    text::{Code, Diagnostic, Failed},
    yaml::{Data, Entry, Node},
};

impl Loader<'_> {
    /// Takes the services and jobs that no active profile enables out of a tree.
    pub(super) fn split_by_profile(tree: &mut Node, active: &BTreeSet<String>) -> Disabled {
        let mut off = |section: &str| {
            let Some(Data::Map(entries)) = tree.get_mut(section).map(|node| &mut node.data) else {
                return Vec::new();
            };
            let (on, off) = std::mem::take(entries)
                .into_iter()
                .partition(|entry: &Entry| enabled(&entry.value, active));
            *entries = on;
            off
        };
        let (services, jobs) = (off("services"), off("jobs"));
        Disabled { services: Node::new(Data::Map(services), tree.span), jobs }
    }

    /// Enables the services that were asked for, and what else their profiles enable.
    pub(super) fn enable(
        &mut self,
        tree: &mut Node,
        disabled: &mut Disabled,
        active: &BTreeSet<String>,
    ) -> Result<(), Failed> {
        let on = names(tree.get("services"));
        let off = names(Some(&disabled.services));
        let mut active = active.clone();
        for wanted in &self.options.services {
            if on.contains(wanted) {
                continue;
            }
            if !off.contains(wanted) {
                return Err(self.no_such_service(wanted, &on.union(&off).cloned().collect()));
            }
            let service = disabled.services.get(wanted);
            active.extend(service.into_iter().flat_map(profiles).map(str::to_owned));
        }
        let mut give = |section: &str, off: &mut Vec<Entry>| {
            let (on, still): (Vec<_>, Vec<_>) =
                std::mem::take(off).into_iter().partition(|entry| enabled(&entry.value, &active));
            *off = still;
            if let Some(Data::Map(entries)) = tree.get_mut(section).map(|node| &mut node.data) {
                entries.extend(on);
            }
        };
        if let Data::Map(services) = &mut disabled.services.data {
            give("services", services);
        }
        give("jobs", &mut disabled.jobs);
        if tree.get("jobs").and_then(Node::as_map).is_some_and(<[_]>::is_empty) {
            tree.remove("jobs");
        }
        Ok(())
    }

    fn no_such_service(&mut self, name: &str, names: &BTreeSet<String>) -> Failed {
        let diagnostic = Diagnostic::new(Code::NoSuchService, format!("no such service: {name}"))
            .suggest(crate::text::did_you_mean(name, names.iter().map(String::as_str)));
        self.sink.fail(diagnostic)
    }

    /// Keeps the services that were asked for, with all that they depend on.
    pub(super) fn select(&mut self, tree: &mut Node) -> Result<(), Failed> {
        if self.options.services.is_empty() {
            return Ok(());
        }
        let Some(services) = tree.get_mut("services") else { return Ok(()) };
        let kept = match with_dependencies(services, &self.options.services) {
            Ok(kept) => kept,
            Err(missing) => return Err(self.no_such_service(&missing, &BTreeSet::new())),
        };
        let Data::Map(entries) = &mut services.data else { return Ok(()) };
        entries.retain(|entry| kept.contains(&entry.key.name));
        // An optional dependency that is not there is forgotten.
        for entry in entries {
            let needed = entry.value.get_mut("depends_on").map(|node| &mut node.data);
            if let Some(Data::Map(needed)) = needed {
                needed.retain(|one| kept.contains(&one.key.name));
            }
        }
        Ok(())
    }
}

/// What no active profile enables.
pub(super) struct Disabled {
    /// Services, as a mapping.
    pub(super) services: Node,
    /// Jobs.
    pub(super) jobs: Vec<Entry>,
}

fn names(services: Option<&Node>) -> BTreeSet<String> {
    let entries = services.and_then(Node::as_map).unwrap_or_default();
    entries.iter().map(|entry| entry.key.name.clone()).collect()
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

/// The services and all that they depend on, or a service that is needed and not there.
fn with_dependencies(services: &Node, wanted: &[String]) -> Result<BTreeSet<String>, String> {
    let by_name: BTreeMap<&str, &Node> = services
        .as_map()
        .unwrap_or_default()
        .iter()
        .map(|entry| (entry.key.name.as_str(), &entry.value))
        .collect();
    let mut kept = BTreeSet::new();
    let mut open: Vec<&str> = wanted.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        let Some(service) = by_name.get(name) else { return Err(name.to_owned()) };
        if !kept.insert(name.to_owned()) {
            continue;
        }
        let needed = service.get("depends_on").and_then(Node::as_map).unwrap_or_default();
        for Entry { key, value } in needed {
            let required =
                value.get("required").is_none_or(|node| !matches!(node.data, Data::Bool(false)));
            if required || by_name.contains_key(key.name.as_str()) {
                open.push(&key.name);
            }
        }
    }
    Ok(kept)
}
