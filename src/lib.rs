//! c2k turns a Docker Compose project into Kubernetes objects, once per environment.

pub mod catalog;
pub mod emit;
pub mod kube;
pub mod overlay;
pub mod text;
pub mod yaml;
