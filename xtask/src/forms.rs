//! The agreement of manifests and Kustomize trees: every project that converts, in the three
//! environments that come with c2k and in one with settings and patches of chance.

mod chance;
mod trees;

use std::{path::Path, sync::Mutex};

use self::trees::Trees;
use crate::{
    Result,
    agreement::{Against, differences},
    c2k::{C2k, Call},
    checks::BUILT_IN,
    corpus::{Case, Options, cases},
    counts::{Better, Counts},
    files,
    judges::Judges,
    objects::{self, Object},
    parallel::parallel,
    process::Ended,
};

/// The environment whose settings are of chance.
const CHANCE: &str = "judged";

/// How many lines are printed for one project.
const LINES: usize = 6;

/// What all cases are tried with.
struct Bench {
    c2k: C2k,
    judges: Judges,
    seed: u64,
    /// Processes that build trees, while nobody uses them.
    idle: Mutex<Vec<Trees>>,
}

/// What came of one project.
#[derive(Debug, Default)]
struct Outcome {
    /// How many environments were compared.
    compared: usize,
    /// How many objects there are in them.
    objects: usize,
    /// Whether the environment of chance was refused with a place.
    refused: Option<String>,
    /// What differs.
    differences: Vec<String>,
}

/// Compares the forms of a corpus and prints what differs.
pub fn run(corpus: &Path, seed: u64, options: &Options) -> Result {
    let (judges, c2k) = (Judges::build()?, C2k::build()?);
    let bench = Bench { c2k, judges, seed, idle: Mutex::default() };
    let mut cases = cases(corpus)?;
    if let Some(only) = &options.only {
        cases.retain(|case| case.name.contains(only));
    }
    let mut counts = Counts::default();
    for (case, outcome) in cases.iter().zip(parallel(&cases, |case| bench.outcome(case))) {
        let outcome = outcome
            .unwrap_or_else(|error| Outcome { differences: vec![error], ..Outcome::default() });
        for line in outcome.refused.iter().chain(outcome.differences.iter().take(LINES)) {
            println!("{}: {line}", case.name);
        }
        let mut add = |name: &str, better, number| {
            counts.add(&format!("forms.from-{seed}.{name}"), better, number);
        };
        add("environments-compared", Better::More, outcome.compared);
        add("objects-compared", Better::More, outcome.objects);
        add("chance-refused", Better::Less, outcome.refused.iter().count());
        add("projects-differ", Better::Less, usize::from(!outcome.differences.is_empty()));
    }
    println!("forms: {} projects", cases.len());
    for (name, number) in counts.below(&format!("forms.from-{seed}.")) {
        println!("  {number:>6} {name}");
    }
    if options.only.is_some() { Ok(()) } else { counts.settle(options.record) }
}

impl Bench {
    fn outcome(&self, case: &Case) -> Result<Outcome> {
        let folder = files::temporary()?;
        let root = folder.path().join("project");
        case.copy_to(&root)?;
        let call = case.call(&root);
        let out = folder.path().join("built-in");
        let Ok(mut outcome) = self.compare(&call, &BUILT_IN, &out)? else {
            return Ok(Outcome::default());
        };
        let own = call.folder.join("overlays").join(CHANCE);
        let mut chance = chance::Chance::of(&case.name, self.seed);
        let settings = chance.settings(case.model().as_deref())?;
        files::write(&own.join("environment.yaml"), settings.as_bytes())?;
        let place = folder.path().join("settings");
        let ended = self.c2k.convert(&call, "manifests", Some(CHANCE), &place)?;
        if !matches!(ended.code, Some(0 | 1)) {
            outcome.refused = Some(format!("settings refused: {}", first_error(&ended)));
            return Ok(outcome);
        }
        if place.is_dir() {
            let kustomization = chance.kustomization(&objects::read(&place)?);
            files::write(&own.join("kustomization.yaml"), kustomization.as_bytes())?;
        }
        match self.compare(&call, &[CHANCE], &folder.path().join("chance"))? {
            Err(why) => outcome.refused = Some(format!("patches refused: {why}")),
            Ok(more) => {
                outcome.compared += more.compared;
                outcome.objects += more.objects;
                outcome.differences.extend(more.differences);
            }
        }
        Ok(outcome)
    }

    /// Compares both forms in some environments, or says why the project is refused.
    fn compare(
        &self,
        call: &Call,
        environments: &[&str],
        out: &Path,
    ) -> Result<std::result::Result<Outcome, String>> {
        let mut all = call.clone();
        all.args
            .extend(environments.iter().flat_map(|env| ["--env".to_owned(), (*env).to_owned()]));
        let (plain, tree) = (out.join("manifests"), out.join("tree"));
        let written = self.c2k.convert(&all, "manifests", None, &plain)?;
        let second = self.c2k.convert(&all, "kustomize", None, &tree)?;
        if written.code == Some(2) && second.code == Some(2) {
            return Ok(Err(first_error(&written)));
        }
        let mut outcome = Outcome::default();
        for ended in [&written, &second] {
            if !matches!(ended.code, Some(0 | 1)) {
                outcome.differences.push(format!("{environments:?}: {}", first_error(ended)));
            }
        }
        // Where the cluster does itself what all services do, nothing is left to write.
        if !outcome.differences.is_empty() || !plain.is_dir() {
            return Ok(Ok(outcome));
        }
        for env in environments {
            let own = if environments.len() > 1 { plain.join(env) } else { plain.clone() };
            let manifests = if own.is_dir() { objects::read(&own)? } else { Vec::new() };
            let built = self.build(&tree.join("overlays").join(env));
            let lines = match built {
                Ok(built) => differences(&manifests, &built, Against::Kustomize),
                Err(error) => vec![error],
            };
            outcome.compared += 1;
            outcome.objects += manifests.len();
            outcome.differences.extend(lines.iter().map(|line| format!("{env}: {line}")));
        }
        Ok(Ok(outcome))
    }

    fn build(&self, folder: &Path) -> Result<Vec<Object>> {
        let idle = self.idle.lock().map_or(None, |mut idle| idle.pop());
        let mut trees = match idle {
            Some(trees) => trees,
            None => Trees::start(&self.judges)?,
        };
        let built = trees.build(folder)?;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(trees);
        }
        built
    }
}

fn first_error(ended: &Ended) -> String {
    let mut lines = ended.stderr.lines().skip_while(|line| !line.starts_with("error"));
    let first = lines.next().unwrap_or("no message").to_owned();
    format!("{first} {}", lines.next().unwrap_or_default().trim())
}
