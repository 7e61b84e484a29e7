//! The schema of a chart's values: what Helm checks before it renders.

use std::collections::BTreeMap;

use serde_json::{Map as Object, Value as Json, json};

use super::{
    defaults,
    values::{Cell, Entry, Values},
};
use crate::yaml::Value;

/// What a service's section understands beyond what is in `values.yaml`.
pub(super) type Toggles = BTreeMap<String, Vec<&'static str>>;

/// The text of `values.schema.json`.
pub(super) fn schema(project: &str, values: &Values, toggles: &Toggles) -> String {
    let mut root = Node::default();
    for (path, entry) in values.entries() {
        root.add(path, entry);
    }
    let mut sections = Object::new();
    for (key, node) in &root.below {
        let mut section = match key.as_str() {
            "secrets" => {
                json!({"type": "object", "properties": node.each(|_| reference("secret"))})
            }
            "helperImages" => {
                json!({"type": "object", "properties": node.each(|_| reference("image"))})
            }
            _ => node.schema(&[key.as_str()]),
        };
        if let (Some(toggles), Some(properties)) = (toggles.get(key), properties(&mut section)) {
            for (name, schema) in defaults::schemas(toggles) {
                add(properties, name, schema);
            }
        }
        // Other charts put what they share below `global`.
        let open = key == "global";
        if let Some(section) = section.as_object_mut().filter(|s| s.contains_key("properties")) {
            section.insert("additionalProperties".to_owned(), open.into());
        }
        sections.insert(key.clone(), section);
    }
    let sections = Json::Object(sections);
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": format!("Values of the chart {project}"),
        "type": "object",
        "properties": sections,
        "additionalProperties": false,
        "definitions": defaults::definitions(),
    });
    // A chart that is part of another gets these.
    if let Some(properties) = properties(&mut schema) {
        properties.entry("global").or_insert_with(|| json!({"type": "object"}));
    }
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text + "\n"
}

fn properties(section: &mut Json) -> Option<&mut Object<String, Json>> {
    section.get_mut("properties").and_then(Json::as_object_mut)
}

/// Adds a key that a section understands to those that its values have.
fn add(sections: &mut Object<String, Json>, name: &str, schema: Json) {
    // These have all that the values have, and more.
    if !sections.contains_key(name) || ["autoscale", "env", "probes"].contains(&name) {
        sections.insert(name.to_owned(), schema);
        return;
    }
    let more = schema.get("properties").and_then(Json::as_object).cloned().unwrap_or_default();
    if let Some(own) = sections.get_mut(name).and_then(properties) {
        for (key, schema) in more {
            own.entry(key).or_insert(schema);
        }
    }
    if let (Some(most), Some(section)) = (schema.get("maxProperties"), sections.get_mut(name)) {
        section["maxProperties"] = most.clone();
    }
}

/// A reference to one of the definitions.
pub(super) fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/definitions/{name}")})
}

/// Values by their place.
#[derive(Default)]
struct Node<'a> {
    entry: Option<&'a Entry>,
    below: Vec<(String, Node<'a>)>,
}

impl<'a> Node<'a> {
    fn add(&mut self, path: &[String], entry: &'a Entry) {
        let Some((key, rest)) = path.split_first() else {
            self.entry = Some(entry);
            return;
        };
        if !self.below.iter().any(|(known, _)| known == key) {
            self.below.push((key.clone(), Node::default()));
        }
        if let Some((_, node)) = self.below.iter_mut().find(|(known, _)| known == key) {
            node.add(rest, entry);
        }
    }

    fn each(&self, schema: impl Fn(&Self) -> Json) -> Object<String, Json> {
        self.below.iter().map(|(key, node)| (key.clone(), schema(node))).collect()
    }

    fn schema(&self, path: &[&str]) -> Json {
        if let Some(entry) = self.entry {
            let last = path.last().copied().unwrap_or_default();
            let above = path.iter().rev().nth(1).copied().unwrap_or_default();
            return defaults::known(above, last, entry).unwrap_or_else(|| of_entry(entry));
        }
        let mut properties = Object::new();
        for (key, node) in &self.below {
            let path: Vec<_> = path.iter().copied().chain([key.as_str()]).collect();
            properties.insert(key.clone(), node.schema(&path));
        }
        json!({"type": "object", "properties": properties, "additionalProperties": false})
    }
}

/// What the values of an entry have in common.
fn of_entry(entry: &Entry) -> Json {
    let cells = entry.cells.iter().filter_map(|cell| match cell {
        Cell::Is(value) => Some(value),
        Cell::Off | Cell::Absent => None,
    });
    let mut types: Vec<&str> = Vec::new();
    for value in cells.chain([&entry.empty]) {
        let name = match value {
            Value::Null | Value::Hole(_) | Value::Guarded(..) => continue,
            Value::Bool(_) => "boolean",
            Value::Int(_) => "integer",
            Value::Float(_) => "number",
            Value::String(_) => "string",
            Value::Seq(_) => "array",
            Value::Map(_) => "object",
        };
        if !types.contains(&name) {
            types.push(name);
        }
    }
    match types.as_slice() {
        [] => json!({}),
        [one] => json!({"type": one}),
        all => json!({"type": all}),
    }
}
