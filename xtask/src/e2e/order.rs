//! Who starts when, and what happens when somebody is gone.

use std::time::Duration;

use serde_json::Value;

use super::{
    project::Project,
    space::{Space, require},
};
use crate::{
    Result,
    objects::{at, list},
};

pub(super) fn migration_first(project: &Project) -> Result {
    let space = project.space;
    // A database that cannot start: the Secret with its password is not there yet.
    let (out, _) = project.convert("manifests", &[])?;
    space.apply("-f", &out)?;
    std::thread::sleep(Duration::from_secs(10));
    require(ready(space, "api")? == 0, || "the API is ready without a database".to_owned())?;
    project.make_secrets()?;
    space.runs()?;
    let done = migrated_at(space)?;
    for pod in space.pods("api")? {
        let since = ready_since(&pod).ok_or("the API is not ready")?;
        require(since >= done, || format!("ready at {since}, migrated at {done}"))?;
    }
    space.client("guestbook")?;
    let runs = space.ask("http://api:8000/api/migrations")?;
    require(runs == r#"[["1"]]"#, || format!("migrations: {runs}"))
}

pub(super) fn database_dies(project: &Project) -> Result {
    let space = project.space;
    space.kubectl(&["scale", "statefulset/db", "--replicas=0"])?;
    let soon = Duration::from_mins(1);
    space.eventually("the API is not ready without its database", soon, || {
        let count = ready(space, "api")?;
        require(count == 0, || format!("{count} pods are ready"))
    })?;
    space.kubectl(&["scale", "statefulset/db", "--replicas=1"])?;
    space.runs()?;
    let notes =
        space.eventually("it answers again", soon, || space.ask("http://gateway/api/notes"))?;
    require(notes.contains("first note"), || notes)?;
    for service in ["api", "worker", "gateway"] {
        for pod in space.pods(service)? {
            let restarts = restarts(&pod);
            require(restarts == 0, || format!("{service} was restarted {restarts} times"))?;
        }
    }
    Ok(())
}

/// How many pods of a service are ready.
fn ready(space: &Space, service: &str) -> Result<usize> {
    Ok(space.pods(service)?.iter().filter(|pod| ready_since(pod).is_some()).count())
}

/// Since when a pod is ready; times in this form compare as texts.
fn ready_since(pod: &Value) -> Option<String> {
    let conditions = list(pod, &["status", "conditions"]);
    let word = |condition: &Value, key: &str| {
        condition.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let ready = |condition: &&Value| {
        word(condition, "type") == "Ready" && word(condition, "status") == "True"
    };
    conditions.iter().find(ready).map(|condition| word(condition, "lastTransitionTime"))
}

/// How often the containers of a pod were restarted.
pub(super) fn restarts(pod: &Value) -> i64 {
    let containers = list(pod, &["status", "containerStatuses"]).iter();
    containers.filter_map(|status| at(status, &["restartCount"]).and_then(Value::as_i64)).sum()
}

fn migrated_at(space: &Space) -> Result<String> {
    let jobs = space.list("jobs", "app.kubernetes.io/name=migrate")?;
    let times = jobs.iter().filter_map(|job| at(job, &["status", "completionTime"])?.as_str());
    times.max().map(str::to_owned).ok_or_else(|| "no migration is complete".to_owned())
}
