//! c2k turns a Docker Compose project into Kubernetes objects, once per environment.

pub mod catalog;
pub mod cli;
pub mod compose;
mod convert;
pub mod diff;
pub mod emit;
pub mod kube;
pub mod ledger;
pub mod load;
pub mod overlay;
pub mod plan;
pub mod report;
pub mod settings;
pub mod text;
pub mod yaml;

pub use convert::{Outcome, Patched, Planned, Request, Target, convert};
