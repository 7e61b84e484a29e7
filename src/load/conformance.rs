//! Recorded results of the reference, where they are at hand: `C2K_SHARED` or `../shared`.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use super::{
    Memory, Options, Variable,
    dotenv::Parser,
    interpolate::{Problem, Substitution, Usage, Variables},
    load,
    merge::Merger,
    unicity,
};
use crate::{
    text::{FileId, Sink, Sources, Span},
    yaml::{Data, Node, parse},
};

fn shared() -> PathBuf {
    std::env::var_os("C2K_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from)
}

/// The cases of a stage, sorted.
fn cases(stage: &str) -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(shared().join(stage))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "no cases of {stage}");
    cases
}

fn text(case: &Path, name: &str) -> Option<String> {
    std::fs::read_to_string(case.join(name)).ok()
}

fn name(case: &Path) -> String {
    case.file_name().unwrap().to_string_lossy().into_owned()
}

fn variables(case: &Path) -> Variables {
    text(case, "env")
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| {
            (name.to_owned(), Variable { value: value.to_owned(), span: Span::NONE })
        })
        .collect()
}

/// A tree as JSON; `dollars`: each `$` of a value doubled.
fn json(node: &Node, dollars: bool) -> serde_json::Value {
    use serde_json::Value;
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        Data::Int(value) => Value::from(i64::try_from(*value).unwrap()),
        #[allow(clippy::cast_possible_truncation)]
        Data::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
            Value::from(*value as i64)
        }
        Data::Float(value) => Value::from(*value),
        Data::String(text) | Data::Timestamp(text) if dollars => {
            Value::from(text.replace('$', "$$"))
        }
        Data::String(text) | Data::Timestamp(text) => Value::from(text.clone()),
        Data::Seq(items) => items.iter().map(|item| json(item, dollars)).collect(),
        Data::Map(entries) => {
            let sorted: BTreeMap<String, Value> = entries
                .iter()
                .map(|entry| {
                    let name = &entry.key.name;
                    let name = if dollars { name.replace('$', "$$") } else { name.clone() };
                    (name, json(&entry.value, dollars))
                })
                .collect();
            Value::Object(sorted.into_iter().collect())
        }
    }
}

fn read(text: &str) -> Node {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let file = sources.add("case", text);
    parse(file, &sources, &mut sink).unwrap()
}

/// Prints what failed, and fails if more than `allowed` did.
fn verdict(stage: &str, total: usize, failures: &[String]) {
    let mut report = format!("{stage}: {} of {total} as recorded\n", total - failures.len());
    for failure in failures {
        writeln!(report, "- {failure}").unwrap();
    }
    assert!(failures.is_empty(), "{report}");
}

#[test]
#[ignore = "needs the conformance data"]
fn merge_as_recorded() {
    let cases = cases("conformance/merge");
    let mut failures = Vec::new();
    for case in &cases {
        let part = |name: &str| read(&text(case, name).unwrap());
        let mut sink = Sink::default();
        let mut merged = Merger::at(&[], &mut sink).merge(part("base.yaml"), part("override.yaml"));
        unicity::enforce(&mut merged, &mut sink);
        let (got, want) = (json(&merged, false), json(&part("want.yaml"), false));
        if got != want {
            failures.push(format!("{}: {got} instead of {want}", name(case)));
        }
    }
    verdict("merge", cases.len(), &failures);
}

#[test]
#[ignore = "needs the conformance data"]
fn unicity_as_recorded() {
    let cases = cases("conformance/unicity");
    let mut failures = Vec::new();
    for case in &cases {
        let mut tree = read(&text(case, "input.yaml").unwrap());
        unicity::enforce(&mut tree, &mut Sink::default());
        let (got, want) =
            (json(&tree, false), json(&read(&text(case, "want.yaml").unwrap()), false));
        if got != want {
            failures.push(format!("{}: {got} instead of {want}", name(case)));
        }
    }
    verdict("unicity", cases.len(), &failures);
}

