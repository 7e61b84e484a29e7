//! One-shots and scheduled jobs.

use std::time::Duration;

use super::{
    project::Project,
    space::{Space, require},
};
use crate::Result;

/// The settings of a newer migration.
const NEWER: [&str; 2] = ["--set", "services.migrate.image=redis:7-alpine"];

/// As plain manifests: a pod that starts later does not wait for what is done, and does not start
/// it again.
pub(super) fn changed_image(project: &Project) -> Result {
    let space = project.space;
    project.up(&[])?;
    count(space, "migrations", 1)?;
    project.up(&[])?;
    count(space, "migrations", 1)?;
    project.up(&NEWER)?;
    count(space, "migrations", 2)?;
    space.kubectl(&["delete", "pods", "-l", "app.kubernetes.io/name=app"])?;
    space.runs()?;
    count(space, "migrations", 2)
}

pub(super) fn changed_image_in_a_tree(project: &Project) -> Result {
    changed_image_in(project, "kustomize")
}

pub(super) fn changed_image_in_a_chart(project: &Project) -> Result {
    changed_image_in(project, "helm")
}

fn changed_image_in(project: &Project, form: &str) -> Result {
    bring(project, form, "install", &[])?;
    count(project.space, "migrations", 1)?;
    bring(project, form, "upgrade", &NEWER)?;
    count(project.space, "migrations", 2)
}

/// Applies a form, without a failing command.
fn bring(project: &Project, form: &str, verb: &str, flags: &[&str]) -> Result {
    let space = project.space;
    let (out, _) = project.convert(form, flags)?;
    if form == "kustomize" {
        space.apply("-k", &project.overlay(&out))?;
    } else {
        let helm = space.bench.cluster.helm([verb, "jobs"]).args(project.chart(&out)?);
        helm.args(["-n", &space.name]).output()?;
    }
    space.runs()
}

pub(super) fn scheduled(project: &Project) -> Result {
    let space = project.space;
    project.up(&[])?;
    space.eventually("the job ran", Duration::from_secs(100), || {
        let ticks = value(space, "ticks")?;
        require(ticks > 0, || "it did not run".to_owned())
    })
}

fn count(space: &Space, key: &str, wanted: u32) -> Result {
    let found = value(space, key)?;
    require(found == wanted, || format!("{key}: {found} instead of {wanted}"))
}

fn value(space: &Space, key: &str) -> Result<u32> {
    let text = space.exec("deploy/cache", &["redis-cli", "GET", key])?;
    Ok(text.trim().parse().unwrap_or(0))
}
