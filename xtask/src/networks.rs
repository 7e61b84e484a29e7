//! Network policies by meaning: who may reach whom, compared with the networks of Compose.

mod compared;
pub mod reach;

use std::path::Path;

use serde_json::Value;

use self::reach::World;
use crate::{
    Result,
    c2k::{C2k, Call},
    checks,
    corpus::{self, Options},
    counts::{Better, Counts},
    files, objects,
    parallel::parallel,
    samples,
};

/// Both ways in which policies are made.
const MODES: [&str; 2] = ["compose", "strict"];

/// What was compared for one project.
#[derive(Debug, Default)]
pub struct Compared {
    /// Pairs of services that were asked about.
    pub pairs: usize,
    /// Those that may not reach each other.
    pub closed: usize,
    /// A line for each pair that may do what it should not, or may not what it should.
    pub differences: Vec<String>,
}

/// Compares every sample and every project of the corpus, in both modes.
pub fn run(corpus: &Path, options: &Options) -> Result {
    let c2k = C2k::build()?;
    let mut projects = Vec::new();
    let folder = files::temporary()?;
    for sample in samples::all()? {
        let root = folder.path().join("samples").join(&sample.name);
        sample.copy_to(&root)?;
        projects.push((sample.name.clone(), sample.call(&root)));
    }
    if corpus.is_dir() {
        for case in corpus::cases(corpus)? {
            let root = folder.path().join("cases").join(&case.name);
            case.copy_to(&root)?;
            projects.push((case.name.clone(), case.call(&root)));
        }
    }
    let only = options.only.as_deref().unwrap_or_default();
    projects.retain(|(name, _)| name.contains(only));
    let mut counts = Counts::default();
    let results = parallel(&projects, |(_, call)| compare(&c2k, call));
    for ((name, _), modes) in projects.iter().zip(results) {
        for (mode, compared) in MODES.iter().zip(modes?) {
            for line in &compared.differences {
                println!("{name} ({mode}): {line}");
            }
            counts.add(&format!("networks.{mode}.pairs"), Better::More, compared.pairs);
            counts.add(&format!("networks.{mode}.closed"), Better::More, compared.closed);
            let differences = compared.differences.len();
            counts.add(&format!("networks.{mode}.differences"), Better::Less, differences);
        }
    }
    for (name, number) in counts.below("networks.") {
        println!("  {number:>6} {name}");
    }
    if options.only.is_some() { Ok(()) } else { counts.settle(options.record) }
}

/// The comparison of a project in each mode; nothing where it does not convert.
pub fn compare(c2k: &C2k, call: &Call) -> Result<Vec<Compared>> {
    let mut config = call.clone();
    config.args.insert(0, "config".to_owned());
    let ended = c2k.call(&config)?;
    let model = if ended.code == Some(0) { objects::yaml(&ended.stdout)? } else { Value::Null };
    MODES.iter().map(|mode| in_mode(c2k, call, mode, &model)).collect()
}

fn in_mode(c2k: &C2k, call: &Call, mode: &str, model: &Value) -> Result<Compared> {
    let out = files::temporary()?;
    let mut call = call.clone();
    call.args.extend(["--set".to_owned(), format!("network={{policy: {mode}}}")]);
    // A project that does not convert has no policies.
    match checks::manifests(c2k, &call, Some("staging"), &out.path().join("out")) {
        Ok(objects) => Ok(compared::compare(&World::of(&objects), model, mode == "strict")),
        Err(_) => Ok(Compared::default()),
    }
}
