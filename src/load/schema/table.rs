//! The rules of the project and its top-level resources.

use super::{
    BOOL, INT, NULL, NUM, Rule,
    Rule::{Any, Closed, Either, List, Map, Names, Object, Scalar, Unique},
    STR,
    service::SERVICE,
};

pub(super) const STRING: Rule = Scalar(STR);
/// A boolean, or a string that interpolation left.
pub(super) const FLAG: Rule = Scalar(BOOL | STR);
/// A number, or a string that interpolation left.
pub(super) const NUMBER: Rule = Scalar(NUM | STR);
/// A whole number, or a string that interpolation left.
pub(super) const WHOLE: Rule = Scalar(INT | STR);
pub(super) const ABSENT: Rule = Scalar(NULL);
pub(super) const STRINGS: Rule = Unique(&STRING);
pub(super) const STRING_OR_LIST: Rule = Either(&[STRING, STRINGS]);
/// Pairs, as a mapping or as a list of `key=value`.
pub(super) const PAIRS: Rule = Either(&[Map(&Scalar(BOOL | NULL | NUM | STR)), STRINGS]);
/// Options of a driver.
pub(super) const OPTIONS: Rule = Map(&NUMBER);

/// A compose file.
pub(super) static PROJECT: Rule = Object(
    &[
        ("version", STRING),
        ("name", STRING),
        ("include", List(&INCLUDE)),
        ("services", Names(&SERVICE)),
        ("models", Names(&MODEL)),
        ("networks", Names(&Either(&[NETWORK, ABSENT]))),
        ("volumes", Names(&Either(&[VOLUME, ABSENT]))),
        ("secrets", Names(&SECRET)),
        ("configs", Names(&CONFIG)),
        ("jobs", Names(&Rule::Job)),
    ],
    &[],
);

const INCLUDE: Rule = Either(&[
    STRING,
    Closed(
        &[("path", STRING_OR_LIST), ("env_file", STRING_OR_LIST), ("project_directory", STRING)],
        &[],
    ),
]);

const MODEL: Rule = Object(
    &[
        ("name", STRING),
        ("model", STRING),
        ("context_size", Scalar(INT)),
        ("runtime_flags", List(&STRING)),
    ],
    &["model"],
);

/// `external`, also in its old form with a name.
const EXTERNAL: Rule = Either(&[FLAG, Object(&[("name", STRING)], &[])]);
/// The same of files, where more is let through.
const EXTERNAL_FILE: Rule = Either(&[FLAG, Rule::Open(&[("name", STRING)])]);

const NETWORK: Rule = Object(
    &[
        ("name", STRING),
        ("driver", STRING),
        ("driver_opts", OPTIONS),
        ("ipam", IPAM),
        ("external", EXTERNAL),
        ("internal", FLAG),
        ("enable_ipv4", FLAG),
        ("enable_ipv6", FLAG),
        ("attachable", FLAG),
        ("labels", PAIRS),
    ],
    &[],
);

const IPAM: Rule =
    Object(&[("driver", STRING), ("config", List(&POOL)), ("options", Map(&STRING))], &[]);

const POOL: Rule = Object(
    &[
        ("subnet", STRING),
        ("ip_range", STRING),
        ("gateway", STRING),
        ("aux_addresses", Map(&STRING)),
    ],
    &[],
);

const VOLUME: Rule = Object(
    &[
        ("name", STRING),
        ("driver", STRING),
        ("driver_opts", OPTIONS),
        ("external", EXTERNAL),
        ("labels", PAIRS),
    ],
    &[],
);

const SECRET: Rule = Object(
    &[
        ("name", STRING),
        ("environment", STRING),
        ("file", STRING),
        ("external", EXTERNAL_FILE),
        ("labels", PAIRS),
        ("driver", STRING),
        ("driver_opts", OPTIONS),
        ("template_driver", STRING),
    ],
    &[],
);

const CONFIG: Rule = Object(
    &[
        ("name", STRING),
        ("content", STRING),
        ("environment", STRING),
        ("file", STRING),
        ("external", EXTERNAL_FILE),
        ("labels", PAIRS),
        ("template_driver", STRING),
    ],
    &[],
);

