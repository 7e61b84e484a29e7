//! Converted stacks on a real cluster: the one that `KUBECONFIG` names.
//!
//! Each test has a namespace of its own, which is removed at its end. Its name says what a user
//! may rely on.

mod cluster;
mod data;
mod external;
mod forms;
mod jobs;
mod limits;
mod names;
mod order;
mod policies;
mod project;
mod rollout;
mod secrets;
mod space;

use std::time::Instant;

pub use self::cluster::Cluster;
use self::space::Bench;
use crate::{Result, c2k::C2k, parallel::on_workers};

/// One test: its name, and what it does.
type Test = (&'static str, fn(&Bench) -> Result);

/// Every test, the long ones first, so that the short ones fill the gaps.
const TESTS: &[Test] = &[
    ("a-rolling-update-under-load-loses-no-request", rollout::under_load),
    ("data-survives-the-pod-and-the-workload", data::survives),
    ("data-survives-in-production", data::survives_in_production),
    ("helm-installs-upgrades-rolls-back-and-uninstalls", forms::helm),
    ("network-policies-hold-what-networks-promise", policies::hold),
    ("kubectl-apply-runs-the-stack", forms::manifests),
    ("kustomize-apply-runs-the-stack", forms::kustomize),
    ("the-migration-is-over-before-the-api-is-ready", order::migration_first),
    ("a-database-that-dies-comes-back-without-hands", order::database_dies),
    ("pods-wait-for-secrets-that-are-only-referred-to", secrets::reference),
    ("a-changed-secret-reaches-its-users-by-the-printed-line", secrets::changed),
    ("an-external-database-by-name-needs-no-change", external::by_name),
    ("an-external-database-by-address-needs-no-change", external::by_address),
    ("an-external-database-on-another-port-needs-no-change", external::by_ambassador),
    ("a-changed-value-rolls-only-its-users", rollout::changed_value),
    ("a-broken-version-leaves-the-old-pods-serving", rollout::broken_version),
    ("a-changed-migration-image-runs-once-more", jobs::changed_image),
    ("a-scheduled-job-runs", jobs::scheduled),
    ("names-of-compose-resolve-in-the-cluster", names::resolve),
    ("a-store-that-names-itself-starts", names::names_itself),
    ("no-service-variables-are-injected", names::no_injected_variables),
    ("files-come-with-content-and-mode", data::files),
    ("volumes-are-writable-by-the-users-of-images", data::writable),
    ("memory-limits-kill-and-classes-follow", limits::memory),
    ("load-makes-more-pods-where-it-is-measured", limits::autoscaler),
    ("a-drain-respects-the-budget", limits::budget),
    ("the-namespace-enforces-the-recorded-level", limits::pod_security),
    ("the-printed-port-forward-reaches-the-service", names::port_forward),
];

/// What is asked of a run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only tests whose name contains this.
    pub only: Option<String>,
    /// Leaves the namespaces of failed tests, to look at them.
    pub keep: bool,
    /// Fails where the cluster cannot show something: load is not measured, or policies are not
    /// enforced.
    pub complete: bool,
}

/// Runs the tests against the cluster and prints what became of each.
pub fn run(options: &Options) -> Result {
    let cluster = Cluster::find()?;
    let workers = cluster.stacks()?;
    let &Options { keep, complete, .. } = options;
    let bench = Bench { c2k: C2k::build()?, cluster, keep, complete };
    let only = options.only.as_deref().unwrap_or_default();
    let tests: Vec<_> = TESTS.iter().filter(|(name, _)| name.contains(only)).collect();
    if tests.is_empty() {
        return Err(format!("no test `{only}`"));
    }
    let start = Instant::now();
    let failed = on_workers(workers, &tests, |test| usize::from(!run_one(&bench, test)));
    let failed: usize = failed.iter().sum();
    let seconds = start.elapsed().as_secs();
    println!("e2e: {} tests, {failed} failed, {seconds} s", tests.len());
    if failed == 0 { Ok(()) } else { Err(format!("{failed} end-to-end tests failed")) }
}

fn run_one(bench: &Bench, (name, test): &Test) -> bool {
    let start = Instant::now();
    let outcome = test(bench);
    let seconds = start.elapsed().as_secs();
    match &outcome {
        Ok(()) => println!("e2e: {name}: passed in {seconds} s"),
        Err(error) => println!("e2e: {name}: FAILED after {seconds} s\n{error}"),
    }
    outcome.is_ok()
}
