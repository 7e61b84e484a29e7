//! `c2k config` against the recorded output of `docker compose config`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    Result,
    c2k::{C2k, Call},
    context, corpus,
    counts::{Better, Counts},
    difference::Sides,
    files,
    objects::{self, at, list},
    parallel::parallel,
    process::Ended,
    warnings,
};

/// Where the reference was run: its output carries absolute paths.
const PROJECT: &str = "/project";

const GROUPS: [&str; 5] = ["attr", "load", "load-e2e", "errors", "errors-e2e"];

const SIDES: Sides = Sides { ours: "only in c2k's", theirs: "not in c2k's" };

/// The count of loaded cases of which c2k warns as the reference does.
const WARNINGS: &str = "config.warnings.as-the-reference";

/// The count of refused cases whose error is where it was seen to be.
const PLACES: &str = "config.errors.places";

/// One recorded call.
struct Case {
    title: String,
    group: String,
    /// The files of the project.
    source: Source,
    call: Call,
    want: Want,
    /// What the reference warned of.
    warnings: String,
}

enum Source {
    Folder(PathBuf),
    Corpus(corpus::Case),
}

enum Want {
    /// This output.
    Config(PathBuf),
    /// A failure; the reference's message.
    Error(String),
}

/// Runs every recorded call whose title contains `only`, and prints what differs.
pub fn run(conformance: &Path, corpus: &Path, record: bool, only: Option<&str>) -> Result {
    let c2k = C2k::build()?;
    prepare()?;
    let mut cases = Vec::new();
    for group in GROUPS {
        cases.extend(group_cases(conformance, group)?);
    }
    cases.extend(corpus_cases(corpus)?);
    cases.retain(|case| only.is_none_or(|only| case.title.contains(only)));
    let mut counts = Counts::default();
    let mut loaded = 0;
    let places = places()?;
    for (case, outcome) in cases.iter().zip(parallel(&cases, |case| check(&c2k, case))) {
        let Outcome { mut problems, place, warnings } = outcome?;
        if let (Some(place), Some(right)) = (place, places.get(&case.title)) {
            let right = if right == "-" { "" } else { right };
            if place == right {
                counts.add(PLACES, Better::More, 1);
            } else {
                problems.push(format!("the error is at `{right}`, not at `{place}`"));
            }
        }
        for problem in problems.iter().chain(warnings.iter().flatten()).take(3) {
            println!("{}: {problem}", case.title);
        }
        counts.add(
            &format!("config.{}.as-the-reference", case.group),
            Better::More,
            problems.is_empty().into(),
        );
        if let Some(warnings) = warnings {
            loaded += 1;
            counts.add(WARNINGS, Better::More, warnings.is_empty().into());
        }
    }
    for group in GROUPS.into_iter().chain(["corpus"]) {
        let total = cases.iter().filter(|case| case.group == group).count();
        let passed = counts.get(&format!("config.{group}.as-the-reference"));
        println!("config, {group}: {passed} of {total} as the reference");
    }
    println!("places of errors: {} of {} as recorded", counts.get(PLACES), places.len());
    println!("warnings: {} of {loaded} as the reference", counts.get(WARNINGS));
    if only.is_some() { Ok(()) } else { counts.settle(record) }
}

/// Makes the folder onto which each project is mounted.
fn prepare() -> Result {
    let project = Path::new(PROJECT);
    if project.is_dir() && fs::read_dir(project).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{PROJECT} holds files of someone else; it must be empty here"));
    }
    context(fs::create_dir_all(project), format!("{PROJECT} is needed for recorded paths"))
}

fn group_cases(conformance: &Path, group: &str) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for name in files::folders(&conformance.join(group)) {
        let folder = conformance.join(group).join(&name);
        // Recorded of the library alone, with phases left out that the command line has not.
        let Some(want) = want(&folder) else { continue };
        let meta = folder.join("meta.json");
        let meta: Value = context(
            serde_json::from_str(&context(fs::read_to_string(&meta), meta.display())?),
            meta.display(),
        )?;
        cases.push(Case {
            title: format!("{group}/{name}"),
            group: group.to_owned(),
            source: Source::Folder(folder.join("files")),
            call: recorded_call(&meta),
            want,
            warnings: warned(&folder),
        });
    }
    Ok(cases)
}

fn want(folder: &Path) -> Option<Want> {
    let config = folder.join("want_config.yaml");
    let error = || fs::read_to_string(folder.join("want_config_error.txt")).ok().map(Want::Error);
    if config.is_file() { Some(Want::Config(config)) } else { error() }
}

/// What the reference warned of; no file is no warning.
fn warned(folder: &Path) -> String {
    fs::read_to_string(folder.join("want_config_warnings.txt")).unwrap_or_default()
}

