//! NetworkPolicies from Compose networks.

use std::collections::BTreeMap;

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
    workload::to_i32,
};
use crate::{
    plan::{ContainerPort, ServicePlan},
    settings::PolicyMode,
};

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
    // Ingress controllers on the host network match no selector, so public ports are open to all
    // where no namespace is said.
    let open: Vec<_> =
        service.public.iter().filter_map(|public| public_port(lowering, public.port)).collect();
    if !open.is_empty() {
        let from = namespace(service.network.as_ref().map(|network| &network.ingress_from));
        rules.push(NetworkPolicyIngressRule { from, ports: Some(open) });
    }
    let monitors = namespace(service.network.as_ref().map(|network| &network.monitoring_from));
    let measured = measured(service);
    if monitors.is_some() && !measured.is_empty() {
        rules.push(NetworkPolicyIngressRule { from: monitors, ports: Some(measured) });
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

/// Pods of the namespaces with these labels; none where no labels are said.
fn namespace(labels: Option<&BTreeMap<String, String>>) -> Option<Vec<NetworkPolicyPeer>> {
    let labels = labels.filter(|labels| !labels.is_empty())?;
    Some(vec![NetworkPolicyPeer {
        namespace_selector: Some(LabelSelector {
            match_labels: Some(labels.clone()),
            ..LabelSelector::default()
        }),
        ..NetworkPolicyPeer::default()
    }])
}

/// The ports that may serve metrics: the one that is named so, else the one on which the image is
/// known to serve them, else all that speak HTTP, else all.
fn measured(service: &ServicePlan) -> Vec<NetworkPolicyPort> {
    let ports = &service.ports;
    let named: Vec<_> = ports.iter().filter(|port| port.name == "metrics").collect();
    let known = service.metrics.filter(|_| named.is_empty());
    if let Some(number) = known {
        let own = ports.iter().find(|port| port.port == number && port.protocol == "TCP");
        return vec![own.map_or_else(
            || NetworkPolicyPort {
                port: Some(IntOrString::Int(to_i32(number))),
                protocol: Some("TCP".to_owned()),
                ..NetworkPolicyPort::default()
            },
            policy_port,
        )];
    }
    let http: Vec<_> = ports.iter().filter(|port| port.http).collect();
    let chosen = [named, http].into_iter().find(|some| !some.is_empty());
    chosen.unwrap_or_else(|| ports.iter().collect()).into_iter().map(policy_port).collect()
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

fn peer(labels: BTreeMap<String, String>) -> NetworkPolicyPeer {
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
    Some(policy_port(chosen))
}

fn policy_port(port: &ContainerPort) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::String(port.name.clone())),
        protocol: Some(port.protocol.to_owned()),
        ..NetworkPolicyPort::default()
    }
}
