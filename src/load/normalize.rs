//! Normalisation: implicit networks, dependencies and names.

use std::collections::BTreeMap;

use super::{
    canonical::{each, flag, map, rest},
    container,
    merge::Merger,
    paths::clean,
    tree,
};
use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Data, Entry, Key, Node},
};

/// Makes explicit what the specification implies.
///
/// With `all_of_hooks`, hooks before the start show everything that they inherit.
pub fn normalise(
    tree: &mut Node,
    name: &str,
    env: &BTreeMap<String, String>,
    all_of_hooks: bool,
    sink: &mut Sink,
) {
    let mut default_used = false;
    for Entry { value, .. } in tree::containers(tree) {
        default_used |= networks(value);
        service(value, env);
        if all_of_hooks {
            complete_hooks(value, sink);
        } else {
            plain_hooks(value, sink);
        }
    }
    default_network(tree, default_used);
    for section in ["networks", "volumes", "configs", "secrets"] {
        names(tree, section, name);
    }
}

/// Joins the default network where nothing else is said; whether the service is in it.
fn networks(service: &mut Node) -> bool {
    let elsewhere = service.get("provider").is_some() || service.get("network_mode").is_some();
    let some =
        service.get("networks").and_then(Node::as_map).is_some_and(|networks| !networks.is_empty());
    if !elsewhere && !some && service.as_map().is_some() {
        let none = Node::new(Data::Null, service.span);
        service.set("networks", map([("default", none)], service.span));
    }
    service.get("networks").is_some_and(|networks| networks.entry("default").is_some())
}

/// The `default` network is there if a service is in it, and only then.
fn default_network(tree: &mut Node, used: bool) {
    let span = tree.span;
    let defined = tree.get("networks").is_some_and(|networks| networks.entry("default").is_some());
    if used && !defined {
        match tree.get_mut("networks") {
            Some(networks) if networks.as_map().is_some() => {
                networks.set("default", Node::new(Data::Null, span));
            }
            _ => {
                let none = Node::new(Data::Null, span);
                tree.set("networks", map([("default", none)], span));
            }
        }
    } else if !used
        && defined
        && let Some(networks) = tree.get_mut("networks")
    {
        networks.remove("default");
    }
}

fn service(service: &mut Node, env: &BTreeMap<String, String>) {
    each(service, &["pull_policy"], &mut |policy| {
        if policy.as_str() == Some("if_not_present") {
            rest(policy, Data::String("missing".to_owned()));
        }
    });
    each(service, &["build"], &mut |build| {
        if build.get("context").is_none() {
            build.set("context", Node::string(".", build.span));
        }
        if build.get("dockerfile_inline").is_none() && build.get("dockerfile").is_none() {
            build.set("dockerfile", Node::string("Dockerfile", build.span));
        }
        each(build, &["args"], &mut |args| resolve(args, env, true));
    });
    each(service, &["environment"], &mut |variables| resolve(variables, env, false));
    each(service, &["volumes", "*", "target"], &mut |target| {
        if let Data::String(path) = &mut target.data {
            *path = clean(path);
        }
    });
    dependencies(service);
}

/// Gives keys without a value the environment's; those it has not are kept or dropped.
fn resolve(pairs: &mut Node, env: &BTreeMap<String, String>, drop: bool) {
    match &mut pairs.data {
        Data::Map(entries) => entries.retain_mut(|entry| {
            if entry.value.is_null() {
                match env.get(&entry.key.name) {
                    Some(value) => entry.value.data = Data::String(value.clone()),
                    None => return !drop,
                }
            }
            true
        }),
        Data::Seq(items) => items.retain_mut(|item| {
            if let Some(key) = item.as_str().filter(|text| !text.contains('=')) {
                match env.get(key) {
                    Some(value) => item.data = Data::String(format!("{key}={value}")),
                    None => return !drop,
                }
            }
            true
        }),
        _ => {}
    }
}