fn recorded_call(meta: &Value) -> Call {
    let texts = |key: &str| list(meta, &[key]).iter().filter_map(Value::as_str);
    let mut args = Vec::new();
    let mut add = |flag: &str, value: &str| args.extend([flag.to_owned(), value.to_owned()]);
    let folder = at(meta, &["project_dir"]).and_then(Value::as_str).unwrap_or(PROJECT);
    if meta.get("no_project_directory_flag") != Some(&Value::Bool(true)) {
        add("--project-directory", folder);
    }
    texts("files").for_each(|file| add("-f", file));
    texts("env_files").for_each(|file| add("--env-file", file));
    texts("profiles").for_each(|profile| add("--profile", profile));
    if let Some(name) = at(meta, &["project_name"]).and_then(Value::as_str) {
        add("-p", name);
    }
    args.push("config".to_owned());
    args.extend(texts("selected_services").map(str::to_owned));
    Call { folder: folder.into(), args, environment: corpus::texts(meta.get("env")) }
}

fn corpus_cases(corpus: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for case in corpus::cases(corpus)? {
        let Some(want) = want(&corpus.join(&case.name)) else { continue };
        let mut call = case.call(Path::new(PROJECT));
        call.args.push("config".to_owned());
        let name = case.name.clone();
        cases.push(Case {
            title: name.clone(),
            group: "corpus".to_owned(),
            source: Source::Corpus(case),
            call,
            want,
            warnings: warned(&corpus.join(&name)),
        });
    }
    Ok(cases)
}

/// What a case differs in.
struct Outcome {
    /// The differences from what was recorded; none when c2k does as the reference.
    problems: Vec<String>,
    /// Where c2k says that the error is.
    place: Option<String>,
    /// The differences between the warnings, where both load the project.
    warnings: Option<Vec<String>>,
}

fn check(c2k: &C2k, case: &Case) -> Result<Outcome> {
    let copy = files::temporary()?;
    match &case.source {
        Source::Folder(folder) if folder.is_dir() => files::copy(folder, copy.path())?,
        Source::Folder(_) => {}
        Source::Corpus(project) => project.copy_to(copy.path())?,
    }
    let ended = c2k.call_at(&case.call, copy.path(), Path::new(PROJECT))?;
    let loaded = matches!((&case.want, ended.code), (Want::Config(_), Some(0)));
    let warnings = loaded.then(|| {
        let theirs = warnings::theirs(case.warnings.lines());
        warnings::differences(&warnings::ours(&ended.stderr), &theirs)
    });
    let place = matches!(case.want, Want::Error(_)).then(|| place(&ended.stderr));
    Ok(Outcome { problems: problems(case, &ended)?, place, warnings })
}

/// `file:line` of the first error; nothing where it is in no file.
fn place(stderr: &str) -> String {
    let after = stderr.lines().skip_while(|line| !line.starts_with("error[")).skip(1);
    let own = after.take_while(|line| !line.starts_with("error["));
    let mut own = own;
    let arrow = own.find_map(|line| line.trim_start().strip_prefix("--> "));
    arrow.and_then(|place| place.rsplit_once(':')).map_or("", |(place, _)| place).to_owned()
}

/// The places of errors, read by eye once, by the case's title.
fn places() -> Result<BTreeMap<String, String>> {
    let path = crate::repository().join("tests/judges/error-places.txt");
    let text = context(fs::read_to_string(&path), path.display())?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines
        .filter_map(|line| line.split_once(char::is_whitespace))
        .map(|(title, place)| (title.to_owned(), place.trim().to_owned()))
        .collect())
}

fn problems(case: &Case, ended: &Ended) -> Result<Vec<String>> {
    let said = || ended.stderr.lines().find(|line| !line.is_empty()).unwrap_or_default().to_owned();
    Ok(match (&case.want, ended.code) {
        _ if ended.timed_out => vec!["took too long".to_owned()],
        (Want::Error(_), Some(2)) => Vec::new(),
        (Want::Error(message), code) => {
            vec![format!("ended with {code:?} where the reference says: {}", message.trim())]
        }
        (Want::Config(path), Some(0)) => {
            let want = context(fs::read_to_string(path), path.display())?;
            model_differences(&ended.stdout, &want)?
        }
        (Want::Config(_), code) => vec![format!("ended with {code:?}: {}", said())],
    })
}

/// What two printed models differ in.
pub fn model_differences(ours: &str, theirs: &str) -> Result<Vec<String>> {
    let (mut theirs, ours) = (objects::yaml(theirs)?, objects::yaml(ours));
    let mut ours = match ours {
        Ok(ours) => ours,
        Err(error) => return Ok(vec![format!("prints no YAML: {error}")]),
    };
    sort_ssh(&mut theirs);
    sort_ssh(&mut ours);
    let mut found = Vec::new();
    SIDES.compare("", &ours, &theirs, &mut found);
    Ok(found)
}

/// Sorts `build.ssh`, whose order the reference draws from a map.
fn sort_ssh(model: &mut Value) {
    let services = model.get_mut("services").and_then(Value::as_object_mut);
    for service in services.into_iter().flat_map(|services| services.values_mut()) {
        let ssh = service.get_mut("build").and_then(|build| build.get_mut("ssh"));
        if let Some(Value::Array(keys)) = ssh {
            keys.sort_by_key(ToString::to_string);
        }
    }
}
