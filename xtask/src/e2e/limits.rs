//! What processes may use, and what a drain may take.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    order::restarts,
    project::Project,
    space::{require, text},
};
use crate::{Result, files, objects::list};

pub(super) fn memory(project: &Project) -> Result {
    let space = project.space;
    let (out, _) = project.convert("manifests", &[])?;
    space.apply("-f", &out)?;
    space.eventually("the process is killed and counted", Duration::from_mins(2), || {
        let pods = space.pods("hungry")?;
        let killed = pods.iter().any(|pod| restarts(pod) > 0 && is_killed(pod));
        require(killed, || "it still runs".to_owned())
    })?;
    for (service, class) in [("guaranteed", "Guaranteed"), ("burstable", "Burstable")] {
        for pod in space.pods(service)? {
            let found = text(&pod, &["status", "qosClass"]);
            require(found == class, || format!("{service} is {found}"))?;
        }
    }
    Ok(())
}

fn is_killed(pod: &Value) -> bool {
    let statuses = list(pod, &["status", "containerStatuses"]);
    let reason = |status: &Value, state: &str| text(status, &[state, "terminated", "reason"]);
    statuses.iter().any(|status| {
        reason(status, "lastState") == "OOMKilled" || reason(status, "state") == "OOMKilled"
    })
}

/// More load, more pods, where the cluster measures what pods use.
pub(super) fn autoscaler(project: &Project) -> Result {
    let space = project.space;
    let metrics = space.kubectl(&["get", "--raw", "/apis/metrics.k8s.io/v1beta1"]);
    let autoscale = "services.busy.autoscale={min: 1, max: 3, cpu: 20}";
    let (out, _) = project.convert("manifests", &["--set", autoscale])?;
    let folder = out.display().to_string();
    space.kubectl(&["apply", "-f", &folder, "-l", "app.kubernetes.io/name=busy"])?;
    space.runs()?;
    if metrics.is_err() {
        return space.bench.lacks("without a metrics-server, the autoscaler is accepted only");
    }
    space.eventually("there are more pods", Duration::from_mins(5), || {
        let pods = space.pods("busy")?.len();
        require(pods > 1, || format!("pods: {pods}"))
    })
}

pub(super) fn budget(project: &Project) -> Result {
    let space = project.space;
    let (out, _) = project.convert("manifests", &[])?;
    let folder = out.display().to_string();
    space.kubectl(&["apply", "-f", &folder, "-l", "app.kubernetes.io/name=web"])?;
    space.runs()?;
    let pods: Vec<_> =
        space.pods("web")?.iter().map(|pod| text(pod, &["metadata", "name"])).collect();
    require(pods.len() == 2, || format!("pods: {pods:?}"))?;
    // What `kubectl drain` asks for each pod of a node.
    let evict = |pod: &String| {
        let path = format!("/api/v1/namespaces/{}/pods/{pod}/eviction", space.name);
        let folder = files::temporary()?;
        let file = folder.path().join("eviction.json");
        let metadata = json!({"name": pod, "namespace": space.name});
        let body = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata});
        files::write(&file, body.to_string().as_bytes())?;
        let file = file.display().to_string();
        space.bench.cluster.kubectl(["create", "--raw", &path, "-f", &file]).output()
    };
    let mut refused = 0;
    for pod in &pods {
        match evict(pod) {
            Ok(_) => {}
            Err(error) if error.contains("disruption budget") => refused += 1,
            Err(error) => return Err(error),
        }
    }
    require(refused == 1, || format!("{refused} of 2 evictions at once were refused"))?;
    space.runs()
}

/// The Namespace that c2k writes refuses what its level does not allow, and every pod starts.
pub(super) fn pod_security(project: &Project) -> Result {
    let space = project.space;
    project.up(&["--set", "createNamespace=true"])?;
    let privileged = json!({"spec": {"containers": [{"name": "a", "image": "busybox:1.36",
        "securityContext": {"privileged": true}}]}});
    let run = ["run", "privileged", "--image=busybox:1.36", "--dry-run=server", "--overrides"];
    let overrides = privileged.to_string();
    let args: Vec<&str> = run.into_iter().chain([overrides.as_str()]).collect();
    match space.kubectl(&args) {
        Err(error) if error.contains("violates PodSecurity") => Ok(()),
        Err(error) => Err(error),
        Ok(_) => Err("a privileged pod was accepted".to_owned()),
    }
}
