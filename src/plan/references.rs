//! References between services: `db:5432`, `redis://cache`, `DB_HOST=db`.

use std::collections::BTreeMap;

/// A reference to a host, with the port if it names one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    /// The Compose service it leads to.
    pub(crate) service: String,
    /// The name that was used.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: Option<i64>,
}

/// A place in a text where a host stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where the host's name starts.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// What is referred to.
    pub(crate) reference: Reference,
}

/// Finds the hosts of `names` (host name → Compose service) in a text.
pub(crate) fn find(text: &str, names: &BTreeMap<String, String>) -> Vec<Reference> {
    let mut found = Vec::new();
    for place in places(text, names) {
        if !found.contains(&place.reference) {
            found.push(place.reference);
        }
    }
    found
}

/// The places where hosts of `names` stand in a text, in order.
pub(crate) fn places(text: &str, names: &BTreeMap<String, String>) -> Vec<Place> {
    let mut found = Vec::new();
    let is_host = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    let mut start = 0;
    while let Some(offset) = text.get(start..).and_then(|rest| rest.find(is_host)) {
        let from = start + offset;
        let rest = text.get(from..).unwrap_or_default();
        let length = rest.find(|c| !is_host(c)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let before = text.get(..from).unwrap_or_default();
        let after = rest.get(length..).unwrap_or_default();
        if let Some(service) = names.get(word)
            && let Some(port) = reference(before, after, word == text)
        {
            let reference = Reference { service: service.clone(), host: word.to_owned(), port };
            found.push(Place { start: from, end: from + length, reference });
        }
        start = from + length;
    }
    found
}

/// Whether a word between these texts is a host, and its port: after `//`, `@`, or before `:port`, or
/// the whole text.
#[allow(clippy::option_option)]
fn reference(before: &str, after: &str, whole: bool) -> Option<Option<i64>> {
    let port = after.strip_prefix(':').and_then(|rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, more) = rest.split_at_checked(digits)?;
        // `postgres:16-alpine` and `redis:7.2` are images.
        let of_image = more.starts_with(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c))
            || more
                .strip_prefix('.')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        let port = digits.parse().ok().filter(|port| (1..=65535).contains(port));
        port.filter(|_| !of_image)
    });
    let marked = before.ends_with("//") || before.ends_with('@') || before.ends_with("tcp(");
    let user = marked
        && before.ends_with("//")
        && after.starts_with(':')
        && after.contains('@')
        && port.is_none();
    if user || (after.starts_with(['/', '=']) && !marked) {
        return None;
    }
    (port.is_some() || marked || whole).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &str) -> Vec<(String, Option<i64>)> {
        let names = ["db", "cache", "web"].map(|name| (name.to_owned(), name.to_owned())).into();
        find(text, &names).into_iter().map(|found| (found.service, found.port)).collect()
    }

    #[test]
    fn hosts_in_urls_lists_and_alone() {
        assert_eq!(hosts("postgres://db:pw@db:5432/db"), [("db".to_owned(), Some(5432))]);
        assert_eq!(hosts("redis://cache"), [("cache".to_owned(), None)]);
        assert_eq!(hosts("db"), [("db".to_owned(), None)]);
        assert_eq!(hosts("http://web:80,cache:6379").len(), 2);
        assert_eq!(hosts("./web/db"), []);
        assert_eq!(hosts("my-db:5432"), []);
        assert_eq!(hosts("web:1.27-alpine db:16-alpine cache:7.2"), []);
        assert_eq!(hosts("ask db:5432."), [("db".to_owned(), Some(5432))]);
    }
}
