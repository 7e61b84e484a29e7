//! Generators of ConfigMaps and Secrets.

use crate::{
    emit::kustomize::{Context, Folder, Kustomization, secrets},
    kube::{Object, Role},
    overlay::at_mut,
    yaml::{self, Map, Value},
};

impl Folder<'_> {
    /// Adds new objects: by generators where there is one for them, else as files.
    pub(super) fn add_objects<'o>(
        &mut self,
        objects: impl Iterator<Item = &'o Object>,
        context: &Context,
        kustomization: &mut Kustomization,
    ) {
        let mut files = Vec::new();
        for object in objects {
            if is_generated(object) {
                kustomization.config_maps.push(self.config_map(object, context));
            } else if let Some(values) = secrets::values(object) {
                kustomization.secrets.push(self.secret(object, &values, context));
            } else {
                files.push(object);
            }
        }
        self.add_plain(&files, kustomization);
    }

    /// Adds objects as files.
    pub(super) fn add_plain(&mut self, files: &[&Object], kustomization: &mut Kustomization) {
        let plain: Vec<_> = files.iter().map(|object| without_hash(object)).collect();
        let names = self.names.take_all(&plain.iter().collect::<Vec<_>>());
        for (name, object) in names.into_iter().zip(files) {
            let text = yaml::emit(&object.value);
            if object.kind() == "Secret" {
                self.add_secret(&name, text);
            } else {
                self.add(&name, text);
            }
            kustomization.resources.push(name);
        }
    }

    fn config_map(&mut self, object: &Object, context: &Context) -> Value {
        let mut generator = Map::new();
        generator.insert("name", object.name());
        let data = object.value.get("data").and_then(Value::as_map);
        self.add_data(object, data.into_iter().flat_map(Map::iter), &mut generator);
        add_options(object, context, &mut generator);
        generator.into()
    }

    /// The generator that changes values of a ConfigMap of the base; none if no value changes.
    /// `base` is changed as kustomize would change it.
    pub(super) fn changed_config_map(&mut self, base: &mut Object, env: &Object) -> Option<Value> {
        let data = env.value.get("data").and_then(Value::as_map)?;
        let old = at_mut(&mut base.value, &["data"])?.as_map_mut()?;
        let changed: Vec<_> =
            data.iter().filter(|(key, value)| old.get(key) != Some(value)).collect();
        for (key, value) in &changed {
            old.insert(*key, (*value).clone());
        }
        if changed.is_empty() {
            return None;
        }
        let mut generator = Map::new();
        generator.insert("name", env.name());
        generator.insert("behavior", "merge");
        self.add_data(env, changed.into_iter(), &mut generator);
        Some(generator.into())
    }

    fn add_data<'o>(
        &mut self,
        object: &Object,
        data: impl Iterator<Item = (&'o str, &'o Value)>,
        generator: &mut Map,
    ) {
        let (mut literals, mut files) = (Vec::new(), Vec::new());
        for (key, value) in data {
            let value = value.as_str().unwrap_or_default();
            if object.role == Role::Environment && is_literal(value) {
                literals.push(Value::from(format!("{key}={value}")));
            } else {
                let path = format!("files/{}/{key}", object.name());
                self.add(&path, value);
                files.push(Value::from(path));
            }
        }
        for (key, items) in [("literals", literals), ("files", files)] {
            if !items.is_empty() {
                generator.insert(key, items);
            }
        }
    }

    fn secret(&mut self, object: &Object, values: &[(String, String)], context: &Context) -> Value {
        let mut generator = Map::new();
        generator.insert("name", object.name());
        let kind = object.value.get("type").and_then(Value::as_str).unwrap_or("Opaque");
        if kind != "Opaque" {
            generator.insert("type", kind);
        }
        self.add_secret_values(object.name(), values, &mut generator);
        add_options(object, context, &mut generator);
        generator.into()
    }
}

/// Whether a generator makes the ConfigMap: one of c2k's own with nothing but text in it.
pub(super) fn is_generated(object: &Object) -> bool {
    let known = |key: &str| matches!(key, "apiVersion" | "kind" | "metadata" | "data");
    let data = object.value.get("data").and_then(Value::as_map);
    matches!(object.role, Role::Environment | Role::Files)
        && object.kind() == "ConfigMap"
        && object.value.as_map().is_some_and(|map| map.iter().all(|(key, _)| known(key)))
        && plain_metadata(object)
        && data.is_some_and(|data| {
            !data.is_empty() && data.iter().all(|(_, value)| value.as_str().is_some())
        })
}

/// Whether the metadata holds nothing that a generator cannot say.
pub(super) fn plain_metadata(object: &Object) -> bool {
    let known = |key: &str| matches!(key, "name" | "labels" | "annotations");
    let metadata = object.value.get("metadata").and_then(Value::as_map);
    metadata.is_some_and(|metadata| metadata.iter().all(|(key, _)| known(key)))
}

fn add_options(object: &Object, context: &Context, generator: &mut Map) {
    let mut options = Map::new();
    for key in ["labels", "annotations"] {
        if let Some(value) = object.value.at(&["metadata", key]) {
            options.insert(key, value.clone());
        }
    }
    if context.fixed_names.contains(object.name()) {
        options.insert("disableNameSuffixHash", true);
    }
    if !options.is_empty() {
        generator.insert("options", options);
    }
}

/// Whether kustomize takes the value over as it is: it drops outer quotes.
fn is_literal(value: &str) -> bool {
    let quote = |c: char| matches!(c, '"' | '\'');
    !value.contains(char::is_control)
        && !value.starts_with(quote)
        && !value.ends_with(quote)
        && value.trim() == value
}

/// The object under the name that its file is called after: a Job's without the hash.
fn without_hash(object: &Object) -> Object {
    let mut object = object.clone();
    if object.kind() == "Job" {
        let name =
            object.name().rsplit_once('-').map_or(object.name(), |(name, _)| name).to_owned();
        if let Some(field) = at_mut(&mut object.value, &["metadata", "name"]) {
            *field = name.into();
        }
    }
    object
}
