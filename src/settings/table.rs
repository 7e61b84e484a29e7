//! The table of all settings: names, values, places, documentation.
//!
//! Checks, the JSON Schema and the documentation are made from it.

use super::kind::{
    CHOSEN, Key,
    Kind::{
        self, Any, Bool, Bytes, Cpu, False, Int, Later, List, Map, Name, Nullable, Pods, Raw,
        Settings, Text, Version, Words,
    },
    Object, Place, Schema,
    Scope::{self, All, File, Inner, Service, Top},
};

const COUNT: Kind = Int(0, i64::MAX);
const PORT: Kind = Int(1, 65535);

const fn key(name: &'static str, kind: Kind, scope: Scope, doc: &'static str) -> Key {
    Key { name, kind, scope, doc }
}

const fn inner(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    key(name, kind, Inner, doc)
}

const fn object(keys: &'static [Key]) -> Object {
    Object { keys, short: None, choice: &[], whole: false, extra: None }
}

/// The vocabulary.
pub(super) static SETTINGS: &[Key] = &[
    // What the environment is
    key("description", Text, File, "What the environment is for, in a few words."),
    key("extends", Name, File, "The environment that this one changes."),
    key(
        "defaults",
        Kind::Object(&DEFAULTS),
        File,
        "Settings by class of service that are weaker than the compose file.",
    ),
    key("services", Map(&Settings(Place::Service)), File, "Settings of single services, by name."),
    // What runs, and how much of it
    key(
        "enabled",
        Bool,
        Service,
        "`false` leaves the service out. Default: true, except for what a cluster does itself.",
    ),
    key(
        "class",
        Words(&["web", "worker", "store", "tool", "cluster"]),
        Service,
        "What the service is to the stack; decides which defaults it gets. Default: inferred.",
    ),
    key(
        "workload",
        Words(&["deployment", "statefulset", "daemonset", "job", "cronjob"]),
        Service,
        "The kind of workload. Default: inferred.",
    ),
    key(
        "schedule",
        Kind::Object(&SCHEDULE),
        Service,
        "When a cronjob runs: a cron expression, or a mapping.",
    ),
    key("replicas", COUNT, All, "The number of pods. Default: 1."),
    key("singleton", Bool, Service, "`true`: never more than one pod, not even during an update."),
    key(
        "autoscale",
        Any(&[False, Kind::Object(&AUTOSCALE)]),
        All,
        "Pods by load, instead of a fixed number.",
    ),
    key("resources", Kind::Object(&RESOURCES), All, "Requests and limits of CPU and memory."),
    key(
        "disruption",
        Any(&[False, Kind::Object(&DISRUPTION)]),
        All,
        "The disruption budget, where there is more than one replica.",
    ),
    key(
        "spread",
        Words(&["none", "host", "zone"]),
        All,
        "What the pods of a service are spread over.",
    ),
    key("rollout", Kind::Object(&ROLLOUT), All, "How a new version replaces the old one."),
    key("gracefulSeconds", COUNT, All, "Seconds between leaving the Service and the stop signal."),
    key(
        "waitFor",
        Any(&[WAIT, Map(&WAIT)]),
        All,
        "What pods wait for at their start: for all dependencies, or by dependency.",
    ),
    key("probes", Kind::Object(&PROBES), Service, "Probes instead of those from the healthcheck."),
    // Images
    key(
        "image",
        Kind::Object(&IMAGE),
        Service,
        "An image reference, or the parts of it that differ here.",
    ),
    key(
        "images",
        Kind::Object(&IMAGES),
        Top,
        "Where the team pushes the images it builds, and mirrors.",
    ),
    key("helperImages", Kind::Object(&HELPERS), Top, "The images that c2k itself adds."),
    key(
        "unpinnedImages",
        Words(&["allow", "warn", "error"]),
        All,
        "What to do about images without a fixed version.",
    ),
    // Configuration
    key(
        "environment",
        Map(&Nullable(&ENVIRONMENT)),
        All,
        "Variables: a value, a key of an existing Secret or ConfigMap, a field; null removes one.",
    ),
    key(
        "envFrom",
        List(&Kind::Object(&ENV_FROM)),
        Service,
        "Existing Secrets and ConfigMaps as variables.",
    ),
    key(
        "sensitive",
        List(&Text),
        All,
        "Names or globs of variables that are secret. Default: detected by name.",
    ),
    key("notSensitive", List(&Text), All, "Names or globs of variables that are not secret."),
    key(
        "secretMode",
        Any(&[Kind::Object(&SECRET_STORE), SECRET_MODE]),
        All,
        "What becomes of secret values: `literal` writes Secrets, `reference` refers to existing ones, a store's name writes ExternalSecrets.",
    ),
    key(
        "reloader",
        Bool,
        All,
        "Annotate workloads for a reloader controller, which restarts pods when a Secret changes.",
    ),
    // Ways in and out
    key(
        "public",
        Any(&[Bool, Kind::Object(&PUBLIC), List(&Kind::Object(&PUBLIC))]),
        All,
        "How the service is reached from outside. Default: not at all.",
    ),
    key("domain", Text, Top, "HTTP services with a published port become `<service>.<domain>`."),
    key("main", Bool, Service, "The service is reached under the domain itself."),
    key(
        "publicType",
        PUBLIC_TYPE,
        Top,
        "How `public` is made where it does not say. Default: ingress.",
    ),
    key("ingressClass", Text, Top, "The class of Ingresses. Default: the cluster's."),
    key(
        "gateway",
        Kind::Object(&GATEWAY),
        Top,
        "The Gateway that routes are attached to: its name, or a mapping.",
    ),
    key("service", Kind::Object(&SERVICE), Service, "Type and annotations of the Service."),
    key(
        "external",
        Any(&[False, Kind::Object(&EXTERNAL)]),
        Service,
        "The service runs outside of the cluster: its host name, or a mapping.",
    ),
    key("network", Kind::Object(&NETWORK), All, "Network policies."),
    // Data
    key("storage", Kind::Object(&STORAGE), All, "Storage of the service's volumes."),
    key("volumes", Map(&Kind::Object(&VOLUME)), Top, "Storage of single volumes, by name."),
    key(
        "binds",
        Any(&[BINDS, Map(&BINDS)]),
        All,
        "What bind mounts become: ConfigMaps, nothing, or paths of the node; of all, or by target. Default: config.",
    ),
    // Pods
    key("user", COUNT, Service, "The user to run as."),
    key("fsGroup", COUNT, Service, "The group that may write the volumes."),
    key("readOnlyRootFilesystem", Bool, Service, "The root file system cannot be written."),
    key(
        "securityLevel",
        Words(&["privileged", "baseline", "restricted"]),
        All,
        "The Pod Security level that pods are made to satisfy, as far as that is safe.",
    ),
    key(
        "serviceAccount",
        Kind::Object(&SERVICE_ACCOUNT),
        All,
        "The ServiceAccount of the pods: the name of an existing one, or a mapping.",
    ),
    key("labels", Map(&Text), All, "Labels of all objects."),
    key("annotations", Map(&Text), All, "Annotations of all objects."),
    key("podLabels", Map(&Text), All, "Labels of pods."),
    key("podAnnotations", Map(&Text), All, "Annotations of pods."),
    key("nodeSelector", Map(&Text), All, "Labels of the nodes that pods run on."),
    key("tolerations", List(&Raw(Schema::Toleration)), All, "Taints that pods tolerate."),
    key(
        "affinity",
        Raw(Schema::Affinity),
        Service,
        "Affinity as in Kubernetes; instead of what Compose's placement says.",
    ),
    key("priorityClass", Text, All, "The PriorityClass of pods."),
    key("runtimeClass", Text, Service, "The RuntimeClass of pods."),
    // The whole
    key("namespace", Name, Top, "The namespace that is written into objects. Default: none is."),
    key("createNamespace", Bool, Top, "Write the Namespace too. Default: false."),
    key("kubeVersion", Version, Top, "What the cluster runs. Default: 1.33."),
    key(
        "lockdown",
        Bool,
        All,
        "Debug and admin ports leave the Services, debug settings are reported.",
    ),
    key("metrics", Later, All, "Monitoring."),
    key("backup", Later, All, "Backups."),
    key("platform", Later, All, "What the cluster offers."),
];

