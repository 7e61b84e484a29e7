//! The binary, run as a person runs it.

mod bombs;
mod canary;
mod charts;
mod claims;
mod codes;
mod config;
mod convert;
mod differential;
mod environments;
mod explain;
mod outside;
mod overlays;
mod readme;
mod reference;
mod refused;
mod report;
mod settings;

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Output},
};

/// A project in a folder of its own.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    /// The folder with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes a file that is no text.
    pub(crate) fn write_bytes(&self, path: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(path), bytes).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.path().join(path)).unwrap()
    }

    /// Every file below a folder with its bytes.
    pub(crate) fn files(&self, below: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.0.path().join(below), self.0.path(), &mut found);
        found
    }

    /// Runs c2k in the folder, with nothing in its environment.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// Runs c2k with variables in its environment.
    pub(crate) fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_c2k"));
        command.args(args).current_dir(self.0.path()).env_clear();
        command.envs(variables.iter().copied());
        Run::of(command.output().unwrap())
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn collect(folder: &Path, root: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

/// A small project with everything that matters: a password, a port, data.
pub(crate) const SHOP: &str = "\
name: shop
services:
  web:
    image: nginx:1.27
    ports: ['8080:80']
    environment:
      MODE: ${MODE:-fast}
      DATABASE_URL: postgres://shop:${DB_PASSWORD:-hush-hush}@db:5432/shop
    depends_on: [db]
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: ${DB_PASSWORD:-hush-hush}
    volumes: ['data:/var/lib/postgresql/data']
volumes:
  data: {}
";

/// The folder of that project.
pub(crate) fn shop() -> Folder {
    Folder::with(&[("docker-compose.yml", SHOP)])
}
