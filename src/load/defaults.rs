//! Defaults that are set before normalisation.

use super::{
    canonical::{each, flag},
    tree,
};
use crate::yaml::{Data, Node};

/// Sets the defaults of the specification in a canonical tree.
pub fn set(tree: &mut Node) {
    tree::containers(tree).for_each(|entry| container(&mut entry.value));
}

fn container(node: &mut Node) {
    each(node, &["build"], &mut |build| absent(build, "context", "."));
    each(node, &["secrets", "*"], &mut secret);
    each(node, &["ports", "*"], &mut |port| {
        absent(port, "protocol", "tcp");
        absent(port, "mode", "ingress");
    });
    for path in [&["gpus", "*"][..], &["deploy", "resources", "reservations", "devices", "*"]] {
        each(node, path, &mut |device| {
            if device.get("count").is_none() && device.get("device_ids").is_none() {
                absent(device, "count", "all");
            }
        });
    }
    // The reference leaves what a hook does not say off, and prints it.
    for (path, made) in [
        (&["volumes", "*", "bind"][..], true),
        (&["pre_start", "*", "volumes", "*", "bind"], false),
    ] {
        each(node, path, &mut |bind| {
            if bind.as_map().is_some() && bind.get("create_host_path").is_none() {
                bind.set("create_host_path", flag(made, bind.span));
            }
        });
    }
}

/// Sets a text where nothing is set.
fn absent(node: &mut Node, name: &str, text: &str) {
    if node.as_map().is_some() && node.get(name).is_none() {
        node.set(name, Node::string(text, node.span));
    }
}

fn secret(secret: &mut Node) {
    if secret.get("target").is_some() {
        return;
    }
    let Some(source) = secret.get("source") else { return };
    if let Data::String(name) = &source.data {
        let target = Node::string(format!("/run/secrets/{name}"), source.span);
        secret.set("target", target);
    }
}
