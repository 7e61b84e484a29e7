//! References between the objects of a set that nothing in the set answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    environment::dns,
    objects::{Object, at, list},
};

/// The objects of a set by kind and name, and the keys of those that have data.
struct Index<'o> {
    objects: &'o [Object],
    keys: BTreeMap<(&'o str, &'o str), BTreeSet<&'o str>>,
    secrets: bool,
    external: &'o BTreeSet<String>,
}

/// What a project says that exists already, as Kubernetes writes the names.
pub fn external(model: &Value) -> BTreeSet<String> {
    let parts = ["volumes", "secrets", "configs"].into_iter();
    let maps = parts.filter_map(|part| model.get(part)?.as_object());
    maps.flatten()
        .filter(|(_, value)| value.get("external") == Some(&Value::Bool(true)))
        .map(|(key, value)| dns(value.get("name").and_then(Value::as_str).unwrap_or(key)))
        .collect()
}

/// A line for each reference that nothing defines.
///
/// Where secrets are kept elsewhere (`secretMode: reference`), references to them are not followed.
///
/// What the project calls `external` is made by somebody else, under a name of `external`.
pub fn unresolved(objects: &[Object], secrets: bool, external: &BTreeSet<String>) -> Vec<String> {
    let index = Index { external, ..Index::new(objects, secrets) };
    let mut found = Vec::new();
    for object in objects {
        let mut missing = BTreeSet::new();
        if let Some(template) = object.pod_template() {
            index.pod(object, template, &mut missing);
        }
        index.others(object, &mut missing);
        let title = format!("{}/{}", object.kind(), object.name());
        found.extend(missing.iter().map(|what| format!("{title}: {what}")));
    }
    found
}

/// Whether the cluster puts an object into every namespace.
fn is_given(kind: &str, name: &str) -> bool {
    (kind, name) == ("ConfigMap", "kube-root-ca.crt")
}

/// The text at a path, or nothing.
fn text<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

fn optional(reference: &Value) -> bool {
    reference.get("optional") == Some(&Value::Bool(true))
}

impl<'o> Index<'o> {
    fn new(objects: &'o [Object], secrets: bool) -> Self {
        let mut keys: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
        for object in objects {
            let known = keys.entry((object.kind(), object.name())).or_default();
            for part in ["data", "stringData", "binaryData"] {
                let data = object.value.get(part).and_then(Value::as_object);
                known.extend(data.into_iter().flat_map(|data| data.keys().map(String::as_str)));
            }
        }
        static NONE: BTreeSet<String> = BTreeSet::new();
        Self { objects, keys, secrets, external: &NONE }
    }

    fn has(&self, kind: &str, name: &str) -> bool {
        self.keys.contains_key(&(kind, name))
            || (kind == "Secret" && !self.secrets)
            || is_given(kind, name)
            || self.external.contains(name)
    }

    fn has_key(&self, kind: &str, name: &str, key: &str) -> bool {
        let keys = self.keys.get(&(kind, name));
        let elsewhere = self.has(kind, name);
        keys.map_or(elsewhere, |keys| keys.contains(key))
    }

    fn need(&self, kind: &str, name: &str, missing: &mut BTreeSet<String>) {
        if !name.is_empty() && !self.has(kind, name) {
            missing.insert(format!("no {kind} {name}"));
        }
    }

    fn need_key(&self, kind: &str, reference: &Value, missing: &mut BTreeSet<String>) {
        let (name, key) = (text(reference, &["name"]), text(reference, &["key"]));
        if !optional(reference) && !self.has_key(kind, name, key) {
            missing.insert(format!("no key {key} in {kind} {name}"));
        }
    }

    fn pod(&self, owner: &Object, template: &Value, missing: &mut BTreeSet<String>) {
        let spec = template.get("spec").unwrap_or(&Value::Null);
        for containers in ["initContainers", "containers"] {
            for container in list(spec, &[containers]) {
                self.container(container, missing);
            }
        }
        for volume in list(spec, &["volumes"]) {
            self.volume(volume, missing);
            for source in list(volume, &["projected", "sources"]) {
                self.volume(source, missing);
            }
        }
        let account = text(spec, &["serviceAccountName"]);
        if account != "default" {
            self.need("ServiceAccount", account, missing);
        }
        self.need("Service", text(&owner.value, &["spec", "serviceName"]), missing);
    }

    fn container(&self, container: &Value, missing: &mut BTreeSet<String>) {
        for source in list(container, &["envFrom"]) {
            for (field, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
                let reference = source.get(field).filter(|reference| !optional(reference));
                let name = reference.map_or("", |reference| text(reference, &["name"]));
                self.need(kind, name, missing);
            }
        }
        for variable in list(container, &["env"]) {
            for (field, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
                if let Some(reference) = at(variable, &["valueFrom", field]) {
                    self.need_key(kind, reference, missing);
                }
            }
        }
    }

    /// A volume, or a source of a projected one, which is written nearly the same.
    fn volume(&self, volume: &Value, missing: &mut BTreeSet<String>) {
        let claim = ["persistentVolumeClaim", "claimName"];
        let claimed = text(volume, &claim);
        if !self.is_template_claim(claimed) {
            self.need("PersistentVolumeClaim", claimed, missing);
        }
        for (field, kind) in [("configMap", "ConfigMap"), ("secret", "Secret")] {
            let Some(source) = volume.get(field).filter(|source| !optional(source)) else {
                continue;
            };
            let names = [text(source, &["name"]), text(source, &["secretName"])];
            let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
            self.need(kind, name, missing);
            for item in list(source, &["items"]) {
                let key = text(item, &["key"]);
                if self.has(kind, name) && !self.has_key(kind, name, key) {
                    missing.insert(format!("no key {key} in {kind} {name}"));
                }
            }
        }
    }

