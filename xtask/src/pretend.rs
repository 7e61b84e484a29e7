//! Everything applied for real to a cluster with pretended nodes: schedulers and controllers are
//! real, pods become ready without running.
//!
//! What is written is accepted elsewhere; here it shows whether it also comes up: that pods are
//! scheduled, claims bind, Services find their pods, Jobs end, budgets count.

mod settled;
mod stage;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use self::{settled::State, stage::Stage};
use crate::{
    Result,
    c2k::{C2k, Call},
    context,
    corpus::{self, Case},
    counts::{Better, Counts},
    e2e::Cluster,
    files, objects,
    parallel::parallel,
    repository,
    samples::{self, Sample},
};

/// The environment in which everything is applied: the one with replicas, budgets and policies.
const ENV: &str = "production";

/// How many projects are in the cluster at the same time.
const BATCH: usize = 24;

/// How long a batch may take to settle.
const SETTLE: Duration = Duration::from_mins(2);

/// What does not come up, each with its reason: `<project> <Kind>/<name>: <reason>`.
const KNOWN: &str = "tests/judges/pretended.txt";

/// A project to apply.
enum Project {
    Sample(Sample),
    Case(Case),
}

impl Project {
    fn name(&self) -> &str {
        match self {
            Self::Sample(sample) => &sample.name,
            Self::Case(case) => &case.name,
        }
    }

    /// A call on a copy of the project.
    fn copy_to(&self, root: &std::path::Path) -> Result<Call> {
        match self {
            Self::Sample(sample) => sample.copy_to(root).map(|()| sample.call(root)),
            Self::Case(case) => case.copy_to(root).map(|()| case.call(root)),
        }
    }
}

/// What became of one project.
#[derive(Debug, Default)]
struct Outcome {
    /// It has objects.
    converted: bool,
    /// What kubectl said where it refused.
    refused: Option<String>,
}

/// Applies every sample and every project of the corpus, and says what does not come up.
pub fn run(corpus: &std::path::Path, options: &corpus::Options) -> Result {
    let stage = Stage::set(Cluster::find()?)?;
    let c2k = C2k::build()?;
    let only = options.only.as_deref().unwrap_or_default();
    let mut projects: Vec<_> = samples::all()?.into_iter().map(Project::Sample).collect();
    projects.extend(corpus::cases(corpus)?.into_iter().map(Project::Case));
    projects.retain(|project| project.name().contains(only));
    let known = known()?;
    let mut counts = Counts::default();
    let mut surprises = Vec::new();
    let start = Instant::now();
    // Variants of one project stand together and ask for the same ports of nodes: they go apart.
    let batches = projects.len().div_ceil(BATCH);
    for first in 0..batches {
        let batch: Vec<_> = projects.iter().skip(first).step_by(batches).collect();
        surprises.extend(together(&stage, &c2k, &batch, &known, &mut counts)?);
        println!(
            "pretend: {} applied, {} s",
            counts.get("pretend.projects"),
            start.elapsed().as_secs()
        );
    }
    for (name, number) in counts.below("pretend.") {
        println!("  {number:>6} {name}");
    }
    let settled = if options.only.is_some() { Ok(()) } else { counts.settle(options.record) };
    if surprises.is_empty() {
        return settled;
    }
    Err(format!("{} do not come up, without a reason in {KNOWN}", surprises.len()))
}

/// What is known not to come up: the project and the object, and why.
fn known() -> Result<BTreeMap<String, String>> {
    let path = repository().join(KNOWN);
    let text = context(std::fs::read_to_string(&path), path.display())?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pair =
        |line: &str| line.split_once(": ").map(|(what, why)| (what.to_owned(), why.to_owned()));
    lines.map(|line| pair(line).ok_or_else(|| format!("{KNOWN}: `{line}`"))).collect()
}

/// Applies a batch, waits until it settles, and removes it.
fn together(
    stage: &Stage,
    c2k: &C2k,
    batch: &[&Project],
    known: &BTreeMap<String, String>,
    counts: &mut Counts,
) -> Result<Vec<String>> {
    let outcomes: Result<Vec<_>> =
        parallel(batch, |project| apply(stage, c2k, project)).into_iter().collect();
    let outcomes = outcomes?;
    let state = settle(stage, batch, known)?;
    let mut surprises = Vec::new();
    for (project, outcome) in batch.iter().zip(&outcomes) {
        count(project, outcome, &state, counts);
        let space = stage::namespace(project.name());
        let refused = outcome.refused.iter().map(|why| format!("apply: {why}"));
        for line in refused.chain(state.waiting(&space)) {
            let known = is_known(known, project, &line);
            println!("pretend: {} {line}{}", project.name(), if known { " (known)" } else { "" });
            if !known {
                surprises.push(line);
            }
        }
    }
    stage.clear(false)?;
    Ok(surprises)
}

fn count(project: &Project, outcome: &Outcome, state: &State, counts: &mut Counts) {
    counts.add("pretend.projects", Better::More, outcome.converted.into());
    counts.add("pretend.refused", Better::Less, outcome.refused.is_some().into());
    let space = stage::namespace(project.name());
    for (kind, (there, waiting)) in state.counts(&space) {
        counts.add(&format!("pretend.{kind}.there"), Better::More, there);
        counts.add(&format!("pretend.{kind}.waiting"), Better::Less, waiting);
    }
}

/// Converts a project for a namespace of its own and applies what comes out.
fn apply(stage: &Stage, c2k: &C2k, project: &Project) -> Result<Outcome> {
    let folder = files::temporary()?;
    let root = folder.path().join("project");
    let space = stage::namespace(project.name());
    let mut call = project.copy_to(&root)?;
    call.args.extend(["--namespace".to_owned(), space.clone()]);
    let out = folder.path().join("out");
    let ended = c2k.convert(&call, "manifests", Some(ENV), &out)?;
    let mut outcome = Outcome::default();
    if !matches!(ended.code, Some(0 | 1)) || objects::read(&out).is_ok_and(|found| found.is_empty())
    {
        return Ok(outcome);
    }
    outcome.converted = out.is_dir();
    if outcome.converted {
        outcome.refused = stage.apply(&space, &out)?;
    }
    Ok(outcome)
}

/// Whether a line is about an object that is known not to come up.
fn is_known(known: &BTreeMap<String, String>, project: &Project, line: &str) -> bool {
    let object = line.split(": ").next().unwrap_or_default();
    known.contains_key(&format!("{} {object}", project.name()))
}

/// Waits until nothing is waited for but what is known not to come, or the time is over.
fn settle(stage: &Stage, batch: &[&Project], known: &BTreeMap<String, String>) -> Result<State> {
    let spaces = batch.iter().map(|project| stage::namespace(project.name())).collect();
    let start = Instant::now();
    loop {
        let state = stage.state(&spaces)?;
        let settled = batch.iter().all(|project| {
            let space = stage::namespace(project.name());
            state.waiting(&space).all(|line| is_known(known, project, &line))
        });
        if settled || start.elapsed() > SETTLE {
            return Ok(state);
        }
        stage.bind(&state)?;
        std::thread::sleep(Duration::from_secs(2));
    }
}
