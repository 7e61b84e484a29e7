//! Secrets that are only referred to.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{
    forms::serves,
    project::Project,
    rollout::changed as rolled,
    space::{Space, require, text},
};
use crate::{Result, objects::at};

/// Values of the compose file that must not reach production.
const DEVELOPMENT: [&str; 3] =
    ["dev-only-password", "dev-only-session-key", "file-secret-of-development"];

pub(super) fn reference(project: &Project) -> Result {
    let space = project.space;
    let (out, said) = project.convert("manifests", &[])?;
    space.apply("-f", &out)?;
    space.eventually("pods wait for their Secrets", Duration::from_mins(1), || {
        let events = space.kubectl(&["get", "events", "-o", "name"])?;
        let pods = space.pods("db")?;
        let state = format!("{pods:?}");
        require(state.contains("CreateContainerConfigError"), || events)
    })?;
    // The line that c2k printed, with strong values for what has none.
    let line = said.lines().map(str::trim).find(|line| line.starts_with("c2k secrets"));
    let line = line.ok_or_else(|| format!("no line says how to make the Secrets:\n{said}"))?;
    strong_values(project)?;
    project.shell(line)?;
    space.runs()?;
    serves(space, "welcome")?;
    no_development_value(space)
}

/// A new value reaches those who use it, and restarts nobody else.
pub(super) fn changed(project: &Project) -> Result {
    let space = project.space;
    let names = ["api", "gateway", "worker", "db", "cache", "broker"];
    let ids = || names.iter().map(|name| space.ids(name)).collect::<Result<Vec<_>>>();
    project.up(&[])?;
    let before = ids()?;
    another_key(project)?;
    let (out, said) = project.convert("manifests", &[])?;
    space.apply("-f", &out)?;
    rolled(&names, &before, &ids()?, &[])?;
    let line = restart_line(&said)?;
    let users = ["api", "worker", "db"];
    for user in users {
        require(line.contains(&format!("/{user}")), || format!("no {user} in `{line}`"))?;
    }
    project.shell(&line)?;
    space.runs()?;
    rolled(&names, &before, &ids()?, &users)?;
    has_the_new_key(space)
}

/// The same for a release that is there.
pub(super) fn changed_in_a_release(project: &Project) -> Result {
    let space = project.space;
    let before = (space.ids("api")?, space.ids("gateway")?);
    another_key(project)?;
    let (out, said) = project.convert("helm", &[])?;
    let helm = space.bench.cluster.helm(["upgrade", "guestbook"]).args(project.chart(&out)?);
    helm.args(["-n", &space.name]).output()?;
    project.shell(&restart_line(&said)?)?;
    space.runs()?;
    has_the_new_key(space)?;
    require(before.0 != space.ids("api")?, || "the pods of `api` were kept".to_owned())?;
    require(before.1 == space.ids("gateway")?, || "the gateway was replaced".to_owned())
}

/// In a Kustomize tree that was applied, a changed Secret rolls its users by itself.
pub(super) fn changed_in_a_tree(project: &Project) -> Result {
    let space = project.space;
    let before = (space.ids("api")?, space.ids("gateway")?);
    another_key(project)?;
    let (out, _) = project.convert("kustomize", &[])?;
    space.apply("-k", &project.overlay(&out))?;
    space.runs()?;
    has_the_new_key(space)?;
    require(before.0 != space.ids("api")?, || "the pods of `api` were kept".to_owned())?;
    require(before.1 == space.ids("gateway")?, || "the gateway was replaced".to_owned())
}

fn another_key(project: &Project) -> Result {
    project.edit("docker-compose.yml", "dev-only-session-key", "another-session-key")
}

/// The line that restarts who uses Secrets.
fn restart_line(said: &str) -> Result<String> {
    let line = said.lines().map(str::trim).find(|line| line.starts_with("kubectl rollout"));
    let line = line.ok_or_else(|| format!("no line says how to restart:\n{said}"))?;
    Ok(line.to_owned())
}

fn has_the_new_key(space: &Space) -> Result {
    let key = space.exec(&space.name_of_pod("api")?, &["printenv", "SESSION_KEY"])?;
    require(key.trim() == "another-session-key", || key)
}

/// The values that an operator gives instead of those for development.
fn strong_values(project: &Project) -> Result {
    let env = "DB_PASSWORD=Xn4q-production\nSESSION_KEY=Wm7z-production\n";
    crate::files::write(&project.source().join(".env"), env.as_bytes())?;
    let token = project.source().join("secrets/admin_token.txt");
    crate::files::write(&token, b"Ty2k-production")
}

fn no_development_value(space: &Space) -> Result {
    for object in space.list("secrets,configmaps,pods,deployments,statefulsets,jobs", "")? {
        let name = text(&object, &["metadata", "name"]);
        let data = at(&object, &["data"]).and_then(Value::as_object);
        let decoded = data.into_iter().flatten().filter_map(|(_, value)| {
            let bytes = BASE64_STANDARD.decode(value.as_str()?).ok()?;
            String::from_utf8(bytes).ok()
        });
        let everything = format!("{object}{}", decoded.collect::<String>());
        for value in DEVELOPMENT {
            require(!everything.contains(value), || format!("`{name}` holds `{value}`"))?;
        }
    }
    Ok(())
}
