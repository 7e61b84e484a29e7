//! Merging: what several places say becomes one tree that knows who said what.

use std::collections::BTreeMap;

use super::{Said, raw};
use crate::{
    text::{Origin, Span},
    yaml::{Data, Node, Tag, Value},
};

/// Who speaks in a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Speaker {
    /// A file; values are where they are written.
    File,
    /// A built-in environment.
    Rule(&'static str),
    /// A flag of the command line.
    Flag(String),
}

/// Checked settings of one place for one service, or for all.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    /// The settings.
    pub(super) node: Node,
    /// Who says them.
    pub(super) speaker: Speaker,
    /// Whether Compose's own attributes are stronger.
    pub(super) weak: bool,
}

/// A setting, or several, after merging.
#[derive(Debug, Clone)]
pub(super) struct Merged<'a> {
    content: Content<'a>,
    origin: Origin,
    weak: bool,
    lost: Vec<Origin>,
    replaces: bool,
    under: Option<&'a Node>,
}

#[derive(Debug, Clone)]
enum Content<'a> {
    Leaf(&'a Node),
    Map(BTreeMap<&'a str, Merged<'a>>),
}

/// Merges layers, the weakest first.
pub(super) fn merge<'a>(layers: impl IntoIterator<Item = &'a Layer>) -> Option<Merged<'a>> {
    let said = layers.into_iter().map(|layer| Merged::new(&layer.node, layer));
    said.reduce(Merged::under_stronger)
}

impl<'a> Merged<'a> {
    fn new(node: &'a Node, layer: &Layer) -> Self {
        let content = match &node.data {
            Data::Map(entries) => Content::Map(
                entries
                    .iter()
                    .map(|entry| (entry.key.name.as_str(), Self::new(&entry.value, layer)))
                    .collect(),
            ),
            _ => Content::Leaf(node),
        };
        let origin = match &layer.speaker {
            Speaker::File => Origin::Input(node.span),
            Speaker::Rule(name) => Origin::Rule(name),
            Speaker::Flag(name) => Origin::Flag(name.clone()),
        };
        let replaces = node.tag == Some(Tag::Override);
        Self { content, origin, weak: layer.weak, lost: Vec::new(), replaces, under: None }
    }

    /// Maps merge key by key; everything else is replaced.
    fn under_stronger(self, mut stronger: Self) -> Self {
        stronger.lost.push(self.origin);
        stronger.lost.extend(self.lost);
        match (self.content, &mut stronger.content) {
            (Content::Map(weaker), Content::Map(map)) if !stronger.replaces => {
                stronger.under = stronger.under.or(self.under);
                for (key, value) in weaker {
                    let value = match map.remove(key) {
                        Some(strong) => value.under_stronger(strong),
                        None => value,
                    };
                    map.insert(key, value);
                }
            }
            (Content::Leaf(leaf), Content::Map(_)) => stronger.under = Some(leaf),
            _ => {}
        }
        stronger
    }

    /// What is said under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.content {
            Content::Map(map) => map.get(key),
            Content::Leaf(_) => None,
        }
    }

    /// The entries of a mapping.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, &Self)> {
        let map = match &self.content {
            Content::Map(map) => Some(map),
            Content::Leaf(_) => None,
        };
        map.into_iter().flatten().map(|(key, value)| (*key, value))
    }

    /// Whether this is a mapping.
    pub(super) fn is_map(&self) -> bool {
        matches!(self.content, Content::Map(_))
    }

    /// The node of a scalar or list.
    pub(super) fn leaf(&self) -> Option<&'a Node> {
        match &self.content {
            Content::Leaf(node) => Some(node),
            Content::Map(_) => None,
        }
    }

    /// The scalar or list that the mapping took the place of.
    pub(super) fn beneath(&self) -> Option<&'a Node> {
        self.under
    }

    /// The whole as a value of an object.
    pub(super) fn value(&self) -> Value {
        match &self.content {
            Content::Leaf(node) => raw::value(node),
            Content::Map(map) => {
                let fields = map.iter().map(|(key, value)| ((*key).to_owned(), value.value()));
                Value::Map(fields.collect())
            }
        }
    }

    /// A value with what is known about who said it.
    pub(super) fn said<T>(&self, value: T) -> Said<T> {
        Said { value, origin: self.origin.clone(), weak: self.weak, lost: self.lost.clone() }
    }

    /// The text under a key.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.leaf()?.as_str().map(str::to_owned)
    }

    /// The number under a key.
    pub(super) fn int(&self, key: &str) -> Option<i64> {
        as_int(self.get(key)?.leaf()?)
    }

    /// The boolean under a key.
    pub(super) fn boolean(&self, key: &str) -> Option<bool> {
        as_bool(self.get(key)?.leaf()?)
    }

    /// The texts of the list under a key.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let items = self.get(key).and_then(|list| list.leaf()?.as_seq()).unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    /// The texts of the mapping under a key.
    pub(super) fn table(&self, key: &str) -> BTreeMap<String, String> {
        let entries = self.get(key).into_iter().flat_map(Merged::entries);
        let texts = entries.filter_map(|(name, value)| Some((name, value.leaf()?.as_str()?)));
        texts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The value under a key, read by a function, with who said it.
    pub(super) fn read<T>(&self, key: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Said<T>> {
        let value = self.get(key)?;
        read(value).map(|read| value.said(read))
    }

    /// The word under a key, read by a function, with who said it.
    pub(super) fn word<T>(&self, key: &str, read: impl Fn(&str) -> Option<T>) -> Option<Said<T>> {
        self.read(key, |value| read(value.leaf()?.as_str()?))
    }
}

/// The number of a node.
pub(super) fn as_int(node: &Node) -> Option<i64> {
    match node.data {
        Data::Int(value) => i64::try_from(value).ok(),
        _ => None,
    }
}

/// The boolean of a node.
pub(super) fn as_bool(node: &Node) -> Option<bool> {
    match node.data {
        Data::Bool(value) => Some(value),
        _ => None,
    }
}

/// An empty mapping that stands nowhere.
pub(super) fn empty() -> Node {
    Node::new(Data::Map(Vec::new()), Span::NONE)
}
