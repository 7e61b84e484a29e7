//! Canonical forms: short syntax to long, then scalars to what typed binding makes of them.

mod bind;
mod bound;
mod pairs;
mod scalars;
mod volumes;
mod walk;

pub use bind::{bind, replicas};
pub(super) use walk::{each, flag, map, plain, rest};

use super::{ports, tree};
use crate::{
    text::{Code, Diagnostic, Sink},
    yaml::{Data, Entry, Key, Node},
};

/// Turns short forms into long ones, path by path.
pub fn canonicalise(doc: &mut Node, sink: &mut Sink) {
    for section in ["networks", "volumes", "secrets", "configs"] {
        let Some(Data::Map(entries)) = doc.get_mut(section).map(|node| &mut node.data) else {
            continue;
        };
        for Entry { key, value } in entries {
            external(value, &format!("{section}.{}", key.name), sink);
        }
    }
    for Entry { key, value } in tree::containers(doc) {
        service(value, &key.name, sink);
    }
}

fn service(service: &mut Node, name: &str, sink: &mut Sink) {
    each(service, &["build"], &mut |node| {
        wrap(node, "context");
        build(node, sink);
    });
    each(service, &["depends_on"], &mut |node| depends_on(node, sink));
    for path in [&["develop", "watch", "*", "ignore"], &["develop", "watch", "*", "include"]] {
        each(service, path, &mut singleton);
    }
    each(service, &["extends"], &mut |node| wrap(node, "service"));
    each(service, &["triggers", "schedule", "*"], &mut |node| wrap(node, "cron"));
    container(service, sink);
    // Hooks may have empty servers and mounts without a target.
    volumes::require_targets(service, name, sink);
    each(service, &["dns"], &mut |node| {
        if let Data::Seq(items) = &mut node.data {
            items.retain(|item| !item.is_null() && item.as_str() != Some(""));
        }
    });
    each(service, &["pre_start", "*"], &mut |hook| container(hook, sink));
    each(service, &["ports"], &mut |node| expand_ports(node, sink));
}

/// What hooks before the start have in common with services.
fn container(container: &mut Node, sink: &mut Sink) {
    for path in [&["secrets", "*"], &["configs", "*"]] {
        each(container, path, &mut |node| wrap(node, "source"));
    }
    each(container, &["env_file"], &mut |node| env_file(node, sink));
    each(container, &["label_file"], &mut singleton);
    each(container, &["dns"], &mut singleton);
    each(container, &["gpus"], &mut |node| {
        if node.as_str().is_some() {
            // The only word that may stand here.
            let all = Node::string("all", node.span);
            rest(node, Data::Seq(vec![map([("count", all)], node.span)]));
        }
    });
    for path in [&["networks"], &["models"]] {
        each(container, path, &mut names);
    }
    volumes::canonicalise(container, sink);
    each(container, &["devices", "*"], &mut |node| device(node, sink));
    each(container, &["ulimits", "*"], &mut |node| ulimit(node, sink));
}

fn ulimit(node: &Node, sink: &mut Sink) {
    let what = match node.data {
        Data::String(_) => "string",
        Data::Float(_) => "float",
        Data::Timestamp(_) => "date",
        _ => return,
    };
    let message = format!("a limit is a {what}; write a whole number");
    sink.push(Diagnostic::new(Code::BadValue, message).at(node.span));
}

/// `S` becomes `{attribute: S}`.
fn wrap(node: &mut Node, attribute: &str) {
    if node.as_str().is_some() {
        let value = plain(node);
        rest(node, Data::Map(vec![walk::entry(attribute, value)]));
    }
}

/// `S` becomes `[S]`.
fn singleton(node: &mut Node) {
    if node.as_str().is_some() {
        let value = plain(node);
        rest(node, Data::Seq(vec![value]));
    }
}

/// A list of names becomes a mapping to nothing.
fn names(node: &mut Node) {
    if let Data::Seq(items) = &node.data {
        let entries = items
            .iter()
            .filter_map(|item| {
                let name = item.as_str()?;
                Some(walk::entry_at(name, item.span, Node::new(Data::Null, item.span)))
            })
            .collect();
        node.data = Data::Map(walk::last_wins(entries));
    }
}

