//! What follows from an object set as a whole: names of Jobs and checksums of configuration.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::{
    kube::{Object, Role},
    overlay::{
        equal::canonical,
        walk::{at_mut, config_maps_used, pod_spec_mut, pod_template},
    },
    yaml::{Map, Value},
};

/// The annotation with the checksum of a pod's ConfigMaps.
const CONFIG_HASH: &str = "c2k.dev/config-hash";

/// A Job's name is a label's value too.
const NAME_LIMIT: usize = 63;

/// What a format needs beside the names of Jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealMode {
    /// Pods carry a checksum of their ConfigMaps, so that a change restarts them.
    Manifests,
    /// Names of generated ConfigMaps carry it.
    Kustomize,
}

/// Ends every Job's name in a hash of what the Job does, lets the waits follow, and adds checksums.
///
/// Objects keep their places. Returns the new names of Jobs by the old ones.
pub fn seal(objects: &mut [Object], mode: SealMode) -> BTreeMap<String, String> {
    let seal = Seal::of(objects, mode);
    objects.iter_mut().for_each(|object| seal.apply(object));
    seal.names
}

/// What sealing one object of a set needs to know of the others.
#[derive(Debug)]
pub struct Seal {
    mode: SealMode,
    names: BTreeMap<String, String>,
    config: BTreeMap<String, String>,
}

impl Seal {
    /// What the whole set says.
    pub fn of(objects: &[Object], mode: SealMode) -> Self {
        let config = config_data(objects);
        Self { mode, names: name_jobs(objects, &config), config }
    }

    /// One object of the set, sealed.
    pub fn applied(&self, object: &Object) -> Object {
        let mut object = object.clone();
        self.apply(&mut object);
        object
    }

    /// Seals one object of the set.
    pub fn apply(&self, object: &mut Object) {
        rename(object, &self.names);
        let rolls = matches!(object.kind(), "Deployment" | "StatefulSet" | "DaemonSet");
        if self.mode == SealMode::Manifests && rolls {
            annotate(&mut object.value, &self.config);
        }
    }
}

/// Gives Jobs the names that they have elsewhere, and lets the waits follow.
pub fn rename_jobs(objects: &mut [Object], names: &BTreeMap<String, String>) {
    objects.iter_mut().for_each(|object| rename(object, names));
}

fn rename(object: &mut Object, names: &BTreeMap<String, String>) {
    if is_job(object)
        && let Some(name) = names.get(object.name()).cloned()
        && let Some(field) = at_mut(&mut object.value, &["metadata", "name"])
    {
        *field = name.into();
    }
    refer(&mut object.value, names);
}

/// Whether this is a Job of c2k's own; the user's keep their names.
fn is_job(object: &Object) -> bool {
    object.kind() == "Job" && object.role == Role::Workload
}

/// The content of every ConfigMap, by its name.
fn config_data(objects: &[Object]) -> BTreeMap<String, String> {
    let data = |object: &Object| {
        let parts = ["data", "binaryData"].map(|key| object.value.get(key).map(canonical));
        parts.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("\n")
    };
    let maps = objects.iter().filter(|object| object.kind() == "ConfigMap");
    maps.map(|object| (object.name().to_owned(), data(object))).collect()
}

/// Names Jobs in the order in which they wait for each other, since a Job's template holds the
/// names of those it waits for.
fn name_jobs(objects: &[Object], config: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let jobs = objects.iter().filter(|object| is_job(object));
    let mut open: Vec<_> = jobs.map(|job| (waits(&job.value), job.clone())).collect();
    let mut waiting: BTreeSet<_> = open.iter().map(|(_, job)| job.name().to_owned()).collect();
    let mut names = BTreeMap::new();
    while !open.is_empty() {
        let free = open.iter().position(|(waits, job)| {
            !waits.iter().any(|name| name != job.name() && waiting.contains(name))
        });
        // A circle was refused long before; any order will do then.
        let (_, mut job) = open.remove(free.unwrap_or_default());
        waiting.remove(job.name());
        refer(&mut job.value, &names);
        names.insert(job.name().to_owned(), hashed_name(&job, config));
    }
    names
}

