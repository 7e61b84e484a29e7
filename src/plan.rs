//! The decisions: from a Compose project and its settings to an application, target-neutral.
//!
//! [`plan`] answers for every service what runs it, how it is reached, where its data lives and
//! what it is configured with. Lowering to Kubernetes objects asks no further questions.

mod account;
mod annotations;
mod app;
mod autoscale;
mod classify;
mod command;
mod debug;
mod draft;
mod environment;
mod external;
mod files;
mod hidden;
mod hooks;
mod hosts;
mod image;
mod known;
mod names;
mod placement;
mod planner;
mod populate;
mod ports;
mod posture;
mod probes;
mod process;
mod references;
mod resources;
mod same_node;
mod secret_values;
mod security;
mod sensitive;
mod several;
mod sharing;
mod storage;
mod trace;
mod unsupported;

pub use app::{
    Account, Annotation, App, Autoscaling, Claim, ConfigFile, ContainerPort, DataSource, Env,
    EnvSource, ExternalEndpoint, FileSet, InitStep, MountPoint, MountSource, NodeRequirement,
    Placement, PlannedProbe, Populate, Posture, ProbeCheck, Reach, Retention, SeLinux, SecretEntry,
    SecretSet, SecretStore, ServicePlan, SpreadOver, WaitTarget, Workload,
};
pub use planner::{Input, plan};
pub use trace::{Trace, Traces};

pub(crate) use command::escape as escaped;
pub(crate) use draft::Draft;
pub(crate) use known::{is_telling, names_of};
pub(crate) use names::joined as joined_name;
pub(crate) use secret_values::SecretValues;
pub(crate) use sensitive::is_sensitive;

/// The passwords in a line of a command.
pub(crate) fn passwords_in_command(line: &str) -> Vec<&str> {
    sensitive::in_command(&[line])
}
