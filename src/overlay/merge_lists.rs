//! Lists that merge item by item.
//!
//! The order of the result and what happens to items without all of the merge keys is as kustomize
//! has it, which is not always what one would expect.

use crate::{
    overlay::merge::{DIRECTIVE, MergeError, Merger},
    yaml::Value,
};

/// The values of an item's merge keys, empty where it has none.
type Values = Vec<String>;

/// Merges the items of a list by their merge keys; without a key, the items are themselves the key.
pub(super) fn keyed(
    merger: &mut Merger,
    base: Vec<Value>,
    patch: &[Value],
    keys: &[&str],
) -> Result<Value, MergeError> {
    if keys.is_empty() {
        return Ok(primitives(base, patch));
    }
    let mut base = base;
    for items in [&base, patch] {
        check(merger, items, keys)?;
    }
    let replaces = |item: &Value| item.get(DIRECTIVE).and_then(Value::as_str) == Some("replace");
    if patch.iter().any(replaces) {
        let message = "`$patch: replace` of an item of a list does nothing";
        return Err(merger.error(message.to_owned()));
    }
    let mut all: Vec<Values> = Vec::new();
    for item in patch.iter().chain(&base) {
        let values = values(item, keys);
        if !all.contains(&values) {
            all.push(values);
        }
    }
    if keys.len() > 1 {
        complete(&mut all);
    }
    let used = used(&all, keys);
    let mut first: Vec<Value> = Vec::new();
    for values in &all {
        let wanted: Vec<_> = keys.iter().copied().zip(values.iter().map(String::as_str)).collect();
        let said: Vec<_> = wanted.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
        let known: Vec<_> = wanted.into_iter().filter(|(key, _)| used.contains(key)).collect();
        let find = |items: &[Value]| items.iter().position(|item| fits(item, &said));
        let (old, new) = (find(&base), find(patch));
        let merged =
            match (old.and_then(|at| base.get(at)).cloned(), new.and_then(|at| patch.get(at))) {
                (old, Some(new)) => merger.value(old.or_else(|| Some(new.clone())), new)?,
                (old, None) => old,
            };
        let merged = merged.and_then(|value| match value {
            Value::Map(map) if map.is_empty() => None,
            Value::Map(mut map) => {
                for (key, value) in &said {
                    if map.get(key).is_none() {
                        map.insert(*key, *value);
                    }
                }
                Some(Value::Map(map))
            }
            other => Some(other),
        });
        match merged {
            None => base.retain(|item| !fits(item, &known)),
            Some(value) => {
                if let Some(place) = old.and_then(|at| base.get_mut(at)) {
                    place.clone_from(&value);
                }
                set(&mut first, value, &known);
            }
        }
    }
    for item in base {
        let known: Vec<_> = used.iter().map(|key| (*key, text(item.get(key)))).collect();
        let known: Vec<_> = known.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let known: Vec<_> = known.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        if used.len() > 1 {
            first.retain(|other| !fits(other, &known));
        }
        set(&mut first, item, &known);
    }
    Ok(first.into())
}

/// Every item must be a mapping with the first of the merge keys.
fn check(merger: &Merger, items: &[Value], keys: &[&str]) -> Result<(), MergeError> {
    let Some(key) = keys.first() else { return Ok(()) };
    let lacks = |item: &&Value| {
        item.as_map().is_none_or(|map| {
            map.get(key)
                .is_none_or(|value| matches!(value, Value::Null | Value::Map(_) | Value::Seq(_)))
        })
    };
    match items.iter().find(lacks) {
        Some(_) => Err(merger.error(format!("an item has no `{key}`, by which the items merge"))),
        None => Ok(()),
    }
}

/// Items of the patch first, then the others, each once.
fn primitives(base: Vec<Value>, patch: &[Value]) -> Value {
    let mut items: Vec<Value> = Vec::new();
    for item in patch.iter().cloned().chain(base) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items.into()
}

fn values(item: &Value, keys: &[&str]) -> Values {
    keys.iter().map(|key| text(item.get(key))).collect()
}

/// Values that lack a key take it from others that agree in the rest.
fn complete(all: &mut [Values]) {
    for at in 0..all.len() {
        let Some(own) = all.get(at).cloned() else { continue };
        for with in 0..all.len() {
            if let Some(merged) = all.get(with).and_then(|other| agree(&own, other)) {
                for place in [at, with] {
                    if let Some(values) = all.get_mut(place) {
                        values.clone_from(&merged);
                    }
                }
            }
        }
    }
}

fn agree(a: &Values, b: &Values) -> Option<Values> {
    let common = a.iter().zip(b).any(|(a, b)| a == b);
    let conflict = a.iter().zip(b).any(|(a, b)| a != b && !a.is_empty() && !b.is_empty());
    let either = |(a, b): (&String, &String)| if a.is_empty() { b.clone() } else { a.clone() };
    (common && !conflict).then(|| a.iter().zip(b).map(either).collect())
}

/// The keys that some item has.
fn used<'k>(all: &[Values], keys: &[&'k str]) -> Vec<&'k str> {
    let has = |at: usize| all.iter().any(|values| values.get(at).is_some_and(|v| !v.is_empty()));
    keys.iter().enumerate().filter(|(at, _)| has(*at)).map(|(_, key)| *key).collect()
}

/// Whether an item has these values; of an empty one, whether it has the key.
fn fits(item: &Value, wanted: &[(&str, &str)]) -> bool {
    wanted.iter().all(|(key, value)| {
        let own = item.get(key);
        own.is_some() && (value.is_empty() || text(own) == *value)
    })
}

fn set(items: &mut Vec<Value>, value: Value, wanted: &[(&str, &str)]) {
    let mut found = false;
    for item in items.iter_mut().filter(|item| fits(item, wanted)) {
        item.clone_from(&value);
        found = true;
    }
    if !found {
        items.push(value);
    }
}

/// A scalar as it is written.
fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Float(number)) => number.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        _ => String::new(),
    }
}
