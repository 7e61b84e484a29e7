//! The engine against the real kustomize: random objects, random kustomizations of every supported
//! kind, the same result or both refuse.

mod dice;
mod examples;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rayon::prelude::*;
use serde_json::Value as Json;

use super::{tests::objects, *};
use crate::{
    load::Memory,
    overlay::{canonical, rename, same},
    text::{Code, Diagnostic, Sources, Style, render},
};
use dice::{Case, Dice};

/// How many cases are compared, and how many of them one run of kustomize builds.
const CASES: usize = 3000;
const BATCH: usize = 50;

/// How often a case is drawn that c2k refuses on purpose, which compares nothing.
const DRAWS: u64 = 4;

/// After how many problems it is enough.
const ENOUGH: usize = 20;

/// What a hash that kustomize puts at the end of a name is made of.
const SUFFIX: &[u8] = b"2456789bcdfghkmt";

/// What c2k refuses on purpose where kustomize does nothing or something else than was meant, as
/// `docs/environments.md` says; beside patches that match nothing.
const STRICTER: [&str; 10] = [
    "by which the items merge",
    "of a whole object does nothing",
    "changes its own source",
    "cannot take the place of a text",
    "of an item of a list does nothing",
    "an earlier entry of `labels` puts",
    "which an earlier entry puts into several",
    "a value cannot move into itself",
    "a delimiter cuts texts only",
    "does not remove labels and annotations",
];

/// Why c2k refuses a case.
struct Refusal {
    messages: String,
    /// The rule by which kustomize may accept it.
    stricter: Option<&'static str>,
}

fn ours(case: &Case) -> Result<Vec<Value>, Refusal> {
    let mut files = Memory::default();
    for (path, text) in &case.files {
        files.add(&format!("overlays/x/{path}"), text.as_str());
    }
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let mut set = Set::new(objects(&case.objects));
    if let Ok(Some(read)) = read("overlays/x", &files, &mut sources, &mut sink) {
        read.run(&mut set, &mut sink);
    }
    if !sink.has_errors() {
        return Ok(set.into_objects().into_iter().map(|object| object.value).collect());
    }
    let rule = |one: &Diagnostic| match one.code {
        Code::PatchMatchesNothing => Some("matches nothing"),
        _ => STRICTER.into_iter().find(|text| one.message.contains(text)),
    };
    let rules: Option<Vec<_>> = sink.iter().map(rule).collect();
    let stricter = rules.and_then(|rules| rules.first().copied());
    let messages = sink.iter().map(|one| render(one, &sources, Style::Plain)).collect();
    Err(Refusal { messages, stricter })
}

fn write(case: &Case, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("objects.yaml"), &case.objects).unwrap();
    for (path, text) in &case.files {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let text = match path.as_str() {
            "kustomization.yaml" if text.trim() == "{}" => "resources: [objects.yaml]".to_owned(),
            "kustomization.yaml" => match text.strip_prefix("resources: [") {
                Some(rest) => format!("resources: [objects.yaml, {rest}"),
                None => format!("resources: [objects.yaml]\n{text}"),
            },
            _ => text.clone(),
        };
        fs::write(place, text).unwrap();
    }
}

fn build(folder: &Path) -> Result<Vec<Value>, String> {
    let home = PathBuf::from(std::env::var("HOME").unwrap());
    let kustomize = home.join(".cache/c2k/judges/bin/kustomize");
    let run = Command::new(kustomize).arg("build").arg(folder).output().unwrap();
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into_owned());
    }
    let documents: Vec<Json> =
        serde_saphyr::from_multiple(&String::from_utf8(run.stdout).unwrap()).unwrap();
    Ok(documents.into_iter().map(Value::from).collect())
}

