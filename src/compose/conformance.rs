//! The recorded results of the reference, where they are at hand.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    compose,
    load::{self, Memory, Options},
    text::{Severity, Sink, Sources},
    yaml,
};

/// The folder with the recorded data: `C2K_SHARED`, else `shared` near the crate.
fn shared() -> PathBuf {
    if let Ok(path) = std::env::var("C2K_SHARED") {
        return path.into();
    }
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("shared"))
        .find(|folder| folder.is_dir())
        .unwrap_or_else(|| crate_folder.join("../shared"))
}

struct Case {
    name: String,
    folder: PathBuf,
    files: PathBuf,
    below: String,
    corpus: bool,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let root = shared();
    for group in ["attr", "load", "load-e2e", "errors", "errors-e2e", "corpus"] {
        let corpus = group == "corpus";
        let parent = if corpus { root.join(group) } else { root.join("conformance").join(group) };
        let mut folders: Vec<_> =
            std::fs::read_dir(parent).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        for folder in folders {
            let name = format!("{group}/{}", folder.file_name().unwrap().to_string_lossy());
            if !folder.join("want_config.yaml").is_file()
                && !folder.join("want_config_error.txt").is_file()
            {
                continue;
            }
            let files = if corpus { folder.clone() } else { folder.join("files") };
            cases.push(Case { name, folder, files, below: "/project".to_owned(), corpus });
        }
    }
    cases
}

fn read_into(memory: &mut Memory, folder: &Path, at: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = format!("{at}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            read_into(memory, &path, &name);
        } else if let Ok(content) = std::fs::read(&path) {
            memory.add(&name, content);
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn run(case: &Case) -> (Result<String, String>, Vec<String>) {
    let meta = if case.corpus { "case.json" } else { "meta.json" };
    let meta: Value =
        serde_json::from_str(&std::fs::read_to_string(case.folder.join(meta)).unwrap()).unwrap();
    let folder = if case.corpus {
        load::paths::join("/project", meta["project_dir"].as_str().unwrap_or("."))
    } else {
        meta["project_dir"].as_str().unwrap_or("/project").to_owned()
    };
    let mut memory = Memory::new(&folder);
    read_into(&mut memory, &case.files, &case.below);
    let mut environment: BTreeMap<String, String> = meta["env"]
        .as_object()
        .map(|env| {
            env.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap_or("").to_owned())).collect()
        })
        .unwrap_or_default();
    environment.entry("HOME".to_owned()).or_insert_with(|| "/home/user".to_owned());
    environment.entry("PWD".to_owned()).or_insert_with(|| folder.clone());
    let no_flag = case.corpus || meta["no_project_directory_flag"] == Value::Bool(true);
    // The corpus names files from its root.
    let rooted = |files: Vec<String>| -> Vec<String> {
        let path = |file: &String| {
            if case.corpus { load::paths::join("/project", file) } else { file.clone() }
        };
        files.iter().map(path).collect()
    };
    let options = Options {
        files: rooted(strings(&meta["files"])),
        discover_override: true,
        env_files: rooted(strings(&meta["env_files"])),
        environment,
        project_directory: (!no_flag).then(|| folder.clone()),
        project_name: meta["project_name"].as_str().map(str::to_owned),
        profiles: strings(&meta["profiles"]),
        services: strings(&meta["selected_services"]),
        ..Options::default()
    };
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let loaded = load::load(&memory, &options, &mut sources, &mut sink);
    let errors = |sink: &Sink| -> Vec<String> {
        sink.iter()
            .filter(|one| one.severity == Severity::Error)
            .map(|one| {
                let place = one.primary.as_ref().and_then(|label| sources.location(label.span));
                format!("{} ({})", one.message, place.unwrap_or_default())
            })
            .collect()
    };
    match loaded {
        Err(_) => (Err(errors(&sink).join("; ")), Vec::new()),
        Ok(loaded) => {
            let printed = yaml::emit(&compose::config(&loaded.tree));
            let mut decoding = Sink::default();
            let _ = compose::decode(&loaded, &mut decoding);
            (Ok(printed), errors(&decoding))
        }
    }
}

/// The differences between two values, as paths.
fn differences(path: &str, ours: &Value, theirs: &Value, out: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                match b.get(key) {
                    Some(other) => differences(&format!("{path}.{key}"), value, other, out),
                    None => out.push(format!("{path}.{key}: too much: {value}")),
                }
            }
            for (key, value) in b {
                if !a.contains_key(key) {
                    out.push(format!("{path}.{key}: missing: {value}"));
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if path.rsplit('.').next() == Some("ssh") => {
            let sorted = |list: &[Value]| {
                let mut list: Vec<_> = list.iter().map(ToString::to_string).collect();
                list.sort();
                list
            };
            if sorted(a) != sorted(b) {
                out.push(format!("{path}: {ours} for {theirs}"));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}[{index}]"), a, b, out);
            }
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => {}
        _ if ours == theirs => {}
        _ => out.push(format!("{path}: {ours} for {theirs}")),
    }
}

#[test]
#[ignore = "needs the conformance data"]
fn what_config_prints() {
    let only = std::env::var("C2K_ONLY").unwrap_or_default();
    let mut failed = Vec::new();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in cases().iter().filter(|case| case.name.contains(&only)) {
        let group = case.name.split('/').next().unwrap_or_default().to_owned();
        let count = counts.entry(group).or_default();
        count.1 += 1;
        let (result, decoding) = run(case);
        let want = std::fs::read_to_string(case.folder.join("want_config.yaml"));
        let mut problems: Vec<String> = decoding.iter().map(|p| format!("decode: {p}")).collect();
        match (result, want) {
            (Err(_), Err(_)) => {}
            (Ok(_), Err(_)) => problems.push("passes; must fail".to_owned()),
            (Err(errors), Ok(_)) => problems.push(format!("fails: {errors}")),
            (Ok(ours), Ok(want)) => {
                let want: Value = serde_saphyr::from_str(&want).unwrap_or(Value::Null);
                match serde_saphyr::from_str(&ours) {
                    Ok(ours) => differences("", &ours, &want, &mut problems),
                    Err(error) => problems.push(format!("prints no YAML: {error}")),
                }
            }
        }
        if problems.is_empty() {
            count.0 += 1;
        } else {
            problems.truncate(4);
            failed.push(format!("{}\n    {}", case.name, problems.join("\n    ")));
        }
    }
    let report = format!("{}\n{counts:?}\n", failed.join("\n"));
    if let Ok(path) = std::env::var("C2K_REPORT") {
        std::fs::write(path, &report).unwrap();
    }
    assert!(failed.is_empty(), "{report}");
}