fn build(node: &mut Node, sink: &mut Sink) {
    each(node, &["additional_contexts"], &mut |node| pairs::contexts(node, sink));
    each(node, &["ssh"], &mut |node| pairs::ssh(node, sink));
    for path in [&["provenance"], &["sbom"]] {
        each(node, path, &mut |node| {
            if let Data::Bool(_) | Data::Timestamp(_) = node.data {
                node.data = Data::String(tree::text(node));
            }
        });
    }
    each(node, &["secrets", "*"], &mut |node| wrap(node, "source"));
    each(node, &["ulimits", "*"], &mut |node| ulimit(node, sink));
}

fn depends_on(node: &mut Node, sink: &mut Sink) {
    if let Data::Seq(items) = &node.data {
        let entries = items
            .iter()
            .filter_map(|item| {
                let name = item.as_str()?;
                Some(walk::entry_at(name, item.span, map([], item.span)))
            })
            .collect();
        node.data = Data::Map(walk::last_wins(entries));
    }
    each(node, &["*"], &mut |dependency| {
        let span = dependency.span;
        if dependency.as_map().is_none() {
            let message = "a dependency is a mapping";
            sink.push(Diagnostic::new(Code::Schema, message).at(span));
            return;
        }
        if dependency.get("condition").is_none() {
            dependency.set("condition", Node::string("service_started", span));
        }
        if dependency.get("required").is_none() {
            dependency.set("required", flag(true, span));
        }
    });
}

fn env_file(node: &mut Node, sink: &mut Sink) {
    if matches!(node.data, Data::Timestamp(_)) {
        let message = "an `env_file` is a path, not a date";
        sink.push(
            Diagnostic::new(Code::BadValue, message).at(node.span).help("put it into quotes"),
        );
    }
    singleton(node);
    each(node, &["*"], &mut |file| {
        if matches!(file.data, Data::Timestamp(_)) {
            // The reference takes a date for nothing.
            file.data = Data::Null;
        }
        wrap(file, "path");
        if file.as_map().is_some() && file.get("required").is_none() {
            file.set("required", flag(true, file.span));
        }
    });
}

fn device(node: &mut Node, sink: &mut Sink) {
    let Some(text) = node.as_str() else { return };
    let span = node.span;
    let string = |text: &str| Node::string(text, span);
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target, permissions) = match parts.as_slice() {
        [source] => (*source, *source, "rwm"),
        [source, target] => (*source, *target, "rwm"),
        [source, target, permissions] => (*source, *target, *permissions),
        _ => {
            let message = format!("confusing device mapping, please use long syntax: {text}");
            sink.push(Diagnostic::new(Code::BadValue, message).at(span));
            ("", "", "rwm")
        }
    };
    let long = map(
        [
            ("source", string(source)),
            ("target", string(target)),
            ("permissions", string(permissions)),
        ],
        span,
    );
    rest(node, long.data);
}

/// Short ports become long ones, a range one port each.
fn expand_ports(node: &mut Node, sink: &mut Sink) {
    let Data::Seq(items) = &mut node.data else { return };
    let mut expanded = Vec::with_capacity(items.len());
    let mut failed = false;
    for item in items.iter() {
        let spec = match &item.data {
            Data::String(text) => text.clone(),
            Data::Int(number) => number.to_string(),
            Data::Float(_) | Data::Timestamp(_) => {
                let message = "a port is a whole number, a text or a mapping";
                sink.push(Diagnostic::new(Code::Schema, message).at(item.span));
                failed = true;
                continue;
            }
            _ => {
                expanded.push(item.clone());
                continue;
            }
        };
        match ports::parse(&spec) {
            Ok(ports) if ports.iter().any(|port| port.target == 0) => {
                failed = true;
                let message = "service port is missing a target port";
                sink.push(Diagnostic::new(Code::Schema, message).at(item.span));
            }
            Ok(ports) => expanded.extend(ports.into_iter().map(|port| long_port(port, item))),
            Err(problem) => {
                failed = true;
                sink.push(Diagnostic::new(Code::BadValue, problem).at(item.span));
            }
        }
    }
    // One that cannot be read leaves all as they are written.
    if !failed {
        *items = expanded;
    }
}

fn long_port(port: ports::PortSpec, item: &Node) -> Node {
    let string = |text: String| Node::string(text, item.span);
    let mut long = map(
        [
            ("mode", string("ingress".to_owned())),
            ("target", Node::new(Data::Int(port.target.into()), item.span)),
            ("protocol", string(port.protocol)),
        ],
        item.span,
    );
    if let Some(ip) = port.host_ip {
        long.set("host_ip", string(ip));
    }
    if let Some(published) = port.published {
        long.set("published", string(published));
    }
    long.chain.clone_from(&item.chain);
    long.template.clone_from(&item.template);
    long
}

