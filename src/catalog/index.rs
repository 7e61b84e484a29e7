//! Which entry speaks of which image, without decoding them all: that would take longer than the
//! conversion of a small project.

use std::{collections::BTreeMap, sync::OnceLock};

use super::{decode, entry::Entry, matching};

/// The entries by their images.
#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<Written>,
    /// The first entry of each image that is named in full.
    exact: BTreeMap<&'static str, usize>,
    /// Images named with a `*`, and their entries.
    patterns: Vec<(&'static str, usize)>,
}

/// An entry as it stands in its file, decoded when an image first asks for it.
#[derive(Debug)]
struct Written {
    file: &'static str,
    text: &'static str,
    entry: OnceLock<Option<Entry>>,
}

impl Index {
    /// The index of files, by name and content; tests prove that each entry decodes.
    pub(super) fn of(files: &[(&'static str, &'static str)]) -> Self {
        let (mut exact, mut patterns) = (BTreeMap::new(), Vec::new());
        let all = files.iter().flat_map(|(file, text)| written(text).map(move |text| (file, text)));
        let entries = all.enumerate().map(|(at, (file, text))| {
            for image in images(text) {
                if image.contains('*') {
                    patterns.push((image, at));
                } else {
                    exact.entry(image).or_insert(at);
                }
            }
            Written { file, text, entry: OnceLock::new() }
        });
        Self { entries: entries.collect(), exact, patterns }
    }

    /// The first entry that speaks of a repository.
    pub(super) fn find(&self, repository: &str) -> Option<&Entry> {
        let mut patterns = self.patterns.iter();
        let pattern = patterns.find(|(pattern, _)| matching::matches(pattern, repository));
        let exact = self.exact.get(repository).copied();
        let at = exact.into_iter().chain(pattern.map(|(_, at)| *at)).min()?;
        let Written { file, text, entry } = self.entries.get(at)?;
        entry.get_or_init(|| decode::file(file, text).ok()?.into_iter().next()).as_ref()
    }
}

/// The items of a list, each from its dash on.
fn written(text: &'static str) -> impl Iterator<Item = &'static str> {
    let mut ends: Vec<usize> = text.match_indices("\n- ").map(|(at, _)| at + 1).collect();
    ends.push(text.len());
    let starts = ends.clone();
    starts.into_iter().zip(ends.into_iter().skip(1)).filter_map(|(from, to)| text.get(from..to))
}

/// The images that an entry names, which stand on one line.
fn images(entry: &'static str) -> impl Iterator<Item = &'static str> {
    let line = entry.lines().find_map(|line| line.trim_start().strip_prefix("images: ["));
    let list = line.and_then(|line| line.split_once(']')).map(|(list, _)| list);
    list.into_iter().flat_map(|list| list.split(',')).map(|image| image.trim_matches([' ', '"']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_has_what_the_files_have() {
        for (name, text) in crate::catalog::FILES {
            let decoded = decode::file(name, text).unwrap();
            let written: Vec<_> = written(text).collect();
            assert_eq!(decoded.len(), written.len(), "{name}");
            for (entry, text) in decoded.iter().zip(written) {
                assert_eq!(entry.images, images(text).collect::<Vec<_>>(), "{name}");
            }
        }
    }
}
