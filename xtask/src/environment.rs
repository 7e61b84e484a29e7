//! The environment that each container sees, compared with what Compose gives it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::objects::{Object, at, list};

/// What was found for one project.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Services whose container was found.
    pub compared: usize,
    /// Services without a container, by name.
    pub absent: Vec<String>,
    /// A line for each variable that differs; values are not shown, some are passwords.
    pub differences: Vec<String>,
}

/// Compares the containers of a set with the services of the canonical Compose model.
pub fn compare(objects: &[Object], model: &Value) -> Comparison {
    let mut comparison = Comparison::default();
    let services = model.get("services").and_then(Value::as_object);
    for (name, service) in services.into_iter().flatten() {
        let Some(container) = container(objects, name) else {
            comparison.absent.push(name.clone());
            continue;
        };
        comparison.compared += 1;
        let seen = seen(container, objects);
        let wanted = service.get("environment").and_then(Value::as_object);
        for (variable, value) in wanted.into_iter().flatten() {
            let Some(value) = value_of(value) else { continue };
            let problem = match seen.get(variable) {
                None => "is missing",
                Some(None) => "cannot be known",
                Some(Some(other)) if *other != value => "differs",
                Some(Some(_)) => continue,
            };
            comparison.differences.push(format!("{name}: {variable} {problem}"));
        }
    }
    comparison
}

/// The value of a variable in the printed model, which writes `$` as `$$`; none where it is unset.
fn value_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.replace("$$", "$")),
        other => Some(other.to_string()),
    }
}

/// The container of a service: in the workload that is labelled with it, or anywhere by its name.
pub(crate) fn container<'o>(objects: &'o [Object], service: &str) -> Option<&'o Value> {
    let name = dns(service);
    let label = ["metadata", "labels", "app.kubernetes.io/name"];
    let labelled = |object: &&Object| object.text_at(&label) == service;
    let own = objects.iter().filter(labelled).filter_map(Object::pod_template);
    let any = objects.iter().filter_map(Object::pod_template);
    let by_name = |template: &'o Value| {
        let containers = ["containers", "initContainers"].into_iter();
        let mut containers = containers.flat_map(|kind| list(template, &["spec", kind]));
        containers.find(|container| {
            container.get("name").and_then(Value::as_str).is_some_and(|own| is_called(own, &name))
        })
    };
    let first = |template: &'o Value| list(template, &["spec", "containers"]).first();
    own.clone().find_map(by_name).or_else(|| own.clone().find_map(first)).or_else(|| {
        let mut any = any;
        any.find_map(by_name)
    })
}

/// Whether something has a name, or what is left of it where it is too long for a StatefulSet: its
/// beginning and a hash.
pub(crate) fn is_called(own: &str, name: &str) -> bool {
    let beginning = own.rsplit_once('-').map_or(own, |(beginning, _)| beginning);
    own == name || (name.len() > 52 && beginning.len() > 40 && name.starts_with(beginning))
}

/// A Compose name as Kubernetes writes it.
pub(crate) fn dns(name: &str) -> String {
    let mut name = name.to_lowercase().replace(['_', '.'], "-");
    name.truncate(63);
    name.trim_matches('-').to_owned()
}

/// Every variable of a container; no value where only a cluster knows it.
pub(crate) fn seen(container: &Value, objects: &[Object]) -> BTreeMap<String, Option<String>> {
    let mut seen = BTreeMap::new();
    for source in list(container, &["envFrom"]) {
        let prefix = source.get("prefix").and_then(Value::as_str).unwrap_or_default();
        for (field, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
            let name = at(source, &[field, "name"]).and_then(Value::as_str);
            for (key, value) in name.into_iter().flat_map(|name| data(objects, kind, name)) {
                seen.insert(format!("{prefix}{key}"), Some(value));
            }
        }
    }
    for variable in list(container, &["env"]) {
        let name = variable.get("name").and_then(Value::as_str).unwrap_or_default();
        let value = if let Some(source) = variable.get("valueFrom") {
            referred(source, objects)
        } else {
            let text = variable.get("value").and_then(Value::as_str).unwrap_or_default();
            Some(expand(text, &seen))
        };
        seen.insert(name.to_owned(), value);
    }
    seen
}

fn referred(source: &Value, objects: &[Object]) -> Option<String> {
    [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")].iter().find_map(
        |(field, kind)| {
            let name = at(source, &[field, "name"])?.as_str()?;
            let key = at(source, &[field, "key"])?.as_str()?;
            data(objects, kind, name).remove(key)
        },
    )
}

/// The data of a `ConfigMap` or `Secret`, as text.
fn data(objects: &[Object], kind: &str, name: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let named = objects.iter().filter(|object| object.kind() == kind && object.name() == name);
    for object in named {
        for part in ["data", "stringData"] {
            let map = object.value.get(part).and_then(Value::as_object);
            for (key, value) in map.into_iter().flatten() {
                let text = value.as_str().unwrap_or_default();
                let encoded = kind == "Secret" && part == "data";
                found.insert(key.clone(), if encoded { decode(text) } else { text.to_owned() });
            }
        }
    }
    found
}

pub(crate) fn decode(text: &str) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let bytes = BASE64_STANDARD.decode(text.trim()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Kubernetes' expansion: `$(NAME)` is a variable known so far, `$$` is `$`, all else stays.
pub(crate) fn expand(text: &str, known: &BTreeMap<String, Option<String>>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
            match known.get(name) {
                Some(value) => out.push_str(value.as_deref().unwrap_or_default()),
                None => out.extend(["$(", name, ")"]),
            }
            rest = after;
        } else {
            out.push('$');
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{parse, yaml};

    #[test]
    fn references_are_followed_and_expanded() {
        let objects = parse(
            "kind: Secret\nmetadata: {name: s}\ndata: {P: cGFzcw==}\n---\nkind: Deployment\n\
             metadata: {name: web, labels: {app.kubernetes.io/name: web}}\nspec: {template: {spec: \
             {containers: [{name: web, env: [{name: P, valueFrom: {secretKeyRef: {name: s, key: \
             P}}}, {name: URL, value: 'db://$(P)@$$x$(Q)$'}]}]}}}\n",
            "x",
        );
        let model = "services: {web: {environment: {P: pass, URL: 'db://pass@$$x$$(Q)$$', N: null}}, \
             other: {}}";
        let found = compare(&objects.unwrap(), &yaml(model).unwrap());
        assert_eq!(found.differences, Vec::<String>::new());
        assert_eq!((found.compared, found.absent), (1, vec!["other".to_owned()]));
    }

    #[test]
    fn a_missing_variable_is_a_difference() {
        let objects = parse(
            "kind: Job\nmetadata: {name: a-b}\nspec: {template: {spec: {containers: [{name: a-b, \
             env: [{name: X, value: '1'}]}]}}}\n",
            "x",
        );
        let model = yaml("services: {a_b: {environment: {X: '2', Y: ''}}}").unwrap();
        let found = compare(&objects.unwrap(), &model).differences;
        assert_eq!(found, ["a_b: X differs", "a_b: Y is missing"]);
    }
}
