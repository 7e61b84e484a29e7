//! What each attribute of the canonical tree is bound to.

use Kind::{
    Any, Bare, Bool, BoolKept, Bytes, Command, Count, Dict, Duration, Env, Float, Hosts, Int,
    IntKept, Known, List, Lists, Mode, Named, Natural, NaturalSome, Object, ObjectKept, Pairs, Ssh,
    String, Strings, StringsKept, Test, Texts, Ulimits, Whole, Zero,
};

/// What an attribute is bound to.
pub(super) enum Kind {
    /// Left as it is.
    Any,
    /// Text; none if empty.
    String,
    /// A boolean; none if false.
    Bool,
    /// A boolean; none if true.
    BoolOff,
    /// A boolean.
    BoolKept,
    /// A whole number; none if zero.
    Int,
    /// A whole number that is not read from text; none if zero.
    Bare,
    /// A whole number.
    IntKept,
    /// A whole number, not below zero.
    Natural,
    /// A whole number, not below zero; none if zero.
    NaturalSome,
    /// A number of single precision; none if zero.
    Float,
    /// A size, printed as text; none if zero.
    Bytes,
    /// A duration.
    Duration,
    /// A duration; none if zero.
    Zero,
    /// Permissions as octal text.
    Mode,
    /// A number of devices, or `all`.
    Count,
    /// A command that is split.
    Command,
    /// The test of a health check.
    Test,
    /// A list of texts; none if empty.
    Strings,
    /// A list of texts.
    StringsKept,
    /// Pairs; no value is an empty one; none if there are none.
    Pairs,
    /// Pairs whose values are texts or whole numbers.
    Texts,
    /// Pairs; no value stays null; none if there are none.
    Env,
    /// Names with lists of texts.
    Lists,
    /// Hosts and addresses.
    Hosts,
    /// SSH agents.
    Ssh,
    /// Limits of the shell.
    Ulimits,
    /// Attributes, all of which are there, and nothing else.
    Whole(&'static [(&'static str, Kind)]),
    /// Attributes, and nothing else.
    Known(&'static [(&'static str, Kind)]),
    /// Attributes; none if there are none.
    Object(&'static [(&'static str, Kind)]),
    /// Attributes; nothing is none of them.
    Named(&'static [(&'static str, Kind)]),
    /// Attributes.
    ObjectKept(&'static [(&'static str, Kind)]),
    /// A list; none if empty.
    List(&'static Kind),
    /// Names with values that may be null.
    Dict(&'static Kind),
}

impl Kind {
    /// Whether it is a number or a boolean.
    pub(super) fn is_no_text(&self) -> bool {
        matches!(
            self,
            Bool | Kind::BoolOff
                | BoolKept
                | Int
                | Bare
                | IntKept
                | Natural
                | NaturalSome
                | Float
                | Mode
                | Count
        )
    }
}

/// The top level.
pub(super) static PROJECT: Kind = ObjectKept(&[
    ("name", String),
    ("services", Dict(&SERVICE)),
    ("networks", Dict(&NETWORK)),
    ("volumes", Dict(&VOLUME)),
    ("secrets", Dict(&SECRET)),
    ("configs", Dict(&CONFIG)),
    ("models", Dict(&MODEL)),
    // What a job has and a service has not is bound with the service's attributes.
    ("jobs", Dict(&SERVICE)),
]);

static SERVICE: Kind = ObjectKept(&[
    ("annotations", Pairs),
    ("attach", BoolKept),
    ("blkio_config", BLKIO),
    ("build", BUILD),
    ("cap_add", Strings),
    ("cap_drop", Strings),
    ("cgroup", String),
    ("cgroup_parent", String),
    ("command", Command),
    ("configs", List(&FILE)),
    ("container_name", String),
    ("cpu_count", Int),
    ("cpu_percent", Float),
    ("cpu_period", Int),
    ("cpu_quota", Int),
    ("cpu_rt_period", Int),
    ("cpu_rt_runtime", Int),
    ("cpu_shares", Int),
    ("cpus", Float),
    ("cpuset", String),
    ("credential_spec", ObjectKept(&[("config", String), ("file", String), ("registry", String)])),
    ("depends_on", Dict(&DEPENDENCY)),
    ("deploy", DEPLOY),
    ("develop", ObjectKept(&[("watch", List(&WATCH))])),
    ("device_cgroup_rules", Strings),
    ("devices", List(&DEVICE)),
    ("dns", Strings),
    ("dns_opt", Strings),
    ("dns_search", Strings),
    ("domainname", String),
    ("entrypoint", Command),
    ("env_file", List(&ENV_FILE)),
    ("environment", Env),
    ("expose", Strings),
    ("extends", Any),
    ("external_links", Strings),
    ("extra_hosts", Hosts),
    ("gpus", List(&REQUEST)),
    ("group_add", Strings),
    ("healthcheck", HEALTHCHECK),
    ("hostname", String),
    ("image", String),
    ("init", BoolKept),
    ("ipc", String),
    ("isolation", String),
    ("label_file", Strings),
    ("labels", Pairs),
    ("links", Strings),
    ("logging", ObjectKept(&[("driver", String), ("options", Pairs)])),
    ("mac_address", String),
    ("mem_limit", Bytes),
    ("mem_reservation", Bytes),
    ("mem_swappiness", Bytes),
    ("memswap_limit", Bytes),
    ("models", Dict(&MODEL_REF)),
    ("network_mode", String),
    ("networks", Dict(&NETWORK_REF)),
    ("oom_kill_disable", Bool),
    ("oom_score_adj", Int),
    ("pid", String),
    ("pids_limit", Int),
    ("platform", String),
    ("ports", List(&PORT)),
    ("post_start", List(&HOOK)),
    // Of a hook before the start, which is bound as a service is.
    ("per_replica", Bool),
    // A container with the attributes of a service's.
    ("pre_start", List(&SERVICE)),
    ("pre_stop", List(&HOOK)),
    ("privileged", Bool),
    ("profiles", Strings),
    ("provider", ObjectKept(&[("type", String), ("options", Lists)])),
    ("pull_policy", String),
    ("pull_refresh_after", String),
    ("read_only", Bool),
    ("restart", String),
    ("runtime", String),
    ("scale", IntKept),
    ("secrets", List(&FILE)),
    ("security_opt", Strings),
    ("shm_size", Bytes),
    ("stdin_open", Bool),
    ("stop_grace_period", Duration),
    ("stop_signal", String),
    ("storage_opt", Texts),
    ("sysctls", Pairs),
    ("tmpfs", Strings),
    ("triggers", TRIGGERS),
    ("tty", Bool),
    ("ulimits", Ulimits),
    ("use_api_socket", Bool),
    ("user", String),
    ("userns_mode", String),
    ("uts", String),
    ("volumes", List(&MOUNT)),
    ("volumes_from", Strings),
    ("working_dir", String),
]);

const TRIGGERS: Kind = ObjectKept(&[
    ("manual", BoolKept),
    (
        "schedule",
        List(&ObjectKept(&[
            ("cron", String),
            ("timezone", String),
            ("concurrency", String),
            ("missed_fires", String),
        ])),
    ),
]);

const BLKIO: Kind = ObjectKept(&[
    ("weight", Bare),
    ("weight_device", List(&Whole(&[("path", String), ("weight", Bare)]))),
    ("device_read_bps", List(&LIMIT)),
    ("device_read_iops", List(&LIMIT)),
    ("device_write_bps", List(&LIMIT)),
    ("device_write_iops", List(&LIMIT)),
]);

const LIMIT: Kind = Whole(&[("path", String), ("rate", Bytes)]);

const BUILD: Kind = ObjectKept(&[
    ("context", String),
    ("dockerfile", String),
    ("dockerfile_inline", String),
    ("entitlements", Strings),
    ("args", Env),
    ("ssh", Ssh),
    ("labels", Pairs),
    ("cache_from", Strings),
    ("cache_to", Strings),
    ("no_cache", Bool),
    ("no_cache_filter", Strings),
    ("additional_contexts", Pairs),
    ("network", String),
    ("provenance", String),
    ("sbom", String),
    ("pull", Bool),
    ("target", String),
    ("shm_size", Bytes),
    ("extra_hosts", Hosts),
    ("isolation", String),
    ("privileged", Bool),
    ("secrets", List(&FILE)),
    ("tags", Strings),
    ("ulimits", Ulimits),
    ("platforms", Strings),
]);

const FILE: Kind = ObjectKept(&[
    ("source", String),
    ("target", String),
    ("uid", String),
    ("gid", String),
    ("mode", Mode),
]);

const DEPENDENCY: Kind =
    ObjectKept(&[("condition", String), ("restart", Bool), ("required", BoolKept)]);

const WATCH: Kind = ObjectKept(&[
    ("path", String),
    ("action", String),
    ("target", String),
    ("ignore", Strings),
    ("include", Strings),
    (
        "exec",
        Object(&[
            ("command", Command),
            ("user", String),
            ("privileged", Bool),
            ("working_dir", String),
            ("environment", Env),
        ]),
    ),
    ("initial_sync", Bool),
]);

const DEVICE: Kind = ObjectKept(&[("source", String), ("target", String), ("permissions", String)]);

const ENV_FILE: Kind =
    ObjectKept(&[("path", String), ("required", Kind::BoolOff), ("format", String)]);

const HEALTHCHECK: Kind = ObjectKept(&[
    ("disable", Bool),
    ("test", Test),
    ("interval", Duration),
    ("timeout", Duration),
    ("retries", Natural),
    ("start_period", Duration),
    ("start_interval", Duration),
]);

const HOOK: Kind = ObjectKept(&[
    ("command", Command),
    ("user", String),
    ("privileged", Bool),
    ("working_dir", String),
    ("environment", Env),
]);

const MODEL_REF: Kind = ObjectKept(&[("endpoint_var", String), ("model_var", String)]);

const NETWORK_REF: Kind = ObjectKept(&[
    ("aliases", Strings),
    ("interface_name", String),
    ("ipv4_address", String),
    ("ipv6_address", String),
    ("link_local_ips", Strings),
    ("mac_address", String),
    ("driver_opts", Pairs),
    ("priority", Int),
    ("gw_priority", Int),
]);

const PORT: Kind = ObjectKept(&[
    ("name", String),
    ("mode", String),
    ("host_ip", String),
    ("target", Bare),
    ("published", String),
    ("protocol", String),
    ("app_protocol", String),
]);

const MOUNT: Kind = ObjectKept(&[
    ("type", String),
    ("source", String),
    ("target", String),
    ("read_only", Bool),
    ("consistency", String),
    (
        "bind",
        ObjectKept(&[
            ("propagation", String),
            // Only that it is off is worth a word.
            ("create_host_path", Kind::BoolOff),
            ("recursive", String),
            ("selinux", String),
        ]),
    ),
    ("volume", ObjectKept(&[("labels", Pairs), ("nocopy", Bool), ("subpath", String)])),
    ("tmpfs", ObjectKept(&[("size", Bytes), ("mode", NaturalSome)])),
    ("image", ObjectKept(&[("subpath", String)])),
    ("cluster", ObjectKept(&[])),
]);

const DEPLOY: Kind = ObjectKept(&[
    ("mode", String),
    ("endpoint_mode", String),
    ("replicas", IntKept),
    ("labels", Pairs),
    ("rollback_config", UPDATE),
    ("update_config", UPDATE),
    ("resources", Object(&[("limits", RESOURCE), ("reservations", RESOURCE)])),
    (
        "restart_policy",
        ObjectKept(&[
            ("condition", String),
            ("delay", Duration),
            ("max_attempts", Natural),
            ("window", Duration),
        ]),
    ),
    (
        "placement",
        Object(&[
            ("constraints", Strings),
            ("preferences", List(&ObjectKept(&[("spread", String)]))),
            ("max_replicas_per_node", NaturalSome),
        ]),
    ),
]);

const UPDATE: Kind = ObjectKept(&[
    ("parallelism", Natural),
    ("delay", Zero),
    ("failure_action", String),
    ("monitor", Zero),
    ("max_failure_ratio", Float),
    ("order", String),
]);

const RESOURCE: Kind = ObjectKept(&[
    ("cpus", Float),
    ("memory", Bytes),
    ("pids", Int),
    ("devices", List(&REQUEST)),
    (
        "generic_resources",
        List(&ObjectKept(&[(
            "discrete_resource_spec",
            Whole(&[("kind", String), ("value", Int)]),
        )])),
    ),
]);

const REQUEST: Kind = Known(&[
    ("capabilities", Strings),
    ("driver", String),
    ("count", Count),
    ("device_ids", Strings),
    ("options", Pairs),
]);

const NETWORK: Kind = Named(&[
    ("name", String),
    ("driver", String),
    ("driver_opts", Pairs),
    (
        "ipam",
        Object(&[
            ("driver", String),
            (
                "config",
                List(&ObjectKept(&[
                    ("subnet", String),
                    ("ip_range", String),
                    ("gateway", String),
                    ("aux_addresses", Pairs),
                ])),
            ),
            ("options", Pairs),
        ]),
    ),
    ("external", Bool),
    ("internal", Bool),
    ("enable_ipv4", BoolKept),
    ("enable_ipv6", BoolKept),
    ("attachable", Bool),
    ("labels", Pairs),
]);

const VOLUME: Kind = Named(&[
    ("name", String),
    ("driver", String),
    ("driver_opts", Pairs),
    ("external", Bool),
    ("labels", Pairs),
]);

const SECRET: Kind = ObjectKept(&[
    ("name", String),
    ("environment", String),
    ("content", String),
    ("file", String),
    ("external", Bool),
    ("labels", Pairs),
    ("driver", String),
    ("driver_opts", Texts),
    ("template_driver", String),
]);

const CONFIG: Kind = ObjectKept(&[
    ("name", String),
    ("content", String),
    ("environment", String),
    ("file", String),
    ("external", Bool),
    ("labels", Pairs),
    ("template_driver", String),
]);

const MODEL: Kind = ObjectKept(&[
    ("name", String),
    ("model", String),
    ("context_size", Int),
    ("runtime_flags", StringsKept),
]);
