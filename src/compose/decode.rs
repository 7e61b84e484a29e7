//! Decoding of nodes to typed values, and the macro that declares the model.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Data, Entry, Node, Template},
};

/// A string with its place and what it was before interpolation.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// The string.
    pub value: String,
    /// Where it is written.
    pub span: Option<Span>,
    /// Its template, if it holds variables.
    pub template: Option<Arc<Template>>,
}

/// A value with the place where it is written.
#[derive(Debug, Clone)]
pub struct Item<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

/// A mapping from names to values, in order.
#[derive(Debug, Clone)]
pub struct Entries<T> {
    /// Names, where they are written, and values.
    pub items: Vec<(Text, T)>,
    /// Where each name stands in a long mapping.
    places: BTreeMap<String, usize>,
}

/// From how many entries on a mapping is searched by an index.
const LONG: usize = 32;

/// Driver options and the like: names with scalars as text.
pub type Options = Entries<Text>;

/// Collects what is wrong while decoding.
pub struct Decoder<'a> {
    sink: &'a mut Sink,
}

/// What can be decoded from a node of the canonical tree.
pub trait Decode: Sized {
    /// Decodes; what does not fit is reported and replaced by an empty value.
    fn decode(node: &Node, decoder: &mut Decoder) -> Self;
    /// The value of an absent attribute.
    fn absent() -> Self;
}

impl<'a> Decoder<'a> {
    /// A decoder that reports to `sink`.
    pub fn new(sink: &'a mut Sink) -> Self {
        Self { sink }
    }

    /// Reports that a node is not what the attribute wants.
    pub fn mismatch(&mut self, node: &Node, wanted: &str) {
        let message = format!("expected a {wanted}, found a {}", node.kind());
        self.sink.push(Diagnostic::new(Code::Schema, message).at(node.span));
    }

    /// Reports a key that the model does not know.
    pub fn unknown(&mut self, entry: &Entry, known: &[&str]) {
        let name = &entry.key.name;
        self.sink.push(
            Diagnostic::new(Code::UnknownKey, format!("unknown attribute `{name}`"))
                .at(entry.key.span)
                .suggest(crate::text::did_you_mean(name, known.iter().copied())),
        );
    }
}

impl Text {
    /// A text that stands nowhere in the input.
    pub fn bare(value: impl Into<String>) -> Self {
        Self { value: value.into(), span: None, template: None }
    }

    /// Where it is written; `Span::NONE` if nowhere.
    pub fn span(&self) -> Span {
        self.span.unwrap_or(Span::NONE)
    }

    /// The string.
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: BTreeMap::new() }
    }
}

impl<T> Entries<T> {
    /// Names, where they are written, and values, in order.
    pub fn new(items: Vec<(Text, T)>) -> Self {
        let mut places = BTreeMap::new();
        if items.len() > LONG {
            for (at, (name, _)) in items.iter().enumerate() {
                places.entry(name.value.clone()).or_insert(at);
            }
        }
        Self { items, places }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        let item = if self.places.is_empty() {
            self.items.iter().find(|(key, _)| key.value == name)
        } else {
            self.places.get(name).and_then(|at| self.items.get(*at))
        };
        item.map(|(_, value)| value)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Text, &T)> {
        self.items.iter().map(|(key, value)| (key, value))
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl Decode for Text {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        let value = match &node.data {
            Data::String(text) | Data::Timestamp(text) => text.clone(),
            Data::Bool(value) => value.to_string(),
            Data::Int(value) => value.to_string(),
            Data::Float(value) => value.to_string(),
            Data::Null => String::new(),
            Data::Seq(_) | Data::Map(_) => {
                decoder.mismatch(node, "string");
                String::new()
            }
        };
        Self { value, span: Some(node.span), template: node.template.clone() }
    }

    fn absent() -> Self {
        Self::default()
    }
}

impl Decode for bool {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        match &node.data {
            Data::Bool(value) => *value,
            Data::String(text) if text == "true" => true,
            Data::String(text) if text == "false" => false,
            Data::Null => false,
            _ => {
                decoder.mismatch(node, "boolean");
                false
            }
        }
    }

    fn absent() -> Self {
        false
    }
}

impl Decode for i64 {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        let number = match &node.data {
            Data::Int(value) => Self::try_from(*value).ok(),
            Data::String(text) => text.trim().parse().ok(),
            #[allow(clippy::cast_possible_truncation)]
            Data::Float(value) if value.fract() == 0.0 => Some(*value as Self),
            Data::Null => Some(0),
            _ => None,
        };
        number.unwrap_or_else(|| {
            decoder.mismatch(node, "whole number");
            0
        })
    }

    fn absent() -> Self {
        0
    }
}

