//! Settings of pods: how many, as whom, with what from outside.

use std::collections::BTreeMap;

use crate::yaml::Value;

/// Pods by load.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Autoscale {
    /// Least pods.
    pub min: Option<i64>,
    /// Most pods.
    pub max: Option<i64>,
    /// CPU in percent of the request.
    pub cpu: Option<i64>,
    /// Memory in percent of the request.
    pub memory: Option<i64>,
    /// More metrics, as in Kubernetes.
    pub metrics: Vec<Value>,
}

/// An existing object whose keys become variables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnvFrom {
    /// The name of a `ConfigMap`.
    pub config_map: Option<String>,
    /// The name of a Secret.
    pub secret: Option<String>,
    /// What its keys get in front.
    pub prefix: Option<String>,
    /// Whether it may be missing.
    pub optional: bool,
}

/// A level of the Pod Security standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecurityLevel {
    /// Everything is allowed.
    Privileged,
    /// No known way to more privileges.
    Baseline,
    /// Hardened.
    Restricted,
}

impl SecurityLevel {
    /// The word of the standard.
    pub fn word(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

/// The `ServiceAccount` of pods.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceAccount {
    /// Its name; none: the service's.
    pub name: Option<String>,
    /// Whether it is written too.
    pub create: bool,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Whether pods get its token.
    pub automount: bool,
}
