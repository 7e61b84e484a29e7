//! The one order of fields in emitted objects: as people write them.

use crate::yaml::{Field, Value};

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
    "selector",
    "template",
    "volumeClaimTemplates",
    "spec",
    "roleRef",
    "subjects",
    "rules",
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
    "accessModes",
    "storageClassName",
    "key",
    "ingressClassName",
    "tls",
    "host",
    "http",
];

/// Mappings whose keys are data and keep their order.
const DATA: &[&str] =
    &["data", "stringData", "binaryData", "annotations", "matchLabels", "nodeSelector"];

/// Sorts the fields of a tree.
pub(crate) fn sort(value: &mut Value) {
    match value {
        Value::Map(map) => {
            map.fields.sort_by_key(|field| rank(&field.key));
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

fn rank(key: &str) -> usize {
    let position = ORDER.iter().position(|known| *known == key);
    // The pod's volumes stand last, after what mounts them; `securityContext` of a container too.
    position.unwrap_or(ORDER.len())
}