impl Decode for f64 {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        let number = match &node.data {
            #[allow(clippy::cast_precision_loss)]
            Data::Int(value) => Some(*value as Self),
            Data::Float(value) => Some(*value),
            Data::String(text) => text.trim().parse().ok(),
            Data::Null => Some(0.0),
            _ => None,
        };
        number.unwrap_or_else(|| {
            decoder.mismatch(node, "number");
            0.0
        })
    }

    fn absent() -> Self {
        0.0
    }
}

/// Extensions and settings stay trees.
impl Decode for Node {
    fn decode(node: &Node, _: &mut Decoder) -> Self {
        node.clone()
    }

    fn absent() -> Self {
        Self::new(Data::Null, Span::NONE)
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        if node.is_null() { None } else { Some(T::decode(node, decoder)) }
    }

    fn absent() -> Self {
        None
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        Self::new(T::decode(node, decoder))
    }

    fn absent() -> Self {
        Self::new(T::absent())
    }
}

impl<T: Decode> Decode for Item<T> {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        Self { value: T::decode(node, decoder), span: node.span }
    }

    fn absent() -> Self {
        Self { value: T::absent(), span: Span::NONE }
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        match &node.data {
            Data::Seq(items) => items.iter().map(|item| T::decode(item, decoder)).collect(),
            Data::Null => Self::new(),
            // A single value where the short form of a one-item list is allowed.
            Data::String(_) => vec![T::decode(node, decoder)],
            _ => {
                decoder.mismatch(node, "list");
                Self::new()
            }
        }
    }

    fn absent() -> Self {
        Self::new()
    }
}

impl<T: Decode> Decode for Entries<T> {
    fn decode(node: &Node, decoder: &mut Decoder) -> Self {
        let items: Vec<(Text, T)> = match &node.data {
            Data::Map(entries) => entries
                .iter()
                .map(|entry| {
                    let key = Text {
                        value: entry.key.name.clone(),
                        span: Some(entry.key.span),
                        template: None,
                    };
                    (key, T::decode(&entry.value, decoder))
                })
                .collect(),
            Data::Null => Vec::new(),
            _ => {
                decoder.mismatch(node, "mapping");
                Vec::new()
            }
        };
        Self::new(items)
    }

    fn absent() -> Self {
        Self::default()
    }
}

/// Declares a struct of the model and how it is decoded: one field an attribute, unknown keys
/// reported, `x-*` collected in `extensions`.
macro_rules! model {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            /// The `x-*` attributes.
            pub extensions: Vec<crate::yaml::Entry>,
            /// Where the keys of the attributes are written.
            pub keys: std::collections::BTreeMap<&'static str, crate::text::Span>,
            /// Where the whole is written.
            pub span: crate::text::Span,
        }

        impl $name {
            /// The attributes that the specification knows here.
            pub const ATTRIBUTES: &'static [&'static str] = &[$($key,)*];

            /// Where an attribute is written; `Span::NONE` if it is not.
            pub fn key(&self, attribute: &str) -> crate::text::Span {
                self.keys.get(attribute).copied().unwrap_or(crate::text::Span::NONE)
            }
        }

        impl crate::compose::Decode for $name {
            fn decode(node: &crate::yaml::Node, decoder: &mut crate::compose::Decoder) -> Self {
                let mut model = Self { span: node.span, ..Self::absent() };
                let Some(entries) = node.as_map() else {
                    if !node.is_null() {
                        decoder.mismatch(node, "mapping");
                    }
                    return model;
                };
                for entry in entries {
                    match entry.key.name.as_str() {
                        $($key => {
                            model.$field = crate::compose::Decode::decode(&entry.value, decoder);
                            model.keys.insert($key, entry.key.span);
                        })*
                        name if name.starts_with("x-") => model.extensions.push(entry.clone()),
                        _ => decoder.unknown(entry, Self::ATTRIBUTES),
                    }
                }
                model
            }

            fn absent() -> Self {
                Self {
                    $($field: <$type as crate::compose::Decode>::absent(),)*
                    extensions: Vec::new(),
                    keys: std::collections::BTreeMap::new(),
                    span: crate::text::Span::NONE,
                }
            }
        }
    };
}

pub(crate) use model;
