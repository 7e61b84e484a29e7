//! JSON patches (RFC 6902).

use std::fmt;

use crate::{
    overlay::equal::same,
    text::did_you_mean,
    yaml::{Map, Value},
};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Adds a field or an item.
    Add,
    /// Removes a field or an item.
    Remove,
    /// Replaces a field or an item that is there.
    Replace,
    /// Moves a value.
    Move,
    /// Copies a value.
    Copy,
    /// Fails unless the value is as said.
    Test,
}

/// One operation of a JSON patch.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// The JSON pointer (RFC 6901) to what it changes.
    pub path: String,
    /// Where `move` and `copy` take the value from.
    pub from: Option<String>,
    /// The value of `add`, `replace` and `test`.
    pub value: Option<Value>,
}

/// Why a patch cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchError {
    /// The operation's position in the patch.
    pub index: usize,
    /// What is wrong.
    pub message: String,
    /// What was probably meant.
    pub help: Option<String>,
}

impl fmt::Display for PatchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "operation {}: {}", self.index + 1, self.message)
    }
}

/// A message with a suggestion; the index of the operation comes later.
type Problem = (String, Option<String>);

impl Op {
    const ALL: &[(&str, Self)] = &[
        ("add", Self::Add),
        ("remove", Self::Remove),
        ("replace", Self::Replace),
        ("move", Self::Move),
        ("copy", Self::Copy),
        ("test", Self::Test),
    ];

    /// The name in a patch.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }
}

impl Operation {
    /// An operation with a value.
    pub fn new(op: Op, path: impl Into<String>, value: Option<Value>) -> Self {
        Self { op, path: path.into(), from: None, value }
    }

    /// A move.
    pub fn shift(from: impl Into<String>, path: impl Into<String>) -> Self {
        Self { op: Op::Move, path: path.into(), from: Some(from.into()), value: None }
    }

    /// Reads a patch, a list of operations.
    pub fn parse(patch: &Value) -> Result<Vec<Self>, PatchError> {
        let error = |index, (message, help)| PatchError { index, message, help };
        let items = patch.as_seq().ok_or_else(|| error(0, problem("a patch is a list")))?;
        let parsed = items.iter().map(Self::parse_one).enumerate();
        parsed.map(|(index, operation)| operation.map_err(|why| error(index, why))).collect()
    }

    fn parse_one(item: &Value) -> Result<Self, Problem> {
        let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
        let name = text("op").ok_or_else(|| problem("`op` is missing"))?;
        let op = Op::ALL.iter().find(|(known, _)| *known == name).map(|(_, op)| *op);
        let names = Op::ALL.iter().map(|(known, _)| *known);
        let op =
            op.ok_or_else(|| unknown(format!("there is no operation `{name}`"), &name, names))?;
        let path = text("path").ok_or_else(|| problem("`path` is missing"))?;
        let (from, value) = (text("from"), item.get("value").cloned());
        match op {
            Op::Move | Op::Copy if from.is_none() => Err(problem("`from` is missing")),
            Op::Add | Op::Replace | Op::Test if value.is_none() => {
                Err(problem("`value` is missing"))
            }
            _ => Ok(Self { op, path, from, value }),
        }
    }

    /// The operation as it stands in a patch file.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("op", self.op.name());
        if let Some(from) = &self.from {
            map.insert("from", from.as_str());
        }
        map.insert("path", self.path.as_str());
        if let Some(value) = &self.value {
            map.insert("value", value.clone());
        }
        map.into()
    }
}

/// Applies a JSON patch; where it fails, the object stays as it was.
pub fn json6902(base: &mut Value, operations: &[Operation]) -> Result<(), PatchError> {
    let mut result = base.clone();
    for (index, operation) in operations.iter().enumerate() {
        apply(&mut result, operation).map_err(|(message, help)| PatchError {
            index,
            message,
            help,
        })?;
    }
    *base = result;
    Ok(())
}

fn apply(root: &mut Value, operation: &Operation) -> Result<(), Problem> {
    let path = split(&operation.path)?;
    let value = || operation.value.clone().ok_or_else(|| problem("`value` is missing"));
    let from = || split(operation.from.as_deref().unwrap_or_default());
    match operation.op {
        Op::Add => add(root, &path, value()?),
        Op::Remove => remove(root, &path).map(drop),
        Op::Replace => {
            *find_mut(root, &path)? = value()?;
            Ok(())
        }
        Op::Move => {
            let from = from()?;
            if path.len() > from.len() && path.starts_with(&from) {
                return Err(problem("a value cannot move into itself"));
            }
            let value = remove(root, &from)?;
            add(root, &path, value)
        }
        Op::Copy => {
            let value = find_mut(root, &from()?)?.clone();
            add(root, &path, value)
        }
        Op::Test if same(find_mut(root, &path)?, &value()?) => Ok(()),
        Op::Test => Err(problem(format!("`{}` has another value", operation.path))),
    }
}

/// The names and positions of a pointer.
fn split(pointer: &str) -> Result<Vec<String>, Problem> {
    if pointer.is_empty() {
        return Ok(Vec::new());
    }
    let Some(rest) = pointer.strip_prefix('/') else {
        return Err(problem(format!("the path `{pointer}` must start with `/`")));
    };
    Ok(rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect())
}

