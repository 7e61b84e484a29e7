//! The equality of the three forms: the same objects as manifests, from Kustomize and from Helm,
//! after the few differences that the forms themselves make.

use std::collections::{BTreeMap, btree_map};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, map::Entry};

use crate::{
    difference::Sides,
    objects::{self, Object},
};

const SIDES: Sides = Sides { ours: "only in the manifests", theirs: "not in the manifests" };

/// The characters of a Kustomize suffix.
const SUFFIX: &str = "2456789bcdfghkmt";

/// An object's identity: apiVersion, kind, namespace, name.
type Key = (String, String, String, String);

/// What the objects came from, where that decides how they are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// `kustomize build`.
    Kustomize,
    /// `helm template`, which is told the namespace.
    Helm,
}

/// The differences between c2k's manifests and what a tool made of another form, a line each.
pub fn differences(manifests: &[Object], other: &[Object], against: Against) -> Vec<String> {
    let (ours, mut found) = normalised(manifests, against, false);
    let (theirs, twice) = normalised(other, against, against == Against::Kustomize);
    found.extend(twice);
    for (key, value) in &ours {
        match theirs.get(key) {
            None => found.push(format!("{}: only in the manifests", title(key))),
            Some(other) => SIDES.compare(&title(key), value, other, &mut found),
        }
    }
    let more = theirs.keys().filter(|key| !ours.contains_key(*key));
    found.extend(more.map(|key| format!("{}: not in the manifests", title(key))));
    found
}

fn title((version, kind, namespace, name): &Key) -> String {
    let within = if namespace.is_empty() { String::new() } else { format!(" in {namespace}") };
    format!("{version} {kind}/{name}{within}")
}

/// The objects as they are compared, and a line for each that is there twice.
fn normalised(
    objects: &[Object],
    against: Against,
    generated: bool,
) -> (BTreeMap<Key, Value>, Vec<String>) {
    let objects: Vec<_> = objects.iter().filter(|object| is_compared(object, against)).collect();
    let renames = renames(&objects, generated);
    let (mut set, mut twice) = (BTreeMap::new(), Vec::new());
    for object in objects {
        let value = normal(object, against, &renames);
        match set.entry(key(&value)) {
            btree_map::Entry::Vacant(place) => drop(place.insert(value)),
            btree_map::Entry::Occupied(place) => {
                twice.push(format!("{}: there twice", title(place.key())));
            }
        }
    }
    (set, twice)
}

fn is_compared(object: &Object, against: Against) -> bool {
    let hook = ["metadata", "annotations", "helm.sh/hook"];
    let namespace = against == Against::Helm && object.kind() == "Namespace";
    objects::at(&object.value, &hook).is_none() && !namespace
}

