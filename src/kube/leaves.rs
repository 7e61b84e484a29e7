//! The fields of an object, by the paths that origins have: items of lists by their names.

use super::Object;
use crate::yaml::Value;

/// What names an item of a list, the strongest first.
const NAMES: &[&str] = &[
    "name",
    "mountPath",
    "containerPort",
    "port",
    "ip",
    "topologyKey",
    "key",
    "host",
    "secretRef",
];

impl Object {
    /// The paths of all fields that hold no others.
    pub fn leaves(&self) -> Vec<String> {
        let mut leaves = Vec::new();
        collect(&self.value, "", &mut leaves);
        leaves
    }

    /// The field at a path as [`Self::leaves`] writes it, with positions, or with dots alone: its
    /// path in the first form, and its value.
    pub fn field(&self, path: &str) -> Option<(String, &Value)> {
        at(&self.value, path, "")
    }
}

fn collect(value: &Value, path: &str, leaves: &mut Vec<String>) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            for (key, value) in map.iter() {
                collect(value, &below(path, key), leaves);
            }
        }
        Value::Seq(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{path}[{}]", item_key(item, index)), leaves);
            }
        }
        _ => leaves.push(path.to_owned()),
    }
}

fn below(path: &str, key: &str) -> String {
    // Keys that are data, not fields, may hold dots.
    let data = ["data", "stringData", "binaryData"].contains(&path)
        || path.ends_with("annotations")
        || path.ends_with("nodeSelector");
    if data || key.contains(['.', '/']) {
        format!("{path}[{key}]")
    } else if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn item_key(item: &Value, index: usize) -> String {
    // Claim templates are named in their metadata.
    let metadata = || scalar(item.at(&["metadata", "name"])?);
    let named = NAMES.iter().find_map(|key| scalar(item.get(key)?));
    named.or_else(metadata).unwrap_or_else(|| index.to_string())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Int(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn at<'a>(value: &'a Value, path: &str, come: &str) -> Option<(String, &'a Value)> {
    if path.is_empty() {
        return Some((come.to_owned(), value));
    }
    match value {
        Value::Map(map) => map.iter().find_map(|(key, value)| {
            let rest = path
                .strip_prefix(key)
                .or_else(|| path.strip_prefix('[')?.strip_prefix(key)?.strip_prefix(']'))?;
            follow(value, rest, &below(come, key))
        }),
        Value::Seq(items) => items.iter().enumerate().find_map(|(index, item)| {
            let name = item_key(item, index);
            let number = index.to_string();
            [name.as_str(), number.as_str()].into_iter().find_map(|key| {
                let rest = match path.strip_prefix('[') {
                    Some(inside) => inside.strip_prefix(key)?.strip_prefix(']')?,
                    None => path.strip_prefix(key)?,
                };
                follow(item, rest, &format!("{come}[{name}]"))
            })
        }),
        _ => None,
    }
}

fn follow<'a>(value: &'a Value, rest: &str, come: &str) -> Option<(String, &'a Value)> {
    match rest.strip_prefix('.') {
        Some(rest) => at(value, rest, come),
        None if rest.is_empty() || rest.starts_with('[') => at(value, rest, come),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kube::Role;

    #[test]
    fn paths_name_items_and_lead_back_to_their_values() {
        let value: Value =
            json!({"data": {"a.b": "x"}, "spec": {"containers": [{"name": "web", "image": "i"}]}})
                .into();
        let object = Object::new(value, Role::Other, None);
        let leaves = object.leaves();
        assert_eq!(
            leaves,
            ["data[a.b]", "spec.containers[web].name", "spec.containers[web].image"]
        );
        for leaf in leaves {
            assert_eq!(object.field(&leaf).map(|(path, _)| path), Some(leaf));
        }
        let named = "spec.containers[web].image";
        for path in ["spec.containers[0].image", "spec.containers.0.image", named] {
            assert_eq!(object.field(path).unwrap().0, named);
        }
        assert!(object.field("spec.container").is_none());
    }
}
