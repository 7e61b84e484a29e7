//! The names of values: as few words of a field's path as tell it from others.

use super::{
    names::{camel, join},
    weave::Weaver,
};

/// Names that only the fields they stand for may have.
const RESERVED: &[&str] = &[
    "affinity",
    "args",
    "autoscale",
    "command",
    "config",
    "disruption",
    "enabled",
    "env",
    "envFrom",
    "external",
    "extraContainers",
    "extraInitContainers",
    "extraVolumeMounts",
    "extraVolumes",
    "gracefulSeconds",
    "hostAliases",
    "httpRoute",
    "image",
    "imagePullSecrets",
    "ingress",
    "labels",
    "metrics",
    "networkPolicy",
    "nodeSelector",
    "persistence",
    "podAnnotations",
    "podLabels",
    "podSecurityContext",
    "priorityClassName",
    "probes",
    "replicas",
    "resources",
    "runtimeClassName",
    "securityContext",
    "service",
    "serviceAccount",
    "spread",
    "terminationGracePeriodSeconds",
    "tolerations",
    "topologySpreadConstraints",
    "waitFor",
];

/// Steps of a path that say nothing to a reader of values.
const SILENT: &[&str] = &["spec", "template", "jobTemplate", "metadata", "containers", "[0]"];

impl Weaver<'_> {
    /// The path of a value below the object's prefix and the container at hand.
    pub(super) fn path_of(&self, words: &[String]) -> Vec<String> {
        let container = self.container().filter(|name| *name != self.at.main).map(camel);
        self.at.prefix.iter().cloned().chain(container).chain(words.iter().cloned()).collect()
    }

    /// The container that the field at hand belongs to.
    pub(super) fn container(&self) -> Option<&str> {
        let list = |step: &String| step == "containers" || step == "initContainers";
        let place = self.at.path.iter().position(list)?;
        let step = self.at.path.get(place + 1)?;
        Some(step.trim_start_matches('[').trim_end_matches(']'))
    }

    /// A free name for the value of the field at hand: as few words as tell it from others.
    pub(super) fn name(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut skip = false;
        for step in &self.at.path {
            if !skip && !SILENT.contains(&step.as_str()) && step != "initContainers" {
                words.push(camel(step));
            }
            skip = step == "containers" || step == "initContainers";
        }
        if words.is_empty() {
            words.extend(self.at.path.last().map(|step| camel(step)));
        }
        if self.is_of_pod(&["securityContext", "annotations", "labels"]) {
            words.insert(words.len() - 1, "pod".to_owned());
            let last = words.split_off(words.len().saturating_sub(2));
            words.push(join(&last));
        }
        let free = |path: &Vec<String>| {
            let reserved = path.len() == 1 && RESERVED.contains(&path[0].as_str());
            !reserved && self.values.is_free(&self.full(path))
        };
        // These say nothing alone.
        let vague =
            words.last().is_some_and(|word| matches!(word.as_str(), "key" | "name" | "value"));
        let least = if vague { words.len().clamp(1, 2) } else { 1 };
        let few = (least..=words.len()).map(|count| join(&words[words.len() - count..]));
        let numbered = (2..1000).map(|number| format!("{}{number}", join(&words)));
        few.chain(numbered).map(|word| self.path_of(&[word])).find(free).unwrap_or_default()
    }

    /// Whether the field at hand is the pod's own of that name, not a container's.
    fn is_of_pod(&self, keys: &[&str]) -> bool {
        let path = &self.at.path;
        let last = path.last().is_some_and(|key| keys.contains(&key.as_str()));
        last && path.iter().any(|step| step == "template") && self.container().is_none()
    }
}
