//! Parts of a pod besides its main container.

use crate::{plan::Posture, text::Origin};

/// Where pods run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// What nodes must be.
    pub nodes: Vec<NodeRequirement>,
    /// Topologies that pods are spread over.
    pub spread: Vec<SpreadOver>,
    /// Never two pods on one node.
    pub apart: bool,
    /// Nodes of the control plane are fine.
    pub control_plane: bool,
}

/// A condition on the labels of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRequirement {
    /// The label.
    pub label: String,
    /// In, `NotIn`, Exists, `DoesNotExist`.
    pub operator: &'static str,
    /// The values.
    pub values: Vec<String>,
}

/// A topology that pods are spread over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpreadOver {
    /// The label of nodes.
    pub label: String,
    /// How uneven it may be.
    pub skew: i64,
    /// Whether a pod rather stays away than makes it more uneven.
    pub strict: bool,
}

/// A container that ends before the main one starts.
#[derive(Debug, Clone)]
pub struct InitStep {
    /// Its name.
    pub name: String,
    /// Its image; none: the service's.
    pub image: Option<String>,
    /// Its command.
    pub command: Vec<String>,
    /// Its working folder.
    pub working_dir: Option<String>,
    /// Its variables, over those of the service.
    pub env: Vec<(String, String)>,
    /// Its user and privileges.
    pub posture: Posture,
    /// Where it is written.
    pub origin: Origin,
}

/// An annotation and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// Where it is written.
    pub origin: Origin,
}

/// `SELinux` labels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeLinux {
    /// User.
    pub user: Option<String>,
    /// Role.
    pub role: Option<String>,
    /// Type.
    pub kind: Option<String>,
    /// Level.
    pub level: Option<String>,
}
