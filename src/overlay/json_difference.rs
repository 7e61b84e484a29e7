//! The JSON patch that turns one value into another.

use crate::{
    overlay::{
        equal::same,
        json::{Op, Operation, escape},
    },
    yaml::{Map, Value},
};

/// Fields that name the items of a list, as far as items have one.
const NAMES: &[&str] = &["name", "mountPath", "containerPort", "port", "ip"];

/// The operations that turn `base` into `env`; none where they are the same.
pub fn json_difference(base: &Value, env: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    value(&mut String::new(), base, env, &mut operations);
    operations
}

fn value(path: &mut String, base: &Value, env: &Value, out: &mut Vec<Operation>) {
    match (base, env) {
        _ if same(base, env) => {}
        (Value::Map(base), Value::Map(env)) => map(path, base, env, out),
        (Value::Seq(base), Value::Seq(env)) => list(path, base, env, out),
        _ => out.push(Operation::new(Op::Replace, path.as_str(), Some(env.clone()))),
    }
}

fn map(path: &mut String, base: &Map, env: &Map, out: &mut Vec<Operation>) {
    for (key, _) in base.iter().filter(|(key, _)| env.get(key).is_none()) {
        out.push(Operation::new(Op::Remove, join(path, &escape(key)), None));
    }
    for (key, new) in env.iter() {
        match base.get(key) {
            Some(old) => below(path, &escape(key), |path| value(path, old, new, out)),
            None => {
                out.push(Operation::new(Op::Add, join(path, &escape(key)), Some(new.clone())));
            }
        }
    }
}

fn list(path: &mut String, base: &[Value], env: &[Value], out: &mut Vec<Operation>) {
    match NAMES.iter().find(|name| named(base, name) && named(env, name)) {
        Some(name) => by_name(path, base, env, name, out),
        None => by_place(path, base, env, out),
    }
}

/// Whether every item has the field, and each another value in it.
fn named(items: &[Value], name: &str) -> bool {
    let values: Vec<_> = items.iter().filter_map(|item| item.get(name)).collect();
    let unique = |(index, value): (usize, &&Value)| {
        !values.iter().take(index).any(|earlier| same(earlier, value))
    };
    values.len() == items.len() && values.iter().enumerate().all(unique)
}

fn by_name(path: &mut String, base: &[Value], env: &[Value], name: &str, out: &mut Vec<Operation>) {
    let equal = |a: &Value, b: &Value| match (a.get(name), b.get(name)) {
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    };
    let mut items: Vec<&Value> = base.iter().collect();
    // From the end, so that the positions of what is before stay as they are.
    for index in (0..items.len()).rev() {
        if items.get(index).is_some_and(|item| !env.iter().any(|new| equal(item, new))) {
            items.remove(index);
            out.push(Operation::new(Op::Remove, join(path, &index.to_string()), None));
        }
    }
    for (index, new) in env.iter().enumerate() {
        let place = index.to_string();
        if let Some(at) = items.iter().position(|old| equal(old, new)) {
            let old = items.remove(at);
            items.insert(index, old);
            if at != index {
                let from = join(path, &at.to_string());
                out.push(Operation::shift(from, join(path, &place)));
            }
            below(path, &place, |path| value(path, old, new, out));
        } else {
            add(path, index, items.len(), new, out);
            items.insert(index, new);
        }
    }
}

/// Compares items at the same place between the equal ones at both ends.
fn by_place(path: &mut String, base: &[Value], env: &[Value], out: &mut Vec<Operation>) {
    let count = |pairs: &mut dyn Iterator<Item = (&Value, &Value)>| {
        pairs.take_while(|(a, b)| same(a, b)).count()
    };
    let start = count(&mut base.iter().zip(env));
    let shorter = base.len().min(env.len());
    let end = count(&mut base.iter().rev().zip(env.iter().rev())).min(shorter - start);
    let (old, new) = (base.get(start..base.len() - end), env.get(start..env.len() - end));
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    for (index, (old, new)) in old.iter().zip(new).enumerate() {
        below(path, &(start + index).to_string(), |path| value(path, old, new, out));
    }
    for index in (new.len()..old.len()).rev() {
        out.push(Operation::new(Op::Remove, join(path, &(start + index).to_string()), None));
    }
    for (index, item) in new.iter().enumerate().skip(old.len()) {
        add(path, start + index, base.len() + index - old.len(), item, out);
    }
}

fn add(path: &str, index: usize, length: usize, item: &Value, out: &mut Vec<Operation>) {
    let place = if index == length { "-".to_owned() } else { index.to_string() };
    out.push(Operation::new(Op::Add, join(path, &place), Some(item.clone())));
}

fn join(path: &str, part: &str) -> String {
    format!("{path}/{part}")
}

fn below(path: &mut String, part: &str, run: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(part);
    run(path);
    path.truncate(length);
}
