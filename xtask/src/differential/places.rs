//! The places of the specification's schema: each attribute with how a document reaches it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::tree::Tree;
use crate::objects::{at, list};

/// How deep attributes are followed; deeper ones repeat what is above them.
const DEPTH: usize = 9;

/// A place for a value.
#[derive(Clone, Debug)]
pub(super) struct Place {
    steps: Vec<Step>,
    /// Words that the schema knows there.
    pub(super) words: Vec<String>,
}

/// One step from the top of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A key, and what a mapping must have beside it.
    Key(String, Vec<(String, String)>),
    /// An item of a list.
    Item,
}

/// All places of a schema, attributes of services before those of other containers.
pub(super) fn all(schema: &Value) -> Vec<Place> {
    let mut walk = Walk { schema, places: Vec::new(), seen: BTreeSet::new() };
    walk.follow(schema, &mut Vec::new());
    walk.places
}

impl Place {
    /// Its name: `services.a.ports[]`.
    pub(super) fn name(&self) -> String {
        let mut name = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key, _) if name.is_empty() => name.push_str(key),
                Step::Key(key, _) => {
                    name.push('.');
                    name.push_str(key);
                }
                Step::Item => name.push_str("[]"),
            }
        }
        name
    }

    /// Whether it is what a container has that is no service's own.
    pub(super) fn repeats(&self) -> bool {
        let name = self.name();
        name.starts_with("services.a.pre_start[].") || name.starts_with("jobs.j.")
    }

    /// Whether it is in the service `a`.
    pub(super) fn in_service(&self) -> bool {
        let keys: Vec<_> = self.steps.iter().take(3).collect();
        matches!(keys.as_slice(), [Step::Key(first, _), Step::Key(..), Step::Key(..)] if first == "services")
    }

    /// The value at this place, in a document or, from `skip` steps on, in a part of one.
    pub(super) fn hold(&self, value: Tree, skip: usize) -> Tree {
        self.steps.iter().skip(skip).rev().fold(value, |inner, step| match step {
            Step::Item => Tree::list(vec![inner]),
            Step::Key(key, beside) => {
                let mut entries = vec![(key.clone(), inner)];
                let others = beside.iter().filter(|(other, _)| other != key);
                entries.extend(others.map(|(key, value)| (key.clone(), Tree::leaf(value))));
                Tree::map(entries)
            }
        })
    }
}

struct Walk<'s> {
    schema: &'s Value,
    places: Vec<Place>,
    seen: BTreeSet<String>,
}

impl<'s> Walk<'s> {
    fn follow(&mut self, node: &'s Value, steps: &mut Vec<Step>) {
        let parts = self.parts(node);
        if !steps.is_empty() {
            let words = parts.iter().flat_map(|part| list(part, &["enum"]));
            let words = words.filter_map(Value::as_str).map(str::to_owned).collect();
            let place = Place { steps: steps.clone(), words };
            if !self.seen.insert(place.name()) {
                return;
            }
            self.places.push(place);
        }
        if steps.len() >= DEPTH {
            return;
        }
        let mut required: Vec<String> = Vec::new();
        for part in &parts {
            required.extend(
                list(part, &["required"]).iter().filter_map(Value::as_str).map(str::to_owned),
            );
        }
        let depth = steps.len();
        for part in parts {
            for (key, inner) in entries(part, "properties") {
                steps.push(Step::Key(key.clone(), beside(key, &required, &parts_of(steps))));
                self.follow(inner, steps);
                steps.truncate(depth);
            }
            for (pattern, inner) in entries(part, "patternProperties") {
                if pattern == "^x-" {
                    continue;
                }
                let key = own_name(steps);
                steps.push(Step::Key(key.clone(), beside(&key, &required, &parts_of(steps))));
                self.follow(inner, steps);
                steps.truncate(depth);
            }
            if let Some(inner) = at(part, &["items"]) {
                steps.push(Step::Item);
                self.follow(inner, steps);
                steps.truncate(depth);
            }
        }
    }

    /// A schema with what it refers to, and its alternatives.
    fn parts(&self, node: &'s Value) -> Vec<&'s Value> {
        let mut parts = vec![node];
        if let Some(name) = at(node, &["$ref"]).and_then(Value::as_str) {
            let name = name.trim_start_matches("#/$defs/");
            parts.extend(
                at(self.schema, &["$defs", name]).into_iter().flat_map(|part| self.parts(part)),
            );
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            parts.extend(list(node, &[key]).iter().flat_map(|part| self.parts(part)));
        }
        parts
    }
}

fn entries<'v>(node: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    at(node, &[key]).and_then(Value::as_object).into_iter().flatten()
}

fn parts_of(steps: &[Step]) -> Vec<&str> {
    let names = steps.iter().map(|step| match step {
        Step::Key(key, _) => key.as_str(),
        Step::Item => "[]",
    });
    names.collect()
}

/// The name of an entry that may have any.
fn own_name(steps: &[Step]) -> String {
    let name = match parts_of(steps).as_slice() {
        ["services"] => "a",
        ["jobs"] => "j",
        ["networks"] | [.., "networks"] => "n1",
        ["volumes"] => "v1",
        ["secrets"] => "s1",
        ["configs"] => "c1",
        ["models"] | [.., "models"] => "m1",
        [.., "depends_on"] => "b",
        [.., "ulimits"] => "nofile",
        _ => "k",
    };
    name.to_owned()
}

/// What a mapping must have beside a key.
fn beside(key: &str, required: &[String], path: &[&str]) -> Vec<(String, String)> {
    let mut found: Vec<(&str, &str)> = match path {
        ["services", _] if key != "provider" => vec![("image", "x")],
        ["jobs", _] => vec![("image", "x")],
        ["secrets" | "configs", _]
            if !matches!(key, "file" | "environment" | "content" | "external") =>
        {
            vec![("file", "./a.env")]
        }
        [.., "extends"] => vec![("service", "b")],
        [.., "develop", "watch", "[]"] => vec![("target", "/t")],
        [.., "volumes", "[]"] if key == "bind" => vec![("type", "bind"), ("source", "./s")],
        [.., "volumes", "[]"] => vec![("target", "/t"), ("type", "volume")],
        [.., "configs", "[]"] => vec![("source", "c1")],
        [.., "secrets", "[]"] => vec![("source", "s1")],
        [.., "ports", "[]"] => vec![("target", "80")],
        [.., "devices", "[]"] => vec![("source", "/dev/a"), ("target", "/dev/b")],
        [.., "env_file", "[]"] => vec![("path", "a.env")],
        ["include", "[]"] => vec![("path", "inc.yaml")],
        _ => Vec::new(),
    };
    if path.last() == Some(&"devices") || path.contains(&"reservations") {
        found.clear();
    }
    for name in required {
        let value = match name.as_str() {
            "triggers" => "{manual: true}",
            "capabilities" => "[gpu]",
            "condition" => "service_started",
            "type" => "volume",
            "action" => "rebuild",
            "path" => "./p",
            "soft" | "hard" => "5",
            "source" => "/dev/a",
            "service" => "b",
            "cron" => "\"* * * * *\"",
            _ => "text",
        };
        if !found.iter().any(|(known, _)| known == name) {
            found.push((name, value));
        }
    }
    found.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
