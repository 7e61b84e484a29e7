//! Which lists merge item by item, and by which field.

/// Lists of a pod's specification, by their last names; `*` stands for one of the container lists.
const POD_LISTS: &[(&[&str], &[&str])] = &[
    (&["containers"], &["name"]),
    (&["initContainers"], &["name"]),
    (&["ephemeralContainers"], &["name"]),
    (&["volumes"], &["name"]),
    (&["imagePullSecrets"], &["name"]),
    (&["resourceClaims"], &["name"]),
    (&["schedulingGates"], &["name"]),
    (&["hostAliases"], &["ip"]),
    (&["topologySpreadConstraints"], &["topologyKey", "whenUnsatisfiable"]),
    (&["*", "env"], &["name"]),
    (&["*", "ports"], &["containerPort", "protocol"]),
    (&["*", "volumeMounts"], &["mountPath"]),
    (&["*", "volumeDevices"], &["devicePath"]),
];

/// Lists of other objects, by kind and path.
const OTHER_LISTS: &[(&str, &[&str], &[&str])] = &[
    ("Service", &["spec", "ports"], &["port", "protocol"]),
    ("ServiceAccount", &["secrets"], &["name"]),
    ("ServiceAccount", &["imagePullSecrets"], &["name"]),
    ("MutatingWebhookConfiguration", &["webhooks"], &["name"]),
    ("ValidatingWebhookConfiguration", &["webhooks"], &["name"]),
];

/// Where the pod's specification stands in a kind.
fn pod_path(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "Pod" => Some(&["spec"]),
        "Deployment"
        | "StatefulSet"
        | "DaemonSet"
        | "ReplicaSet"
        | "Job"
        | "ReplicationController" => Some(&["spec", "template", "spec"]),
        "CronJob" => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
        _ => None,
    }
}

/// The merge keys of the list at a path of field names (without the positions in lists), or none
/// where a patch replaces the list as a whole. Items of a list without keys, but with `Some`, are
/// their own keys.
///
/// Only Kubernetes' own kinds have such lists: of others no schema is known, to kustomize neither.
pub fn merge_keys(api_version: &str, kind: &str, path: &[&str]) -> Option<&'static [&'static str]> {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    if group.contains('.') && !group.ends_with(".k8s.io") {
        return None;
    }
    if let ["metadata", "finalizers"] | [.., "template", "metadata", "finalizers"] = path {
        return Some(&[]);
    }
    if let Some(below) = pod_path(kind).and_then(|pod| path.strip_prefix(pod)) {
        return POD_LISTS.iter().find(|(list, _)| fits(list, below)).map(|(_, keys)| *keys);
    }
    let known = |(of, list, _): &&(&str, &[&str], &[&str])| *of == kind && *list == path;
    OTHER_LISTS.iter().find(known).map(|(_, _, keys)| *keys)
}

fn fits(list: &[&str], path: &[&str]) -> bool {
    let container = |name: &str| name == "containers" || name.ends_with("Containers");
    list.len() == path.len()
        && list.iter().zip(path).all(|(want, name)| want == name || *want == "*" && container(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_merge_by_the_keys_of_their_kind() {
        let pod = ["spec", "template", "spec", "containers"];
        assert_eq!(merge_keys("apps/v1", "Deployment", &pod), Some(&["name"][..]));
        let ports = ["spec", "template", "spec", "initContainers", "ports"];
        let keys = merge_keys("batch/v1", "Job", &ports);
        assert_eq!(keys, Some(&["containerPort", "protocol"][..]));
        assert!(merge_keys("v1", "Service", &["spec", "ports"]).is_some());
        assert_eq!(merge_keys("networking.k8s.io/v1", "Ingress", &["spec", "rules"]), None);
        assert_eq!(merge_keys("example.com/v1", "Deployment", &pod), None);
        let args = ["spec", "template", "spec", "containers", "args"];
        assert_eq!(merge_keys("apps/v1", "Deployment", &args), None);
    }
}
