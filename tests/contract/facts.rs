//! What each attribute of the specification becomes, fact by fact: fields of objects that are there
//! because of it, or what is said about it.
//!
//! `C2K_BLESS=1` writes the facts again; read what changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use c2k::{Outcome, Request, convert, load::Memory, yaml::Value};

use super::data;

/// The project that cases add something to.
const PLAIN: &str = "services:\n  aa:\n    image: alpine\n";

fn plain() -> BTreeSet<String> {
    let memory = Memory::new("/project").with("compose.yaml", PLAIN);
    let outcome = convert(&Request::default(), &memory);
    fields(&outcome).into_iter().chain(said(&outcome)).collect()
}

/// What is said: `says C2K0402: …`.
fn said(outcome: &Outcome) -> BTreeSet<String> {
    outcome.sink.iter().map(|one| format!("says {}: {}", one.code.id(), one.message)).collect()
}

/// Every field with its value: `Deployment/aa spec.replicas = 1`.
fn fields(outcome: &Outcome) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for object in outcome.planned.iter().flat_map(|planned| planned.objects.iter()) {
        for leaf in object.leaves() {
            let value = object.field(&leaf).map(|(_, value)| shown(value)).unwrap_or_default();
            found.insert(format!("{}/{} {leaf} = {value}", object.kind(), object.name()));
        }
    }
    found
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Int(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Seq(_) => "[]".to_owned(),
        Value::Map(_) => "{}".to_owned(),
        _ => "null".to_owned(),
    }
}

/// The facts of a case: what it adds to the plain project, what it takes away, what is said.
fn facts(outcome: &Outcome, plain: &BTreeSet<String>) -> Vec<String> {
    let fields = fields(outcome);
    // What every object has says nothing about the attribute.
    let common = ["apiVersion =", "metadata.labels", "spec.selector", "metadata.name ="];
    let telling = |fact: &&String| {
        fact.contains("c2k.dev/") || !common.iter().any(|part| fact.contains(part))
    };
    let added = fields.difference(plain).filter(telling).map(|fact| format!("+ {fact}"));
    let is_field = |fact: &&String| !fact.starts_with("says ");
    let gone =
        plain.difference(&fields).filter(is_field).filter(telling).map(|fact| format!("- {fact}"));
    let said: Vec<String> = said(outcome).difference(plain).cloned().collect();
    gone.chain(added).chain(said).collect()
}

#[test]
#[ignore = "needs the recorded data"]
fn every_attribute_is_what_the_facts_say() {
    let plain = plain();
    let mut text = String::new();
    let mut silent = Vec::new();
    for case in data::attributes() {
        let outcome = case.convert(None);
        let facts = facts(&outcome, &plain);
        if facts.is_empty() {
            silent.push(case.name.trim_start_matches("attr/").to_owned());
        }
        text.push_str(&format!("{}\n", case.name.trim_start_matches("attr/")));
        facts.iter().for_each(|fact| text.push_str(&format!("  {fact}\n")));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/facts.txt");
    if std::env::var_os("C2K_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let sections = |text: &str| -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut last = String::new();
        for line in text.lines() {
            match line.strip_prefix("  ") {
                Some(fact) => found.entry(last.clone()).or_default().push(fact.to_owned()),
                None => last = line.to_owned(),
            }
        }
        found
    };
    let (want, found) = (sections(&std::fs::read_to_string(&path).unwrap()), sections(&text));
    let wrong: Vec<String> = want
        .iter()
        .filter(|(case, facts)| found.get(*case).is_some_and(|found| found != *facts))
        .map(|(case, facts)| format!("{case}: {facts:#?}, not {:#?}", found[case]))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    silent.retain(|case| !SILENT.iter().any(|start| case.starts_with(start)));
    assert!(silent.is_empty(), "cases that leave no trace: {silent:?}");
}

/// Cases that may leave no trace, with what starts their names: what asks for what is so anyway, is
/// resolved on loading, or stands in a section that no service uses, which loading leaves out.
const SILENT: &[&str] = &[
    "attach",
    "restart_always",
    "restart_unless-stopped",
    "container_name",
    "deploy.endpoint_mode",
    "env_file.required",
    "healthcheck.disable",
    "healthcheck.test_NONE",
    "isolation",
    "profiles",
    "top-",
    "userns_mode",
    "x-service",
];