fn key(value: &Value) -> Key {
    let text = |path: &[&str]| {
        objects::at(value, path).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    (
        text(&["apiVersion"]),
        text(&["kind"]),
        text(&["metadata", "namespace"]),
        text(&["metadata", "name"]),
    )
}

/// Names that the forms themselves lengthened, and what they were.
struct Renames {
    generated: BTreeMap<String, String>,
    jobs: BTreeMap<String, String>,
}

fn renames(objects: &[&Object], generated: bool) -> Renames {
    let of = |kinds: &[&str], shorten: fn(&str) -> Option<&str>| {
        let objects = objects.iter().filter(|object| kinds.contains(&object.kind()));
        let short = |name: &str| shorten(name).map(|short| (name.to_owned(), short.to_owned()));
        objects.filter_map(|object| short(object.name())).collect()
    };
    let generators: &[&str] = if generated { &["ConfigMap", "Secret"] } else { &[] };
    Renames { generated: of(generators, without_suffix), jobs: of(&["Job"], without_hash) }
}

/// The name that a Kustomize generator was given.
fn without_suffix(name: &str) -> Option<&str> {
    let (short, suffix) = name.rsplit_once('-')?;
    (suffix.len() == 10 && suffix.chars().all(|c| SUFFIX.contains(c))).then_some(short)
}

/// The name of a Job without the hash of its template.
fn without_hash(name: &str) -> Option<&str> {
    let (short, hash) = name.rsplit_once('-')?;
    let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    (hash.len() == 8 && hash.chars().all(hex)).then_some(short)
}

fn normal(object: &Object, against: Against, renames: &Renames) -> Value {
    let mut value = object.value.clone();
    let data = secret_data(&mut value);
    let mut settings = value.as_object_mut().and_then(|object| object.remove("data"));
    if let (true, Some(Value::Object(data))) = (object.kind() == "Secret", &mut settings) {
        // Kustomize breaks the lines of base64, which every reader of it allows.
        for text in data.values_mut().filter(|value| value.is_string()) {
            *text = text.as_str().unwrap_or_default().replace('\n', "").into();
        }
    }
    rename(&mut value, renames);
    strip(&mut value);
    if against == Against::Helm {
        without_namespaces(&mut value);
    }
    if let (Value::Object(object), Some(data)) = (&mut value, data.or(settings)) {
        object.insert("data".to_owned(), data);
    }
    value
}

/// The data of a Secret with its `stringData`, which is how the API server reads it.
fn secret_data(value: &mut Value) -> Option<Value> {
    let strings = value.as_object_mut()?.remove("stringData")?;
    let mut data = match value.as_object_mut()?.remove("data") {
        Some(Value::Object(data)) => data,
        _ => Map::new(),
    };
    for (key, text) in strings.as_object()? {
        let text = text.as_str().unwrap_or_default();
        data.insert(key.clone(), Value::String(BASE64_STANDARD.encode(text)));
    }
    Some(Value::Object(data))
}

/// Replaces generated names where a whole string is one, and Job names wherever they stand, since
/// waits carry them in arguments (`job/migrate-3f2a9c10`).
fn rename(value: &mut Value, renames: &Renames) {
    match value {
        Value::String(text) => {
            if let Some(short) = renames.generated.get(text) {
                text.clone_from(short);
            }
            for (long, short) in &renames.jobs {
                if text.contains(long) {
                    *text = text.replace(long, short);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renames)),
        Value::Object(map) => map.values_mut().for_each(|item| rename(item, renames)),
        _ => {}
    }
}

/// Removes the labels and annotations that a form adds for itself.
fn strip(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Object(map) => {
            if let Some(Value::Object(metadata)) = map.get_mut("metadata") {
                retain(metadata, "annotations", |key| {
                    !key.starts_with("checksum/")
                        && !["c2k.dev/config-hash", "helm.sh/resource-policy"].contains(&key)
                });
                retain(metadata, "labels", |key| {
                    !["helm.sh/chart", "app.kubernetes.io/managed-by"].contains(&key)
                });
            }
            map.values_mut().for_each(strip);
        }
        _ => {}
    }
}

fn retain(metadata: &mut Map<String, Value>, name: &str, keep: impl Fn(&str) -> bool) {
    if let Entry::Occupied(mut place) = metadata.entry(name) {
        if let Value::Object(map) = place.get_mut() {
            map.retain(|key, _| keep(key));
        }
        if place.get().as_object().is_some_and(Map::is_empty) {
            place.remove();
        }
    }
}

fn without_namespaces(value: &mut Value) {
    if let Some(Value::Object(metadata)) = value.get_mut("metadata") {
        metadata.remove("namespace");
    }
    if let Some(Value::Array(subjects)) = value.get_mut("subjects") {
        for subject in subjects.iter_mut().filter_map(Value::as_object_mut) {
            subject.remove("namespace");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(text: &str) -> Vec<Object> {
        objects::parse(text, "test").unwrap()
    }

    #[test]
    fn a_generated_name_and_its_references_lose_the_suffix() {
        let ours = objects(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {ref: web}\n",
        );
        let theirs = objects(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-2456789bcd}\ndata: {a: b}\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {ref: web-2456789bcd}\n",
        );
        assert_eq!(differences(&ours, &theirs, Against::Kustomize), Vec::<String>::new());
        assert_eq!(differences(&ours, &theirs, Against::Helm).len(), 3);
    }

    #[test]
    fn a_job_and_waits_for_it_lose_the_hash() {
        let job = |hash: &str| {
            objects(&format!(
                "kind: Job\nmetadata: {{name: migrate-{hash}}}\n---\n\
                 kind: Pod\nmetadata: {{name: p}}\nargs: [job/migrate-{hash}]\n"
            ))
        };
        let differences = differences(&job("0123abcd"), &job("deadbeef"), Against::Helm);
        assert_eq!(differences, Vec::<String>::new());
    }

    #[test]
    fn string_data_is_data() {
        let ours = objects("kind: Secret\nmetadata: {name: s}\nstringData: {a: b}\n");
        let theirs = objects("kind: Secret\nmetadata: {name: s}\ndata: {a: Yg==}\n");
        assert_eq!(differences(&ours, &theirs, Against::Helm), Vec::<String>::new());
    }

    #[test]
    fn a_namespace_matters_to_kustomize_only() {
        let ours = objects("kind: Pod\nmetadata: {name: s, namespace: n}\n");
        let theirs = objects("kind: Pod\nmetadata: {name: s}\n");
        assert_eq!(differences(&ours, &theirs, Against::Helm), Vec::<String>::new());
        assert_eq!(differences(&ours, &theirs, Against::Kustomize).len(), 2);
    }

    #[test]
    fn a_difference_names_its_place() {
        let ours = objects("kind: Pod\nmetadata: {name: s}\nspec: {list: [1, 2]}\n");
        let theirs = objects("kind: Pod\nmetadata: {name: s}\nspec: {list: [1.0, 3, 4]}\n");
        let found = differences(&ours, &theirs, Against::Helm);
        assert_eq!(
            found,
            [" Pod/s spec list[1]: 2 ≠ 3", " Pod/s spec list[2]: not in the manifests: 4"]
        );
    }
}
