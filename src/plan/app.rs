//! The planned application.

mod bare;
mod given;
mod mounts;
mod outside;
mod pod;

use std::collections::BTreeMap;

pub use given::{Account, Autoscaling, Populate};
pub use mounts::{Claim, DataSource, MountPoint, MountSource};
pub use outside::{ExternalEndpoint, Reach, SecretStore};
pub use pod::{Annotation, InitStep, NodeRequirement, Placement, SeLinux, SpreadOver};

use super::Traces;

use crate::{
    catalog::Class,
    settings::{
        Cron, Disruption, EnvFrom, Gateway, HelperImages, NetworkSetting, Public, Rollout,
        SecretMode, SecurityLevel, ServiceType, Spread, WorkloadKind,
    },
    text::{Origin, Span},
    yaml::Value,
};

/// A planned application: what one environment runs.
#[derive(Debug, Clone)]
pub struct App {
    /// The project's name as a Kubernetes name.
    pub project: String,
    /// Where the project's name is said.
    pub project_origin: Origin,
    /// The environment's name; empty for the base.
    pub environment: String,
    /// The namespace, if it is said.
    pub namespace: Option<String>,
    /// Whether the Namespace is written too.
    pub create_namespace: bool,
    /// Minor version of the cluster's Kubernetes 1.
    pub kube_minor: u32,
    /// The services, in the order of the compose file.
    pub services: Vec<ServicePlan>,
    /// Claims that belong to no single workload.
    pub claims: Vec<Claim>,
    /// Secrets, written or referred to.
    pub secrets: Vec<SecretSet>,
    /// What becomes of sensitive values.
    pub secret_mode: SecretMode,
    /// Files that several services mount, or that are top-level configs.
    pub file_sets: Vec<FileSet>,
    /// Images that c2k adds.
    pub helper_images: HelperImages,
    /// Secrets to pull images with.
    pub pull_secrets: Vec<String>,
    /// Ingress class where none is said.
    pub ingress_class: Option<String>,
    /// Whether it is wanted where each field of the objects comes from.
    pub origins_wanted: bool,
    /// The Gateway that routes are attached to.
    pub gateway: Option<Gateway>,
    /// The store that has the values of Secrets.
    pub secret_store: Option<SecretStore>,
    /// The Pod Security level that every pod satisfies.
    pub security_level: SecurityLevel,
}

/// One service of the application.
#[derive(Debug, Clone)]
pub struct ServicePlan {
    /// Its Kubernetes name.
    pub name: String,
    /// Its name in the compose file.
    pub compose_name: String,
    /// Where it is written.
    pub span: Span,
    /// Its class.
    pub class: Class,
    /// What it is, by the catalogue: `database`, `cache`.
    pub component: Option<String>,
    /// What runs it; none if it runs outside of the cluster, or in the pod of another service.
    pub workload: Option<Workload>,
    /// The service (Kubernetes name) whose pod it runs in.
    pub in_pod_of: Option<String>,
    /// Services that run in its pod.
    pub companions: Vec<ServicePlan>,
    /// Nothing reaches it, and it reaches nothing.
    pub isolated: bool,
    /// Whether others call it by its name, with whatever port.
    pub called: bool,
    /// Where it is if it runs outside of the cluster.
    pub external: Option<ExternalEndpoint>,
    /// The ports that others reach.
    pub ports: Vec<ContainerPort>,
    /// The port on which its image serves metrics, whether others reach it or not.
    pub metrics: Option<i64>,
    /// Type of its Service.
    pub service_type: Option<ServiceType>,
    /// Where the type is said.
    pub service_type_origin: Option<Origin>,
    /// Annotations of its Service.
    pub service_annotations: BTreeMap<String, String>,
    /// Networks that may connect to its load balancer.
    pub source_ranges: Vec<String>,
    /// Further names that it is reached under.
    pub aliases: Vec<String>,
    /// Where further names are written.
    pub alias_origins: Vec<(String, Origin)>,
    /// Whether it refers to itself by name (operation rule 3).
    pub names_itself: bool,
    /// Ways in from outside.
    pub public: Vec<Public>,
    /// Where they are said.
    pub public_origin: Option<Origin>,
    /// Compose networks that it joins, by their Kubernetes names.
    pub networks: Vec<String>,
    /// Services that it needs, by Kubernetes name.
    pub needs: Vec<String>,
    /// Network policies.
    pub network: Option<NetworkSetting>,
    /// Labels of its objects.
    pub labels: BTreeMap<String, String>,
    /// Annotations of its objects.
    pub annotations: BTreeMap<String, String>,
}

