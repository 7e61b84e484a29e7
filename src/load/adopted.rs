//! Attributes that were extensions (`x-…`) before the specification adopted them.

use super::{
    merge::Merger,
    tree::{entries_of, items},
};
use crate::{text::Sink, yaml::Node};

/// Gives adopted extensions the names that they have now; an attribute that is there too wins.
pub(super) fn rename(document: &mut Node, sink: &mut Sink) {
    for service in entries_of(document, "services") {
        let path = ["services", service.key.name.as_str(), "develop"];
        adopt(&mut service.value, "x-develop", &path, sink);
        let watch = service.value.get_mut("develop").and_then(|develop| develop.get_mut("watch"));
        for item in watch.map(items).into_iter().flatten() {
            let path = [path[0], path[1], path[2], "watch", "[]", "initial_sync"];
            adopt(item, "x-initialSync", &path, sink);
        }
    }
}

fn adopt(node: &mut Node, extension: &str, path: &[&str], sink: &mut Sink) {
    let Some(attribute) = path.last() else { return };
    let Some(old) = node.remove(extension) else { return };
    let new = match node.remove(attribute).filter(|new| !new.is_null()) {
        Some(new) => Merger::at(path, sink).merge(old, new),
        None => old,
    };
    node.set(attribute, new);
}
