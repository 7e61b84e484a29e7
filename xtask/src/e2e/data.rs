//! What is written stays written.

use super::{
    forms::serves,
    project::Project,
    space::{Space, require},
};
use crate::Result;

/// The pod is deleted, rolled, and in staging the workload is deleted and applied again.
pub(super) fn survives(project: &Project) -> Result {
    let space = project.space;
    let out = project.up(&[])?;
    serves(space, "hello from staging")?;
    space.kubectl(&["delete", "pod", "db-0", "worker-0"])?;
    space.runs()?;
    is_there(space, "after the pods were deleted")?;
    space.kubectl(&["rollout", "restart", "statefulset/db", "statefulset/worker"])?;
    space.runs()?;
    is_there(space, "after a restart")?;
    space.kubectl(&["delete", "statefulset", "db", "worker"])?;
    space.apply("-f", &out)?;
    space.runs()?;
    is_there(space, "after the workloads were deleted and applied again")
}

/// In production too, the workload is deleted and applied again.
pub(super) fn survives_in_production(project: &Project) -> Result {
    let space = project.space;
    let out = project.up(&[])?;
    space.kubectl(&["delete", "statefulset", "db", "worker"])?;
    space.apply("-f", &out)?;
    space.runs()?;
    is_there(space, "after the workloads were deleted and applied again")
}

/// What `serves` wrote.
pub(super) fn is_there(space: &Space, when: &str) -> Result {
    let soon = std::time::Duration::from_mins(1);
    let notes = space.eventually("the notes", soon, || space.ask("http://api:8000/api/notes"))?;
    require(notes.contains("first note"), || format!("{when} the database has {notes}"))?;
    let archive = space.exec("worker-0", &["cat", "/archive/notes.txt"])?;
    require(archive.contains("first note"), || format!("{when} the volume has {archive}"))
}

pub(super) fn files(project: &Project) -> Result {
    let space = project.space;
    project.up(&[])?;
    let read = |path: &str| space.exec("deploy/reader", &["cat", path]);
    for name in ["main.conf", "nested/start.sh"] {
        let path = project.source().join("config").join(name);
        let written = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let found = read(&format!("/config/{name}"))?;
        require(found == written, || format!("{name} is {found:?}"))?;
    }
    require(read("/etc/greeting")? == "hello world", || "the config differs".to_owned())?;
    let token = read("/run/secrets/token")?;
    require(token == "file-secret-of-development", || "the secret differs".to_owned())?;
    // It is the command, so that the container would not have started without its mode.
    let log = space.kubectl(&["logs", "deploy/reader"])?;
    require(log.contains("started"), || log)
}

/// What nginx's image has for visitors is in the volume that another service reads, once.
pub(super) fn filled_by_image(project: &Project) -> Result {
    const PAGE: &str = "/usr/share/nginx/html/index.html";
    let space = project.space;
    project.up(&[])?;
    let site = "app.kubernetes.io/name=site";
    let in_site = |script: &str| space.exec(&space.name_of_pod("site")?, &["sh", "-c", script]);
    let read = || space.exec("deploy/reader", &["cat", "/pages/index.html"]);
    let first = read()?;
    require(first.contains("nginx"), || format!("the first page is {first}"))?;
    in_site(&format!("echo mine > {PAGE}"))?;
    space.kubectl(&["delete", "pod", "-l", site])?;
    space.runs()?;
    require(in_site(&format!("cat {PAGE}"))? == "mine\n", || "it was filled again".to_owned())?;
    require(read()? == "mine\n", || "the reader has another page".to_owned())
}

pub(super) fn writable(project: &Project) -> Result {
    let space = project.space;
    project.up(&[])?;
    let mine = space.exec("writer-0", &["cat", "/data/mine"])?;
    require(mine == "mine\n", || mine)?;
    let user = space.exec("writer-0", &["id", "-u"])?;
    require(user.trim() == "1000", || format!("it runs as {user}"))
}
