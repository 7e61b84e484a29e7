//! The pretended cluster: nodes, volumes, and namespaces that come and go.

use std::{collections::BTreeSet, fmt::Write, path::Path, sync::Mutex, time::Duration};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::settled::State;
use crate::{Result, context, e2e::Cluster, files, objects::at, process::Server};

/// The label of everything that is made here.
const MARK: &str = "c2k.dev/pretended=true";

/// The cluster, its nodes being there.
pub(super) struct Stage {
    cluster: Cluster,
    /// Claims that were given a volume.
    given: Mutex<BTreeSet<String>>,
    // Ended in this order: what writes there first.
    _heartbeat: Server,
    _folder: TempDir,
}

/// Renews the leases of all nodes: without one the controllers take a node for dead, and its pods
/// for not ready.
const HEARTBEAT: &str = r#"
now=$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)
for node in $("$1" get nodes -o name); do
  echo '---'
  echo '{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata":'
  echo '{"namespace": "kube-node-lease", "name": "'"${node#node/}"'"},'
  echo '"spec": {"holderIdentity": "pretended", "leaseDurationSeconds": 40, "renewTime": "'"$now"'"}}'
done | "$1" apply --server-side --force-conflicts -f -
"#;

/// The namespace of a project; names of projects are no labels.
pub(super) fn namespace(project: &str) -> String {
    let hash = Sha256::digest(project.as_bytes());
    let hash = hash.iter().take(4).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = project.chars().map(plain).take(40).collect();
    format!("p-{}-{hash}", name.trim_matches('-'))
}

impl Stage {
    /// Adds pretended nodes in two zones, large enough for everything, with graphics processors.
    pub(super) fn set(cluster: Cluster) -> Result<Self> {
        let nodes = cluster.kubectl(["get", "nodes", "-o", "json"]).output()?;
        if !nodes.contains("kwok.x-k8s.io/node") {
            return Err("the cluster of KUBECONFIG has no pretended node (kwok)".to_owned());
        }
        let folder = files::temporary()?;
        let heartbeat = cluster.repeat(HEARTBEAT, &folder.path().join("heartbeat.log"))?;
        let given = Mutex::default();
        let stage = Self { cluster, given, _heartbeat: heartbeat, _folder: folder };
        stage.clear(true)?;
        // Those that are there have no architecture, as real ones do.
        stage.cluster.kubectl(["label", "nodes", "--all", "kubernetes.io/arch=amd64"]).output()?;
        stage.bind_at_once()?;
        let size = json!({"cpu": "1000", "memory": "4Ti", "pods": "5000", "nvidia.com/gpu": "64",
            "amd.com/gpu": "64", "ephemeral-storage": "4Ti"});
        let node = |name: &str, zone: &str| {
            let labels = json!({"kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64", "topology.kubernetes.io/zone": zone,
                "c2k.dev/pretended": "true"});
            let annotations = json!({"kwok.x-k8s.io/node": "fake"});
            json!({"apiVersion": "v1", "kind": "Node",
                "metadata": {"name": name, "labels": labels, "annotations": annotations},
                "status": {"allocatable": size, "capacity": size}})
        };
        // As many as there may be projects in a batch that ask for the same port of a node.
        let nodes: Vec<_> = (1..=8)
            .map(|number| node(&format!("pretended-{number}"), ["a", "b"][number % 2]))
            .collect();
        stage.create(&nodes)?;
        let ready = ["wait", "--for=condition=Ready", "node", "-l", MARK, "--timeout=60s"];
        stage.cluster.kubectl(ready).output()?;
        Ok(stage)
    }

