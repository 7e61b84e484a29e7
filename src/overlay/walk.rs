//! Finding one's way in objects.

use std::collections::BTreeSet;

use crate::yaml::Value;

/// Where a kind keeps its pod template.
fn template_path(value: &Value) -> &'static [&'static str] {
    match value.get("kind").and_then(Value::as_str) {
        Some("CronJob") => &["spec", "jobTemplate", "spec", "template"],
        _ => &["spec", "template"],
    }
}

/// The pod template of a workload.
pub fn pod_template(object: &Value) -> Option<&Value> {
    let template = object.at(template_path(object))?;
    template.get("spec").and_then(|spec| spec.get("containers")).map(|_| template)
}

/// The specification of a workload's pods, to change it.
pub(crate) fn pod_spec_mut(object: &mut Value) -> Option<&mut Value> {
    let path = template_path(object);
    at_mut(object, path)?.as_map_mut()?.get_mut("spec")
}

/// The value at a path of keys, to change it.
pub(crate) fn at_mut<'a>(value: &'a mut Value, path: &[&str]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, key| value.as_map_mut()?.get_mut(key))
}

/// Where a pod's specification names images: the list, and the path in its items.
pub(crate) const IMAGES: [(&str, &[&str]); 3] = [
    ("initContainers", &["image"]),
    ("containers", &["image"]),
    ("volumes", &["image", "reference"]),
];

/// The images of a pod's specification, with the list and the item that each stands in.
pub(crate) fn images(spec: &Value) -> impl Iterator<Item = (&'static str, &Value, &str)> {
    IMAGES.into_iter().flat_map(move |(list, path)| {
        let items = spec.get(list).and_then(Value::as_seq).unwrap_or_default();
        items.iter().filter_map(move |item| Some((list, item, item.at(path)?.as_str()?)))
    })
}

/// The names of the ConfigMaps that a pod template uses.
pub fn config_maps_used(template: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(template, &["configMapRef", "configMapKeyRef", "configMap"], "name", &mut names);
    names
}

/// The names of the Secrets that a pod template uses.
pub fn secrets_used(template: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(template, &["secretRef", "secretKeyRef", "secret"], "name", &mut names);
    collect(template, &["secret"], "secretName", &mut names);
    names
}

fn collect(value: &Value, keys: &[&str], name: &str, names: &mut BTreeSet<String>) {
    match value {
        Value::Map(map) => {
            for (key, value) in map.iter() {
                let found = value.get(name).and_then(Value::as_str).filter(|_| keys.contains(&key));
                names.extend(found.map(str::to_owned));
                collect(value, keys, name, names);
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| collect(item, keys, name, names)),
        _ => {}
    }
}
