//! Checks of references and contradictions.

use crate::{text::Sink, yaml::Node};

/// Checks that need no references: exclusive attributes, addresses, external resources.
pub fn check_logical(tree: &Node, sink: &mut Sink) {
    let _ = (tree, sink);
}

/// Checks the references and contradictions of the enabled services.
pub fn check(tree: &Node, disabled: &Node, sink: &mut Sink) {
    let _ = (tree, disabled, sink);
}
