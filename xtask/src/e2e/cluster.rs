//! The cluster that `KUBECONFIG` names, through kubectl and helm.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use ureq::Agent;

use crate::{
    Result, context, files,
    judges::Judges,
    objects::{at, list},
    process::{Run, Server},
};

/// A cluster that answers.
#[derive(Clone)]
pub struct Cluster {
    kubectl: PathBuf,
    helm: PathBuf,
    kubeconfig: OsString,
    proxy: Arc<Proxy>,
}

/// `kubectl proxy`: to ask it costs a hundredth of a start of kubectl, and tests ask all the time.
struct Proxy {
    address: String,
    agent: Agent,
    // Ended in this order: what writes there first.
    _server: Server,
    _folder: TempDir,
}

/// The groups of the kinds that are listed.
const GROUPS: &[(&str, &[&str])] = &[
    ("api/v1", &["configmaps", "nodes", "persistentvolumeclaims", "pods", "secrets", "services"]),
    ("apis/apps/v1", &["daemonsets", "deployments", "statefulsets"]),
    ("apis/batch/v1", &["cronjobs", "jobs"]),
    ("apis/discovery.k8s.io/v1", &["endpointslices"]),
    ("apis/policy/v1", &["poddisruptionbudgets"]),
];

impl Cluster {
    /// The cluster of `KUBECONFIG`; an error that says what to do where there is none.
    pub fn find() -> Result<Self> {
        const HOW: &str = "set KUBECONFIG to a cluster for tests, such as one of kind, minikube or \
                           k3d; CONTRIBUTING.md says how";
        let kubeconfig = env::var_os("KUBECONFIG").ok_or(HOW)?;
        let kubectl: PathBuf = env::var_os("KUBECTL").unwrap_or_else(|| "kubectl".into()).into();
        let version = Run::new(&kubectl).args(["version"]).time(Duration::from_secs(20)).output();
        version.map_err(|error| format!("no cluster answers: {error}\n{HOW}"))?;
        let proxy = Arc::new(Proxy::start(&kubectl)?);
        Ok(Self { kubectl, helm: Judges::build()?.helm, kubeconfig, proxy })
    }

    /// The objects of some kinds (`pods,jobs`) in a namespace, or in all; those with all `labels`
    /// (`a=b,c=d`; empty: all).
    pub fn list(&self, kinds: &str, space: Option<&str>, labels: &str) -> Result<Vec<Value>> {
        let mut found = Vec::new();
        let within = space.map(|space| format!("namespaces/{space}/")).unwrap_or_default();
        let selector = labels.replace('=', "%3D").replace(',', "%2C").replace('/', "%2F");
        for kind in kinds.split(',') {
            let group = GROUPS.iter().find(|(_, kinds)| kinds.contains(&kind));
            let (group, _) = group.ok_or_else(|| format!("no group of `{kind}`"))?;
            let path = format!("{group}/{within}{kind}?labelSelector={selector}");
            let answer = self.proxy.get(&path)?;
            // Items of a list do not say their own kind.
            let of_list = answer.get("kind").and_then(Value::as_str).unwrap_or_default();
            let own = Value::from(of_list.trim_end_matches("List"));
            found.extend(list(&answer, &["items"]).iter().cloned().map(|mut item| {
                item["kind"] = own.clone();
                item
            }));
        }
        Ok(found)
    }

    /// How many tests may run at the same time: one for every 2 GiB and for every
    /// processor of its nodes, and one that waits.
    pub fn stacks(&self) -> Result<usize> {
        let nodes = self.list("nodes", None, "")?;
        let allocatable = |node: &Value, what: &str| -> usize {
            let said = at(node, &["status", "allocatable", what]).and_then(Value::as_str);
            // A kubelet says memory in Ki.
            said.and_then(|said| said.trim_end_matches("Ki").parse().ok()).unwrap_or(0)
        };
        let all = |what: &str| nodes.iter().map(|node| allocatable(node, what)).sum::<usize>();
        Ok((all("memory") / (2 << 20)).min(all("cpu") + 1).max(1))
    }

    /// A run of kubectl.
    pub fn kubectl<A: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        Run::new(&self.kubectl).args(args).env("KUBECONFIG", &self.kubeconfig)
    }

    /// A run of helm.
    pub fn helm<A: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        let run = Run::new(&self.helm).args(args).env("KUBECONFIG", &self.kubeconfig);
        run.time(Duration::from_mins(5))
    }

    /// Runs a shell script over and over, with kubectl as `$1`, until the value is dropped.
    pub fn repeat(&self, script: &str, log: &Path) -> Result<Server> {
        let script = format!("while :; do {}\nsleep 8\ndone", script.trim());
        let kubectl = self.kubectl.display().to_string();
        // `KUBECONFIG` is this process's own.
        let args = ["-c".to_owned(), script, "sh".to_owned(), kubectl];
        Server::start(Path::new("sh"), &args, log)
    }

    /// A shell line as a person types it, with kubectl and `programs` in the path.
    pub fn shell(&self, line: &str, programs: &[(&str, &PathBuf)]) -> Run {
        let kubectl = ("kubectl", &self.kubectl);
        let named = programs.iter().copied().chain([kubectl]);
        // `command`, since a function that calls its own name would not end.
        let function = |(name, path): (&str, &PathBuf)| {
            format!("{name}() {{ command {} \"$@\"; }}\n", path.display())
        };
        let functions = named.map(function);
        let script = format!("{}set -e\n{line}", functions.collect::<String>());
        Run::new("sh").args(["-c", &script]).env("KUBECONFIG", &self.kubeconfig)
    }
}

impl Proxy {
    fn start(kubectl: &Path) -> Result<Self> {
        let folder = files::temporary()?;
        let log = folder.path().join("proxy.log");
        // `KUBECONFIG` is this process's own.
        let server = Server::start(kubectl, &["proxy", "--port=0"].map(str::to_owned), &log)?;
        let start = Instant::now();
        let address = loop {
            let said = context(fs::read_to_string(&log), log.display())?;
            // The line is complete when it ends.
            let line = said.split_once("serve on ").and_then(|(_, rest)| rest.split_once('\n'));
            match line {
                Some((address, _)) => break format!("http://{address}"),
                None if start.elapsed() > Duration::from_secs(20) => {
                    return Err(format!("kubectl proxy does not serve: {said}"));
                }
                None => thread::sleep(Duration::from_millis(20)),
            }
        };
        let config = Agent::config_builder().timeout_global(Some(Duration::from_mins(1)));
        Ok(Self { address, agent: config.build().into(), _server: server, _folder: folder })
    }

    fn get(&self, path: &str) -> Result<Value> {
        let mut answer = context(self.agent.get(format!("{}/{path}", self.address)).call(), path)?;
        // Whole clusters are more than the usual limit.
        let text = answer.body_mut().with_config().limit(1 << 30).read_to_string();
        context(serde_json::from_str(&context(text, path)?), path)
    }
}
