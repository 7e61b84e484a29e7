//! What containers mount, and the claims behind it.

use crate::text::Origin;

/// A mount of a container.
#[derive(Debug, Clone)]
pub struct MountPoint {
    /// Name of the volume in the pod.
    pub volume: String,
    /// The path in the container.
    pub path: String,
    /// A path below the volume.
    pub sub_path: Option<String>,
    /// Not writable.
    pub read_only: bool,
    /// What is mounted.
    pub source: MountSource,
    /// Where it is said.
    pub origin: Origin,
}

/// What is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountSource {
    /// A claim template of the same StatefulSet, with the volume's name.
    Template,
    /// A claim.
    Claim(String),
    /// A folder that ends with the pod.
    Empty {
        /// In memory.
        memory: bool,
        /// Most bytes.
        size: Option<i64>,
    },
    /// Files of a ConfigMap.
    Config(DataSource),
    /// Files of a Secret.
    Secret(DataSource),
    /// A path of the node.
    HostPath(String),
    /// The content of an image, which nobody writes.
    Image(String),
    /// A folder of a server.
    Nfs {
        /// The server.
        server: String,
        /// The folder.
        path: String,
    },
}

/// Keys of a ConfigMap or Secret as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// Name of the ConfigMap or Secret.
    pub name: String,
    /// Keys and paths below the mount; empty: all keys by their names.
    pub items: Vec<(String, String)>,
    /// Mode of the files.
    pub mode: Option<i32>,
}

/// A claim for storage.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// The service that owns it (Kubernetes name).
    pub service: Option<String>,
    /// Size.
    pub size: String,
    /// Storage class.
    pub class: Option<String>,
    /// Access mode.
    pub access_mode: String,
    /// Where it is from.
    pub origin: Origin,
}
