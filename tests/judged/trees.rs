//! Kustomize trees with all environments of a sample.

use std::path::Path;

use xtask::{
    Result,
    agreement::{Against, differences},
    c2k::C2k,
    checks, files,
    judges::Judges,
    objects,
    process::Run,
    samples::Sample,
};

/// A patch of the user for every sample: all kinds of workloads get a label and an annotation.
const CUSTOM: &str = "\
namespace: judged
labels: [{pairs: {team: judged}, includeTemplates: true}]
commonAnnotations: {judged: 'yes'}
configMapGenerator: [{name: judged-ENV, literals: [A=1]}]
patches:
- target: {kind: Deployment|StatefulSet|DaemonSet}
  patch: '[{\"op\": \"add\", \"path\": \"/spec/template/spec/priorityClassName\", \"value\": \"high\"}]'
";

/// What is wrong with the trees of every sample, with and without patches of the user.
pub(crate) fn problems() -> Result<Vec<String>> {
    let (judges, c2k) = (Judges::find()?, C2k::build()?);
    super::for_every_sample(|sample, folder| {
        let mut found = tree(&c2k, &judges, sample, folder)?;
        let project = sample.call(folder).folder;
        for env in sample.environments() {
            let own = project.join("overlays").join(&env);
            std::fs::create_dir_all(&own).map_err(|error| error.to_string())?;
            // An environment that extends another inherits what that one generates.
            std::fs::write(own.join("kustomization.yaml"), CUSTOM.replace("ENV", &env))
                .map_err(|error| error.to_string())?;
        }
        let patched = tree(&c2k, &judges, sample, folder)?;
        found.extend(patched.iter().map(|line| format!("patched: {line}")));
        Ok(found)
    })
}

fn tree(c2k: &C2k, judges: &Judges, sample: &Sample, folder: &Path) -> Result<Vec<String>> {
    let (call, out) = (sample.call(folder), files::temporary()?);
    let place = out.path().join("kustomize");
    let mut all = call.clone();
    all.args.extend(sample.environments().into_iter().flat_map(|env| ["--env".to_owned(), env]));
    c2k.must_convert(&all, "kustomize", None, &place)?;
    let mut found = Vec::new();
    for (name, path) in files::below(&place)? {
        let Some(part) = path.parent().filter(|_| name.ends_with("kustomization.yaml")) else {
            continue;
        };
        // Every folder builds alone, and nothing in it is deprecated.
        let run = Run::new(&judges.kustomize).args(["build".as_ref(), part.as_os_str()]).end()?;
        if run.code != Some(0) || !run.stderr.is_empty() {
            found.push(format!("{name}: {}", run.stderr));
        }
    }
    for env in sample.environments() {
        let manifests = checks::manifests(c2k, &call, Some(&env), &out.path().join(&env))?;
        let overlay = place.join("overlays").join(&env);
        let built = Run::new(&judges.kustomize).args(["build"]).args([overlay]).output()?;
        let built = objects::parse(&built, "kustomize build")?;
        let lines = differences(&manifests, &built, Against::Kustomize);
        found.extend(lines.iter().map(|line| format!("{env}: {line}")));
    }
    Ok(found)
}
