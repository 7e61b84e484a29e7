//! What is checked of one project in one environment: acceptance by the API server, and the
//! agreement of the three forms.

use std::path::{Path, PathBuf};

use crate::{
    Result,
    agreement::{self, Against},
    apiserver::{ApiServer, Verdict},
    c2k::{C2k, Call},
    charts, context, files,
    judges::Judges,
    objects::{self, Object},
    process::Run,
};

/// The environments that come with c2k.
pub const BUILT_IN: [&str; 3] = ["dev", "staging", "production"];

/// What the API server said of a set of objects.
#[derive(Debug, Default)]
pub struct Judgement {
    /// How many objects it would create.
    pub accepted: usize,
    /// A line for each object that it refuses.
    pub refused: Vec<String>,
    /// A line for each warning.
    pub warnings: Vec<String>,
}

/// Puts every object before the API server.
pub fn judge(server: &ApiServer, objects: &[Object]) -> Result<Judgement> {
    let mut judgement = Judgement::default();
    for object in objects {
        let title = format!("{}: {}/{}", object.origin, object.kind(), object.name());
        match server.judge(object)? {
            Verdict::Refused(why) => judgement.refused.push(format!("{title}: {why}")),
            Verdict::Accepted(warnings) => {
                judgement.accepted += 1;
                let lines = warnings.iter().map(|warning| format!("{title}: {warning}"));
                judgement.warnings.extend(lines);
            }
        }
    }
    Ok(judgement)
}

/// The differences between the three forms of a project in one environment.
pub fn agreement(c2k: &C2k, judges: &Judges, project: &Call, env: &str) -> Result<Vec<String>> {
    let out = files::temporary()?;
    let manifests = manifests(c2k, project, Some(env), &out.path().join("manifests"))?;
    let kustomized = kustomized(c2k, judges, project, env, &out.path().join("kustomize"))?;
    let charted = charted(c2k, judges, project, env, &out.path().join("helm"), &manifests)?;
    let mut found = agreement::differences(&manifests, &kustomized, Against::Kustomize);
    for line in &mut found {
        line.insert_str(0, "kustomize: ");
    }
    let helm = agreement::differences(&manifests, &charted, Against::Helm);
    found.extend(helm.iter().map(|line| format!("helm: {line}")));
    Ok(found)
}

/// What is wrong with the chart of a project for these environments: objects that are not those of
/// the manifests, complaints of `helm lint --strict` and `helm package`, values that its schema
/// should refuse.
pub fn chart_of(c2k: &C2k, judges: &Judges, project: &Call, envs: &[&str]) -> Result<Vec<String>> {
    let found = charts::compared::of_project(c2k, judges, project, envs)?;
    if !found.converted {
        return Err("the project does not convert".to_owned());
    }
    Ok(found.findings.into_values().flatten().collect())
}

/// Values that a chart's schema should refuse and does not; with `all` every single value is tried.
pub fn accepted_mistakes(judges: &Judges, chart: &Path, all: bool) -> Result<Vec<String>> {
    mistakes(judges, chart, all).map(|(_, accepted)| accepted)
}

/// How many wrong values were tried on a chart, and a line for each that its schema accepts.
pub fn mistakes(judges: &Judges, chart: &Path, all: bool) -> Result<(usize, Vec<String>)> {
    let mistakes = charts::refusals::of(&values_of(chart)?, all);
    let values: Vec<_> = mistakes.iter().map(|(_, values)| values).collect();
    let accepted = charts::accepted(judges, chart, &values)?;
    if accepted.len() != mistakes.len() {
        return Err(format!("{} answers for {} mistakes", accepted.len(), mistakes.len()));
    }
    let named = mistakes.iter().zip(accepted).filter(|(_, accepted)| *accepted);
    let lines = named.map(|((name, _), _)| format!("the schema accepts {name}")).collect();
    Ok((mistakes.len(), lines))
}

/// The values of a chart.
pub fn values_of(chart: &Path) -> Result<serde_json::Value> {
    let path = chart.join("values.yaml");
    objects::yaml(&context(std::fs::read_to_string(&path), path.display())?)
}

/// The objects of the manifests form; without an environment those of the base.
pub fn manifests(c2k: &C2k, project: &Call, env: Option<&str>, out: &Path) -> Result<Vec<Object>> {
    c2k.must_convert(project, "manifests", env, out)?;
    objects::read(out)
}

fn kustomized(
    c2k: &C2k,
    judges: &Judges,
    project: &Call,
    env: &str,
    out: &Path,
) -> Result<Vec<Object>> {
    c2k.must_convert(project, "kustomize", Some(env), out)?;
    let overlay = out.join("overlays").join(env);
    let built = Run::new(&judges.kustomize).args(["build"]).args([overlay]).output()?;
    objects::parse(&built, "kustomize build")
}

fn charted(
    c2k: &C2k,
    judges: &Judges,
    project: &Call,
    env: &str,
    out: &Path,
    manifests: &[Object],
) -> Result<Vec<Object>> {
    c2k.must_convert(project, "helm", Some(env), out)?;
    let chart = chart(out)?;
    let project = chart.file_name().unwrap_or_default();
    let values = values(&chart, env);
    let namespaces = manifests.iter().map(Object::namespace).find(|name| !name.is_empty());
    let namespace = namespaces.into_iter().flat_map(|name| ["-n", name]);
    let template = helm(judges, out).args(["template"]).args([project]).args([&chart]);
    let rendered = template.args(namespace).args(&values).output()?;
    let lint = helm(judges, out).args(["lint", "--strict"]).args([&chart]).args(&values).end()?;
    if lint.code != Some(0) {
        return Err(format!("`helm lint --strict`:\n{}{}", lint.stdout, lint.stderr));
    }
    objects::parse(&rendered, "helm template")
}

/// A run of helm that keeps its own files out of the person's home.
fn helm(judges: &Judges, out: &Path) -> Run {
    Run::new(&judges.helm).env("HOME", out).within(out)
}

/// The chart's folder: the only one with a `Chart.yaml`.
pub fn chart(out: &Path) -> Result<PathBuf> {
    let charts = files::folders(out).into_iter().map(|name| out.join(name));
    let mut charts = charts.filter(|folder| folder.join("Chart.yaml").is_file());
    charts.next().ok_or_else(|| format!("no chart in {}", out.display()))
}

/// The `-f` arguments of an environment.
fn values(chart: &Path, env: &str) -> Vec<String> {
    value_files(chart, env).into_iter().flat_map(|file| ["-f".to_owned(), file]).collect()
}

/// The values files of an environment.
pub fn value_files(chart: &Path, env: &str) -> Vec<String> {
    let files = [format!("values-{env}.yaml"), format!("secrets-{env}.yaml")];
    let files = files.iter().map(|name| chart.join(name)).filter(|path| path.is_file());
    files.map(|path| path.display().to_string()).collect()
}
