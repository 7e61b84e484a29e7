//! Canonical forms: short syntax to long, then scalars to what typed binding makes of them.

use crate::{text::Sink, yaml::Node};

/// Turns short forms into long ones, path by path.
pub fn canonicalise(doc: &mut Node, sink: &mut Sink) {
    let _ = (doc, sink);
}

/// What binding to types makes of the tree: commands split, durations and sizes normalised, lists of
/// pairs turned into mappings.
pub fn bind(tree: &mut Node, sink: &mut Sink) {
    let _ = (tree, sink);
}
