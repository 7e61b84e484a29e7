//! A namespace of a test, and what tests do in it.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::cluster::Cluster;
use crate::{
    Result,
    c2k::C2k,
    files,
    objects::{at, list},
};

/// What all tests share.
pub(super) struct Bench {
    /// The program under test.
    pub(super) c2k: C2k,
    /// The cluster.
    pub(super) cluster: Cluster,
    /// Leaves the namespaces of failed tests.
    pub(super) keep: bool,
    /// Fails where the cluster cannot show something.
    pub(super) complete: bool,
}

impl Bench {
    /// Says that the cluster cannot show what a test asks for.
    pub(super) fn lacks(&self, what: &str) -> Result {
        if self.complete {
            return Err(format!("the cluster is not complete: {what}"));
        }
        println!("e2e: not shown by this cluster: {what}");
        Ok(())
    }
}

/// A namespace that goes with its value.
pub(super) struct Space<'b> {
    /// What all tests share.
    pub(super) bench: &'b Bench,
    /// The namespace.
    pub(super) name: String,
    failed: bool,
}

/// A pod that asks services, as another application would.
const CLIENT: &str = r#"
apiVersion: v1
kind: Pod
metadata:
  name: client
  labels:
    app.kubernetes.io/part-of: PROJECT
    c2k.dev/network-front: "true"
    c2k.dev/network-back: "true"
spec:
  terminationGracePeriodSeconds: 0
  enableServiceLinks: false
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: client
      image: python:3.11-slim
      command: [sleep, "3600"]
      securityContext: {allowPrivilegeEscalation: false}
"#;

/// As `kubectl apply` makes it, since c2k may write the Namespace too.
const NAMESPACE: &str = "
apiVersion: v1
kind: Namespace
metadata:
  name: NAME
  labels: {pod-security.kubernetes.io/enforce: baseline}
";

/// How long a stack may take to run, its images being there.
const START: Duration = Duration::from_mins(4);

/// Runs a test in a namespace that exists; what the pods look like is added to an error.
pub(super) fn within(bench: &Bench, name: &str, test: impl Fn(&Space) -> Result) -> Result {
    // A namespace of an interrupted run may still be there.
    let name = format!("c2k-e2e-{name}-{}", std::process::id());
    let mut space = Space { bench, name, failed: false };
    space.create()?;
    let outcome = test(&space);
    outcome.map_err(|error| {
        space.failed = true;
        format!("{error}\n{}", space.state())
    })
}

impl Drop for Space<'_> {
    fn drop(&mut self) {
        if !(self.failed && self.bench.keep) {
            let delete = ["delete", "namespace", &self.name, "--wait=false", "--ignore-not-found"];
            // An interrupted cluster has nothing to remove.
            let _ = self.bench.cluster.kubectl(delete).end();
        }
    }
}

