//! Attributes that have no counterpart, and names that collide: said, never dropped in silence.

use std::collections::BTreeMap;

use super::environment::Variables;
use crate::{
    compose::Service,
    text::{Code, Diagnostic, Sink, Span},
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
pub(crate) fn hosts(service: &Service) -> Vec<(String, Vec<String>)> {
    let addresses = |node: &Node| -> Vec<String> {
        match &node.data {
            Data::String(text) => vec![text.clone()],
            Data::Seq(items) => items.iter().filter_map(Node::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    };
    let pairs: Vec<(String, Vec<String>)> = match &service.extra_hosts.data {
        Data::Map(entries) => {
            entries.iter().map(|entry| (entry.key.name.clone(), addresses(&entry.value))).collect()
        }
        Data::Seq(items) => items
            .iter()
            .filter_map(|item| item.as_str()?.split_once(['=', ':']))
            .map(|(host, address)| (host.to_owned(), vec![address.to_owned()]))
            .collect(),
        _ => Vec::new(),
    };
    pairs
        .into_iter()
        .map(|(host, addresses)| {
            (
                host,
                addresses
                    .into_iter()
                    .filter(|address| address.parse::<std::net::IpAddr>().is_ok())
                    .collect::<Vec<_>>(),
            )
        })
        .filter(|(_, addresses)| !addresses.is_empty())
        .collect()
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
    for attribute in ["network_mode", "ipc", "pid"] {
        let value = match attribute {
            "network_mode" => &service.network_mode,
            "ipc" => &service.ipc,
            _ => &service.pid,
        };
        if let Some(text) = value
            && (text.value.starts_with("service:") || text.value.starts_with("container:"))
        {
            sink.push(
                Diagnostic::new(
                    Code::WordChangesMeaning,
                    format!(
                        "`{attribute}: {}` of `{name}` would be one pod for both; they run apart",
                        text.value
                    ),
                )
                .at(text.span())
                .help("let them reach each other by their Service names"),
            );
        }
    }
    if service.post_start.len() > 1 || service.pre_stop.len() > 1 {
        sink.push(
            Diagnostic::new(Code::Approximated, format!("`{name}` has several hooks at one point; a container has one, so the first is used"))
                .at(service.span)
                .help("join them in one command"),
        );
    }
}
