//! A Kubernetes object as a value tree, with the history of its fields beside it.

use std::{collections::BTreeMap, fmt};

use crate::{text::Origin, yaml::Value};

/// A Kubernetes object.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its fields, in the order of emission.
    pub value: Value,
    /// Where its fields come from.
    pub origins: Origins,
    /// The Compose service it belongs to; none for what belongs to the whole project.
    pub service: Option<String>,
    /// What the object is for; emitters choose a format's own means by it.
    pub role: Role,
}

/// What an object is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Deployment, StatefulSet, DaemonSet, Job or CronJob of a service.
    Workload,
    /// Service or EndpointSlice.
    Service,
    /// ConfigMap with a service's environment variables.
    Environment,
    /// ConfigMap with files to mount.
    Files,
    /// Secret with values (only with `secretMode: literal`).
    Secret,
    /// PersistentVolumeClaim.
    Claim,
    /// Ingress or another way in from outside.
    Exposure,
    /// PodDisruptionBudget.
    Disruption,
    /// HorizontalPodAutoscaler.
    Autoscaling,
    /// NetworkPolicy.
    Policy,
    /// ServiceAccount, Role, RoleBinding.
    Access,
    /// Namespace.
    Namespace,
    /// Anything else, such as extra resources of an overlay.
    Other,
}

/// What identifies an object among others of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectKey {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// The namespace, empty if none is written.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// Where the fields of an object come from, keyed by merge-key path
/// (`spec.template.spec.containers[web].image`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins {
    off: bool,
    paths: BTreeMap<String, Origin>,
    lost: BTreeMap<String, Vec<Origin>>,
}

impl Origins {
    /// Origins that take no notes: of large projects they would take longer than all the rest.
    pub fn off() -> Self {
        Self { off: true, ..Self::default() }
    }

    /// Whether notes are taken.
    pub fn are_noted(&self) -> bool {
        !self.off
    }

    /// Notes where the field at `path`, and all below it that say nothing themselves, come from.
    pub fn note(&mut self, path: impl fmt::Display, origin: &Origin) {
        if self.are_noted() {
            self.paths.insert(path.to_string(), origin.clone());
        }
    }

    /// Where the field at `path` comes from: its own note or that of the nearest field above it.
    pub fn find(&self, path: &str) -> Option<&Origin> {
        self.paths.get(self.nearest(path)?)
    }

    /// Whether the field at `path` itself has a note.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains_key(path)
    }

    /// The path whose note [`Self::find`] gives: the field's own or that of the nearest above it.
    pub fn nearest<'a>(&self, path: &'a str) -> Option<&'a str> {
        let mut path = path;
        while !self.has(path) {
            path = above(path)?;
        }
        Some(path)
    }

    /// Notes what the origin of the field at `path` overrode.
    pub fn overrode(&mut self, path: impl fmt::Display, lost: &[Origin]) {
        if self.are_noted() && !lost.is_empty() {
            self.lost.insert(path.to_string(), lost.to_vec());
        }
    }

    /// What the origin of the field at `path` overrode, from the strongest to the weakest.
    pub fn lost(&self, path: &str) -> &[Origin] {
        let nearest = self.nearest(path).and_then(|path| self.lost.get(path));
        nearest.map(Vec::as_slice).unwrap_or_default()
    }

    /// All notes in order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.paths.iter().map(|(path, origin)| (path.as_str(), origin))
    }
}

/// The path of the field above; a key in brackets may hold dots.
fn above(path: &str) -> Option<&str> {
    let end = match path.strip_suffix(']') {
        Some(_) => path.rfind('[')?,
        None => path.rfind('.').unwrap_or_default(),
    };
    path.get(..end).filter(|_| !path.is_empty())
}

impl Object {
    /// An object of a value tree.
    pub fn new(value: Value, role: Role, service: Option<&str>) -> Self {
        Self { value, origins: Origins::default(), service: service.map(str::to_owned), role }
    }

    /// `apiVersion`, empty if it has none.
    pub fn api_version(&self) -> &str {
        self.value.get("apiVersion").and_then(Value::as_str).unwrap_or_default()
    }

    /// `kind`, empty if it has none.
    pub fn kind(&self) -> &str {
        self.value.get("kind").and_then(Value::as_str).unwrap_or_default()
    }

    /// `metadata.name`, empty if it has none.
    pub fn name(&self) -> &str {
        self.value.at(&["metadata", "name"]).and_then(Value::as_str).unwrap_or_default()
    }

    /// What identifies it.
    pub fn key(&self) -> ObjectKey {
        let namespace = self.value.at(&["metadata", "namespace"]).and_then(Value::as_str);
        ObjectKey {
            api_version: self.api_version().to_owned(),
            kind: self.kind().to_owned(),
            namespace: namespace.unwrap_or_default().to_owned(),
            name: self.name().to_owned(),
        }
    }
}

/// Kinds in the order in which people apply them.
const KIND_ORDER: &[&str] = &[
    "Namespace",
    "ConfigMap",
    "Secret",
    "ExternalSecret",
    "PersistentVolumeClaim",
    "Service",
    "EndpointSlice",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "StatefulSet",
    "Deployment",
    "DaemonSet",
    "Job",
    "CronJob",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "NetworkPolicy",
    "Ingress",
    "HTTPRoute",
];

/// Sorts objects by kind, in the order in which people apply them, then by name.
pub fn sort_objects(objects: &mut [Object]) {
    let rank =
        |kind: &str| KIND_ORDER.iter().position(|known| *known == kind).unwrap_or(KIND_ORDER.len());
    objects.sort_by_cached_key(|object| {
        (rank(object.kind()), object.kind().to_owned(), object.name().to_owned())
    });
}