/// `external: {name: n}` becomes `external: true` and `name: n`.
fn external(resource: &mut Node, path: &str, sink: &mut Sink) {
    let Some(old) = resource.get("external").filter(|node| node.as_map().is_some()) else { return };
    let span = old.span;
    let name = old.get("name").cloned();
    resource.set("external", flag(true, span));
    let Some(name) = name else { return };
    let message =
        format!("{path}: external.name is deprecated. Please set name and external: true");
    sink.push(Diagnostic::new(Code::Obsolete, message).at(span));
    if resource.get("name").is_some_and(|other| other.as_str() != name.as_str()) {
        let message = format!("{path}: name and external.name conflict; only use name");
        sink.push(Diagnostic::new(Code::Inconsistent, message).at(span));
        return;
    }
    if let Data::Map(entries) = &mut resource.data {
        entries.retain(|entry| entry.key.name != "name");
        let key = Key { name: "name".to_owned(), span: name.span };
        entries.push(Entry { key, value: name });
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        compose,
        load::{Memory, Options, load},
        text::{Code, Sink, Sources},
        yaml,
    };

    /// What `config` prints, or the messages, and the codes of warnings.
    fn config(text: &str) -> (Result<String, Vec<String>>, Vec<Code>) {
        let files = Memory::default().with("compose.yaml", text);
        let (mut sources, mut sink) = (Sources::default(), Sink::default());
        match load(&files, &Options::default(), &mut sources, &mut sink) {
            Ok(loaded) => {
                let codes = sink.iter().map(|diagnostic| diagnostic.code).collect();
                (Ok(yaml::emit(&compose::config(&loaded.tree))), codes)
            }
            Err(_) => (
                Err(sink.iter().map(|diagnostic| diagnostic.message.clone()).collect()),
                Vec::new(),
            ),
        }
    }

    fn errors(text: &str) -> Vec<String> {
        config(text).0.unwrap_err()
    }

    #[test]
    fn short_forms_become_long() {
        let text = "
services:
  a:
    image: x
    command: run 'a b' && rm -rf /
    depends_on: [b]
    environment: [A=1, B]
    mem_limit: 1k
    ports: ['8080:80']
    stop_grace_period: 90s
  b: {build: ., network_mode: host}
";
        let (printed, codes) = config(text);
        let printed = printed.unwrap();
        for part in [
            "command:\n      - run\n      - a b\n",
            "b:\n        condition: service_started\n        required: true\n",
            "environment:\n      A: \"1\"\n      B: null\n",
            "mem_limit: \"1024\"\n",
            "stop_grace_period: 1m30s\n",
            "context: /project\n      dockerfile: Dockerfile\n",
            "default:\n    name: project_default\n",
        ] {
            assert!(printed.contains(part), "{part}\nnot in\n{printed}");
        }
        assert_eq!(codes, [Code::CommandCut]);
    }

    #[test]
    fn contradictions_are_collected() {
        let text = "
services:
  a: {image: x, depends_on: [b], networks: [n], healthcheck: {test: [curl]}}
  b: {depends_on: [a], tmpfs: [/t], volumes: ['/t']}
";
        assert_eq!(
            errors(text),
            [
                "service \"a\" refers to undefined network n: invalid compose project",
                "healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\"",
                "service \"b\" has neither an image nor a build context specified: invalid compose project",
                "services.b.volumes[0]: target /t already mounted as services.b.tmpfs[0]",
                "dependency cycle detected: a -> b -> a",
            ]
        );
    }

    #[test]
    fn values_that_cannot_be_read() {
        let text = "
services:
  a: {image: x, mem_limit: 1x, healthcheck: {interval: '10'}, extra_hosts: [h]}
";
        assert_eq!(
            errors(text),
            [
                "'services[a].mem_limit' invalid suffix: 'x'",
                "'services[a].healthcheck.interval' time: missing unit in duration \"10\"",
                "'services[a].extra_hosts' invalid additional host, missing IP: h",
            ]
        );
        assert_eq!(
            errors("services: {a: {image: x, volumes: [':/x'], ports: ['a:1']}}"),
            ["invalid spec: :/x: empty section between colons", "Invalid hostPort: a"]
        );
    }
}
