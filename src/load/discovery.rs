//! Where the compose files are: given, named by the environment, or found.

use super::{interpolate::Variables, paths, project::Loader};
use crate::text::{Code, Diagnostic, Failed, Span};

/// Names of compose files, the first found wins.
const NAMES: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// Names of override files, the first found wins.
const OVERRIDES: [&str; 4] = [
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

impl Loader<'_> {
    /// The absolute paths of the compose files, in order.
    pub(super) fn compose_files(
        &mut self,
        start: &str,
        variables: &Variables,
    ) -> Result<Vec<String>, Failed> {
        if !self.options.files.is_empty() {
            let files = self.options.files.clone();
            return self.existing(&files, "open");
        }
        let value = |name: &str| variables.get(name).map(|variable| variable.value.as_str());
        if let Some(list) = value("COMPOSE_FILE").filter(|list| !list.is_empty()) {
            let separator = value("COMPOSE_PATH_SEPARATOR")
                .filter(|separator| !separator.is_empty())
                .unwrap_or(if cfg!(windows) { ";" } else { ":" });
            let files: Vec<String> = list.split(separator).map(str::to_owned).collect();
            return self.existing(&files, "stat");
        }
        self.discover(start)
    }

    fn existing(&mut self, files: &[String], call: &str) -> Result<Vec<String>, Failed> {
        let mut found = Vec::new();
        for path in files {
            if path == "-" {
                found.push(path.clone());
                continue;
            }
            let path = self.local_path(&self.working_dir.clone(), path, Span::NONE)?;
            if self.files.stat(&path).is_none() {
                let message = format!("{call} {}: no such file or directory", self.shown(&path));
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let help = match self.present(folder, &NAMES).first() {
                    Some(known) => format!("there is `{}`", self.shown(known)),
                    None => "name a file that is there; without one, c2k looks for `compose.yaml` here and in the folders above".to_owned(),
                };
                return Err(self
                    .sink
                    .fail(Diagnostic::new(Code::FileUnreadable, message).help(help)));
            }
            found.push(path);
        }
        Ok(found)
    }

    /// Searches a folder and its parents.
    fn discover(&mut self, start: &str) -> Result<Vec<String>, Failed> {
        let mut folder = start.to_owned();
        loop {
            let found = self.present(&folder, &NAMES);
            if let Some(first) = found.first() {
                let mut files = vec![first.clone()];
                self.warn_of_several(&found, "config");
                if self.options.discover_override {
                    let overrides = self.present(&folder, &OVERRIDES);
                    self.warn_of_several(&overrides, "override");
                    files.extend(overrides.into_iter().next());
                }
                return Ok(files);
            }
            let parent = paths::parent(&folder);
            if parent == folder || folder == "." {
                let diagnostic = Diagnostic::new(
                    Code::NoComposeFile,
                    "no configuration file provided: not found",
                )
                .help("give the path of a compose file with `-f`");
                return Err(self.sink.fail(diagnostic));
            }
            folder = parent;
        }
    }

    fn present(&self, folder: &str, names: &[&str]) -> Vec<String> {
        names
            .iter()
            .map(|name| paths::join(folder, name))
            .filter(|path| self.files.stat(path).is_some_and(|stat| !stat.folder))
            .collect()
    }

    fn warn_of_several(&mut self, found: &[String], kind: &str) {
        let [first, _, ..] = found else { return };
        let names: Vec<&str> = found.iter().map(|path| paths::base_name(path)).collect();
        let message =
            format!("found multiple {kind} files with supported names: {}", names.join(", "));
        let help = format!("{} is used", paths::base_name(first));
        self.sink.push(Diagnostic::new(Code::SeveralComposeFiles, message).help(help));
    }
}
