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

use std::{cell::Cell, time::Instant};

pub use self::cluster::Cluster;
use self::{
    project::Project,
    space::{Bench, within},
};
use crate::{Result, c2k::C2k, parallel::on_workers};

/// What a user may rely on, and what shows it.
type Fact = (&'static str, fn(&Project) -> Result);

/// A project for an environment in a namespace of its own, and what it shows, in order: a fact may
/// stand on what those before it started.
struct Stack {
    project: &'static str,
    env: &'static str,
    facts: &'static [Fact],
}

const fn stack(project: &'static str, env: &'static str, facts: &'static [Fact]) -> Stack {
    Stack { project, env, facts }
}

/// Every stack, the long ones first, so that the short ones fill the gaps.
const STACKS: &[Stack] = &[
    stack(
        "guestbook",
        "production",
        &[
            ("pods-wait-for-secrets-that-are-only-referred-to", secrets::reference),
            ("a-broken-version-leaves-the-old-pods-serving", rollout::broken_version),
            ("data-survives-in-production", data::survives_in_production),
            ("a-rolling-update-under-load-loses-no-request", rollout::under_load),
        ],
    ),
    stack(
        "guestbook",
        "dev",
        &[
            ("kubectl-apply-runs-the-stack", forms::manifests),
            ("a-database-that-dies-comes-back-without-hands", order::database_dies),
            ("a-changed-value-rolls-only-its-users", rollout::changed_value),
            ("a-changed-secret-reaches-its-users-by-the-printed-line", secrets::changed),
        ],
    ),
    stack(
        "guestbook",
        "dev",
        &[
            ("helm-installs-upgrades-and-rolls-back", forms::helm),
            (
                "a-changed-secret-reaches-a-release-by-the-printed-line",
                secrets::changed_in_a_release,
            ),
            ("helm-uninstalls-every-workload", forms::uninstall),
        ],
    ),
    stack(
        "guestbook",
        "production",
        &[("network-policies-hold-what-networks-promise", policies::hold)],
    ),
    stack(
        "guestbook",
        "staging",
        &[
            ("the-migration-is-over-before-the-api-is-ready", order::migration_first),
            ("data-survives-the-pod-and-the-workload", data::survives),
        ],
    ),
    stack(
        "guestbook",
        "dev",
        &[
            ("kustomize-apply-runs-the-stack", forms::kustomize),
            ("a-changed-secret-rolls-its-users-in-a-tree", secrets::changed_in_a_tree),
        ],
    ),
    stack(
        "guestbook",
        "external",
        &[("an-external-database-by-name-needs-no-change", external::by_name)],
    ),
    stack(
        "guestbook",
        "external",
        &[("an-external-database-by-address-needs-no-change", external::by_address)],
    ),
    stack(
        "guestbook",
        "external",
        &[("an-external-database-on-another-port-needs-no-change", external::by_ambassador)],
    ),
    stack("jobs", "production", &[("a-scheduled-job-runs", jobs::scheduled)]),
    stack("jobs", "dev", &[("a-changed-migration-image-runs-once-more", jobs::changed_image)]),
    stack(
        "jobs",
        "dev",
        &[("a-changed-migration-image-runs-once-more-in-a-tree", jobs::changed_image_in_a_tree)],
    ),
    stack(
        "jobs",
        "dev",
        &[("a-changed-migration-image-runs-once-more-in-a-chart", jobs::changed_image_in_a_chart)],
    ),
    stack(
        "names",
        "dev",
        &[
            ("names-of-compose-resolve-in-the-cluster", names::resolve),
            ("the-printed-port-forward-reaches-the-service", names::port_forward),
            ("no-service-variables-are-injected", names::no_injected_variables),
        ],
    ),
    stack("names", "production", &[("a-store-that-names-itself-starts", names::names_itself)]),
    stack("limits", "production", &[("memory-limits-kill-and-classes-follow", limits::memory)]),
    stack(
        "limits",
        "production",
        &[("load-makes-more-pods-where-it-is-measured", limits::autoscaler)],
    ),
    stack("limits", "production", &[("a-drain-respects-the-budget", limits::budget)]),
    stack(
        "files",
        "dev",
        &[
            ("files-come-with-content-and-mode", data::files),
            ("an-image-fills-its-volume-once", data::filled_by_image),
        ],
    ),
    stack(
        "files",
        "production",
        &[
            ("volumes-are-writable-by-the-users-of-images", data::writable),
            ("the-namespace-enforces-the-recorded-level", limits::pod_security),
        ],
    ),
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
    let wanted = |(name, _): &Fact| name.contains(only);
    // What is asked for stands on the facts before it.
    let last = |stack: &Stack| stack.facts.iter().rposition(wanted);
    let stacks: Vec<_> = STACKS
        .iter()
        .enumerate()
        .filter_map(|(number, stack)| Some((number, stack, stack.facts.get(..=last(stack)?)?)))
        .collect();
    if stacks.is_empty() {
        return Err(format!("no test `{only}`"));
    }
    let start = Instant::now();
    let failed =
        on_workers(workers, &stacks, |&(number, stack, facts)| show(&bench, number, stack, facts));
    let failed: usize = failed.iter().sum();
    let all: usize = stacks.iter().map(|(_, _, facts)| facts.len()).sum();
    println!("e2e: {all} tests, {failed} failed, {} s", start.elapsed().as_secs());
    if failed == 0 { Ok(()) } else { Err(format!("{failed} end-to-end tests failed")) }
}

/// How many facts a stack does not show; those after one that failed are not tried.
fn show(bench: &Bench, number: usize, stack: &Stack, facts: &[Fact]) -> usize {
    let shown = Cell::new(0);
    let outcome = within(bench, &format!("{number}-{}", stack.project), |space| {
        let project = Project::new(space, stack.project, stack.env)?;
        facts.iter().try_for_each(|(name, fact)| {
            let start = Instant::now();
            fact(&project).map_err(|error| {
                format!("e2e: {name}: FAILED after {} s\n{error}", start.elapsed().as_secs())
            })?;
            println!("e2e: {name}: passed in {} s", start.elapsed().as_secs());
            shown.set(shown.get() + 1);
            Ok(())
        })
    });
    if let Err(error) = outcome {
        println!("{error}");
        for (name, _) in facts.iter().skip(shown.get() + 1) {
            println!("e2e: {name}: not tried");
        }
    }
    facts.len() - shown.get()
}
