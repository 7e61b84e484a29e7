//! Accounts of pods: which services use those that the chart makes, and who may what.

use std::collections::BTreeMap;

use super::{
    names::go_string,
    object::{Family, Services},
    weave::Weaver,
};
use crate::{kube::Role, yaml::Value};

/// The services whose pods have an account of the chart in some variant, with their keys, by the
/// account's name.
pub(super) fn users(
    families: &[Family<'_>],
    services: &Services,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let accounts = families.iter().filter_map(Family::first);
    let accounts = accounts.filter(|object| object.kind() == "ServiceAccount");
    let mut users: BTreeMap<String, BTreeMap<String, String>> =
        accounts.map(|object| (object.name().to_owned(), BTreeMap::new())).collect();
    for object in families.iter().flat_map(|family| family.objects.iter().flatten()) {
        let account = super::pod_spec(&object.value).and_then(|pod| pod.get("serviceAccountName"));
        let users = account.and_then(Value::as_str).and_then(|name| users.get_mut(name));
        let own = object.service.as_deref().filter(|name| *name == object.name());
        if let (Some(users), Some(name), Role::Workload) = (users, own, object.role)
            && let Some(key) = services.keys.get(name)
        {
            users.insert(name.to_owned(), key.clone());
        }
    }
    users
}

impl Weaver<'_> {
    /// Other accounts of services that may do what the chart's own may: the opening action, and the
    /// action that gives the subjects of a binding.
    pub(super) fn more_subjects(&mut self) -> Option<(String, String)> {
        if self.steps() != ["subjects"] || self.at.kind != "RoleBinding" {
            return None;
        }
        let users = self.facts.accounts.get(&self.at.name).filter(|users| !users.is_empty())?;
        let users: Vec<_> = users
            .iter()
            .map(|(name, key)| format!("{} {}", go_string(name), go_string(key)))
            .collect();
        let template = self.facts.template("subjects");
        if !self.helpers.contains(&template) {
            let text = SUBJECTS.replace("CHART", self.facts.chart);
            self.helpers.push_str(&text);
        }
        let open = format!("with include {template} (list $ (dict {}))", users.join(" "));
        Some((open, ".".to_owned()))
    }
}

/// Gives nothing where no service has an account of its own.
const SUBJECTS: &str = r#"
{{/* Subjects of a RoleBinding: the accounts that services have of their own.
     Call with (list $ (dict "web" "web")), the services and their keys. */}}
{{- define "CHART.subjects" -}}
{{- $root := index . 0 }}{{ $subjects := list }}
{{- range $name, $key := index . 1 }}
{{- with include "CHART.serviceAccount" (list $name (index $root.Values $key)) }}
{{- $subjects = append $subjects (dict "kind" "ServiceAccount" "name" . "namespace" $root.Release.Namespace) }}
{{- end }}
{{- end }}
{{- with $subjects | uniq }}{{ toYaml . }}{{ end }}
{{- end }}
"#;
