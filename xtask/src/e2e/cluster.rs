//! The cluster that `KUBECONFIG` names, through kubectl and helm.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    Result,
    judges::Judges,
    process::{Run, Server},
};

/// A cluster that answers.
#[derive(Clone, Debug)]
pub struct Cluster {
    kubectl: PathBuf,
    helm: PathBuf,
    kubeconfig: OsString,
}

impl Cluster {
    /// The cluster of `KUBECONFIG`; an error that says what to do where there is none.
    pub fn find() -> Result<Self> {
        const HOW: &str = "set KUBECONFIG to a cluster for tests, such as one of kind, minikube or \
                           k3d; CONTRIBUTING.md says how";
        let kubeconfig = env::var_os("KUBECONFIG").ok_or(HOW)?;
        let kubectl = env::var_os("KUBECTL").unwrap_or_else(|| "kubectl".into()).into();
        let helm = Judges::build()?.helm;
        let cluster = Self { kubectl, helm, kubeconfig };
        let version = cluster.kubectl(["version"]).time(Duration::from_secs(20)).output();
        version.map_err(|error| format!("no cluster answers: {error}\n{HOW}"))?;
        Ok(cluster)
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