/// What runs a service.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Deployment and its siblings.
    pub kind: WorkloadKind,
    /// When it runs, for CronJobs.
    pub schedule: Option<Cron>,
    /// Number of pods.
    pub replicas: i64,
    /// Pods by load, instead of that number.
    pub autoscaling: Option<Autoscaling>,
    /// The image, and where it is said.
    pub image: String,
    /// Where the image is said.
    pub image_origin: Origin,
    /// Where its other parts come from.
    pub traces: Traces,
    /// Always, IfNotPresent, Never.
    pub pull_policy: Option<String>,
    /// Command instead of the image's entrypoint.
    pub command: Option<Vec<String>>,
    /// Arguments instead of the image's command.
    pub args: Option<Vec<String>>,
    /// Working folder.
    pub working_dir: Option<String>,
    /// Plain variables, for the ConfigMap `<service>-config`.
    pub config: Vec<(String, String, Origin)>,
    /// Existing objects whose keys become variables.
    pub env_from: Vec<EnvFrom>,
    /// Variables that need more than a ConfigMap, referenced ones first.
    pub env: Vec<Env>,
    /// Mounts.
    pub mounts: Vec<MountPoint>,
    /// Claims of its StatefulSet.
    pub claim_templates: Vec<Claim>,
    /// Own files, for the ConfigMap or Secret `<service>-files`.
    pub file_sets: Vec<FileSet>,
    /// Readiness.
    pub readiness: Option<PlannedProbe>,
    /// Liveness.
    pub liveness: Option<PlannedProbe>,
    /// Startup.
    pub startup: Option<PlannedProbe>,
    /// Requests, by resource.
    pub requests: Vec<(String, String, Origin)>,
    /// Limits, by resource.
    pub limits: Vec<(String, String, Origin)>,
    /// What its pods wait for before they start.
    pub waits: Vec<WaitTarget>,
    /// Users, groups, capabilities.
    pub posture: Posture,
    /// The account of its pods, where it is not the namespace's own.
    pub account: Option<Account>,
    /// Whether a reloader controller restarts its pods.
    pub reloader: bool,
    /// Volumes that the image's own content fills.
    pub populates: Vec<Populate>,
    /// Seconds that it has to end.
    pub grace: Option<i64>,
    /// Seconds between leaving the Service and SIGTERM.
    pub graceful_seconds: i64,
    /// Host name in its pods.
    pub hostname: Option<String>,
    /// Addresses of host names.
    pub host_aliases: Vec<(String, Vec<String>)>,
    /// Name servers, search domains and options.
    pub dns: (Vec<String>, Vec<String>, Vec<String>),
    /// The node's network.
    pub host_network: bool,
    /// The node's processes.
    pub host_pid: bool,
    /// The node's IPC.
    pub host_ipc: bool,
    /// Standard input stays open.
    pub stdin: bool,
    /// A terminal.
    pub tty: bool,
    /// Disruption budget.
    pub disruption: Option<Disruption>,
    /// Spreading.
    pub spread: Spread,
    /// How a new version replaces the old one.
    pub rollout: Option<Rollout>,
    /// The group of services that must share a node, since they share ReadWriteOnce claims.
    pub same_node: Option<String>,
    /// Conditions on nodes, and on where its pods are.
    pub placement: Placement,
    /// The processes of its pod see each other.
    pub one_process_space: bool,
    /// Containers that end before it starts.
    pub before_start: Vec<InitStep>,
    /// Annotations of the workload that Compose says.
    pub compose_annotations: Vec<Annotation>,
    /// Annotations of its pods that Compose says.
    pub compose_pod_annotations: Vec<Annotation>,
    /// Pods that must complete, of a Job.
    pub completions: Option<i64>,
    /// Whether a Job tries again when its container fails.
    pub retries: bool,
    /// Labels of nodes.
    pub node_selector: BTreeMap<String, String>,
    /// Taints that its pods tolerate.
    pub tolerations: Vec<Value>,
    /// Affinity, instead of that of the placement.
    pub affinity: Option<Value>,
    /// Priority class.
    pub priority_class: Option<String>,
    /// Runtime class.
    pub runtime_class: Option<String>,
    /// Labels of its pods.
    pub pod_labels: BTreeMap<String, String>,
    /// Annotations of its pods.
    pub pod_annotations: BTreeMap<String, String>,
    /// What happens to the claims when the workload is deleted.
    pub retention: Retention,
    /// The image that holds each pod when its containers have ended: the work is done once on each
    /// node, by init containers.
    pub pause: Option<String>,
    /// Attempts of a Job.
    pub backoff_limit: Option<i64>,
    /// Shell commands after the start.
    pub post_start: Option<Vec<String>>,
    /// Shell commands before the stop.
    pub pre_stop: Option<Vec<String>>,
}

/// What happens to the claims of a StatefulSet when it is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// They stay.
    Retain,
    /// They go too.
    Delete,
}

