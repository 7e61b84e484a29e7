//! `kompose.*` labels, read as the settings they stand for.

use super::{
    check::Checker,
    kind::Place,
    merge::{Layer, Speaker, empty},
    tier::Tier,
};
use crate::{
    compose::{Project, Service, Text},
    text::{Code, Diagnostic, Severity, Sink, Sources, Span},
    yaml::{Data, Node},
};

/// The settings in the labels of services and volumes.
pub(super) fn read(project: &Project, sources: &Sources, sink: &mut Sink) -> Vec<Tier> {
    let mut tier = Tier::default();
    let mut whole = empty();
    let mut secrets = Vec::new();
    for (name, service) in project.services.iter() {
        let found = of_service(service, &mut secrets, sink);
        if found.as_map().is_some_and(|entries| !entries.is_empty()) {
            tier.services.insert(name.value.clone(), layer(&found, Place::Service, sources, sink));
        }
    }
    if !secrets.is_empty() {
        put(&mut whole, &["images", "pullSecrets"], Node::new(Data::Seq(secrets), Span::NONE));
    }
    for (name, volume) in project.volumes.iter() {
        for (label, value) in volume.labels.iter() {
            match label.as_str() {
                "kompose.volume.size" => {
                    put(&mut whole, &["volumes", name.as_str(), "size"], text(value));
                }
                "kompose.volume.storage-class-name" => {
                    put(&mut whole, &["volumes", name.as_str(), "class"], text(value));
                }
                _ => {}
            }
        }
    }
    tier.all = Some(layer(&whole, Place::Project, sources, sink));
    vec![tier]
}

/// Kompose takes words that c2k does not, so a value that does not fit is a warning.
fn layer(node: &Node, place: Place, sources: &Sources, sink: &mut Sink) -> Layer {
    let mut checker = Checker::new(sources, sink);
    checker.severity = Severity::Warning;
    Layer { node: checker.settings(node, place), speaker: Speaker::File, weak: false }
}

fn of_service(service: &Service, secrets: &mut Vec<Node>, sink: &mut Sink) -> Node {
    let mut node = empty();
    for (label, value) in service.labels.iter() {
        let Some(name) = label.as_str().strip_prefix("kompose.") else { continue };
        if name == "image-pull-secret" {
            if !secrets.iter().any(|known| known.as_str() == Some(value.as_str())) {
                secrets.push(text(value));
            }
        } else if !(put_label(&mut node, name, value) || put_probe(&mut node, name, value)) {
            let message = format!("the label `{}` has no effect", label.as_str());
            sink.push(Diagnostic::new(Code::LeftOut, message).at(label.span()));
        }
    }
    // TLS and class without a way in would open one.
    if node.get("public").is_some_and(|public| public.get("=").is_none()) {
        node.remove("public");
    } else if let Some(public) = node.get_mut("public") {
        expose(public);
    }
    node
}

/// Labels with one value for one setting.
fn put_label(node: &mut Node, name: &str, value: &Text) -> bool {
    let (path, value): (&[&str], Node) = match name {
        "controller.type" => (&["workload"], text(value)),
        "service.type" => (&["service", "type"], text(value)),
        "service.expose" => (&["public", "="], text(value)),
        "service.expose.tls-secret" => (&["public", "tls", "secret"], text(value)),
        "service.expose.ingress-class-name" => (&["public", "class"], text(value)),
        "volume.size" => (&["storage", "size"], text(value)),
        "volume.storage-class-name" => (&["storage", "class"], text(value)),
        "image-pull-policy" => (&["image", "pullPolicy"], text(value)),
        "security-context.fsgroup" => (&["fsGroup"], number(value)),
        "cronjob.schedule" => {
            put(node, &["workload"], Node::string("cronjob", value.span()));
            (&["schedule", "cron"], text(value))
        }
        "cronjob.concurrency_policy" => (&["schedule", "concurrency"], text(value)),
        "cronjob.backoff_limit" => (&["schedule", "backoffLimit"], number(value)),
        _ => return false,
    };
    put(node, path, value);
    true
}

/// Labels about probes.
fn put_probe(node: &mut Node, name: &str, value: &Text) -> bool {
    let Some((probe, field)) = name
        .strip_prefix("service.healthcheck.")
        .and_then(|rest| rest.split_once('.'))
        .filter(|(probe, _)| matches!(*probe, "readiness" | "liveness"))
    else {
        return false;
    };
    let shell = |value: &Text| {
        let words = ["sh", "-c", value.as_str()].map(|word| Node::string(word, value.span()));
        Node::new(Data::Seq(words.into()), value.span())
    };
    let (path, value): (&[&str], Node) = match field {
        "http_get_path" => (&["http", "path"], text(value)),
        "http_get_port" => (&["http", "port"], number(value)),
        "tcp_port" => (&["tcp"], number(value)),
        "test" => (&["command"], shell(value)),
        "interval" => (&["periodSeconds"], seconds(value)),
        "timeout" => (&["timeoutSeconds"], seconds(value)),
        "start_period" => (&["initialDelaySeconds"], seconds(value)),
        "retries" => (&["failureThreshold"], number(value)),
        _ => return false,
    };
    put(node, &[&["probes", probe], path].concat(), value);
    true
}

/// `true`, `false`, or hosts with paths, separated by commas.
fn expose(public: &mut Node) {
    let Some(said) = public.remove("=") else { return };
    let span = said.span;
    let hosts = said.as_str().unwrap_or_default().trim();
    if matches!(hosts, "" | "false") {
        *public = Node::new(Data::Bool(false), span);
        return;
    }
    let ways = hosts.split(',').map(|host| {
        let mut way = public.clone();
        let (host, path) = host.trim().split_once('/').unwrap_or((host.trim(), ""));
        if host != "true" {
            way.set("host", Node::string(host, span));
        }
        if !path.is_empty() {
            way.set("path", Node::string(format!("/{path}"), span));
        }
        way
    });
    *public = Node::new(Data::Seq(ways.collect()), span);
}

fn put(node: &mut Node, path: &[&str], value: Node) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        node.set(first, value);
        return;
    }
    if node.get(first).is_none() {
        node.set(first, Node::new(Data::Map(Vec::new()), value.span));
    }
    if let Some(inner) = node.get_mut(first) {
        put(inner, rest, value);
    }
}

fn text(value: &Text) -> Node {
    Node::string(value.as_str(), value.span())
}

/// The number of a label, else its text, which the check then reports.
fn number(value: &Text) -> Node {
    match value.as_str().trim().parse() {
        Ok(number) => Node::new(Data::Int(number), value.span()),
        Err(_) => text(value),
    }
}

/// A duration such as `1m30s` in seconds.
fn seconds(value: &Text) -> Node {
    let mut total: i128 = 0;
    let mut digits = String::new();
    for c in value.as_str().trim().chars() {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return text(value),
        };
        let Ok(number) = digits.parse::<i128>() else { return text(value) };
        total = total.saturating_add(number.saturating_mul(unit));
        digits.clear();
    }
    if digits.is_empty() { Node::new(Data::Int(total), value.span()) } else { number(value) }
}
