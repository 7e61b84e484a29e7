//! What every emitter gets, and what it gives.

use std::{collections::BTreeMap, rc::Rc};

use super::Claims;
pub use crate::settings::SecretMode;
use crate::{kube::Object, overlay::CopiedFile};

/// The objects of a project: of the base and of each environment.
///
/// Objects are not sealed yet: Jobs have no hash in their names (waits refer to `job/<name>`) and
/// pods no checksums of their configuration. `overlay::seal` adds what a format needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bundle {
    /// The project's name, valid as a Kubernetes name and as a chart's.
    pub project: String,
    /// The base; never holds Secrets when environments are given.
    pub base: Variant,
    /// The environments, in the order they were asked for.
    pub environments: Vec<Variant>,
}

/// The objects of the base or of one environment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variant {
    /// The environment's resolved name; empty for the base.
    pub environment: String,
    /// The objects, patched and checked, in order. Each carries the label `c2k.dev/environment`
    /// on its metadata if this is an environment.
    pub objects: Rc<Vec<Object>>,
    /// What becomes of sensitive values.
    pub secret_mode: SecretMode,
    /// The Secrets that workloads refer to, with their keys, whether written or not.
    pub secrets: Vec<SecretKeys>,
    /// The namespace, if it is said.
    pub namespace: Option<String>,
    /// What the user's own kustomization of the environment changed; a Kustomize tree has it as it
    /// was written, on top of what c2k generated.
    pub custom: Option<Custom>,
}

/// The user's own kustomization of an environment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Custom {
    /// The objects before it.
    pub generated: Rc<Vec<Object>>,
    /// The namespace before it.
    pub namespace: Option<String>,
    /// Its files, by their paths in the tree.
    pub files: Vec<CopiedFile>,
    /// The names of Jobs that end in a hash, by the names without.
    pub jobs: BTreeMap<String, String>,
}

impl Custom {
    /// The folder of the generated part, below the environment's.
    pub const FOLDER: &'static str = "generated";
}

/// A Secret that workloads refer to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretKeys {
    /// Its name: `notes-shared`, `web-secret`.
    pub name: String,
    /// Its keys, sorted.
    pub keys: Vec<String>,
    /// The service that owns it; none if several share it.
    pub service: Option<String>,
}

/// Files to write, by their path below the output folder, with `/` between the parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// The files.
    pub files: BTreeMap<String, TreeFile>,
    /// The claims that hold the data of each environment.
    pub claims: Claims,
}

/// One file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Its text.
    pub text: String,
    /// Whether it holds secret values: no trace of it goes into the state file but its name.
    pub secret: bool,
}

impl Tree {
    /// Adds a file.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), TreeFile { text: text.into(), secret: false });
    }

    /// Adds a file that holds secret values.
    pub fn add_secret(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), TreeFile { text: text.into(), secret: true });
    }
}
