//! What each process would see, read back from the objects: its mounts, the names that it reaches
//! others under, its limits, and how many of it there are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    environment::{container, dns},
    objects::{Object, at, list},
};

/// What was found for one project, a line for each difference.
#[derive(Debug, Default)]
pub struct Differences {
    /// Mounts that were compared.
    pub mounts: usize,
    /// Targets where nothing is mounted, by service.
    pub unmounted: Vec<(String, String)>,
    /// Volumes that their services see as different claims.
    pub apart: Vec<String>,
    /// Names that lead to a service in Compose and to none here.
    pub names: Vec<String>,
    /// Limits and reservations.
    pub resources: Vec<String>,
    /// Numbers of pods.
    pub replicas: Vec<String>,
}

/// Compares the objects of a set with the services of the canonical Compose model.
pub fn compare(objects: &[Object], model: &Value) -> Differences {
    let mut found = Differences::default();
    let mut claims: BTreeMap<&str, BTreeMap<String, Vec<&str>>> = BTreeMap::new();
    let services = model.get("services").and_then(Value::as_object);
    for (name, service) in services.into_iter().flatten() {
        let Some(container) = container(objects, name) else { continue };
        for (target, volume) in targets(service) {
            found.mounts += 1;
            let mount = mounted(container, &target);
            if mount.is_none() {
                found.unmounted.push((name.clone(), target));
            } else if let (Some(volume), Some(claim)) =
                (volume, mount.and_then(|mount| claim(objects, container, mount)))
            {
                claims.entry(volume).or_default().entry(claim).or_default().push(name);
            }
        }
        found.names.extend(unknown_names(objects, name, service));
        found.resources.extend(resources(name, service, container));
        found.replicas.extend(replicas(objects, name, service, container));
    }
    for (volume, claims) in claims.into_iter().filter(|(_, claims)| claims.len() > 1) {
        found.apart.push(format!("volume {volume}: {claims:?}"));
    }
    found
}

/// The paths that a service mounts something at, with the named volume where it is one.
fn targets(service: &Value) -> Vec<(String, Option<&str>)> {
    let mut targets = BTreeMap::new();
    for volume in list(service, &["volumes"]) {
        let text = |key: &str| volume.get(key).and_then(Value::as_str);
        let Some(target) = text("target") else { continue };
        let named = (text("type") == Some("volume")).then(|| text("source")).flatten();
        targets.insert(clean(target), named);
    }
    for tmpfs in list(service, &["tmpfs"]).iter().filter_map(Value::as_str) {
        targets.insert(clean(tmpfs.split(':').next().unwrap_or_default()), None);
    }
    for (kind, folder) in [("secrets", "/run/secrets/"), ("configs", "/")] {
        for reference in list(service, &[kind]) {
            let text = |key: &str| reference.get(key).and_then(Value::as_str);
            let Some(target) = text("target").or(text("source")) else { continue };
            let target = if target.starts_with('/') {
                target.to_owned()
            } else {
                format!("{folder}{target}")
            };
            targets.insert(clean(&target), None);
        }
    }
    targets.into_iter().collect()
}

fn clean(path: &str) -> String {
    let path = path.trim_end_matches('/');
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

fn mounted<'o>(container: &'o Value, target: &str) -> Option<&'o Value> {
    let mounts = list(container, &["volumeMounts"]).iter();
    let mut at_target = mounts.filter(|mount| {
        mount.get("mountPath").and_then(Value::as_str).is_some_and(|path| clean(path) == target)
    });
    at_target.next()
}

/// The claim behind a mount, under the name that the cluster has for it.
fn claim(objects: &[Object], container: &Value, mount: &Value) -> Option<String> {
    let volume = mount.get("name")?.as_str()?;
    for object in objects {
        let Some(template) = object.pod_template() else { continue };
        let own = ["containers", "initContainers"].iter().any(|kind| {
            list(template, &["spec", kind]).iter().any(|other| std::ptr::eq(other, container))
        });
        if !own {
            continue;
        }
        let mut volumes = list(template, &["spec", "volumes"]).iter();
        if let Some(found) =
            volumes.find(|other| other.get("name").is_some_and(|name| name == volume))
        {
            return at(found, &["persistentVolumeClaim", "claimName"])?.as_str().map(str::to_owned);
        }
        return Some(format!("{volume}-{}-0", object.name()));
    }
    None
}

/// Names besides its own under which Compose reaches a service, which no Service answers to:
/// aliases, and those of its container where another service uses them.
fn unknown_names(objects: &[Object], name: &str, service: &Value) -> Vec<String> {
    let networks = service.get("networks").and_then(Value::as_object).into_iter().flatten();
    let aliases =
        networks.flat_map(|(_, network)| list(network, &["aliases"])).filter_map(Value::as_str);
    let own = ["container_name", "hostname"].iter().filter_map(|key| service.get(key)?.as_str());
    let own = own.filter(|host| objects.iter().any(|object| uses(object, name, host)));
    let names: BTreeSet<&str> =
        aliases.chain(own).filter(|alias| is_label(alias) && *alias != name).collect();
    // Who has no ports is reached by nobody.
    let served = |name: &str| {
        objects.iter().any(|object| object.kind() == "Service" && object.name() == name)
    };
    if !served(&dns(name)) {
        return Vec::new();
    }
    names
        .into_iter()
        .filter(|alias| !served(alias))
        .map(|alias| format!("{name}: no Service {alias}"))
        .collect()
}

