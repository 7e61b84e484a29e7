//! The facts about an image, typed.

/// What a service is to the stack; decides defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Answers HTTP.
    Web,
    /// Has no port, or none that anybody outside the stack should reach.
    Worker,
    /// Keeps data: a database, a queue, a cache.
    Store,
    /// Serves developers and administrators.
    Tool,
    /// Does what a cluster does itself.
    Cluster,
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Protocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
}

/// A port that an image listens on by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPort {
    /// Its name in the cluster: at most 15 letters, digits and dashes.
    pub name: String,
    /// The number.
    pub port: u16,
    /// The transport.
    pub protocol: Protocol,
    /// Whether it speaks HTTP.
    pub http: bool,
}

/// A folder in which an image keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPath {
    /// The absolute path in the container.
    pub path: String,
    /// Whether the image refuses to start when the folder is not empty (`lost+found`).
    pub must_be_empty: bool,
    /// A sensible size of a claim, where 1Gi is not.
    pub size: Option<String>,
}

/// A probe that works with the image as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownProbe {
    /// A command; variables are expanded by a shell in it.
    Exec(Vec<String>),
    /// An HTTP GET that answers 2xx or 3xx.
    Http {
        /// The path.
        path: String,
        /// The port.
        port: u16,
    },
    /// A connection.
    Tcp {
        /// The port.
        port: u16,
    },
}

/// Resource requests that let the image start and serve a small load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// CPU, as Kubernetes writes it.
    pub cpu: String,
    /// Memory, as Kubernetes writes it.
    pub memory: String,
}

/// What is known about an image.
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, not the states of one thing")]
pub struct Facts {
    /// The name of the catalogue's entry: `postgres`.
    pub entry: String,
    /// What a service of this image is.
    pub class: Option<Class>,
    /// Its role, the label `app.kubernetes.io/component`: `database`, `cache`, `queue`.
    pub component: Option<String>,
    /// Whether its data must survive a restart: it gets a claim even where compose mounts nothing.
    pub persistent: bool,
    /// The ports it listens on by default.
    pub ports: Vec<KnownPort>,
    /// The folders that hold its data.
    pub data: Vec<DataPath>,
    /// The user its main process runs as.
    pub uid: Option<i64>,
    /// The group its main process runs as.
    pub gid: Option<i64>,
    /// The group that must be able to write its volumes.
    pub fs_group: Option<i64>,
    /// A readiness probe for a service without healthcheck.
    pub readiness: Option<KnownProbe>,
    /// A liveness probe that is safe, where one is asked for.
    pub liveness: Option<KnownProbe>,
    /// Sensible requests.
    pub requests: Option<Requests>,
    /// A memory limit that it is known to live with.
    pub memory_limit: Option<String>,
    /// Whether more than one replica would be wrong.
    pub singleton: bool,
    /// Variables that are secrets.
    pub secret_variables: Vec<String>,
    /// Variables that look like secrets and are none.
    pub plain_variables: Vec<String>,
    /// Whether it is proven to run with all capabilities dropped.
    pub drop_capabilities: bool,
    /// Whether it needs privilege escalation (setuid programs, file capabilities).
    pub setuid: bool,
    /// Whether it runs once and ends.
    pub once: bool,
    /// What takes its place in a cluster, of class [`Class::Cluster`].
    pub replaced_by: Option<String>,
    /// Whether it needs the Docker socket.
    pub docker_socket: bool,
    /// Files whose mode must be kept, and the mode.
    pub file_modes: Vec<(String, u32)>,
    /// Whether several of it can form a cluster, each with data of its own; never by itself.
    pub clusters: bool,
    /// The port on which it serves metrics in the format of Prometheus without being told to.
    pub metrics: Option<u16>,
    /// The configuration that it reads: files, and folders with `/` at their end.
    pub reads: Vec<String>,
}

impl Facts {
    /// What still holds where the image runs another program than its own: its users and variables,
    /// not what it listens on, keeps or answers.
    #[must_use]
    pub fn of_another_program(self) -> Self {
        let Self { entry, uid, gid, fs_group, secret_variables, plain_variables, setuid, .. } =
            self;
        Self {
            entry,
            uid,
            gid,
            fs_group,
            secret_variables,
            plain_variables,
            setuid,
            ..Self::default()
        }
    }
}
