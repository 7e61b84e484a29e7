//! What the templates of a chart must know of the whole project.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    claims::ClaimPlace,
    names::{camel, go_string},
    scaling::Scaling,
};
use crate::yaml::{Map, Value};

/// The label with the service's name.
pub(super) const NAME: &str = "app.kubernetes.io/name";
/// The label with the project's name, in a chart that of the release.
pub(super) const INSTANCE: &str = "app.kubernetes.io/instance";
/// The label with the project's name.
pub(super) const PART_OF: &str = "app.kubernetes.io/part-of";
/// The label with what made an object.
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The label with the environment's name.
pub(super) const ENVIRONMENT: &str = "c2k.dev/environment";

/// The longest name of a release.
const RELEASE_LIMIT: usize = 53;

/// What the templates of a chart must know of the whole project.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    /// The project's name.
    pub(super) project: &'a str,
    /// The chart's name.
    pub(super) chart: &'a str,
    /// The variants' environments, the base first.
    pub(super) environments: Vec<&'a str>,
    /// Keys below `secrets` by the names of Secrets.
    pub(super) secrets: BTreeMap<String, String>,
    /// The names of Jobs, which get a hash.
    pub(super) jobs: BTreeSet<String>,
    /// How a checksum reads the content of a ConfigMap, by its name.
    pub(super) configs: BTreeMap<String, String>,
    /// Names of ConfigMaps by the keys of the services whose variables they hold.
    pub(super) own_configs: BTreeMap<String, String>,
    /// Labels that all objects of a variant have beyond those of the chart's template.
    pub(super) labels: Vec<Map>,
    /// The services whose pods have an account that the chart makes, with their keys, by its name.
    pub(super) accounts: BTreeMap<String, BTreeMap<String, String>>,
    /// The values of claims that are objects of their own, by their names.
    pub(super) claims: BTreeMap<String, ClaimPlace>,
    /// The port of each service that values open, and the keys that do so, as a template has them.
    pub(super) ways: BTreeMap<String, String>,
    /// Autoscalers that the chart's own template writes, by their services.
    pub(super) scaled: BTreeMap<String, Scaling>,
    /// Whether all pods of a variant pull with the same Secrets.
    pub(super) pull_secrets: bool,
}

impl Facts<'_> {
    /// Whether a value can stand in a values file as it is: it names nothing that a chart names
    /// in its own way.
    pub(super) fn is_plain(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.job_in(text).is_none(),
            Value::Seq(items) => items.iter().all(|item| self.is_plain(item)),
            Value::Map(map) => map.iter().all(|(key, value)| {
                let secret = matches!(key, "secretKeyRef" | "secretRef" | "secret");
                let image = key == "image" && value.as_str().is_some();
                !secret && !image && !self.is_project_label(key, value) && self.is_plain(value)
            }),
            _ => true,
        }
    }

    /// Whether a field is a label that holds the project's name.
    pub(super) fn is_project_label(&self, key: &str, value: &Value) -> bool {
        (key == INSTANCE || key == PART_OF) && value.as_str() == Some(self.project)
    }

    /// The first Job whose name a text holds as `job/<name>`, with the place of the name.
    pub(super) fn job_in(&self, text: &str) -> Option<(usize, &str)> {
        let mut from = 0;
        while let Some(place) = text.get(from..)?.find("job/") {
            let start = from + place + "job/".len();
            let rest = text.get(start..)?;
            let name_char =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
            let end = rest.find(|c| !name_char(c)).unwrap_or(rest.len());
            if let Some(name) = self.jobs.get(rest.get(..end)?) {
                return Some((start, name));
            }
            from = start;
        }
        None
    }

    /// Pipeline parts that put the real names of Jobs into printed values.
    pub(super) fn jobs_in<'v>(&self, values: impl Iterator<Item = &'v Value>) -> String {
        let mut names = BTreeSet::new();
        for value in values {
            self.collect_jobs(value, &mut names);
        }
        let replace = |name: &str| {
            let job = self.job_template(name);
            format!(" | replace {} (printf \"job/%s\" ({job}))", go_string(&format!("job/{name}")))
        };
        names.into_iter().map(replace).collect()
    }

    fn collect_jobs<'s>(&'s self, value: &Value, names: &mut BTreeSet<&'s str>) {
        match value {
            Value::String(text) => names.extend(self.job_in(text).map(|(_, name)| name)),
            Value::Seq(items) => items.iter().for_each(|item| self.collect_jobs(item, names)),
            Value::Map(map) => map.iter().for_each(|(_, value)| self.collect_jobs(value, names)),
            _ => {}
        }
    }

    /// The action that gives a Job's name.
    pub(super) fn job_template(&self, name: &str) -> String {
        format!("include {} $", self.template(&format!("{}Job", camel(name))))
    }

    /// What the label with the instance's name holds: the release's, if it can have the project's.
    pub(super) fn instance(&self, root: &str) -> String {
        if self.project.len() > RELEASE_LIMIT {
            return go_string(self.project);
        }
        format!("{root}.Release.Name")
    }

    /// What the label with the project's name holds: the chart's, if it has it.
    pub(super) fn part_of(&self, root: &str) -> String {
        if self.chart == self.project {
            format!("{root}.Chart.Name")
        } else {
            go_string(self.project)
        }
    }

    /// The name of one of the chart's templates, quoted.
    pub(super) fn template(&self, name: &str) -> String {
        go_string(&format!("{}.{name}", self.chart))
    }
}
