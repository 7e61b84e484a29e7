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

/// Where images look for scripts that make a database.
const SCRIPTS: &[&str] = &["/docker-entrypoint-initdb.d", "/initdb.d", "/always-initdb.d"];

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
    for mount in &draft.service.volumes {
        let target = mount.target.value.as_str();
        if SCRIPTS.iter().any(|folder| target.starts_with(folder)) {
            let help = format!("run them once at `{place}`");
            work(format!("scripts in `{target}` are not run there"), mount.span, help);
        } else if mount.kind.value == "bind" && target.contains("conf") {
            let help = format!("set what it says at `{place}`");
            work(format!("its configuration `{target}` has no effect"), mount.span, help);
        }
    }
    if let Some(first) = draft.service.command.as_ref().and_then(|words| words.first()) {
        let help = format!("set what its flags say at `{place}`");
        work("its command has no effect".to_owned(), first.span(), help);
    }
}
