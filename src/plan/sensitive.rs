//! Which variables are secrets: by name, by passwords in the value, by key material, by chance.

mod commands;
#[cfg(test)]
mod measured;
mod names;
mod values;

use crate::{catalog::Facts, compose::Text, settings::ServiceSettings, yaml::Part};

use super::known::Known;
pub(crate) use commands::in_command;
use names::Says;
pub(crate) use names::names_a_secret;
pub(crate) use values::{is_key_material, is_placeholder, passwords};

/// Judges variables of one service.
pub(crate) struct Judge<'a> {
    /// What the image's entry says about names.
    pub(crate) facts: Option<&'a Facts>,
    /// What the user says about names.
    pub(crate) settings: &'a ServiceSettings,
    /// Secret values of the project, wherever they stand.
    pub(crate) known: &'a Known,
}

impl Judge<'_> {
    /// Whether a variable with this value must be kept secret.
    pub(crate) fn is_sensitive(&self, name: &str, value: &str) -> bool {
        self.said(name)
            .unwrap_or_else(|| is_sensitive(name, value) || self.known.is_in_value(name, value))
    }

    /// The same for a variable as it is written: one that is empty until it is given may be a secret
    /// too, so that an environment looks the same with and without its values.
    pub(crate) fn keeps(&self, name: &str, text: &Text) -> bool {
        let awaited = || {
            let named = names::says(name) == Says::Secret && !names::asks_for_a_switch(name);
            named && is_given(text)
        };
        self.is_sensitive(name, &text.value)
            || (text.value.is_empty() && self.said(name).is_none() && awaited())
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
    holds_secret(value)
        || match names::says(name) {
            Says::Secret => !is_setting(name, value),
            Says::Perhaps => values::looks_random(value) || is_key(value) || is_login(name, value),
            Says::Nothing => values::looks_random(value) && !names::identifies(name),
            Says::Plain => false,
        }
}

/// Whether a value is nothing but a variable: `${TOKEN:-}`.
fn is_given(text: &Text) -> bool {
    let parts = text.template.as_ref().map(|template| template.parts.as_slice());
    matches!(parts, Some([Part::Variable { .. }]))
}

/// Whether a value is none that a secret has: a switch, a path, an address, a number that is asked for.
fn is_setting(name: &str, value: &str) -> bool {
    is_switch(value)
        || values::is_path(value)
        || is_plain_url(value)
        || (names::asks_for_a_switch(name) && is_number(value))
}

/// Whether a value holds a secret whatever it is called: a password, a key, a token.
pub(crate) fn holds_secret(value: &str) -> bool {
    !passwords(value).is_empty() || is_key_material(value) || values::is_token(value)
}

/// Values that switch something and are no secrets.
pub(crate) fn is_switch(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "0" | "1" | "none" | "null" | "nil"
    )
}

fn is_number(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn is_plain_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:".contains(c))
    })
}

/// Whether the value of something that is called a key is one: long, with digits, no word or path.
fn is_key(value: &str) -> bool {
    value.len() >= 12
        && value.contains(|c: char| c.is_ascii_digit())
        && value.contains(|c: char| c.is_ascii_alphabetic())
        && !value.contains(['/', ' ', '.', ':', ','])
}

/// `user:password` or `user/password` behind a name that speaks of a login.
fn is_login(name: &str, value: &str) -> bool {
    let login = name.to_ascii_uppercase();
    let (Some((user, password)), true) =
        (value.split_once([':', '/']), login.contains("AUTH") || login.contains("LOGIN"))
    else {
        return false;
    };
    !user.is_empty()
        && !password.is_empty()
        && !is_number(password)
        && !value.contains([' ', ','])
        && !password.contains('/')
        && !value.contains("://")
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
    fn globs() {
        assert!(matches("*_URL", "DATABASE_URL"));
        assert!(!matches("DB_*", "XDB_A"));
    }
}
