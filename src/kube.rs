//! Kubernetes objects: lowering from the plan, and the objects themselves.

mod object;

pub use crate::text::Origin;
pub use object::{Object, ObjectKey, Origins, Role, sort_objects};
