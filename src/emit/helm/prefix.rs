//! Where the values of an object are below the key of its service.

use std::collections::BTreeSet;

use super::names::camel;
use crate::kube::{Object, Role};

/// Where the names of an object's values begin below its service's key.
#[derive(Debug, Default)]
pub(super) struct Prefixes {
    taken: BTreeSet<(String, String)>,
}

impl Prefixes {
    /// The prefix of an object; the service's first of a kind has the kind's own word.
    pub(super) fn of(&mut self, object: &Object) -> Vec<String> {
        let service = object.service.as_deref().unwrap_or_default();
        if object.service.is_none() {
            return Vec::new();
        }
        let word = match (object.kind(), object.role) {
            ("Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob", Role::Workload) => "",
            ("Ingress", _) => "ingress",
            ("PodDisruptionBudget", _) => "disruption",
            ("HorizontalPodAutoscaler", _) => "autoscale",
            ("PersistentVolumeClaim", _) => "persistence",
            (kind, _) => &camel(kind),
        };
        let name = object.name();
        let rest = name.strip_prefix(service).unwrap_or(name).trim_start_matches('-');
        let first = self.taken.insert((service.to_owned(), word.to_owned()));
        match (first, word) {
            (true, "") => Vec::new(),
            (true, "persistence") if !rest.is_empty() => {
                vec![word.to_owned(), camel(rest)]
            }
            (false, "persistence") => vec![word.to_owned(), camel(name)],
            (true, _) => vec![word.to_owned()],
            (false, "") => vec![camel(name)],
            (false, _) if rest.is_empty() => vec![camel(&format!("{name}-{word}"))],
            (false, _) => vec![camel(&format!("{rest}-{word}"))],
        }
    }
}
