//! Where pods run, and how new ones replace old ones.

use std::collections::BTreeMap;

use super::{NodeRequirement, Placement, SpreadOver, Traces, names, probes};
use crate::{
    compose::{Service, Text, UpdateConfig},
    settings::{Rollout, ServiceSettings, WorkloadKind},
    text::{Code, Diagnostic, Origin, Sink},
};

/// Labels of nodes and conditions on them.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    pub(crate) selector: BTreeMap<String, String>,
    pub(crate) placement: Placement,
}

/// What `platform` and `deploy.placement` ask of nodes; the settings' labels win.
pub(crate) fn plan(
    name: &str,
    service: &Service,
    settings: &ServiceSettings,
    traces: &mut Traces,
    sink: &mut Sink,
) -> Placed {
    let mut placed = Placed::default();
    if let Some(platform) = &service.platform {
        platform_of(platform, &mut placed, traces);
    }
    if let Some(placement) = service.deploy.as_ref().and_then(|deploy| deploy.placement.as_ref()) {
        for constraint in &placement.constraints {
            if !add_constraint(constraint, &mut placed, traces) {
                sink.push(left_out(name, constraint));
            } else if placed.placement.control_plane && constraint.value.starts_with("node.role") {
                sink.push(
                    Diagnostic::new(
                        Code::Approximated,
                        format!("`{name}` runs on nodes of the control plane"),
                    )
                    .at(constraint.span())
                    .help("managed clusters have none: remove the constraint, or name a label of nodes"),
                );
            }
        }
        for preference in &placement.preferences {
            let Some(over) = &preference.spread else { continue };
            let label = topology(&over.value);
            traces.at(format!("spread[{label}]"), over.span());
            placed.placement.spread.push(SpreadOver { label, skew: 1, strict: false });
        }
        match placement.max_replicas_per_node {
            Some(1) => {
                placed.placement.apart = true;
                traces.at("apart", placement.key("max_replicas_per_node"));
            }
            Some(most) if most > 1 => {
                let label = "kubernetes.io/hostname".to_owned();
                let span = placement.key("max_replicas_per_node");
                traces.at(format!("spread[{label}]"), span);
                placed.placement.spread.push(SpreadOver { label, skew: most, strict: true });
                sink.push(
                    Diagnostic::new(
                        Code::Approximated,
                        format!(
                            "pods of `{name}` are spread so that nodes differ by at most {most}"
                        ),
                    )
                    .at(span)
                    .help("Kubernetes counts the difference between nodes, not the pods on one"),
                );
            }
            _ => {}
        }
    }
    for (label, value) in &settings.node_selector {
        placed.selector.insert(label.clone(), value.clone());
    }
    placed
}

fn left_out(name: &str, constraint: &Text) -> Diagnostic {
    Diagnostic::new(
        Code::LeftOut,
        format!("the constraint `{}` of `{name}` was left out", constraint.value),
    )
    .at(constraint.span())
    .help("label nodes, and name the label with `nodeSelector`")
}

/// `linux/arm64/v8` as labels of nodes; Kubernetes knows no variants.
fn platform_of(platform: &Text, placed: &mut Placed, traces: &mut Traces) {
    let mut parts = platform.value.split('/');
    let first = parts.next().unwrap_or_default();
    let (os, arch) = match first {
        "linux" | "windows" => (Some(first), parts.next()),
        _ => (None, Some(first)),
    };
    for (label, value) in [("kubernetes.io/os", os), ("kubernetes.io/arch", arch)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            placed.selector.insert(label.to_owned(), architecture(value).to_owned());
            traces.at(format!("node_selector[{label}]"), platform.span());
        }
    }
}

fn architecture(name: &str) -> &str {
    match name {
        "x86_64" | "x86-64" => "amd64",
        "aarch64" => "arm64",
        "armhf" | "armel" => "arm",
        other => other,
    }
}

/// Adds a constraint; false if Kubernetes has no counterpart.
fn add_constraint(constraint: &Text, placed: &mut Placed, traces: &mut Traces) -> bool {
    let text = constraint.value.as_str();
    let Some((key, value, equal)) = text
        .split_once("!=")
        .map(|(key, value)| (key, value, false))
        .or_else(|| text.split_once("==").map(|(key, value)| (key, value, true)))
    else {
        return false;
    };
    let (key, value) = (key.trim(), value.trim());
    let requirement = match key {
        "node.role" => {
            let manager = (value == "manager") == equal;
            placed.placement.control_plane |= manager;
            NodeRequirement {
                label: "node-role.kubernetes.io/control-plane".to_owned(),
                operator: if manager { "Exists" } else { "DoesNotExist" },
                values: Vec::new(),
            }
        }
        _ => {
            let Some(label) = node_label(key) else { return false };
            let value = match key {
                "node.platform.arch" => architecture(value),
                _ => value,
            };
            if !names::is_label_key(&label) || !names::is_label_value(value) {
                return false;
            }
            if equal && !placed.selector.contains_key(&label) {
                traces.at(format!("node_selector[{label}]"), constraint.span());
                placed.selector.insert(label, value.to_owned());
                return true;
            }
            let operator = if equal { "In" } else { "NotIn" };
            NodeRequirement { label, operator, values: vec![value.to_owned()] }
        }
    };
    traces.at("node_affinity", constraint.span());
    traces.at(format!("node_affinity[{}]", requirement.label), constraint.span());
    placed.placement.nodes.push(requirement);
    true
}

