//! Which files belong to which environment.

use crate::{
    load::{self, Files, Options},
    settings::{EnvironmentName, compose_side},
    text::{Failed, Sink, Sources},
};

/// Where a project is.
#[derive(Debug)]
pub(super) struct Place {
    /// Absolute path of its folder.
    pub(super) project_dir: String,
    /// The same as it is shown: relative where it is below the working folder.
    pub(super) shown_dir: String,
    /// The override file that discovery finds, as it is shown.
    pub(super) override_file: Option<String>,
    /// The compose files without it, as they are shown.
    files: Vec<String>,
}

/// What one environment is loaded with beside the base files.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Side {
    /// Whether the override file that discovery finds is merged.
    pub(super) with_override: bool,
    pub(super) compose_files: Vec<String>,
    pub(super) env_files: Vec<String>,
}

impl Place {
    /// Finds the project; none if there is none, which the loader explains.
    pub(super) fn find(files: &dyn Files, options: &Options) -> Option<Self> {
        let locate = |discover_override| {
            let options = Options { discover_override, ..options.clone() };
            load::locate(files, &options, &mut Sources::default(), &mut Sink::default()).ok()
        };
        let base = locate(false)?;
        let with_override = locate(true)?;
        let working_dir = files.working_dir();
        let show = |path: &String| shown(path, &working_dir).to_owned();
        let only_there = |path: &&String| !base.files.contains(path);
        Some(Self {
            shown_dir: show(&base.project_dir),
            override_file: with_override.files.iter().find(only_there).map(show),
            files: base.files.iter().filter(|path| *path != "-").map(show).collect(),
            project_dir: base.project_dir,
        })
    }

    /// What an environment is loaded with. The override file is for development.
    pub(super) fn side(
        &self,
        name: &EnvironmentName,
        files: &dyn Files,
        options: &Options,
        sink: &mut Sink,
    ) -> Result<Side, Failed> {
        let side = compose_side(name, &self.files, files, &self.shown_dir, sink)?;
        let env_files =
            if options.env_files.is_empty() { side.env_files } else { Vec::new() };
        Ok(Side {
            with_override: name.resolved == "dev",
            compose_files: side.compose_files,
            env_files,
        })
    }
}

impl Side {
    /// The options of a load with it.
    pub(super) fn options(&self, options: &Options) -> Options {
        let mut options = options.clone();
        options.discover_override = self.with_override;
        options.more_files.extend(self.compose_files.iter().cloned());
        options.more_env_files.extend(self.env_files.iter().cloned());
        options
    }
}

/// A path as it is shown: relative where it is below the working folder.
pub(super) fn shown<'a>(path: &'a str, working_dir: &str) -> &'a str {
    if path == working_dir {
        return ".";
    }
    let below = path.strip_prefix(working_dir.trim_end_matches('/'));
    below.and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
}

/// The path of something below a folder that is shown.
pub(super) fn below(folder: &str, name: &str) -> String {
    if folder == "." { name.to_owned() } else { format!("{folder}/{name}") }
}
