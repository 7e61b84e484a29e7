//! `c2k diff`.

use std::{io::Write, path::Path};

use serde_json::json;
use similar::TextDiff;

use super::{
    Exit,
    arguments::{ComposeArgs, DiffArgs, DiffFormat, request},
    complain, lists, messages, say,
};
use crate::{
    convert::convert,
    diff::{Change, FieldDiff, ObjectDiff, diff},
    emit,
    kube::{Object, Role},
    load::{Disk, Files},
    overlay,
    text::{Severity, Sink, Sources},
    yaml::{self, Value},
};

/// How long a value may be to stand in the line of its field.
const SHORT: usize = 100;

/// Prints what distinguishes two environments, or an environment from a folder of manifests.
pub(super) fn run(compose: &ComposeArgs, args: &DiffArgs) -> Exit {
    let wanted = if args.against.is_some() { 0..=1 } else { 2..=2 };
    if !wanted.contains(&args.environments.len()) {
        return complain("`c2k diff` takes two environments, or one and `--against DIR`");
    }
    let request = request(compose, &[], &args.environments, &args.settings);
    let outcome = convert(&request, &Disk);
    let Some(bundle) = &outcome.bundle else {
        messages::report(&outcome.sink, &outcome.sources, Severity::Warning);
        return Exit::BadInput;
    };
    let variants: Vec<_> = match bundle.environments.as_slice() {
        [] => vec![&bundle.base],
        environments => environments.iter().collect(),
    };
    let (names, found) = match (&args.against, variants.as_slice()) {
        (Some(folder), [variant]) => {
            let there = match read(folder) {
                Ok(there) => there,
                Err(exit) => return exit,
            };
            let name = match variant.environment.as_str() {
                "" => "c2k",
                name => name,
            };
            let names = [folder.display().to_string(), name.to_owned()];
            (names, diff(&there, &emit::sealed(variant).collect::<Vec<_>>()))
        }
        (None, [first, second]) => {
            let names = [first.environment.clone(), second.environment.clone()];
            (names, diff(&first.objects, &second.objects))
        }
        // Two names of one environment.
        _ => (args.environments.clone().try_into().unwrap_or_default(), Vec::new()),
    };
    let text = match args.format {
        DiffFormat::Text => text(&names, &found),
        DiffFormat::Json => json_text(&names, &found),
    };
    let exit = if found.is_empty() { Exit::Done } else { Exit::Findings };
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("cannot write the result: {error}"))
        }
        _ => exit,
    }
}

/// The objects of a folder of manifests.
fn read(folder: &Path) -> Result<Vec<Object>, Exit> {
    let path = folder.to_string_lossy();
    let names = Disk.list(&path).map_err(|error| {
        complain(&format!("cannot read `{path}`: {error}"));
        Exit::BadInput
    })?;
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let mut objects = Vec::new();
    let is_yaml = |name: &&String| {
        let end = Path::new(name).extension();
        !name.starts_with('.') && end.is_some_and(|end| end == "yaml" || end == "yml")
    };
    for name in names.iter().filter(is_yaml) {
        let place = format!("{path}/{name}");
        let bytes = Disk.read(&place).unwrap_or_default();
        let file = sources.add(place, String::from_utf8_lossy(&bytes).into_owned());
        let Ok(nodes) = yaml::parse_documents(file, &sources, &mut sink) else { continue };
        for node in nodes.iter().filter(|node| !node.is_null()) {
            let value = overlay::value_of(node, &sources);
            objects.push(Object::new(value, Role::Other, None));
        }
    }
    crate::convert::hide_secrets(&mut sources);
    if sink.has_errors() {
        messages::report(&sink, &sources, Severity::Error);
        return Err(Exit::BadInput);
    }
    Ok(objects)
}

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

fn text([first, second]: &[String; 2], found: &[ObjectDiff]) -> String {
    if found.is_empty() {
        say(&format!("{first} and {second} are the same\n"));
        return String::new();
    }
    let mut text = format!("{RED}- {first}{PLAIN}\n{GREEN}+ {second}{PLAIN}\n");
    for ObjectDiff { kind, name, change } in found {
        match change {
            Change::OnlyFirst => text.push_str(&format!("\n{RED}- {kind}/{name}{PLAIN}\n")),
            Change::OnlySecond => text.push_str(&format!("\n{GREEN}+ {kind}/{name}{PLAIN}\n")),
            Change::Fields(fields) => {
                text.push_str(&format!("\n{BOLD}{kind}/{name}{PLAIN}\n"));
                fields.iter().for_each(|field| add_field(&mut text, field));
            }
        }
    }
    text
}

fn add_field(text: &mut String, field: &FieldDiff) {
    let path = &field.path;
    if field.secret {
        let what = match (&field.first, &field.second) {
            (Some(_), Some(_)) => "differs",
            (Some(_), None) => "is only in the first",
            _ => "is only in the second",
        };
        text.push_str(&format!("  {path}: {what} (secret)\n"));
        return;
    }
    if let (Some(Value::String(first)), Some(Value::String(second))) = (&field.first, &field.second)
        && (first.contains('\n') || second.contains('\n'))
    {
        text.push_str(&format!("  {path}:\n"));
        let hunks = TextDiff::from_lines(first, second).unified_diff().to_string();
        for line in hunks.lines() {
            let colour = match line.chars().next() {
                Some('-') => RED,
                Some('+') => GREEN,
                _ => "",
            };
            text.push_str(&format!("    {colour}{line}{PLAIN}\n"));
        }
        return;
    }
    text.push_str(&format!("  {path}:\n"));
    for (sign, colour, value) in [('-', RED, &field.first), ('+', GREEN, &field.second)] {
        let Some(value) = value else { continue };
        for line in lines(value) {
            text.push_str(&format!("    {colour}{sign} {line}{PLAIN}\n"));
        }
    }
}

/// A value in one line, or as YAML where it is longer.
fn lines(value: &Value) -> Vec<String> {
    let short = lists::json(value).split_whitespace().collect::<Vec<_>>().join(" ");
    match value {
        Value::Map(_) | Value::Seq(_) if short.chars().count() > SHORT => {
            yaml::emit(value).lines().map(str::to_owned).collect()
        }
        Value::Map(_) | Value::Seq(_) => vec![short],
        _ => vec![yaml::emit(value).trim_end().to_owned()],
    }
}

fn json_text([first, second]: &[String; 2], found: &[ObjectDiff]) -> String {
    let value = |value: &Option<Value>| -> serde_json::Value {
        value
            .as_ref()
            .and_then(|value| serde_json::from_str(&lists::json(value)).ok())
            .unwrap_or_default()
    };
    let field = |field: &FieldDiff| {
        json!({
            "path": field.path,
            "first": value(&field.first),
            "second": value(&field.second),
            "secret": field.secret,
        })
    };
    let object = |object: &ObjectDiff| {
        let mut entry = json!({"kind": object.kind, "name": object.name});
        match &object.change {
            Change::OnlyFirst => entry["only"] = json!("first"),
            Change::OnlySecond => entry["only"] = json!("second"),
            Change::Fields(fields) => entry["fields"] = fields.iter().map(field).collect(),
        }
        entry
    };
    let objects: Vec<_> = found.iter().map(object).collect();
    let all = json!({"first": first, "second": second, "objects": objects});
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}
