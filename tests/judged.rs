//! What c2k writes for every sample and environment, judged by a real kube-apiserver, kustomize
//! and helm. `cargo xtask test` runs this.

use xtask::{
    Result,
    apiserver::ApiServer,
    c2k::C2k,
    checks, files,
    judges::Judges,
    samples::{self, Sample},
};

/// Does something for every sample, each copied to a folder of its own, and fails with all lines
/// that it gives.
fn for_every_sample(work: impl Fn(&Sample, &std::path::Path) -> Result<Vec<String>>) {
    let mut problems = Vec::new();
    for sample in samples::all().unwrap() {
        let folder = files::temporary().unwrap();
        sample.copy_to(folder.path()).unwrap();
        let found = work(&sample, folder.path()).unwrap_or_else(|error| vec![error]);
        problems.extend(found.iter().map(|line| format!("{}: {line}", sample.name)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_api_server_refuses_no_object() {
    let judges = Judges::find().unwrap();
    let (c2k, server) = (C2k::build().unwrap(), ApiServer::start(&judges).unwrap());
    for_every_sample(|sample, folder| {
        let mut refused = Vec::new();
        let environments = sample.environments();
        for env in environments.iter().map(|env| Some(env.as_str())).chain([None]) {
            let out = files::temporary()?;
            let objects = checks::manifests(&c2k, &sample.call(folder), env, out.path())?;
            let judgement = checks::judge(&server, &objects)?;
            let env = env.unwrap_or("base");
            println!("{} ({env}): {} objects accepted", sample.name, judgement.accepted);
            let lines = judgement.refused.iter().map(|line| format!("{env}: {line}"));
            refused.extend(lines);
            judgement.warnings.iter().for_each(|line| println!("warning: {line}"));
        }
        Ok(refused)
    });
}

#[test]
fn manifests_kustomize_and_helm_agree() {
    let judges = Judges::find().unwrap();
    let c2k = C2k::build().unwrap();
    for_every_sample(|sample, folder| {
        let mut differences = Vec::new();
        for env in sample.environments() {
            let found = checks::agreement(&c2k, &judges, &sample.call(folder), &env);
            let found = found.unwrap_or_else(|error| vec![error]);
            differences.extend(found.iter().map(|line| format!("{env}: {line}")));
        }
        Ok(differences)
    });
}
