//! Unicity: of the items of a list that mean the same thing, the last one stays, in the first's place.

use std::collections::BTreeMap;

use super::{mounts, tree};
use crate::{
    text::{Code, Diagnostic, Sink},
    yaml::{Data, Node},
};

/// What makes two items the same.
#[derive(Debug, Clone, Copy)]
enum Identity {
    /// The text before `=`.
    Key,
    /// The text.
    Text,
    EnvFile,
    Volume,
    Device,
    Config,
    Secret,
    Port,
}

/// Enforces unicity in every list of a tree that has it.
pub(super) fn enforce(root: &mut Node, sink: &mut Sink) {
    for entry in tree::entries_of(root, "services") {
        service(&mut entry.value, sink);
    }
    for entry in tree::entries_of(root, "networks") {
        tree::with(&mut entry.value, "labels", |node| unique(node, Identity::Key, sink));
        tree::with(&mut entry.value, "ipam", |ipam| {
            tree::with(ipam, "options", |node| unique(node, Identity::Key, sink));
        });
    }
}

fn service(service: &mut Node, sink: &mut Sink) {
    for entry in tree::entries(service) {
        let value = &mut entry.value;
        let identity = match entry.key.name.as_str() {
            "annotations" | "cap_add" | "cap_drop" | "dns" | "dns_opt" | "dns_search"
            | "environment" | "labels" | "links" | "profiles" | "sysctls" | "tmpfs" => {
                Identity::Key
            }
            "expose" => Identity::Text,
            "env_file" => Identity::EnvFile,
            "volumes" => Identity::Volume,
            "devices" => Identity::Device,
            "configs" => Identity::Config,
            "secrets" => Identity::Secret,
            "ports" => Identity::Port,
            "build" => {
                for name in ["args", "additional_contexts", "platform", "tags", "labels"] {
                    tree::with(value, name, |node| unique(node, Identity::Key, sink));
                }
                continue;
            }
            "deploy" => {
                tree::with(value, "labels", |node| unique(node, Identity::Key, sink));
                continue;
            }
            "networks" => {
                for network in tree::entries(value) {
                    for name in ["aliases", "link_local_ips"] {
                        tree::with(&mut network.value, name, |node| {
                            unique(node, Identity::Key, sink);
                        });
                    }
                }
                continue;
            }
            _ => continue,
        };
        unique(value, identity, sink);
    }
}

/// Keeps the last of the items with the same text before `=`, in the first's place.
pub(super) fn keep_last_of_key(list: &mut Node, sink: &mut Sink) {
    unique(list, Identity::Key, sink);
}

fn unique(list: &mut Node, identity: Identity, sink: &mut Sink) {
    let Data::Seq(items) = &mut list.data else { return };
    let what = match identity {
        Identity::Volume => "service volume is missing a mount target",
        Identity::Device => "service device is missing a mount target",
        Identity::Port => "service port is missing a target port",
        Identity::EnvFile => "environment file is missing a path",
        _ => "",
    };
    let known_by = if matches!(identity, Identity::EnvFile) { "path" } else { "target" };
    for item in items.iter().filter(|item| !what.is_empty() && item.as_map().is_some()) {
        if item.get(known_by).is_none() {
            sink.push(Diagnostic::new(Code::Schema, what).at(item.span));
        }
    }
    if matches!(identity, Identity::Key) {
        for item in items.iter().filter(|item| !matches!(item.data, Data::String(_))) {
            let message = format!("a {} stands where a text is wanted", item.kind());
            sink.push(Diagnostic::new(Code::Schema, message).at(item.span));
        }
    }
    if items.len() < 2 {
        return;
    }
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Node> = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        let old = match key(&item, identity) {
            Some(key) => {
                let next = kept.len();
                let place = *places.entry(key).or_insert(next);
                kept.get_mut(place)
            }
            None => None,
        };
        match old {
            Some(old) => *old = item,
            None => kept.push(item),
        }
    }
    *items = kept;
}

/// What an item is known by; none if it is malformed, which later phases say.
fn key(item: &Node, identity: Identity) -> Option<String> {
    let member = |name: &str| item.get(name).map(tree::text);
    let short = item.as_map().is_none();
    let text = tree::text(item);
    match identity {
        Identity::Key => {
            Some(text.split_once('=').map_or(text.as_str(), |(key, _)| key).to_owned())
        }
        Identity::EnvFile | Identity::Text | Identity::Port if short => Some(text),
        Identity::Text => None,
        Identity::EnvFile => member("path"),
        Identity::Volume if short => mounts::parse(&text).ok().map(|mount| mount.target),
        Identity::Device if short => {
            let mut parts = text.split(':');
            let first = parts.next();
            parts.next().or(first).map(str::to_owned)
        }
        Identity::Volume | Identity::Device => member("target"),
        Identity::Config => mounted(item, ""),
        Identity::Secret => mounted(item, "/run/secrets"),
        Identity::Port => {
            let host = member("host_ip").unwrap_or_else(|| "0.0.0.0".to_owned());
            let protocol = member("protocol").unwrap_or_else(|| "tcp".to_owned());
            let published = member("published").unwrap_or_default();
            Some(format!("{host}:{published}:{}/{protocol}", member("target")?))
        }
    }
}

fn mounted(item: &Node, folder: &str) -> Option<String> {
    if item.as_map().is_none() {
        return Some(format!("{folder}/{}", tree::text(item)));
    }
    let target = item.get("target").map(tree::text);
    target.or_else(|| item.get("source").map(|source| format!("{folder}/{}", tree::text(source))))
}
