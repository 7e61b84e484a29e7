//! Generated documents: trees that are printed as YAML and cut smaller.

use std::fmt::Write;

/// A node of a generated document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// Anything that stands on one line: a scalar, a flow collection, an alias, a tag.
    Leaf(String),
    /// A list, behind an anchor or a tag if the text is not empty.
    List(String, Vec<Tree>),
    /// A mapping, behind an anchor or a tag if the text is not empty.
    Map(String, Vec<(String, Tree)>),
}

impl Tree {
    /// A leaf.
    pub(super) fn leaf(text: impl Into<String>) -> Self {
        Self::Leaf(text.into())
    }

    /// A list without a mark.
    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::List(String::new(), items)
    }

    /// A mapping without a mark.
    pub(super) fn map(entries: Vec<(String, Self)>) -> Self {
        Self::Map(String::new(), entries)
    }

    /// The node behind an anchor or a tag.
    pub(super) fn marked(self, with: &str) -> Self {
        match self {
            Self::Leaf(text) => Self::Leaf(format!("{with} {text}")),
            Self::List(mark, items) => {
                Self::List(format!("{with} {mark}").trim().to_owned(), items)
            }
            Self::Map(mark, items) => Self::Map(format!("{with} {mark}").trim().to_owned(), items),
        }
    }

    /// The document as text.
    pub(super) fn print(&self) -> String {
        let mut text = String::new();
        self.block(0, &mut text);
        text.trim_start().to_owned()
    }

    fn block(&self, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        match self {
            Self::Leaf(text) => {
                let _ = writeln!(out, " {text}");
            }
            Self::List(mark, items) if items.is_empty() => {
                let _ = writeln!(out, " {mark} []");
            }
            Self::Map(mark, entries) if entries.is_empty() => {
                let _ = writeln!(out, " {mark} {{}}");
            }
            Self::List(mark, items) => {
                let _ = writeln!(out, " {mark}");
                for item in items {
                    let _ = write!(out, "{pad}-");
                    item.block(indent + 2, out);
                }
            }
            Self::Map(mark, entries) => {
                let _ = writeln!(out, " {mark}");
                for (key, value) in entries {
                    let _ = write!(out, "{pad}{key}:");
                    value.block(indent + 2, out);
                }
            }
        }
    }

    /// How many nodes may be cut away.
    pub(super) fn cuts(&self) -> usize {
        match self {
            Self::Leaf(_) => 0,
            Self::List(_, items) => items.iter().map(|item| 1 + item.cuts()).sum(),
            Self::Map(_, entries) => entries.iter().map(|(_, value)| 1 + value.cuts()).sum(),
        }
    }

    /// The tree without the node of that number, in the order they are printed.
    pub(super) fn without(&self, number: usize) -> Self {
        let mut copy = self.clone();
        copy.cut(&mut { number });
        copy
    }

    /// Cuts, or counts `left` down; whether it has cut.
    fn cut(&mut self, left: &mut usize) -> bool {
        match self {
            Self::Leaf(_) => false,
            Self::List(_, items) => {
                for at in 0..items.len() {
                    if *left == 0 {
                        items.remove(at);
                        return true;
                    }
                    *left -= 1;
                    if items.get_mut(at).is_some_and(|item| item.cut(left)) {
                        return true;
                    }
                }
                false
            }
            Self::Map(_, entries) => {
                for at in 0..entries.len() {
                    if *left == 0 {
                        entries.remove(at);
                        return true;
                    }
                    *left -= 1;
                    if entries.get_mut(at).is_some_and(|(_, value)| value.cut(left)) {
                        return true;
                    }
                }
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_printed_and_cut() {
        let list = Tree::list(vec![Tree::leaf("1"), Tree::leaf("{b: 2}")]).marked("&x");
        let tree = Tree::map(vec![("a".to_owned(), list), ("c".to_owned(), Tree::leaf("*x"))]);
        assert_eq!(tree.print(), "a: &x\n  - 1\n  - {b: 2}\nc: *x\n");
        assert_eq!(tree.cuts(), 4);
        assert_eq!(tree.without(2).print(), "a: &x\n  - 1\nc: *x\n");
        assert_eq!(tree.without(0).print(), "c: *x\n");
        assert_eq!(tree.without(3).cuts(), 3);
    }
}
