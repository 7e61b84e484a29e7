//! The secret values of a project, so that they are found wherever they stand.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    secret_values::{SecretValues, is_strong},
    sensitive,
};
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

/// The values that look like secrets, as they are collected.
#[derive(Debug, Default)]
struct Found {
    values: BTreeSet<String>,
}

impl Found {
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
}

/// Secret values of a project.
#[derive(Debug, Default)]
pub(crate) struct Known {
    values: SecretValues,
    /// Those that are common words, which are secrets only where they stand in quotes.
    words: BTreeSet<String>,
}

impl Known {
    /// Collects the secret values of `services`; `judge` says which of their variables are secret.
    pub(crate) fn of(
        project: &Project,
        services: &BTreeSet<&str>,
        files: &dyn Files,
        judge: &dyn Fn(&str, &str, &Text) -> bool,
    ) -> Self {
        let mut known = Found::default();
        let mut open = names_of(project);
        let running = project.services.iter().filter(|(name, _)| services.contains(name.as_str()));
        for (service, definition) in running {
            for (name, value) in definition.environment.iter() {
                let Some(text) = value else { continue };
                if !text.value.is_empty() && judge(&service.value, &name.value, text) {
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
        let (words, values): (_, BTreeSet<String>) = known
            .values
            .into_iter()
            .filter(sought)
            .partition(|value| COMMON.contains(&value.to_ascii_lowercase().as_str()));
        Self { values: values.into_iter().collect(), words }
    }

    /// Whether a value is a secret wherever it stands.
    pub(crate) fn has(&self, value: &str) -> bool {
        self.values.has(value)
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
        self.values.each(text).next().is_some()
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
        self.values.each(text).map(|(_, value)| value).collect()
    }
}

/// Whether a secret value says something where it stands in another text: it is no common word.
pub(crate) fn is_telling(value: &str) -> bool {
    (SHORTEST..=512).contains(&value.len())
        && !COMMON.contains(&value.to_ascii_lowercase().as_str())
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
pub(crate) fn names_of(project: &Project) -> BTreeSet<String> {
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
