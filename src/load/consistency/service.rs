//! Checks of one service.

use std::collections::{BTreeMap, BTreeSet};

use super::{Project, entries, fail, items, text};
use crate::{
    load::paths::clean,
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Data, Entry, Node},
};

pub(super) fn check(project: &Project, name: &str, service: &Node, sink: &mut Sink) {
    if ["build", "image", "provider"].iter().all(|attribute| service.get(attribute).is_none()) {
        let text = format!("service \"{name}\" has neither an image nor a build context specified");
        fail(sink, service.span, &text);
    }
    if let Some(build) = service.get("build") {
        check_build(project, name, service, build, sink);
    }
    references(project, name, service, sink);
    health(service, sink);
    dependencies(project, name, service, sink);
    scale(name, service, sink);
    limits(name, service, sink);
    watch(name, service, sink);
    mounts(name, service, sink);
}

fn check_build(project: &Project, name: &str, service: &Node, build: &Node, sink: &mut Sink) {
    if build.get("dockerfile").is_some() && build.get("dockerfile_inline").is_some() {
        let text = format!(
            "service \"{name}\" declares mutualy exclusive dockerfile and dockerfile_inline"
        );
        let place = build.entry("dockerfile_inline").map_or(build.span, |entry| entry.key.span);
        fail(sink, place, &text);
    }
    for Entry { key, value } in entries(build, "additional_contexts") {
        let Some(other) = value.as_str().and_then(|text| text.strip_prefix("service:")) else {
            continue;
        };
        let target = project.services.get(other);
        let kind = match target {
            None => "unknown",
            Some(target) if target.get("build").is_none() => "non-buildable",
            Some(_) => continue,
        };
        let text = format!(
            "service \"{name}\" declares {kind} service \"{other}\" as additional contexts {}",
            key.name
        );
        sink.push(Diagnostic::new(Code::Inconsistent, text).at(value.span));
    }
    let platforms = items(build, "platforms");
    if let Some(platform) = text(service, "platform")
        && !platforms.is_empty()
        && !platforms.iter().any(|item| item.as_str() == Some(platform))
    {
        let text = format!("service.build.platforms MUST include service.platform \"{platform}\"");
        fail(sink, build.span, &text);
    }
}

fn references(project: &Project, name: &str, service: &Node, sink: &mut Sink) {
    let mut undefined = |span: Span, kind: &str, target: &str| {
        let text = format!("service \"{name}\" refers to undefined {kind} {target}");
        fail(sink, span, &text);
    };
    for Entry { key, .. } in entries(service, "networks") {
        if !project.networks.contains(key.name.as_str()) {
            undefined(key.span, "network", &key.name);
        }
    }
    for mount in items(service, "volumes") {
        let Some(source) = mount.get("source") else { continue };
        let target = source.as_str().unwrap_or_default();
        if text(mount, "type") == Some("volume") && !project.volumes.contains(target) {
            undefined(source.span, "volume", target);
        }
    }
    if let Some(build) = service.get("build") {
        files(build, "secrets", "build secret", &project.secrets, &mut undefined);
    }
    files(service, "configs", "config", &project.configs, &mut undefined);
    for Entry { key, .. } in entries(service, "models") {
        if !project.models.contains(key.name.as_str()) {
            undefined(key.span, "model", &key.name);
        }
    }
    files(service, "secrets", "secret", &project.secrets, &mut undefined);
    let networks = !entries(service, "networks").is_empty();
    if networks && let Some(mode) = service.get("network_mode") {
        let text =
            format!("service {name} declares mutually exclusive `network_mode` and `networks`");
        fail(sink, mode.span, &text);
    }
}

fn files(
    node: &Node,
    attribute: &str,
    kind: &str,
    known: &BTreeSet<&str>,
    undefined: &mut impl FnMut(Span, &str, &str),
) {
    for file in items(node, attribute) {
        let source = text(file, "source").unwrap_or_default();
        if !known.contains(source) {
            undefined(file.span, kind, source);
        }
    }
}

fn health(service: &Node, sink: &mut Sink) {
    let Some(check) = service.get("healthcheck") else { return };
    if let Some(first) = items(check, "test").first()
        && !matches!(first.as_str(), Some("CMD" | "CMD-SHELL" | "NONE"))
    {
        let text = "healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\"";
        sink.push(Diagnostic::new(Code::Inconsistent, text).at(first.span));
    }
}

fn dependencies(project: &Project, name: &str, service: &Node, sink: &mut Sink) {
    for Entry { key, value } in entries(service, "depends_on") {
        let target = key.name.as_str();
        let optional =
            value.get("required").is_some_and(|node| matches!(node.data, Data::Bool(false)));
        let known = project.services.contains_key(target)
            || (optional && project.disabled.contains(target));
        if !known {
            let text = if project.jobs.contains(target) {
                format!(
                    "service \"{name}\" cannot depend on job \"{target}\": services can only \
                     depend on other services"
                )
            } else {
                format!("service \"{name}\" depends on undefined service \"{target}\"")
            };
            fail(sink, key.span, &text);
        }
    }
    if let Some(mode) = service.get("network_mode")
        && let Some(target) = mode.as_str().and_then(|mode| mode.strip_prefix("service:"))
        && !project.services.contains_key(target)
        && service.get("depends_on").is_none_or(|on| on.entry(target).is_none())
    {
        let text = format!("service \"{target}\" not found for network_mode 'service:{target}'");
        sink.push(Diagnostic::new(Code::Inconsistent, text).at(mode.span));
    }
}

