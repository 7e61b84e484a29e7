//! The rules of a service.

use super::{
    BOOL, INT, NULL, NUM, Rule,
    Rule::{Closed, Either, Form, List, Map, Object, Range, Scalar, Unique, Words},
    STR,
    table::{
        ABSENT, ANYTHING, BUILD, DEPLOY, FILES, FLAG, GPU, HOSTS, NUMBER, OPTIONS, PAIRS, STRING,
        STRING_OR_LIST, STRINGS, ULIMITS, WHOLE,
    },
};

/// A command: a string that is split, a list, or nothing.
const COMMAND: Rule = Either(&[ABSENT, STRING, List(&STRING)]);

/// A service.
pub(super) const SERVICE: Rule = Object(ATTRIBUTES, &[]);

/// The attributes of a service.
pub(super) static ATTRIBUTES: &[(&str, Rule)] = &[
    ("annotations", PAIRS),
    ("attach", FLAG),
    ("blkio_config", BLKIO),
    ("build", Either(&[STRING, BUILD])),
    ("cap_add", STRINGS),
    ("cap_drop", STRINGS),
    ("cgroup", Words(&["host", "private"])),
    ("cgroup_parent", STRING),
    ("command", COMMAND),
    ("configs", FILES),
    ("container_name", Form(container_name, "[a-zA-Z0-9][a-zA-Z0-9_.-]+")),
    ("cpu_count", Range(INT | STR, 0, i64::MAX)),
    ("cpu_percent", Range(INT | STR, 0, 100)),
    ("cpu_period", NUMBER),
    ("cpu_quota", NUMBER),
    ("cpu_rt_period", NUMBER),
    ("cpu_rt_runtime", NUMBER),
    ("cpu_shares", NUMBER),
    ("cpus", NUMBER),
    ("cpuset", STRING),
    ("credential_spec", Object(&[("config", STRING), ("file", STRING), ("registry", STRING)], &[])),
    ("depends_on", DEPENDS_ON),
    ("deploy", Either(&[DEPLOY, ABSENT])),
    ("develop", Either(&[Object(&[("watch", List(&WATCH))], &[]), ABSENT])),
    ("device_cgroup_rules", STRINGS),
    ("devices", DEVICES),
    ("dns", STRING_OR_LIST),
    ("dns_opt", STRINGS),
    ("dns_search", STRING_OR_LIST),
    ("domainname", STRING),
    ("entrypoint", COMMAND),
    ("env_file", ENV_FILE),
    ("environment", PAIRS),
    ("expose", Unique(&NUMBER)),
    ("extends", Either(&[STRING, Closed(&[("service", STRING), ("file", STRING)], &["service"])])),
    ("external_links", STRINGS),
    ("extra_hosts", HOSTS),
    ("gpus", Either(&[Words(&["all"]), List(&GPU)])),
    ("group_add", Unique(&NUMBER)),
    ("healthcheck", HEALTHCHECK),
    ("hostname", STRING),
    ("image", STRING),
    ("init", FLAG),
    ("ipc", STRING),
    ("isolation", STRING),
    ("label_file", Either(&[STRING, List(&STRING)])),
    ("labels", PAIRS),
    ("links", STRINGS),
    ("logging", Object(&[("driver", STRING), ("options", Map(&Scalar(NULL | NUM | STR)))], &[])),
    ("mac_address", STRING),
    ("mem_limit", NUMBER),
    ("mem_reservation", WHOLE),
    ("mem_swappiness", WHOLE),
    ("memswap_limit", NUMBER),
    ("models", Either(&[STRINGS, Map(&Either(&[MODEL, ABSENT]))])),
    ("network_mode", STRING),
    ("networks", Either(&[STRINGS, Map(&Either(&[NETWORK, ABSENT]))])),
    ("oom_kill_disable", FLAG),
    ("oom_score_adj", Range(INT | STR, -1000, 1000)),
    ("pid", Scalar(NULL | STR)),
    ("pids_limit", NUMBER),
    ("platform", STRING),
    ("ports", Unique(&PORT)),
    ("post_start", List(&COMMAND_HOOK)),
    ("pre_start", List(&Rule::Container)),
    ("pre_stop", List(&COMMAND_HOOK)),
    ("privileged", FLAG),
    ("profiles", STRINGS),
    ("provider", PROVIDER),
    ("pull_policy", Form(pull_policy, PULL_POLICY)),
    ("pull_refresh_after", STRING),
    ("read_only", FLAG),
    ("restart", STRING),
    ("runtime", STRING),
    ("scale", WHOLE),
    ("secrets", FILES),
    ("security_opt", STRINGS),
    ("shm_size", NUMBER),
    ("stdin_open", FLAG),
    ("stop_grace_period", STRING),
    ("stop_signal", STRING),
    ("storage_opt", Map(&ANYTHING)),
    ("sysctls", PAIRS),
    ("tmpfs", STRING_OR_LIST),
    ("tty", FLAG),
    ("ulimits", ULIMITS),
    ("use_api_socket", Scalar(BOOL)),
    ("user", STRING),
    ("userns_mode", STRING),
    ("uts", STRING),
    ("volumes", Unique(&Either(&[STRING, MOUNT]))),
    ("volumes_from", STRINGS),
    ("working_dir", STRING),
];

/// What a hook before the start has besides its container.
pub(super) static HOOK: &[(&str, Rule)] = &[("per_replica", FLAG)];

/// What a job has besides its container.
pub(super) static JOB: &[(&str, Rule)] = &[
    ("build", Either(&[STRING, BUILD])),
    ("depends_on", DEPENDS_ON),
    ("expose", Unique(&NUMBER)),
    ("healthcheck", HEALTHCHECK),
    ("ports", Unique(&PORT)),
    ("profiles", STRINGS),
    ("stdin_open", FLAG),
    ("triggers", Object(&[("manual", FLAG), ("schedule", List(&SCHEDULE))], &[])),
    ("tty", FLAG),
];

