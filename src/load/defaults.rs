//! Defaults that are set before normalisation.

use crate::yaml::Node;

/// Sets the defaults of the specification in a canonical tree.
pub fn set(tree: &mut Node) {
    let _ = tree;
}
