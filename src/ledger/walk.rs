//! All keys of a canonical tree, each with its row.

use super::row::{Row, nearest};
use crate::{
    text::Span,
    yaml::{Data, Entry, Node},
};

/// A key of a project.
pub(super) struct Key<'a> {
    /// Its path with names and positions: `services.web.ports[0].target`.
    pub(super) path: String,
    /// Its path as rows have it.
    pub(super) generic: String,
    /// The service that it belongs to.
    pub(super) service: Option<&'a str>,
    /// What becomes of it; none for extensions.
    pub(super) row: Option<&'static Row>,
    /// Where the key is written.
    pub(super) span: Span,
    /// The key and its value.
    pub(super) region: Span,
    /// Whether a person wrote it; else loading added it, or it is part of a short form.
    pub(super) written: bool,
    /// Whether it is a name that a person chose, which asks for nothing by itself.
    pub(super) is_name: bool,
    /// Its value.
    pub(super) value: &'a Node,
}

/// The path of labels that are settings.
pub(super) const FOREIGN: &str = "services.labels.(kompose, Traefik, Caddy)";

/// Sections whose keys are names.
const NAMED: &[&str] = &[
    "services",
    "networks",
    "volumes",
    "secrets",
    "configs",
    "models",
    "services.depends_on",
    "services.networks",
    "services.models",
];

/// Every key of the tree, a key before those below it; `visit` says whether to go below it.
pub(super) fn keys<'a>(tree: &'a Node, visit: &mut dyn FnMut(&Key<'a>) -> bool) {
    At { path: String::new(), generic: String::new(), named: false, service: None }
        .below(tree, visit);
}

/// Every key of one service.
pub(super) fn keys_of<'a>(
    name: &'a str,
    service: &'a Node,
    visit: &mut dyn FnMut(&Key<'a>) -> bool,
) {
    let (path, generic) = (format!("services.{name}"), "services".to_owned());
    At { path, generic, named: false, service: Some(name) }.below(service, visit);
}

/// A place on the way through a tree.
#[derive(Clone)]
struct At<'a> {
    path: String,
    generic: String,
    /// Whether the keys here are names that people choose.
    named: bool,
    service: Option<&'a str>,
}

impl<'a> At<'a> {
    fn below(&self, node: &'a Node, visit: &mut dyn FnMut(&Key<'a>) -> bool) {
        match &node.data {
            Data::Seq(items) => {
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{}[{index}]", self.path);
                    Self { path, ..self.clone() }.below(item, visit);
                }
            }
            Data::Map(entries) => entries.iter().for_each(|entry| self.entry(entry, visit)),
            _ => {}
        }
    }

    fn entry(&self, entry: &'a Entry, visit: &mut dyn FnMut(&Key<'a>) -> bool) {
        let name = entry.key.name.as_str();
        let extension = name.starts_with("x-") && !self.named;
        let joined = |path: &str| {
            if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
        };
        let generic = if self.named { self.generic.clone() } else { joined(&self.generic) };
        // Labels of routers are settings, not labels.
        let foreign = generic.starts_with("services.labels.")
            && ["kompose.", "traefik.", "caddy"].iter().any(|start| name.starts_with(start));
        let generic = if foreign { FOREIGN.to_owned() } else { generic };
        let is_service = self.named && self.generic == "services";
        let key = Key {
            path: joined(&self.path),
            service: if is_service { Some(name) } else { self.service },
            row: if extension { None } else { nearest(&generic) },
            span: entry.key.span,
            region: entry.key.span.to(entry.value.span),
            is_name: self.named,
            written: entry.key.span != entry.value.span,
            value: &entry.value,
            generic,
        };
        if visit(&key) && !extension {
            let named = !self.named && NAMED.contains(&key.generic.as_str());
            let (path, generic, service) = (key.path, key.generic, key.service);
            At { path, generic, named, service }.below(&entry.value, visit);
        }
    }
}

/// Whether a key asks for nothing, or for what is so in every cluster.
pub(super) fn asks_nothing(generic: &str, value: &Node) -> bool {
    const SAME: &[(&str, &[&str])] = &[
        ("networks.driver", &["bridge", "overlay", "default"]),
        ("volumes.driver", &["local"]),
        ("services.logging.driver", &["json-file", "local", "journald"]),
        ("services.attach", &["true"]),
        ("services.userns_mode", &["host"]),
        ("services.isolation", &["default"]),
        ("services.cgroup", &["private"]),
        ("services.volumes.bind.create_host_path", &["true"]),
        ("services.volumes.volume.nocopy", &["true"]),
        ("networks.enable_ipv4", &["true"]),
        ("networks.attachable", &["true"]),
    ];
    let same =
        |text: &str| SAME.iter().any(|(path, words)| *path == generic && words.contains(&text));
    if generic == "services.healthcheck.test" {
        let first = value.as_seq().and_then(|words| words.first());
        return first.and_then(Node::as_str) == Some("NONE");
    }
    match &value.data {
        Data::Null => true,
        Data::Bool(value) => !value || same("true"),
        Data::String(text) => text.is_empty() || same(text),
        Data::Seq(items) => items.is_empty(),
        Data::Map(entries) => entries.is_empty(),
        Data::Int(_) | Data::Float(_) | Data::Timestamp(_) => false,
    }
}
