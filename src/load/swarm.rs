//! What Compose accepts and only Docker Swarm acts on: `docker compose config` names it, so
//! `c2k config` does too.

use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Entry, Node},
};

/// Keys of `deploy` that nothing but Swarm reads.
const DEPLOY: [&str; 6] =
    ["endpoint_mode", "labels", "mode", "placement", "rollback_config", "update_config"];
/// Keys of top-level resources that nothing but Swarm reads.
const RESOURCES: [(&str, &str); 3] =
    [("configs", "labels"), ("secrets", "driver_opts"), ("secrets", "labels")];
/// What is known of a GPU; the reference says of any other key that Swarm may know it.
const GPU: [&str; 5] = ["capabilities", "count", "device_ids", "driver", "options"];
/// Keys of a service's configs and secrets that nothing but Swarm reads.
const OWNERSHIP: [&str; 3] = ["uid", "gid", "mode"];

/// Notes every attribute of a canonical tree that has an effect under Swarm only.
pub(super) fn note(tree: &Node, sink: &mut Sink) {
    for Entry { key, value } in entries(tree.get("services")) {
        service(&format!("services.{}", key.name), value, sink);
    }
    for Entry { key, value } in entries(tree.get("jobs")) {
        unlisted(&format!("jobs.{}", key.name), value, sink);
    }
    for (section, attribute) in RESOURCES {
        for Entry { key, value } in entries(tree.get(section)) {
            if let Some(entry) = value.entry(attribute) {
                say(&format!("{section}.{}.{attribute}", key.name), entry.key.span, sink);
            }
        }
    }
}

fn service(path: &str, service: &Node, sink: &mut Sink) {
    for name in DEPLOY {
        if let Some(entry) = service.get("deploy").and_then(|deploy| deploy.entry(name)) {
            say(&format!("{path}.deploy.{name}"), entry.key.span, sink);
        }
    }
    if let Some(entry) = service.entry("credential_spec") {
        say(&format!("{path}.credential_spec"), entry.key.span, sink);
    }
    unlisted(path, service, sink);
    for hook in items(service.get("pre_start")) {
        unlisted(&format!("{path}.pre_start.[]"), hook, sink);
    }
    for port in items(service.get("ports")) {
        if let Some(mode) = port.get("mode").filter(|mode| mode.as_str() == Some("host")) {
            let (target, protocol) = (text(port, "target"), text(port, "protocol"));
            say(&format!("{path}.ports[{target}/{protocol}].mode"), mode.span, sink);
        }
    }
    for volume in items(service.get("volumes")) {
        if let Some(kind) = volume.get("type").filter(|kind| kind.as_str() == Some("cluster")) {
            say(&format!("{path}.volumes[{}].type", text(volume, "source")), kind.span, sink);
        }
    }
    for section in ["configs", "secrets"] {
        for file in items(service.get(section)) {
            for name in OWNERSHIP {
                if let Some(entry) = file.entry(name).filter(|entry| !entry.value.is_null()) {
                    let source = text(file, "source");
                    say(&format!("{path}.{section}.{source}.{name}"), entry.key.span, sink);
                }
            }
        }
    }
}

/// What a container has where the specification lists no such key.
fn unlisted(path: &str, container: &Node, sink: &mut Sink) {
    for entry in entries(container.get("storage_opt")) {
        if !entry.key.name.starts_with("x-") {
            say(&format!("{path}.storage_opt.{}", entry.key.name), entry.key.span, sink);
        }
    }
    for entry in items(container.get("gpus")).iter().flat_map(|gpu| entries(Some(gpu))) {
        let name = entry.key.name.as_str();
        if !GPU.contains(&name) && !name.starts_with("x-") {
            say(&format!("{path}.gpus.[].{name}"), entry.key.span, sink);
        }
    }
}

fn say(path: &str, span: Span, sink: &mut Sink) {
    let message = format!("`{path}` has an effect under Docker Swarm only");
    sink.push(Diagnostic::new(Code::SwarmOnly, message).at(span));
}

fn text(node: &Node, name: &str) -> String {
    node.get(name).map_or_else(|| "<nil>".to_owned(), super::tree::text)
}

fn entries(node: Option<&Node>) -> &[Entry] {
    node.and_then(Node::as_map).unwrap_or_default()
}

fn items(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_seq).unwrap_or_default()
}
