//! Strategic merge patches.

use crate::{
    overlay::{equal::same, keys::merge_keys},
    yaml::{Map, Value},
};

/// The key of directives in a patch.
const DIRECTIVE: &str = "$patch";

/// What a patch wants done with the value it stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// Applies a strategic merge patch to an object as `kustomize build` does.
///
/// Mappings merge, null removes a key, lists with merge keys merge item by item, other lists are
/// replaced. `$patch: delete` at the top leaves null.
pub fn strategic_merge(base: &mut Value, patch: &Value) {
    let text = |value: &Value, key| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let api_version = text(base, "apiVersion").unwrap_or_default();
    let kind = text(base, "kind").unwrap_or_default();
    let mut merger = Merger { api_version: &api_version, kind: &kind, path: Vec::new() };
    match directive(patch) {
        Directive::Delete => *base = Value::Null,
        Directive::Replace => *base = plain(patch),
        Directive::Merge => merger.value(base, patch),
    }
}

struct Merger<'a> {
    api_version: &'a str,
    kind: &'a str,
    path: Vec<&'a str>,
}

impl<'a> Merger<'a> {
    fn value(&mut self, base: &mut Value, patch: &'a Value) {
        match (base, patch) {
            (Value::Map(base), Value::Map(patch)) => self.map(base, patch),
            (Value::Seq(base), Value::Seq(patch)) => self.list(base, patch),
            (base, patch) => *base = plain(patch),
        }
    }

    fn map(&mut self, base: &mut Map, patch: &'a Map) {
        for (key, value) in patch.iter().filter(|(key, _)| *key != DIRECTIVE) {
            match (directive(value), base.get_mut(key)) {
                (Directive::Delete, _) => drop(base.remove(key)),
                (_, Some(_)) if *value == Value::Null => drop(base.remove(key)),
                (Directive::Merge, Some(old)) => {
                    self.path.push(key);
                    self.value(old, value);
                    self.path.pop();
                }
                (_, _) if *value == Value::Null => {}
                _ => base.insert(key, plain(value)),
            }
        }
    }

    fn list(&mut self, base: &mut Vec<Value>, patch: &'a [Value]) {
        let keys = merge_keys(self.api_version, self.kind, &self.path);
        let replace = patch.iter().any(|item| {
            directive(item) == Directive::Replace && item.as_map().is_some_and(|map| map.len() == 1)
        });
        match keys {
            Some(keys) if !replace => self.keyed(base, patch, keys),
            _ => *base = plain_items(patch),
        }
    }

    /// Items of the patch come first, in the patch's order, then what the patch does not name. With
    /// two keys, only new items come first.
    fn keyed(&mut self, base: &mut Vec<Value>, patch: &'a [Value], keys: &[&str]) {
        let mut first = Vec::new();
        for item in patch {
            let found = base.iter().position(|old| matches(old, item, keys));
            match (directive(item), found) {
                (Directive::Delete, Some(index)) => drop(base.remove(index)),
                (Directive::Delete, None) => {}
                (Directive::Merge, Some(index)) if keys.len() > 1 => {
                    if let Some(old) = base.get_mut(index) {
                        self.value(old, item);
                    }
                }
                (Directive::Merge, Some(index)) => {
                    let mut old = base.remove(index);
                    self.value(&mut old, item);
                    first.push(old);
                }
                (Directive::Replace, Some(index)) => {
                    base.remove(index);
                    first.push(plain(item));
                }
                (_, None) => first.push(plain(item)),
            }
        }
        base.splice(0..0, first);
    }
}

/// Whether two items of a list have the same merge keys; a key that both lack is the same.
fn matches(a: &Value, b: &Value, keys: &[&str]) -> bool {
    let equal = |key: &&str| match (a.get(key), b.get(key)) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        // The API server's default.
        (Some(one), None) | (None, Some(one)) => *key == "protocol" && one.as_str() == Some("TCP"),
    };
    keys.first().is_some_and(|key| a.get(key).is_some()) && keys.iter().all(equal)
}

