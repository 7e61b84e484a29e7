//! Strategic merge patches.

use std::fmt;

use crate::{
    overlay::{keys::merge_keys, merge_lists},
    yaml::{Map, Value},
};

/// The key of directives in a patch.
pub(super) const DIRECTIVE: &str = "$patch";

/// Directives that `kubectl` knows and kustomize does not: it would write them into the object.
const UNSUPPORTED: &[&str] = &["$retainKeys", "$setElementOrder/", "$deleteFromPrimitiveList/"];

/// What a patch wants done with the value it stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive {
    Merge,
    Replace,
    Delete,
}

/// Why a strategic merge patch cannot be applied, and where in the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeError {
    /// The names of the fields that lead there; positions in lists are left out.
    pub path: Vec<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for MergeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path.join("."), self.message)
    }
}

/// Applies a strategic merge patch to an object as `kustomize build` does.
///
/// Mappings merge, null removes a key, lists with merge keys merge item by item, other lists are
/// replaced. `$patch: delete` at the top leaves null. Where it fails, the object stays as it was.
pub fn strategic_merge(base: &mut Value, patch: &Value) -> Result<(), MergeError> {
    let text = |value: &Value, key| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let api_version = text(base, "apiVersion").unwrap_or_default();
    let kind = text(base, "kind").unwrap_or_default();
    let mut merger = Merger { api_version, kind, path: Vec::new() };
    if patch.get(DIRECTIVE).and_then(Value::as_str) == Some("replace") {
        return Err(merger.error("`$patch: replace` of a whole object does nothing".to_owned()));
    }
    *base = merger.value(Some(base.clone()), patch)?.unwrap_or_default();
    Ok(())
}

/// The way through an object.
pub(super) struct Merger {
    api_version: String,
    kind: String,
    path: Vec<String>,
}

impl Merger {
    /// What becomes of a value; none where the patch removes it.
    pub(super) fn value(
        &mut self,
        base: Option<Value>,
        patch: &Value,
    ) -> Result<Option<Value>, MergeError> {
        match (base.filter(|base| *base != Value::Null), patch) {
            (_, Value::Null) => Ok(None),
            (None, Value::Map(patch)) => self.map(None, patch),
            (Some(Value::Map(base)), Value::Map(patch)) => self.map(Some(base), patch),
            (None, Value::Seq(patch)) => self.list(None, patch),
            (Some(Value::Seq(base)), Value::Seq(patch)) => self.list(Some(base), patch),
            (Some(base), patch) if shape(&base) != shape(patch) => {
                let (found, wanted) = (shape(patch), shape(&base));
                Err(self.error(format!("the patch has a {found} where the object has a {wanted}")))
            }
            _ => Ok(Some(patch.clone())),
        }
    }

    fn map(&mut self, base: Option<Map>, patch: &Map) -> Result<Option<Value>, MergeError> {
        let directive = self.directive(patch)?;
        if directive == Directive::Delete {
            return Ok(None);
        }
        let plain: Map = patch
            .iter()
            .filter(|(key, _)| *key != DIRECTIVE)
            .map(|(key, value)| (key, value.clone()))
            .collect();
        // A new value is merged with itself: nulls and directives inside of it act as well.
        let mut merged = match base {
            Some(base) if directive == Directive::Merge => base,
            _ => plain.clone(),
        };
        merged.remove(DIRECTIVE);
        for (key, value) in plain.iter() {
            if UNSUPPORTED
                .iter()
                .any(|known| key == *known || known.ends_with('/') && key.starts_with(known))
            {
                let message = format!("`{key}` is not supported; kustomize does not know it");
                return Err(self.error(message));
            }
            self.path.push(key.to_owned());
            let result = self.value(merged.get(key).cloned(), value)?;
            self.path.pop();
            match result {
                Some(value) => merged.insert(key, value),
                None => drop(merged.remove(key)),
            }
        }
        Ok(Some(merged.into()))
    }

    fn list(
        &mut self,
        base: Option<Vec<Value>>,
        patch: &[Value],
    ) -> Result<Option<Value>, MergeError> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let Some(keys) = merge_keys(&self.api_version, &self.kind, &path) else {
            return Ok(Some(patch.to_vec().into()));
        };
        let Some(base) = base else {
            return merge_lists::keyed(self, patch.to_vec(), patch, keys).map(Some);
        };
        let (directive, patch) = self.list_directive(patch)?;
        match directive {
            Directive::Delete => Ok(None),
            Directive::Replace => merge_lists::keyed(self, patch.clone(), &patch, keys).map(Some),
            Directive::Merge => merge_lists::keyed(self, base, &patch, keys).map(Some),
        }
    }

    /// The directive that an item with nothing else gives for the whole list, and the list without
    /// it.
    fn list_directive(&self, patch: &[Value]) -> Result<(Directive, Vec<Value>), MergeError> {
        let alone =
            patch.iter().find_map(|item| item.as_map().filter(|map| map.get(DIRECTIVE).is_some()));
        let Some(map) = alone.filter(|map| map.len() == 1) else {
            return Ok((Directive::Merge, patch.to_vec()));
        };
        let directive = self.directive(map)?;
        let same = |item: &Value| item.get(DIRECTIVE) == map.get(DIRECTIVE);
        Ok((directive, patch.iter().filter(|item| !same(item)).cloned().collect()))
    }

    fn directive(&self, patch: &Map) -> Result<Directive, MergeError> {
        match patch.get(DIRECTIVE) {
            None => Ok(Directive::Merge),
            Some(value) => match value.as_str() {
                Some("merge") => Ok(Directive::Merge),
                Some("replace") => Ok(Directive::Replace),
                Some("delete") => Ok(Directive::Delete),
                _ => Err(self.error("`$patch` must be `merge`, `replace` or `delete`".to_owned())),
            },
        }
    }

    /// An error at the place where the merger is.
    pub(super) fn error(&self, message: String) -> MergeError {
        MergeError { path: self.path.clone(), message }
    }
}

fn shape(value: &Value) -> &'static str {
    match value {
        Value::Map(_) => "mapping",
        Value::Seq(_) => "list",
        _ => "scalar",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::overlay::same;

    #[expect(clippy::needless_pass_by_value, reason = "calls read better so")]
    fn merged(base: Json, patch: Json) -> Value {
        let mut object = Value::from(json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": base}},
        }));
        strategic_merge(&mut object, &json!({"spec": {"template": {"spec": patch}}}).into())
            .unwrap();
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
