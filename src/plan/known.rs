//! The secret values of a project, so that they are found wherever they stand.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use super::sensitive;
use crate::{
    compose::{Project, Service, Text},
    load::Files,
    yaml::Part,
};

/// Fewest characters of a value that is looked for in other texts.
const SHORTEST: usize = 6;

/// Passwords so common that they say nothing where they stand in another text.
const COMMON: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "secrets",
    "changeme",
    "change-me",
    "change_me",
    "changeit",
    "administrator",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "rabbitmq",
    "mongodb",
    "example",
    "default",
    "development",
    "production",
    "minioadmin",
    "elastic",
    "redis",
    "guest",
    "public",
    "private",
    "token",
    "apikey",
    "api-key",
    "username",
    "localhost",
    "testing",
    "user_provided",
    "access-key",
    "secret-key",
    "access_key",
    "secret_key",
    "empty",
    "string",
    "not-needed",
    "dummy",
    "placeholder",
    "neo4j",
    "grafana",
    "keycloak",
    "airflow",
    "docker",
];

/// Endings of names whose values are open: who logs in, and to what.
const OPEN_NAMES: &[&str] =
    &["USER", "USERNAME", "NAME", "DB", "DATABASE", "HOST", "HOSTNAME", "EMAIL", "LOGIN", "PORT"];

/// Secret values of a project.
#[derive(Debug, Default)]
pub(crate) struct Known {
    values: BTreeSet<String>,
    /// Those that are common words, which are secrets only where they stand in quotes.
    words: BTreeSet<String>,
}

impl Known {
    /// Collects the secret values of `services`; `judge` says which of their variables are secret.
    pub(crate) fn of(
        project: &Project,
        services: &BTreeSet<&str>,
        files: &dyn Files,
        judge: &dyn Fn(&str, &str, &str) -> bool,
    ) -> Self {
        let mut known = Self::default();
        let mut open = names_of(project);
        let running = project.services.iter().filter(|(name, _)| services.contains(name.as_str()));
        for (service, definition) in running {
            for (name, value) in definition.environment.iter() {
                let Some(text) = value else { continue };
                if judge(&service.value, &name.value, &text.value) {
                    known.add_variable(&name.value, text);
                } else if is_open_name(&name.value) || !is_strong(&text.value) {
                    open.insert(text.value.trim().to_owned());
                }
            }
            for words in commands(definition) {
                known.add_command(words);
            }
        }
        for (_, secret) in project.secrets.iter() {
            let file = secret.file.as_ref().and_then(|file| files.read(&file.value).ok());
            let content = secret.content.as_ref().map(|text| text.value.clone().into_bytes());
            let text = content.or(file).and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some(line) =
                text.as_deref().map(str::trim).filter(|text| text.lines().count() == 1)
            {
                known.values.insert(line.to_owned());
            }
        }
        let sought = |value: &String| {
            (SHORTEST..=512).contains(&value.len())
                && !open.contains(value)
                && !value.starts_with(['$', '<'])
        };
        let (words, values) = std::mem::take(&mut known.values)
            .into_iter()
            .filter(sought)
            .partition(|value| COMMON.contains(&value.to_ascii_lowercase().as_str()));
        Self { values, words }
    }

    fn add_variable(&mut self, name: &str, text: &Text) {
        let inside = sensitive::passwords(&text.value);
        if inside.is_empty() || sensitive::names_a_secret(name) {
            self.values.insert(text.value.trim().to_owned());
        }
        self.values.extend(inside.into_iter().map(str::to_owned));
        self.add_parts(text);
    }

    fn add_parts(&mut self, text: &Text) {
        for part in text.template.iter().flat_map(|template| &template.parts) {
            if let Part::Variable { name, value, .. } = part
                && sensitive::is_sensitive(name, value)
            {
                self.values.insert(value.clone());
            }
        }
    }

    fn add_command(&mut self, words: &[Text]) {
        let plain: Vec<&str> = words.iter().map(Text::as_str).collect();
        self.values.extend(sensitive::in_command(&plain).into_iter().map(str::to_owned));
        words.iter().for_each(|word| self.add_parts(word));
    }

    /// Whether a value is a secret wherever it stands.
    pub(crate) fn has(&self, value: &str) -> bool {
        self.values.contains(value)
    }

    /// The secrets of a project for a test.
    #[cfg(test)]
    pub(crate) fn with(values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Self { values, words: BTreeSet::new() }
    }

    /// Whether the value of a variable holds a secret of the project.
    pub(crate) fn is_in_value(&self, name: &str, value: &str) -> bool {
        !is_open_name(name) && self.is_in(value)
    }