const SCHEDULE: Rule = Either(&[
    STRING,
    Object(
        &[
            ("cron", STRING),
            ("timezone", STRING),
            ("concurrency", Words(&["forbid", "queue"])),
            ("missed_fires", Words(&["one", "skip"])),
        ],
        &["cron"],
    ),
]);

const LIMIT: Rule = Closed(&[("path", STRING), ("rate", WHOLE)], &[]);

const BLKIO: Rule = Closed(
    &[
        ("weight", WHOLE),
        ("weight_device", List(&Closed(&[("path", STRING), ("weight", WHOLE)], &[]))),
        ("device_read_bps", List(&LIMIT)),
        ("device_read_iops", List(&LIMIT)),
        ("device_write_bps", List(&LIMIT)),
        ("device_write_iops", List(&LIMIT)),
    ],
    &[],
);

const DEPENDS_ON: Rule = Either(&[
    STRINGS,
    Map(&Object(
        &[
            (
                "condition",
                Words(&["service_started", "service_healthy", "service_completed_successfully"]),
            ),
            ("restart", FLAG),
            ("required", Scalar(BOOL)),
        ],
        &["condition"],
    )),
]);

const WATCH: Rule = Object(
    &[
        ("path", STRING),
        ("action", Words(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"])),
        ("target", STRING),
        ("ignore", STRING_OR_LIST),
        ("include", STRING_OR_LIST),
        ("exec", COMMAND_HOOK),
        ("initial_sync", Scalar(BOOL)),
    ],
    &["path", "action"],
);

const DEVICES: Rule = List(&Either(&[
    STRING,
    Object(&[("source", STRING), ("target", STRING), ("permissions", STRING)], &["source"]),
]));

const ENV_FILE: Rule = Either(&[
    STRING,
    List(&Either(&[
        STRING,
        Closed(&[("path", STRING), ("format", STRING), ("required", FLAG)], &["path"]),
    ])),
]);

const HEALTHCHECK: Rule = Object(
    &[
        ("disable", FLAG),
        ("test", Either(&[STRING, List(&STRING)])),
        ("interval", STRING),
        ("timeout", STRING),
        ("retries", NUMBER),
        ("start_period", STRING),
        ("start_interval", STRING),
    ],
    &[],
);

const COMMAND_HOOK: Rule = Object(
    &[
        ("command", COMMAND),
        ("user", STRING),
        ("privileged", FLAG),
        ("working_dir", STRING),
        ("environment", PAIRS),
    ],
    &["command"],
);

const MODEL: Rule = Object(&[("endpoint_var", STRING), ("model_var", STRING)], &[]);

const NETWORK: Rule = Object(
    &[
        ("aliases", STRINGS),
        ("interface_name", STRING),
        ("ipv4_address", STRING),
        ("ipv6_address", STRING),
        ("link_local_ips", STRINGS),
        ("mac_address", STRING),
        ("driver_opts", OPTIONS),
        ("priority", Scalar(NUM)),
        ("gw_priority", Scalar(NUM)),
    ],
    &[],
);

const PORT: Rule = Either(&[
    Scalar(NUM | STR),
    Object(
        &[
            ("name", STRING),
            ("mode", STRING),
            ("host_ip", STRING),
            ("target", WHOLE),
            ("published", WHOLE),
            ("protocol", STRING),
            ("app_protocol", STRING),
        ],
        &[],
    ),
]);

const PROVIDER: Rule = Object(
    &[
        ("type", STRING),
        ("options", Map(&Either(&[Scalar(BOOL | NUM | STR), List(&Scalar(BOOL | NUM | STR))]))),
    ],
    &["type"],
);

const MOUNT: Rule = Object(
    &[
        ("type", Words(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"])),
        ("source", STRING),
        ("target", STRING),
        ("read_only", FLAG),
        ("consistency", STRING),
        (
            "bind",
            Object(
                &[
                    ("propagation", STRING),
                    ("create_host_path", FLAG),
                    ("recursive", Words(&["enabled", "disabled", "writable", "readonly"])),
                    ("selinux", Words(&["z", "Z"])),
                ],
                &[],
            ),
        ),
        ("volume", Object(&[("labels", PAIRS), ("nocopy", FLAG), ("subpath", STRING)], &[])),
        ("tmpfs", Object(&[("size", Range(INT | STR, 0, i64::MAX)), ("mode", NUMBER)], &[])),
        ("image", Object(&[("subpath", STRING)], &[])),
        // Options of cluster volumes are not specified.
        ("cluster", ANYTHING),
    ],
    &["type"],
);

/// A name somewhere in the text; the reference does not anchor it.
fn container_name(name: &str) -> bool {
    let first = |b: u8| b.is_ascii_alphanumeric();
    let other = |b: u8| first(b) || matches!(b, b'_' | b'.' | b'-');
    name.as_bytes().windows(2).any(|pair| matches!(pair, [a, b] if first(*a) && other(*b)))
}

const PULL_POLICY: &str =
    "always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+";

fn pull_policy(policy: &str) -> bool {
    PULL_POLICY.split('|').any(|word| word == policy)
        || policy.strip_prefix("every_").is_some_and(intervals)
}

/// One or more numbers with a unit of time.
fn intervals(text: &str) -> bool {
    let mut digits = 0;
    for b in text.bytes() {
        match b {
            b'0'..=b'9' => digits += 1,
            b'w' | b'd' | b'h' | b'm' | b's' if digits > 0 => digits = 0,
            _ => return false,
        }
    }
    digits == 0 && !text.is_empty()
}
