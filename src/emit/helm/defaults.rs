//! The keys that every service's section of a chart's values understands: their schema and what
//! they are, in one place.

use serde_json::{Map as Object, Value as Json, json};

use super::{
    schema::reference,
    values::{Cell, Entry},
};
use crate::yaml::Value;

/// A key of a service's section: its name, what it is, an example.
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is, in a line.
    pub(super) about: &'static str,
}

const fn key(name: &'static str, about: &'static str) -> Key {
    Key { name, about }
}

/// All keys of services, in the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    key("enabled", "Whether the service is there at all"),
    key("external", "Host name outside of the cluster; nothing of the service runs in it then"),
    key("image", "registry, repository, tag, digest, pullPolicy"),
    key("replicas", "How many pods run"),
    key("autoscale", "min, max, cpu and memory in percent of requests; replaces `replicas`"),
    key("config", "Variables that are no secrets"),
    key("env", "More variables: a string, or a Kubernetes `valueFrom`"),
    key("envFrom", "More variables from Secrets and ConfigMaps, as in Kubernetes"),
    key("command", "What runs instead of the image's entry point"),
    key("args", "Its arguments"),
    key("resources", "Kubernetes' requests and limits"),
    key("waitFor", "What a starting pod waits for"),
    key("probes", "Kubernetes' probes: liveness, readiness, startup"),
    key("gracefulSeconds", "Seconds between leaving the Service and SIGTERM"),
    key("spread", "Topology key to spread pods over, such as kubernetes.io/hostname"),
    key("disruption", "maxUnavailable or minAvailable of a disruption budget"),
    key("service", "type and annotations of the Service"),
    key("ingress", "How the outside gets in: enabled, host, path, className, tls, annotations"),
    key("httpRoute", "A route of the Gateway API: enabled, parentRefs, hostnames, path"),
    key("persistence", "Claims; existingClaim mounts another, without enabled nothing lasts"),
    key("networkPolicy", "Who may reach the pods; `ingress` adds rules of Kubernetes"),
    key("metrics", "A ServiceMonitor: enabled, port, path, interval, labels"),
    key("podSecurityContext", "Kubernetes' security context of the pod"),
    key("securityContext", "Kubernetes' security context of the container"),
    key("serviceAccount", "create, name, annotations; automount gives pods a token"),
    key("podLabels", "More labels of pods"),
    key("podAnnotations", "More annotations of pods"),
    key("nodeSelector", "As in Kubernetes"),
    key("tolerations", "As in Kubernetes"),
    key("affinity", "As in Kubernetes"),
    key("topologySpreadConstraints", "As in Kubernetes"),
    key("priorityClassName", "As in Kubernetes"),
    key("runtimeClassName", "As in Kubernetes"),
    key("hostAliases", "As in Kubernetes"),
    key("terminationGracePeriodSeconds", "Seconds between SIGTERM and SIGKILL, 30 if not set"),
    key("imagePullSecrets", "As in Kubernetes; instead of those of `global`"),
    key("extraVolumes", "More volumes of the pod"),
    key("extraVolumeMounts", "Where the container mounts them"),
    key("extraInitContainers", "More init containers"),
    key("extraContainers", "More containers beside the service's own"),
];

/// What a key is.
pub(super) fn about(name: &str) -> Option<&'static str> {
    KEYS.iter().find(|key| key.name == name).map(|key| key.about)
}

/// What a key below `global` is.
pub(super) fn global(name: &str) -> Option<&'static str> {
    let about = match name {
        "imagePullSecrets" => "Secrets to pull images with",
        "imageRegistry" => "Registry put in front of every image, for mirrors",
        "labels" => "Labels on every object of a service",
        "storageClass" => "Storage class of every claim that names none",
        _ => return None,
    };
    Some(about)
}

/// The place of a key in its section.
pub(super) fn rank(name: &str) -> usize {
    KEYS.iter().position(|key| key.name == name).unwrap_or(KEYS.len())
}