    /// Whether a text holds a secret of the project.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        each(&self.values, text).next().is_some()
    }

    /// Whether a file holds a secret of the project; common words count where they are quoted and
    /// no keys.
    pub(crate) fn is_in_file(&self, text: &str) -> bool {
        let quoted = |word: &String| {
            ['"', '\''].iter().any(|quote| {
                text.match_indices(&format!("{quote}{word}{quote}")).any(|(at, found)| {
                    let after = text.get(at + found.len()..).unwrap_or_default();
                    !after.trim_start().starts_with([':', '=', ']'])
                })
            })
        };
        self.is_in(text) || self.words.iter().any(quoted)
    }

    /// The secrets of the project that stand in a text.
    pub(crate) fn all_in<'a>(&'a self, text: &'a str) -> BTreeSet<&'a str> {
        each(&self.values, text).map(|(_, value)| value).collect()
    }
}

/// Where a secret stands in a text; what could be a word must stand as a word.
pub(crate) fn find_all<'t>(text: &'t str, secret: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(secret).map(|(at, _)| at).filter(move |at| stands(text, *at, secret))
}

/// Where any of the secrets stand in a text. Every place is looked up among the sorted secrets, so
/// that many secrets take no longer than few.
pub(crate) fn each<'a>(
    secrets: &'a BTreeSet<String>,
    text: &'a str,
) -> impl Iterator<Item = (usize, &'a str)> {
    let places = text.char_indices().filter(move |_| !secrets.is_empty());
    places.flat_map(move |(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        beginnings(secrets, rest)
            .filter(move |secret| stands(text, at, secret))
            .map(move |secret| (at, secret))
    })
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
    let end = (4..text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether what is found at a place is the secret, and no part of a longer word.
fn stands(text: &str, at: usize, secret: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '-');
    is_strong(secret)
        || (apart(text.get(..at).and_then(|before| before.chars().next_back()))
            && apart(text.get(at + secret.len()..).and_then(|after| after.chars().next())))
}

/// Whether a secret value says something where it stands in another text: it is no common word.
pub(crate) fn is_telling(value: &str) -> bool {
    (SHORTEST..=512).contains(&value.len())
        && !COMMON.contains(&value.to_ascii_lowercase().as_str())
}

/// Whether a value could hardly be a word: it is long and mixes letters with other characters.
pub(crate) fn is_strong(value: &str) -> bool {
    value.len() >= 8
        && value.contains(|c: char| c.is_ascii_alphabetic())
        && value.contains(|c: char| c.is_ascii_digit() || "!@#$%^&*+=?~".contains(c))
}

fn is_open_name(name: &str) -> bool {
    let last = name.rsplit(['_', '.', '-']).next().unwrap_or(name).to_ascii_uppercase();
    OPEN_NAMES.iter().any(|open| last.ends_with(open))
}

/// The commands of a service.
pub(crate) fn commands(service: &Service) -> impl Iterator<Item = &[Text]> {
    let test = service.healthcheck.iter().map(|check| check.test.as_slice());
    let hooks =
        service.post_start.iter().chain(&service.pre_stop).map(|hook| hook.command.as_slice());
    service.entrypoint.iter().chain(&service.command).map(Vec::as_slice).chain(test).chain(hooks)
}

/// What a project calls things, which it says in the open.
fn names_of(project: &Project) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = [project.name.clone()].into();
    names.extend(project.services.iter().map(|(name, _)| name.value.clone()));
    names.extend(project.volumes.iter().map(|(name, _)| name.value.clone()));
    names.extend(project.networks.iter().map(|(name, _)| name.value.clone()));
    for (_, service) in project.services.iter() {
        names.extend(
            service.container_name.iter().chain(&service.hostname).map(|text| text.value.clone()),
        );
        let image = service.image.iter().flat_map(|text| text.value.split(['/', ':', '@']));
        names.extend(image.map(str::to_owned));
    }
    names
}

/// Where the secrets of a project are kept: value → Secret, key and the variable that has it.
#[derive(Debug, Default)]
pub(crate) struct Homes {
    homes: BTreeMap<String, (String, String)>,
}

impl Homes {
    /// Notes a key of a Secret.
    pub(crate) fn add(&mut self, value: &[u8], secret: &str, key: &str) {
        if let Ok(text) = std::str::from_utf8(value) {
            self.homes
                .entry(text.to_owned())
                .or_insert_with(|| (secret.to_owned(), key.to_owned()));
        }
    }

    /// The Secret and the key that hold a value.
    pub(crate) fn of(&self, value: &str) -> Option<(&str, &str)> {
        self.homes.get(value).map(|(secret, key)| (secret.as_str(), key.as_str()))
    }
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
            let all = [secret.to_owned(), "other-secret".to_owned()].into();
            assert_eq!(each(&all, text).map(|(at, _)| at).collect::<Vec<_>>(), found, "{text}");
            found
        };
        assert_eq!(find("-pgeheim7geheim", "geheim7geheim"), [2]);
        assert!(find("mygeheimnis", "geheim").is_empty());
        assert_eq!(find("password=geheim;geheim", "geheim"), [9, 16]);
        assert_eq!(find("ü=grünkohl,x", "grünkohl"), [3]);
    }
}
