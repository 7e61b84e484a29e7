//! When two values mean the same to the API server.

use crate::yaml::Value;

/// Whether two values mean the same: mappings in any order, lists in order.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Seq(a), Value::Seq(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        #[expect(clippy::cast_precision_loss, reason = "a float beside it has no more precision")]
        (Value::Int(integer), Value::Float(float)) | (Value::Float(float), Value::Int(integer)) => {
            (*integer as f64).total_cmp(float).is_eq()
        }
        _ => a == b,
    }
}

/// One text for all values that are the [`same`]: JSON with sorted keys. Hashes are taken of it, so
/// that a change in the order of fields gives no new Job.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_string(text, out),
        Value::Seq(items) => write_list(items, out),
        Value::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Hole(hole) => write_string(&hole.action, out),
        Value::Guarded(guard, value) => {
            write_string(&guard.open, out);
            write(value, out);
        }
    }
}

fn write_list(items: &[Value], out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

/// Gives texts that are one of the names the other name: kustomize puts hashes at the ends of some.
#[cfg(test)]
pub(crate) fn rename(value: &mut Value, names: &std::collections::BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                text.clone_from(name);
            }
        }
        Value::Seq(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Map(map) => map.fields.iter_mut().for_each(|field| rename(&mut field.value, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_of_keys_does_not_matter_but_order_of_items_does() {
        let value = |json| Value::from(json);
        assert!(same(&value(json!({"a": 1, "b": 2})), &value(json!({"b": 2, "a": 1}))));
        assert!(!same(&value(json!([1, 2])), &value(json!([2, 1]))));
        assert!(same(&value(json!(1)), &value(json!(1.0))));
        assert!(!same(&value(json!("1")), &value(json!(1))));
        let (one, other) = (json!({"a": [1], "b": "\""}), json!({"b": "\"", "a": [1]}));
        assert_eq!(canonical(&value(one)), canonical(&value(other)));
    }
}
