//! Fields that change every object: `namespace`, `labels`, `commonAnnotations`, `replicas`.

use super::{
    Replicas,
    set::{Set, ensure_map, is_cluster_scoped},
};
use crate::{
    overlay::at_mut,
    text::{Code, Diagnostic, Sink, Span, did_you_mean},
    yaml::{Map, Value},
};

/// An entry of `labels`.
#[derive(Debug, Clone)]
pub(super) struct Labels {
    pub(super) pairs: Map,
    pub(super) selectors: bool,
    pub(super) templates: bool,
    pub(super) span: Span,
}

/// Where a value is set in objects of one kind.
struct Spec {
    /// The kind; empty for all.
    kind: &'static str,
    /// The API group; empty for any.
    group: &'static str,
    /// The fields that lead there; lists on the way mean each of their items.
    path: &'static str,
    /// Whether what is missing is made.
    create: bool,
}

const fn spec(kind: &'static str, group: &'static str, path: &'static str, create: bool) -> Spec {
    Spec { kind, group, path, create }
}

const METADATA_LABELS: &[Spec] = &[spec("", "", "metadata/labels", true)];

const TEMPLATE_LABELS: &[Spec] = &[
    spec("ReplicationController", "", "spec/template/metadata/labels", true),
    spec("Deployment", "", "spec/template/metadata/labels", true),
    spec("ReplicaSet", "", "spec/template/metadata/labels", true),
    spec("DaemonSet", "", "spec/template/metadata/labels", true),
    spec("StatefulSet", "apps", "spec/template/metadata/labels", true),
    spec("StatefulSet", "apps", "spec/volumeClaimTemplates[]/metadata/labels", true),
    spec("Job", "batch", "spec/template/metadata/labels", true),
    spec("CronJob", "batch", "spec/jobTemplate/metadata/labels", true),
    spec("CronJob", "batch", "spec/jobTemplate/spec/template/metadata/labels", true),
];

const SELECTOR_LABELS: &[Spec] = &[
    spec("Service", "", "spec/selector", true),
    spec("ReplicationController", "", "spec/selector", true),
    spec("Deployment", "", "spec/selector/matchLabels", true),
    spec("ReplicaSet", "", "spec/selector/matchLabels", true),
    spec("DaemonSet", "", "spec/selector/matchLabels", true),
    spec("StatefulSet", "apps", "spec/selector/matchLabels", true),
    spec("Job", "batch", "spec/selector/matchLabels", false),
    spec("CronJob", "batch", "spec/jobTemplate/spec/selector/matchLabels", false),
    spec("PodDisruptionBudget", "policy", "spec/selector/matchLabels", false),
    spec("NetworkPolicy", "networking.k8s.io", "spec/podSelector/matchLabels", false),
    spec("NetworkPolicy", "networking.k8s.io", "spec/ingress/from/podSelector/matchLabels", false),
    spec("NetworkPolicy", "networking.k8s.io", "spec/egress/to/podSelector/matchLabels", false),
];

/// Selectors inside of the pods of a Deployment or StatefulSet.
const POD_SELECTORS: &[&str] = &[
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels",
];

const ANNOTATIONS: &[Spec] = &[
    spec("", "", "metadata/annotations", true),
    spec("ReplicationController", "", "spec/template/metadata/annotations", true),
    spec("Deployment", "", "spec/template/metadata/annotations", true),
    spec("ReplicaSet", "", "spec/template/metadata/annotations", true),
    spec("DaemonSet", "", "spec/template/metadata/annotations", true),
    spec("StatefulSet", "", "spec/template/metadata/annotations", true),
    spec("Job", "batch", "spec/template/metadata/annotations", true),
    spec("CronJob", "batch", "spec/jobTemplate/metadata/annotations", true),
    spec("CronJob", "batch", "spec/jobTemplate/spec/template/metadata/annotations", true),
];

/// Kinds whose count the field `replicas` sets.
const SCALED: &[&str] = &["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"];

impl Spec {
    fn is_for(&self, object: &Value) -> bool {
        let text = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
        (self.kind.is_empty() || self.kind == text("kind"))
            && (self.group.is_empty() || self.group == group)
    }
}

/// Sets pairs wherever the table says.
fn set_pairs(object: &mut Value, specs: &[Spec], pairs: &Map) {
    for spec in specs.iter().filter(|spec| spec.is_for(object)).collect::<Vec<_>>() {
        let path: Vec<&str> = spec.path.split('/').collect();
        at_each(object, &path, spec.create, pairs);
    }
}

fn at_each(value: &mut Value, path: &[&str], create: bool, pairs: &Map) {
    if let Value::Seq(items) = value {
        items.iter_mut().for_each(|item| at_each(item, path, create, pairs));
        return;
    }
    let Value::Map(map) = value else { return };
    match path.split_first() {
        None => pairs.iter().for_each(|(key, value)| map.insert(key, value.clone())),
        Some((key, rest)) => {
            // Lists are not made where there is none.
            let (key, create_here) = match key.strip_suffix("[]") {
                Some(list) => (list, false),
                None => (*key, create),
            };
            if create_here && map.get(key).is_none_or(|value| *value == Value::Null) {
                map.insert(key, Map::new());
            }
            if let Some(below) = map.get_mut(key) {
                at_each(below, rest, create, pairs);
            }
        }
    }
}

