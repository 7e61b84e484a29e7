//! Charts installed by helm into a real API server, and upgraded.

use std::path::{Path, PathBuf};

use xtask::{
    Result,
    apiserver::ApiServer,
    c2k::C2k,
    checks, files,
    judges::Judges,
    process::Run,
    samples::{self, Sample},
};

/// What changes between two versions of a stack, as settings of a service that runs pods.
const CHANGES: [&str; 5] = [
    "replicas=2",
    "environment.MORE=more",
    "image=registry.example.com/other:9.9",
    "resources={requests: {cpu: 150m, memory: 200Mi}}",
    "probes={readiness: {tcp: 8000, periodSeconds: 7}}",
];

struct Bench {
    c2k: C2k,
    judges: Judges,
    server: ApiServer,
}

impl Bench {
    fn helm(&self, folder: &Path, chart: &Path, env: &str, args: &[&str]) -> Result<String> {
        let config = folder.join("kubeconfig");
        self.server.kubeconfig(&config)?;
        let name = chart.file_name().unwrap_or_default();
        let files = checks::value_files(chart, env);
        let values = files.iter().flat_map(|file| ["-f", file.as_str()]);
        let run = Run::new(&self.judges.helm).env("HOME", folder).within(folder);
        let run = run.args(args).args([name]).args([chart]).args(values);
        let namespace = format!("{}-{env}", name.to_string_lossy());
        run.args(["--namespace", &namespace, "--kubeconfig"]).args([&config]).output()
    }

    fn chart(&self, sample: &Sample, copy: &Path, out: &Path, more: &[String]) -> Result<PathBuf> {
        let mut call = sample.call(copy);
        call.args.extend(more.iter().cloned());
        self.c2k.must_convert(&call, "helm", None, out)?;
        checks::chart(out)
    }

    /// Installs the one chart and upgrades to the other, in one environment.
    fn release(&self, folder: &Path, charts: [&Path; 2], env: &str) -> Result {
        let [before, after] = charts;
        self.helm(folder, before, env, &["install", "--dry-run=server"])?;
        self.helm(folder, before, env, &["install", "--create-namespace"])?;
        self.helm(folder, after, env, &["upgrade"])?;
        Ok(())
    }
}

/// What helm or the API server refuse of an installation or of an upgrade.
pub(crate) fn refused() -> Result<Vec<String>> {
    let judges = Judges::find()?;
    let server = ApiServer::start(&judges)?;
    let bench = Bench { c2k: C2k::build()?, judges, server };
    let mut found = Vec::new();
    for sample in samples::all()? {
        let folder = files::temporary()?;
        let copy = folder.path().join("project");
        sample.copy_to(&copy)?;
        let before = bench.chart(&sample, &copy, &folder.path().join("before"), &[])?;
        let values = checks::values_of(&before)?;
        let sections = values.as_object().into_iter().flatten();
        let services = sections.filter(|(_, content)| content.get("probes").is_some());
        let changes = services.flat_map(|(service, _)| {
            CHANGES.iter().flat_map(move |change| {
                ["--set".to_owned(), format!("services.{service}.{change}")]
            })
        });
        let changes: Vec<_> = changes.collect();
        let after = bench.chart(&sample, &copy, &folder.path().join("after"), &changes)?;
        if checks::values_of(&after)? == values {
            found.push(format!("{}: nothing changes between the two charts", sample.name));
        }
        for env in sample.expected_environments() {
            if let Err(error) = bench.release(folder.path(), [&before, &after], &env) {
                found.push(format!("{} ({env}): {error}", sample.name));
            }
        }
    }
    Ok(found)
}
