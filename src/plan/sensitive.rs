//! Which variables are secrets: by name, by credentials in a URL, by key material.

use crate::{catalog::Facts, settings::ServiceSettings};

/// Words that make a variable's name a secret's, as whole words between `_`.
const SECRET_WORDS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PWD",
    "PASSPHRASE",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "SALT",
    "PSK",
    "JWT",
    "HMAC",
];

/// Words before `KEY` that make it a secret one.
const KEY_WORDS: &[&str] = &[
    "API",
    "PRIVATE",
    "ACCESS",
    "SECRET",
    "ENCRYPTION",
    "ENCRYPT",
    "SIGNING",
    "MASTER",
    "APP",
    "AUTH",
    "LICENSE",
    "SSH",
    "TLS",
    "SSL",
    "SESSION",
    "COOKIE",
    "ACCOUNT",
    "ADMIN",
    "SERVICE",
    "ANON",
];

/// Last words that say what a secret's name is about instead of holding one.
const HARMLESS_ENDINGS: &[&str] = &[
    "FILE",
    "PATH",
    "DIR",
    "URL",
    "URI",
    "ENABLED",
    "ENABLE",
    "DISABLED",
    "EXPIRE",
    "EXPIRES",
    "EXPIRATION",
    "EXPIRY",
    "TTL",
    "LENGTH",
    "POLICY",
    "TYPE",
    "NAME",
    "ALGORITHM",
    "ISSUER",
    "AUDIENCE",
    "HEADER",
    "REQUIRED",
    "LIFETIME",
    "TIMEOUT",
    "ROTATION",
    "VALIDATION",
    "HOST",
    "PORT",
    "DURATION",
    "ATTEMPTS",
];

/// Judges variables of one service.
pub(crate) struct Judge<'a> {
    /// What the image's entry says about names.
    pub(crate) facts: Option<&'a Facts>,
    /// What the user says about names.
    pub(crate) settings: &'a ServiceSettings,
}

impl Judge<'_> {
    /// Whether a variable with this value must be kept secret.
    pub(crate) fn is_sensitive(&self, name: &str, value: &str) -> bool {
        self.said(name).unwrap_or_else(|| is_sensitive(name, value))
    }

    /// What the user or the catalogue says about the name.
    fn said(&self, name: &str) -> Option<bool> {
        let any = |globs: &[String]| globs.iter().any(|glob| matches(glob, name));
        if any(&self.settings.sensitive) {
            return Some(true);
        }
        if any(&self.settings.not_sensitive) {
            return Some(false);
        }
        let facts = self.facts?;
        if facts.secret_variables.iter().any(|known| matches(known, name)) {
            Some(true)
        } else if facts.plain_variables.iter().any(|known| matches(known, name)) {
            Some(false)
        } else {
            None
        }
    }
}

/// Whether a variable must be kept secret by what it is called or what it holds.
pub(crate) fn is_sensitive(name: &str, value: &str) -> bool {
    has_credentials(value)
        || is_key_material(value)
        || (names_a_secret(name) && !is_switch(value) && !value.starts_with("/run/secrets/"))
}

/// Whether a name is that of a secret.
pub(crate) fn names_a_secret(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last().map(String::as_str) else { return false };
    if HARMLESS_ENDINGS.contains(&last) || words.iter().any(|word| word == "PUBLIC") {
        return false;
    }
    let has_word = words.iter().any(|word| SECRET_WORDS.contains(&word.as_str()));
    let mut pairs = words.iter().zip(words.iter().skip(1));
    let has_key = pairs.any(|(word, next)| next == "KEY" && KEY_WORDS.contains(&word.as_str()));
    has_word
        || has_key
        || words.iter().any(|word| word.ends_with("PASSWORD") || word.ends_with("SECRET"))
}

/// The words of a name, in upper case: `DB_PASSWORD`, `dbPassword`, `db.password` alike.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_uppercase());
        }
        lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Values that switch something and are no secrets.
fn is_switch(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "0" | "1" | "none" | "null"
    )
}

/// Whether a URL in the value has a password: `scheme://user:password@host`.
pub(crate) fn has_credentials(value: &str) -> bool {
    value.match_indices("://").any(|(at, _)| {
        let rest = value.get(at + 3..).unwrap_or_default();
        let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(user, host)| {
            !host.is_empty()
                && user.split_once(':').is_some_and(|(_, password)| !password.is_empty())
        })
    })
}

/// Whether the value is a private key.
pub(crate) fn is_key_material(value: &str) -> bool {
    value.contains("-----BEGIN") && value.contains("PRIVATE KEY")
}

/// Whether a name fits a glob with `*`.
fn matches(glob: &str, name: &str) -> bool {
    match glob.split_once('*') {
        None => glob == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|tail| {
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| tail.get(at..).is_some_and(|tail| matches(rest, tail)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "PGPASSWORD",
            "API_KEY",
            "JWT_SECRET",
            "MYSQL_PWD",
            "GITHUB_TOKEN",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in
            ["PASSWORD_FILE", "TOKEN_EXPIRE", "KEYBOARD", "PUBLIC_KEY", "PWDIR", "COMPASS", "KEY"]
        {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn urls_with_passwords() {
        assert!(has_credentials("postgres://app:secret@db:5432/app"));
        assert!(!has_credentials("postgres://app@db:5432/app"));
        assert!(!has_credentials("http://web:8080/a@b"));
    }

    #[test]
    fn globs() {
        assert!(matches("*_URL", "DATABASE_URL"));
        assert!(!matches("DB_*", "XDB_A"));
    }
}
