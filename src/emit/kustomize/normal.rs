//! The objects of a variant without what `kustomization.yaml` says for all of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    emit::Variant,
    kube::{Object, ObjectKey},
    overlay::{SealMode, at_mut, rename_jobs, seal},
    yaml::{Map, Value},
};

/// The label that says which environment an object is of.
const ENVIRONMENT: &str = "c2k.dev/environment";

/// A variant's objects, sealed, and without namespace and environment label.
pub(super) struct Normal<'a> {
    pub(super) variant: &'a Variant,
    pub(super) namespace: Option<&'a str>,
    pub(super) labels: Map,
    /// The objects by their keys before Jobs got their hashes.
    pub(super) entries: Vec<(ObjectKey, Object)>,
    /// Where the object of a key stands among the entries.
    places: BTreeMap<ObjectKey, usize>,
}

impl<'a> Normal<'a> {
    pub(super) fn new(variant: &'a Variant) -> Self {
        // The user's own kustomization stands on top of the generated objects.
        let (mut objects, namespace) = match &variant.custom {
            Some(custom) => (custom.generated.to_vec(), custom.namespace.as_deref()),
            None => (variant.objects.to_vec(), variant.namespace.as_deref()),
        };
        let namespace = namespace.filter(|own| {
            let namespaces = objects.iter().map(|object| object.key().namespace);
            namespaces.into_iter().all(|namespace| namespace.is_empty() || namespace == *own)
        });
        if let Some(namespace) = namespace {
            strip_namespace(&mut objects, namespace);
        }
        let keys: Vec<_> = objects.iter().map(Object::key).collect();
        let labels = strip_label(&mut objects, &variant.environment);
        match &variant.custom {
            Some(custom) => rename_jobs(&mut objects, &custom.jobs),
            None => drop(seal(&mut objects, SealMode::Kustomize)),
        }
        let places = keys.iter().cloned().enumerate().map(|(place, key)| (key, place)).collect();
        let entries = keys.into_iter().zip(objects).collect();
        Self { variant, namespace, labels, entries, places }
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.entries.iter().map(|(_, object)| object)
    }

    pub(super) fn find(&self, key: &ObjectKey) -> Option<&Object> {
        let place = self.places.get(key)?;
        self.entries.get(*place).map(|(_, object)| object)
    }
}

/// Removes what the field `namespace` adds: to every object, and to the subjects of bindings that
/// are in the set.
fn strip_namespace(objects: &mut [Object], namespace: &str) {
    let accounts: BTreeSet<_> = objects
        .iter()
        .filter(|object| object.kind() == "ServiceAccount")
        .map(|object| object.name().to_owned())
        .collect();
    for object in objects {
        remove(&mut object.value, &["metadata"], "namespace");
        if !object.kind().ends_with("RoleBinding") {
            continue;
        }
        let subjects = at_mut(&mut object.value, &["subjects"]).and_then(Value::as_seq_mut);
        for subject in subjects.into_iter().flatten() {
            let text = |key| subject.get(key).and_then(Value::as_str).unwrap_or_default();
            if text("namespace") == namespace && accounts.contains(text("name")) {
                remove(subject, &[], "namespace");
            }
        }
    }
}

/// Removes the environment's label where all objects have it, and says which it was.
fn strip_label(objects: &mut [Object], environment: &str) -> Map {
    let path = ["metadata", "labels", ENVIRONMENT];
    let has = |object: &Object| object.value.at(&path).and_then(Value::as_str) == Some(environment);
    if environment.is_empty() || objects.is_empty() || !objects.iter().all(has) {
        return Map::new();
    }
    for object in objects {
        remove(&mut object.value, &["metadata", "labels"], ENVIRONMENT);
        if object
            .value
            .at(&["metadata", "labels"])
            .and_then(Value::as_map)
            .is_some_and(Map::is_empty)
        {
            remove(&mut object.value, &["metadata"], "labels");
        }
    }
    [(ENVIRONMENT, environment)].into_iter().collect()
}

fn remove(value: &mut Value, path: &[&str], key: &str) {
    if let Some(map) = at_mut(value, path).and_then(Value::as_map_mut) {
        map.remove(key);
    }
}
