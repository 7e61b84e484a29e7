//! Names of environments, and the files of the compose side that belong to them.

use super::builtin;
use crate::{
    load::Files,
    text::{Code, Diagnostic, Failed, Sink, did_you_mean},
};

/// What an environment is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentName {
    /// As it was asked for: `prod`.
    pub asked: String,
    /// What that means: `production`.
    pub resolved: String,
    /// Other names of the same environment, under which its files may lie.
    pub aliases: Vec<String>,
}

/// The files of an environment beside the compose files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComposeSide {
    /// Compose files, merged after the base files.
    pub compose_files: Vec<String>,
    /// Environment files, read over `.env`.
    pub env_files: Vec<String>,
}

/// Finds the environment of a name: an own folder, a built-in one, an alias, or a compose file.
pub fn environment_name(
    asked: &str,
    files: &dyn Files,
    project_dir: &str,
    sink: &mut Sink,
) -> Result<EnvironmentName, Failed> {
    let named = |resolved: &str, aliases| EnvironmentName {
        asked: asked.to_owned(),
        resolved: resolved.to_owned(),
        aliases,
    };
    let own = |name: &str| is_own(name, files, project_dir);
    let aliases_of = |name: &str| -> Vec<String> {
        let all = builtin::aliases(name).iter().filter(|alias| !own(alias));
        all.map(|alias| (*alias).to_owned()).collect()
    };
    if is_name(asked) {
        if builtin::text(asked).is_some() {
            return Ok(named(asked, aliases_of(asked)));
        }
        if own(asked) {
            return Ok(named(asked, Vec::new()));
        }
        if let Some(resolved) = builtin::resolve(asked) {
            return Ok(named(resolved, aliases_of(resolved)));
        }
        if has_compose_file(asked, files, project_dir) {
            return Ok(named(asked, Vec::new()));
        }
    }
    Err(sink.fail(unknown(asked, files, project_dir)))
}

/// The names of the environments in `overlays/`, sorted, or the built-in ones where there are none.
pub fn environment_names(files: &dyn Files, project_dir: &str) -> Vec<String> {
    let own = own_names(files, project_dir);
    if own.is_empty() {
        builtin::NAMES.iter().map(|name| (*name).to_owned()).collect()
    } else {
        own
    }
}

/// The compose files and environment files of an environment, found by their names.
///
/// A `test` file is usually a unit-test runner's, so it counts only for the project's own `test`.
pub fn compose_side(
    name: &EnvironmentName,
    base_files: &[String],
    files: &dyn Files,
    project_dir: &str,
    sink: &mut Sink,
) -> Result<ComposeSide, Failed> {
    let names: Vec<&str> = std::iter::once(name.resolved.as_str())
        .chain(name.aliases.iter().map(String::as_str).filter(|alias| *alias != "test"))
        .collect();
    let mut side = ComposeSide::default();
    let mut failed = false;
    for base in base_files {
        let Some(stem) = stem(base) else { continue };
        let candidates = names.iter().flat_map(|name| {
            [".", "-"].into_iter().flat_map(move |sign| {
                ["yaml", "yml"].map(|ending| format!("{stem}{sign}{name}.{ending}"))
            })
        });
        let fresh = candidates.filter(|path| !base_files.contains(path));
        match at_most_one(fresh, name, files, sink) {
            Ok(found) => side.compose_files.extend(found),
            Err(Failed) => failed = true,
        }
    }
    let env_files = names.iter().map(|name| join(project_dir, &format!(".env.{name}")));
    side.env_files.extend(at_most_one(env_files, name, files, sink)?);
    if failed { Err(Failed) } else { Ok(side) }
}

/// The path of an entry of a folder.
pub(super) fn join(folder: &str, name: &str) -> String {
    match folder {
        "" | "." => name.to_owned(),
        _ => format!("{}/{name}", folder.trim_end_matches('/')),
    }
}

/// Whether the project has a folder for the environment.
pub(super) fn is_own(name: &str, files: &dyn Files, project_dir: &str) -> bool {
    let path = join(&join(project_dir, "overlays"), name);
    files.stat(&path).is_some_and(|stat| stat.folder)
}

/// Every environment that can be asked for by its own name.
pub(super) fn known_names(files: &dyn Files, project_dir: &str) -> Vec<String> {
    let mut names = own_names(files, project_dir);
    names.extend(builtin::NAMES.iter().map(|name| (*name).to_owned()));
    names.sort();
    names.dedup();
    names
}

fn own_names(files: &dyn Files, project_dir: &str) -> Vec<String> {
    let listed = files.list(&join(project_dir, "overlays")).unwrap_or_default();
    let mut names: Vec<String> = listed
        .into_iter()
        .filter(|name| is_name(name) && is_own(name, files, project_dir))
        .collect();
    names.sort();
    names
}

/// Names become folders and parts of file names, so nothing in them may lead elsewhere.
pub(super) fn is_name(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(legal)
}

/// Whether some `<stem>.<name>.yaml` lies beside its `<stem>.yaml`.
fn has_compose_file(name: &str, files: &dyn Files, project_dir: &str) -> bool {
    let listed = files.list(project_dir).unwrap_or_default();
    let stems: Vec<&str> = listed.iter().filter_map(|file| stem(file)).collect();
    stems.iter().any(|candidate| {
        let base = candidate.strip_suffix(name).and_then(|rest| rest.strip_suffix(['.', '-']));
        base.is_some_and(|base| stems.contains(&base))
    })
}

fn stem(path: &str) -> Option<&str> {
    path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml"))
}

fn at_most_one(
    candidates: impl Iterator<Item = String>,
    name: &EnvironmentName,
    files: &dyn Files,
    sink: &mut Sink,
) -> Result<Option<String>, Failed> {
    let mut found = candidates.filter(|path| files.stat(path).is_some_and(|stat| stat.file));
    let first = found.next();
    match (&first, found.next()) {
        (Some(one), Some(other)) => {
            let message = format!("`{one}` and `{other}` are both for `{}`", name.resolved);
            let several = Diagnostic::new(Code::SeveralEnvironmentFiles, message);
            Err(sink.fail(several.help("keep one of them")))
        }
        _ => Ok(first),
    }
}

fn unknown(asked: &str, files: &dyn Files, project_dir: &str) -> Diagnostic {
    let known = known_names(files, project_dir);
    let aliases = builtin::NAMES.iter().flat_map(|name| builtin::aliases(name)).copied();
    let nearest = did_you_mean(asked, known.iter().map(String::as_str).chain(aliases));
    let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let help = match nearest {
        Some(name) => format!("did you mean `{name}`? There are {list}"),
        None => format!("there are {list}; `c2k init --env {asked}` makes a new one"),
    };
    Diagnostic::new(Code::UnknownEnvironment, format!("no environment is called `{asked}`"))
        .help(help)
}
