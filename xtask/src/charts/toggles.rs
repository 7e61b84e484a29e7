//! Values that a person may set in a chart: every switch flipped, every documented key set once,
//! and pairs of those by chance.

use serde_json::{Map, Value, json};

/// One set of values over those of a chart.
#[derive(Debug, Clone)]
pub struct Toggle {
    /// What it changes.
    pub name: String,
    /// The values.
    pub values: Value,
}

/// Keys of a service with a value that differs from what charts come with.
fn documented() -> Vec<(&'static str, Value)> {
    let image = json!({"registry": "mirror.example.com", "tag": "9.9", "pullPolicy": "Always"});
    let digest = json!({"digest": format!("sha256:{}", "0".repeat(64))});
    let http = json!({"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 7});
    vec![
        ("affinity", json!({"nodeAffinity": {}})),
        ("args", json!(["--verbose", "{{ x }}"])),
        ("command", json!(["/bin/sh", "-c", "exec \"$0\" \"$@\""])),
        ("autoscale", json!({"max": 5})),
        ("autoscale", json!({"min": 2, "max": 5, "cpu": 60, "memory": 80})),
        ("config", json!({"MORE": "yes", "NUMBER": 1_000_000})),
        ("disruption", json!({"maxUnavailable": 1})),
        ("disruption", json!({"maxUnavailable": "50%"})),
        ("disruption", json!({"minAvailable": 1})),
        ("env", json!({"MORE": "{{ x }}", "NUMBER": 1_000_000})),
        ("env", json!({"NODE": {"fieldRef": {"fieldPath": "spec.nodeName"}}})),
        ("envFrom", json!([{"secretRef": {"name": "more"}, "prefix": "MORE_"}])),
        ("external", json!("elsewhere.example.com")),
        ("extraContainers", json!([{"name": "proxy", "image": "proxy:1"}])),
        ("extraInitContainers", json!([{"name": "first", "image": "first:1"}])),
        ("extraVolumes", json!([{"name": "scratch", "emptyDir": {}}])),
        ("gracefulSeconds", json!(12)),
        ("hostAliases", json!([{"ip": "10.0.0.1", "hostnames": ["a.example.com"]}])),
        ("httpRoute", json!({"enabled": true, "parentRefs": [{"name": "gateway"}]})),
        (
            "httpRoute",
            json!({"enabled": true, "parentRefs": [{"name": "gateway", "sectionName": "https"}],
                "hostnames": ["x.example.com"], "path": "/x", "port": 81, "annotations": {"a": "b"}}),
        ),
        ("image", image),
        ("image", digest),
        (
            "ingress",
            json!({"enabled": true, "host": "x.example.com", "annotations": {"a": "b"},
                "className": "nginx", "path": "/x", "port": 81,
                "tls": [{"hosts": ["x.example.com"], "secretName": "x-tls"}]}),
        ),
        ("imagePullSecrets", json!([{"name": "own-pull"}])),
        ("metrics", json!({"enabled": true, "port": "http"})),
        ("networkPolicy", json!({"enabled": true})),
        ("networkPolicy", json!({"enabled": true, "ingress": [{"ports": [{"port": 9000}]}]})),
        ("nodeSelector", json!({"disk": "fast"})),
        ("persistence", json!({"size": "3Gi", "storageClass": "fast", "retain": false})),
        ("persistence", json!({"accessModes": ["ReadWriteMany"]})),
        ("persistence", json!({"existingClaim": "other"})),
        ("podAnnotations", json!({"a": "1"})),
        ("podLabels", json!({"tier": "back"})),
        ("podSecurityContext", json!({"runAsUser": 1000, "fsGroup": 1000})),
        ("priorityClassName", json!("system-cluster-critical")),
        ("probes", json!({"liveness": http.clone(), "startup": http})),
        ("probes", json!({"readiness": null})),
        ("replicas", json!(3)),
        ("replicas", json!(0)),
        ("resources", json!({"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": 1}})),
        ("runtimeClassName", json!("other")),
        ("securityContext", json!({"runAsNonRoot": true, "capabilities": {"drop": ["ALL"]}})),
        ("service", json!({"type": "NodePort", "annotations": {"a": "b"}})),
        ("service", json!({"type": "LoadBalancer"})),
        ("serviceAccount", json!({"name": "robot"})),
        (
            "serviceAccount",
            json!({"create": true, "automount": true, "annotations": {"role": "arn:aws:iam::1:role/x"}}),
        ),
        ("spread", json!("topology.kubernetes.io/zone")),
        ("terminationGracePeriodSeconds", json!(90)),
        ("tolerations", json!([{"key": "a", "operator": "Exists"}])),
        (
            "topologySpreadConstraints",
            json!([{"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": {"a": "b"}}}]),
        ),
    ]
}

