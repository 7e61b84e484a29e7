//! The typed settings.

mod pod;
mod reach;

use std::collections::BTreeMap;

use crate::{
    catalog::Class,
    text::{Origin, Span},
    yaml::Value,
};

pub use pod::{Autoscale, EnvFrom, SecurityLevel, ServiceAccount};
pub use reach::{Gateway, ServicePortSetting};

/// A setting's value and where it was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Where it was said.
    pub origin: Origin,
    /// Whether a `defaults:` said it, so that Compose's own attributes are stronger.
    pub weak: bool,
    /// Where weaker places said something else.
    pub lost: Vec<Origin>,
}

impl<T> Said<T> {
    /// Where it is written; `Span::NONE` for flags and built-in rules.
    pub fn span(&self) -> Span {
        match self.origin {
            Origin::Input(span) => span,
            _ => Span::NONE,
        }
    }
}

/// The settings of one service in one environment; none: nothing was said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceSettings {
    /// Whether the service is there at all.
    pub enabled: Option<Said<bool>>,
    /// Its class.
    pub class: Option<Said<Class>>,
    /// Its kind of workload.
    pub workload: Option<Said<WorkloadKind>>,
    /// When it runs.
    pub schedule: Option<Said<Cron>>,
    /// Number of pods.
    pub replicas: Option<Said<i64>>,
    /// Never more than one pod.
    pub singleton: Option<Said<bool>>,
    /// Pods by load; an empty one is `false`.
    pub autoscale: Option<Said<Autoscale>>,
    /// Parts of its image reference.
    pub image: Option<Said<ImageSetting>>,
    /// What to do about unpinned images.
    pub unpinned_images: Option<Said<Unpinned>>,
    /// Variables by name; none removes.
    pub environment: BTreeMap<String, Said<Option<EnvValue>>>,
    /// Existing objects whose keys become variables.
    pub env_from: Option<Said<Vec<EnvFrom>>>,
    /// Names or globs of sensitive variables.
    pub sensitive: Vec<String>,
    /// Names or globs of variables that are not sensitive.
    pub not_sensitive: Vec<String>,
    /// What becomes of sensitive values.
    pub secret_mode: Option<Said<SecretModeSetting>>,
    /// Annotate for a reloader controller.
    pub reloader: Option<Said<bool>>,
    /// Requests and limits.
    pub resources: ResourceSettings,
    /// Ways in from outside, one or several; an empty list is `false`.
    pub public: Option<Said<Vec<Public>>>,
    /// The service stands for the domain itself.
    pub main: Option<Said<bool>>,
    /// Type of its Service.
    pub service_type: Option<Said<ServiceType>>,
    /// Annotations of its Service.
    pub service_annotations: BTreeMap<String, String>,
    /// Networks that may connect to its load balancer.
    pub source_ranges: Option<Said<Vec<String>>>,
    /// Ports of its Service, by the container's port.
    pub service_ports: BTreeMap<i64, ServicePortSetting>,
    /// It runs outside of the cluster.
    pub external: Option<Said<External>>,
    /// Storage of its volumes.
    pub storage: StorageSettings,
    /// What bind mounts of files become.
    pub binds: Option<Said<Binds>>,
    /// What single bind mounts become, by their targets.
    pub binds_at: BTreeMap<String, Said<Binds>>,
    /// Probes.
    pub probes: ProbeSettings,
    /// User to run as.
    pub user: Option<Said<i64>>,
    /// Group of its volumes.
    pub fs_group: Option<Said<i64>>,
    /// Read-only root file system.
    pub read_only_root_filesystem: Option<Said<bool>>,
    /// The Pod Security level to satisfy.
    pub security_level: Option<Said<SecurityLevel>>,
    /// The ServiceAccount of its pods.
    pub service_account: Option<Said<ServiceAccount>>,
    /// Network policies.
    pub network: Option<Said<NetworkSetting>>,
    /// Disruption budget; an empty one is `false`.
    pub disruption: Option<Said<Disruption>>,
    /// Spreading of its pods.
    pub spread: Option<Said<Spread>>,
    /// How a new version replaces the old one.
    pub rollout: Option<Said<Rollout>>,
    /// Seconds between leaving the Service and SIGTERM.
    pub graceful_seconds: Option<Said<i64>>,
    /// What its pods wait for.
    pub wait_for: Option<Said<WaitFor>>,
    /// Labels of its objects.
    pub labels: BTreeMap<String, String>,
    /// Annotations of its objects.
    pub annotations: BTreeMap<String, String>,
    /// Labels of its pods.
    pub pod_labels: BTreeMap<String, String>,
    /// Annotations of its pods.
    pub pod_annotations: BTreeMap<String, String>,
    /// Labels of nodes that it runs on.
    pub node_selector: BTreeMap<String, String>,
    /// Taints that its pods tolerate.
    pub tolerations: Option<Said<Vec<Value>>>,
    /// Affinity, as in Kubernetes.
    pub affinity: Option<Said<Value>>,
    /// Priority class.
    pub priority_class: Option<Said<String>>,
    /// Runtime class.
    pub runtime_class: Option<Said<String>>,
    /// Debug and admin ports leave the Service.
    pub lockdown: Option<Said<bool>>,
}

