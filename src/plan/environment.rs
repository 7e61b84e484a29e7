//! Variables: which are plain, which are secret, and how they keep their identity.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Env, EnvSource, SecretEntry, SecretSet,
    command::{escape, escape_before},
    external::Credentials,
    known, names,
    sensitive::{self, Judge},
};
use crate::{
    compose::{Project, Text},
    settings::{EnvValue, ServiceSettings},
    text::{Origin, Span},
    yaml::Part,
};

/// Secret variables that several services use: each is one key of one Secret.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Variable → its value and the services that use it.
    users: BTreeMap<String, (String, BTreeSet<String>)>,
    /// Variables that have different values in different places, so they keep no identity.
    ambiguous: BTreeSet<String>,
}

impl Shared {
    /// Collects the secret variables in the templates of `services`.
    pub(crate) fn of(
        project: &Project,
        services: &BTreeSet<&str>,
        judge: &dyn Fn(&str, &str, &Text) -> bool,
    ) -> Self {
        let mut shared = Self::default();
        for (name, service) in
            project.services.iter().filter(|(name, _)| services.contains(name.as_str()))
        {
            for (key, value) in service.environment.iter() {
                let Some(text) = value else { continue };
                let whole = judge(&name.value, &key.value, text);
                for (variable, value) in secret_parts(text, whole) {
                    shared.add(&name.value, variable, value);
                }
            }
            for words in known::commands(service) {
                let plain: Vec<&str> = words.iter().map(Text::as_str).collect();
                let inside = sensitive::in_command(&plain);
                let variables = words
                    .iter()
                    .flat_map(|word| word.template.iter())
                    .flat_map(|template| &template.parts);
                for part in variables {
                    if let Part::Variable { name: variable, value, .. } = part
                        && !value.is_empty()
                        && (sensitive::is_sensitive(variable, value)
                            || inside.contains(&value.as_str()))
                    {
                        shared.add(&name.value, variable, value);
                    }
                }
            }
        }
        shared
    }

    fn add(&mut self, service: &str, variable: &str, value: &str) {
        let entry = self
            .users
            .entry(variable.to_owned())
            .or_insert_with(|| (value.to_owned(), BTreeSet::new()));
        entry.1.insert(service.to_owned());
        if entry.0 != value {
            self.ambiguous.insert(variable.to_owned());
        }
    }

    /// The Secret that holds a variable, if the variable keeps its identity.
    pub(crate) fn home(&self, variable: &str, project: &str, service: &str) -> Option<String> {
        let (_, users) = self.users.get(variable).filter(|_| !self.ambiguous.contains(variable))?;
        Some(if users.len() > 1 {
            names::joined(project, "shared")
        } else {
            names::joined(service, "secret")
        })
    }
}

/// The secret variables of a template with their values.
///
/// All of a template that makes a sensitive value whole, else those with a secret's name.
fn secret_parts(text: &Text, sensitive: bool) -> Vec<(&str, &str)> {
    let Some(template) = &text.template else { return Vec::new() };
    let alone = template.parts.len() == 1;
    let inside = sensitive::passwords(&text.value);
    template
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Variable { name, value, .. } if !value.is_empty() || (alone && sensitive) => {
                Some((name.as_str(), value.as_str()))
            }
            _ => None,
        })
        .filter(|(name, value)| {
            sensitive::is_sensitive(name, value) || (alone && sensitive) || inside.contains(value)
        })
        .collect()
}

/// The variables of one container.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    /// Plain ones.
    pub(crate) config: Vec<(String, String, Origin)>,
    /// The others, referenced ones first.
    pub(crate) env: Vec<Env>,
    /// Secrets that hold them.
    pub(crate) secrets: Vec<SecretSet>,
    /// Secret values with the variables of the container that hold them.
    pub(crate) values: Vec<(String, String)>,
    /// Variables without a value, which stay away.
    pub(crate) without_value: Vec<(String, Span)>,
    /// Variables whose names the API server refuses.
    pub(crate) misnamed: Vec<(String, Span)>,
}

/// What deciding about variables needs to know.
pub(crate) struct Context<'a> {
    pub(crate) project: &'a str,
    pub(crate) service: &'a str,
    pub(crate) judge: &'a Judge<'a>,
    pub(crate) shared: &'a Shared,
    pub(crate) credentials: &'a Credentials,
    /// Names of variables that are something of their own.
    pub(crate) taken: BTreeSet<&'a str>,
}

impl Variables {
    /// `$(NAME)` sees only what stands above it.
    pub(crate) fn sort(&mut self) {
        self.env.sort_by_key(|env| matches!(env.source, EnvSource::Value(_)));
    }
}

/// The names of variables that are something of their own: one that only passes `${NAME}` on under
/// its own name is that variable.
pub(crate) fn taken(environment: &[(Text, Option<Text>)]) -> BTreeSet<&str> {
    environment
        .iter()
        .filter(|(key, value)| !passes_on(&key.value, value.as_ref()))
        .map(|(key, _)| key.value.as_str())
        .collect()
}

