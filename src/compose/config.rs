//! The canonical tree as `docker compose config` prints it.

use crate::yaml::{Data, Map, Node, Value};

/// The whole project: `name` first, then the sections, each in the order of its keys.
pub fn config(tree: &Node) -> Value {
    let mut map = Map::new();
    if let Some(name) = tree.get("name") {
        map.insert("name", value(name));
    }
    if let Value::Map(rest) = value(tree) {
        for field in rest.fields {
            if field.key != "name" {
                map.fields.push(field);
            }
        }
    }
    Value::Map(map)
}

/// A node with its keys sorted and every `$` doubled.
fn value(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        Data::Int(number) => match i64::try_from(*number) {
            Ok(number) => Value::Int(number),
            // Only extensions can hold numbers of that size.
            Err(_) => Value::String(number.to_string()),
        },
        Data::Float(number) => Value::Float(*number),
        Data::Timestamp(text) | Data::String(text) => Value::String(text.replace('$', "$$")),
        Data::Seq(items) => Value::Seq(items.iter().map(value).collect()),
        Data::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.key.name.cmp(&b.key.name));
            let mut map = Map::new();
            for entry in entries {
                map.fields.push(crate::yaml::Field {
                    key: entry.key.name.clone(),
                    value: value(&entry.value),
                    comment: None,
                    guards: Vec::new(),
                });
            }
            Value::Map(map)
        }
    }
}
