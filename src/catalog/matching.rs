//! Which entry speaks of an image, and which of its variants of a tag.

use super::Reference;

/// First segments that only say through which mirror an image of Docker Hub comes.
const MIRROR_SEGMENTS: &[&str] = &[
    "cache",
    "docker",
    "docker-hub",
    "docker.io",
    "dockerhub",
    "hub",
    "library",
    "mirror",
    "mirrors",
    "proxy",
    "remote",
];

/// The tags that a variant speaks of; all that is said must hold.
#[derive(Debug, Default)]
pub(super) struct Condition {
    /// The lowest version, inclusive.
    pub(super) from: Option<Vec<u32>>,
    /// The lowest version that is too new.
    pub(super) below: Option<Vec<u32>>,
    /// A word of the tag: `alpine` in `16-alpine3.20`.
    pub(super) word: Option<String>,
}

impl Condition {
    /// Whether a tag is meant; a tag without version is the newest.
    pub(super) fn holds(&self, tag: Option<&str>, version_prefix: Option<&str>) -> bool {
        let tag = tag.unwrap_or("latest");
        let version = version(tag, version_prefix);
        let old_enough = |below: &Vec<u32>| version.as_ref().is_some_and(|it| it < below);
        let new_enough = |from: &Vec<u32>| version.as_ref().is_none_or(|it| it >= from);
        self.below.as_ref().is_none_or(old_enough)
            && self.from.as_ref().is_none_or(new_enough)
            && self.word.as_ref().is_none_or(|word| has_word(tag, word))
    }
}

/// The repository without what only says where it is kept.
pub(super) fn canonical(reference: &Reference) -> String {
    let mut path = reference.repository.as_str();
    while let Some((first, rest)) = path.split_once('/') {
        if !MIRROR_SEGMENTS.contains(&first) {
            break;
        }
        path = rest;
    }
    path.to_owned()
}

/// Whether a pattern of the catalogue means this repository; `*` stands for a part of a segment.
pub(super) fn matches(pattern: &str, repository: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == repository,
        Some((start, end)) => repository
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end))
            .is_some_and(|part| !part.contains('/')),
    }
}

/// The numbers of a version, of text such as `16.4`.
pub(super) fn numbers(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

/// The version in a tag: after the prefix where the entry has one, else at the start.
fn version(tag: &str, prefix: Option<&str>) -> Option<Vec<u32>> {
    let prefixed = prefix.and_then(|prefix| {
        tag.match_indices(prefix).find_map(|(at, _)| leading(tag.get(at + prefix.len()..)?))
    });
    prefixed.or_else(|| leading(tag.strip_prefix('v').unwrap_or(tag)))
}

/// The version at the start of a text; a date or a commit is none.
fn leading(text: &str) -> Option<Vec<u32>> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    numbers(text.get(..end)?.trim_end_matches('.'))
}

fn has_word(tag: &str, word: &str) -> bool {
    tag.split(['-', '_', '.']).any(|part| {
        part.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphabetic()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_tags() {
        assert_eq!(version("16.4-alpine", None), Some(vec![16, 4]));
        assert_eq!(version("v2.1.0", None), Some(vec![2, 1, 0]));
        assert_eq!(version("2.17.2-pg16", Some("pg")), Some(vec![16]));
        assert_eq!(version("pg18-trixie", Some("pg")), Some(vec![18]));
        assert_eq!(version("latest", None), None);
    }

    #[test]
    fn words_in_tags() {
        assert!(has_word("16-alpine3.20", "alpine"));
        assert!(has_word("alpine", "alpine"));
        assert!(!has_word("16-alpinelinux", "alpine"));
        assert!(!has_word("16", "alpine"));
    }
}
