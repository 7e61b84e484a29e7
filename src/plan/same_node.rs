//! Services that must share a node, since they share claims that only one node can mount.

use std::collections::BTreeMap;

use super::{App, MountSource, ServicePlan};
use crate::settings::WorkloadKind;

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
    let group_of = joined(groups);
    for service in &mut app.services {
        let Some(workload) = &mut service.workload else { continue };
        let group = group_of.get(&service.name);
        let members = group_of.values().filter(|other| Some(*other) == group).count();
        // Replicas with a claim each may be anywhere; only who reads the first one's is bound.
        let spread = workload.replicas > 1
            && workload.mounts.iter().all(|mount| !matches!(mount.source, MountSource::Claim(_)));
        if members > 1 && !spread && workload.kind != WorkloadKind::DaemonSet {
            workload.same_node = group.cloned();
        }
    }
}

/// Claims that only one node can mount at a time.
fn exclusive(app: &App) -> Vec<String> {
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
fn joined(users: BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    let mut group_of: BTreeMap<String, String> =
        users.keys().map(|name| (name.clone(), name.clone())).collect();
    let mut first_user: BTreeMap<String, String> = BTreeMap::new();
    for (service, claims) in users {
        for claim in claims {
            let first = first_user.entry(claim).or_insert_with(|| service.clone());
            let (one, other) = (group_of.get(first).cloned(), group_of.get(&service).cloned());
            let joined = one.clone().min(other.clone());
            for group in group_of.values_mut() {
                if (Some(&*group) == one.as_ref() || Some(&*group) == other.as_ref())
                    && let Some(joined) = &joined
                {
                    group.clone_from(joined);
                }
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
        let groups = joined(users.into());
        let names: Vec<_> = groups.values().map(String::as_str).collect();
        assert_eq!(names, ["a", "a", "a", "d"]);
    }
}