const WAIT: Kind = Words(&["none", "completed", "ready"]);
const SECRET_MODE: Kind = Words(&["literal", "reference", "external-secrets"]);
const BINDS: Kind = Words(&["config", "skip", "hostpath"]);
const PUBLIC_TYPE: Kind = Words(&["ingress", "gateway", "loadbalancer", "nodeport"]);
const ENVIRONMENT: Kind = Any(&[Text, Kind::Object(&REFERENCE)]);

static DEFAULTS: Object = object(&[
    inner("all", Settings(Place::Defaults), "For services of every class."),
    inner("web", Settings(Place::Defaults), "For services that answer HTTP."),
    inner("worker", Settings(Place::Defaults), "For services that nobody calls from outside."),
    inner("store", Settings(Place::Defaults), "For databases, queues and caches."),
    inner("tool", Settings(Place::Defaults), "For what serves developers and administrators."),
]);

static SCHEDULE: Object = Object {
    keys: &[
        inner("cron", Text, "The cron expression."),
        inner(
            "concurrency",
            Words(&["Allow", "Forbid", "Replace"]),
            "What happens when the last run has not ended.",
        ),
        inner("backoffLimit", COUNT, "Attempts before a run counts as failed."),
        inner("timeZone", Text, "The time zone of the expression."),
    ],
    short: Some("cron"),
    choice: &[],
    whole: false,
    extra: None,
};

