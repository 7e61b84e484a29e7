//! What a store's container did at its first start, and somebody has to do now.

use crate::{
    plan::{Draft, ExternalEndpoint},
    text::{Code, Diagnostic, Sink, Span},
};

/// Variables that make databases and users, and what they make.
const MADE: &[(&str, &str)] = &[
    ("CLICKHOUSE_DB", "database"),
    ("CLICKHOUSE_USER", "user"),
    ("COUCHDB_USER", "user"),
    ("INFLUXDB_DB", "database"),
    ("MARIADB_DATABASE", "database"),
    ("MARIADB_USER", "user"),
    ("MONGO_INITDB_DATABASE", "database"),
    ("MONGO_INITDB_ROOT_USERNAME", "user"),
    ("MYSQL_DATABASE", "database"),
    ("MYSQL_USER", "user"),
    ("POSTGRES_DB", "database"),
    ("POSTGRES_USER", "user"),
    ("RABBITMQ_DEFAULT_USER", "user"),
    ("RABBITMQ_DEFAULT_VHOST", "virtual host"),
];

/// Where images look for scripts that make a database, also images that nobody knows.
const SCRIPTS: &[&str] = &["/docker-entrypoint-initdb.d", "/initdb.d", "/always-initdb.d"];

/// What a store's container does with what stands at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    /// It runs what is there at the first start.
    Scripts,
    /// It does what is written there.
    Configuration,
}

/// What the store's image is known to do with what is mounted at a path, else what images do.
fn read(draft: &Draft, target: &str, is_file: bool) -> Option<Read> {
    let facts = draft.facts.as_ref();
    let known = facts.into_iter().flat_map(|facts| &facts.reads).find(|path| within(target, path));
    let path = known.map_or(target, String::as_str);
    if path.trim_end_matches('/').ends_with("initdb.d") || SCRIPTS.iter().any(|at| within(path, at))
    {
        return Some(Read::Scripts);
    }
    (known.is_some() || is_file && target.contains("conf")).then_some(Read::Configuration)
}

/// Whether a path is another, is below it, or has it below.
fn within(target: &str, path: &str) -> bool {
    let (target, path) = (target.trim_end_matches('/'), path.trim_end_matches('/'));
    let below = |path: &str, above: &str| {
        path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !target.is_empty() && (below(target, path) || below(path, target))
}

/// Reports what is left to do at an external store.
pub(crate) fn report(draft: &Draft, endpoint: &ExternalEndpoint, sink: &mut Sink) {
    let place = endpoint.target();
    let mut work = |what: String, span: Span, help: String| {
        let message = format!("`{}` runs outside: {what}", draft.name);
        sink.push(Diagnostic::new(Code::StoreWork, message).at(span).help(help));
    };
    for (key, value) in draft.service.environment.iter() {
        let Some((_, made)) = MADE.iter().find(|(name, _)| *name == key.as_str()) else { continue };
        let Some(value) = value.as_ref().filter(|value| !value.value.is_empty()) else { continue };
        let what = format!("its {made} `{}` is not made at the first start", value.value);
        work(what, value.span(), format!("make it at `{place}`"));
    }
    let mounts = draft.service.volumes.iter();
    let mounts =
        mounts.map(|mount| (mount.target.as_str(), mount.kind.value == "bind", mount.span));
    let configs = draft.service.configs.iter();
    let configs =
        configs.filter_map(|config| Some((config.target.as_ref()?.as_str(), true, config.span)));
    for (target, is_file, span) in mounts.chain(configs) {
        match read(draft, target, is_file) {
            Some(Read::Scripts) => {
                let help = format!("run them once at `{place}`");
                work(format!("scripts in `{target}` are not run there"), span, help);
            }
            Some(Read::Configuration) if is_file => {
                let help = format!("set what it says at `{place}`");
                work(format!("its configuration `{target}` has no effect"), span, help);
            }
            _ => {}
        }
    }
    if let Some(first) = draft.service.command.as_ref().and_then(|words| words.first()) {
        let help = format!("set what its flags say at `{place}`");
        work("its command has no effect".to_owned(), first.span(), help);
    }
}
