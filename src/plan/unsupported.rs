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

/// What becomes of an attribute that is written but has no counterpart: the advice.
const ADVICE: &[(&str, &str)] = &[
    ("blkio_config", "use a storage class with the speed that is needed"),
    ("cgroup", "nodes decide about control groups"),
    ("cgroup_parent", "nodes decide about control groups"),
    ("cpu_count", "use `cpus`"),
    ("cpu_percent", "use `cpus`"),
    ("cpu_period", "use `cpus`"),
    ("cpu_quota", "use `cpus`"),
    ("cpu_rt_period", "real-time scheduling is a matter of the node"),
    ("cpu_rt_runtime", "real-time scheduling is a matter of the node"),
    ("cpu_shares", "use `cpus`, or `deploy.resources.reservations.cpus`"),
    ("cpuset", "pinning is done by the kubelet's static CPU manager"),
    ("credential_spec", "use `windowsOptions.gmsaCredentialSpec` in a patch"),
    ("device_cgroup_rules", "use a device plugin"),
    ("devices", "use a device plugin and `resources.limits`"),
    ("domainname", "host names come from Services"),
    ("external_links", "say where the host is with `external`"),
    ("isolation", "use a runtime class"),
    ("logging", "the cluster collects what containers print"),
    ("mac_address", "pods get their addresses from the cluster"),
    ("mem_swappiness", "swap is a matter of the node"),
    ("memswap_limit", "swap is a matter of the node"),
    ("models", "run the model as a service of its own, or outside with `external`"),
    ("oom_kill_disable", "set requests and limits"),
    ("oom_score_adj", "Kubernetes sets it from requests and limits"),
    ("pids_limit", "set the limit in the kubelet's configuration"),
    ("platform", "use `nodeSelector: {kubernetes.io/arch: …}`"),
    ("pre_start", "use a service that others wait for with `service_completed_successfully`"),
    ("runtime", "use `runtimeClass`"),
    ("storage_opt", "use `ephemeral-storage` in `resources.limits`"),
    ("stop_signal", "set STOPSIGNAL in the image"),
    ("ulimits", "set them in the image's entrypoint or on the node"),
    ("use_api_socket", "there is no container engine in a pod"),
    ("userns_mode", "use `hostUsers` in a patch"),
    ("uts", "pods have their own host name"),
    ("volumes_from", "name the volumes in both services"),
];

/// Reports what of a service has no counterpart.
pub(crate) fn report(name: &str, service: &Service, variables: &Variables, sink: &mut Sink) {
    for (attribute, advice) in ADVICE {
        let span = service.key(attribute);
        if !span.is_none() {
            sink.push(
                Diagnostic::new(Code::LeftOut, format!("`{attribute}` of `{name}` was left out"))
                    .at(span)
                    .help(*advice),
            );
        }
    }
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