/// Objects by kind and name, with the suffixes of generators removed, and Secrets with text.
fn normal(mut values: Vec<Value>) -> BTreeMap<String, Value> {
    let text = |value: &Value, path: &[&str]| {
        value.at(path).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut names = BTreeMap::new();
    for value in &values {
        let (kind, name) = (text(value, &["kind"]), text(value, &["metadata", "name"]));
        if let Some((stem, suffix)) = name.rsplit_once('-')
            && matches!(kind.as_str(), "ConfigMap" | "Secret")
            && suffix.len() == 10
            && suffix.bytes().all(|byte| SUFFIX.contains(&byte))
        {
            names.insert(name.clone(), stem.to_owned());
        }
    }
    let mut found = BTreeMap::new();
    for value in &mut values {
        rename(value, &names);
        if text(value, &["kind"]) == "Secret" {
            let data = value.as_map_mut().unwrap();
            let strings = data.remove("stringData").or_else(|| {
                let data = data.remove("data")?;
                let decode = |value: &Value| crate::emit::decoded(value.as_str().unwrap());
                Some(Value::Map(
                    data.as_map()?.iter().map(|(key, value)| (key, decode(value))).collect(),
                ))
            });
            let strings =
                strings.filter(|strings| strings.as_map().is_some_and(|map| !map.is_empty()));
            data.insert("stringData", strings.unwrap_or_default());
        }
        for key in ["labels", "annotations"] {
            drop_empty(value, key);
        }
        let key = format!("{}/{}", text(value, &["kind"]), text(value, &["metadata", "name"]));
        assert!(found.insert(key.clone(), value.clone()).is_none(), "{key} is there twice");
    }
    found
}

/// kustomize drops annotations where none are left, and labels are the same without any.
fn drop_empty(value: &mut Value, key: &str) {
    let metadata = value.as_map_mut().and_then(|map| map.get_mut("metadata"));
    if let Some(metadata) = metadata.and_then(Value::as_map_mut)
        && metadata.get(key).and_then(Value::as_map).is_some_and(Map::is_empty)
    {
        metadata.remove(key);
    }
}

/// The place of the first difference.
fn place(a: &Value, b: &Value, path: String) -> String {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => {
            let keys = a.iter().chain(b.iter()).map(|(key, _)| key);
            let null = Value::Null;
            let of = |map: &'_ Map, key: &str| map.get(key).cloned().unwrap_or(null.clone());
            let differs = |key: &&str| match (a.get(key), b.get(key)) {
                (Some(a), Some(b)) => !same(a, b),
                _ => true,
            };
            match keys.into_iter().find(differs) {
                Some(key) => place(&of(a, key), &of(b, key), format!("{path}.{key}")),
                None => path,
            }
        }
        (Value::Seq(a), Value::Seq(b)) if a.len() == b.len() => {
            match a.iter().zip(b).position(|(a, b)| !same(a, b)) {
                Some(at) => place(&a[at], &b[at], format!("{path}[{at}]")),
                None => path,
            }
        }
        _ => format!("{path}\n  ours   {}\n  theirs {}", canonical(a), canonical(b)),
    }
}

/// The first difference, in words.
fn difference(case: &Case, ours: Vec<Value>, theirs: Vec<Value>) -> Option<String> {
    let (ours, theirs) = (normal(ours), normal(theirs));
    let names = |set: &BTreeMap<String, Value>| set.keys().cloned().collect::<Vec<_>>();
    if names(&ours) != names(&theirs) {
        return Some(format!("{}\n{:?}\n{:?}", case.text(), names(&ours), names(&theirs)));
    }
    let pair = ours.iter().zip(theirs.values()).find(|((_, a), b)| !same(a, b));
    pair.map(|((key, a), b)| format!("{key} {}\n{}", place(a, b, String::new()), case.text()))
}

