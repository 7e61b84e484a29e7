//! Small steps through trees.

use std::{collections::BTreeSet, fmt::Write};

use crate::yaml::{Data, Entry, Node};

/// The entries of a mapping; none of anything else.
pub(super) fn entries(node: &mut Node) -> &mut [Entry] {
    match &mut node.data {
        Data::Map(entries) => entries,
        _ => &mut [],
    }
}

/// The entries of the mapping under a key.
pub(super) fn entries_of<'a>(node: &'a mut Node, name: &str) -> &'a mut [Entry] {
    match node.get_mut(name) {
        Some(child) => entries(child),
        None => &mut [],
    }
}

/// Sections whose entries run in containers.
pub(super) const CONTAINERS: [&str; 2] = ["services", "jobs"];

/// The services and the jobs of a tree.
pub(super) fn containers(root: &mut Node) -> impl Iterator<Item = &mut Entry> {
    let sections = entries(root).iter_mut();
    let sections = sections.filter(|section| CONTAINERS.contains(&section.key.name.as_str()));
    sections.flat_map(|section| entries(&mut section.value))
}

/// The items of a list; none of anything else.
pub(super) fn items(node: &mut Node) -> &mut [Node] {
    match &mut node.data {
        Data::Seq(items) => items,
        _ => &mut [],
    }
}

/// Changes the value under a key, if there is one.
pub(super) fn with(node: &mut Node, name: &str, change: impl FnOnce(&mut Node)) {
    if let Some(child) = node.get_mut(name) {
        change(child);
    }
}

/// How many nodes a tree has.
pub(super) fn size(node: &Node) -> usize {
    match &node.data {
        Data::Seq(items) => 1 + items.iter().map(size).sum::<usize>(),
        Data::Map(entries) => 1 + entries.iter().map(|entry| size(&entry.value)).sum::<usize>(),
        _ => 1,
    }
}

/// A value as Go prints it; nothing of a null.
pub(super) fn text(node: &Node) -> String {
    let inner = |node: &Node| if node.is_null() { "<nil>".to_owned() } else { text(node) };
    match &node.data {
        Data::String(text) | Data::Timestamp(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => float(*value),
        Data::Null => String::new(),
        Data::Seq(items) => {
            format!("[{}]", items.iter().map(inner).collect::<Vec<_>>().join(" "))
        }
        Data::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.key.name.cmp(&b.key.name));
            let entries = entries.iter().map(|e| format!("{}:{}", e.key.name, inner(&e.value)));
            format!("map[{}]", entries.collect::<Vec<_>>().join(" "))
        }
    }
}

/// Go's `%v`: the shortest digits, with an exponent where that is below -4 or from 6 on.
fn float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let number: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&number) {
        return value.to_string();
    }
    let sign = if number < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", number.abs())
}

/// The items of both lists, without those of the second that are there already.
pub(super) fn append_distinct(mut items: Vec<Node>, more: Vec<Node>) -> Vec<Node> {
    let mut known: BTreeSet<String> = items.iter().map(fingerprint).collect();
    items.extend(more.into_iter().filter(|item| known.insert(fingerprint(item))));
    items
}

/// A text that is equal for equal values only.
pub(super) fn fingerprint(node: &Node) -> String {
    let mut text = String::new();
    write_fingerprint(node, &mut text);
    text
}

fn write_fingerprint(node: &Node, out: &mut String) {
    match &node.data {
        Data::Null => out.push('~'),
        Data::Bool(value) => out.push_str(if *value { "T" } else { "F" }),
        Data::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Data::Float(number) => {
            let _ = write!(out, "{number}");
        }
        Data::Timestamp(text) | Data::String(text) => {
            let _ = write!(out, "{text:?}");
        }
        Data::Seq(items) => {
            out.push('[');
            for item in items {
                write_fingerprint(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Data::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.key.name.cmp(&b.key.name));
            out.push('{');
            for entry in entries {
                let _ = write!(out, "{:?}:", entry.key.name);
                write_fingerprint(&entry.value, out);
                out.push(',');
            }
            out.push('}');
        }
    }
}