/// What other attributes say of the order of services.
fn dependencies(service: &mut Node) {
    let mut implied: Vec<(String, bool, Span)> = Vec::new();
    for link in service.get("links").and_then(Node::as_seq).unwrap_or_default() {
        let name = link.as_str().unwrap_or_default();
        // With more parts it is no link that anybody knows.
        let name = match name.split_once(':') {
            Some((name, alias)) if !alias.contains(':') => name,
            _ => name,
        };
        implied.push((name.to_owned(), true, link.span));
    }
    for attribute in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        let Some(value) = service.get(attribute) else { continue };
        if let Some(name) = value.as_str().and_then(|text| text.strip_prefix("service:")) {
            implied.push((name.to_owned(), true, value.span));
        }
    }
    for source in service.get("volumes_from").and_then(Node::as_seq).unwrap_or_default() {
        let text = source.as_str().unwrap_or_default();
        let name = text.split_once(':').map_or(text, |(name, _)| name);
        if name != "container" {
            implied.push((name.to_owned(), false, source.span));
        }
    }
    if implied.is_empty() {
        return;
    }
    if service.get("depends_on").and_then(Node::as_map).is_none() {
        service.set("depends_on", map([], service.span));
    }
    let Some(depends_on) = service.get_mut("depends_on") else { return };
    for (name, restart, span) in implied {
        if depends_on.entry(&name).is_none() {
            let condition = Node::string("service_started", span);
            let dependency = map(
                [
                    ("condition", condition),
                    ("restart", flag(restart, span)),
                    ("required", flag(true, span)),
                ],
                span,
            );
            depends_on.set(&name, dependency);
        }
    }
}

/// Hooks before the start run in a container like the service's: what they say is merged over it.
///
/// Mounts are inherited when they run, so they are not repeated.
fn complete_hooks(service: &mut Node, sink: &mut Sink) {
    let Data::Map(entries) = &service.data else { return };
    if !entries.iter().any(|entry| entry.key.name == "pre_start") {
        return;
    }
    let inherited = |entry: &&Entry| entry.key.name != "volumes" && container::has(&entry.key.name);
    let base: Vec<Entry> = entries.iter().filter(inherited).cloned().collect();
    each(service, &["pre_start", "*"], &mut |hook| {
        if hook.as_map().is_some() {
            let span = hook.span;
            let base = Node::new(Data::Map(base.clone()), span);
            let own = std::mem::replace(hook, Node::new(Data::Null, span));
            *hook = Merger::at(&["services", "hook"], sink).merge(base, own);
        }
    });
}

/// What of a hook before the start is read by those who do more than print it.
const HOOK: [&str; 10] = [
    "command",
    "environment",
    "image",
    "models",
    "network_mode",
    "networks",
    "per_replica",
    "privileged",
    "user",
    "working_dir",
];

/// Hooks with the service's image and networks, and without what nobody reads.
fn plain_hooks(service: &mut Node, sink: &mut Sink) {
    let inherited: Vec<(&str, Node)> = ["image", "networks", "models", "network_mode"]
        .into_iter()
        .filter_map(|name| Some((name, service.get(name)?.clone())))
        .collect();
    each(service, &["pre_start", "*"], &mut |hook| {
        if let Data::Map(entries) = &mut hook.data {
            entries.retain(|Entry { key, .. }| {
                let known = HOOK.contains(&key.name.as_str()) || key.name.starts_with("x-");
                if !known {
                    let message = format!("`{}` of a hook before the start is left out", key.name);
                    sink.push(Diagnostic::new(Code::LeftOut, message).at(key.span));
                }
                known
            });
            for (name, value) in &inherited {
                if hook.get(name).is_none() {
                    hook.set(name, value.clone());
                }
            }
        }
    });
}

/// Resources get their names outside of the project.
fn names(tree: &mut Node, section: &str, project: &str) {
    let Some(Data::Map(entries)) = tree.get_mut(section).map(|node| &mut node.data) else { return };
    for Entry { key: Key { name, span }, value } in entries {
        if value.is_null() {
            *value = map([], value.span);
        }
        if value.get("name").is_some_and(|name| !name.is_null()) {
            continue;
        }
        let external =
            value.get("external").is_some_and(|node| matches!(node.data, Data::Bool(true)));
        let full = if external { name.clone() } else { format!("{project}_{name}") };
        value.set("name", Node::string(full, *span));
    }
}
