//! Writing a tree to a folder: whole files or nothing, and never over somebody's work.

mod fault;
mod mark;
mod stage;
mod state;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Component, Path, PathBuf},
};

use crate::{
    emit::{Tree, TreeFile, claims},
    text::{Code, Diagnostic, Failed, Severity, Sink},
};

use stage::Stage;
use state::{Mark, State};

pub use state::STATE_FILE;

/// How to write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteOptions {
    /// Whether files that were changed by hand are overwritten, and removed when stale.
    pub force: bool,
    /// Whether claims of the last run may be gone.
    pub allow_data_loss: bool,
    /// Folders below which nothing is written: those that the input comes from.
    pub protected: Vec<PathBuf>,
}

/// What became of the files, by their paths below the folder, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteReport {
    /// New or changed.
    pub written: Vec<String>,
    /// As they were.
    pub unchanged: Vec<String>,
    /// Changed by hand, so left alone.
    pub kept: Vec<String>,
    /// Stale, so removed.
    pub removed: Vec<String>,
}

/// Writes a tree to a folder, which is made if it is not there.
///
/// Every file is written beside its place first and then moved there, so that an error before
/// leaves the folder as it was. Files that were changed since the last run are kept with a warning,
/// and files of the last run that are not in the tree any more are removed.
pub fn write(
    tree: &Tree,
    folder: &Path,
    options: &WriteOptions,
    sink: &mut Sink,
) -> Result<WriteReport, Failed> {
    check_place(tree, folder, options, sink)?;
    if !options.allow_data_loss {
        check_claims(tree, folder, sink)?;
    }
    let run = || -> Result<Outcome, Refusal> {
        let old = State::read(folder)?;
        let plan = Plan::new(tree, folder, &old, options)?;
        plan.carry_out(tree, folder, &old)
    };
    match run() {
        Ok(Outcome { report, warnings }) => {
            for warning in warnings {
                sink.push(warning);
            }
            Ok(report)
        }
        Err(Refusal { path, error }) => {
            let message = format!("cannot write `{}`: {error}", path.display());
            Err(sink.fail(
                Diagnostic::new(Code::OutputRefused, message)
                    .help("choose another folder with `-o`; nothing was written"),
            ))
        }
    }
}

/// Refuses a run after which the claims of the last one would hold data that nobody mounts.
fn check_claims(tree: &Tree, folder: &Path, sink: &mut Sink) -> Result<(), Failed> {
    // A folder that cannot be read is reported by what reads it next.
    let Ok(old) = State::read(folder) else { return Ok(()) };
    for (environment, name) in claims::lost(&old.claims, &tree.claims) {
        let of = if environment.is_empty() { String::new() } else { format!(" of {environment}") };
        let name = name.replace("-N", "-0");
        let message = format!("the claim `{name}`{of} would not be used any more");
        let lost = Diagnostic::new(Code::ClaimLost, message);
        sink.push(lost.help("keep the names of the volume, the service and the namespace, or say `volumes: {<name>: {existingClaim: …}}`; `--allow-data-loss` goes on. Nothing was written"));
    }
    sink.check()
}

/// What a run would change in a folder: a line for each file, none where it is what would be written.
pub fn compare(tree: &Tree, folder: &Path, sink: &mut Sink) -> Result<Vec<String>, Failed> {
    let run = || -> Result<Vec<String>, Refusal> {
        let old = State::read(folder)?;
        let mut lines = Vec::new();
        for (path, file) in &tree.files {
            let place = folder.join(path);
            match read(&place).map_err(Refusal::at(&place))? {
                Some(content) if content == file.text.as_bytes() => {}
                // What git ignores is on the machine of whoever made it.
                None if file.secret => {}
                Some(_) => lines.push(format!("{} is not what would be written", place.display())),
                None => lines.push(format!("{} is missing", place.display())),
            }
        }
        for (environment, name) in claims::lost(&old.claims, &tree.claims) {
            let place = folder.display();
            lines.push(format!("{place}: the claim {name} of {environment} would be lost"));
        }
        for path in old.files.keys().filter(|path| !tree.files.contains_key(*path)) {
            let place = folder.join(path);
            if read(&place).map_err(Refusal::at(&place))?.is_some() {
                lines.push(format!("{} would be removed", place.display()));
            }
        }
        Ok(lines)
    };
    run().map_err(|Refusal { path, error }| {
        let message = format!("cannot read `{}`: {error}", path.display());
        sink.fail(Diagnostic::new(Code::FileUnreadable, message))
    })
}

/// Why nothing is written.
struct Refusal {
    path: PathBuf,
    error: io::Error,
}

impl Refusal {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self { path, error }
    }
}

struct Outcome {
    report: WriteReport,
    warnings: Vec<Diagnostic>,
}

fn check_place(
    tree: &Tree,
    folder: &Path,
    options: &WriteOptions,
    sink: &mut Sink,
) -> Result<(), Failed> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let inside =
        options.protected.iter().find(|input| absolute(folder).starts_with(absolute(input)));
    if let Some(input) = inside {
        let message =
            format!("`{}` lies in `{}`, which is an input", folder.display(), input.display());
        return Err(sink.fail(
            Diagnostic::new(Code::OutputRefused, message).help("choose another folder with `-o`"),
        ));
    }
    if let Some(path) = tree.files.keys().find(|path| !is_inside(path)) {
        let message = format!("`{path}` would lie outside of the output folder");
        return Err(sink.fail(Diagnostic::new(Code::OutputRefused, message)));
    }
    Ok(())
}