fn node_label(key: &str) -> Option<String> {
    match key {
        "node.hostname" => Some("kubernetes.io/hostname".to_owned()),
        "node.platform.os" => Some("kubernetes.io/os".to_owned()),
        "node.platform.arch" => Some("kubernetes.io/arch".to_owned()),
        _ => key
            .strip_prefix("node.labels.")
            .or_else(|| key.strip_prefix("engine.labels."))
            .map(str::to_owned),
    }
}

/// The topology of a preference: zones and regions have labels of their own.
fn topology(over: &str) -> String {
    match over {
        "node.labels.zone" | "node.labels.datacenter" => "topology.kubernetes.io/zone".to_owned(),
        "node.labels.region" => "topology.kubernetes.io/region".to_owned(),
        _ => node_label(over).unwrap_or_else(|| over.to_owned()),
    }
}

/// How new pods replace old ones: a setting, else `update_config`, else an environment's default.
pub(crate) fn rollout(
    name: &str,
    service: &Service,
    settings: &ServiceSettings,
    kind: WorkloadKind,
    exclusive: bool,
    traces: &mut Traces,
    sink: &mut Sink,
) -> Option<Rollout> {
    let said = settings.rollout.as_ref();
    let config = service.deploy.as_ref().and_then(|deploy| deploy.update_config.as_ref());
    let from_compose = config.map(|config| update(config, exclusive));
    let Some(rollout) = from_compose.filter(|rollout| *rollout != Rollout::default()) else {
        traces.said("rollout", said);
        return said.map(|said| said.value.clone());
    };
    let config = config?;
    traces.said("rollout", said.filter(|said| said.weak));
    traces.at("rollout", config.span);
    for (part, keys) in
        [("rollout.step", ["parallelism", "order"]), ("rollout.ready", ["delay", "monitor"])]
    {
        keys.iter().for_each(|key| traces.at(part, config.key(key)));
    }
    if kind == WorkloadKind::StatefulSet && config.parallelism.is_some_and(|number| number != 1) {
        sink.push(
            Diagnostic::new(Code::Approximated, format!("`{name}` is updated one pod at a time"))
                .at(config.key("parallelism"))
                .help("a StatefulSet replaces its pods in order"),
        );
    }
    if let Some(said) = said.filter(|said| !said.weak) {
        traces.said("rollout", Some(said));
        return Some(said.value.clone());
    }
    Some(rollout)
}

/// Compose stops old containers before it starts new ones, unless it is told otherwise.
fn update(config: &UpdateConfig, exclusive: bool) -> Rollout {
    let start_first = config.order.as_ref().is_some_and(|order| order.value == "start-first");
    let stepwise = config.parallelism.is_some() || config.order.is_some();
    let step = match config.parallelism {
        Some(0) => "100%".to_owned(),
        Some(number) => number.to_string(),
        None => "1".to_owned(),
    };
    let time = |text: Option<&Text>| probes::seconds(text).filter(|seconds| *seconds > 0);
    let ready = time(config.delay.as_ref()).max(time(config.monitor.as_ref()));
    // A claim that one pod has must be let go before the next one takes it.
    if exclusive || !stepwise {
        return Rollout { recreate: exclusive, min_ready_seconds: ready, ..Rollout::default() };
    }
    let (surge, unavailable) =
        if start_first { (step, "0".to_owned()) } else { ("0".to_owned(), step) };
    Rollout {
        max_surge: Some(surge),
        max_unavailable: Some(unavailable),
        min_ready_seconds: ready,
        recreate: false,
    }
}

/// The class of the container runtime; the usual one needs none.
pub(crate) fn runtime_class(
    name: &str,
    service: &Service,
    settings: &ServiceSettings,
    traces: &mut Traces,
    sink: &mut Sink,
) -> Option<String> {
    let said = settings.runtime_class.as_ref();
    let written = service.runtime.as_ref().filter(|runtime| {
        !matches!(runtime.value.as_str(), "" | "runc" | "crun" | "io.containerd.runc.v2")
    });
    if let Some(runtime) = written {
        traces.at("runtime_class", runtime.span());
    }
    if let Some(said) = said.filter(|said| !said.weak || written.is_none()) {
        traces.said("runtime_class", Some(said));
        return Some(said.value.clone());
    }
    let runtime = written?;
    sink.push(
        Diagnostic::new(
            Code::Approximated,
            format!(
                "`{name}` needs a RuntimeClass `{}` in the cluster",
                names::label(&runtime.value)
            ),
        )
        .at(runtime.span())
        .help("create it, or name another one with `runtimeClass`"),
    );
    Some(names::label(&runtime.value))
}

/// Where a setting's node labels are from.
pub(crate) fn trace_settings(settings: &ServiceSettings, traces: &mut Traces) {
    for label in settings.node_selector.keys() {
        traces.note(format!("node_selector[{label}]"), Origin::Rule("the setting `nodeSelector`"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(constraint: &str) -> Placed {
        let mut placed = Placed::default();
        assert!(add_constraint(&Text::bare(constraint), &mut placed, &mut Traces::default()));
        placed
    }

    #[test]
    fn constraints_become_labels_of_nodes() {
        assert_eq!(placed("node.labels.disk == ssd").selector["disk"], "ssd");
        assert_eq!(placed("node.platform.arch==x86_64").selector["kubernetes.io/arch"], "amd64");
        let not = placed("node.hostname!=old").placement.nodes;
        assert_eq!((not[0].label.as_str(), not[0].operator), ("kubernetes.io/hostname", "NotIn"));
        assert_eq!(placed("node.role==worker").placement.nodes[0].operator, "DoesNotExist");
        assert!(placed("node.role != worker").placement.control_plane);
        let (mut none, mut traces) = (Placed::default(), Traces::default());
        assert!(!add_constraint(&Text::bare("node.id==abc"), &mut none, &mut traces));
    }
}