/// Builds many cases in one run; where that fails, in halves.
fn compare(cases: &[(Case, Vec<Value>)], problems: &mut Vec<String>) {
    if problems.len() > ENOUGH {
        return;
    }
    let root = tempfile::TempDir::new().unwrap();
    let mut list = String::from("resources:\n");
    for (at, (case, _)) in cases.iter().enumerate() {
        write(case, &root.path().join(format!("c{at}")));
        list.push_str(&format!("- c{at}\n"));
    }
    fs::write(root.path().join("kustomization.yaml"), list).unwrap();
    match build(root.path()) {
        Ok(built) => {
            for (case, ours) in cases {
                let own = |value: &&Value| {
                    let name = value.at(&["metadata", "name"]).and_then(Value::as_str);
                    name.is_some_and(|name| name.starts_with(&case.prefix))
                };
                let theirs = built.iter().filter(own).cloned().collect();
                problems.extend(difference(case, ours.clone(), theirs));
            }
        }
        Err(error) if cases.len() == 1 => {
            // What the types of the API refuse is refused by both.
            if cases
                .iter()
                .any(|(_, ours)| ours.iter().any(|object| !kube::check(object).is_empty()))
            {
                return;
            }
            let text = cases.iter().map(|(case, _)| case.text()).collect::<String>();
            problems.push(format!("only kustomize refuses: {error}\n{text}"));
        }
        Err(_) => {
            let (first, second) = cases.split_at(cases.len() / 2);
            compare(first, problems);
            compare(second, problems);
        }
    }
}

/// The case of a number, and what c2k makes of it.
fn drawn(number: usize) -> (Case, Result<Vec<Value>, Refusal>) {
    let draw = |turn: u64| {
        let case = Dice::new(number as u64 + turn * 1_000_003).case(number);
        let ours = ours(&case);
        (case, ours)
    };
    let meant = |ours: &Result<_, Refusal>| ours.as_ref().is_err_and(|one| one.stricter.is_some());
    let mut turns = (0..DRAWS - 1).map(draw);
    turns.find(|(_, ours)| !meant(ours)).unwrap_or_else(|| draw(DRAWS - 1))
}

/// A number from the environment.
fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
#[ignore = "needs kustomize, which `cargo xtask judges` builds"]
#[expect(clippy::print_stdout, reason = "how many were compared is worth reading")]
fn kustomize_gives_the_same_or_both_refuse() {
    let (mut refused, mut accepted) = (Vec::new(), Vec::new());
    let mut stricter = BTreeMap::<_, usize>::new();
    let (first, cases) = (number("C2K_FIRST", 0), number("C2K_CASES", CASES));
    for start in (first..first + 2 * cases).step_by(BATCH) {
        if accepted.len() == cases {
            break;
        }
        let draws: Vec<_> = (start..start + BATCH).into_par_iter().map(drawn).collect();
        for (case, ours) in draws {
            match ours {
                _ if accepted.len() == cases => break,
                Ok(objects) => accepted.push((case, objects)),
                Err(Refusal { stricter: Some(rule), .. }) => {
                    *stricter.entry(rule).or_default() += 1;
                }
                Err(refusal) => refused.push((case, refusal.messages)),
            }
        }
    }
    let (compared, both) = (accepted.len(), refused.len());
    let alone = refused.par_iter().filter_map(|(case, messages)| {
        let root = tempfile::TempDir::new().unwrap();
        write(case, root.path());
        let accepted = build(root.path()).is_ok();
        accepted.then(|| format!("only c2k refuses: {messages}\n{}", case.text()))
    });
    let differ = accepted.par_chunks(BATCH).flat_map_iter(|batch| {
        let mut problems = Vec::new();
        compare(batch, &mut problems);
        problems
    });
    let problems: Vec<String> = alone.chain(differ).collect();
    println!("{compared} compared, {both} refused by both, only by c2k: {stricter:?}");
    let shown: Vec<_> = problems.iter().take(12).map(String::as_str).collect();
    assert!(problems.is_empty(), "{} of {cases}\n{}", problems.len(), shown.join("\n\n"));
    let refused = both + stricter.values().sum::<usize>();
    assert!(compared == cases && refused * 3 < cases, "{compared} compared, {refused} refused");
}

#[test]
#[ignore = "needs kustomize, which `cargo xtask judges` builds"]
fn what_kustomize_documents_gives_the_same() {
    let mut problems = Vec::new();
    for case in examples::cases() {
        match ours(&case) {
            Ok(objects) => compare(&[(case, objects)], &mut problems),
            Err(Refusal { messages, .. }) => problems.push(format!("{messages}\n{}", case.text())),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}