impl Labels {
    /// How far the labels go: objects, pods, selectors.
    fn reach(&self) -> u8 {
        if self.selectors { 2 } else { self.templates.into() }
    }

    /// Reports labels that an earlier entry puts in more places: kustomize keeps one value for all
    /// places of an entry, so this one would change them too.
    fn check(&self, earlier: &[Self], sink: &mut Sink) {
        for other in earlier.iter().filter(|other| other.reach() > self.reach()) {
            let differs = |(key, value): &(&str, &Value)| {
                other.pairs.get(key).is_some_and(|before| before != *value)
            };
            for (key, _) in self.pairs.iter().filter(differs) {
                let places = if other.selectors { "selectors" } else { "pods" };
                let message = format!(
                    "an earlier entry of `labels` puts `{key}` into {places} with another value"
                );
                let field = if other.selectors { "includeSelectors" } else { "includeTemplates" };
                let help = format!(
                    "kustomize would change it there too: say so with `{field}: true`, or use another label"
                );
                sink.push(Diagnostic::new(Code::PatchInvalid, message).at(self.span).help(help));
            }
        }
    }

    pub(super) fn apply(&self, set: &mut Set, sink: &mut Sink) {
        if self.pairs.is_empty() {
            return;
        }
        self.check(&set.labelled, sink);
        set.labelled.push(self.clone());
        for object in set.values_mut() {
            set_pairs(object, METADATA_LABELS, &self.pairs);
            if self.templates || self.selectors {
                set_pairs(object, TEMPLATE_LABELS, &self.pairs);
            }
            if self.selectors {
                set_pairs(object, SELECTOR_LABELS, &self.pairs);
                let kind = object.get("kind").and_then(Value::as_str);
                if matches!(kind, Some("Deployment" | "StatefulSet")) {
                    for path in POD_SELECTORS {
                        let path: Vec<&str> = ["spec", "template", "spec"]
                            .into_iter()
                            .chain(path.split('/'))
                            .collect();
                        at_each(object, &path, false, &self.pairs);
                    }
                }
            }
        }
    }
}

/// Sets annotations on objects and on their pods.
pub(super) fn annotate(set: &mut Set, annotations: &Map) {
    if annotations.is_empty() {
        return;
    }
    set.annotated.push(annotations.clone());
    for object in set.values_mut() {
        set_pairs(object, ANNOTATIONS, annotations);
    }
}

/// Puts every object into a namespace.
pub(super) fn set_namespace(set: &mut Set, namespace: &str) {
    let accounts: Vec<String> = set.names_of("ServiceAccount");
    for member in &mut set.members {
        let before = super::set::Id::of(&member.object.value);
        let value = &mut member.object.value;
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(metadata) = value.as_map_mut().and_then(|map| ensure_map(map, "metadata")) {
            if kind == "Namespace" {
                metadata.insert("name", namespace);
            } else if !is_cluster_scoped(&kind) {
                metadata.insert("namespace", namespace);
            }
        }
        if kind.ends_with("RoleBinding") {
            set_subjects(value, namespace, &accounts);
        }
        if !member.has(&before) {
            member.earlier.push(before);
        }
    }
}

/// Subjects called `default`, and accounts that move with the bindings.
fn set_subjects(binding: &mut Value, namespace: &str, accounts: &[String]) {
    let subjects = at_mut(binding, &["subjects"]).and_then(Value::as_seq_mut);
    for subject in subjects.into_iter().flatten() {
        let text = |key| subject.get(key).and_then(Value::as_str).unwrap_or_default();
        let known = text("kind") == "ServiceAccount"
            && accounts.iter().any(|account| account == text("name"));
        let moves = text("name") == "default" || known;
        if let Some(subject) = subject.as_map_mut().filter(|_| moves) {
            subject.insert("namespace", namespace);
        }
    }
}

impl Replicas {
    pub(super) fn apply(&self, set: &mut Set, sink: &mut Sink) {
        let mut found = false;
        for member in &mut set.members {
            let fits =
                |id: super::set::Id| id.name == self.name && SCALED.contains(&id.kind.as_str());
            if !member.ids().any(fits) {
                continue;
            }
            found = true;
            let spec = member.object.value.as_map_mut().and_then(|map| ensure_map(map, "spec"));
            if let Some(spec) = spec {
                spec.insert("replicas", self.count);
            }
            member.object.origins.note("spec.replicas", &crate::text::Origin::Input(self.span));
        }
        if !found {
            let names: Vec<_> = SCALED.iter().flat_map(|kind| set.names_of(kind)).collect();
            let message = format!("there is nothing called `{}` that has replicas", self.name);
            let nothing = Diagnostic::new(Code::PatchMatchesNothing, message).at(self.span);
            let nearest = did_you_mean(&self.name, names.iter().map(String::as_str));
            sink.push(nothing.suggest(nearest));
        }
    }
}
