//! The files of a chart that people read.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    chart::ChartSecret,
    defaults,
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
    namespace: &'static str,
    close: &'static str,
    keys: Vec<Key>,
    environments: Vec<Environment>,
    services: Vec<Port>,
    hosts: Vec<Host>,
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
struct Port {
    open: String,
    name: String,
    port: i64,
}

#[derive(Debug, Serialize)]
struct Host {
    open: String,
    name: String,
    host: String,
}

#[derive(Debug, Serialize)]
struct Secret {
    open: String,
    reference: String,
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
            namespace: "{{ .Release.Namespace }}",
            close: "{{- end }}",
            keys: keys.collect(),
            environments: environments.collect(),
            services: families.iter().filter_map(|family| port(family, services)).collect(),
            hosts: families.iter().filter_map(|family| host(family, services)).collect(),
            secrets: secrets.iter().map(|(name, secret)| secret_note(name, secret)).collect(),
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

fn port(family: &Family<'_>, services: &Services) -> Option<Port> {
    let object = family.first().filter(|object| object.kind() == "Service")?;
    let key = services.keys.get(object.service.as_ref()?)?;
    let headless = object.value.at(&["spec", "clusterIP"]).is_some();
    let ports =
        object.value.at(&["spec", "ports"]).and_then(Value::as_seq).filter(|_| !headless)?;
    let port = ports.first()?.get("port")?.as_int()?;
    let open = if services.externals.contains_key(object.service.as_ref()?) {
        format!("{{{{- if and .Values.{key}.enabled (not .Values.{key}.external) }}}}")
    } else {
        format!("{{{{- if .Values.{key}.enabled }}}}")
    };
    Some(Port { open, name: object.name().to_owned(), port })
}

fn host(family: &Family<'_>, services: &Services) -> Option<Host> {
    let object = family.first().filter(|object| object.kind() == "Ingress")?;
    let key = services.keys.get(object.service.as_ref()?)?;
    let open = format!(
        "{{{{- with .Values.{key}.ingress }}}}\n{{{{- if and .host (dig \"enabled\" true .) }}}}"
    );
    let host = "http{{ if .tls }}s{{ end }}://{{ .host }}/";
    Some(Host { open, name: object.name().to_owned(), host: host.to_owned() })
}

fn secret_note(name: &str, secret: &ChartSecret) -> Secret {
    let key = &secret.key;
    Secret {
        open: format!("{{{{- if not .Values.secrets.{key}.values }}}}"),
        reference: format!("{{{{ .Values.secrets.{key}.name }}}}"),
        key: key.clone(),
        name: name.to_owned(),
        keys: secret.keys.join(", "),
    }
}
