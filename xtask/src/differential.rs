//! Random projects through c2k and through the real docker compose, with equal results.
//!
//! A difference is cut as small as it gets and kept in a folder, which becomes a fixture below
//! `tests/differential` once its cause is known.

mod generate;
mod grid;
mod places;
mod pools;
mod reference;
mod tree;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use generate::Case;
use reference::Reference;

use crate::{
    Result,
    c2k::C2k,
    conformance, context,
    counts::{Better, Counts},
    files, judges,
    parallel::parallel,
    process::Ended,
    repository, warnings,
};

/// How often a difference is tried smaller.
const CUTS: usize = 400;

/// Where differences are kept.
fn kept() -> PathBuf {
    repository().join("target/differential")
}

/// Both programs.
struct Sides {
    c2k: C2k,
    reference: Reference,
    /// Parts of differences that are meant.
    meant: Vec<String>,
}

impl Sides {
    fn build() -> Result<Self> {
        let (binary, kept) = judges::docker_compose()?;
        let list = repository().join("tests/judges/differences.txt");
        let list = context(fs::read_to_string(&list), list.display())?;
        let lines = list.lines().filter(|line| !line.starts_with("# "));
        let meant = lines.filter_map(|line| Some(line.split_once(" | ")?.0.to_owned())).collect();
        Ok(Self { c2k: C2k::build()?, reference: Reference::new(kept, binary), meant })
    }
}

/// How a case came out.
enum Outcome {
    /// Both loaded it.
    Loaded,
    /// Both refused it; the reference's message.
    Refused(String),
    /// They differ; the differences, and the smaller case that still shows one.
    Differs(Vec<String>, Box<Case>),
}

/// Compares `count` cases from `seed` on; fails where more differ than recorded for that count.
pub fn run(count: usize, seed: u64, record: bool) -> Result {
    let sides = Sides::build()?;
    let seeds: Vec<u64> = (seed..).take(count).collect();
    let (mut loaded, mut refused, mut differ) = (0, 0, 0);
    let mut reasons = BTreeMap::new();
    for (seed, outcome) in seeds.iter().zip(parallel(&seeds, |seed| sides.outcome(*seed))) {
        match outcome? {
            Outcome::Loaded => loaded += 1,
            Outcome::Refused(message) => {
                refused += 1;
                let kind = kind(&message);
                reasons.entry(kind).or_insert((0_usize, message)).0 += 1;
            }
            Outcome::Differs(problems, case) => {
                differ += 1;
                let folder = kept().join(seed.to_string());
                sides.keep(&case, &folder)?;
                println!("seed {seed}, kept in {}:", folder.display());
                for line in problems.iter().flat_map(|problem| problem.lines()).take(6) {
                    println!("  {}", line.chars().take(300).collect::<String>());
                }
            }
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (times, _))| std::cmp::Reverse(*times));
    for (_, (times, message)) in reasons.iter().take(12) {
        println!("refused by both {times} times, as: {message}");
    }
    println!("{loaded} loaded alike, {refused} refused by both, {differ} differ");
    let mut counts = Counts::default();
    let name = |what: &str| format!("differential.{count}-from-{seed}.{what}");
    counts.add(&name("differ"), Better::Less, differ);
    counts.add(&name("loaded-alike"), Better::More, loaded);
    counts.settle(record)
}

/// Which attributes are compared.
#[derive(Debug, Default)]
pub struct Attributes {
    /// Only those whose place begins with this text.
    pub only: Option<String>,
    /// One place in so many.
    pub every: Option<usize>,
    /// Whether the counts are kept.
    pub record: bool,
}