/// The schemas of the keys by these names.
pub(super) fn schemas<'n>(
    names: &'n [&'static str],
) -> impl Iterator<Item = (&'static str, Json)> + 'n {
    names.iter().filter_map(|name| Some((*name, toggle(name)?)))
}

/// The schema of a key that is in every section alike.
fn toggle(name: &str) -> Option<Json> {
    let schema = match name {
        "affinity" => json!({"type": "object"}),
        "autoscale" => json!({
            "type": "object",
            "properties": {
                "min": {"type": "integer", "minimum": 1},
                "max": {"type": "integer", "minimum": 1},
                "cpu": {"type": "integer", "minimum": 1},
                "memory": {"type": "integer", "minimum": 1},
            },
            "if": {"minProperties": 1},
            "then": {"required": ["max"]},
            "additionalProperties": false,
        }),
        "args" | "command" => json!({"type": "array", "items": {"type": "string"}}),
        "disruption" => disruption(),
        "env" => json!({
            "type": "object",
            "propertyNames": {"pattern": "^[^=]+$"},
            "additionalProperties": {"anyOf": [{"type": ["string", "number", "boolean"]}, reference("valueFrom")]},
        }),
        "envFrom" => json!({"type": "array", "items": {"type": "object"}}),
        "extraContainers" | "extraInitContainers" => {
            json!({"type": "array", "items": named(&["name", "image"])})
        }
        "extraVolumeMounts" => json!({"type": "array", "items": named(&["name", "mountPath"])}),
        "extraVolumes" => json!({"type": "array", "items": named(&["name"])}),
        "gracefulSeconds" => json!({"type": "integer", "minimum": 0}),
        "hostAliases" => json!({"type": "array", "items": named(&["ip"])}),
        "httpRoute" => json!({
            "type": "object",
            "properties": {
                "enabled": {"type": "boolean"},
                "parentRefs": {"type": "array", "items": named(&["name"])},
                "hostnames": {"type": "array", "items": {"type": "string"}},
                "path": {"type": "string", "pattern": "^/"},
                "port": {"type": "integer", "minimum": 1, "maximum": 65535},
                "labels": reference("strings"),
                "annotations": reference("strings"),
            },
            "additionalProperties": false,
        }),
        "imagePullSecrets" => json!({"type": "array", "items": named(&["name"])}),
        "ingress" => json!({
            "type": "object",
            "properties": {
                "enabled": {"type": "boolean"},
                "host": {"type": "string", "pattern": HOST},
                "path": {"type": "string", "pattern": "^/"},
                "port": {"type": "integer", "minimum": 1, "maximum": 65535},
                "className": {"type": "string"},
                "tls": tls(),
                "labels": reference("strings"),
                "annotations": reference("strings"),
            },
            "additionalProperties": false,
        }),
        "metrics" => json!({
            "type": "object",
            "properties": {
                "enabled": {"type": "boolean"},
                "port": {"type": "string"},
                "path": {"type": "string", "pattern": "^/"},
                "interval": {"type": "string", "pattern": "^[0-9]+(ms|s|m|h)$"},
                "labels": reference("strings"),
            },
            "additionalProperties": false,
        }),
        "networkPolicy" => json!({
            "type": "object",
            "properties": {"ingress": {"type": "array", "items": {"type": "object"}}},
        }),
        "nodeSelector" | "podAnnotations" => reference("strings"),
        "podLabels" => json!({
            "type": "object",
            "propertyNames": {"not": {"enum": [
                "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/part-of",
            ]}},
            "additionalProperties": {"type": "string"},
        }),
        "podSecurityContext" | "resources" | "securityContext" => reference(name),
        "priorityClassName" | "runtimeClassName" | "spread" => json!({"type": "string"}),
        "probes" => json!({
            "type": "object",
            "properties": {
                "liveness": probe(),
                "readiness": probe(),
                "startup": probe(),
            },
            "additionalProperties": false,
        }),
        "service" => json!({
            "type": "object",
            "properties": {
                "type": {"enum": ["", "ClusterIP", "NodePort", "LoadBalancer"]},
                "annotations": reference("strings"),
            },
            "additionalProperties": false,
        }),
        "serviceAccount" => json!({
            "type": "object",
            "properties": {
                "create": {"type": "boolean"},
                "name": {"type": "string"},
                "annotations": reference("strings"),
                "automount": {"type": "boolean"},
            },
            "additionalProperties": false,
        }),
        "terminationGracePeriodSeconds" => json!({"type": "integer", "minimum": 0}),
        "tolerations" | "topologySpreadConstraints" => {
            json!({"type": "array", "items": {"type": "object"}})
        }
        _ => return None,
    };
    Some(schema)
}

/// A number of pods, or a percentage.
fn count() -> Json {
    json!({"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+%$"})
}

/// One of the two numbers of a disruption budget.
fn disruption() -> Json {
    json!({
        "type": "object",
        "properties": {"maxUnavailable": count(), "minAvailable": count()},
        "not": {"required": ["maxUnavailable", "minAvailable"]},
        "additionalProperties": false,
    })
}

/// Certificates of host names.
fn tls() -> Json {
    json!({"type": "array", "items": {
        "type": "object",
        "properties": {
            "hosts": {"type": "array", "items": {"type": "string"}},
            "secretName": {"type": "string"},
        },
        "additionalProperties": false,
    }})
}

/// A probe, or none.
fn probe() -> Json {
    json!({"anyOf": [{"type": "null"}, reference("probe")]})
}

fn named(required: &[&str]) -> Json {
    json!({"type": "object", "required": required})
}

/// The schema of a value by its name and that of what holds it.
pub(super) fn known(above: &str, name: &str, entry: &Entry) -> Option<Json> {
    let is = |test: fn(&Value) -> bool| {
        entry.cells.iter().all(|cell| !matches!(cell, Cell::Is(value) if !test(value)))
    };
    let map = is(|value| value.as_map().is_some());
    let text = is(|value| value.as_str().is_some());
    let number = is(|value| value.as_int().is_some());
    let schema = match (above, name) {
        (_, "image") if map => reference("image"),
        (_, "resources" | "securityContext" | "podSecurityContext") if map => reference(name),
        ("probes", _) if map => probe(),
        ("global", "labels") | (_, "labels" | "annotations" | "podAnnotations") if map => {
            reference("strings")
        }
        ("global", "imagePullSecrets") => json!({"type": "array", "items": named(&["name"])}),
        (_, "config") if map => {
            json!({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}})
        }
        (_, "replicas") if number => json!({"type": ["integer", "null"], "minimum": 0}),
        (_, "gracefulSeconds") if number => json!({"type": "integer", "minimum": 0}),
        (_, "size") if text => json!({"type": "string", "pattern": QUANTITY}),
        (_, "host") if text => json!({"type": "string", "pattern": HOST}),
        (_, "tls") => tls(),
        (_, "accessModes") => json!({"type": "array", "minItems": 1, "items": {"enum": [
            "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod",
        ]}}),
        ("disruption", "maxUnavailable" | "minAvailable") => count(),
        _ => return None,
    };
    Some(schema)
}

