//! The specification's own rules: types, forms, enums, unknown keys.

mod check;
mod service;
mod table;

use crate::{text::Sink, yaml::Node};

/// A set of scalar types.
type Kinds = u8;

const NULL: Kinds = 1;
const BOOL: Kinds = 2;
/// Whole numbers.
const INT: Kinds = 4;
/// All numbers, whole or not.
const NUM: Kinds = 8;
const STR: Kinds = 16;

/// What an attribute may be.
enum Rule {
    /// Anything.
    Any,
    /// A scalar of one of these types.
    Scalar(Kinds),
    /// One of these words.
    Words(&'static [&'static str]),
    /// A scalar of these types; numbers between the two.
    Range(Kinds, i64, i64),
    /// A string that a function accepts, with its form for the message.
    Form(fn(&str) -> bool, &'static str),
    /// A list.
    List(&'static Rule),
    /// A list without equal items.
    Unique(&'static Rule),
    /// A mapping with any keys.
    Map(&'static Rule),
    /// A mapping whose keys are names of services or resources.
    Names(&'static Rule),
    /// A mapping with known keys, and those of them that must be there.
    Object(&'static [(&'static str, Rule)], &'static [&'static str]),
    /// The same without extensions.
    Closed(&'static [(&'static str, Rule)], &'static [&'static str]),
    /// A mapping with known keys, and any others.
    Open(&'static [(&'static str, Rule)]),
    /// A container that runs before a service: what a service's container may have.
    Container,
    /// A container that runs to its end: what a service's may have, and what starts it.
    Job,
    /// A mapping of which only keys of small letters are checked.
    Letters(&'static Rule),
    /// One of several; at most one for mappings and one for lists.
    Either(&'static [Rule]),
}

/// Checks a merged document against the Compose specification; every finding goes to the sink.
pub fn validate(tree: &Node, sink: &mut Sink) {
    check::run(&table::PROJECT, tree, sink);
}