/// How a service is deployed.
pub(super) const DEPLOY: Rule = Object(
    &[
        ("mode", STRING),
        ("endpoint_mode", STRING),
        ("replicas", WHOLE),
        ("labels", PAIRS),
        ("rollback_config", UPDATE),
        ("update_config", UPDATE),
        ("resources", Object(&[("limits", RESOURCE), ("reservations", RESERVATION)], &[])),
        (
            "restart_policy",
            Object(
                &[
                    ("condition", STRING),
                    ("delay", STRING),
                    ("max_attempts", WHOLE),
                    ("window", STRING),
                ],
                &[],
            ),
        ),
        (
            "placement",
            Object(
                &[
                    ("constraints", List(&STRING)),
                    ("preferences", List(&Object(&[("spread", STRING)], &[]))),
                    ("max_replicas_per_node", WHOLE),
                ],
                &[],
            ),
        ),
    ],
    &[],
);

const UPDATE: Rule = Object(
    &[
        ("parallelism", WHOLE),
        ("delay", STRING),
        ("failure_action", STRING),
        ("monitor", STRING),
        ("max_failure_ratio", NUMBER),
        ("order", Rule::Words(&["start-first", "stop-first"])),
    ],
    &[],
);

const RESOURCE: Rule = Object(&[("cpus", NUMBER), ("memory", STRING), ("pids", WHOLE)], &[]);

const RESERVATION: Rule = Object(
    &[
        ("cpus", NUMBER),
        ("memory", STRING),
        (
            "generic_resources",
            List(&Object(
                &[("discrete_resource_spec", Object(&[("kind", STRING), ("value", NUMBER)], &[]))],
                &[],
            )),
        ),
        ("devices", List(&DEVICE_REQUEST)),
    ],
    &[],
);

const DEVICE_REQUEST: Rule = Object(
    &[
        ("capabilities", STRINGS),
        ("count", WHOLE),
        ("device_ids", STRINGS),
        ("driver", STRING),
        ("options", PAIRS),
    ],
    &["capabilities"],
);

/// A request for GPUs: that they can compute goes without saying.
pub(super) const GPU: Rule = Rule::Open(&[
    ("capabilities", STRINGS),
    ("count", WHOLE),
    ("device_ids", STRINGS),
    ("driver", STRING),
    ("options", PAIRS),
]);

/// How an image is built.
pub(super) const BUILD: Rule = Object(
    &[
        ("context", STRING),
        ("dockerfile", STRING),
        ("dockerfile_inline", STRING),
        ("entitlements", List(&STRING)),
        ("args", PAIRS),
        ("ssh", PAIRS),
        ("labels", PAIRS),
        ("cache_from", List(&STRING)),
        ("cache_to", List(&STRING)),
        ("no_cache", FLAG),
        ("no_cache_filter", STRING_OR_LIST),
        ("additional_contexts", PAIRS),
        ("network", STRING),
        ("provenance", FLAG),
        ("sbom", FLAG),
        ("pull", FLAG),
        ("target", STRING),
        ("shm_size", WHOLE),
        ("extra_hosts", HOSTS),
        ("isolation", STRING),
        ("privileged", FLAG),
        ("secrets", FILES),
        ("tags", List(&STRING)),
        ("ulimits", ULIMITS),
        ("platforms", List(&STRING)),
    ],
    &[],
);

/// Hosts and their addresses.
pub(super) const HOSTS: Rule = Either(&[Map(&Either(&[STRING, List(&STRING)])), STRINGS]);

/// Secrets or configs that are mounted.
pub(super) const FILES: Rule = List(&Either(&[
    STRING,
    Object(
        &[
            ("source", STRING),
            ("target", STRING),
            ("uid", STRING),
            ("gid", STRING),
            ("mode", NUMBER),
        ],
        &[],
    ),
]));

/// Limits of the shell.
pub(super) const ULIMITS: Rule = Rule::Letters(&Either(&[
    WHOLE,
    Object(&[("hard", WHOLE), ("soft", WHOLE)], &["hard", "soft"]),
]));

/// Values of any type.
pub(super) const ANYTHING: Rule = Any;