/// The toggles of a chart by its values and schema, and `pairs` of them by chance.
pub fn of(values: &Value, schema: &Value, pairs: usize) -> Vec<Toggle> {
    let mut toggles = globals(values);
    flips(values, &mut Vec::new(), &mut toggles);
    let sections = schema.get("properties").and_then(Value::as_object);
    for (section, about) in sections.into_iter().flatten() {
        let known = about.get("properties").and_then(Value::as_object);
        for (key, value) in documented() {
            let known = known.and_then(|known| known.get(key));
            if known.is_some() && !["global", "secrets", "volumes"].contains(&section.as_str()) {
                let value = fitting(known, value);
                let name = format!("{section}.{key}: {value}");
                toggles.push(Toggle { name, values: json!({section: {key: value}}) });
            }
        }
    }
    let singles = toggles.clone();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).ok().and_then(|n| singles.get(n % singles.len().max(1)))
    };
    for _ in 0..pairs {
        let (Some(one), Some(other)) = (next(), next()) else { continue };
        let mut values = one.values.clone();
        merge(&mut values, &other.values);
        toggles.push(Toggle { name: format!("{} with {}", one.name, other.name), values });
    }
    toggles
}

/// The part of a value that a section knows; of several claims each gets it.
fn fitting(known: Option<&Value>, mut value: Value) -> Value {
    let Some(keys) = known.and_then(|known| known.get("properties")).and_then(Value::as_object)
    else {
        return value;
    };
    let Some(map) = value.as_object_mut() else { return value };
    if !keys.keys().any(|key| map.contains_key(key)) {
        let each =
            keys.iter().map(|(key, known)| (key.clone(), fitting(Some(known), value.clone())));
        return Value::Object(each.collect());
    }
    map.retain(|key, _| keys.contains_key(key));
    value
}

fn globals(values: &Value) -> Vec<Toggle> {
    let global = |name: &str, value: Value| Toggle {
        name: format!("global.{name}"),
        values: json!({"global": {name: value}}),
    };
    let mut toggles = vec![
        global("imageRegistry", json!("mirror.example.com:5000")),
        global("imagePullSecrets", json!([{"name": "pull"}])),
        global("storageClass", json!("fast")),
        global("labels", json!({"team": "a"})),
        Toggle { name: "environment".to_owned(), values: json!({"environment": "qa"}) },
        Toggle {
            name: "extraObjects".to_owned(),
            values: json!({"extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "more"}, "data": {"a": "{{ x }}"}}]}),
        },
    ];
    for (name, _) in values.get("helperImages").and_then(Value::as_object).into_iter().flatten() {
        let image = json!({"registry": "mirror.example.com", "pullPolicy": "Always"});
        let values = json!({"helperImages": {name: image}});
        toggles.push(Toggle { name: format!("helperImages.{name}"), values });
    }
    for (name, _) in values.get("secrets").and_then(Value::as_object).into_iter().flatten() {
        let values = json!({"secrets": {name: {"name": "other", "values": {"KEY": "a: {{b}}"}}}});
        toggles.push(Toggle { name: format!("secrets.{name}"), values });
    }
    toggles
}

/// Every switch the other way.
fn flips(value: &Value, path: &mut Vec<String>, toggles: &mut Vec<Toggle>) {
    if let Value::Object(map) = value {
        for (key, value) in map {
            path.push(key.clone());
            flips(value, path, toggles);
            path.pop();
        }
    }
    let own = path.last().is_some_and(|key| key == "allowPrivilegeEscalation");
    if let (Value::Bool(on), false) = (value, own) {
        let nest = |value, key: &String| Value::Object(Map::from_iter([(key.clone(), value)]));
        let mut values = path.iter().rev().fold(json!(!on), nest);
        // What is reached from outside needs a name.
        if let [section, ingress, _] = path.as_slice()
            && ingress == "ingress"
        {
            merge(&mut values, &json!({section: {"ingress": {"host": "x.example.com"}}}));
        }
        toggles.push(Toggle { name: format!("{}: {}", path.join("."), !on), values });
    }
}

fn merge(into: &mut Value, other: &Value) {
    match (into, other) {
        (Value::Object(into), Value::Object(other)) => {
            for (key, value) in other {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, other) => *into = other.clone(),
    }
}
