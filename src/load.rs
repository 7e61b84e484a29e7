//! Loading: from compose files to one canonical tree, in the phases and order of the reference
//! loader (`docker compose config`).
//!
//! Files in, one [`Loaded`] out: interpolated, merged, extended, included, validated, canonical,
//! normalised, its services selected by profile. Nothing here touches the disk but through [`Files`].

mod adopted;
mod booleans;
pub mod bytes;
pub mod canonical;
#[cfg(feature = "docker-compose-types")]
mod compose_types;
#[cfg(test)]
mod conformance;
pub mod consistency;
mod container;
pub mod defaults;
mod discovery;
mod dotenv;
pub mod durations;
mod env_file;
mod environment;
mod extends;
mod files;
#[cfg(test)]
mod fuzz;
mod include;
mod interpolate;
mod merge;
pub mod mounts;
pub mod normalize;
pub mod paths;
pub mod ports;
mod profiles;
mod project;
pub mod prune;
mod reader;
mod reset;
pub mod schema;
pub mod shellwords;
mod swarm;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tests;
mod tree;
mod unicity;
mod variables;
mod written;

use std::collections::BTreeMap;

pub use files::{Disk, Memory};
pub use written::{WrittenVariable, written_variables};

use crate::{
    text::{Failed, Sink, Sources, Span},
    yaml::Node,
};

/// Loads a project; every problem goes to the sink.
pub fn load(
    files: &dyn Files,
    options: &Options,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Result<Loaded, Failed> {
    project::Loader::new(files, options, sources, sink).run()
}

/// Finds the compose files and the project's folder, reading nothing but environment files.
pub fn locate(
    files: &dyn Files,
    options: &Options,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Result<Located, Failed> {
    project::Loader::new(files, options, sources, sink).located()
}

/// Where a project is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Located {
    /// Absolute path of the project folder.
    pub project_dir: String,
    /// Absolute paths of the compose files, in order; `-` is standard input.
    pub files: Vec<String>,
}

/// Where files come from: the disk, or memory.
///
/// Paths are absolute or relative to the working folder, with `/` between their parts.
pub trait Files {
    /// The content of a file.
    fn read(&self, path: &str) -> std::io::Result<Vec<u8>>;
    /// What is at a path; none if nothing is.
    fn stat(&self, path: &str) -> Option<Stat>;
    /// The names in a folder, sorted.
    fn list(&self, path: &str) -> std::io::Result<Vec<String>>;
    /// The absolute path of the working folder.
    fn working_dir(&self) -> String;
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Whether it is a folder.
    pub folder: bool,
    /// Whether it is a regular file (no socket, no device).
    pub file: bool,
    /// Size in bytes.
    pub size: u64,
    /// Whether the owner may execute it.
    pub executable: bool,
}

/// What to load, and with which environment.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Compose files (`-f`), in order; empty: `COMPOSE_FILE`, else discovery. `-` is standard input.
    pub files: Vec<String>,
    /// Further files merged after the given or discovered ones (an environment's own).
    pub more_files: Vec<String>,
    /// Whether an override file that discovery finds is merged.
    pub discover_override: bool,
    /// Environment files (`--env-file`); empty: `COMPOSE_ENV_FILES`, else `.env`.
    pub env_files: Vec<String>,
    /// Environment files read over `.env` (`.env.<env>`).
    pub more_env_files: Vec<String>,
    /// The process environment that the loader may see.
    pub environment: BTreeMap<String, String>,
    /// Project folder (`--project-directory`).
    pub project_directory: Option<String>,
    /// Project name (`-p`).
    pub project_name: Option<String>,
    /// Active profiles (`--profile`).
    pub profiles: Vec<String>,
    /// Services to keep, with what they depend on; empty: all.
    pub services: Vec<String>,
    /// The text of standard input, for the file `-`.
    pub stdin: Option<String>,
    /// Load as `docker compose config` prints it: hooks before the start show all that they
    /// inherit, and what only Docker Swarm acts on is noted.
    pub config: bool,
    /// Steps of `docker compose config` to leave out.
    pub skip: Skip,
}

/// Steps to leave out (`--no-interpolate` and its like).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct Skip {
    /// Leave `$NAME` as it is.
    pub interpolation: bool,
    /// No defaults, no implicit networks and dependencies.
    pub normalization: bool,
    /// Leave paths as they are written.
    pub path_resolution: bool,
    /// Leave `env_file` and null variables as they are.
    pub env_resolution: bool,
    /// No checks of references and contradictions.
    pub consistency: bool,
    /// Let services have one container name.
    pub container_names: bool,
    /// Keep networks, volumes, secrets and configs that no service uses.
    pub pruning: bool,
    /// No checks against the specification.
    pub validation: bool,
    /// Stop at the merged model: no types, profiles, selection, references, files of variables.
    pub project: bool,
}

/// A loaded project.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The canonical tree, as `docker compose config` prints it (before `$` is doubled).
    pub tree: Node,
    /// Services that no active profile enables, as a mapping; otherwise canonical too.
    pub disabled: Node,
    /// The project's name.
    pub name: String,
    /// Absolute path of the project folder.
    pub project_dir: String,
    /// Every file that was read, in order.
    pub files: Vec<String>,
    /// The environment of interpolation: variables of the process and of environment files.
    pub environment: BTreeMap<String, String>,
    /// The variables used in interpolation, with what they were.
    pub variables: BTreeMap<String, Variable>,
}

/// A variable of the environment and where its value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The value.
    pub value: String,
    /// The line of an environment file; `Span::NONE` for the process environment.
    pub span: Span,
}
