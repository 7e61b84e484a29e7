//! One-shots and scheduled jobs.

use std::time::Duration;

use super::{
    project::Project,
    space::{Bench, Space, require, within},
};
use crate::Result;

pub(super) fn changed_image(bench: &Bench) -> Result {
    within(bench, "migration", |space| {
        let project = Project::new(space, "jobs", "dev")?;
        project.up(&[])?;
        count(space, "migrations", 1)?;
        project.up(&[])?;
        count(space, "migrations", 1)?;
        let newer = ["--set", "services.migrate.image=redis:7-alpine"];
        project.up(&newer)?;
        count(space, "migrations", 2)?;
        // A pod that starts later does not wait for what is done, and does not start it again.
        space.kubectl(&["delete", "pods", "-l", "app.kubernetes.io/name=app"])?;
        space.runs()?;
        count(space, "migrations", 2)
    })?;
    for form in ["kustomize", "helm"] {
        within(bench, &format!("migration-{form}"), |space| {
            let project = Project::new(space, "jobs", "dev")?;
            bring(space, &project, form, "install", &[])?;
            count(space, "migrations", 1)?;
            let newer = ["--set", "services.migrate.image=redis:7-alpine"];
            bring(space, &project, form, "upgrade", &newer)?;
            count(space, "migrations", 2)
        })?;
    }
    Ok(())
}

/// Applies a form, without a failing command.
fn bring(space: &Space, project: &Project, form: &str, verb: &str, flags: &[&str]) -> Result {
    let (out, _) = project.convert(form, flags)?;
    if form == "kustomize" {
        space.apply("-k", &project.overlay(&out))?;
    } else {
        let helm = space.bench.cluster.helm([verb, "jobs"]).args(project.chart(&out)?);
        helm.args(["-n", &space.name]).output()?;
    }
    space.runs()
}

pub(super) fn scheduled(bench: &Bench) -> Result {
    within(bench, "schedule", |space| {
        Project::new(space, "jobs", "production")?.up(&[])?;
        space.eventually("the job ran", Duration::from_secs(100), || {
            let ticks = value(space, "ticks")?;
            require(ticks > 0, || "it did not run".to_owned())
        })
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
