//! Copies of the projects in `tests/e2e`, converted for a namespace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::space::Space;
use crate::{Result, c2k::Call, context, files, repository};

/// A copy of a project that a test may change.
pub(super) struct Project<'s> {
    /// Where it runs.
    pub(super) space: &'s Space<'s>,
    folder: TempDir,
    env: &'static str,
}

impl<'s> Project<'s> {
    /// A copy of `tests/e2e/<name>` for an environment.
    pub(super) fn new(space: &'s Space<'s>, name: &str, env: &'static str) -> Result<Self> {
        let folder = files::temporary()?;
        files::copy(&repository().join("tests/e2e").join(name), &folder.path().join("project"))?;
        Ok(Self { space, folder, env })
    }

    /// The folder of the compose file.
    pub(super) fn source(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Replaces text in a file of the project; the text must be there.
    pub(super) fn edit(&self, file: &str, from: &str, to: &str) -> Result {
        let path = self.source().join(file);
        let before = context(fs::read_to_string(&path), path.display())?;
        let after = before.replace(from, to);
        if before == after {
            return Err(format!("{file} has no `{from}`"));
        }
        files::write(&path, after.as_bytes())
    }

    /// Converts it to a form for the test's namespace, and gives the folder and the messages.
    pub(super) fn convert(&self, form: &str, flags: &[&str]) -> Result<(PathBuf, String)> {
        let out = self.folder.path().join(form);
        let mut args = vec!["convert", "--to", form, "--env", self.env];
        args.extend(["--namespace", &self.space.name]);
        args.extend(flags);
        let mut args: Vec<_> = args.into_iter().map(str::to_owned).collect();
        args.extend(["-o".to_owned(), out.display().to_string()]);
        let ended = self.call(args)?;
        match ended.code {
            Some(0 | 1) => Ok((out, ended.stderr)),
            code => Err(format!("c2k convert ended with {code:?}:\n{}", ended.stderr)),
        }
    }

    /// Calls c2k in the folder of the project.
    pub(super) fn call(&self, args: Vec<String>) -> Result<crate::process::Ended> {
        let call = Call { folder: self.source(), args, ..Call::default() };
        self.space.bench.c2k.call(&call)
    }

    /// Converts to manifests, makes the Secrets that they only refer to, applies, and waits until
    /// everything runs.
    pub(super) fn up(&self, flags: &[&str]) -> Result<PathBuf> {
        let (out, said) = self.convert("manifests", flags)?;
        if said.contains("c2k secrets") {
            self.make_secrets()?;
        }
        self.space.apply("-f", &out)?;
        self.space.runs()?;
        Ok(out)
    }

    /// `c2k secrets --env ENV | kubectl apply -f -`.
    pub(super) fn make_secrets(&self) -> Result {
        let line = format!(
            "c2k secrets --env {} --namespace {} | kubectl apply -f -",
            self.env, self.space.name
        );
        self.shell(&line).map(drop)
    }

    /// A line as a person types it in the folder of the project.
    pub(super) fn shell(&self, line: &str) -> Result<String> {
        let c2k = self.space.bench.c2k.path();
        let run = self.space.bench.cluster.shell(line, &[("c2k", &c2k)]);
        let line = line.to_owned();
        run.within(&self.source()).output().map_err(|error| format!("{line}: {error}"))
    }

    /// The environment's folder of a Kustomize tree.
    pub(super) fn overlay(&self, out: &Path) -> PathBuf {
        out.join("overlays").join(self.env)
    }

    /// The chart, and the `-f` flags of the environment.
    pub(super) fn chart(&self, out: &Path) -> Result<Vec<String>> {
        let chart = files::folders(out).into_iter().map(|name| out.join(name));
        let chart = chart.into_iter().find(|folder| folder.join("Chart.yaml").is_file());
        let chart = chart.ok_or_else(|| format!("no chart in {}", out.display()))?;
        let mut args = vec![chart.display().to_string()];
        for name in ["values", "secrets"] {
            let file = chart.join(format!("{name}-{}.yaml", self.env));
            if file.is_file() {
                args.extend(["-f".to_owned(), file.display().to_string()]);
            }
        }
        Ok(args)
    }
}
