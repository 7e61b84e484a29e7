//! The difference of two object sets, as a person reads it: object by object, field by field.

use std::collections::BTreeMap;

use crate::{
    kube::Object,
    overlay::{merge_keys, same},
    yaml::Value,
};

/// Labels and annotations that differ by their nature and say nothing.
const NOISE: &[&str] = &["c2k.dev/environment", "c2k.dev/config-hash"];

/// What became of one object.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectDiff {
    /// The object's kind.
    pub kind: String,
    /// The object's name, of a Job without its hash.
    pub name: String,
    /// How it differs.
    pub change: Change,
}

/// How an object differs.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Only the first set has it.
    OnlyFirst,
    /// Only the second set has it.
    OnlySecond,
    /// Both have it, with other fields.
    Fields(Vec<FieldDiff>),
}

/// A field with another value.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDiff {
    /// The way to the field, with the names of items: `spec.containers[web].image`.
    pub path: String,
    /// The value in the first set; of a secret one, null.
    pub first: Option<Value>,
    /// The value in the second set; of a secret one, null.
    pub second: Option<Value>,
    /// Whether the values must not be shown.
    pub secret: bool,
}

/// What distinguishes two object sets, in the order of the objects.
pub fn diff(first: &[Object], second: &[Object]) -> Vec<ObjectDiff> {
    let index = |objects: &[Object]| -> BTreeMap<(String, String), Value> {
        let entry = |object: &Object| ((object.kind().to_owned(), name(object)), plain(object));
        objects.iter().map(entry).collect()
    };
    let (left, right) = (index(first), index(second));
    let mut all: Vec<Object> = first.iter().chain(second).cloned().collect();
    crate::kube::sort_objects(&mut all);
    let mut found = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for object in &all {
        let key = (object.kind().to_owned(), name(object));
        if !seen.insert(key.clone()) {
            continue;
        }
        let change = match (left.get(&key), right.get(&key)) {
            (Some(_), None) => Change::OnlyFirst,
            (None, Some(_)) => Change::OnlySecond,
            (Some(a), Some(b)) => {
                let mut fields = Fields { object, names: Vec::new(), found: Vec::new() };
                fields.compare(Some(a), Some(b), String::new());
                if fields.found.is_empty() {
                    continue;
                }
                Change::Fields(fields.found)
            }
            (None, None) => continue,
        };
        found.push(ObjectDiff { kind: key.0, name: key.1, change });
    }
    found
}

/// The name; of a Job without the hash of what it does.
fn name(object: &Object) -> String {
    let name = object.name();
    let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    let short = name.rsplit_once('-').filter(|(_, hash)| hash.len() == 8 && hash.chars().all(hex));
    match short {
        Some((short, _)) if object.kind() == "Job" => short.to_owned(),
        _ => name.to_owned(),
    }
}

