//! What pods are given by settings: numbers by load, accounts, content.

use crate::{text::Origin, yaml::Value};

/// How many pods there are, by load.
#[derive(Debug, Clone, PartialEq)]
pub struct Autoscaling {
    /// Least pods.
    pub min: i64,
    /// Most pods.
    pub max: i64,
    /// CPU in percent of the request.
    pub cpu: Option<i64>,
    /// Memory in percent of the request.
    pub memory: Option<i64>,
    /// More metrics, as in Kubernetes.
    pub metrics: Vec<Value>,
    /// Where it is said.
    pub origin: Origin,
}

/// The account that pods run under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Whether it is written too.
    pub create: bool,
    /// Its annotations.
    pub annotations: std::collections::BTreeMap<String, String>,
    /// Whether pods get its token.
    pub automount: bool,
    /// Where it is said.
    pub origin: Origin,
}

/// A container that fills a volume with the image's own content, where it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Populate {
    /// The volume of the pod.
    pub volume: String,
    /// The path of the content in the image, and of the volume in the container.
    pub path: String,
    /// A path below the volume.
    pub sub_path: Option<String>,
    /// Where it is said.
    pub origin: Origin,
}
