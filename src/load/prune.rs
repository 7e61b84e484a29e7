//! Leaving out resources that no service uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::yaml::{Data, Entry, Node};

/// Drops top-level networks, volumes, secrets, configs and models that no service refers to.
pub fn prune(tree: &mut Node) {
    let mut used = Used::default();
    if let Some(services) = tree.get("services").and_then(Node::as_map) {
        for Entry { value, .. } in services {
            service(value, &mut used);
        }
    }
    let Data::Map(sections) = &mut tree.data else { return };
    sections.retain_mut(|section| {
        let name = section.key.name.as_str();
        if !matches!(name, "networks" | "volumes" | "secrets" | "configs" | "models") {
            return true;
        }
        let kept = used.names.get(name);
        if let Data::Map(entries) = &mut section.value.data {
            entries.retain(|entry| kept.is_some_and(|kept| kept.contains(&entry.key.name)));
            return !entries.is_empty();
        }
        false
    });
}

/// Names of resources in use, by section.
#[derive(Default)]
struct Used {
    names: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Used {
    fn add(&mut self, section: &'static str, name: &str) {
        self.names.entry(section).or_default().insert(name.to_owned());
    }
}

fn service(service: &Node, used: &mut Used) {
    for section in ["networks", "models"] {
        for entry in service.get(section).and_then(Node::as_map).unwrap_or_default() {
            used.add(section, &entry.key.name);
        }
    }
    for mount in service.get("volumes").and_then(Node::as_seq).unwrap_or_default() {
        let kind = mount.get("type").and_then(Node::as_str);
        // Cluster volumes do not count, as in the reference.
        if let (Some("volume"), Some(source)) = (kind, text(mount, "source")) {
            used.add("volumes", source);
        }
    }
    for section in ["secrets", "configs"] {
        for file in service.get(section).and_then(Node::as_seq).unwrap_or_default() {
            if let Some(source) = text(file, "source") {
                used.add(section, source);
            }
        }
    }
    let build = service.get("build").and_then(|build| build.get("secrets"));
    for secret in build.and_then(Node::as_seq).unwrap_or_default() {
        if let Some(source) = text(secret, "source") {
            used.add("secrets", source);
        }
    }
}

fn text<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    node.get(name).and_then(Node::as_str)
}
