//! Services that must share a node, since they share claims that only one node can mount.

use std::collections::{BTreeMap, BTreeSet};

use super::{App, MountSource, ServicePlan};
use crate::{settings::WorkloadKind, text::Origin};

/// Puts services that share ReadWriteOnce claims, also by way of others, into one group.
pub(crate) fn decide(app: &mut App) {
    let claims = exclusive(app);
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for service in &app.services {
        let used: Vec<String> =
            used(service).into_iter().filter(|claim| claims.contains(claim)).collect();
        if !used.is_empty() {
            groups.insert(service.name.clone(), used);
        }
    }
    let group_of = joined(&groups);
    let mut members: BTreeMap<&String, usize> = BTreeMap::new();
    group_of.values().for_each(|group| *members.entry(group).or_default() += 1);
    for service in &mut app.services {
        let Some(workload) = &mut service.workload else { continue };
        let group = group_of.get(&service.name);
        let members = group.and_then(|group| members.get(group)).copied().unwrap_or_default();
        // Replicas with a claim each may be anywhere; only who reads the first one's is bound.
        let spread = workload.replicas > 1
            && workload.mounts.iter().all(|mount| !matches!(mount.source, MountSource::Claim(_)));
        if members > 1 && !spread && workload.kind != WorkloadKind::DaemonSet {
            workload.same_node = group.cloned();
        }
    }
    share_nodes(app);
}

/// What one of a group asks of its node, all ask: the others could be placed first, where it cannot
/// follow.
fn share_nodes(app: &mut App) {
    let mut asked: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for workload in app.services.iter().filter_map(|service| service.workload.as_ref()) {
        let Some(group) = &workload.same_node else { continue };
        let labels = asked.entry(group.clone()).or_default();
        for (label, value) in &workload.node_selector {
            labels.entry(label.clone()).or_default().insert(value.clone());
        }
    }
    for workload in app.services.iter_mut().filter_map(|service| service.workload.as_mut()) {
        let labels = workload.same_node.as_ref().and_then(|group| asked.get(group));
        for (label, values) in labels.into_iter().flatten() {
            // Where two ask for different nodes, no node is right.
            if let (1, Some(value)) = (values.len(), values.first())
                && !workload.node_selector.contains_key(label)
            {
                let rule = Origin::Rule("another service that needs the same node asks for it");
                workload.traces.note(format!("node_selector[{label}]"), rule);
                workload.node_selector.insert(label.clone(), value.clone());
            }
        }
    }
}

/// Claims that only one node can mount at a time.
fn exclusive(app: &App) -> BTreeSet<String> {
    let own = app.claims.iter().filter(|claim| claim.access_mode == "ReadWriteOnce");
    let own = own.map(|claim| claim.name.clone());
    let templates = app.services.iter().flat_map(|service| {
        let claims = service.workload.iter().flat_map(|workload| &workload.claim_templates);
        let claims = claims.filter(|claim| claim.access_mode == "ReadWriteOnce");
        claims.map(|claim| first_of(&claim.name, owner(service)))
    });
    own.chain(templates).collect()
}

/// The StatefulSet that makes a service's claims.
fn owner(service: &ServicePlan) -> &str {
    service.in_pod_of.as_deref().unwrap_or(&service.name)
}

/// The claim of the first pod of a StatefulSet.
fn first_of(template: &str, service: &str) -> String {
    format!("{template}-{service}-0")
}

fn used(service: &ServicePlan) -> Vec<String> {
    let mounts = service.workload.iter().flat_map(|workload| &workload.mounts);
    let claims = mounts.filter_map(|mount| match &mount.source {
        MountSource::Claim(name) => Some(name.clone()),
        MountSource::Template => Some(first_of(&mount.volume, owner(service))),
        _ => None,
    });
    claims.collect()
}

/// The group of each service, named after its first one: those that share a claim are together.
fn joined(users: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    let mut of_claim: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (service, claims) in users {
        for claim in claims {
            of_claim.entry(claim).or_default().push(service);
        }
    }
    let mut group_of: BTreeMap<String, String> = BTreeMap::new();
    for first in users.keys() {
        // The first service of a group meets all of it, by way of whoever shares a claim.
        let mut next = vec![first.as_str()];
        while let Some(service) = next.pop() {
            if group_of.contains_key(service) {
                continue;
            }
            group_of.insert(service.to_owned(), first.clone());
            for claim in users.get(service).into_iter().flatten() {
                next.extend(of_claim.remove(claim.as_str()).into_iter().flatten());
            }
        }
    }
    group_of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_together_by_way_of_others() {
        let users = [("a", vec!["v"]), ("b", vec!["v", "w"]), ("c", vec!["w"]), ("d", vec!["x"])];
        let users = users.map(|(name, claims)| {
            (name.to_owned(), claims.into_iter().map(str::to_owned).collect())
        });
        let groups = joined(&users.into());
        let names: Vec<_> = groups.values().map(String::as_str).collect();
        assert_eq!(names, ["a", "a", "a", "d"]);
    }
}
