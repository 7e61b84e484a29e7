//! Real projects: each gives manifests or a diagnostic with a position, and what it gives is put
//! before the API server.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::Value;

use crate::{
    Result,
    apiserver::ApiServer,
    c2k::{C2k, Call},
    checks, context,
    counts::{Better, Counts},
    environment, files,
    judges::Judges,
    objects::{self, at, list},
    process::Ended,
    references,
};

/// What is asked of a run over the corpus.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Replaces the recorded counts.
    pub record: bool,
    /// Compares the three forms too.
    pub forms: bool,
    /// Only cases whose name contains this.
    pub only: Option<String>,
}

/// One project of the corpus.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name of its folder.
    pub name: String,
    folder: PathBuf,
    data: Value,
}

/// What became of one project in one environment.
#[derive(Debug, Default)]
struct Outcome {
    converted: bool,
    refused: Option<String>,
    failed: Vec<String>,
    objects: usize,
    refused_objects: Vec<String>,
    unresolved: Vec<String>,
    differences: Vec<String>,
    absent: usize,
    compared: usize,
    forms: Vec<String>,
}

/// The environments that are converted: the base and one that keeps secrets elsewhere.
const ENVIRONMENTS: [Option<&str>; 2] = [None, Some("staging")];

/// The cases of a corpus, in the order of their names.
pub fn cases(corpus: &Path) -> Result<Vec<Case>> {
    let named = files::folders(corpus).into_iter().map(|name| (corpus.join(&name), name));
    let cases: Result<Vec<_>> = named.map(|(folder, name)| Case::read(folder, name)).collect();
    let cases = cases?;
    if cases.is_empty() { Err(format!("no cases in {}", corpus.display())) } else { Ok(cases) }
}

impl Case {
    fn read(folder: PathBuf, name: String) -> Result<Self> {
        let path = folder.join("case.json");
        let text = context(fs::read_to_string(&path), path.display())?;
        let data = context(serde_json::from_str(&text), path.display())?;
        Ok(Self { name, folder, data })
    }

    fn texts(&self, key: &str) -> impl Iterator<Item = &str> {
        list(&self.data, &[key]).iter().filter_map(Value::as_str)
    }

    /// What the reference prints for it, where it is valid.
    pub fn model(&self) -> Option<String> {
        fs::read_to_string(self.folder.join("want_config.yaml")).ok()
    }

    /// Copies the project's own files, without what the corpus says of it.
    pub fn copy_to(&self, folder: &Path) -> Result {
        files::copy(&self.folder, folder)?;
        let about = fs::read_dir(folder).into_iter().flatten().flatten();
        for path in about.map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == "case.json" || name.starts_with("want") {
                context(fs::remove_file(&path), path.display())?;
            } else if name == "reference-k8s" {
                context(fs::remove_dir_all(&path), path.display())?;
            }
        }
        Ok(())
    }

    /// The call for a copy of the project at `root`.
    pub fn call(&self, root: &Path) -> Call {
        let within = at(&self.data, &["project_dir"]).and_then(Value::as_str).unwrap_or(".");
        let mut args = Vec::new();
        let mut add = |flag: &str, value: String| args.extend([flag.to_owned(), value]);
        // A path inside the project folder is given as a person there would type it.
        let path = |file: &str| {
            let short = Path::new(file).strip_prefix(within).ok();
            let full = || root.join(file);
            short.map_or_else(full, Path::to_owned).display().to_string()
        };
        self.texts("files").for_each(|file| add("-f", path(file)));
        self.texts("env_files").for_each(|file| add("--env-file", path(file)));
        self.texts("profiles").for_each(|profile| add("--profile", profile.to_owned()));
        let folder = if within == "." { root.to_owned() } else { root.join(within) };
        Call { folder, args, environment: texts(self.data.get("env")) }
    }
}

/// A map of texts.
pub fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let map = value.and_then(Value::as_object).into_iter().flatten();
    map.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// Runs c2k over the corpus and prints what became of it.
pub fn run(corpus: &Path, options: &Options) -> Result {
    let judges = Judges::build()?;
    let c2k = C2k::build()?;
    let mut cases = cases(corpus)?;
    if let Some(only) = &options.only {
        cases.retain(|case| case.name.contains(only));
    }
    let server = ApiServer::start(&judges)?;
    let judge = |case: &Case| -> Result<Vec<(String, Outcome)>> {
        let mut outcomes = Vec::new();
        for env in ENVIRONMENTS {
            let title = format!("{} ({})", case.name, env.unwrap_or("base"));
            outcomes.push((title, outcome(&c2k, &judges, &server, case, env, options)?));
        }
        Ok(outcomes)
    };
    let mut counts = Counts::default();
    let mut broken = 0;
    for outcomes in parallel(&cases, judge) {
        for ((title, outcome), env) in outcomes?.iter().zip(["base", "staging"]) {
            print(title, outcome);
            broken += outcome.failed.len();
            count(&mut counts, env, outcome, options.forms);
        }
    }
    summary(&counts, cases.len());
    if broken > 0 {
        return Err(format!("{broken} runs gave neither manifests nor a diagnostic with a place"));
    }
    if options.only.is_some() { Ok(()) } else { counts.settle(options.record) }
}

/// Does the work for each item on every processor; the results are in the order of the items.
fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            let result = work(item);
            if let Ok(mut done) = done.lock() {
                done.insert(index, result);
            }
        }
    };
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(worker))));
    done.into_inner().unwrap_or_default().into_values().collect()
}

