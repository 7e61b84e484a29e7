//! Names of values: camelCase words that a template can write after a dot.

use std::collections::BTreeMap;

/// Top-level keys of a chart's values that no service may have.
const RESERVED: &[&str] =
    &["environment", "extraObjects", "global", "helperImages", "rbac", "secrets", "volumes"];

/// Services that cannot have a section of their own in a chart's values: the service, the key, and
/// the other service of that key if it is not the chart's own.
pub fn taken_keys<'s>(
    services: impl Iterator<Item = &'s str>,
) -> Vec<(&'s str, String, Option<&'s str>)> {
    let mut keys: BTreeMap<String, &str> = BTreeMap::new();
    let mut taken = Vec::new();
    for service in services {
        let key = camel(service);
        if RESERVED.contains(&key.as_str()) {
            taken.push((service, key, None));
        } else if let Some(other) = keys.get(&key).filter(|other| **other != service) {
            taken.push((service, key, Some(*other)));
        } else {
            keys.insert(key, service);
        }
    }
    taken
}

/// A name in camelCase: `my-api` becomes `myApi`.
pub(super) fn camel(name: &str) -> String {
    let mut words =
        name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut camel = words.next().map_or_else(|| "value".to_owned(), decapitalise);
    words.for_each(|word| camel.push_str(&capitalise(word)));
    if camel.starts_with(|c: char| c.is_ascii_digit()) {
        camel.insert(0, 'n');
    }
    camel
}

/// Words joined in camelCase.
pub(super) fn join(words: &[String]) -> String {
    let mut words = words.iter();
    let first = words.next().cloned().unwrap_or_default();
    words.fold(first, |camel, word| camel + &capitalise(word))
}

/// `TLS` becomes `tls`, `LOG_LEVEL`'s first word `log`, `fsGroup` stays.
fn decapitalise(word: &str) -> String {
    if word.chars().any(|c| c.is_ascii_lowercase()) {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_lowercase());
        first.into_iter().chain(chars).collect()
    } else {
        word.to_ascii_lowercase()
    }
}

fn capitalise(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// Keys for what is known by an identity and has a name, each of its own.
pub(super) fn keys(ids: &[(String, String)]) -> BTreeMap<String, String> {
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for (id, name) in ids {
        let mut key = camel(name);
        if RESERVED.contains(&key.as_str()) {
            key.push_str("Service");
        }
        let mut free = key.clone();
        let mut number = 2;
        while keys.values().any(|taken| *taken == free) {
            free = format!("{key}{number}");
            number += 1;
        }
        keys.insert(id.clone(), free);
    }
    keys
}

/// A string as a template writes it.
pub(super) fn go_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_that_would_share_a_section_are_found() {
        let services = ["my-api", "web", "my.api", "helper-images", "web", "secrets"];
        let taken = taken_keys(services.into_iter());
        let other = ("my.api", "myApi".to_owned(), Some("my-api"));
        let own = |service, key: &str| (service, key.to_owned(), None);
        assert_eq!(taken, [other, own("helper-images", "helperImages"), own("secrets", "secrets")]);
    }
}