/// Decides about all variables of a service.
pub(crate) fn plan(
    environment: &[(Text, Option<Text>)],
    settings: &ServiceSettings,
    context: &Context,
) -> Variables {
    let mut variables = Variables::default();
    let taken = &context.taken;
    for (key, value) in environment {
        if settings.environment.contains_key(&key.value) {
            continue;
        }
        match value {
            _ if !is_variable_name(&key.value) => {
                variables.misnamed.push((key.value.clone(), key.span()));
            }
            Some(value) => context.add(&key.value, value, taken, &mut variables),
            None => variables.without_value.push((key.value.clone(), key.span())),
        }
    }
    for (name, said) in &settings.environment {
        let origin = said.origin.clone();
        let source = match &said.value {
            None => continue,
            Some(EnvValue::Plain(value)) => {
                let text = Text { value: value.clone(), span: Some(said.span()), template: None };
                context.add(name, &text, taken, &mut variables);
                continue;
            }
            Some(EnvValue::Secret { name, key }) => {
                EnvSource::Secret { name: name.clone(), key: key.clone() }
            }
            Some(EnvValue::ConfigMap { name, key }) => {
                EnvSource::ConfigMap { name: name.clone(), key: key.clone() }
            }
            Some(EnvValue::Field(path)) => EnvSource::Field(path.clone()),
        };
        variables.env.push(Env { name: name.clone(), source, origin });
    }
    variables.sort();
    variables
}

/// What a container's variable may be named: printable ASCII without `=` (the API server's relaxed
/// rule, which all supported Kubernetes versions have).
fn is_variable_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| (' '..='~').contains(&c) && c != '=')
}

/// Whether a value is nothing but the variable of that name.
fn passes_on(name: &str, value: Option<&Text>) -> bool {
    let template = value.and_then(|text| text.template.as_ref());
    template.is_some_and(|template| matches!(template.parts.as_slice(), [Part::Variable { name: variable, .. }] if variable == name))
}

impl Context<'_> {
    fn add(&self, name: &str, text: &Text, taken: &BTreeSet<&str>, variables: &mut Variables) {
        let origin = Origin::Input(text.span());
        let sensitive = self.judge.keeps(name, text);
        let parts = secret_parts(text, sensitive);
        let kept: Vec<(&str, &str, String)> = parts
            .iter()
            .filter_map(|(variable, value)| {
                let given = self.credentials.home(value, &text.value);
                let home =
                    given.or_else(|| self.shared.home(variable, self.project, self.service))?;
                Some((*variable, *value, home))
            })
            .collect();
        if let [(variable, value, home)] = kept.as_slice()
            && *value == text.value
            && text.template.as_ref().is_some_and(|template| template.parts.len() == 1)
        {
            self.refer(name, variable, value, home, &origin, variables);
        } else if !kept.is_empty() && kept.len() == parts.len() && Self::fits(text, &kept, taken) {
            let (mut line, mut plain) = (String::new(), String::new());
            for part in text.template.iter().flat_map(|template| &template.parts) {
                let (Part::Variable { value: literal, .. } | Part::Literal(literal)) = part;
                let secret = match part {
                    Part::Variable { name, .. } => kept.iter().find(|(known, ..)| known == name),
                    Part::Literal(_) => None,
                };
                let Some((variable, value, home)) = secret else {
                    plain.push_str(literal);
                    continue;
                };
                if !variables.env.iter().any(|env| env.name == *variable) {
                    self.refer(variable, variable, value, home, &origin, variables);
                }
                line.push_str(&escape_before(&std::mem::take(&mut plain)));
                line.push_str(&format!("$({variable})"));
            }
            line.push_str(&escape(&plain));
            variables.env.push(Env {
                name: name.to_owned(),
                source: EnvSource::Value(line),
                origin,
            });
        } else if sensitive || !parts.is_empty() {
            let given = self.credentials.home(&text.value, &text.value);
            let home = given.unwrap_or_else(|| names::joined(self.service, "secret"));
            self.refer(name, name, &text.value, &home, &origin, variables);
        } else if names::key(name) == name {
            variables.config.push((name.to_owned(), text.value.clone(), origin));
        } else {
            // No key of a ConfigMap may be spelled so, but a variable of a container may.
            let source = EnvSource::Value(escape(&text.value));
            variables.env.push(Env { name: name.to_owned(), source, origin });
        }
    }

    /// Whether what remains of a value without its secret variables is no secret, and no variable of
    /// the container has the name of one of them for something else.
    fn fits(text: &Text, kept: &[(&str, &str, String)], taken: &BTreeSet<&str>) -> bool {
        let rest: String = text
            .template
            .iter()
            .flat_map(|template| &template.parts)
            .map(|part| match part {
                Part::Literal(literal) => literal.as_str(),
                Part::Variable { name, .. }
                    if kept.iter().any(|(variable, ..)| variable == name) =>
                {
                    "$"
                }
                Part::Variable { value, .. } => value.as_str(),
            })
            .collect();
        !sensitive::holds_secret(&rest)
            && kept.iter().all(|(variable, ..)| !taken.contains(variable))
    }

    /// A variable from a key of a Secret.
    pub(crate) fn refer(
        &self,
        name: &str,
        key: &str,
        value: &str,
        home: &str,
        origin: &Origin,
        variables: &mut Variables,
    ) {
        if variables.env.iter().any(|env| env.name == name) {
            return;
        }
        let key = &names::key(key);
        let source = EnvSource::Secret { name: home.to_owned(), key: key.to_owned() };
        variables.env.push(Env { name: name.to_owned(), source, origin: origin.clone() });
        let service = home.ends_with("-secret").then(|| self.service.to_owned());
        let entry = SecretEntry {
            key: key.to_owned(),
            value: value.as_bytes().to_vec(),
            origin: origin.clone(),
        };
        match variables.secrets.iter_mut().find(|set| set.name == home) {
            Some(set) if set.entries.iter().any(|known| known.key == *key) => {}
            Some(set) => set.entries.push(entry),
            None => variables.secrets.push(SecretSet {
                name: home.to_owned(),
                service,
                entries: vec![entry],
            }),
        }
        if !value.is_empty() && !variables.values.iter().any(|(_, known)| known == value) {
            variables.values.push((name.to_owned(), value.to_owned()));
        }
    }
}