/// Whether an object of another service says a host name with a port, or in a URL.
fn uses(object: &Object, service: &str, host: &str) -> bool {
    let own = object.text_at(&["metadata", "labels", "app.kubernetes.io/name"]) == service;
    !own && object.kind() != "Service" && says(&object.value, host)
}

fn says(value: &Value, host: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    match value {
        Value::String(text) => text.match_indices(host).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let after = text.get(at + host.len()..).unwrap_or_default();
            let port = after
                .strip_prefix(':')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            let marked = before.ends_with("//") || before.ends_with('@');
            !word(before.chars().next_back()) && !word(after.chars().next()) && (port || marked)
        }),
        Value::Array(items) => items.iter().any(|item| says(item, host)),
        Value::Object(map) => map.values().any(|item| says(item, host)),
        _ => false,
    }
}

fn is_label(name: &str) -> bool {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(valid)
}

/// Limits and reservations that differ.
fn resources(name: &str, service: &Value, container: &Value) -> Vec<String> {
    let deploy = |kind: &str, what: &str| at(service, &["deploy", "resources", kind, what]);
    let mut found = Vec::new();
    for (kind, what, kubernetes, compose) in [
        ("limits", "cpus", "cpu", deploy("limits", "cpus").or(service.get("cpus"))),
        ("limits", "memory", "memory", deploy("limits", "memory").or(service.get("mem_limit"))),
        ("requests", "cpus", "cpu", deploy("reservations", "cpus")),
        (
            "requests",
            "memory",
            "memory",
            deploy("reservations", "memory").or(service.get("mem_reservation")),
        ),
    ] {
        let Some(wanted) = compose.and_then(number).filter(|wanted| *wanted > 0.0) else {
            continue;
        };
        let seen = at(container, &["resources", kind, kubernetes]).and_then(number);
        // A processor is divided by a thousand, memory into bytes.
        if seen.is_none_or(|seen| (seen - wanted).abs() > wanted.mul_add(0.001, 0.001)) {
            found.push(format!("{name}: {what} of {kind} is {seen:?}, not {wanted}"));
        }
    }
    found
}

/// A quantity of either side: `0.5`, `500m`, `512Mi`, `1073741824`.
fn number(value: &Value) -> Option<f64> {
    if let Some(number) = value.as_f64() {
        return Some(number);
    }
    let text = value.as_str()?;
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let number: f64 = text.get(..digits)?.parse().ok()?;
    let factor = match text.get(digits..)? {
        "" => 1.0,
        "m" => 0.001,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number * factor)
}

fn replicas(objects: &[Object], name: &str, service: &Value, own: &Value) -> Option<String> {
    let wanted =
        at(service, &["deploy", "replicas"]).or(service.get("scale")).and_then(Value::as_u64);
    let wanted = wanted.unwrap_or(1);
    let object = objects.iter().find(|object| {
        let containers = object
            .pod_template()
            .map_or(&[][..], |template| list(template, &["spec", "containers"]));
        containers.iter().any(|container| std::ptr::eq(container, own))
    })?;
    if !matches!(object.kind(), "Deployment" | "StatefulSet") {
        return None;
    }
    let seen = at(&object.value, &["spec", "replicas"]).and_then(Value::as_u64).unwrap_or(1);
    (seen != wanted).then(|| format!("{name}: {seen} replicas, not {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{parse, yaml};

    const OBJECTS: &str = "kind: StatefulSet\nmetadata: {name: db, labels: {app.kubernetes.io/name: db}}\n\
        spec: {replicas: 1, template: {spec: {containers: [{name: db, volumeMounts: [{name: data, mountPath: \
        /data}], resources: {limits: {cpu: 500m, memory: 1Gi}}}]}}}\n---\nkind: Deployment\nmetadata: {name: \
        web, labels: {app.kubernetes.io/name: web}}\nspec: {replicas: 2, template: {spec: {containers: [{name: \
        web, volumeMounts: [{name: d, mountPath: /in}]}], volumes: [{name: d, persistentVolumeClaim: \
        {claimName: data-db-0}}]}}}\n---\nkind: Service\nmetadata: {name: db}\n---\nkind: Service\nmetadata: \
        {name: store}\n";

    fn differences(model: &str) -> Differences {
        compare(&parse(OBJECTS, "x").unwrap(), &yaml(model).unwrap())
    }

    #[test]
    fn what_is_kept_is_recognised() {
        let found = differences(
            "services: {db: {container_name: store, cpus: 0.5, mem_limit: '1073741824', volumes: [{type: \
             volume, source: v, target: /data}]}, web: {scale: 2, volumes: [{type: volume, source: v, target: \
             /in/}]}}",
        );
        assert_eq!(found.mounts, 2);
        assert_eq!((found.unmounted.len(), found.apart.len(), found.names.len()), (0, 0, 0));
        assert_eq!((found.resources.len(), found.replicas.len()), (0, 0));
    }

    #[test]
    fn what_differs_is_named() {
        let found = differences(
            "services: {db: {networks: {n: {aliases: [other]}}, mem_limit: 1, tmpfs: [/tmp], volumes: [{type: volume, source: v, \
             target: /data}]}, web: {volumes: [{type: volume, source: w, target: /in}]}}",
        );
        assert_eq!(found.unmounted, [("db".to_owned(), "/tmp".to_owned())]);
        assert_eq!(found.names, ["db: no Service other"]);
        assert_eq!((found.resources.len(), found.replicas.len()), (1, 1));
    }
}