/// A port of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerPort {
    /// Its name, at most 15 characters.
    pub name: String,
    /// Its number.
    pub port: i64,
    /// TCP, UDP, SCTP.
    pub protocol: &'static str,
    /// Whether HTTP is spoken.
    pub http: bool,
    /// Whether Compose publishes it, and under which port.
    pub published: Option<String>,
    /// `appProtocol`.
    pub app_protocol: Option<String>,
    /// Whether it is published for the machine itself only.
    pub local: bool,
    /// The node's port that leads to it.
    pub host_port: Option<i64>,
    /// Whether it is left out of the Service.
    pub hidden: bool,
    /// Where it is from.
    pub origin: Origin,
}

/// A variable of a container that is not in a ConfigMap.
#[derive(Debug, Clone)]
pub struct Env {
    /// Its name.
    pub name: String,
    /// Where its value is from.
    pub source: EnvSource,
    /// Where it is said.
    pub origin: Origin,
}

/// Where a variable's value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvSource {
    /// A value with `$(NAME)` references; literal ones are escaped already.
    Value(String),
    /// A key of a Secret.
    Secret {
        /// The Secret.
        name: String,
        /// The key.
        key: String,
    },
    /// A key of a ConfigMap.
    ConfigMap {
        /// The ConfigMap.
        name: String,
        /// The key.
        key: String,
    },
    /// A field of the pod.
    Field(String),
}

/// A Secret with its entries.
#[derive(Debug, Clone)]
pub struct SecretSet {
    /// Its name.
    pub name: String,
    /// The service that owns it (Kubernetes name); none if several do.
    pub service: Option<String>,
    /// The entries.
    pub entries: Vec<SecretEntry>,
}

/// An entry of a Secret.
#[derive(Debug, Clone)]
pub struct SecretEntry {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Vec<u8>,
    /// Where it is from.
    pub origin: Origin,
}

/// Files that become a ConfigMap.
#[derive(Debug, Clone)]
pub struct FileSet {
    /// Name of the ConfigMap.
    pub name: String,
    /// The service that owns it (Kubernetes name).
    pub service: Option<String>,
    /// The files by key.
    pub files: Vec<ConfigFile>,
}

/// A file of a [`FileSet`].
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// The key.
    pub key: String,
    /// The content.
    pub content: Vec<u8>,
    /// Where it is from.
    pub origin: Origin,
}

/// A probe.
#[derive(Debug, Clone)]
pub struct PlannedProbe {
    /// What is done.
    pub check: ProbeCheck,
    /// Seconds between.
    pub period: Option<i64>,
    /// Seconds that it may take.
    pub timeout: Option<i64>,
    /// Failures that count.
    pub failures: Option<i64>,
    /// Successes that count.
    pub successes: Option<i64>,
    /// Seconds before the first.
    pub initial_delay: Option<i64>,
    /// Where it is from.
    pub origin: Origin,
}

/// What a probe does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeCheck {
    /// Command.
    Exec(Vec<String>),
    /// HTTP GET.
    Http {
        /// Path.
        path: String,
        /// Port.
        port: i64,
    },
    /// TCP connection.
    Tcp(i64),
    /// gRPC health check.
    Grpc(i64),
}

/// What a pod waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitTarget {
    /// A port of a service.
    Port {
        /// The service.
        service: String,
        /// The hosts and ports that must answer: a store, and the ambassador before it.
        places: Vec<(String, i64)>,
    },
    /// Ports that a Job gives a minute to answer, before it starts all the same.
    Start {
        /// The hosts and ports.
        places: Vec<(String, i64)>,
    },
    /// The end of a Job.
    Job {
        /// The Job's name without its hash.
        service: String,
    },
}

/// Users, groups and capabilities.
#[derive(Debug, Clone, Default)]
pub struct Posture {
    /// Never as root.
    pub non_root: bool,
    /// User.
    pub user: Option<i64>,
    /// Group.
    pub group: Option<i64>,
    /// Further groups.
    pub groups: Vec<i64>,
    /// Group of the volumes.
    pub fs_group: Option<i64>,
    /// All privileges.
    pub privileged: bool,
    /// Whether privilege escalation stays possible.
    pub escalation: bool,
    /// Capabilities added.
    pub add: Vec<String>,
    /// Capabilities dropped.
    pub drop: Vec<String>,
    /// Read-only root file system.
    pub read_only: bool,
    /// No seccomp profile; else RuntimeDefault.
    pub unconfined: bool,
    /// `AppArmor` profile; `unconfined` is none at all.
    pub apparmor: Option<String>,
    /// `SELinux` labels.
    pub selinux: SeLinux,
    /// All of `/proc` is visible.
    pub unmasked: bool,
    /// Kernel parameters.
    pub sysctls: Vec<(String, String)>,
}