/// Settings of the whole project in one environment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectSettings {
    /// Domain of the services.
    pub domain: Option<Said<String>>,
    /// Namespace.
    pub namespace: Option<Said<String>>,
    /// Write the Namespace too.
    pub create_namespace: bool,
    /// What the cluster runs, as minor version of Kubernetes 1.
    pub kube_minor: u32,
    /// What the team pushes, and mirrors.
    pub images: Images,
    /// Images that c2k adds.
    pub helper_images: HelperImages,
    /// How `public` is made where it does not say.
    pub public_type: PublicType,
    /// Ingress class.
    pub ingress_class: Option<String>,
    /// The Gateway of routes.
    pub gateway: Option<Said<Gateway>>,
    /// Settings of volumes by name.
    pub volumes: BTreeMap<String, StorageSettings>,
}

/// Deployment and its siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkloadKind {
    /// `deployment`.
    Deployment,
    /// `statefulset`.
    StatefulSet,
    /// `daemonset`.
    DaemonSet,
    /// `job`.
    Job,
    /// `cronjob`.
    CronJob,
}

/// When a `CronJob` runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    /// Cron expression.
    pub cron: String,
    /// Allow, Forbid, Replace.
    pub concurrency: Option<String>,
    /// Attempts.
    pub backoff_limit: Option<i64>,
    /// Time zone.
    pub time_zone: Option<String>,
}

/// Parts of an image reference that replace those of Compose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageSetting {
    /// A whole reference.
    pub reference: Option<String>,
    /// Registry.
    pub registry: Option<String>,
    /// Repository.
    pub repository: Option<String>,
    /// Tag.
    pub tag: Option<String>,
    /// Digest.
    pub digest: Option<String>,
    /// Always, `IfNotPresent`, Never.
    pub pull_policy: Option<String>,
}

/// What the team pushes, and mirrors.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Images {
    /// Registry and path in front of built images.
    pub registry: Option<String>,
    /// Tag of built images.
    pub tag: Option<String>,
    /// Secrets to pull with.
    pub pull_secrets: Vec<String>,
    /// Mirrors by registry.
    pub prefix: BTreeMap<String, String>,
}

/// Images that c2k adds to pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelperImages {
    /// Waits for ports.
    pub wait: String,
    /// Waits for Jobs.
    pub kubectl: String,
    /// Forwards ports.
    pub proxy: String,
    /// Holds a pod whose work is done.
    pub pause: String,
}

impl Default for HelperImages {
    fn default() -> Self {
        Self {
            wait: "busybox:1.36".to_owned(),
            kubectl: "registry.k8s.io/kubectl:v1.35.4".to_owned(),
            proxy: "alpine/socat:1.8.0.3".to_owned(),
            pause: "registry.k8s.io/pause:3.10.1".to_owned(),
        }
    }
}

/// What to do about an image without a fixed tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpinned {
    /// Nothing.
    Allow,
    /// A warning.
    Warn,
    /// A finding; exit code 1.
    Error,
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvValue {
    /// As it is.
    Plain(String),
    /// A key of a Secret that exists.
    Secret {
        /// The Secret.
        name: String,
        /// The key.
        key: String,
    },
    /// A key of a `ConfigMap` that exists.
    ConfigMap {
        /// The `ConfigMap`.
        name: String,
        /// The key.
        key: String,
    },
    /// A field of the pod.
    Field(String),
}

/// What becomes of sensitive values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretModeSetting {
    /// Secret objects from the values at hand.
    Literal,
    /// Secrets exist already.
    Reference,
    /// `ExternalSecret` objects.
    ExternalSecrets {
        /// Name of the store; none: not said yet.
        store: Option<String>,
        /// `SecretStore` or `ClusterSecretStore`.
        kind: Option<String>,
        /// Folder of the keys.
        path: Option<String>,
    },
}

/// Requests and limits; what is not said is weaker or stronger as each says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResourceSettings {
    /// Requests.
    pub requests: Quantities,
    /// Limits.
    pub limits: Quantities,
}

/// Quantities of resources, in Kubernetes' notation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quantities {
    /// CPU.
    pub cpu: Option<Said<String>>,
    /// Memory.
    pub memory: Option<Said<String>>,
    /// Other resources, such as `nvidia.com/gpu`.
    pub others: BTreeMap<String, Said<String>>,
}

/// A way in from outside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Public {
    /// Host name; none: from the domain.
    pub host: Option<String>,
    /// Path; none: `/`.
    pub path: Option<String>,
    /// Prefix, Exact, `ImplementationSpecific`.
    pub path_type: Option<String>,
    /// Container port.
    pub port: Option<i64>,
    /// TLS.
    pub tls: Option<PublicTls>,
    /// Ingress class.
    pub class: Option<String>,
    /// Same client, same pod.
    pub sticky: bool,
    /// Annotations of the Ingress or Service.
    pub annotations: BTreeMap<String, String>,
    /// How.
    pub kind: Option<PublicType>,
    /// Port of the node.
    pub node_port: Option<i64>,
}