fn directive(value: &Value) -> Directive {
    match value.get(DIRECTIVE).and_then(Value::as_str) {
        Some("delete") => Directive::Delete,
        Some("replace") => Directive::Replace,
        _ => Directive::Merge,
    }
}

/// A patch's value where the base has none: without directives, and without what it would remove.
fn plain(patch: &Value) -> Value {
    match patch {
        Value::Map(map) => {
            let kept = map.iter().filter(|(key, value)| {
                *key != DIRECTIVE && **value != Value::Null && directive(value) != Directive::Delete
            });
            Value::Map(kept.map(|(key, value)| (key, plain(value))).collect())
        }
        Value::Seq(items) => Value::Seq(plain_items(items)),
        _ => patch.clone(),
    }
}

fn plain_items(items: &[Value]) -> Vec<Value> {
    let is_directive = |item: &&Value| {
        directive(item) == Directive::Delete
            || item.as_map().is_some_and(|map| map.len() == 1 && map.get(DIRECTIVE).is_some())
    };
    items.iter().filter(|item| !is_directive(item)).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "calls read better so")]
    fn merged(base: Json, patch: Json) -> Value {
        let mut object = Value::from(json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": base}},
        }));
        strategic_merge(&mut object, &json!({"spec": {"template": {"spec": patch}}}).into());
        object.at(&["spec", "template", "spec"]).cloned().unwrap_or_default()
    }

    #[track_caller]
    fn check(base: Json, patch: Json, expected: Json) {
        let (got, expected) = (merged(base, patch), Value::from(expected));
        assert!(same(&got, &expected), "{got:#?}");
    }

    #[test]
    fn items_of_the_patch_come_first() {
        check(
            json!({"containers": [{"name": "a", "env": [{"name": "A"}, {"name": "B"}, {"name": "C"}]}]}),
            json!({"containers": [{"name": "a", "env": [
                {"name": "C", "value": "c"}, {"name": "N"}, {"name": "A", "$patch": "delete"}]}]}),
            json!({"containers": [{"name": "a", "env": [
                {"name": "C", "value": "c"}, {"name": "N"}, {"name": "B"}]}]}),
        );
    }

    #[test]
    fn of_lists_with_two_keys_only_new_items_come_first() {
        let constraint = |key: &str, skew: i32| json!({"topologyKey": key, "whenUnsatisfiable": "x", "maxSkew": skew});
        check(
            json!({"topologySpreadConstraints": [constraint("a", 1), constraint("b", 1)]}),
            json!({"topologySpreadConstraints": [constraint("b", 2), constraint("c", 1)]}),
            json!({"topologySpreadConstraints": [constraint("c", 1), constraint("a", 1), constraint("b", 2)]}),
        );
    }

    #[test]
    fn null_and_directives_remove_and_replace() {
        check(
            json!({"volumes": [{"name": "a", "emptyDir": {}}], "securityContext": {"a": 1}, "x": 1}),
            json!({"volumes": [{"name": "a", "emptyDir": null, "configMap": {"name": "c"}}],
                "securityContext": {"$patch": "replace", "b": 2, "n": null}, "x": null, "y": {"z": null}}),
            json!({"volumes": [{"name": "a", "configMap": {"name": "c"}}],
                "securityContext": {"b": 2}, "y": {}}),
        );
        check(json!({"m": {"a": 1}}), json!({"m": {"$patch": "delete"}}), json!({}));
        check(
            json!({"volumes": [{"name": "a"}]}),
            json!({"volumes": [{"$patch": "replace"}, {"name": "b"}]}),
            json!({"volumes": [{"name": "b"}]}),
        );
    }

    #[test]
    fn lists_without_keys_are_replaced() {
        check(
            json!({"tolerations": [{"key": "a"}]}),
            json!({"tolerations": [{"key": "b"}]}),
            json!({"tolerations": [{"key": "b"}]}),
        );
    }
}