/// The name of a host, also with a star.
const HOST: &str = r"^(\*\.)?[a-z0-9.-]*$";

/// A quantity of Kubernetes.
const QUANTITY: &str = r"^[0-9]+(\.[0-9]+)?([numkMGTPE]|[KMGTPE]i)?$";

/// What sections refer to.
pub(super) fn definitions() -> Json {
    let quantities = json!({
        "type": "object",
        "additionalProperties": {"type": ["string", "number"], "pattern": QUANTITY},
    });
    let number = json!({"type": "integer", "minimum": 0});
    let port = json!({"type": ["integer", "string"]});
    let text = json!({"type": "string"});
    let mut probe = Object::new();
    for (handler, fields) in [
        ("exec", json!({"command": {"type": "array", "items": text.clone()}})),
        ("grpc", json!({"port": {"type": "integer"}, "service": text.clone()})),
        (
            "httpGet",
            json!({
                "host": text.clone(),
                "httpHeaders": {"type": "array", "items": named(&["name", "value"])},
                "path": text.clone(),
                "port": port.clone(),
                "scheme": {"enum": ["HTTP", "HTTPS"]},
            }),
        ),
        ("tcpSocket", json!({"host": text, "port": port})),
    ] {
        let schema = json!({"type": "object", "properties": fields, "additionalProperties": false});
        probe.insert(handler.to_owned(), schema);
    }
    for timing in [
        "failureThreshold",
        "initialDelaySeconds",
        "periodSeconds",
        "successThreshold",
        "terminationGracePeriodSeconds",
        "timeoutSeconds",
    ] {
        probe.insert(timing.to_owned(), number.clone());
    }
    json!({
        "image": {
            "type": "object",
            "properties": {
                "registry": {"type": "string"},
                "repository": {"type": "string"},
                "tag": {"type": "string"},
                "digest": {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
                "pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
            },
            "required": ["repository"],
            "additionalProperties": false,
        },
        "secret": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "enabled": {"type": "boolean"},
                "values": reference("strings"),
                "data": reference("strings"),
            },
            "additionalProperties": false,
        },
        "strings": {"type": "object", "additionalProperties": {"type": "string"}},
        "resources": {
            "type": "object",
            "properties": {
                "requests": quantities,
                "limits": quantities,
                "claims": {"type": "array"},
            },
            "additionalProperties": false,
        },
        "probe": {"type": "object", "properties": probe, "additionalProperties": false},
        "valueFrom": {
            "type": "object",
            "properties": {
                "configMapKeyRef": {"type": "object"},
                "fieldRef": {"type": "object"},
                "resourceFieldRef": {"type": "object"},
                "secretKeyRef": {"type": "object"},
            },
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": false,
        },
        "securityContext": closed(&[
            ("allowPrivilegeEscalation", "boolean"), ("appArmorProfile", "object"),
            ("capabilities", "object"), ("privileged", "boolean"), ("procMount", "string"),
            ("readOnlyRootFilesystem", "boolean"), ("runAsGroup", "integer"),
            ("runAsNonRoot", "boolean"), ("runAsUser", "integer"), ("seLinuxOptions", "object"),
            ("seccompProfile", "object"), ("windowsOptions", "object"),
        ]),
        "podSecurityContext": closed(&[
            ("appArmorProfile", "object"), ("fsGroup", "integer"),
            ("fsGroupChangePolicy", "string"), ("runAsGroup", "integer"),
            ("runAsNonRoot", "boolean"), ("runAsUser", "integer"), ("seLinuxChangePolicy", "string"),
            ("seLinuxOptions", "object"), ("seccompProfile", "object"),
            ("supplementalGroups", "array"), ("supplementalGroupsPolicy", "string"),
            ("sysctls", "array"), ("windowsOptions", "object"),
        ]),
    })
}

fn closed(fields: &[(&str, &str)]) -> Json {
    let mut properties: Object<String, Json> =
        fields.iter().map(|(key, of)| ((*key).to_owned(), json!({"type": of}))).collect();
    for profile in ["appArmorProfile", "seccompProfile"] {
        let schema = json!({
            "type": "object",
            "properties": {
                "type": {"enum": ["RuntimeDefault", "Localhost", "Unconfined"]},
                "localhostProfile": {"type": "string"},
            },
            "additionalProperties": false,
        });
        properties.insert(profile.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}