fn int(node: Option<&Node>) -> Option<i128> {
    match node?.data {
        Data::Int(number) => Some(number),
        _ => None,
    }
}

fn scale(name: &str, service: &Node, sink: &mut Sink) {
    let replicas = service.get("deploy").and_then(|deploy| deploy.get("replicas"));
    let (scale, replicas) = (int(service.get("scale")), int(replicas));
    let number = service
        .get("scale")
        .or_else(|| service.get("deploy").and_then(|deploy| deploy.get("replicas")));
    let span = number.map_or(service.span, |node| node.span);
    for (path, number) in [("scale", scale), ("deploy.replicas", replicas)] {
        if number.is_some_and(|number| number < 0) {
            let text = format!("services.{name}.{path}: must be greater than or equal to 0");
            sink.push(Diagnostic::new(Code::Inconsistent, text).at(span));
        }
    }
    if let (Some(scale), Some(replicas)) = (scale, replicas)
        && scale != replicas
    {
        distinct(name, "scale", "deploy.replicas", span, sink);
    }
    if service.get("container_name").is_none() {
        return;
    }
    let (attribute, number) = match scale {
        Some(number) => ("scale", number),
        None => ("deploy.replicas", replicas.unwrap_or(1)),
    };
    if number > 1 {
        let text = format!(
            "services.{attribute}: can't set container_name and {name} as container name must be \
             unique"
        );
        fail(sink, span, &text);
    }
}

fn distinct(name: &str, one: &str, other: &str, span: Span, sink: &mut Sink) {
    let text = format!("services.{name}: can't set distinct values on '{one}' and '{other}'");
    fail(sink, span, &text);
}

/// Old limits and new ones must agree, where there are new ones of any kind.
fn limits(name: &str, service: &Node, sink: &mut Sink) {
    for (old, kind, new) in [
        ("cpus", "limits", "cpus"),
        ("mem_limit", "limits", "memory"),
        ("mem_reservation", "reservations", "memory"),
        ("pids_limit", "limits", "pids"),
    ] {
        let Some(value) = service.get(old) else { continue };
        let section =
            ["deploy", "resources", kind].iter().try_fold(service, |node, step| node.get(step));
        let Some(section) = section else { continue };
        if !same(Some(value), section.get(new)) {
            let other = format!("deploy.resources.{kind}.{new}");
            distinct(name, old, &other, value.span, sink);
        }
    }
}

#[allow(clippy::float_cmp)]
fn same(one: Option<&Node>, other: Option<&Node>) -> bool {
    match (one.map(|node| &node.data), other.map(|node| &node.data)) {
        (Some(Data::Int(one)), Some(Data::Int(other))) => one == other,
        (Some(Data::Float(one)), Some(Data::Float(other))) => one == other,
        (Some(Data::String(one)), Some(Data::String(other))) => one == other,
        _ => false,
    }
}

fn watch(name: &str, service: &Node, sink: &mut Sink) {
    for watch in service.get("develop").map(|node| items(node, "watch")).unwrap_or_default() {
        let action = text(watch, "action").unwrap_or_default();
        if !matches!(action, "rebuild" | "restart") && text(watch, "target").is_none() {
            let text = format!(
                "services.{name}.develop.watch: target is required for non-rebuild actions"
            );
            fail(sink, watch.span, &text);
        }
    }
}

/// No target twice, over volumes, configs, secrets and temporary file systems.
fn mounts(name: &str, service: &Node, sink: &mut Sink) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut take = |target: String, path: String, span: Span| match taken.get(&target) {
        Some(other) => {
            let text = format!("{path}: target {target} already mounted as {other}");
            sink.push(Diagnostic::new(Code::Inconsistent, text).at(span));
        }
        None => {
            taken.insert(target, path);
        }
    };
    for (index, item) in items(service, "tmpfs").iter().enumerate() {
        let spec = item.as_str().unwrap_or_default();
        let target = spec.split_once(':').map_or(spec, |(target, _)| target);
        take(target.to_owned(), format!("services.{name}.tmpfs[{index}]"), item.span);
    }
    for attribute in ["volumes", "configs", "secrets"] {
        for (index, item) in items(service, attribute).iter().enumerate() {
            let target = match text(item, "target") {
                Some(target) => target.to_owned(),
                None if attribute == "configs" => {
                    format!("/{}", text(item, "source").unwrap_or_default())
                }
                None => continue,
            };
            let target = match attribute {
                "secrets" if !target.starts_with('/') => format!("/run/secrets/{target}"),
                "volumes" => clean(&target),
                _ => target,
            };
            take(target, format!("services.{name}.{attribute}[{index}]"), item.span);
        }
    }
}
