//! Diagnostics about keys that have no counterpart, or none that is the same.

use super::{
    row::{Fate, Row},
    walk::{self, Key},
};
use crate::{
    text::{Code, Diagnostic, Severity, Sink},
    yaml::Node,
};

/// Reports what of a service the contract approximates or refuses.
pub(crate) fn report_service(name: &str, service: &Node, sink: &mut Sink) {
    walk::keys_of(name, service, &mut |key| report(key, sink));
}

/// Reports what of networks, volumes, secrets, configs and models the contract approximates or refuses.
pub(crate) fn report_project(tree: &Node, sink: &mut Sink) {
    walk::keys(tree, &mut |key| key.path != "services" && report(key, sink));
}

/// Reports a key; whether those below it have something to say of their own.
fn report(key: &Key, sink: &mut Sink) -> bool {
    let Some(row) = key.row else { return false };
    // A name asks for nothing by itself, and what is below a row's key is the row's.
    let loss = row.path == key.generic
        && !key.is_name
        && matches!(row.fate, Fate::Approximated | Fate::Refused | Fate::Meaningless);
    if loss && key.written && !walk::asks_nothing(&key.generic, key.value) {
        sink.push(diagnostic(row, key));
    }
    key.is_name || !loss || row.fate == Fate::Approximated
}

fn diagnostic(row: &Row, key: &Key) -> Diagnostic {
    let (what, of) = owner(key);
    let left_out = row.fate != Fate::Approximated;
    let (code, message) = if left_out {
        (Code::LeftOut, format!("`{what}` of `{of}` was left out"))
    } else {
        let becomes = match row.becomes {
            "" => "is approximated".to_owned(),
            "nothing" => "changes no object".to_owned(),
            text => format!("is approximated: {text}"),
        };
        (Code::Approximated, format!("`{what}` of `{of}` {becomes}"))
    };
    let diagnostic = Diagnostic::new(code, message).at(key.span).help(row.advice);
    if row.fate == Fate::Meaningless { diagnostic.severity(Severity::Note) } else { diagnostic }
}

/// What a message calls the key, and whose it is: `healthcheck.start_interval` of `web`.
fn owner(key: &Key) -> (String, String) {
    let mut parts = key.path.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("services"), Some(name), Some(rest)) => (without_positions(rest), name.to_owned()),
        (Some(section), Some(name), Some(rest)) => {
            (without_positions(rest), format!("{section}.{name}"))
        }
        _ => (key.path.clone(), "the project".to_owned()),
    }
}

fn without_positions(path: &str) -> String {
    let parts = path.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    parts.collect()
}