impl Space<'_> {
    /// The namespace refuses every pod that its level does not allow.
    fn create(&self) -> Result {
        self.apply_text(&NAMESPACE.replace("NAME", &self.name))
    }

    /// Applies objects.
    pub(super) fn apply_text(&self, text: &str) -> Result {
        let folder = files::temporary()?;
        let file = folder.path().join("objects.yaml");
        files::write(&file, text.as_bytes())?;
        self.apply("-f", &file)
    }

    /// What kubectl prints.
    pub(super) fn kubectl(&self, args: &[&str]) -> Result<String> {
        let run = self.bench.cluster.kubectl(["-n", &self.name]).args(args);
        run.output().map_err(|error| format!("kubectl {}: {error}", args.join(" ")))
    }

    /// The objects of some kinds, those with all `labels` (`a=b,c=d`; empty: all).
    pub(super) fn list(&self, kinds: &str, labels: &str) -> Result<Vec<Value>> {
        self.bench.cluster.list(kinds, Some(&self.name), labels)
    }

    /// The pods of a service that are not being ended.
    pub(super) fn pods(&self, service: &str) -> Result<Vec<Value>> {
        let mut pods = self.list("pods", &format!("app.kubernetes.io/name={service}"))?;
        pods.retain(|pod| at(pod, &["metadata", "deletionTimestamp"]).is_none());
        Ok(pods)
    }

    /// The name of one pod of a service.
    pub(super) fn name_of_pod(&self, service: &str) -> Result<String> {
        let pods = self.pods(service)?;
        let pod = pods.first().ok_or_else(|| format!("`{service}` has no pod"))?;
        Ok(text(pod, &["metadata", "name"]))
    }

    /// The unique ids of a service's pods.
    pub(super) fn ids(&self, service: &str) -> Result<Vec<String>> {
        let mut ids: Vec<_> =
            self.pods(service)?.iter().map(|pod| text(pod, &["metadata", "uid"])).collect();
        ids.sort();
        Ok(ids)
    }

    /// Applies a folder, in which every object must be accepted without a warning.
    pub(super) fn apply(&self, flag: &str, folder: &Path) -> Result {
        let folder = folder.display().to_string();
        let run = self.bench.cluster.kubectl(["-n", &self.name, "apply", flag, &folder]);
        let ended = run.end()?;
        // c2k's namespaces warn of what the next level would refuse; nothing else may be said.
        let next = |line: &&str| !line.contains("would violate PodSecurity \"restricted");
        match (ended.code, ended.stderr.lines().find(next)) {
            (Some(0), None) => Ok(()),
            _ => Err(format!("kubectl apply {flag} {folder}:\n{}", ended.stderr)),
        }
    }

    /// Waits until every workload has what it asks for and every Job is done.
    pub(super) fn runs(&self) -> Result {
        self.eventually("the stack runs", START, || {
            let waiting = self.unfinished()?;
            if waiting.is_empty() {
                Ok(())
            } else {
                Err(format!("waiting: {}", waiting.join(", ")))
            }
        })
    }

    /// Workloads and Jobs that are not there yet.
    fn unfinished(&self) -> Result<Vec<String>> {
        let mut waiting = Vec::new();
        for object in self.list("deployments,statefulsets,jobs", "")? {
            // What a schedule starts may fail and is started again.
            let scheduled = list(&object, &["metadata", "ownerReferences"])
                .iter()
                .any(|owner| at(owner, &["kind"]).is_some_and(|kind| kind == "CronJob"));
            if !scheduled && !is_finished(&object) {
                waiting.push(text(&object, &["metadata", "name"]));
            }
        }
        Ok(waiting)
    }

    /// Runs a command in a container of a pod.
    pub(super) fn exec(&self, pod: &str, command: &[&str]) -> Result<String> {
        let args: Vec<&str> = ["exec", pod, "--"].iter().chain(command).copied().collect();
        self.kubectl(&args)
    }

    /// Starts a pod beside the application of a project.
    pub(super) fn client(&self, project: &str) -> Result {
        self.apply_text(&CLIENT.replace("PROJECT", project))?;
        self.kubectl(&["wait", "--for=condition=Ready", "pod/client", "--timeout=90s"]).map(drop)
    }

    /// What the client gets from a URL.
    pub(super) fn ask(&self, url: &str) -> Result<String> {
        let script = "import sys, urllib.request as r; \
                      print(r.urlopen(sys.argv[1], timeout=5).read().decode(), end='')";
        self.exec("client", &["python3", "-c", script, url])
    }

    /// What the client gets for a text that it posts.
    pub(super) fn post(&self, url: &str, body: &str) -> Result<String> {
        let script = "import sys, urllib.request as r; \
                      print(r.urlopen(sys.argv[1], sys.argv[2].encode(), timeout=5).read().decode())";
        self.exec("client", &["python3", "-c", script, url, body])
    }

    /// Tries until it works, or gives the last error.
    pub(super) fn eventually<T>(
        &self,
        what: &str,
        limit: Duration,
        attempt: impl Fn() -> Result<T>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            match attempt() {
                Ok(value) => return Ok(value),
                Err(error) if start.elapsed() > limit => {
                    return Err(format!("not within {} s: {what}: {error}", limit.as_secs()));
                }
                Err(_) => thread::sleep(Duration::from_millis(500)),
            }
        }
    }

    /// What a person would look at first.
    fn state(&self) -> String {
        let pods = self.kubectl(&["get", "pods,jobs,pvc", "-o", "wide"]).unwrap_or_default();
        let events = ["get", "events", "--sort-by=.lastTimestamp", "--field-selector=type=Warning"];
        let events = self.kubectl(&events).unwrap_or_default();
        let last: Vec<_> = events.lines().rev().take(15).collect();
        format!("{pods}\n{}", last.join("\n"))
    }
}

/// Whether a workload has all its pods, of its newest template, and a Job its end.
pub(super) fn is_finished(object: &Value) -> bool {
    let status = |name: &str| at(object, &["status", name]).and_then(Value::as_i64).unwrap_or(0);
    let generation = at(object, &["metadata", "generation"]).and_then(Value::as_i64);
    let wanted = at(object, &["spec", "replicas"]).and_then(Value::as_i64).unwrap_or(1);
    let seen = generation.is_none_or(|generation| status("observedGeneration") >= generation);
    match at(object, &["kind"]).and_then(Value::as_str) {
        Some("Deployment") => {
            let all = ["replicas", "updatedReplicas", "availableReplicas"];
            seen && all.iter().all(|name| status(name) == wanted)
        }
        Some("StatefulSet") => {
            let all = ["updatedReplicas", "availableReplicas", "readyReplicas"];
            seen && all.iter().all(|name| status(name) == wanted)
        }
        Some("Job") => status("succeeded") > 0,
        _ => true,
    }
}

/// The text at a path; empty where there is none.
pub(super) fn text(value: &Value, path: &[&str]) -> String {
    at(value, path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// An error unless it holds.
pub(super) fn require(holds: bool, what: impl FnOnce() -> String) -> Result {
    if holds { Ok(()) } else { Err(what()) }
}
