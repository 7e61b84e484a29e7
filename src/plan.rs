//! The decisions: from a Compose project and its settings to an application, target-neutral.
//!
//! [`plan`] answers for every service what runs it, how it is reached, where its data lives and
//! what it is configured with. Lowering to Kubernetes objects asks no further questions.

mod app;
mod classify;
mod command;
mod draft;
mod environment;
mod files;
mod hidden;
mod hosts;
mod image;
mod known;
mod names;
mod planner;
mod ports;
mod posture;
mod probes;
mod references;
mod resources;
mod same_node;
mod sensitive;
mod storage;
mod unsupported;

pub use app::{
    App, Claim, ConfigFile, ContainerPort, DataSource, Env, EnvSource, ExternalEndpoint, FileSet,
    MountPoint, MountSource, PlannedProbe, Posture, ProbeCheck, Retention, SecretEntry, SecretSet,
    ServicePlan, WaitTarget, Workload,
};
pub use planner::{Input, plan};

pub(crate) use known::{each as each_secret, is_telling};
pub(crate) use names::joined as joined_name;
pub(crate) use sensitive::is_sensitive;

/// The passwords in a line of a command.
pub(crate) fn passwords_in_command(line: &str) -> Vec<&str> {
    sensitive::in_command(&[line])
}
