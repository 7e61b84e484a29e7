//! `!reset` and `!override`: what a document removes from what came before it.

use std::collections::BTreeMap;

use crate::yaml::{Data, Node, Tag};

/// Paths that a document resets or overrides.
#[derive(Debug, Clone, Default)]
pub(super) struct Resets {
    children: BTreeMap<String, Self>,
    hit: bool,
}

impl Resets {
    /// Finds the tagged nodes of a document, and removes those that are reset.
    pub(super) fn collect(document: &mut Node) -> Self {
        let mut resets = Self::default();
        resets.walk(document);
        resets
    }

    /// Whether nothing is reset.
    pub(super) fn is_empty(&self) -> bool {
        !self.hit && self.children.is_empty()
    }

    /// What is reset below a path.
    pub(super) fn below(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |resets, name| resets.children.get(*name))
    }

    fn walk(&mut self, node: &mut Node) {
        match &mut node.data {
            // Items of a list are dropped from the document itself; their paths match nothing.
            Data::Seq(items) => {
                items.retain(|item| item.tag != Some(Tag::Reset));
                for item in items.iter_mut().filter(|item| item.tag.is_none()) {
                    Self::default().walk(item);
                }
            }
            Data::Map(entries) => entries.retain_mut(|entry| {
                let mut child = Self::default();
                let tag = entry.value.tag.take();
                match tag {
                    Some(_) => child.hit = true,
                    None => child.walk(&mut entry.value),
                }
                if !child.is_empty() {
                    self.children.insert(entry.key.name.clone(), child);
                }
                tag != Some(Tag::Reset)
            }),
            _ => {}
        }
    }

    /// Removes the paths from a tree.
    pub(super) fn apply(&self, node: &mut Node) {
        let Data::Map(entries) = &mut node.data else { return };
        if self.children.is_empty() {
            return;
        }
        entries.retain_mut(|entry| match self.children.get(&entry.key.name) {
            Some(child) if child.hit => false,
            Some(child) => {
                child.apply(&mut entry.value);
                true
            }
            None => true,
        });
    }

    /// Removes a whole node, if its path is reset, or the paths below it. Whether it stays.
    pub(super) fn keeps(&self, node: &mut Node) -> bool {
        self.apply(node);
        !self.hit
    }
}
