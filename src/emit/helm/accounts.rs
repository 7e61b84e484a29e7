//! Accounts of pods: which services use those that the chart makes, and who may what.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    names::go_string,
    object::{Family, Services},
    pod_spec,
    weave::Weaver,
};
use crate::kube::Role;

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
    for family in families {
        let Some(object) = family.first().filter(|object| object.role == Role::Workload) else {
            continue;
        };
        let pods = family.objects.iter().flatten().filter_map(|object| pod_spec(&object.value));
        let named = pods.filter_map(|pod| pod.get("serviceAccountName")?.as_str());
        let names: BTreeSet<&str> = named.collect();
        let own = object.service.as_deref().filter(|name| *name == object.name());
        let key = own.and_then(|name| services.keys.get(name));
        // Where it differs, the values name it.
        let only = if names.len() == 1 { names.first() } else { None };
        let users = only.and_then(|name| users.get_mut(*name));
        if let (Some(users), Some(key)) = (users, key) {
            users.insert(object.name().to_owned(), key.clone());
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
        let (name, users) = (go_string(&self.at.name), users.join(" "));
        let open = format!("with include {template} (list $ {name} (dict {users}))");
        Some((open, ".".to_owned()))
    }
}

/// Gives nothing where no service has an account of its own.
const SUBJECTS: &str = r#"
{{/* Subjects of a RoleBinding: the accounts that services have of their own.
     Call with (list $ "waiter" (dict "web" "web")), the account that is one already, the services
     and their keys. */}}
{{- define "CHART.subjects" -}}
{{- $root := index . 0 }}{{ $subjects := list }}
{{- $own := index . 1 }}
{{- range $name, $key := index . 2 }}
{{- with include "CHART.serviceAccount" (list $name (index $root.Values $key)) }}
{{- $subject := dict "kind" "ServiceAccount" "name" . "namespace" $root.Release.Namespace }}
{{- if ne . $own }}{{ $subjects = append $subjects $subject }}{{ end }}
{{- end }}
{{- end }}
{{- with $subjects | uniq }}{{ toYaml . }}{{ end }}
{{- end }}
"#;