/// Whether a path stays below the folder it is joined to.
fn is_inside(path: &str) -> bool {
    let path = Path::new(path);
    let normal = |component| matches!(component, Component::Normal(_));
    path.components().next().is_some() && path.components().all(normal)
}

/// What is done with each file, decided before the first is touched.
#[derive(Default)]
struct Plan<'a> {
    write: Vec<(&'a str, &'a TreeFile)>,
    remove: Vec<&'a str>,
    report: WriteReport,
    warnings: Vec<Diagnostic>,
}

impl<'a> Plan<'a> {
    fn new(
        tree: &'a Tree,
        folder: &Path,
        old: &'a State,
        options: &WriteOptions,
    ) -> Result<Self, Refusal> {
        let mut plan = Self::default();
        let own = |path: &str, content: &[u8]| {
            let secret = || old.is_secret(path) && mark::is_set(&folder.join(path));
            options.force || old.wrote(path, content) || secret()
        };
        for (path, file) in &tree.files {
            let place = folder.join(path);
            let content = read(&place).map_err(Refusal::at(&place))?;
            match content {
                Some(content) if content == file.text.as_bytes() => {
                    plan.report.unchanged.push(path.clone());
                }
                Some(content) if !own(path, &content) => {
                    let secret = file.secret || old.is_secret(path);
                    // What c2k would write is what it wrote: only the user changed something.
                    let alone = old.wrote(path, file.text.as_bytes());
                    plan.keep(path, folder, secret, alone, "overwrites it");
                }
                _ => plan.write.push((path, file)),
            }
        }
        for path in old.files.keys().filter(|path| !tree.files.contains_key(*path)) {
            let place = folder.join(path);
            let Some(content) = read(&place).map_err(Refusal::at(&place))? else { continue };
            if own(path, &content) {
                plan.remove.push(path);
            } else {
                plan.keep(path, folder, old.is_secret(path), false, "removes it");
            }
        }
        Ok(plan)
    }

    fn keep(&mut self, path: &str, folder: &Path, secret: bool, alone: bool, force: &str) {
        let place = folder.join(path);
        // Of a file with secret values only its time may tell who changed it.
        let why =
            if secret { "has other values than c2k would write" } else { "was changed by hand" };
        let message = format!("`{}` {why}, so it is kept", place.display());
        let help = format!("`--force` {force}");
        let severity = if alone { Severity::Note } else { Severity::Warning };
        let kept = Diagnostic::new(Code::ChangedByHand, message).severity(severity);
        self.warnings.push(kept.help(help));
        self.report.kept.push(path.to_owned());
    }

    fn carry_out(self, tree: &Tree, folder: &Path, old: &State) -> Result<Outcome, Refusal> {
        let Self { write, remove, mut report, warnings } = self;
        let next = next_state(tree, &report.kept, old);
        stage::sweep(folder, tree.files.keys().chain(old.files.keys()));
        let mut stage = Stage::new(folder);
        for (path, file) in &write {
            stage.add(path, file.text.as_bytes(), file.secret)?;
        }
        let both = old.with(&next);
        if both != *old {
            // Whatever happens from here on, the next run knows the files as c2k's own.
            write_state(folder, &both)?;
        }
        stage.commit()?;
        for path in remove {
            let place = folder.join(path);
            fault::step().and_then(|()| fs::remove_file(&place)).map_err(Refusal::at(&place))?;
            remove_empty(folder, &place);
            report.removed.push(path.to_owned());
        }
        if next != both {
            write_state(folder, &next)?;
        }
        report.written = write.into_iter().map(|(path, _)| path.to_owned()).collect();
        Ok(Outcome { report, warnings })
    }
}

fn write_state(folder: &Path, state: &State) -> Result<(), Refusal> {
    let mut stage = Stage::new(folder);
    stage.add(STATE_FILE, state.text().as_bytes(), false)?;
    stage.commit()
}

/// What to remember: what was written; of kept files what was known before, so that they stay known
/// as changed.
fn next_state(tree: &Tree, kept: &[String], old: &State) -> State {
    let kept: BTreeSet<_> = kept.iter().collect();
    let mut state = State { claims: old.claims.clone(), ..State::default() };
    state.claims.extend(tree.claims.clone());
    state.claims.retain(|_, names| !names.is_empty());
    for (path, file) in &tree.files {
        if !kept.contains(path) {
            let mark = if file.secret { Mark::Secret } else { Mark::of(file.text.as_bytes()) };
            state.add(path.clone(), mark);
        } else if let Some(marks) = old.files.get(path) {
            state.files.insert(path.clone(), marks.clone());
        }
    }
    state
}

/// The content of a file, none if there is no such file.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the folders above a removed file that are empty now.
fn remove_empty(folder: &Path, place: &Path) {
    for above in place.ancestors().skip(1).take_while(|above| *above != folder) {
        // Fails where the folder has other files, which is right.
        if fs::remove_dir(above).is_err() {
            break;
        }
    }
}

#[cfg(test)]
mod rerun;
#[cfg(test)]
mod tests;
