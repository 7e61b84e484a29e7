//! Checks of references and contradictions.

mod cycle;
mod logical;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use super::profiles::Disabled;
use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Entry, Node},
};

pub use logical::check_logical;

/// Checks the references and contradictions of the enabled services.
pub(super) fn check(tree: &Node, disabled: &Disabled, sink: &mut Sink) {
    let project = Project {
        services: entries(tree, "services")
            .iter()
            .map(|entry| (entry.key.name.as_str(), &entry.value))
            .collect(),
        jobs: names(tree.get("jobs")),
        disabled: names(Some(&disabled.services)),
        networks: names(tree.get("networks")),
        volumes: names(tree.get("volumes")),
        secrets: names(tree.get("secrets")),
        configs: names(tree.get("configs")),
        models: names(tree.get("models")),
    };
    for Entry { key, value } in entries(tree, "services") {
        service::check(&project, &key.name, value, sink);
    }
    for Entry { key, value } in entries(tree, "jobs") {
        unique(&project, &key.name, key.span, sink);
        job(&project, &key.name, value, sink);
    }
    for Entry { key, .. } in &disabled.jobs {
        unique(&project, &key.name, key.span, sink);
    }
    for Entry { key, value } in entries(tree, "secrets") {
        let sources = ["file", "environment", "content"];
        if !is_true(value, "external") && !sources.iter().any(|name| value.get(name).is_some()) {
            let name = &key.name;
            let message = format!("secret \"{name}\" must declare either `file` or `environment`");
            fail(sink, key.span, &message);
        }
    }
    cycle::check(tree, sink);
}

/// A job has a name of its own, whether it is enabled or not.
fn unique(project: &Project<'_>, name: &str, place: Span, sink: &mut Sink) {
    if project.services.contains_key(name) || project.disabled.contains(name) {
        let message = format!(
            "\"{name}\" is declared both as a service and a job: service and job names must be unique"
        );
        fail(sink, place, &message);
    }
}

/// A job waits for services and jobs that there are.
fn job(project: &Project<'_>, name: &str, job: &Node, sink: &mut Sink) {
    for Entry { key, value } in entries(job, "depends_on") {
        let on = key.name.as_str();
        let optional = project.disabled.contains(on) && !is_true(value, "required");
        if !(project.jobs.contains(on) || project.services.contains_key(on) || optional) {
            let message = format!("job \"{name}\" depends on undefined service or job \"{on}\"");
            fail(sink, key.span, &message);
        }
    }
}

/// A container's name is taken once.
pub fn container_names(tree: &Node, sink: &mut Sink) {
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    for Entry { key, value } in entries(tree, "services") {
        let Some(container) = value.get("container_name") else { continue };
        let name = container.as_str().unwrap_or_default();
        if let Some(other) = taken.insert(name, &key.name) {
            let message = format!(
                "services.{}: container name \"{name}\" is already in use by service {other}",
                key.name
            );
            fail(sink, container.span, &message);
        }
    }
}

/// The names that references may point to.
struct Project<'a> {
    services: BTreeMap<&'a str, &'a Node>,
    jobs: BTreeSet<&'a str>,
    disabled: BTreeSet<&'a str>,
    networks: BTreeSet<&'a str>,
    volumes: BTreeSet<&'a str>,
    secrets: BTreeSet<&'a str>,
    configs: BTreeSet<&'a str>,
    models: BTreeSet<&'a str>,
}

fn names(node: Option<&Node>) -> BTreeSet<&str> {
    let entries = node.and_then(Node::as_map).unwrap_or_default();
    entries.iter().map(|entry| entry.key.name.as_str()).collect()
}

fn entries<'a>(node: &'a Node, name: &str) -> &'a [Entry] {
    node.get(name).and_then(Node::as_map).unwrap_or_default()
}

fn items<'a>(node: &'a Node, name: &str) -> &'a [Node] {
    node.get(name).and_then(Node::as_seq).unwrap_or_default()
}

fn text<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    node.get(name).and_then(Node::as_str)
}

fn is_true(node: &Node, name: &str) -> bool {
    node.get(name).is_some_and(|value| matches!(value.data, crate::yaml::Data::Bool(true)))
}

/// Reports a contradiction; the reference ends all of them with the same words.
fn fail(sink: &mut Sink, span: Span, message: &str) {
    let message = format!("{message}: invalid compose project");
    sink.push(Diagnostic::new(Code::Inconsistent, message).at(span));
}
