//! The files of a chart that people read.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    chart::ChartSecret,
    object::{Family, Services},
};
use crate::{
    emit::{Bundle, SecretMode},
    yaml::Value,
};

/// What the prose files of a chart speak of. Texts may hold actions of the chart's templates.
#[derive(Debug, Serialize)]
pub(super) struct Prose {
    project: String,
    title: &'static str,
    namespace: &'static str,
    close: &'static str,
    keys: Vec<Key>,
    environments: Vec<Environment>,
    services: Vec<Port>,
    hosts: Vec<Host>,
    secrets: Vec<Secret>,
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
            title: "{{ .Chart.Name }} {{ .Chart.Version }} is installed as {{ .Release.Name }} in \
                    {{ .Release.Namespace }}{{ with .Values.environment }} for {{ . }}{{ end }}.",
            namespace: "{{ .Release.Namespace }}",
            close: "{{- end }}",
            keys: keys.collect(),
            environments: environments.collect(),
            services: families.iter().filter_map(|family| port(family, services)).collect(),
            hosts: families.iter().filter_map(|family| host(family, services)).collect(),
            secrets: secrets.iter().map(|(name, secret)| secret_note(name, secret)).collect(),
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
    let open = format!("{{{{- with (.Values.{key}.ingress | default dict).host }}}}");
    Some(Host { open, name: object.name().to_owned(), host: "{{ . }}".to_owned() })
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
