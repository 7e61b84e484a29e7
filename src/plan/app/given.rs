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

/// A container that copies an image's content to a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Populate {
    /// The volume of the pod.
    pub volume: String,
    /// The image whose content it is, where it is not the service's own.
    pub image: Option<String>,
    /// The path of the content in the image, without a slash at its end. Of the service's own
    /// image it is where the volume is mounted too, and it is copied where the volume is empty.
    pub path: String,
    /// A path below the volume.
    pub sub_path: Option<String>,
    /// Where it is said.
    pub origin: Origin,
}

impl Populate {
    /// The name of the container.
    pub(crate) fn container(&self) -> String {
        // Charts say in one place which image the service has, and what its containers are of.
        let what = if self.image.is_some() { "copy" } else { "populate" };
        crate::plan::joined_name(what, &self.volume)
    }
}
