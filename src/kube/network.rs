//! NetworkPolicies from Compose networks.

use k8s_openapi::{
    api::networking::v1::{
        NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
        NetworkPolicySpec,
    },
    apimachinery::pkg::{apis::meta::v1::LabelSelector, util::intstr::IntOrString},
};

use super::{
    Object, Role,
    lower::{Lowering, selector},
};
use crate::settings::PolicyMode;

/// The policy of a service: who may reach its pods.
pub(crate) fn policies(lowering: &Lowering) -> Option<Object> {
    let service = lowering.service;
    service.workload.as_ref()?;
    if service.isolated {
        return Some(isolation(lowering));
    }
    let mode = service.network.as_ref()?.policy;
    let peers = match mode {
        PolicyMode::None => return None,
        PolicyMode::Compose => network_peers(lowering),
        PolicyMode::Strict => needed_peers(lowering),
    };
    let mut rules = Vec::new();
    if !peers.is_empty() {
        rules.push(NetworkPolicyIngressRule { from: Some(peers), ports: None });
    }
    // Ingress controllers on the host network match no selector, so public ports are open to all.
    let open: Vec<_> =
        service.public.iter().filter_map(|public| public_port(lowering, public.port)).collect();
    if !open.is_empty() {
        rules.push(NetworkPolicyIngressRule { from: None, ports: Some(open) });
    }
    let policy = NetworkPolicy {
        metadata: lowering.meta(&service.name),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(lowering.label_selector()),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: (!rules.is_empty()).then_some(rules),
            ..NetworkPolicySpec::default()
        }),
    };
    Some(lowering.object(&policy, Role::Policy))
}

/// Nothing in, nothing out: `network_mode: none`.
fn isolation(lowering: &Lowering) -> Object {
    let policy = NetworkPolicy {
        metadata: lowering.meta(&lowering.service.name),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(lowering.label_selector()),
            policy_types: Some(["Ingress", "Egress"].map(str::to_owned).into()),
            ..NetworkPolicySpec::default()
        }),
    };
    let mut object = lowering.object(&policy, Role::Policy);
    let workload = lowering.service.workload.as_ref();
    if let Some(trace) = workload.and_then(|workload| workload.traces.get("network_mode")) {
        object.origins.note("spec", &trace.origin);
    }
    object
}

fn peer(labels: std::collections::BTreeMap<String, String>) -> NetworkPolicyPeer {
    NetworkPolicyPeer {
        pod_selector: Some(LabelSelector {
            match_labels: Some(labels),
            ..LabelSelector::default()
        }),
        ..NetworkPolicyPeer::default()
    }
}

/// Pods that share a Compose network; the whole project where it has one only.
fn network_peers(lowering: &Lowering) -> Vec<NetworkPolicyPeer> {
    let part_of = ("app.kubernetes.io/part-of".to_owned(), lowering.app.project.clone());
    let labels = lowering.network_labels();
    if labels.is_empty() && !lowering.service.networks.is_empty() {
        return vec![peer([part_of].into())];
    }
    labels
        .into_iter()
        .map(|label| peer([part_of.clone(), (label, "true".to_owned())].into()))
        .collect()
}

/// Pods that need the service.
fn needed_peers(lowering: &Lowering) -> Vec<NetworkPolicyPeer> {
    let names = lowering.whole.needed_by.get(lowering.service.name.as_str());
    names.into_iter().flatten().map(|other| peer(selector(lowering.app, other))).collect()
}

fn public_port(lowering: &Lowering, port: Option<i64>) -> Option<NetworkPolicyPort> {
    let ports = &lowering.service.ports;
    let chosen = match port {
        Some(number) => ports.iter().find(|port| port.port == number),
        None => ports
            .iter()
            .find(|port| port.http && port.published.is_some())
            .or_else(|| ports.first()),
    }?;
    Some(NetworkPolicyPort {
        port: Some(IntOrString::String(chosen.name.clone())),
        protocol: Some(chosen.protocol.to_owned()),
        ..NetworkPolicyPort::default()
    })
}