/// Compares the attributes of the specification with values of every type.
pub fn attributes(options: &Attributes) -> Result {
    let Attributes { only, every, record } = options;
    let sides = Sides::build()?;
    let mut places = places::all(&sides.reference.schema()?);
    places.retain(|place| only.as_ref().is_none_or(|only| place.name().starts_with(only)));
    let every = every.unwrap_or(1);
    let mut places: Vec<_> = places.into_iter().step_by(every.max(1)).collect();
    // The largest first, so that no processor waits for the other at the end.
    places.sort_by_key(places::Place::repeats);
    let (mut compared, mut differ, mut text) = (0, 0, String::new());
    let explore = |place: &places::Place| -> Result<grid::Explored> {
        let explored = grid::explore(&sides, place)?;
        let shown: String = explored.1.iter().map(|(name, found)| shown(name, found)).collect();
        print!("{shown}");
        Ok(explored)
    };
    for outcome in parallel(&places, explore) {
        let (count, found) = outcome?;
        compared += count;
        differ += found.len();
        for (name, problems) in found {
            text.push_str(&shown(&name, &problems));
        }
    }
    let file = kept().join("attributes.txt");
    files::write(&file, text.as_bytes())?;
    println!("{} places, {compared} compared, {differ} differ: {}", places.len(), file.display());
    let mut counts = Counts::default();
    if only.is_none() {
        let name = |what: &str| format!("differential.attributes-1-of-{every}.{what}");
        counts.add(&name("differ"), Better::Less, differ);
        counts.add(&name("compared"), Better::More, compared);
    }
    counts.settle(*record)
}

impl Sides {
    fn outcome(&self, seed: u64) -> Result<Outcome> {
        let case = Case::of(seed);
        let (problems, refused) = self.compare(&case)?;
        if problems.is_empty() {
            return Ok(refused.map_or(Outcome::Loaded, Outcome::Refused));
        }
        let smaller = self.shrink(case)?;
        let (problems, _) = self.compare(&smaller)?;
        Ok(Outcome::Differs(problems, Box::new(smaller)))
    }

    /// The differences, and why the reference refused the case.
    fn compare(&self, case: &Case) -> Result<(Vec<String>, Option<String>)> {
        let folder = context(tempfile::Builder::new().prefix("case").tempdir(), "a folder")?;
        write(case, folder.path())?;
        let theirs = self.reference.call(&case.args, &case.environment, folder.path())?;
        let ours = self.c2k(case, folder.path())?;
        let problems = match (ours.code, theirs.code) {
            (Some(0), Some(0)) => differences(case, &ours, &theirs)?,
            (Some(2), Some(code)) if code != 0 => Vec::new(),
            // A crash of the reference says nothing about the project.
            (Some(0 | 2), _) if theirs.stderr.contains("panic: ") => Vec::new(),
            (Some(0), code) => {
                vec![format!("loaded, but the reference {code:?}: {}", theirs.stderr)]
            }
            (code, _) => vec![format!("ended with {code:?}: {}", ours.stderr)],
        };
        let meant = |problem: &String| self.meant.iter().any(|part| problem.contains(part));
        let problems = problems.into_iter().filter(|problem| !meant(problem)).collect();
        let refused = (theirs.code != Some(0)).then(|| reason(&theirs.stderr));
        Ok((problems, refused))
    }

    fn c2k(&self, case: &Case, folder: &Path) -> Result<Ended> {
        let call = crate::c2k::Call {
            folder: folder.to_owned(),
            args: case.args.clone(),
            environment: case.environment.clone(),
        };
        self.c2k.call(&call)
    }

    /// The smallest case found that still differs.
    fn shrink(&self, mut case: Case) -> Result<Case> {
        let mut tries = 0;
        let mut again = true;
        while again && tries < CUTS {
            again = false;
            let names: Vec<String> = case.documents.keys().cloned().collect();
            for name in names {
                let mut number = 0;
                while let Some(tree) = case.documents.get(&name).filter(|tree| number < tree.cuts())
                {
                    let mut smaller = case.clone();
                    smaller.documents.insert(name.clone(), tree.without(number));
                    tries += 1;
                    if tries >= CUTS {
                        return Ok(case);
                    }
                    if self.compare(&smaller)?.0.is_empty() {
                        number += 1;
                    } else {
                        case = smaller;
                        again = true;
                    }
                }
            }
        }
        let texts: Vec<String> = case.texts.keys().cloned().collect();
        for name in texts {
            let mut smaller = case.clone();
            smaller.texts.remove(&name);
            if !self.compare(&smaller)?.0.is_empty() {
                case = smaller;
            }
        }
        Ok(case)
    }