fn outcome(
    c2k: &C2k,
    judges: &Judges,
    server: &ApiServer,
    case: &Case,
    env: Option<&str>,
    options: &Options,
) -> Result<Outcome> {
    let folder = files::temporary()?;
    let (root, out) = (folder.path().join("project"), folder.path().join("out"));
    case.copy_to(&root)?;
    let call = case.call(&root);
    let ended = c2k.convert(&call, "manifests", env, &out)?;
    let mut outcome = Outcome::default();
    match ended.code {
        Some(0 | 1) if out.is_dir() => {
            outcome.converted = true;
            inspect(&mut outcome, server, case, env, &out)?;
        }
        Some(2) if has_place(&ended.stderr) && !out.is_dir() => {
            outcome.refused = Some(first_error(&ended.stderr));
        }
        _ => outcome.failed.push(failure(&ended)),
    }
    if let (true, Some(env)) = (outcome.converted && options.forms, env) {
        let found = checks::agreement(c2k, judges, &call, env);
        outcome.forms = found.unwrap_or_else(|error| vec![error]);
    }
    Ok(outcome)
}

/// Puts the manifests of a converted project before its judges.
fn inspect(
    outcome: &mut Outcome,
    server: &ApiServer,
    case: &Case,
    env: Option<&str>,
    out: &Path,
) -> Result {
    let objects = match objects::read(out) {
        Ok(objects) => objects,
        Err(error) => {
            outcome.failed.push(error);
            return Ok(());
        }
    };
    let judgement = checks::judge(server, &objects)?;
    outcome.objects = objects.len();
    outcome.refused_objects = judgement.refused;
    outcome.unresolved = references::unresolved(&objects, env.is_none());
    if let (None, Some(model)) = (env, case.model()) {
        let found = environment::compare(&objects, &objects::yaml(&model)?);
        outcome.differences = found.differences;
        outcome.absent = found.absent.len();
        outcome.compared = found.compared;
    }
    Ok(())
}

/// Whether a message names a file and a line: `file:3` or `file:3:5`.
fn has_place(stderr: &str) -> bool {
    stderr.split_whitespace().any(|word| {
        let mut parts = word.split(':');
        let file = parts.next().is_some_and(|part| part.contains(['.', '/']));
        file && parts.next().is_some_and(|part| part.parse::<u32>().is_ok())
    })
}

fn first_error(stderr: &str) -> String {
    let line = stderr.lines().find(|line| line.starts_with("error"));
    line.or(stderr.lines().next()).unwrap_or_default().to_owned()
}

fn failure(ended: &Ended) -> String {
    if ended.timed_out {
        return "took too long".to_owned();
    }
    let tail: Vec<_> = ended.stderr.lines().take(12).collect();
    format!("ended with {:?}:\n    {}", ended.code, tail.join("\n    "))
}

fn print(title: &str, outcome: &Outcome) {
    let line = |what: &str, lines: &[String]| {
        for line in lines {
            println!("{title}: {what}: {line}");
        }
    };
    line("failed", &outcome.failed);
    line("refused", outcome.refused.as_slice());
    line("object refused", &outcome.refused_objects);
    line("unresolved", &outcome.unresolved);
    line("environment", &outcome.differences);
    line("forms", &outcome.forms);
}

fn count(counts: &mut Counts, env: &str, outcome: &Outcome, forms: bool) {
    let mut add = |name: &str, better, number| {
        counts.add(&format!("corpus.{env}.{name}"), better, number);
    };
    add("converted", Better::More, outcome.converted.into());
    add("refused", Better::Less, outcome.refused.is_some().into());
    add("failed", Better::Less, outcome.failed.len());
    add("objects", Better::More, outcome.objects);
    add("objects-refused", Better::Less, outcome.refused_objects.len());
    add("unresolved-references", Better::Less, outcome.unresolved.len());
    if env == "base" {
        add("environment-differences", Better::Less, outcome.differences.len());
        add("services-compared", Better::More, outcome.compared);
        add("services-absent", Better::Less, outcome.absent);
    } else if forms {
        add("forms-agree", Better::More, (outcome.converted && outcome.forms.is_empty()).into());
    }
}

fn summary(counts: &Counts, cases: usize) {
    for env in ["base", "staging"] {
        let get = |name: &str| counts.get(&format!("corpus.{env}.{name}"));
        println!(
            "corpus, {env}: {cases} projects: {} converted, {} refused with a place, {} failed; \
             {} objects, {} refused by the API server, {} unresolved references",
            get("converted"),
            get("refused"),
            get("failed"),
            get("objects"),
            get("objects-refused"),
            get("unresolved-references"),
        );
    }
    println!(
        "environment seen by containers: {} services compared, {} variables differ, {} services \
         without a container",
        counts.get("corpus.base.services-compared"),
        counts.get("corpus.base.environment-differences"),
        counts.get("corpus.base.services-absent"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_and_a_line() {
        assert!(has_place("error: no\n  --> compose.yaml:3:5\n"));
        assert!(has_place("compose/a.yml:12: wrong"));
        assert!(!has_place("error[C2K0001]: image postgres:16 is wrong"));
        assert!(!has_place("at 12:30"));
    }

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<usize> = (0..100).collect();
        assert_eq!(parallel(&items, |item| item * 2), (0..200).step_by(2).collect::<Vec<_>>());
    }
}