static AUTOSCALE: Object = object(&[
    inner("min", Int(1, i64::MAX), "Least pods. Default: 1."),
    inner("max", Int(1, i64::MAX), "Most pods."),
    inner(
        "cpu",
        Int(1, i64::MAX),
        "CPU, in percent of the request. Default: 70, where nothing else is said.",
    ),
    inner("memory", Int(1, i64::MAX), "Memory, in percent of the request."),
    inner("metrics", List(&Raw(Schema::Metric)), "More metrics, as in Kubernetes."),
]);

static ENV_FROM: Object = object(&[
    inner("configMap", Name, "The name of a ConfigMap."),
    inner("secret", Name, "The name of a Secret."),
    inner("prefix", Text, "What its keys get in front."),
    inner("optional", Bool, "Whether it may be missing."),
]);

static SECRET_STORE: Object = object(&[
    inner("store", Name, "The store of external-secrets.io that has the values."),
    inner(
        "kind",
        Words(&["SecretStore", "ClusterSecretStore"]),
        "The kind of the store. Default: SecretStore.",
    ),
    inner("path", Text, "The folder of the keys in it. Default: the project."),
]);

static GATEWAY: Object = Object {
    keys: &[
        inner("name", Name, "Its name."),
        inner("namespace", Name, "Its namespace, where it is another one."),
        inner("section", Name, "Its listener. Default: all of them."),
    ],
    short: Some("name"),
    choice: &[],
    whole: false,
    extra: None,
};

static SERVICE_ACCOUNT: Object = Object {
    keys: &[
        inner("name", Name, "Its name. Default: the service's."),
        inner("create", Bool, "Write it too. Default: false."),
        inner("annotations", Map(&Text), "Its annotations, if it is written."),
        inner("automount", Bool, "Give pods its token. Default: false."),
    ],
    short: Some("name"),
    choice: &[],
    whole: false,
    extra: None,
};

static SERVICE_PORT: Object = object(&[
    inner("name", Name, "Its name."),
    inner("appProtocol", Text, "What is spoken there, such as `kubernetes.io/h2c`."),
]);

static RESOURCES: Object = object(&[
    inner("requests", Kind::Object(&QUANTITIES), "What a pod is sure to get."),
    inner("limits", Kind::Object(&QUANTITIES), "What a pod may use at most."),
]);

static QUANTITIES: Object = Object {
    keys: &[
        inner("cpu", Cpu, "CPU."),
        inner("memory", Bytes, "Memory."),
        inner("ephemeral-storage", Bytes, "Space on the node's disk."),
    ],
    short: None,
    choice: &[],
    whole: false,
    extra: Some(&COUNT),
};

static DISRUPTION: Object = Object {
    keys: &[
        inner("minAvailable", Pods, "Pods that must stay."),
        inner("maxUnavailable", Pods, "Pods that may be missing."),
    ],
    short: None,
    choice: &["minAvailable", "maxUnavailable"],
    whole: false,
    extra: None,
};

static ROLLOUT: Object = object(&[
    inner("maxSurge", Pods, "Pods above the number of replicas."),
    inner("maxUnavailable", Pods, "Pods below the number of replicas."),
    inner("minReadySeconds", COUNT, "Seconds that a pod is ready before it counts."),
    inner("strategy", Words(&["rolling", "recreate"]), "Step by step, or all at once."),
]);

static PROBES: Object = object(&[
    inner("readiness", Any(&[False, Kind::Object(&PROBE)]), "When a pod gets traffic."),
    inner("liveness", Any(&[False, Kind::Object(&PROBE)]), "When a pod is killed."),
    inner("startup", Any(&[False, Kind::Object(&PROBE)]), "When a pod has started."),
]);

static PROBE: Object = Object {
    keys: &[
        inner("http", Kind::Object(&HTTP), "An HTTP GET."),
        inner("tcp", PORT, "A connection to a port."),
        inner("grpc", PORT, "A gRPC health check of a port."),
        inner("command", List(&Text), "A command in the container."),
        inner("initialDelaySeconds", COUNT, "Seconds before the first try."),
        inner("periodSeconds", COUNT, "Seconds between tries."),
        inner("timeoutSeconds", COUNT, "Seconds that a try may take."),
        inner("failureThreshold", COUNT, "Failures in a row that count."),
        inner("successThreshold", COUNT, "Successes in a row that count."),
    ],
    short: None,
    choice: &["http", "tcp", "grpc", "command"],
    whole: false,
    extra: None,
};