/// The object without what differs by its nature.
fn plain(object: &Object) -> Value {
    let mut value = object.value.clone();
    strip(&mut value);
    if let Some(field) = crate::overlay::at_mut(&mut value, &["metadata", "name"]) {
        *field = name(object).into();
    }
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Map(map) => {
            for key in NOISE {
                map.remove(key);
            }
            map.fields.iter_mut().for_each(|field| strip(&mut field.value));
            map.fields.retain(|field| {
                let empty = field.value.as_map().is_some_and(crate::yaml::Map::is_empty);
                !(empty && matches!(field.key.as_str(), "labels" | "annotations"))
            });
        }
        Value::Seq(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

struct Fields<'a> {
    object: &'a Object,
    names: Vec<String>,
    found: Vec<FieldDiff>,
}

impl Fields<'_> {
    fn compare(&mut self, first: Option<&Value>, second: Option<&Value>, path: String) {
        match (first, second) {
            (Some(a), Some(b)) if same(a, b) => {}
            (Some(Value::Map(a)), Some(Value::Map(b))) => {
                let more = b.iter().filter(|(key, _)| a.get(key).is_none());
                let keys: Vec<String> =
                    a.iter().chain(more).map(|(key, _)| key.to_owned()).collect();
                for key in keys {
                    let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.names.push(key.clone());
                    self.compare(a.get(&key), b.get(&key), below);
                    self.names.pop();
                }
            }
            (Some(Value::Seq(a)), Some(Value::Seq(b))) if self.items(a, b, &path) => {}
            (first, second) => {
                let secret = self.is_secret();
                let shown = |value: Option<&Value>| {
                    value.map(|value| if secret { Value::Null } else { value.clone() })
                };
                let (first, second) = (shown(first), shown(second));
                self.found.push(FieldDiff { path, first, second, secret });
            }
        }
    }

    /// Compares items that have names; where they have none the list is one value.
    fn items(&mut self, first: &[Value], second: &[Value], path: &str) -> bool {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let keys = merge_keys(self.object.api_version(), self.object.kind(), &names);
        let key = keys.and_then(|keys| keys.first().copied()).unwrap_or("name");
        let text = |item: &Value| match item.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Int(number)) => Some(number.to_string()),
            _ => None,
        };
        let of = |items: &[Value]| items.iter().map(text).collect::<Option<Vec<String>>>();
        let (Some(a), Some(b)) = (of(first), of(second)) else { return false };
        let unique = |names: &[String]| {
            names.iter().collect::<std::collections::BTreeSet<_>>().len() == names.len()
        };
        if !unique(&a) || !unique(&b) {
            return false;
        }
        let before = self.found.len();
        let find = |items: &'_ [Value], names: &[String], name: &str| {
            names.iter().position(|own| own == name).and_then(|at| items.get(at).cloned())
        };
        for name in a.iter().chain(b.iter().filter(|name| !a.contains(name))) {
            let (one, other) = (find(first, &a, name), find(second, &b, name));
            self.compare(one.as_ref(), other.as_ref(), format!("{path}[{name}]"));
        }
        if self.found.len() == before {
            // Only the order is another.
            let list = |names: &[String]| Some(Value::from(names.to_vec()));
            let path = format!("{path} (order)");
            let (first, second) = (list(&a), list(&b));
            self.found.push(FieldDiff { path, first, second, secret: false });
        }
        true
    }

    fn is_secret(&self) -> bool {
        let top = self.names.first().map(String::as_str);
        self.object.kind() == "Secret" && matches!(top, Some("data" | "stringData"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::kube::Role;

    fn object(value: Json) -> Object {
        Object::new(value.into(), Role::Other, None)
    }

    fn pod(image: &str, more: Json) -> Object {
        object(json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "p", "labels": {"c2k.dev/environment": image}},
            "spec": {"containers": [{"name": "web", "image": image, "args": more}]}}))
    }

    fn fields(first: &[Object], second: &[Object]) -> Vec<(String, bool)> {
        let of = |object: ObjectDiff| match object.change {
            Change::Fields(fields) => fields,
            _ => Vec::new(),
        };
        let found = diff(first, second).into_iter().flat_map(of);
        found.map(|field| (field.path, field.secret)).collect()
    }

    #[test]
    fn fields_are_named_by_their_items() {
        let (a, b) = (pod("a", json!(["x"])), pod("b", json!(["y"])));
        let expected = ["spec.containers[web].image", "spec.containers[web].args"];
        assert_eq!(fields(&[a.clone()], &[b]), expected.map(|path| (path.to_owned(), false)));
        assert_eq!(fields(&[a.clone()], &[a]), []);
    }

    #[test]
    fn values_of_secrets_are_never_in_a_difference() {
        let secret = |value: &str| {
            object(json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
                "stringData": {"PW": value}}))
        };
        let found = diff(&[secret("geheim")], &[secret("hush-hush")]);
        let text = format!("{found:?}");
        assert!(!text.contains("geheim") && !text.contains("hush-hush"), "{text}");
        assert_eq!(fields(&[secret("a")], &[secret("b")]), [("stringData.PW".to_owned(), true)]);
    }

    #[test]
    fn jobs_are_the_same_under_another_hash() {
        let job = |name: &str| {
            object(json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}}))
        };
        assert_eq!(diff(&[job("m-0123abcd")], &[job("m-deadbeef")]), []);
        let only = diff(&[job("m-0123abcd")], &[]);
        assert_eq!((only[0].name.as_str(), &only[0].change), ("m", &Change::OnlyFirst));
    }
}
