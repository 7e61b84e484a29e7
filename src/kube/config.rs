//! ConfigMaps and Secrets.

use super::{
    Object, Role,
    lower::{Lowering, Whole},
};
use crate::{
    plan::{App, FileSet, Workload},
    settings::SecretMode,
    yaml::{Map, Value},
};
use k8s_openapi::{
    ByteString,
    api::core::v1::{ConfigMap, Secret},
};

/// The ConfigMap with a service's plain variables.
pub(crate) fn environment(lowering: &Lowering, workload: &Workload) -> Option<Object> {
    if workload.config.is_empty() {
        return None;
    }
    let name = environment_name(&lowering.service.name);
    let map = ConfigMap { metadata: lowering.meta(&name), ..ConfigMap::default() };
    let mut object = lowering.object(&map, Role::Environment);
    let mut data = Map::new();
    for (key, value, origin) in &workload.config {
        data.insert(key.as_str(), value.as_str());
        object.origins.note(format_args!("data[{key}]"), origin);
    }
    if let Some(fields) = object.value.as_map_mut() {
        fields.insert("data", data);
    }
    Some(object)
}

/// Name of the ConfigMap with a service's plain variables.
pub(crate) fn environment_name(service: &str) -> String {
    crate::plan::joined_name(service, "config")
}

/// ConfigMaps with files.
pub(crate) fn file_sets(whole: &Whole, sets: &[FileSet]) -> Vec<Object> {
    sets.iter().map(|set| file_set(whole, set)).collect()
}

fn file_set(whole: &Whole, set: &FileSet) -> Object {
    let binary = set
        .files
        .iter()
        .filter(|file| std::str::from_utf8(&file.content).is_err())
        .map(|file| (file.key.clone(), ByteString(file.content.clone())))
        .collect::<std::collections::BTreeMap<_, _>>();
    let map = ConfigMap {
        metadata: whole.meta(&set.name, set.service.as_deref()),
        binary_data: (!binary.is_empty()).then_some(binary),
        ..ConfigMap::default()
    };
    let mut object = whole.object(&map, Role::Files, set.service.as_deref());
    let mut data = Map::new();
    for file in &set.files {
        if let Ok(text) = std::str::from_utf8(&file.content) {
            data.insert(file.key.as_str(), text);
        }
        object.origins.note(format_args!("data[{}]", file.key), &file.origin);
    }
    if let Some(fields) = object.value.as_map_mut().filter(|_| !data.is_empty()) {
        fields.insert("data", data);
    }
    object
}

/// Secrets with the values at hand; none where they exist already.
pub(crate) fn secrets(whole: &Whole) -> Vec<Object> {
    let written = whole.app.secret_mode == SecretMode::Literal;
    let sets = whole.app.secrets.iter().filter(|_| written);
    sets.map(|set| secret(whole, set)).collect()
}

/// All Secrets with the values at hand, whatever the environment's mode.
pub fn secret_objects(app: &App) -> Vec<Object> {
    let whole = Whole::new(app);
    app.secrets.iter().map(|set| secret(&whole, set)).collect()
}

fn secret(whole: &Whole, set: &crate::plan::SecretSet) -> Object {
    let binary = set
        .entries
        .iter()
        .filter(|entry| std::str::from_utf8(&entry.value).is_err())
        .map(|entry| (entry.key.clone(), ByteString(entry.value.clone())))
        .collect::<std::collections::BTreeMap<_, _>>();
    let secret = Secret {
        metadata: whole.meta(&set.name, set.service.as_deref()),
        type_: Some("Opaque".to_owned()),
        data: (!binary.is_empty()).then_some(binary),
        ..Secret::default()
    };
    let mut object = whole.object(&secret, Role::Secret, set.service.as_deref());
    let mut texts = Map::new();
    for entry in &set.entries {
        if let Ok(text) = std::str::from_utf8(&entry.value) {
            texts.insert(entry.key.as_str(), Value::from(text));
        }
        object.origins.note(format_args!("stringData[{}]", entry.key), &entry.origin);
    }
    if let Some(fields) = object.value.as_map_mut().filter(|_| !texts.is_empty()) {
        fields.insert("stringData", texts);
    }
    super::order::sort(&mut object.value);
    object
}