    /// Whether a `StatefulSet` makes the claim: `<template>-<set>-<number>`.
    fn is_template_claim(&self, claim: &str) -> bool {
        let Some((stem, number)) = claim.rsplit_once('-') else { return false };
        let sets = self.objects.iter().filter(|object| object.kind() == "StatefulSet");
        let mut templates = sets.flat_map(|set| {
            let templates = list(&set.value, &["spec", "volumeClaimTemplates"]).iter();
            templates.map(|t| format!("{}-{}", text(t, &["metadata", "name"]), set.name()))
        });
        number.parse::<u32>().is_ok() && templates.any(|name| name == stem)
    }

    fn others(&self, object: &Object, missing: &mut BTreeSet<String>) {
        match object.kind() {
            "Ingress" => self.ingress(object, missing),
            "Service" => self.selector(object, missing),
            "RoleBinding" => {
                let role = &object.value;
                self.need(
                    text(role, &["roleRef", "kind"]),
                    text(role, &["roleRef", "name"]),
                    missing,
                );
                for subject in list(role, &["subjects"]) {
                    self.need(text(subject, &["kind"]), text(subject, &["name"]), missing);
                }
            }
            "HorizontalPodAutoscaler" => {
                let target = at(&object.value, &["spec", "scaleTargetRef"]);
                let target = target.unwrap_or(&Value::Null);
                self.need(text(target, &["kind"]), text(target, &["name"]), missing);
            }
            _ => {}
        }
    }

    fn ingress(&self, object: &Object, missing: &mut BTreeSet<String>) {
        let rules = list(&object.value, &["spec", "rules"]).iter();
        let paths = rules.flat_map(|rule| list(rule, &["http", "paths"]));
        let backends = paths.filter_map(|path| at(path, &["backend", "service"]));
        let default = at(&object.value, &["spec", "defaultBackend", "service"]);
        for backend in backends.chain(default) {
            let name = text(backend, &["name"]);
            self.need("Service", name, missing);
            let port = at(backend, &["port", "name"]).or(at(backend, &["port", "number"]));
            let services = self.objects.iter().filter(|other| other.kind() == "Service");
            for service in services.filter(|service| service.name() == name) {
                let ports = list(&service.value, &["spec", "ports"]);
                let known = |p: &Value| port == p.get("name") || port == p.get("port");
                if !ports.iter().any(known) {
                    missing.insert(format!("no such port of Service {name}"));
                }
            }
        }
    }

    /// A selector that no pod template of the set answers.
    fn selector(&self, object: &Object, missing: &mut BTreeSet<String>) {
        let Some(Value::Object(selector)) = at(&object.value, &["spec", "selector"]) else {
            return;
        };
        let templates = self.objects.iter().filter_map(Object::pod_template);
        let mut labels = templates.filter_map(|template| at(template, &["metadata", "labels"]));
        let answers = |labels: &Value| selector.iter().all(|(key, v)| labels.get(key) == Some(v));
        if !selector.is_empty() && !labels.any(answers) {
            missing.insert("no pod for the selector".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::parse;

    const DEPLOYMENT: &str = "kind: Deployment\nmetadata: {name: web}\nspec: {template: {metadata: \
        {labels: {a: b}}, spec: {containers: [{name: web, env: [{name: A, valueFrom: \
        {secretKeyRef: {name: s, key: K}}}], envFrom: [{configMapRef: {name: c}}]}], volumes: \
        [{name: v, persistentVolumeClaim: {claimName: data-db-0}}]}}}\n";

    #[test]
    fn what_nothing_defines_is_named() {
        let found = unresolved(&parse(DEPLOYMENT, "x").unwrap(), true, &BTreeSet::new());
        assert_eq!(
            found,
            [
                "Deployment/web: no ConfigMap c",
                "Deployment/web: no PersistentVolumeClaim data-db-0",
                "Deployment/web: no key K in Secret s"
            ]
        );
    }

    #[test]
    fn what_the_set_defines_is_found() {
        let more = "---\nkind: ConfigMap\nmetadata: {name: c}\n---\nkind: Secret\nmetadata: {name: \
            s}\nstringData: {K: v}\n---\nkind: StatefulSet\nmetadata: {name: db}\nspec: \
            {volumeClaimTemplates: [{metadata: {name: data}}]}\n";
        let objects = parse(&format!("{DEPLOYMENT}{more}"), "x").unwrap();
        assert_eq!(unresolved(&objects, true, &BTreeSet::new()), Vec::<String>::new());
    }

    #[test]
    fn a_selector_must_find_a_pod() {
        let service = |value: &str| {
            format!(
                "---\nkind: Service\nmetadata: {{name: s}}\nspec: {{selector: {{a: {value}}}}}\n"
            )
        };
        let count = |value| {
            let objects = parse(&format!("{DEPLOYMENT}{}", service(value)), "x").unwrap();
            unresolved(&objects, false, &BTreeSet::new()).len()
        };
        assert_eq!(count("b") + 1, count("c"));
    }
}
