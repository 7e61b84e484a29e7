//! Steps through trees, and nodes made from nodes.

use std::collections::BTreeMap;

use crate::{
    text::Span,
    yaml::{Data, Entry, Key, Node},
};

/// Applies a change to every node at a path below `node`; `*` stands for all items or entries.
pub(in crate::load) fn each(node: &mut Node, path: &[&str], change: &mut dyn FnMut(&mut Node)) {
    let Some((step, path)) = path.split_first() else {
        change(node);
        return;
    };
    match &mut node.data {
        Data::Seq(items) if *step == "*" => {
            for item in items {
                each(item, path, change);
            }
        }
        Data::Map(entries) => {
            for entry in entries {
                if *step == "*" || entry.key.name == *step {
                    each(&mut entry.value, path, change);
                }
            }
        }
        _ => {}
    }
}

/// A copy of a scalar, with its template and its way into the model.
pub(in crate::load) fn plain(node: &Node) -> Node {
    let mut copy = node.clone();
    copy.tag = None;
    copy
}

/// Changes a scalar into something that holds it; the template went with the scalar.
pub(in crate::load) fn rest(node: &mut Node, data: Data) {
    node.data = data;
    node.template = None;
}

/// A mapping at a place.
pub(in crate::load) fn map<'a>(
    entries: impl IntoIterator<Item = (&'a str, Node)>,
    span: Span,
) -> Node {
    let entries = entries.into_iter().map(|(name, value)| entry(name, value)).collect();
    Node::new(Data::Map(entries), span)
}

/// A boolean at a place.
pub(in crate::load) fn flag(value: bool, span: Span) -> Node {
    Node::new(Data::Bool(value), span)
}

/// An entry whose key stands where its value does.
pub(super) fn entry(name: &str, value: Node) -> Entry {
    Entry { key: Key { name: name.to_owned(), span: value.span }, value }
}

/// An entry whose key stands at `span`.
pub(super) fn entry_at(name: &str, span: Span, value: Node) -> Entry {
    Entry { key: Key { name: name.to_owned(), span }, value }
}

/// One entry a key: the last, at the place of the first.
pub(super) fn last_wins(entries: Vec<Entry>) -> Vec<Entry> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(old) = places.get(&entry.key.name).and_then(|at| kept.get_mut(*at)) {
            *old = entry;
        } else {
            places.insert(entry.key.name.clone(), kept.len());
            kept.push(entry);
        }
    }
    kept
}