/// The name with the hash of the template and of the ConfigMaps it reads: a migration must run
/// again when it is told of another database. Values of Secrets are in neither.
fn hashed_name(job: &Object, config: &BTreeMap<String, String>) -> String {
    let template = pod_template(&job.value);
    let mut text = template.map(canonical).unwrap_or_default();
    if let Some(template) = template {
        text.push_str(&config_text(template, config));
    }
    let stem: String = job.name().chars().take(NAME_LIMIT - 9).collect();
    format!("{}-{}", stem.trim_end_matches(['-', '.']), short_hash(&text))
}

fn config_text(template: &Value, config: &BTreeMap<String, String>) -> String {
    let used = config_maps_used(template);
    let parts = used.iter().filter_map(|name| config.get(name).map(|data| (name, data)));
    parts.flat_map(|(name, data)| ["\n", name, "\n", data]).collect()
}

/// The first eight hex digits of the SHA-256 of a text.
fn short_hash(text: &str) -> String {
    format!("{:x}", Sha256::digest(text)).chars().take(8).collect()
}

fn annotate(object: &mut Value, config: &BTreeMap<String, String>) {
    let Some(template) = pod_template(object) else { return };
    let text = config_text(template, config);
    let Some(metadata) = at_mut(object, &["spec", "template"]).and_then(Value::as_map_mut) else {
        return;
    };
    if text.is_empty() {
        return;
    }
    if metadata.get("metadata").is_none() {
        metadata.insert("metadata", Map::new());
    }
    let Some(metadata) = metadata.get_mut("metadata").and_then(Value::as_map_mut) else { return };
    if metadata.get("annotations").is_none() {
        metadata.insert("annotations", Map::new());
    }
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_map_mut) {
        annotations.insert(CONFIG_HASH, short_hash(&text));
    }
}

/// The names of the Jobs that a workload's init containers wait for.
fn waits(object: &Value) -> BTreeSet<String> {
    let spec = pod_template(object).and_then(|template| template.get("spec"));
    let containers = spec.and_then(|spec| spec.get("initContainers")).and_then(Value::as_seq);
    let words = containers.unwrap_or_default().iter().flat_map(|container| {
        let words = ["command", "args"].map(|key| container.get(key).and_then(Value::as_seq));
        words.into_iter().flatten().flatten().filter_map(Value::as_str)
    });
    words
        .flat_map(|word| parts(word).into_iter().filter_map(|(_, name)| name))
        .map(str::to_owned)
        .collect()
}

/// Lets references to Jobs follow their names: `job/<name>` in the commands of init containers,
/// and the names that a Role allows.
fn refer(object: &mut Value, names: &BTreeMap<String, String>) {
    if object.get("kind").and_then(Value::as_str) == Some("Role") {
        return refer_in_role(object, names);
    }
    let waits = pod_spec_mut(object)
        .and_then(|spec| at_mut(spec, &["initContainers"]))
        .and_then(Value::as_seq_mut);
    for container in waits.into_iter().flatten() {
        for key in ["command", "args"] {
            let words = at_mut(container, &[key]).and_then(Value::as_seq_mut);
            for word in words.into_iter().flatten() {
                if let Value::String(text) = word {
                    *text = refer_in_text(text, names);
                }
            }
        }
    }
}

fn refer_in_role(role: &mut Value, names: &BTreeMap<String, String>) {
    let rules = at_mut(role, &["rules"]).and_then(Value::as_seq_mut);
    for rule in rules.into_iter().flatten() {
        let resources = rule.get("resources").and_then(Value::as_seq).unwrap_or_default();
        if !resources.iter().any(|resource| resource.as_str() == Some("jobs")) {
            continue;
        }
        let allowed = at_mut(rule, &["resourceNames"]).and_then(Value::as_seq_mut);
        for name in allowed.into_iter().flatten() {
            if let Some(new) = name.as_str().and_then(|name| names.get(name)) {
                *name = new.as_str().into();
            }
        }
    }
}