/// A name as part of a pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn add(root: &mut Value, path: &[String], value: Value) -> Result<(), Problem> {
    let Some((last, parents)) = path.split_last() else {
        *root = value;
        return Ok(());
    };
    match find_mut(root, parents)? {
        Value::Map(map) => map.insert(last.as_str(), value),
        Value::Seq(items) if last == "-" => items.push(value),
        Value::Seq(items) => match position(last) {
            Some(index) if index <= items.len() => items.insert(index, value),
            _ => return Err(no_item(last, parents, items.len())),
        },
        _ => return Err(problem(format!("`{}` is no mapping or list", show(parents)))),
    }
    Ok(())
}

fn remove(root: &mut Value, path: &[String]) -> Result<Value, Problem> {
    let Some((last, parents)) = path.split_last() else {
        return Ok(std::mem::take(root));
    };
    // Also reports what is missing on the way.
    find_mut(root, path)?;
    let removed = match find_mut(root, parents)? {
        Value::Map(map) => map.remove(last),
        Value::Seq(items) => position(last).map(|index| items.remove(index)),
        _ => None,
    };
    removed.ok_or_else(|| problem(format!("there is nothing at `{}`", show(path))))
}

fn find_mut<'a>(root: &'a mut Value, path: &[String]) -> Result<&'a mut Value, Problem> {
    let mut value = root;
    for (depth, part) in path.iter().enumerate() {
        let above = path.get(..depth).unwrap_or_default();
        value = match value {
            Value::Map(map) => {
                if map.get(part).is_none() {
                    let names = map.iter().map(|(key, _)| key);
                    let message = format!("there is no `{part}` in `{}`", show(above));
                    return Err(unknown(message, part, names));
                }
                map.get_mut(part).ok_or_else(|| problem("the path does not exist"))?
            }
            Value::Seq(items) => {
                let count = items.len();
                let item = position(part).and_then(|index| items.get_mut(index));
                item.ok_or_else(|| no_item(part, above, count))?
            }
            _ => return Err(problem(format!("`{}` is no mapping or list", show(above)))),
        };
    }
    Ok(value)
}

/// A position in a list: digits without a leading zero.
fn position(part: &str) -> Option<usize> {
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || part.len() > 1 && part.starts_with('0') {
        return None;
    }
    part.parse().ok()
}

fn no_item(part: &str, list: &[String], count: usize) -> Problem {
    problem(format!("there is no item `{part}` in `{}`, which has {count}", show(list)))
}

fn show(path: &[String]) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    path.iter().flat_map(|part| ["/".to_owned(), escape(part)]).collect()
}

fn problem(message: impl Into<String>) -> Problem {
    (message.into(), None)
}

fn unknown<'a>(message: String, name: &str, known: impl Iterator<Item = &'a str>) -> Problem {
    (message, did_you_mean(name, known).map(|known| format!("did you mean `{known}`?")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::*;

    fn patched(base: &Json, patch: &Json) -> Result<Value, PatchError> {
        let mut value = Value::from(base.clone());
        json6902(&mut value, &Operation::parse(&patch.clone().into())?)?;
        Ok(value)
    }

    #[test]
    fn messages_say_which_part_is_missing() {
        let base = json!({"spec": {"replicas": 1, "a/b": [1]}});
        let message = |op, path| {
            let error = patched(&base, &json!([{"op": op, "path": path, "value": 1}])).unwrap_err();
            (error.to_string(), error.help)
        };
        let (text, help) = message("replace", "/spec/replica");
        assert_eq!(text, "operation 1: there is no `replica` in `/spec`");
        assert_eq!(help.as_deref(), Some("did you mean `replicas`?"));
        let (text, _) = message("add", "/spec/a~1b/2");
        assert_eq!(text, "operation 1: there is no item `2` in `/spec/a~1b`, which has 1");
        assert_eq!(message("rplace", "/spec").1.as_deref(), Some("did you mean `replace`?"));
        assert!(message("add", "spec").0.contains("must start with `/`"));
    }

    fn tree() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![Just(json!(null)), (0..3i32).prop_map(Json::from), Just(json!("x"))];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::btree_map("[ab/~]", inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    fn pointer() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("a"),
            Just("b"),
            Just("~0"),
            Just("~1"),
            Just("0"),
            Just("1"),
            Just("-")
        ];
        prop::collection::vec(part, 1..4)
            .prop_map(|parts| parts.iter().flat_map(|part| ["/", part]).collect())
    }

    fn operation() -> impl Strategy<Value = Json> {
        let op = prop::sample::select(vec!["add", "remove", "replace", "move", "copy", "test"]);
        (op, pointer(), pointer(), tree()).prop_map(
            |(op, path, from, value)| json!({"op": op, "path": path, "from": from, "value": value}),
        )
    }

    proptest! {
        #[test]
        fn agrees_with_json_patch(base in tree(), patch in prop::collection::vec(operation(), 1..4)) {
            let patch = Json::from(patch);
            let mut expected = base.clone();
            let operations: json_patch::Patch = serde_json::from_value(patch.clone()).unwrap();
            // The other function panics where it cannot undo.
            let oracle = json_patch::patch_unsafe(&mut expected, &operations).is_ok();
            match patched(&base, &patch) {
                Ok(value) => prop_assert!(oracle && same(&value, &expected.into()), "{value:?}"),
                Err(error) => prop_assert!(!oracle, "{error}"),
            }
        }
    }
}
