//! Checks that need no references.

use super::{entries, items, text};
use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Entry, Node},
};

/// Checks that need no references: exclusive attributes, addresses, external resources.
pub fn check_logical(tree: &Node, sink: &mut Sink) {
    for entry in entries(tree, "volumes") {
        external_volume(entry, sink);
    }
    for entry in entries(tree, "configs") {
        sources(entry, "configs", &["file", "environment", "content"], sink);
    }
    for entry in entries(tree, "secrets") {
        sources(entry, "secrets", &["file", "environment"], sink);
    }
    for Entry { key, value } in entries(tree, "services") {
        service(&key.name, value, sink);
    }
}

fn problem(sink: &mut Sink, span: Span, message: String) {
    sink.push(Diagnostic::new(Code::Inconsistent, message).at(span));
}

fn external_volume(Entry { key, value }: &Entry, sink: &mut Sink) {
    if !super::is_true(value, "external") {
        return;
    }
    for entry in value.as_map().unwrap_or_default() {
        let name = entry.key.name.as_str();
        if !matches!(name, "name" | "external") && !name.starts_with("x-") {
            let message = format!(
                "volumes.{}: conflicting parameters \"external\" and \"{name}\" specified",
                key.name
            );
            problem(sink, entry.key.span, message);
        }
    }
}

/// Exactly one of the sources, unless the resource is external or a driver has it.
fn sources(Entry { key, value }: &Entry, section: &str, known: &[&str], sink: &mut Sink) {
    let given = known.iter().filter(|name| value.get(name).is_some()).count();
    let (name, list) = (&key.name, known.join("|"));
    if given > 1 {
        let message = format!("{section}.{name}: {list} attributes are mutually exclusive");
        problem(sink, key.span, message);
    } else if given == 0 && value.get("external").is_none() && value.get("driver").is_none() {
        problem(sink, key.span, format!("{section}.{name}: one of {list} must be set"));
    }
}

fn service(name: &str, service: &Node, sink: &mut Sink) {
    for port in items(service, "ports") {
        let Some(ip) = port.get("host_ip") else { continue };
        let written = ip.as_str().unwrap_or_default();
        if written.parse::<std::net::IpAddr>().is_err() {
            let message = format!("services.{name}.ports.[]: invalid ip address: {written}");
            problem(sink, ip.span, message);
        }
    }
    for watch in service.get("develop").map(|node| items(node, "watch")).unwrap_or_default() {
        if text(watch, "path").is_some_and(|path| path.trim().is_empty()) {
            let message = format!("services.{name}.develop.watch.[].path: value can't be blank");
            problem(sink, watch.span, message);
        }
    }
    let path = "deploy.resources.reservations.devices.[]";
    let reserved = ["deploy", "resources", "reservations"]
        .iter()
        .try_fold(service, |node, step| node.get(step));
    for device in reserved.map(|node| items(node, "devices")).unwrap_or_default() {
        exclusive(device, &format!("services.{name}.{path}"), sink);
    }
    for gpu in items(service, "gpus") {
        exclusive(gpu, &format!("services.{name}.gpus.[]"), sink);
    }
}

fn exclusive(device: &Node, path: &str, sink: &mut Sink) {
    if device.get("count").is_some() && device.get("device_ids").is_some() {
        let message = format!("{path}: \"count\" and \"device_ids\" attributes are exclusive");
        problem(sink, device.span, message);
    }
}
