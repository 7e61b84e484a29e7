//! The chart of a project beside its manifests.

use std::collections::BTreeMap;

use super::{Job, Values, render};
use crate::{
    Result,
    agreement::{self, Against},
    c2k::{C2k, Call},
    checks, files,
    judges::Judges,
    objects::{self, Object},
};

/// What came of the chart of one project.
#[derive(Debug, Default)]
pub struct Compared {
    /// Whether the project converts.
    pub converted: bool,
    /// The environments whose renders were compared.
    pub renders: usize,
    /// The wrong values that were tried.
    pub mistakes: usize,
    /// What is wrong, by kind.
    pub findings: BTreeMap<&'static str, Vec<String>>,
}

/// Compares the manifests of a project with its chart in these environments, and looks at what
/// lint, package and the schema say.
pub fn of_project(c2k: &C2k, judges: &Judges, project: &Call, envs: &[&str]) -> Result<Compared> {
    let temporary = files::temporary()?;
    let folder = temporary.path();
    let mut call = project.clone();
    call.args.extend(envs.iter().flat_map(|env| ["--env", env]).map(str::to_owned));
    let plain = folder.join("manifests");
    let ended = c2k.convert(&call, "manifests", None, &plain)?;
    if !matches!(ended.code, Some(0 | 1)) || !plain.is_dir() {
        return Ok(Compared::default());
    }
    let out = folder.join("charts");
    c2k.must_convert(&call, "helm", None, &out)?;
    let chart = checks::chart(&out)?;
    let mut found = Compared { converted: true, ..Compared::default() };
    let mut environments = Vec::new();
    for env in envs {
        // One environment lies in the folder itself.
        let place = if envs.len() == 1 { plain.clone() } else { plain.join(env) };
        environments.push((env, objects::read(&place)?));
    }
    let renders = environments.iter().map(|(env, manifests)| {
        let namespace = manifests.iter().map(Object::namespace).find(|name| !name.is_empty());
        let files = checks::value_files(&chart, env);
        Values { files, namespace: namespace.map(str::to_owned), ..Values::default() }
    });
    let job = Job { renders: renders.collect(), lint: true, package: Some(folder) };
    let rendered = render(judges, &chart, &job)?;
    for ((env, manifests), rendered) in environments.iter().zip(rendered) {
        let mut note = |kind, lines: Vec<String>| {
            let lines = lines.iter().map(|line| format!("{env}: {line}"));
            found.findings.entry(kind).or_default().extend(lines);
        };
        note("lint-findings", rendered.lint);
        match rendered.objects {
            Ok(all) => {
                note("differences", agreement::differences(manifests, &all, Against::Helm));
                found.renders += 1;
            }
            Err(error) => note("errors", vec![error]),
        }
    }
    let (tried, accepted) = checks::mistakes(judges, &chart, false)?;
    found.mistakes = tried;
    found.findings.insert("mistakes-accepted", accepted);
    found.findings.retain(|_, lines| !lines.is_empty());
    Ok(found)
}
