//! Mappings as they are written: duplicate keys refused, merge keys (`<<`) resolved.

use std::collections::BTreeSet;

use super::compose::Composer;
use crate::{
    text::{Code, Diagnostic, Span},
    yaml::{Data, Entry, Link, Node},
};

/// The entries of a mapping while it is read.
#[derive(Default)]
pub(super) struct Entries {
    entries: Vec<Entry>,
    /// Where in `entries` merge keys are.
    merges: Vec<usize>,
}

impl Entries {
    /// Adds an entry as it is written.
    pub(super) fn push(&mut self, entry: Entry, merges: bool) {
        if merges {
            self.merges.push(self.entries.len());
        }
        self.entries.push(entry);
    }

    /// The entries of the mapping; what is wrong with them is reported.
    pub(super) fn finish(self, composer: &mut Composer<'_>) -> Vec<Entry> {
        let Self { entries, merges } = self;
        report_duplicates(&entries, composer);
        if merges.is_empty() {
            return entries;
        }
        let mut names: BTreeSet<String> = entries
            .iter()
            .enumerate()
            .filter(|(index, _)| !merges.contains(index))
            .map(|(_, entry)| entry.key.name.clone())
            .collect();
        let mut all = Vec::with_capacity(entries.len());
        for (index, entry) in entries.into_iter().enumerate() {
            if merges.contains(&index) {
                for merged in mappings(entry, composer) {
                    if names.insert(merged.key.name.clone()) {
                        all.push(merged);
                    }
                }
            } else {
                all.push(entry);
            }
        }
        all
    }
}

/// Reports every key that an earlier entry has, with the place of the first.
fn report_duplicates(entries: &[Entry], composer: &mut Composer<'_>) {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    // The sort is stable: equal keys keep the order in which they are written.
    sorted.sort_by(|a, b| a.key.name.cmp(&b.key.name));
    for group in sorted.chunk_by(|a, b| a.key.name == b.key.name) {
        let Some((first, others)) = group.split_first() else { continue };
        for other in others {
            let name = &other.key.name;
            let diagnostic = Diagnostic::new(Code::DuplicateKey, format!("duplicate key `{name}`"))
                .at_with(other.key.span, "again here")
                .label(first.key.span, "first here");
            let help = if name == "<<" {
                "merge several mappings with `<<: [*a, *b]`"
            } else {
                "remove or rename one of them"
            };
            composer.error(diagnostic.help(help));
        }
    }
}

/// The entries that a merge key brings, the winning ones first.
fn mappings(merge: Entry, composer: &mut Composer<'_>) -> Vec<Entry> {
    let key = merge.key.span;
    let mut all = Vec::new();
    match merge.value.data {
        Data::Map(entries) => all = entries,
        Data::Seq(items) => {
            for item in items {
                let at = written_at(&item);
                match item.data {
                    Data::Map(entries) => all.extend(entries),
                    _ => composer.error(bad_merge_key(at)),
                }
            }
        }
        _ => composer.error(bad_merge_key(written_at(&merge.value))),
    }
    for entry in &mut all {
        entry.value.chain.push(Link::MergeKey(key));
    }
    all
}

/// Where a node or the alias that stands for it is written.
fn written_at(node: &Node) -> Span {
    match node.chain.last() {
        Some(Link::Alias(span)) => *span,
        _ => node.span,
    }
}

/// The error for a merge key with a value that has no entries.
fn bad_merge_key(span: Span) -> Diagnostic {
    Diagnostic::new(Code::BadMergeKey, "`<<` needs a mapping or a list of mappings").at(span)
}