fn refer_in_text(text: &str, names: &BTreeMap<String, String>) -> String {
    let follow = |(before, name): (&str, Option<&str>)| {
        let name = name.map(|name| names.get(name).map_or(name, String::as_str));
        [before, name.unwrap_or_default()].concat()
    };
    parts(text).into_iter().map(follow).collect()
}

/// A text cut after each name of a Job in it (`job/<name>`): what is before the name, and the name.
fn parts(text: &str) -> Vec<(&str, Option<&str>)> {
    const PREFIX: &str = "job/";
    let in_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(PREFIX) {
        let (before, after) = rest.split_at(at + PREFIX.len());
        let (name, after) = after.split_at(after.find(|c| !in_name(c)).unwrap_or(after.len()));
        parts.push((before, Some(name)));
        rest = after;
    }
    parts.push((rest, None));
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn job(name: &str, image: &str, wait: &str) -> Object {
        let value = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
            "spec": {"template": {"spec": {
                "initContainers": [{"name": "wait", "command": ["kubectl", "wait", wait]}],
                "containers": [{"name": name, "image": image, "envFrom": [{"configMapRef": {"name": "c"}}]}]}}}});
        Object::new(value.into(), Role::Workload, Some(name))
    }

    fn config(value: &str) -> Object {
        let value = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"A": value}});
        Object::new(value.into(), Role::Environment, None)
    }

    fn names(mut objects: Vec<Object>) -> BTreeMap<String, String> {
        seal(&mut objects, SealMode::Kustomize)
    }

    #[test]
    fn a_job_that_waits_for_another_follows_its_name() {
        let mut objects = vec![job("late", "a:1", "job/early"), job("early", "a:1", "x")];
        let names = seal(&mut objects, SealMode::Kustomize);
        let wait = canonical(&objects[0].value);
        assert!(wait.contains(&format!("job/{}", names["early"])), "{wait}");
        assert_eq!(objects[0].name(), names["late"]);
        let other = self::names(vec![job("late", "a:1", "job/early"), job("early", "a:2", "x")]);
        assert_ne!(names["late"], other["late"]);
    }

    #[test]
    fn a_new_image_or_configuration_makes_a_new_job() {
        let first = names(vec![job("m", "a:1", "x"), config("1")]);
        assert_eq!(first, names(vec![config("1"), job("m", "a:1", "x")]));
        assert_ne!(first, names(vec![job("m", "a:2", "x"), config("1")]));
        assert_ne!(first, names(vec![job("m", "a:1", "x"), config("2")]));
        assert_eq!(first["m"].len(), "m-".len() + 8);
    }

    #[test]
    fn pods_carry_a_checksum_of_their_configuration_only_in_manifests() {
        let deployment = || {
            let mut object = job("web", "a:1", "x");
            object.value.as_map_mut().unwrap().insert("kind", "Deployment");
            object
        };
        let mut objects = vec![deployment(), config("1")];
        seal(&mut objects, SealMode::Manifests);
        let path = ["spec", "template", "metadata", "annotations", CONFIG_HASH];
        assert_eq!(objects[0].value.at(&path).and_then(Value::as_str).map(str::len), Some(8));
        let mut objects = vec![deployment(), config("1")];
        seal(&mut objects, SealMode::Kustomize);
        assert_eq!(objects[0].value, deployment().value);
    }

    #[test]
    fn only_whole_names_are_references() {
        let names = BTreeMap::from([("a".to_owned(), "a-1".to_owned())]);
        assert_eq!(refer_in_text("job/a job/ab;job/a;", &names), "job/a-1 job/ab;job/a-1;");
    }
}
