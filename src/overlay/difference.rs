//! The difference of two objects and of two object sets.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    kube::{Object, ObjectKey},
    overlay::{
        equal::same,
        json::{Operation, json6902},
        json_difference::json_difference,
        keys::merge_keys,
        merge::strategic_merge,
    },
    yaml::{Map, Value},
};

/// How many unchanged items a strategic merge may name to get the order of a list right.
const BARE_ITEMS: usize = 2;

/// What must happen to one object set to make it another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Difference {
    /// Objects that only the second has.
    pub added: Vec<Object>,
    /// Objects that only the first has.
    pub removed: Vec<ObjectKey>,
    /// Objects that both have, with what changes the first to the second.
    pub changed: Vec<(ObjectKey, Patch)>,
}

/// A patch of one object.
#[derive(Debug, Clone, PartialEq)]
pub enum Patch {
    /// A strategic merge patch, with `apiVersion`, `kind` and `metadata.name`.
    Strategic(Value),
    /// A JSON patch.
    Json(Vec<Operation>),
}

/// The difference of two object sets; objects of the same [`ObjectKey`] are the same object.
pub fn difference(base: &[Object], env: &[Object]) -> Difference {
    let index: BTreeMap<_, _> = env.iter().map(|object| (object.key(), object)).collect();
    let mut result = Difference::default();
    let mut known = BTreeSet::new();
    for object in base {
        let key = object.key();
        match index.get(&key) {
            None => result.removed.push(key.clone()),
            Some(other) => {
                let patch = patch_between(&object.value, &other.value);
                result.changed.extend(patch.map(|patch| (key.clone(), patch)));
            }
        }
        known.insert(key);
    }
    result.added = env.iter().filter(|object| !known.contains(&object.key())).cloned().collect();
    result
}

/// The patch that turns `base` into `env`, none where they are the same.
///
/// A strategic merge where it says the difference well, and gives `env` in c2k's own engine; else
/// a JSON patch.
pub fn patch_between(base: &Value, env: &Value) -> Option<Patch> {
    if same(base, env) {
        return None;
    }
    let strategic = strategic_between(base, env).filter(|patch| {
        let mut merged = base.clone();
        strategic_merge(&mut merged, patch).is_ok() && same(&merged, env)
    });
    Some(strategic.map_or_else(|| Patch::Json(json_difference(base, env)), Patch::Strategic))
}

impl Patch {
    /// Applies the patch.
    pub fn apply(&self, base: &mut Value) -> Result<(), String> {
        match self {
            Self::Strategic(patch) => {
                strategic_merge(base, patch).map_err(|error| error.to_string())
            }
            Self::Json(operations) => json6902(base, operations).map_err(|error| error.to_string()),
        }
    }

    /// The patch as it stands in a file.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Strategic(patch) => patch.clone(),
            Self::Json(operations) => {
                Value::Seq(operations.iter().map(Operation::to_value).collect())
            }
        }
    }
}

/// The strategic merge patch with the fields that name its object; none where none says it well.
fn strategic_between(base: &Value, env: &Value) -> Option<Value> {
    let identity = |path: &[&str]| same_at(base, env, path);
    if !identity(&["apiVersion"]) || !identity(&["kind"]) || !identity(&["metadata", "name"]) {
        return None;
    }
    let text = |key| base.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut differ =
        Differ { api_version: text("apiVersion"), kind: text("kind"), path: Vec::new() };
    let fields = differ.map(base.as_map()?, env.as_map()?)?;
    let mut metadata = Map::new();
    metadata.insert("name", base.at(&["metadata", "name"])?.clone());
    let mut patch = Map::new();
    patch.insert("apiVersion", text("apiVersion"));
    patch.insert("kind", text("kind"));
    for (key, value) in
        fields.get("metadata").and_then(Value::as_map).into_iter().flat_map(Map::iter)
    {
        metadata.insert(key, value.clone());
    }
    patch.insert("metadata", metadata);
    for (key, value) in fields.iter().filter(|(key, _)| *key != "metadata") {
        patch.insert(key, value.clone());
    }
    Some(patch.into())
}

fn same_at(base: &Value, env: &Value, path: &[&str]) -> bool {
    base.at(path).is_some() && base.at(path) == env.at(path)
}

struct Differ<'a> {
    api_version: &'a str,
    kind: &'a str,
    path: Vec<&'a str>,
}

impl<'a> Differ<'a> {
    fn map(&mut self, base: &'a Map, env: &'a Map) -> Option<Map> {
        let mut patch = Map::new();
        for (key, _) in base.iter().filter(|(key, _)| env.get(key).is_none()) {
            patch.insert(key, Value::Null);
        }
        for (key, new) in env.iter() {
            match base.get(key) {
                Some(old) if same(old, new) => {}
                Some(old) => {
                    self.path.push(key);
                    patch.insert(key, self.value(old, new)?);
                    self.path.pop();
                }
                None => patch.insert(key, new.clone()),
            }
        }
        Some(patch)
    }