    /// Claims of the default class are bound before their pods are scheduled: else scheduler and
    /// controllers would write the same volumes at the same time.
    fn bind_at_once(&self) -> Result {
        let delete = ["delete", "storageclass", "standard", "--ignore-not-found"];
        self.cluster.kubectl(delete).output()?;
        let default = json!({"storageclass.kubernetes.io/is-default-class": "true"});
        self.create(&[json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
            "metadata": {"name": "standard", "annotations": default},
            "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "Immediate"})])
    }

    /// Makes a namespace and applies a folder to it; gives what was refused.
    pub(super) fn apply(&self, space: &str, folder: &Path) -> Result<Option<String>> {
        let labels = json!({"c2k.dev/pretended": "true"});
        let metadata = json!({"name": space, "labels": labels});
        self.create(&[json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})])?;
        let folder = folder.display().to_string();
        // Server-side, as Helm and Argo CD do: it refuses lists with two of the same key.
        let apply = ["apply", "--server-side", "-n", space, "-f", folder.as_str()];
        let ended = self.cluster.kubectl(apply).end()?;
        Ok((ended.code != Some(0)).then(|| ended.stderr.trim().replace('\n', " | ")))
    }

    /// What is there now in some namespaces.
    pub(super) fn state(&self, spaces: &BTreeSet<String>) -> Result<State> {
        const KINDS: &str = "deployments,statefulsets,daemonsets,jobs,services,pods,\
                             persistentvolumeclaims,poddisruptionbudgets,endpointslices";
        Ok(State::of(&self.cluster.list(KINDS, None, "")?, spaces))
    }

    /// Makes a volume for each claim that waits for one, of whatever class.
    pub(super) fn bind(&self, state: &State) -> Result {
        let volumes: Vec<_> = state.claims_without_volume().map(volume).collect();
        let mut given = self.given.lock().map_err(|error| error.to_string())?;
        let fresh = |volume: &Value| {
            given
                .insert(at(volume, &["metadata", "name"]).map(Value::to_string).unwrap_or_default())
        };
        let mut volumes = volumes;
        volumes.retain(fresh);
        if volumes.is_empty() { Ok(()) } else { self.create(&volumes) }
    }

    /// Removes everything that was made here, but for the nodes.
    pub(super) fn clear(&self, wait: bool) -> Result {
        let wait = format!("--wait={wait}");
        let delete = |kind: &str, wait: &str| {
            let delete = ["delete", kind, "-l", MARK, wait];
            self.cluster.kubectl(delete).time(Duration::from_mins(4)).output().map(drop)
        };
        delete("namespaces", &wait)?;
        delete("persistentvolumes", "--wait=false")
    }

    fn create(&self, objects: &[Value]) -> Result {
        let mut text = String::new();
        for object in objects {
            context(writeln!(text, "---\n{object}"), "objects")?;
        }
        let folder = files::temporary()?;
        let file = folder.path().join("objects.yaml");
        files::write(&file, text.as_bytes())?;
        let file = file.display().to_string();
        let apply = ["apply", "--server-side", "--force-conflicts", "-f", file.as_str()];
        self.cluster.kubectl(apply).output().map(drop)
    }
}

/// A volume that only this claim can take.
fn volume(claim: &Value) -> Value {
    let text = |path: &[&str]| at(claim, path).and_then(Value::as_str).unwrap_or_default();
    let (space, name) = (text(&["metadata", "namespace"]), text(&["metadata", "name"]));
    let storage = at(claim, &["spec", "resources", "requests", "storage"]);
    json!({"apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": format!("{space}-{name}"), "labels": {"c2k.dev/pretended": "true"}},
        "spec": {
            "capacity": {"storage": storage},
            "accessModes": at(claim, &["spec", "accessModes"]),
            "storageClassName": text(&["spec", "storageClassName"]),
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": space,
                "name": name},
            "hostPath": {"path": "/pretended"}}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_of_projects_are_labels_and_differ() {
        let name = namespace("Azure-Samples__azure-voting-app-redis__main");
        assert!(name.starts_with("p-azure-samples--azure") && name.len() < 63, "{name}");
        assert_ne!(namespace("a__b"), namespace("a--b"));
    }
}
