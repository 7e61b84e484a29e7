//! Where pods run: beside, apart from, or spread over.

use k8s_openapi::{
    api::core::v1::{
        Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm,
        PodAffinity, PodAffinityTerm, PodAntiAffinity, Toleration, TopologySpreadConstraint,
    },
    apimachinery::pkg::apis::meta::v1::LabelSelector,
};

use super::{
    lower::{Lowering, SAME_NODE},
    workload::to_i32,
};
use crate::{plan::Workload, settings::Spread, yaml::read_typed};

const HOST: &str = "kubernetes.io/hostname";

/// Affinity to nodes, to pods whose claims are shared, and to none of its own kind.
pub(super) fn affinity(lowering: &Lowering, workload: &Workload) -> Option<Affinity> {
    if let Some(said) = workload.affinity.as_ref().and_then(|said| read_typed::<Affinity>(said).0) {
        // Without the node of a shared claim the pod could not start.
        return Some(Affinity {
            pod_affinity: said.pod_affinity.or_else(|| near(workload)),
            ..said
        });
    }
    let affinity = Affinity {
        node_affinity: nodes(workload),
        pod_affinity: near(workload),
        pod_anti_affinity: workload.placement.apart.then(|| PodAntiAffinity {
            required_during_scheduling_ignored_during_execution: Some(vec![PodAffinityTerm {
                label_selector: Some(lowering.label_selector()),
                topology_key: HOST.to_owned(),
                ..PodAffinityTerm::default()
            }]),
            ..PodAntiAffinity::default()
        }),
    };
    (affinity != Affinity::default()).then_some(affinity)
}

fn nodes(workload: &Workload) -> Option<NodeAffinity> {
    let requirements: Vec<_> = workload
        .placement
        .nodes
        .iter()
        .map(|node| NodeSelectorRequirement {
            key: node.label.clone(),
            operator: node.operator.to_owned(),
            values: (!node.values.is_empty()).then(|| node.values.clone()),
        })
        .collect();
    (!requirements.is_empty()).then(|| NodeAffinity {
        required_during_scheduling_ignored_during_execution: Some(NodeSelector {
            node_selector_terms: vec![NodeSelectorTerm {
                match_expressions: Some(requirements),
                match_fields: None,
            }],
        }),
        ..NodeAffinity::default()
    })
}

/// Pods that share a ReadWriteOnce claim must share the node.
///
/// All of a group carry one label and ask for it: a pod that matches its own terms may come first,
/// while pods that ask for each other would wait for ever.
fn near(workload: &Workload) -> Option<PodAffinity> {
    let group = workload.same_node.as_ref()?;
    let term = PodAffinityTerm {
        label_selector: Some(LabelSelector {
            match_labels: Some([(SAME_NODE.to_owned(), group.clone())].into()),
            ..LabelSelector::default()
        }),
        topology_key: HOST.to_owned(),
        ..PodAffinityTerm::default()
    };
    Some(PodAffinity {
        required_during_scheduling_ignored_during_execution: Some(vec![term]),
        ..PodAffinity::default()
    })
}

/// Taints that pods tolerate: nodes of the control plane are closed to pods that do not ask for them.
pub(super) fn tolerations(workload: &Workload) -> Option<Vec<Toleration>> {
    let control_plane = workload.placement.control_plane.then(|| Toleration {
        key: Some("node-role.kubernetes.io/control-plane".to_owned()),
        operator: Some("Exists".to_owned()),
        effect: Some("NoSchedule".to_owned()),
        ..Toleration::default()
    });
    let said = workload.tolerations.iter().filter_map(|said| read_typed(said).0);
    let all: Vec<_> = control_plane.into_iter().chain(said).collect();
    (!all.is_empty()).then_some(all)
}

/// The topologies that pods are spread over: what Compose says, else what the setting says.
pub(super) fn spread(lowering: &Lowering, workload: &Workload) -> Vec<TopologySpreadConstraint> {
    let constraint = |label: &str, skew: i64, strict: bool| TopologySpreadConstraint {
        max_skew: to_i32(skew),
        topology_key: label.to_owned(),
        when_unsatisfiable: if strict { "DoNotSchedule" } else { "ScheduleAnyway" }.to_owned(),
        label_selector: Some(lowering.label_selector()),
        ..TopologySpreadConstraint::default()
    };
    let said = match workload.spread {
        Spread::None => None,
        Spread::Host => Some(HOST),
        Spread::Zone => Some("topology.kubernetes.io/zone"),
    };
    let compose = &workload.placement.spread;
    let said = said.filter(|label| !compose.iter().any(|over| over.label == *label));
    said.map(|label| constraint(label, 1, false))
        .into_iter()
        .chain(compose.iter().map(|over| constraint(&over.label, over.skew, over.strict)))
        .collect()
}