#[test]
#[ignore = "needs the conformance data"]
fn interpolation_as_recorded() {
    let cases = cases("conformance/interpolate");
    let mut failures = Vec::new();
    for case in &cases {
        let (variables, mut usage) = (variables(case), Usage::default());
        let layers = [&variables];
        let template = text(case, "input.txt").unwrap();
        let mut substitution =
            Substitution { layers: &layers, usage: &mut usage, place: Span::NONE };
        let got = substitution.run(&template).map(|(text, _)| text);
        let right = match (&got, text(case, "want.txt"), text(case, "want_error.txt")) {
            (Ok(got), Some(want), _) => *got == want,
            (Err(Problem::Syntax(quoted)), _, Some(want)) => {
                want == format!("Invalid template: {quoted:?}")
            }
            (Err(Problem::Required(name, _)), _, Some(want)) => {
                want.starts_with(&format!("required variable {name} is missing a value"))
            }
            _ => false,
        };
        if !right {
            failures.push(format!("{}: {template} -> {got:?}", name(case)));
        }
    }
    verdict("interpolate", cases.len(), &failures);
}

#[test]
#[ignore = "needs the conformance data"]
fn dotenv_as_recorded() {
    let cases = cases("conformance/dotenv");
    let mut failures = Vec::new();
    for case in &cases {
        let (variables, mut usage, mut sink) = (variables(case), Usage::default(), Sink::default());
        let layers = [&variables];
        let input = text(case, "input.env").unwrap();
        let got =
            Parser::new((FileId(0), &input), (&layers, Variables::new()), &mut usage, &mut sink)
                .definitions();
        let right = match (&got, text(case, "want.json")) {
            (Ok(definitions), Some(want)) => {
                let mut want: BTreeMap<String, String> = serde_json::from_str(&want).unwrap();
                want.remove("");
                let got: BTreeMap<String, String> = definitions
                    .iter()
                    .filter(|one| !one.name.is_empty())
                    .map(|one| (one.name.clone(), one.value.clone()))
                    .collect();
                got == want
            }
            (Err(_), None) => true,
            _ => false,
        };
        if !right {
            failures.push(format!("{}: {input:?} -> {got:?}", name(case)));
        }
    }
    verdict("dotenv", cases.len(), &failures);
}

/// Adds every file below a folder.
fn add_files(memory: &mut Memory, folder: &Path, to: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let to = format!("{to}/{}", name(&path));
        if path.is_dir() {
            add_files(memory, &path, &to);
        } else if let Ok(content) = std::fs::read(&path) {
            memory.add(&to, content);
        }
    }
}

fn strings(value: &serde_json::Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str()).map(str::to_owned).collect()
}

