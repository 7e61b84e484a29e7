//! What a service's values say of its pods: who they are, where they run and what they pull with.
//! The chart's `pod` template prints it, so that a workload's own template has one line for it.

use super::{
    facts::{INSTANCE, NAME},
    names::go_string,
    row::Row,
    values::Entry,
    weave::{Weaver, block, field, is_falsy, nothing_like},
};
use crate::yaml::{Field, Map, Value};

/// Fields of a pod that the values have by the same name, in the order of the pod's own.
const POD: &[&str] = &[
    "affinity",
    "hostAliases",
    "imagePullSecrets",
    "nodeSelector",
    "priorityClassName",
    "runtimeClassName",
    "tolerations",
    "topologySpreadConstraints",
];

/// The line of the chart's `pod` template stands where this field is.
pub(super) const ACCOUNT: &str = "serviceAccountName";

/// The names of [`POD`] as a template writes them.
pub(super) fn pod_keys() -> String {
    POD.iter().map(|key| go_string(key)).collect::<Vec<_>>().join(" ")
}

impl Weaver<'_> {
    /// Takes from the keys of a pod what the chart's `pod` template prints, and makes it values.
    pub(super) fn want_pod(&mut self, keys: &mut Vec<&str>, row: &Row<'_>) {
        if self.facts.pull_secrets {
            keys.retain(|key| *key != "imagePullSecrets");
        }
        for key in POD {
            let own = row.under(key);
            let taken = match *key {
                "topologySpreadConstraints" if self.spread(&own) => true,
                _ => self.covered(key, &own),
            };
            if taken {
                keys.retain(|other| other != key);
                self.toggle(key);
            }
        }
        self.want_ending(keys, row);
        if self.covered("podSecurityContext", &row.under("securityContext")) {
            keys.retain(|key| *key != "securityContext");
            self.toggle("podSecurityContext");
        }
        keys.retain(|key| *key != ACCOUNT);
        keys.insert(0, ACCOUNT);
    }

    /// Whether a field can be left to the values alone; it is among them then.
    pub(super) fn covered(&mut self, name: &str, row: &Row<'_>) -> bool {
        if !row.all(|value| self.facts.is_plain(value) && !is_falsy(value)) {
            return false;
        }
        let path = self.full(&[name.to_owned()]);
        row.first().is_none() || self.values.put(&path, Entry::of(row, nothing_like(row)))
    }

    /// The line of the chart's `pod` template, in the place of the account's name.
    pub(super) fn pod_line(&mut self, row: &Row<'_>) -> Field {
        self.toggle("serviceAccount");
        let otherwise = self.usual_account(row);
        if otherwise.is_none() {
            let path = self.full(&["serviceAccount", "name"].map(str::to_owned));
            self.values.put(&path, Entry::of(row, "".into()));
        }
        let otherwise = otherwise.unwrap_or_default();
        let key = self.at.key.join(".");
        let values = if self.at.dot { ".".to_owned() } else { format!("$.Values.{key}") };
        self.at.used |= self.at.dot;
        let name = go_string(&self.at.name);
        let template = self.facts.template("pod");
        field("", block(format!("include {template} (list $ {name} {values}{otherwise})")), None)
    }

    /// The account that pods have unless their values say otherwise, as the template's argument;
    /// none if only the values can say it.
    fn usual_account(&mut self, row: &Row<'_>) -> Option<String> {
        let Some(first) = row.first() else { return Some(String::new()) };
        let first = first.as_str()?;
        // One that the chart makes, for all pods that wait.
        if !row.agrees() || !self.facts.accounts.contains_key(first) {
            return None;
        }
        let name = go_string(first);
        if !row.lacks() {
            return Some(format!(" {name}"));
        }
        let condition = self.shared_condition(row)?;
        let condition = condition.strip_prefix("if ")?;
        Some(match condition.strip_prefix("not ") {
            Some(rest) => format!(" (ternary \"\" {name} {rest})"),
            None => format!(" (ternary {name} \"\" {condition})"),
        })
    }

    /// Whether pods are spread as the chart's `pod` template does it; the topology is a value then.
    fn spread(&mut self, row: &Row<'_>) -> bool {
        let usual = |value: &Value| {
            let topology = value.as_seq()?.first()?.get("topologyKey")?.as_str()?;
            let selector: Map = [(NAME, self.at.name.as_str()), (INSTANCE, self.facts.project)]
                .into_iter()
                .collect();
            let labels: Map = [("matchLabels", selector)].into_iter().collect();
            let mut constraint = Map::new();
            constraint.insert("labelSelector", labels);
            constraint.insert("maxSkew", 1);
            constraint.insert("topologyKey", topology);
            constraint.insert("whenUnsatisfiable", "ScheduleAnyway");
            let usual = Value::Seq(vec![constraint.into()]);
            (*value == usual && !topology.is_empty()).then(|| topology.to_owned())
        };
        if !matches!(self.at.kind.as_str(), "Deployment" | "StatefulSet")
            || !row.all(|value| usual(value).is_some())
        {
            return false;
        }
        if row.first().is_some() {
            let topology = |value: &Value| usual(value).unwrap_or_default().into();
            let entry = Entry::map(row, "".into(), topology);
            if !self.values.put(&self.full(&["spread".to_owned()]), entry) {
                return false;
            }
        }
        self.toggle("spread");
        true
    }
}
