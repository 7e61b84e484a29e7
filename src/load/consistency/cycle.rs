//! Services that depend on each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::entries;
use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Entry, Node},
};

/// Reports the first circle, in the order of names.
pub(super) fn check(tree: &Node, sink: &mut Sink) {
    let mut edges: BTreeMap<&str, Vec<(&str, Span)>> = BTreeMap::new();
    for Entry { key, value } in entries(tree, "services") {
        let mut on: Vec<_> = entries(value, "depends_on")
            .iter()
            .map(|entry| (entry.key.name.as_str(), entry.key.span))
            .collect();
        on.sort_unstable();
        edges.insert(&key.name, on);
    }
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in edges.keys().copied() {
        if let Some((circle, span)) = search(&edges, start, &mut done) {
            let message = format!("dependency cycle detected: {}", circle.join(" -> "));
            sink.push(Diagnostic::new(Code::DependencyCycle, message).at(span));
            return;
        }
    }
}

/// A way through the graph, without recursion: projects may have long chains.
fn search<'a>(
    edges: &BTreeMap<&'a str, Vec<(&'a str, Span)>>,
    start: &'a str,
    done: &mut BTreeSet<&'a str>,
) -> Option<(Vec<&'a str>, Span)> {
    let mut way: Vec<(&str, usize)> = vec![(start, 0)];
    let mut on_way: BTreeSet<&str> = BTreeSet::from([start]);
    while let Some((name, next)) = way.last_mut() {
        let name = *name;
        let Some((target, span)) = edges.get(name).and_then(|on| on.get(*next)).copied() else {
            done.insert(name);
            on_way.remove(name);
            way.pop();
            continue;
        };
        *next += 1;
        if on_way.contains(target) {
            let mut circle: Vec<&str> =
                way.iter().map(|(name, _)| *name).skip_while(|name| *name != target).collect();
            circle.push(target);
            return Some((circle, span));
        }
        if !done.contains(target) {
            way.push((target, 0));
            on_way.insert(target);
        }
    }
    None
}
