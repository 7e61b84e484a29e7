//! `c2k explain`: what a code means, what becomes of a compose key, and where the fields of an
//! object come from.

use std::{collections::BTreeSet, fmt::Write};

use super::{
    Exit,
    arguments::{ComposeArgs, ExplainArgs, request},
    complain, messages, print,
};
use crate::{
    convert::{Outcome, convert},
    kube::Object,
    ledger::{self, Fate, Row},
    load::Disk,
    report,
    text::{Code, Origin, Severity, Sources, did_you_mean},
    yaml::Value,
};

/// Explains what is asked for, or lists the codes.
pub(super) fn run(compose: &ComposeArgs, args: &ExplainArgs) -> Exit {
    let Some(what) = &args.what else { return print(all_codes().as_bytes(), Exit::Done) };
    if let Some(code) = code(what) {
        return print(about(code).as_bytes(), Exit::Done);
    }
    let Some((kind, name)) = what.split_once('/') else { return key(what) };
    let environments: Vec<String> = args.environment.iter().cloned().collect();
    let mut request = request(compose, &[], &environments, &args.settings);
    request.origins = true;
    let outcome = convert(&request, &Disk);
    if outcome.bundle.is_none() {
        messages::report(&outcome.sink, &outcome.sources, Severity::Warning);
        return Exit::BadInput;
    }
    let object = objects(&outcome)
        .find(|object| object.kind().eq_ignore_ascii_case(kind) && object.name() == name);
    let Some(object) = object else { return no_object(&outcome, what) };
    match &args.field {
        None => print(fields(object, &outcome.sources).as_bytes(), Exit::Done),
        Some(path) => field(object, path, &outcome.sources),
    }
}

/// What becomes of a compose key, and of those below it.
fn key(what: &str) -> Exit {
    match ledger::find(what) {
        Ok(row) => {
            let mut text = about_key(row);
            for below in ledger::paths(row) {
                let _ = write!(text, "\n{}", about_key(below));
            }
            print(text.as_bytes(), Exit::Done)
        }
        Err(near) => {
            let ids = Code::ALL.iter().map(|code| code.id());
            let near = near.or_else(|| did_you_mean(what, ids));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            complain(&format!(
                "`{what}` is no compose key (services.ports), no code (C2K0407) and no object \
                 (deployment/web){near}"
            ))
        }
    }
}

fn about_key(row: &Row) -> String {
    let mut text = format!("{}: {}\n", row.path, row.fate.word());
    let nothing = matches!(row.fate, Fate::Refused | Fate::Meaningless);
    if !nothing && !row.becomes.is_empty() {
        let _ = writeln!(text, "  {}", row.becomes);
    }
    if !row.advice.is_empty() {
        let _ = writeln!(text, "  {}", row.advice);
    }
    text
}

fn objects(outcome: &Outcome) -> impl Iterator<Item = &Object> {
    outcome.planned.iter().flat_map(|planned| planned.objects.iter())
}

fn code(text: &str) -> Option<Code> {
    let digits = text.to_uppercase();
    let digits = digits.strip_prefix("C2K").unwrap_or(&digits);
    Code::ALL.iter().copied().find(|code| code.id().strip_prefix("C2K") == Some(digits))
}

fn all_codes() -> String {
    let mut text = String::new();
    for code in Code::ALL {
        let _ = writeln!(text, "{}  {}", code.id(), code.slug());
    }
    text
}

fn about(code: Code) -> String {
    let severity = match code.severity() {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Finding => "finding",
        Severity::Error => "error",
    };
    format!("{} ({severity}): {}\n\n{}\n", code.id(), code.slug(), code.explanation())
}

fn no_object(outcome: &Outcome, what: &str) -> Exit {
    let names: BTreeSet<String> = objects(outcome)
        .map(|object| format!("{}/{}", object.kind().to_lowercase(), object.name()))
        .collect();
    let near = did_you_mean(&what.to_lowercase(), names.iter().map(String::as_str));
    let help = match near {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", names.into_iter().collect::<Vec<_>>().join(", ")),
    };
    complain(&format!("there is no object `{what}`; {help}"))
}

/// Every leaf of an object with its origin.
fn fields(object: &Object, sources: &Sources) -> String {
    let leaves = object.leaves();
    let mut text = format!("{}/{}\n", object.kind(), object.name());
    for path in leaves {
        let place = object.origins.find(&path).map(|origin| place(origin, sources));
        let _ = writeln!(text, "  {path}: {}", place.unwrap_or_else(|| "c2k".to_owned()));
    }
    text
}

fn field(object: &Object, path: &str, sources: &Sources) -> Exit {
    let Some((path, value)) = object.field(path) else {
        let leaves = object.leaves();
        let near = did_you_mean(path, leaves.iter().map(String::as_str));
        let near = near.map(|path| format!("; did you mean `{path}`?")).unwrap_or_default();
        return complain(&format!(
            "{}/{} has no field `{path}`{near}",
            object.kind(),
            object.name()
        ));
    };
    let mut text = format!("{}/{} {path}", object.kind(), object.name());
    let secret = object.kind() == "Secret";
    match scalar(value).filter(|_| !secret) {
        Some(value) => {
            let _ = writeln!(text, ": {value}");
        }
        None => text.push('\n'),
    }
    if let Some(origin) = object.origins.find(&path) {
        let _ = writeln!(text, "  from {}", place(origin, sources));
        if let Origin::Input(span) = origin
            && let Some(line) = report::excerpt(*span, sources)
        {
            let _ = writeln!(text, "  | {line}");
        }
    }
    for origin in object.origins.lost(&path) {
        let _ = writeln!(text, "  instead of {}", place(origin, sources));
    }
    print(text.as_bytes(), Exit::Done)
}

fn place(origin: &Origin, sources: &Sources) -> String {
    match origin {
        Origin::Input(span) => {
            sources.location(*span).unwrap_or_else(|| "the process environment".to_owned())
        }
        Origin::Catalog(name) => format!("what is known about the image {name}"),
        Origin::Rule(rule) => (*rule).to_owned(),
        Origin::Flag(flag) => format!("the flag {flag}"),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_any_spelling() {
        assert_eq!(code("c2k0407"), Some(Code::UnpinnedImage));
        assert_eq!(code("0407"), Some(Code::UnpinnedImage));
        assert_eq!(code("deployment/web"), None);
    }
}
