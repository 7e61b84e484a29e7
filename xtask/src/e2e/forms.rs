//! The three forms, each applied by its own tool.

use std::time::Duration;

use super::{
    data::is_there,
    project::Project,
    space::{Space, require},
};
use crate::{Result, process::Run};

/// How long what was changed may take to be seen.
const SOON: Duration = Duration::from_mins(1);

pub(super) fn manifests(project: &Project) -> Result {
    let space = project.space;
    let out = project.up(&["--profile", "tools"])?;
    serves(space, "hello")?;
    let listing = space.ask("http://files:9090/")?;
    require(listing.contains("notes.txt"), || format!("the profile's service: {listing}"))?;
    // A second time changes nothing.
    let before = space.ids("api")?;
    space.apply("-f", &out)?;
    space.runs()?;
    require(space.ids("api")? == before, || "applying again replaced pods".to_owned())
}

pub(super) fn kustomize(project: &Project) -> Result {
    let space = project.space;
    let (out, _) = project.convert("kustomize", &[])?;
    space.apply("-k", &project.overlay(&out))?;
    space.runs()?;
    serves(space, "hello")
}

pub(super) fn helm(project: &Project) -> Result {
    let space = project.space;
    let (out, _) = project.convert("helm", &[])?;
    let chart = project.chart(&out)?;
    run(space, &["install", "guestbook"], &chart)?;
    space.runs()?;
    serves(space, "hello")?;
    run(space, &["upgrade", "guestbook"], &greeting(&chart, "good-evening"))?;
    space.runs()?;
    space.eventually("the new greeting", SOON, || greets(space, "good-evening"))?;
    is_there(space, "after an upgrade")?;
    run(space, &["rollback", "guestbook", "1"], &[])?;
    space.runs()?;
    space.eventually("the old greeting", SOON, || greets(space, "hello"))?;
    is_there(space, "after a rollback")?;
    run(space, &["test", "guestbook"], &[])
}

/// A release that is removed leaves nothing that runs.
pub(super) fn uninstall(project: &Project) -> Result {
    let space = project.space;
    run(space, &["uninstall", "guestbook"], &[])?;
    space.eventually("no workload is left", SOON, || {
        let left = space.list("deployments,statefulsets,services,jobs,cronjobs", "")?;
        require(left.is_empty(), || format!("{} objects are left", left.len()))
    })
}

/// The flags that change the greeting.
fn greeting(chart: &[String], text: &str) -> Vec<String> {
    let set = ["--set".to_owned(), format!("api.config.GREETING={text}")];
    chart.iter().cloned().chain(set).collect()
}

fn run(space: &Space, verb: &[&str], rest: &[String]) -> Result {
    let helm: Run = space.bench.cluster.helm(verb).args(rest).args(["-n", &space.name]);
    helm.output().map(drop).map_err(|error| format!("helm {}: {error}", verb.join(" ")))
}

fn greets(space: &Space, text: &str) -> Result {
    let about = space.ask("http://gateway/api/about")?;
    require(about.contains(&format!("\"{text}\"")), || format!("it says {about}"))
}

/// The whole way: gateway, API, database, cache, queue, worker, shared volume, gateway.
pub(super) fn serves(space: &Space, text: &str) -> Result {
    space.client("guestbook")?;
    let posted = space.eventually("a note is taken", SOON, || {
        space.post("http://gateway:80/api/notes", "first note")
    })?;
    require(posted.contains("\"id\""), || posted)?;
    greets(space, text)?;
    let count = space.ask("http://backend:8000/api/count")?;
    require(count.contains("\"1\""), || count)?;
    space.eventually("the worker exports the note", SOON, || {
        let exported = space.ask("http://gateway/exports/notes.txt")?;
        require(exported.contains("first note"), || exported)
    })
}
