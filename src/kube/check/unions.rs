//! Fields that exclude each other, which the types do not say.

use super::Problem;
use crate::yaml::{Map, Value};

/// Of an object under one of these names at most one of the fields may be there; where none is
/// listed, of all its fields but `name`.
const ONE_OF: &[(&[&str], &[&str])] = &[
    (&["volumes"], &[]),
    (&["env"], &["value", "valueFrom"]),
    (
        &["valueFrom"],
        &["configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"],
    ),
    (&["envFrom"], &["configMapRef", "secretRef"]),
    (
        &["livenessProbe", "readinessProbe", "startupProbe"],
        &["exec", "grpc", "httpGet", "tcpSocket"],
    ),
    (&["postStart", "preStop"], &["exec", "httpGet", "sleep", "tcpSocket"]),
    (
        &["sources"],
        &[
            "clusterTrustBundle",
            "configMap",
            "downwardAPI",
            "podCertificate",
            "secret",
            "serviceAccountToken",
        ],
    ),
    (&["backend", "defaultBackend"], &["resource", "service"]),
];

/// Every place where an object says two things that exclude each other.
pub(super) fn problems(object: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    walk(object, &mut Vec::new(), &mut found);
    whole(object, &mut found);
    found
}

fn walk(value: &Value, path: &mut Vec<String>, found: &mut Vec<Problem>) {
    match value {
        Value::Map(map) => {
            for (key, value) in map.iter() {
                // What people put there is data.
                if matches!(key, "data" | "stringData" | "annotations" | "labels") {
                    continue;
                }
                path.push(key.to_owned());
                if let Some((_, fields)) = ONE_OF.iter().find(|(names, _)| names.contains(&key)) {
                    let items = value.as_seq().unwrap_or(std::slice::from_ref(value));
                    for item in items.iter().filter_map(Value::as_map) {
                        one_of(item, fields, path, found);
                    }
                }
                walk(value, path, found);
                path.pop();
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| walk(item, path, found)),
        _ => {}
    }
}

fn one_of(item: &Map, fields: &[&str], path: &[String], found: &mut Vec<Problem>) {
    let there = |(key, value): (&str, &Value)| {
        let counts = fields.contains(&key) || fields.is_empty() && key != "name";
        let empty = *value == Value::Null || key == "value" && value.as_str() == Some("");
        (counts && !empty).then(|| key.to_owned())
    };
    let said: Vec<String> = item.iter().filter_map(there).collect();
    if let [first, second, ..] = said.as_slice() {
        let name = item.get("name").and_then(Value::as_str);
        let name = name.map(|name| format!(" `{name}`")).unwrap_or_default();
        let mut place = path.to_vec();
        place.push(second.clone());
        found.push(Problem {
            path: place,
            message: format!("`{}`{name} has both `{first}` and `{second}`", path.join(".")),
            help: Some(format!("remove one of them in the patch, for example `{first}: null`")),
        });
    }
}

/// Rules for one place of an object.
fn whole(object: &Value, found: &mut Vec<Problem>) {
    let is = |path: &[&str], text: &str| object.at(path).and_then(Value::as_str) == Some(text);
    let mut problem = |path: &[&str], message: &str| {
        found.push(Problem {
            path: path.iter().map(|&part| part.to_owned()).collect(),
            message: message.to_owned(),
            help: None,
        });
    };
    if is(&["kind"], "Deployment")
        && is(&["spec", "strategy", "type"], "Recreate")
        && object.at(&["spec", "strategy", "rollingUpdate"]).is_some()
    {
        problem(
            &["spec", "strategy", "rollingUpdate"],
            "`spec.strategy` has `type: Recreate` and `rollingUpdate`",
        );
    }
    let budget = |key| object.at(&["spec", key]).is_some();
    if is(&["kind"], "PodDisruptionBudget") && budget("minAvailable") && budget("maxUnavailable") {
        problem(&["spec", "maxUnavailable"], "`spec` has both `minAvailable` and `maxUnavailable`");
    }
}
