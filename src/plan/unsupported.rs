//! Attributes that have no counterpart, and names that collide: said, never dropped in silence.

use std::collections::BTreeMap;

use super::{Traces, environment::Variables};
use crate::{
    compose::{Project, Service},
    text::{Code, Diagnostic, Severity, Sink, Span},
    yaml::{Data, Node},
};

/// Reports services that would have one name in the cluster.
pub(crate) fn collisions<'a>(
    names: impl Iterator<Item = (&'a str, &'a str, Span)>,
    sink: &mut Sink,
) {
    let mut seen: BTreeMap<&str, (&str, Span)> = BTreeMap::new();
    for (name, kube, span) in names {
        if let Some((first, first_span)) = seen.insert(kube, (name, span)) {
            sink.push(
                Diagnostic::new(
                    Code::NameCollision,
                    format!(
                        "services `{first}` and `{name}` are both called `{kube}` in the cluster"
                    ),
                )
                .at(span)
                .label(first_span, "the other one")
                .help("rename one of them"),
            );
        }
    }
}

/// Host names with their addresses.
pub(crate) fn hosts(
    name: &str,
    service: &Service,
    traces: &mut Traces,
    sink: &mut Sink,
) -> Vec<(String, Vec<String>)> {
    let addresses = |node: &Node| -> Vec<(String, Span)> {
        match &node.data {
            Data::String(text) => vec![(text.clone(), node.span)],
            Data::Seq(items) => items
                .iter()
                .filter_map(|item| Some((item.as_str()?.to_owned(), item.span)))
                .collect(),
            _ => Vec::new(),
        }
    };
    let pairs: Vec<(String, Vec<(String, Span)>)> = match &service.extra_hosts.data {
        Data::Map(entries) => {
            entries.iter().map(|entry| (entry.key.name.clone(), addresses(&entry.value))).collect()
        }
        Data::Seq(items) => items
            .iter()
            .filter_map(|item| Some((item.as_str()?.split_once(['=', ':'])?, item.span)))
            .map(|((host, address), span)| (host.to_owned(), vec![(address.to_owned(), span)]))
            .collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (host, addresses) in pairs {
        let mut valid = Vec::new();
        for (address, span) in addresses {
            let bare = address.trim_start_matches('[').trim_end_matches(']');
            if bare.parse::<std::net::IpAddr>().is_ok() {
                traces.at(format!("host_aliases[{bare}]"), span);
                valid.push(bare.to_owned());
            } else {
                sink.push(
                    Diagnostic::new(
                        Code::LeftOut,
                        format!("the host `{host}` of `{name}` was left out: `{address}` is no address"),
                    )
                    .at(span)
                    .help("nodes have no fixed address: say where the host is with `external` on a service of that name"),
                );
            }
        }
        if !valid.is_empty() {
            found.push((host, valid));
        }
    }
    found
}

/// Reports values of a service that have no counterpart; for keys the mapping contract speaks.
pub(crate) fn report(name: &str, service: &Service, variables: &Variables, sink: &mut Sink) {
    for (variable, span) in &variables.without_value {
        sink.push(
            Diagnostic::new(
                Code::LeftOut,
                format!("variable `{variable}` of `{name}` has no value, so it was left out"),
            )
            .at(*span)
            .help("set it in `.env`, or in the settings' `environment`"),
        );
    }
    for (variable, span) in &variables.misnamed {
        let message = format!("variable `{variable}` of `{name}` was left out");
        sink.push(
            Diagnostic::new(Code::LeftOut, message)
                .at(*span)
                .help("Kubernetes takes names of printable ASCII characters only"),
        );
    }
    for (attribute, value) in
        [("network_mode", &service.network_mode), ("ipc", &service.ipc), ("pid", &service.pid)]
    {
        let Some(text) = value else { continue };
        if text.value.starts_with("container:") {
            sink.push(
                Diagnostic::new(
                    Code::LeftOut,
                    format!("`{attribute}: {}` of `{name}` was left out", text.value),
                )
                .at(text.span())
                .help(
                    "the container is not part of the project; let them reach each other by name",
                ),
            );
        }
    }
    if service.cpu_period.is_some() && service.cpu_quota.is_none() {
        sink.push(
            Diagnostic::new(Code::LeftOut, format!("`cpu_period` of `{name}` says nothing alone"))
                .severity(Severity::Note)
                .at(service.key("cpu_period")),
        );
    }
    pull_policy(name, service, sink);
    restart(name, service, sink);
}

/// Secrets and configs that only builds use, which a cluster never sees.
pub(crate) fn unused(project: &Project, sink: &mut Sink) {
    let mounts = |name: &str| {
        project
            .services
            .iter()
            .any(|(_, service)| service.secrets.iter().any(|secret| secret.source.value == name))
    };
    for (name, secret) in project.secrets.iter() {
        if let Some(variable) = secret.environment.as_ref().filter(|_| secret.content.is_none()) {
            let message = format!("the secret `{}` has no value", name.value);
            sink.push(
                Diagnostic::new(Code::LeftOut, message)
                    .at(variable.span())
                    .help(format!("set `{}`, or fill the Secret in the cluster", variable.value)),
            );
        }
    }
    for (name, secret) in project.secrets.iter().filter(|(name, _)| !mounts(&name.value)) {
        let message = format!("the secret `{}` is for builds only", name.value);
        sink.push(
            Diagnostic::new(Code::LeftOut, message)
                .severity(Severity::Note)
                .at(name.span().to(secret.span)),
        );
    }
}

/// Pull policies that a cluster does not have.
fn pull_policy(name: &str, service: &Service, sink: &mut Sink) {
    let Some(policy) = &service.pull_policy else { return };
    let (becomes, help) = match policy.value.as_str() {
        "build" => {
            ("its image is pulled, not built", "push it, and name it with `--registry` and `--tag`")
        }
        "always" | "never" | "missing" | "if_not_present" => return,
        _ => ("its image is looked up at every start of a pod", "name a version of the image"),
    };
    sink.push(
        Diagnostic::new(Code::Approximated, format!("`{name}`: {becomes}"))
            .at(policy.span())
            .help(help),
    );
}

/// What Kubernetes restarts although Compose does not.
fn restart(name: &str, service: &Service, sink: &mut Sink) {
    let mode = service.deploy.as_ref().and_then(|deploy| deploy.mode.as_ref());
    if let Some(mode) = mode.filter(|mode| mode.value == "global-job") {
        sink.push(
            Diagnostic::new(
                Code::Approximated,
                format!("`{name}` runs once, not once on each node"),
            )
            .at(mode.span())
            .help("a DaemonSet whose init container does the work runs on each node"),
        );
    }
}
