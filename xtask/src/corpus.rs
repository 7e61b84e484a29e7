//! Real projects: each gives manifests or a diagnostic with a position, and what it gives is put
//! before the API server.

mod charts;
mod outcome;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use self::outcome::{Bench, Outcome};
use crate::{
    Result,
    apiserver::ApiServer,
    c2k::{C2k, Call},
    context,
    counts::{Better, Counts},
    files,
    judges::Judges,
    objects::{at, list},
    parallel::parallel,
};

/// The names under which the two conversions of a project are counted.
const ENVIRONMENTS: [&str; 2] = ["base", "staging"];

/// What is asked of a run over the corpus.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Replaces the recorded counts.
    pub record: bool,
    /// Compares the three forms too.
    pub forms: bool,
    /// Only looks at the charts, without an API server.
    pub charts: bool,
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

    /// The variables of its environment files.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let within = at(&self.data, &["project_dir"]).and_then(Value::as_str).unwrap_or(".");
        let given = self.texts("env_files").map(|file| self.folder.join(file));
        let default = self.folder.join(within).join(".env");
        let texts = given.chain([default]).filter_map(|path| fs::read_to_string(path).ok());
        let mut variables = BTreeMap::new();
        for text in texts {
            for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
                if let Some((name, value)) = line.split_once('=') {
                    let value = value.split(" #").next().unwrap_or_default().trim();
                    let value = value.trim_matches(['"', '\'']).to_owned();
                    variables.insert(name.trim().to_owned(), value);
                }
            }
        }
        variables
    }

    /// The contents of files that the corpus made up where the project has none.
    pub(super) fn stubs(&self) -> impl Iterator<Item = String> {
        let names = self.data.get("derived_files").and_then(Value::as_object).into_iter().flatten();
        names.filter_map(|(name, _)| fs::read_to_string(self.folder.join(name)).ok())
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
    if options.charts {
        return charts::run(&c2k, &judges, &cases, options);
    }
    let server = ApiServer::start(&judges)?;
    let bench = Bench { c2k, judges, server, forms: options.forms };
    let mut counts = Counts::default();
    for (case, outcomes) in cases.iter().zip(parallel(&cases, |case| bench.outcomes(case))) {
        for (outcome, env) in outcomes?.iter().zip(ENVIRONMENTS) {
            outcome.print(&format!("{} ({env})", case.name));
            count(&mut counts, env, outcome);
        }
    }
    summary(&counts, cases.len());
    let failed: usize =
        ENVIRONMENTS.map(|env| counts.get(&format!("corpus.{env}.failed"))).iter().sum();
    let settled = if options.only.is_some() { Ok(()) } else { counts.settle(options.record) };
    if failed > 0 {
        return Err(format!("{failed} runs gave neither manifests nor a diagnostic with a place"));
    }
    settled
}

fn count(counts: &mut Counts, env: &str, outcome: &Outcome) {
    let mut add = |name: &str, better, number| {
        counts.add(&format!("corpus.{env}.{name}"), better, number);
    };
    add("converted", Better::More, outcome.converted.into());
    add("refused", Better::Less, outcome.refused.is_some().into());
    add("objects", Better::More, outcome.objects);
    add("pods-admitted", Better::More, outcome.admitted);
    for (name, number) in
        [("services-compared", outcome.compared), ("mounts-compared", outcome.mounts)]
    {
        // What only one environment is judged by has no count of the other.
        if number > 0 {
            add(name, Better::More, number);
        }
    }
    for (what, lines) in &outcome.findings {
        match *what {
            "forms" => add("forms-agree", Better::More, lines.is_empty().into()),
            what => add(what, Better::Less, lines.len()),
        }
    }
}

fn summary(counts: &Counts, cases: usize) {
    for env in ENVIRONMENTS {
        println!("corpus, {env}: {cases} projects");
        for (name, number) in counts.below(&format!("corpus.{env}.")) {
            println!("  {number:>6} {name}");
        }
    }
}
