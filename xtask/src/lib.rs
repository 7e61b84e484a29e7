//! The development commands of c2k, and what its tests need of real tools: helm, kustomize and a
//! kube-apiserver judge what c2k writes.
//!
//! Nothing here looks inside the library: the binary is run as a person would run it.
#![expect(clippy::print_stdout, reason = "these commands talk to a terminal")]

pub mod agreement;
pub mod apiserver;
pub mod bless;
pub mod c2k;
pub mod cargo;
pub mod charts;
pub mod checks;
pub mod conformance;
pub mod corpus;
pub mod counts;
pub(crate) mod definitions;
pub mod difference;
pub mod differential;
pub mod e2e;
pub mod environment;
pub mod files;
pub mod forms;
pub mod judges;
pub mod networks;
pub mod objects;
pub mod parallel;
pub mod pod_security;
pub mod pretend;
pub mod process;
pub mod promises;
mod random;
pub mod references;
pub mod roundtrip;
pub mod samples;
pub mod warnings;

use std::path::PathBuf;

/// The outcome of a step; the error is a sentence for the terminal.
pub type Result<T = ()> = std::result::Result<T, String>;

/// The top of the repository.
pub fn repository() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}

/// Turns an error of another library into a sentence that says what was tried.
pub fn context<T, E: std::fmt::Display>(
    result: std::result::Result<T, E>,
    tried: impl std::fmt::Display,
) -> Result<T> {
    result.map_err(|error| format!("{tried}: {error}"))
}
