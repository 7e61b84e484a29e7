//! Kubernetes objects: lowering from the plan, and the objects themselves.
//!
//! [`lower`] turns a planned application into objects, built from the API's own types. It makes no
//! decisions: what it needs to know stands in the plan.

mod access;
mod autoscaler;
mod check;
mod config;
mod container;
mod defaults;
mod exposure;
mod external_secret;
mod leaves;
mod lower;
mod network;
mod object;
mod order;
mod outside;
mod placement;
mod pod;
mod route;
mod service;
mod storage;
mod traces;
mod workload;

pub use crate::text::Origin;
pub use check::{Problem, check};
pub use config::secret_objects;
pub use lower::lower;
pub use object::{Object, ObjectKey, Origins, Role, sort_objects};
pub(crate) use order::sort as sort_fields;
pub(crate) use workload::is_reloaded;
