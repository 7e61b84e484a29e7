//! What breaks in real clusters although every object is valid.

mod configuration;
mod data;
mod order;
mod processes;
mod reaching;
mod scaling;

use serde_json::Value;

use crate::cli::Folder;

/// The objects of a compose file in an environment, by kind and name.
fn objects(compose: &str, env: &str) -> Vec<Value> {
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let run = folder.run(&["convert", "--env", env, "-o", "-"]);
    assert!(run.code < 2, "{}", run.err);
    documents(&run.out)
}

/// The objects of a stream of YAML documents.
fn documents(stream: &str) -> Vec<Value> {
    stream.split("\n---\n").map(|text| serde_saphyr::from_str(text).unwrap()).collect()
}

/// The spec of a workload's pods.
fn pod<'o>(objects: &'o [Value], kind: &str, name: &str) -> &'o Value {
    &find(objects, kind, name)["spec"]["template"]["spec"]
}

/// The first container of a workload.
fn container<'o>(objects: &'o [Value], kind: &str, name: &str) -> &'o Value {
    &pod(objects, kind, name)["containers"][0]
}

/// The Job of a service, whose name ends in a hash.
fn job<'o>(objects: &'o [Value], service: &str) -> &'o Value {
    let label = |object: &Value| object["metadata"]["labels"]["app.kubernetes.io/name"] == service;
    let wanted = |object: &&Value| object["kind"] == "Job" && label(object);
    objects.iter().find(wanted).unwrap_or_else(|| panic!("no Job of {service}"))
}

fn find<'o>(objects: &'o [Value], kind: &str, name: &str) -> &'o Value {
    let wanted = |object: &&Value| object["kind"] == kind && object["metadata"]["name"] == name;
    objects.iter().find(wanted).unwrap_or_else(|| panic!("no {kind} {name}"))
}