/// The call of a case: its files, options, and whether it is one of the recorded corpus.
fn call(case: &Path) -> (Memory, Options) {
    let project = text(case, "case.json");
    let meta: serde_json::Value =
        serde_json::from_str(&project.clone().or_else(|| text(case, "meta.json")).unwrap())
            .unwrap();
    let mut environment: BTreeMap<String, String> = meta["env"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    environment.entry("HOME".to_owned()).or_insert_with(|| "/home/user".to_owned());
    let folder = match meta["project_dir"].as_str() {
        Some(folder) if project.is_some() => format!("/project/{folder}"),
        other => other.unwrap_or("/project").to_owned(),
    };
    let mut memory = Memory::new(&folder);
    environment.entry("PWD".to_owned()).or_insert_with(|| super::paths::clean(&folder));
    let below = |paths: Vec<String>| -> Vec<String> {
        paths.into_iter().map(|path| super::paths::join("/project", &path)).collect()
    };
    let files = if project.is_some() {
        add_files(&mut memory, case, "/project");
        below(strings(&meta["files"]))
    } else {
        add_files(&mut memory, &case.join("files"), &folder);
        strings(&meta["files"])
    };
    let env_files = strings(&meta["env_files"]);
    let skip = strings(&meta["skip"]);
    let skipped = |name: &str| skip.iter().any(|skip| skip == name);
    let given = project.is_none() && meta["no_project_directory_flag"].as_bool() != Some(true);
    let options = Options {
        files,
        discover_override: true,
        env_files: if project.is_some() { below(env_files) } else { env_files },
        environment,
        project_directory: given.then(|| folder.clone()),
        project_name: meta["project_name"].as_str().map(str::to_owned),
        profiles: strings(&meta["profiles"]),
        services: strings(&meta["selected_services"]),
        skip: super::Skip {
            interpolation: skipped("interpolation"),
            normalization: skipped("normalization"),
            consistency: skipped("consistency"),
            path_resolution: skipped("paths"),
            env_resolution: skipped("environment"),
            ..super::Skip::default()
        },
        ..Options::default()
    };
    (memory, options)
}

/// Where two trees differ, a line each.
fn differences(
    path: &str,
    got: &serde_json::Value,
    want: &serde_json::Value,
    out: &mut Vec<String>,
) {
    use serde_json::Value;
    match (got, want) {
        (Value::Object(got), Value::Object(want)) => {
            for (name, value) in want {
                let path = format!("{path}.{name}");
                match got.get(name) {
                    Some(got) => differences(&path, got, value, out),
                    None => out.push(format!("{path}: missing {value}")),
                }
            }
            for (name, value) in got.iter().filter(|(name, _)| !want.contains_key(*name)) {
                out.push(format!("{path}.{name}: too much {value}"));
            }
        }
        (Value::Array(got), Value::Array(want)) if got.len() == want.len() => {
            if path.ends_with(".build.ssh") && want.iter().all(|item| got.contains(item)) {
                return;
            }
            for (at, (got, want)) in got.iter().zip(want).enumerate() {
                differences(&format!("{path}[{at}]"), got, want, out);
            }
        }
        _ if got == want => {}
        // The reference's printer loses indentation that follows a line break at the start.
        (Value::String(got), Value::String(want))
            if want.starts_with('\n') && dedented(got) == dedented(want) => {}
        _ => out.push(format!("{path}: {got} instead of {want}")),
    }
}

fn dedented(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_start).collect()
}

/// What is wrong with a case, if anything.
fn judge(case: &Path) -> Option<String> {
    let (memory, options) = call(case);
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let loaded = load(&memory, &options, &mut sources, &mut sink);
    let said = || -> String {
        let lines: Vec<String> = sink
            .iter()
            .filter(|one| one.severity == crate::text::Severity::Error)
            .map(|one| one.message.clone())
            .collect();
        lines.join("; ")
    };
    match (loaded, text(case, "want_config.yaml"), text(case, "want_config_error.txt")) {
        (Ok(loaded), Some(want), _) => {
            let mut found = Vec::new();
            differences("", &json(&loaded.tree, true), &json(&read(&want), false), &mut found);
            (!found.is_empty()).then(|| found.join("\n    "))
        }
        (Err(_), _, Some(_)) if !said().is_empty() => None,
        (Err(_), _, Some(_)) => Some("fails without an error".to_owned()),
        (Err(_), _, None) => Some(format!("fails: {}", said())),
        (Ok(_), None, error) => {
            Some(format!("must fail: {}", error.unwrap_or_default().trim().replace('\n', " ")))
        }
    }
}

fn pipeline(stage: &str) {
    let only = std::env::var("C2K_CASE").unwrap_or_default();
    let cases: Vec<PathBuf> = cases(stage)
        .into_iter()
        .filter(|case| name(case).contains(&only))
        .filter(|case| {
            text(case, "want_config.yaml").or_else(|| text(case, "want_config_error.txt")).is_some()
        })
        .collect();
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{}\n    {}", name(case), judge(case)?)))
        .collect();
    verdict(stage, cases.len(), &failures);
}

#[test]
#[ignore = "needs the conformance data"]
fn load_as_recorded() {
    pipeline("conformance/load");
}

#[test]
#[ignore = "needs the conformance data"]
fn load_e2e_as_recorded() {
    pipeline("conformance/load-e2e");
}

#[test]
#[ignore = "needs the conformance data"]
fn attributes_as_recorded() {
    pipeline("conformance/attr");
}

#[test]
#[ignore = "needs the conformance data"]
fn errors_as_recorded() {
    pipeline("conformance/errors");
    pipeline("conformance/errors-e2e");
}

#[test]
#[ignore = "needs the conformance data"]
fn corpus_as_recorded() {
    pipeline("corpus");
}
