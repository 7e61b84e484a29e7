//! A project that uses the whole vocabulary of settings: `tests/settings/`.

use std::{collections::BTreeMap, path::Path};

use xtask::{
    Result,
    apiserver::ApiServer,
    c2k::{C2k, Call},
    checks, files,
    judges::Judges,
};

/// Its environments.
const ENVIRONMENTS: [&str; 4] = ["dev", "staging", "production", "eu"];

fn project(folder: &Path) -> Result<Call> {
    files::copy(&xtask::repository().join("tests/settings"), folder)?;
    Ok(Call { folder: folder.to_owned(), args: Vec::new(), environment: BTreeMap::new() })
}

/// The differences between its three forms.
pub(crate) fn disagreements() -> Result<Vec<String>> {
    let (judges, c2k, folder) = (Judges::find()?, C2k::build()?, files::temporary()?);
    let project = project(folder.path())?;
    let mut found = Vec::new();
    for env in ENVIRONMENTS {
        let lines = checks::agreement(&c2k, &judges, &project, env);
        let lines = lines.unwrap_or_else(|error| vec![error]);
        found.extend(lines.iter().map(|line| format!("{env}: {line}")));
    }
    let lines = checks::chart_of(&c2k, &judges, &project, &ENVIRONMENTS);
    found.extend(lines.unwrap_or_else(|error| vec![error]));
    Ok(found)
}

/// What the API server refuses of its objects.
pub(crate) fn refused() -> Result<Vec<String>> {
    let (judges, c2k, folder) = (Judges::find()?, C2k::build()?, files::temporary()?);
    let (project, server) = (project(folder.path())?, ApiServer::start(&judges)?);
    let mut found = Vec::new();
    for env in ENVIRONMENTS {
        let out = files::temporary()?;
        let objects = checks::manifests(&c2k, &project, Some(env), &out.path().join("k8s"))?;
        let judgement = checks::judge(&server, &objects)?;
        println!("{env}: {} accepted", judgement.accepted);
        found.extend(judgement.refused);
    }
    Ok(found)
}