    fn value(&mut self, base: &'a Value, env: &'a Value) -> Option<Value> {
        match (base, env) {
            (Value::Map(base), Value::Map(env)) if is_other(base, env) => Some(replaced(env)),
            (Value::Map(base), Value::Map(env)) => self.map(base, env).map(Value::Map),
            (Value::Seq(base), Value::Seq(env)) => self.list(base, env).map(Value::Seq),
            // kustomize refuses a patch whose value has another type.
            (Value::Map(_) | Value::Seq(_), _) | (_, Value::Map(_) | Value::Seq(_)) => None,
            _ => Some(env.clone()),
        }
    }

    fn list(&mut self, base: &'a [Value], env: &'a [Value]) -> Option<Vec<Value>> {
        let keys = merge_keys(self.api_version, self.kind, &self.path);
        match keys {
            _ if base.is_empty() => Some(env.to_vec()),
            Some([key]) if !env.is_empty() => self.keyed(base, env, key),
            Some(_) => None,
            // A whole list of mappings in the patch would hide what the base says later.
            None if env.iter().any(|new| new.as_map().is_some() && contains(base, new)) => None,
            None => Some(env.to_vec()),
        }
    }

    /// The shortest list of items that gives the order: the patch's items come first in the merged
    /// list, then the base's others in their own order.
    fn keyed(&mut self, base: &'a [Value], env: &'a [Value], key: &str) -> Option<Vec<Value>> {
        let places = places(base, env, key)?;
        let mut first = env.len();
        let mut limit = base.len();
        while let Some(place) = first.checked_sub(1).and_then(|index| places.get(index).copied()) {
            let (Some(place), Some(new)) = (place, env.get(first - 1)) else { break };
            if place >= limit || !base.get(place).is_some_and(|old| same(old, new)) {
                break;
            }
            (limit, first) = (place, first - 1);
        }
        let removed = base.iter().enumerate().filter(|(at, _)| !places.contains(&Some(*at)));
        let mut patch: Vec<_> = removed.filter_map(|(_, old)| deletion(old, key)).collect();
        let mut unchanged = 0;
        for (new, place) in env.iter().zip(&places).take(first) {
            let old = place.and_then(|place| base.get(place));
            unchanged += usize::from(old.is_some_and(|old| same(old, new)));
            patch.push(self.item(old, new, key)?);
        }
        (unchanged <= BARE_ITEMS).then_some(patch)
    }

    fn item(&mut self, old: Option<&'a Value>, new: &'a Value, key: &str) -> Option<Value> {
        let Some(old) = old else { return Some(new.clone()) };
        let mut item = Map::new();
        item.insert(key, new.get(key)?.clone());
        for (name, value) in self.map(old.as_map()?, new.as_map()?)?.iter() {
            item.insert(name, value.clone());
        }
        Some(item.into())
    }
}

/// Where each of the items stands in the base; none if keys are missing or not unique.
fn places(base: &[Value], env: &[Value], key: &str) -> Option<Vec<Option<usize>>> {
    let keys = |items: &'_ [Value]| -> Option<Vec<Value>> {
        let keys = items.iter().map(|item| item.get(key).cloned()).collect::<Option<Vec<_>>>()?;
        let twice = keys.iter().enumerate().any(|(at, key)| keys.iter().take(at).any(|k| k == key));
        (!twice).then_some(keys)
    };
    let (base, env) = (keys(base)?, keys(env)?);
    Some(env.iter().map(|key| base.iter().position(|other| other == key)).collect())
}

fn deletion(item: &Value, key: &str) -> Option<Value> {
    let mut map = Map::new();
    map.insert(key, item.get(key)?.clone());
    map.insert("$patch", "delete");
    Some(map.into())
}

/// Whether a mapping has become another thing altogether, such as the `spec` of a Service that is
/// an `ExternalName` now.
fn is_other(base: &Map, env: &Map) -> bool {
    base.len() > 1 && !env.is_empty() && env.iter().all(|(key, _)| base.get(key).is_none())
}

fn replaced(env: &Map) -> Value {
    let directive = [("$patch", Value::from("replace"))].into_iter();
    Value::Map(directive.chain(env.iter().map(|(key, value)| (key, value.clone()))).collect())
}

fn contains(items: &[Value], item: &Value) -> bool {
    items.iter().any(|other| same(other, item))
}

#[cfg(test)]
pub(super) mod tests;
