//! Kubernetes objects: lowering from the plan, and the objects themselves.

mod object;

pub use object::{Object, ObjectKey, Origin, Origins, Role, sort_objects};
