//! What c2k writes for every sample and environment, judged by a real kube-apiserver, kustomize
//! and helm. `cargo xtask test` runs this.
#![expect(clippy::print_stdout, reason = "what was judged is worth reading when a test fails")]

#[path = "judged/charts.rs"]
mod charts;
#[path = "judged/content.rs"]
mod content;
#[path = "judged/releases.rs"]
mod releases;
#[path = "judged/settings.rs"]
mod settings;
#[path = "judged/strings.rs"]
mod strings;
#[path = "judged/trees.rs"]
mod trees;

use std::path::Path;

use xtask::{
    Result,
    apiserver::ApiServer,
    c2k::C2k,
    checks, files,
    judges::Judges,
    pod_security,
    samples::{self, Sample},
};

/// The lines that some work gives for every sample, each copied to a folder of its own.
fn for_every_sample(work: impl Fn(&Sample, &Path) -> Result<Vec<String>>) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for sample in samples::all()? {
        let folder = files::temporary()?;
        sample.copy_to(folder.path())?;
        let found = work(&sample, folder.path()).unwrap_or_else(|error| vec![error]);
        problems.extend(found.iter().map(|line| format!("{}: {line}", sample.name)));
    }
    Ok(problems)
}

/// Fails with every line, or with what kept the test from its work.
fn expect_none(problems: Result<Vec<String>>) {
    let problems = problems.unwrap_or_else(|error| vec![error]);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn refused_objects() -> Result<Vec<String>> {
    let judges = Judges::find()?;
    let (c2k, server) = (C2k::build()?, ApiServer::start(&judges)?);
    for_every_sample(|sample, folder| {
        let mut refused = Vec::new();
        let environments = sample.environments();
        for env in environments.iter().map(|env| Some(env.as_str())).chain([None]) {
            let out = files::temporary()?;
            let place = out.path().join("k8s");
            let objects = checks::manifests(&c2k, &sample.call(folder), env, &place)?;
            let judgement = checks::judge(&server, &objects)?;
            let env = env.unwrap_or("base");
            println!("{} ({env}): {} objects accepted", sample.name, judgement.accepted);
            for line in &judgement.warnings {
                println!("warning: {line}");
            }
            refused.extend(judgement.refused.iter().map(|line| format!("{env}: {line}")));
        }
        Ok(refused)
    })
}

fn refused_pods() -> Result<Vec<String>> {
    let judges = Judges::find()?;
    let (c2k, server) = (C2k::build()?, ApiServer::start(&judges)?);
    for_every_sample(|sample, folder| {
        let mut problems = Vec::new();
        for env in sample.environments().into_iter().map(Some).chain([None]) {
            let call = sample.call(folder);
            let found = pod_security::admission(&server, &c2k, &call, env.as_deref())?;
            let level = found.level.ok_or("nothing was written")?;
            let env = env.as_deref().unwrap_or("base");
            println!("{} ({env}): {} pods admitted at {level}", sample.name, found.admitted);
            if found.admitted == 0 {
                problems.push(format!("{env}: no pods"));
            }
            let lines = found.refused.iter().chain(&found.weak);
            problems.extend(lines.map(|line| format!("{env}: {line}")));
        }
        Ok(problems)
    })
}

fn disagreements() -> Result<Vec<String>> {
    let (judges, c2k) = (Judges::find()?, C2k::build()?);
    for_every_sample(|sample, folder| {
        let mut differences = Vec::new();
        for env in sample.environments() {
            let found = checks::agreement(&c2k, &judges, &sample.call(folder), &env);
            let found = found.unwrap_or_else(|error| vec![error]);
            differences.extend(found.iter().map(|line| format!("{env}: {line}")));
        }
        Ok(differences)
    })
}

#[test]
fn the_api_server_refuses_no_object() {
    expect_none(refused_objects());
}

#[test]
fn the_recorded_level_admits_every_pod() {
    expect_none(refused_pods());
}

#[test]
fn manifests_kustomize_and_helm_agree() {
    expect_none(disagreements());
}

#[test]
fn trees_of_all_environments_build_and_agree() {
    expect_none(trees::problems());
}

#[test]
fn the_api_server_reads_every_string_as_it_was() {
    expect_none(strings::altered());
}

#[test]
fn schemas_of_charts_refuse_mistakes() {
    expect_none(charts::accepted_mistakes());
}

#[test]
fn what_charts_document_gives_valid_objects() {
    expect_none(charts::broken_toggles());
}

#[test]
fn helm_lints_and_packages_charts() {
    expect_none(charts::complaints());
}

#[test]
fn helm_3_renders_what_helm_4_does() {
    expect_none(charts::unlike_helm_3());
}

#[test]
fn texts_go_through_all_forms_unchanged() {
    expect_none(content::altered());
}

#[test]
fn releases_are_installed_and_upgraded() {
    expect_none(releases::refused());
}

#[test]
fn sections_of_values_are_short() {
    expect_none(charts::long_sections());
}

#[test]
fn every_setting_gives_the_same_in_all_forms() {
    expect_none(settings::disagreements());
}

#[test]
fn every_setting_gives_objects_that_are_accepted() {
    expect_none(settings::refused());
}
