//! The files of a chart that people read.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    chart::ChartSecret,
    defaults,
    names::go_string,
    object::{Family, Services},
    values::Entry,
    weave::Weaver,
};
use crate::{
    emit::{Bundle, SecretMode},
    yaml::{Value, emit},
};

/// What the prose files of a chart speak of. Texts may hold actions of the chart's templates.
#[derive(Debug, Serialize)]
pub(super) struct Prose {
    project: String,
    chart: String,
    title: &'static str,
    ports: Option<String>,
    notes: Option<String>,
    keys: Vec<Key>,
    environments: Vec<Environment>,
    secrets: Vec<Secret>,
    values: Vec<Row>,
    toggles: Vec<Toggle>,
}

#[derive(Debug, Serialize)]
struct Row {
    key: String,
    default: String,
    about: String,
}

#[derive(Debug, Serialize)]
struct Toggle {
    key: &'static str,
    about: &'static str,
    services: String,
}

#[derive(Debug, Serialize)]
struct Key {
    service: String,
    key: String,
}

#[derive(Debug, Serialize)]
struct Environment {
    name: String,
    secret: bool,
}

#[derive(Debug, Serialize)]
struct Secret {
    key: String,
    name: String,
    keys: String,
}

impl Prose {
    /// Gathers what there is to say.
    pub(super) fn new(
        bundle: &Bundle,
        chart: &str,
        weaver: &Weaver<'_>,
        families: &[Family<'_>],
        services: &Services,
        secrets: &BTreeMap<String, ChartSecret>,
    ) -> Self {
        let environments = bundle.environments.iter().map(|variant| Environment {
            name: variant.environment.clone(),
            secret: variant.secret_mode == SecretMode::Literal
                && variant.objects.iter().any(|object| object.kind() == "Secret"),
        });
        let keys = services.enabled.keys().filter_map(|service| {
            Some(Key { service: service.clone(), key: services.keys.get(service)?.clone() })
        });
        Self {
            project: bundle.project.clone(),
            chart: chart.to_owned(),
            title: "{{ .Chart.Name }} {{ .Chart.Version }} is installed as {{ .Release.Name }} in \
                    {{ .Release.Namespace }}{{ with .Values.environment }} for {{ . }}{{ end }}.",
            ports: ports(families, services),
            notes: secret_notes(secrets),
            keys: keys.collect(),
            environments: environments.collect(),
            secrets: secrets.iter().map(|(name, secret)| secret_row(name, secret)).collect(),
            values: weaver.values.entries().map(|(path, entry)| row(path, entry)).collect(),
            toggles: toggles(weaver),
        }
    }

    /// Fills one of the files.
    pub(super) fn render(&self, template: &str) -> String {
        let mut registry = handlebars::Handlebars::new();
        registry.register_escape_fn(handlebars::no_escape);
        // The templates are our own and the tests render each of them.
        registry.render_template(template, self).unwrap_or_default()
    }
}

/// A value's line in the table of all values.
fn row(path: &[String], entry: &Entry) -> Row {
    let default = emit(&entry.base());
    let default = match entry.base() {
        Value::Map(_) | Value::Seq(_) if default.lines().count() > 1 => {
            "see values.yaml".to_owned()
        }
        Value::Null => String::new(),
        _ => format!("`{}`", default.trim_end()),
    };
    let about = match path {
        [section, name] if section == "global" => defaults::global(name),
        [_, key, ..] => defaults::about(key),
        _ => None,
    };
    let about = about.unwrap_or_default().replace('|', "\\|");
    Row { key: path.join("."), default: default.replace('|', "\\|"), about }
}

/// What sections understand beyond the values.
fn toggles(weaver: &Weaver<'_>) -> Vec<Toggle> {
    let toggle = |key: &defaults::Key| {
        let has = |(section, toggles): (&String, &Vec<&str>)| {
            let written = weaver.values.is_free(&[section.clone(), key.name.to_owned()]);
            (toggles.contains(&key.name) && written).then(|| section.clone())
        };
        let services: Vec<_> = weaver.toggles.iter().filter_map(has).collect();
        let services = match services.len() {
            0 => return None,
            all if all == weaver.toggles.len() => "all".to_owned(),
            _ => services.join(", "),
        };
        Some(Toggle { key: key.name, about: key.about, services })
    };
    defaults::KEYS.iter().filter_map(toggle).collect()
}

/// Actions that print where services are reached.
fn ports(families: &[Family<'_>], services: &Services) -> Option<String> {
    let port = |family: &Family<'_>| {
        let object = family.objects.iter().flatten().find(|object| {
            object.kind() == "Service" && object.value.at(&["spec", "selector"]).is_some()
        })?;
        let name = object.service.as_deref().filter(|name| *name == object.name())?;
        let key = go_string(services.keys.get(name)?);
        let port = object.value.at(&["spec", "ports"])?.as_seq()?.first()?.get("port")?.as_int()?;
        Some(format!(" {} (list {key} {port})", go_string(name)))
    };
    let ports: String = families.iter().filter_map(port).collect();
    let text = include_str!("../templates/NOTES.ports.txt").trim_end();
    (!ports.is_empty()).then(|| text.replace(" PORTS", &ports))
}

/// Actions that print which Secrets must exist.
fn secret_notes(secrets: &BTreeMap<String, ChartSecret>) -> Option<String> {
    let keys = |secret: &ChartSecret| {
        format!(" {} {}", go_string(&secret.key), go_string(&secret.keys.join(", ")))
    };
    let keys: String = secrets.values().map(keys).collect();
    let text = include_str!("../templates/NOTES.secrets.txt").trim_end();
    (!keys.is_empty()).then(|| text.replace(" SECRETS", &keys))
}

fn secret_row(name: &str, secret: &ChartSecret) -> Secret {
    Secret { key: secret.key.clone(), name: name.to_owned(), keys: secret.keys.join(", ") }
}
