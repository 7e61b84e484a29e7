//! The real tools that judge c2k, built once from the Go modules pinned in `tests/judges`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

use crate::{Result, context, definitions, files, process::Run, repository};

/// The built tools.
#[derive(Clone, Debug)]
pub struct Judges {
    /// Keeps what the API server stores.
    pub etcd: PathBuf,
    /// Judges objects.
    pub kube_apiserver: PathBuf,
    /// Renders charts.
    pub helm: PathBuf,
    /// Renders charts as those do who have not changed to version 4.
    pub helm3: PathBuf,
    /// Builds Kustomize trees.
    pub kustomize: PathBuf,
    /// Does with one chart many times what helm does once.
    pub charts: PathBuf,
    /// Builds many Kustomize trees in one process.
    pub trees: PathBuf,
    /// Definitions of the custom resources that c2k makes.
    pub definitions: Vec<PathBuf>,
}

/// One tool: a folder of `tests/judges` and the program that is built from it.
struct Judge {
    name: String,
    module: PathBuf,
    binary: PathBuf,
    stamp: PathBuf,
}

impl Judges {
    /// The tools, where all are built as they are pinned.
    pub fn find() -> Result<Self> {
        for judge in all() {
            if !judge.is_built()? {
                return Err(format!("`{}` is missing: run `cargo xtask judges`", judge.name));
            }
        }
        Self::built(false)
    }

    /// The tools, those that are missing built first.
    pub fn build() -> Result<Self> {
        for judge in all() {
            if !judge.is_built()? {
                judge.build()?;
            }
        }
        Self::built(true)
    }

    fn built(fetch: bool) -> Result<Self> {
        Ok(Self {
            etcd: bin().join("etcd"),
            kube_apiserver: bin().join("kube-apiserver"),
            helm: bin().join("helm"),
            helm3: bin().join("helm3"),
            kustomize: bin().join("kustomize"),
            charts: bin().join("charts"),
            trees: bin().join("trees"),
            definitions: definitions::all(&cache().join("judges/definitions"), fetch)?,
        })
    }
}

/// docker compose and a program that does the same many times, built first where they are missing;
/// they judge what is loaded, and nothing else.
pub fn docker_compose() -> Result<(PathBuf, PathBuf)> {
    let [binary, kept] = ["docker-compose", "compose"].map(Judge::new);
    for judge in [&binary, &kept] {
        if !judge.is_built()? {
            judge.build()?;
        }
    }
    Ok((binary.binary, kept.binary))
}

fn all() -> Vec<Judge> {
    ["etcd", "kustomize", "trees", "helm", "helm3", "charts", "kube-apiserver"]
        .map(Judge::new)
        .into()
}

/// The folder of the built tools.
fn bin() -> PathBuf {
    cache().join("judges/bin")
}

/// The folder below which c2k's development keeps what it can make again.
fn cache() -> PathBuf {
    let home = || PathBuf::from(env::var_os("HOME").unwrap_or_else(|| "/tmp".into()));
    let caches = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    caches.unwrap_or_else(|| home().join(".cache")).join("c2k")
}

impl Judge {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            module: repository().join("tests/judges").join(name),
            binary: bin().join(name),
            stamp: bin().join(format!("{name}.stamp")),
        }
    }

    fn is_built(&self) -> Result<bool> {
        let stamp = fs::read_to_string(&self.stamp).unwrap_or_default();
        Ok(self.binary.is_file() && stamp == self.pins()?)
    }

    /// A hash of what decides the program.
    fn pins(&self) -> Result<String> {
        let mut hash = Sha256::new();
        for name in ["go.mod", "go.sum", "main.go"] {
            let path = self.module.join(name);
            // Most judges are tools of other modules and have no source of their own.
            if name != "main.go" || path.is_file() {
                hash.update(context(fs::read(&path), path.display())?);
            }
        }
        Ok(hash.finalize().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")))
    }

    fn build(&self) -> Result {
        println!("building {} (once, some minutes for the larger ones)", self.name);
        let start = Instant::now();
        let pins = self.pins()?;
        let go_mod = self.module.join("go.mod");
        let text = context(fs::read_to_string(&go_mod), go_mod.display())?;
        let package = text.lines().find_map(|line| line.strip_prefix("tool ")).unwrap_or(".");
        context(fs::create_dir_all(bin()), bin().display())?;
        // Built beside its place and moved, so that an interrupted build is not taken for a tool.
        let fresh = bin().join(format!(".{}-{}", self.name, std::process::id()));
        go(
            &self.module,
            &["build", "-trimpath", "-ldflags", &ldflags(&text), "-o"],
            &fresh,
            package,
        )?;
        context(fs::rename(&fresh, &self.binary), self.binary.display())?;
        files::write(&self.stamp, pins.as_bytes())?;
        println!("built {} in {} s", self.name, start.elapsed().as_secs());
        Ok(())
    }
}

fn go(module: &Path, args: &[&str], target: &Path, package: &str) -> Result {
    let run = Run::new("go").args(args).args([target]).args([package]).within(module);
    let run = run.env("GOTOOLCHAIN", "local").env("GOFLAGS", "-mod=readonly -buildvcs=false");
    let run = run.env("CGO_ENABLED", "0").time(Duration::from_mins(40));
    run.output().map(drop).map_err(|error| format!("{error}\nThe judges need Go 1.26 or newer."))
}

/// What the linker is told: without a version, Kubernetes calls itself v0.0.0 and clients mind;
/// helm 3 takes every cluster for v1.20.
fn ldflags(go_mod: &str) -> String {
    let release = |module: &str| {
        let mut words = go_mod.split_whitespace().skip_while(|word| *word != module);
        words.nth(1).and_then(|release| release.strip_prefix('v'))
    };
    if let (true, Some(client)) = (go_mod.contains("helm.sh/helm/v3"), release("k8s.io/client-go"))
    {
        let minor = client.split('.').nth(1).unwrap_or("0");
        let packages = ["pkg/chartutil", "pkg/lint/rules"].map(|package| {
            let package = format!("helm.sh/helm/v3/{package}");
            format!(" -X {package}.k8sVersionMajor=1 -X {package}.k8sVersionMinor={minor}")
        });
        return format!("-s{}", packages.concat());
    }
    let Some(release) = release("k8s.io/kubernetes") else { return "-s".to_owned() };
    let mut parts = release.split('.');
    let (major, minor) = (parts.next().unwrap_or("1"), parts.next().unwrap_or("0"));
    let mut flags = "-s".to_owned();
    for package in ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"] {
        for (name, value) in [
            ("gitVersion", format!("v{release}").as_str()),
            ("gitMajor", major),
            ("gitMinor", minor),
            ("gitTreeState", "clean"),
            ("gitCommit", "module"),
        ] {
            flags = format!("{flags} -X {package}.{name}={value}");
        }
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubernetes_is_told_its_version() {
        let flags = ldflags("require (\n\tk8s.io/kubernetes v1.35.4 // indirect\n)");
        assert!(flags.contains(" -X k8s.io/component-base/version.gitVersion=v1.35.4 "));
        assert!(flags.contains(".gitMinor=35"));
        assert_eq!(ldflags("require helm.sh/helm/v4 v4.3.1"), "-s");
        let flags = ldflags("helm.sh/helm/v3 v3.22.0\n\tk8s.io/client-go v0.36.1");
        assert!(flags.ends_with(" -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=36"));
    }
}
