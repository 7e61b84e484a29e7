//! The spanned tree of input documents.

use std::sync::Arc;

use crate::text::Span;

/// A node of an input document.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its content.
    pub data: Data,
    /// Where it is written; of an interpolated scalar, the whole scalar.
    pub span: Span,
    /// `!reset` or `!override`; other tags are dropped after they had their effect.
    pub tag: Option<Tag>,
    /// What a scalar was before interpolation, if it holds a variable.
    pub template: Option<Arc<Template>>,
    /// How the node came here, from nearest to farthest.
    pub chain: Vec<Link>,
}

/// The content of a node.
#[derive(Debug, Clone)]
pub enum Data {
    /// Nothing: empty, `~`, `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer of any base, in the range of `i64` and `u64`.
    Int(i128),
    /// A floating-point number.
    Float(f64),
    /// A date or time, in Go's notation, as Compose shows it in a string.
    Timestamp(String),
    /// A string.
    String(String),
    /// A list.
    Seq(Vec<Node>),
    /// A mapping in the order it is written.
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// The key of an entry.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its text.
    pub name: String,
    /// Where it is written.
    pub span: Span,
}

/// A tag that the Compose specification gives a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// `!reset`: the base's value is removed.
    Reset,
    /// `!override`: the base's value is replaced instead of merged.
    Override,
}

/// One step on a node's way into the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Through the alias at this place.
    Alias(Span),
    /// Through the merge key (`<<`) at this place.
    MergeKey(Span),
    /// Through the `extends` at this place.
    Extends(Span),
    /// Through the `include` at this place.
    Include(Span),
    /// From the environment file line at this place.
    EnvFile(Span),
}

/// A scalar before interpolation: its literal parts and its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// One part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is (`$$` already a single dollar).
    Literal(String),
    /// A variable and what took its place.
    Variable {
        /// The variable's name.
        name: String,
        /// The text that took its place.
        value: String,
        /// Where the value was defined (`.env:3`), or where the default stands; `Span::NONE` for
        /// the process environment.
        span: Span,
        /// Whether the value is the default in the compose file.
        default: bool,
    },
}

impl Node {
    /// A node with content and place, and nothing else.
    pub fn new(data: Data, span: Span) -> Self {
        Self { data, span, tag: None, template: None, chain: Vec::new() }
    }

    /// A string.
    pub fn string(text: impl Into<String>, span: Span) -> Self {
        Self::new(Data::String(text.into()), span)
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_seq(&self) -> Option<&[Self]> {
        match &self.data {
            Data::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a mapping.
    pub fn as_map(&self) -> Option<&[Entry]> {
        match &self.data {
            Data::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under a key of a mapping.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|entry| entry.key.name == name).map(|entry| &entry.value)
    }

    /// The entry under a key of a mapping.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.as_map()?.iter().find(|entry| entry.key.name == name)
    }

    /// The value under a key of a mapping, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Self> {
        match &mut self.data {
            Data::Map(entries) => entries
                .iter_mut()
                .find(|entry| entry.key.name == name)
                .map(|entry| &mut entry.value),
            _ => None,
        }
    }

    /// Sets a key of a mapping, in place where it exists, else at the end; other nodes are left alone.
    pub fn set(&mut self, name: &str, value: Self) {
        if let Data::Map(entries) = &mut self.data {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.key.name == name) {
                entry.value = value;
            } else {
                let key = Key { name: name.to_owned(), span: value.span };
                entries.push(Entry { key, value });
            }
        }
    }

    /// Removes a key of a mapping and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Self> {
        let Data::Map(entries) = &mut self.data else { return None };
        let index = entries.iter().position(|entry| entry.key.name == name)?;
        Some(entries.remove(index).value)
    }

    /// What the node is, in the words of messages: `mapping`, `list`, `string`, `number`, ….
    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "null",
            Data::Bool(_) => "boolean",
            Data::Int(_) | Data::Float(_) => "number",
            Data::Timestamp(_) => "timestamp",
            Data::String(_) => "string",
            Data::Seq(_) => "list",
            Data::Map(_) => "mapping",
        }
    }
}
