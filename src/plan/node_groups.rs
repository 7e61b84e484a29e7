//! Services that share claims which one node can mount.

use std::collections::BTreeMap;

use super::{App, MountSource, ServicePlan};

/// Puts services that mount the same ReadWriteOnce claim into one group, and all that are joined
/// to them by further claims. A group is named for its first service.
pub(crate) fn assign(app: &mut App) {
    let mut users: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, service) in app.services.iter().enumerate() {
        for mount in service.workload.iter().flat_map(|workload| &workload.mounts) {
            let claim = match &mount.source {
                MountSource::Claim(name) => name.clone(),
                MountSource::Template => format!("{}-{}-0", mount.volume, owner(service)),
                _ => continue,
            };
            users.entry(claim).or_default().push(index);
        }
    }
    let mut first: Vec<usize> = (0..app.services.len()).collect();
    for (claim, users) in &users {
        if is_for_one_node(app, claim) {
            join(&mut first, users);
        }
    }
    let names: Vec<String> = app.services.iter().map(|service| service.name.clone()).collect();
    for (index, service) in app.services.iter_mut().enumerate() {
        let Some(group) = first.get(index).copied() else { continue };
        let alone = first.iter().filter(|other| **other == group).count() == 1;
        if let Some(workload) = service.workload.as_mut().filter(|_| !alone) {
            workload.node_group = names.get(group).cloned();
        }
    }
}

/// The StatefulSet that makes a service's claims.
fn owner(service: &ServicePlan) -> &str {
    service.in_pod_of.as_deref().unwrap_or(&service.name)
}

/// Whether c2k makes the claim, and one node at a time can mount it.
fn is_for_one_node(app: &App, claim: &str) -> bool {
    let own = app.claims.iter().filter(|known| known.name == claim);
    let templates = app.services.iter().flat_map(|service| {
        let templates = service.workload.iter().flat_map(|workload| &workload.claim_templates);
        templates.filter(|known| format!("{}-{}-0", known.name, owner(service)) == claim)
    });
    own.chain(templates).any(|claim| claim.access_mode.starts_with("ReadWriteOnce"))
}

/// Gives all that belong to one of the groups of `users` the first of these groups.
fn join(first: &mut [usize], users: &[usize]) {
    let groups: Vec<usize> = users.iter().filter_map(|user| first.get(*user).copied()).collect();
    let Some(least) = groups.iter().min().copied() else { return };
    first.iter_mut().filter(|group| groups.contains(group)).for_each(|group| *group = least);
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn groups_that_a_service_joins_become_one() {
        let mut first = vec![0, 1, 2, 3];
        join(&mut first, &[0, 1]);
        join(&mut first, &[2, 3]);
        join(&mut first, &[3, 1]);
        assert_eq!(first, [0, 0, 0, 0]);
    }
}
