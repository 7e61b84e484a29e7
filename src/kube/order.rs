//! The one order of fields in emitted objects: as people write them.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::yaml::{Field, Map, Value};

/// Fields in order; what is not listed follows as it comes.
const ORDER: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/component",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
    "c2k.dev/environment",
    "labels",
    "annotations",
    "immutable",
    "type",
    "clusterIP",
    "ipFamilyPolicy",
    "ipFamilies",
    "sessionAffinity",
    "loadBalancerSourceRanges",
    "publishNotReadyAddresses",
    "externalName",
    "addressType",
    "endpoints",
    "schedule",
    "timeZone",
    "concurrencyPolicy",
    "jobTemplate",
    "serviceName",
    "replicas",
    "podManagementPolicy",
    "persistentVolumeClaimRetentionPolicy",
    "strategy",
    "updateStrategy",
    "minReadySeconds",
    "backoffLimit",
    "podFailurePolicy",
    "completions",
    "parallelism",
    "podSelector",
    "policyTypes",
    "ingress",
    "egress",
    "maxUnavailable",
    "minAvailable",
    "scaleTargetRef",
    "minReplicas",
    "maxReplicas",
    "metrics",
    "parentRefs",
    "hostnames",
    "refreshInterval",
    "secretStoreRef",
    "target",
    "selector",
    "template",
    "volumeClaimTemplates",
    "spec",
    "roleRef",
    "subjects",
    "rules",
    "matches",
    "backendRefs",
    "restartPolicy",
    "hostname",
    "serviceAccountName",
    "automountServiceAccountToken",
    "enableServiceLinks",
    "imagePullSecrets",
    "terminationGracePeriodSeconds",
    "priorityClassName",
    "runtimeClassName",
    "nodeSelector",
    "affinity",
    "topologySpreadConstraints",
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "dnsPolicy",
    "dnsConfig",
    "hostAliases",
    "securityContext",
    "initContainers",
    "containers",
    "image",
    "imagePullPolicy",
    "workingDir",
    "command",
    "args",
    "stdin",
    "tty",
    "envFrom",
    "env",
    "value",
    "valueFrom",
    "port",
    "targetPort",
    "containerPort",
    "nodePort",
    "protocol",
    "appProtocol",
    "ports",
    "accessModes",
    "storageClassName",
    "resources",
    "requests",
    "limits",
    "cpu",
    "memory",
    "lifecycle",
    "startupProbe",
    "livenessProbe",
    "readinessProbe",
    "exec",
    "httpGet",
    "tcpSocket",
    "grpc",
    "path",
    "pathType",
    "backend",
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "failureThreshold",
    "successThreshold",
    "runAsNonRoot",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "fsGroup",
    "fsGroupChangePolicy",
    "mountPath",
    "subPath",
    "readOnly",
    "volumeMounts",
    "volumes",
    "key",
    "ingressClassName",
    "tls",
    "host",
    "http",
];

/// Mappings whose keys are data and keep their order.
const DATA: &[&str] = &["data", "stringData", "binaryData", "annotations", "nodeSelector"];

/// The place of each field in the order.
static RANKS: LazyLock<BTreeMap<&str, usize>> =
    LazyLock::new(|| ORDER.iter().enumerate().map(|(rank, key)| (*key, rank)).collect());

/// Sorts the fields of a tree.
pub(crate) fn sort(value: &mut Value) {
    match value {
        Value::Map(map) => {
            let is_container = is_container(map);
            map.fields.sort_by_cached_key(|field| rank(&field.key, is_container));
            for Field { key, value, .. } in &mut map.fields {
                if !DATA.contains(&key.as_str()) {
                    sort(value);
                }
            }
        }
        Value::Seq(items) => items.iter_mut().for_each(sort),
        _ => {}
    }
}

fn is_container(map: &Map) -> bool {
    map.get("name").is_some() && map.get("image").is_some()
}

fn rank(key: &str, is_container: bool) -> usize {
    let key = match key {
        // A pod's says who its containers are; a container's reads last, after what it does.
        "securityContext" if is_container => "volumeMounts",
        key => key,
    };
    RANKS.get(key).copied().unwrap_or(ORDER.len())
}
