//! Values that must not be seen, and where texts hold them.

use std::{collections::BTreeSet, ops::Bound};

/// Fewest bytes of a value that is found.
const FEWEST: usize = 4;

/// A set of secret values, made for finding them in texts: many take no longer than few.
#[derive(Debug, Default)]
pub(crate) struct SecretValues {
    values: BTreeSet<String>,
    /// Whether some value begins with two bytes, by the bytes.
    starts: Vec<bool>,
}

impl FromIterator<String> for SecretValues {
    fn from_iter<T: IntoIterator<Item = String>>(values: T) -> Self {
        let values: BTreeSet<String> = values.into_iter().collect();
        let mut starts = vec![false; if values.is_empty() { 0 } else { 1 << 16 }];
        for value in &values {
            if let Some(start) = pair(value.as_bytes()).and_then(|at| starts.get_mut(at)) {
                *start = true;
            }
        }
        Self { values, starts }
    }
}

impl SecretValues {
    /// Whether a value is one of them.
    pub(crate) fn has(&self, value: &str) -> bool {
        self.values.contains(value)
    }

    /// Where any of them stand in a text.
    pub(crate) fn each<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        let places = text.char_indices().filter(|_| !self.values.is_empty());
        places.filter(|(at, _)| self.may_begin(text, *at)).flat_map(move |(at, _)| {
            let rest = text.get(at..).unwrap_or_default();
            beginnings(&self.values, rest)
                .filter(move |secret| stands(text, at, secret))
                .map(move |secret| (at, secret))
        })
    }

    fn may_begin(&self, text: &str, at: usize) -> bool {
        let start = text.as_bytes().get(at..).and_then(pair);
        start.is_some_and(|start| self.starts.get(start).copied().unwrap_or_default())
    }
}

/// The first two bytes as a number.
fn pair(bytes: &[u8]) -> Option<usize> {
    let [first, second, ..] = bytes else { return None };
    Some(usize::from(u16::from_be_bytes([*first, *second])))
}

/// Where a secret stands in a text; what could be a word must stand as a word.
pub(crate) fn find_all<'t>(text: &'t str, secret: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(secret).map(|(at, _)| at).filter(move |at| stands(text, *at, secret))
}

/// The secrets that a text begins with, longest first.
///
/// The greatest secret up to the text is one, or shows by what it shares with the text how long the
/// others are at most.
fn beginnings<'a>(secrets: &'a BTreeSet<String>, text: &'a str) -> impl Iterator<Item = &'a str> {
    let least = start(text);
    let mut most = text;
    std::iter::from_fn(move || {
        while most.len() >= least.len() && !most.is_empty() {
            let up_to = (Bound::Included(least), Bound::Included(most));
            let secret = secrets.range::<str, _>(up_to).next_back()?;
            let shared = secret.bytes().zip(most.bytes()).take_while(|(a, b)| a == b).count();
            let found = shared == secret.len();
            let end = if found { shared.checked_sub(1)? } else { shared };
            most = (0..=end).rev().find_map(|end| text.get(..end)).unwrap_or_default();
            if found {
                return Some(secret.as_str());
            }
        }
        None
    })
}

/// The first four bytes of a text, and what belongs to the last of their characters.
fn start(text: &str) -> &str {
    let end = (FEWEST..text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether what is found at a place is the secret, and no part of a longer word.
fn stands(text: &str, at: usize, secret: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '-');
    is_strong(secret)
        || (apart(text.get(..at).and_then(|before| before.chars().next_back()))
            && apart(text.get(at + secret.len()..).and_then(|after| after.chars().next())))
}

/// Whether a value could hardly be a word: it is long and mixes letters with other characters.
pub(crate) fn is_strong(value: &str) -> bool {
    value.len() >= 8
        && value.contains(|c: char| c.is_ascii_alphabetic())
        && value.contains(|c: char| c.is_ascii_digit() || "!@#$%^&*+=?~".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_with_a_secret_and_its_beginning() {
        let secrets =
            ["hunter2", "hunter22", "hunter22x", "huntsman", "zzzzzz"].map(str::to_owned).into();
        let found = |text| beginnings(&secrets, text).collect::<Vec<_>>();
        assert_eq!(found("hunter22 and more"), ["hunter22", "hunter2"]);
        assert_eq!(found("hunter22xé"), ["hunter22x", "hunter22", "hunter2"]);
        assert!(found("hunters").is_empty());
        assert!(found("").is_empty());
    }

    #[test]
    fn words_are_found_as_words_and_chance_anywhere() {
        let find = |text: &str, secret: &str| -> Vec<usize> {
            let found: Vec<usize> = find_all(text, secret).collect();
            let all: SecretValues =
                [secret, "other-secret"].map(str::to_owned).into_iter().collect();
            assert_eq!(all.each(text).map(|(at, _)| at).collect::<Vec<_>>(), found, "{text}");
            found
        };
        assert_eq!(find("-pgeheim7geheim", "geheim7geheim"), [2]);
        assert!(find("mygeheimnis", "geheim").is_empty());
        assert_eq!(find("password=geheim;geheim", "geheim"), [9, 16]);
        assert_eq!(find("ü=grünkohl,x", "grünkohl"), [3]);
    }
}
