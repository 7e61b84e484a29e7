//! New versions replace old ones.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{
    project::Project,
    space::{Space, require},
};
use crate::Result;

/// Requests that a rolling update must answer, at least.
const REQUESTS: usize = 2000;

/// Asks again and again, each time on a connection of its own, until a file says stop. The name is
/// looked up once: the cluster's DNS is not on trial.
const LOAD: &str = r#"
import os, socket, sys, threading, time, urllib.request
address, done, failed, lock = socket.gethostbyname("api"), [0], [], threading.Lock()

def ask():
    while not os.path.exists("/tmp/stop"):
        try:
            urllib.request.urlopen(f"http://{address}:8000/api/about", timeout=20).read()
            with lock: done[0] += 1
        except Exception as error:
            with lock: failed.append(repr(error))
        time.sleep(0.02)

threads = [threading.Thread(target=ask) for _ in range(4)]
[t.start() for t in threads]
while threads[0].is_alive():
    time.sleep(0.5)
    open("/tmp/done", "w").write(str(done[0]))
print(done[0], len(failed), *failed[:3])
"#;

pub(super) fn under_load(project: &Project) -> Result {
    let space = project.space;
    thread::scope(|scope| {
        let load = scope.spawn(|| {
            let ask = ["python3", "-c", LOAD];
            let mut args = vec!["-n", space.name.as_str(), "exec", "client", "--"];
            args.extend(ask);
            space.bench.cluster.kubectl(args).time(Duration::from_mins(8)).output()
        });
        let updated = update(space, project);
        space.exec("client", &["touch", "/tmp/stop"])?;
        let said = load.join().map_err(|_| "the load ended early")??;
        updated?;
        judge(&said)
    })
}

/// Replaces the pods until enough requests were sent, at least twice.
fn update(space: &Space, project: &Project) -> Result {
    let start = Instant::now();
    let mut version = 0;
    let sent = || -> usize {
        let done = space.exec("client", &["cat", "/tmp/done"]).unwrap_or_default();
        done.trim().parse().unwrap_or(0)
    };
    while version < 2 || (sent() < REQUESTS && start.elapsed() < Duration::from_mins(4)) {
        version += 1;
        let (from, to) =
            (format!("welcome{}", tail(version - 1)), format!("welcome{}", tail(version)));
        let file = "overlays/production/environment.yaml";
        project.edit(file, &format!("GREETING: {from}}}"), &format!("GREETING: {to}}}"))?;
        let (out, _) = project.convert("manifests", &[])?;
        space.apply("-f", &out)?;
        space.runs()?;
    }
    Ok(())
}

fn tail(version: usize) -> String {
    if version == 0 { String::new() } else { format!("-{version}") }
}

fn judge(said: &str) -> Result {
    println!("e2e: under load: answered, lost: {}", said.trim());
    let mut numbers = said.split_whitespace().map_while(|word| word.parse::<usize>().ok());
    let (answered, lost) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(1));
    require(lost == 0, || format!("{lost} requests were lost: {said}"))?;
    require(answered >= REQUESTS, || format!("only {answered} requests were sent"))
}

pub(super) fn changed_value(project: &Project) -> Result {
    let space = project.space;
    project.up(&[])?;
    let names = ["api", "gateway", "worker", "db", "cache", "broker"];
    let ids = || names.iter().map(|name| space.ids(name)).collect::<Result<Vec<_>>>();
    let before = ids()?;
    project.edit("docker-compose.yml", "${GREETING:-hello}", "good morning")?;
    project.up(&[])?;
    changed(&names, &before, &ids()?, &["api"])?;
    let before = ids()?;
    // A file of one service, bind-mounted.
    project.edit("gateway/nginx.conf", "gateway\\n", "changed\\n")?;
    project.up(&[])?;
    changed(&names, &before, &ids()?, &["gateway"])?;
    let before = ids()?;
    // A file that several services share.
    project.edit("app/line.py", "The client of the queue", "The client of this queue")?;
    project.up(&[])?;
    changed(&names, &before, &ids()?, &["api", "worker", "broker"])
}

/// Whether exactly the pods of `users` are others than before.
pub(super) fn changed(
    names: &[&str],
    before: &[Vec<String>],
    after: &[Vec<String>],
    users: &[&str],
) -> Result {
    let pairs = names.iter().zip(before.iter().zip(after));
    let rolled: Vec<_> = pairs.filter(|(_, (a, b))| a != b).map(|(name, _)| *name).collect();
    require(rolled == sorted_like(names, users), || {
        format!("{rolled:?} instead of {users:?} rolled")
    })
}

fn sorted_like<'n>(names: &[&'n str], users: &[&str]) -> Vec<&'n str> {
    names.iter().copied().filter(|name| users.contains(name)).collect()
}

pub(super) fn broken_version(project: &Project) -> Result {
    let space = project.space;
    let good = project.up(&[])?;
    let before = space.ids("api")?;
    // A version that starts and is never ready.
    let broken =
        ["--set", "services.api.probes.readiness={command: [\"false\"], periodSeconds: 2}"];
    let (out, _) = project.convert("manifests", &broken)?;
    space.apply("-f", &out)?;
    thread::sleep(Duration::from_secs(15));
    keeps(space, &before)?;
    space.kubectl(&["rollout", "undo", "deployment/api"])?;
    space.runs()?;
    // An image that nobody has.
    let (out, _) = project.convert("manifests", &["--set", "services.api.image=python:0-none"])?;
    space.apply("-f", &out)?;
    thread::sleep(Duration::from_secs(10));
    keeps(space, &before)?;
    let (good_again, _) = project.convert("manifests", &[])?;
    require(good == good_again, || "another folder".to_owned())?;
    space.apply("-f", &good)?;
    space.runs()?;
    keeps(space, &before)
}

/// The pods of before are still there and answer.
fn keeps(space: &Space, before: &[String]) -> Result {
    let now = space.ids("api")?;
    let kept = before.iter().all(|id| now.contains(id));
    require(kept, || format!("the pods were {before:?}, are {now:?}"))?;
    space.ask("http://api:8000/api/about").map(drop)
}