static HTTP: Object = object(&[
    inner("path", Text, "The path. Default: `/`."),
    inner("port", PORT, "The container port."),
]);

static IMAGE: Object = Object {
    keys: &[
        inner("registry", Text, "The registry."),
        inner("repository", Text, "The path below the registry."),
        inner("tag", Text, "The tag."),
        inner("digest", Text, "The digest, with its algorithm."),
        inner("pullPolicy", Words(&["Always", "IfNotPresent", "Never"]), "When the node pulls it."),
    ],
    short: Some(CHOSEN),
    choice: &[],
    whole: false,
    extra: None,
};

static IMAGES: Object = object(&[
    inner("registry", Text, "Registry and path in front of built images."),
    inner("tag", Text, "The tag of built images."),
    inner("pullSecrets", List(&Name), "Secrets to pull with."),
    inner("prefix", Map(&Text), "Mirrors by registry."),
]);

static HELPERS: Object = object(&[
    inner("wait", Text, "Waits for ports."),
    inner("kubectl", Text, "Waits for Jobs."),
    inner("proxy", Text, "Forwards ports."),
    inner("pause", Text, "Holds a pod whose work is done."),
    inner("copy", Text, "Changes nothing: volumes are filled by the images that they come from."),
]);

static REFERENCE: Object = Object {
    keys: &[
        inner("secret", Name, "The name of a Secret."),
        inner("configMap", Name, "The name of a ConfigMap."),
        inner("key", Text, "The key in it."),
        inner("fieldRef", Text, "A field of the pod."),
    ],
    short: None,
    choice: &[],
    whole: true,
    extra: None,
};

static PUBLIC: Object = object(&[
    inner("host", Text, "The host name. Default: from the domain."),
    inner("path", Text, "The path. Default: `/`."),
    inner("pathType", Words(&["Prefix", "Exact", "ImplementationSpecific"]), "How it fits."),
    inner("port", PORT, "The container port."),
    inner("nodePort", PORT, "The port of the nodes."),
    inner("tls", Kind::Object(&TLS), "TLS."),
    inner("class", Text, "The ingress class."),
    inner("sticky", Bool, "A client stays with its pod."),
    inner("annotations", Map(&Text), "Annotations of the Ingress or Service."),
    inner("type", PUBLIC_TYPE, "How."),
]);

static TLS: Object = object(&[
    inner("secret", Name, "The Secret with the certificate."),
    inner("issuer", Text, "The cluster issuer of cert-manager."),
]);

static SERVICE: Object = object(&[
    inner("type", Words(&["ClusterIP", "Headless", "NodePort", "LoadBalancer"]), "Its type."),
    inner("headless", Bool, "No address of its own."),
    inner("annotations", Map(&Text), "Its annotations."),
    inner("loadBalancerSourceRanges", List(&Text), "Networks that may connect to a load balancer."),
    inner("ports", Map(&Kind::Object(&SERVICE_PORT)), "Its ports, by the container's port."),
]);

static EXTERNAL: Object = Object {
    keys: &[
        inner("host", Text, "The host name."),
        inner("port", PORT, "The port, where it differs."),
        inner("tls", Bool, "It wants TLS."),
        inner(
            "mode",
            Words(&["externalname", "endpoints", "ambassador", "environment"]),
            "How others reach it. Default: by what is given.",
        ),
        inner("addresses", List(&Text), "IP addresses."),
        inner("credentials", Name, "The Secret with its credentials."),
    ],
    short: Some("host"),
    choice: &[],
    whole: false,
    extra: None,
};

static NETWORK: Object = object(&[
    inner("policy", Words(&["none", "compose", "strict"]), "Which policies are made."),
    inner("ingressFrom", Map(&Text), "Labels of namespaces that may reach public ports."),
    inner("monitoringFrom", Map(&Text), "Labels of namespaces that may reach metrics."),
]);

const CLASS: Key = inner("class", Text, "The storage class.");
const SIZE: Key = inner("size", Bytes, "The size. Default: 1Gi.");
const RETAIN: Key = inner("retain", Bool, "Keep the claim when the workload is deleted.");
const ACCESS_MODE: Key = inner(
    "accessMode",
    Words(&["ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod"]),
    "The access mode. Default: ReadWriteOnce.",
);

static STORAGE: Object = object(&[CLASS, SIZE, ACCESS_MODE, RETAIN]);

static VOLUME: Object = object(&[
    CLASS,
    SIZE,
    ACCESS_MODE,
    RETAIN,
    inner("emptyDir", Bool, "No claim: gone with the pod."),
    inner("existingClaim", Name, "A claim that exists."),
    inner("subPath", Text, "The path below the volume."),
    inner("populate", Name, "The service whose image has the volume's first content."),
]);