    /// Keeps a case with what the reference makes of it.
    fn keep(&self, case: &Case, folder: &Path) -> Result {
        if folder.exists() {
            files::clear(folder)?;
        }
        let project = folder.join("files");
        write(case, &project)?;
        let ended = self.reference.call(&case.args, &case.environment, &project)?;
        let place = project.display().to_string();
        files::write(&folder.join("args"), (case.args.join("\n") + "\n").as_bytes())?;
        let environment = case.environment.iter().map(|(name, value)| format!("{name}={value}\n"));
        files::write(&folder.join("env"), environment.collect::<String>().as_bytes())?;
        let (name, text) = if ended.code == Some(0) {
            ("want", ended.stdout)
        } else {
            ("want_error", ended.stderr)
        };
        files::write(&folder.join(name), text.replace(&place, "/project").as_bytes())
    }
}

/// A difference and the first lines of what differs.
fn shown(name: &str, problems: &[String]) -> String {
    let lines = problems.iter().flat_map(|problem| problem.lines()).take(3);
    let lines = lines.map(|line| format!("    {}\n", line.chars().take(300).collect::<String>()));
    format!("{name}\n{}", lines.collect::<String>())
}

/// What the reference said last.
fn reason(stderr: &str) -> String {
    let said = |line: &&str| !line.is_empty() && message(line).is_none();
    stderr.lines().rfind(said).unwrap_or_default().to_owned()
}

/// The kind of an error: its text without names and numbers.
fn kind(message: &str) -> String {
    let plain = |word: &&str| !word.contains(['"', '/', '.', '[', '\'', '`']);
    message.split(' ').filter(plain).collect::<Vec<_>>().join(" ")
}

fn write(case: &Case, folder: &Path) -> Result {
    let documents = case.documents.iter().map(|(name, tree)| (name, tree.print()));
    let texts = case.texts.iter().map(|(name, text)| (name, text.clone()));
    for (name, text) in documents.chain(texts) {
        files::write(&folder.join(name), text.as_bytes())?;
    }
    context(fs::create_dir_all(folder.join("sub")), "sub")
}

fn differences(case: &Case, ours: &Ended, theirs: &Ended) -> Result<Vec<String>> {
    let lists = ["--services", "--volumes", "--networks", "--images", "--profiles", "--models"];
    let is_list = |arg: &String| lists.contains(&arg.as_str()) || arg == "--environment";
    let mut found = if case.args.iter().any(is_list) {
        let sorted = |text: &str| {
            let mut lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            lines.sort_unstable();
            lines.join("\n")
        };
        let (ours, theirs) = (sorted(&ours.stdout), sorted(&theirs.stdout));
        if ours == theirs { Vec::new() } else { vec![format!("{ours:?} for {theirs:?}")] }
    } else if case.args.iter().any(|arg| arg == "--variables") {
        // Which of several defaults the reference shows is chance.
        let defaults = |line: &&str| !line.contains("Value\":");
        let kept = |text: &str| text.lines().filter(defaults).collect::<Vec<_>>().join("\n");
        conformance::model_differences(&kept(&ours.stdout), &kept(&theirs.stdout))?
    } else {
        conformance::model_differences(&ours.stdout, &theirs.stdout)?
    };
    let logged = theirs.stderr.lines().filter_map(message);
    let logged: Vec<String> = logged.collect();
    let mut theirs = warnings::theirs(logged.iter().map(String::as_str));
    let mut ours = warnings::ours(&ours.stderr);
    if case.args.iter().any(|arg| matches!(arg.as_str(), "--no-interpolate" | "--variables")) {
        // Files of variables are read all the same; what they miss does not matter then.
        ours.retain(|(code, _)| code != warnings::UNSET);
        theirs.retain(|(code, _)| code != warnings::UNSET);
    }
    found.extend(warnings::differences(&ours, &theirs));
    Ok(found)
}

/// The message of a logged warning.
fn message(line: &str) -> Option<String> {
    let (_, quoted) = line.split_once("level=warning msg=")?;
    serde_json::from_str(quoted).ok()
}
