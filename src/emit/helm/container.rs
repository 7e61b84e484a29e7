//! What a service's values say of its container: the chart's `container` template prints it.

use super::{
    names::go_string,
    row::Row,
    values::Entry,
    weave::{Weaver, block, field},
};
use crate::yaml::{Field, Map, Value};

/// Fields of a container that the values have by the same name.
const CONTAINER: &[&str] = &["command", "args", "resources", "securityContext"];

/// Probes by the names that values give them.
const PROBES: &[(&str, &str)] =
    &[("liveness", "livenessProbe"), ("readiness", "readinessProbe"), ("startup", "startupProbe")];

/// Stands among the keys of a container for the line of the chart's `container` template.
pub(super) const LINE: &str = "+container";

/// The names of [`CONTAINER`] as a template writes them.
pub(super) fn container_keys() -> String {
    CONTAINER.iter().map(|key| go_string(key)).collect::<Vec<_>>().join(" ")
}

impl Weaver<'_> {
    /// Takes from the keys of a service's own container what the chart's `container` template
    /// prints, and makes it values.
    pub(super) fn want_container(&mut self, keys: &mut Vec<&str>, row: &Row<'_>) {
        for key in CONTAINER {
            let own = row.under(key);
            if self.covered(key, &own) {
                keys.retain(|other| other != key);
                self.toggle(key);
            }
        }
        if self.at.ends {
            keys.retain(|key| *key != "lifecycle");
        }
        let resources = vec!["resources".to_owned()];
        if self.values.is_free(&self.full(&resources)) {
            let nothing = Entry::constant(Map::new());
            self.values.put(&self.full(&resources), nothing);
        }
        self.want_probes(keys, row);
    }

    fn want_probes(&mut self, keys: &mut Vec<&str>, row: &Row<'_>) {
        if self.at.main_ends {
            return;
        }
        let rows: Vec<_> = PROBES.iter().map(|(_, key)| row.under(key)).collect();
        if !rows.iter().all(|row| row.all(|probe| self.facts.is_plain(probe))) {
            return;
        }
        for ((name, key), row) in PROBES.iter().zip(&rows) {
            let path = vec!["probes".to_owned(), (*name).to_owned()];
            if row.first().is_some() {
                self.values.put(&self.full(&path), Entry::of(row, Value::Null));
            }
            keys.retain(|other| other != key);
        }
        self.toggle("probes");
    }

    /// The line of the chart's `container` template.
    pub(super) fn container_line(&mut self) -> Field {
        self.at.used |= self.at.dot;
        field("", block(format!("include {} .", self.facts.template("container"))), None)
    }
}
