//! Where the fields of patched objects come from.

use super::place;
use crate::{
    kube::Object,
    overlay::same,
    text::Origin,
    yaml::{Node, Value},
};

/// Notes a file as the origin of a whole object.
pub(super) fn note_all(object: &mut Object, node: &Node) {
    let value = object.value.clone();
    note(object, &Value::Null, &value, &mut Vec::new(), String::new(), node);
}

/// Notes a patch as the origin of what it changed.
pub(super) fn note_changes(object: &mut Object, before: &Value, node: &Node) {
    let value = object.value.clone();
    note(object, before, &value, &mut Vec::new(), String::new(), node);
}

fn note<'v>(
    object: &mut Object,
    before: &Value,
    after: &'v Value,
    names: &mut Vec<&'v str>,
    path: String,
    node: &Node,
) {
    if same(before, after) {
        return;
    }
    match after {
        Value::Map(map) if !map.is_empty() => {
            for (key, value) in map.iter() {
                names.push(key);
                let below = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                let old = before.get(key).unwrap_or(&Value::Null);
                note(object, old, value, names, below, node);
                names.pop();
            }
        }
        Value::Seq(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                let name = item.get("name").and_then(Value::as_str);
                let place = name.map_or_else(|| index.to_string(), str::to_owned);
                let old = before.as_seq().unwrap_or_default();
                let old = match name {
                    Some(_) => old.iter().find(|other| other.get("name") == item.get("name")),
                    None => old.get(index),
                };
                let below = format!("{path}[{place}]");
                note(object, old.unwrap_or(&Value::Null), item, names, below, node);
            }
        }
        _ => {
            let (span, _) = place::locate(node, names);
            object.origins.note(path, &Origin::Input(span));
        }
    }
}