/// TLS of a way in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublicTls {
    /// Secret with the certificate.
    pub secret: Option<String>,
    /// cert-manager's cluster issuer.
    pub issuer: Option<String>,
}

/// How a service is reached from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PublicType {
    /// Ingress.
    #[default]
    Ingress,
    /// `HTTPRoute`.
    Gateway,
    /// Service of type `LoadBalancer`.
    LoadBalancer,
    /// Service of type `NodePort`.
    NodePort,
}

/// Type of a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceType {
    /// `ClusterIP`.
    ClusterIp,
    /// `ClusterIP` `None`.
    Headless,
    /// `NodePort`.
    NodePort,
    /// `LoadBalancer`.
    LoadBalancer,
}

/// A service that runs outside of the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct External {
    /// Host name; none with `addresses`, and for an explicit `false`.
    pub host: Option<String>,
    /// Port, where it differs from the container's.
    pub port: Option<i64>,
    /// TLS.
    pub tls: bool,
    /// How dependents reach it; none: by what is given.
    pub mode: Option<ExternalMode>,
    /// Addresses.
    pub addresses: Vec<String>,
    /// Secret with its credentials.
    pub credentials: Option<String>,
}

/// How dependents reach an external service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternalMode {
    /// `ExternalName`.
    ExternalName,
    /// Service without selector, and `EndpointSlice`.
    Endpoints,
    /// A small proxy.
    Ambassador,
    /// The address is written into the variables.
    Environment,
}

/// Storage of a volume, or of all volumes of a service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StorageSettings {
    /// Storage class.
    pub class: Option<Said<String>>,
    /// Size.
    pub size: Option<Said<String>>,
    /// Access mode.
    pub access_mode: Option<Said<String>>,
    /// Keep the claim when the workload is deleted.
    pub retain: Option<Said<bool>>,
    /// No claim: gone with the pod.
    pub empty_dir: Option<Said<bool>>,
    /// A claim that exists.
    pub existing_claim: Option<Said<String>>,
    /// Path below the volume.
    pub sub_path: Option<Said<String>>,
    /// The service whose image has the first content.
    pub populate: Option<Said<String>>,
}

/// What bind mounts of files become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binds {
    /// `ConfigMaps`.
    Config,
    /// Nothing.
    Skip,
    /// Paths of the node.
    HostPath,
}

/// The probes of a service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProbeSettings {
    /// Readiness.
    pub readiness: Option<Said<Probe>>,
    /// Liveness.
    pub liveness: Option<Said<Probe>>,
    /// Startup.
    pub startup: Option<Said<Probe>>,
}

/// Another name for [`ProbeSettings`].
pub type Probes = ProbeSettings;

/// A probe; without an action it is `false`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Probe {
    /// What is done; none: no probe.
    pub action: Option<ProbeAction>,
    /// `periodSeconds`.
    pub period: Option<i64>,
    /// `timeoutSeconds`.
    pub timeout: Option<i64>,
    /// `failureThreshold`.
    pub failures: Option<i64>,
    /// `successThreshold`.
    pub successes: Option<i64>,
    /// `initialDelaySeconds`.
    pub initial_delay: Option<i64>,
}

/// What a probe does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeAction {
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
    /// Command.
    Command(Vec<String>),
}

/// Network policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSetting {
    /// Which policies.
    pub policy: PolicyMode,
    /// Labels of namespaces that may reach public ports.
    pub ingress_from: BTreeMap<String, String>,
    /// Labels of namespaces that may reach metrics.
    pub monitoring_from: BTreeMap<String, String>,
}

/// Which policies are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyMode {
    /// None.
    None,
    /// What Compose networks allow.
    Compose,
    /// Only what dependencies and references need.
    Strict,
}

/// A disruption budget; empty is `false`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disruption {
    /// Number or percentage.
    pub min_available: Option<String>,
    /// Number or percentage.
    pub max_unavailable: Option<String>,
}

/// Spreading of pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// As the scheduler likes.
    None,
    /// Over nodes.
    Host,
    /// Over zones.
    Zone,
}

/// How a new version replaces the old one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rollout {
    /// Pods above the number.
    pub max_surge: Option<String>,
    /// Pods below the number.
    pub max_unavailable: Option<String>,
    /// Seconds ready before it counts.
    pub min_ready_seconds: Option<i64>,
    /// All old pods end before new ones start.
    pub recreate: bool,
}

/// What pods wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitFor {
    /// The same for every dependency.
    All(Wait),
    /// By dependency.
    Each(BTreeMap<String, Wait>),
}

/// What a pod waits for of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// Nothing.
    None,
    /// Completed one-shots.
    Completed,
    /// Also ports of healthy services.
    Ready,
}

/// What becomes of sensitive values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecretMode {
    /// Secret objects with the values at hand.
    Literal,
    /// Workloads refer to Secrets that exist already.
    #[default]
    Reference,
    /// `ExternalSecret` objects.
    External,
}
