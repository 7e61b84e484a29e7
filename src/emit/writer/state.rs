//! What the last run wrote.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sha2::{Digest, Sha256};

use crate::emit::{
    Claims,
    writer::{Refusal, is_inside, read},
};

/// The file in the output folder that says what the last run wrote.
///
/// Its name keeps it out of `kubectl apply -f` and of globs for YAML.
pub const STATE_FILE: &str = ".c2k-state";

/// The first line; another one means another format, of which nothing is believed.
const HEADER: &str = "c2k-state 1: what c2k wrote here, to see what was changed since";

/// What lines about claims begin with: the environment and the claim follow.
const CLAIM: &str = "claim ";

/// What is remembered of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// The SHA-256 of its content, in hex.
    Hash(String),
    /// Nothing: a short password could be guessed from a hash.
    Secret,
}

/// The files of a run. While a run replaces files, each has the mark before and the one after, so
/// that the next run knows it either way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct State {
    pub(super) files: BTreeMap<String, BTreeSet<Mark>>,
    /// The claims that hold the data of each environment.
    pub(super) claims: Claims,
}

impl Mark {
    pub(super) fn of(content: &[u8]) -> Self {
        Self::Hash(format!("{:x}", Sha256::digest(content)))
    }
}

impl State {
    pub(super) fn read(folder: &Path) -> Result<Self, Refusal> {
        let path = folder.join(STATE_FILE);
        let content = read(&path).map_err(Refusal::at(&path))?.unwrap_or_default();
        Ok(Self::parse(&String::from_utf8_lossy(&content)))
    }

    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return Self::default();
        }
        let entry = |line: &str| {
            let (mark, path) = line.split_once(' ')?;
            let mark = if mark == "secret" { Mark::Secret } else { Mark::Hash(mark.to_owned()) };
            // A path that leads out of the folder is not c2k's.
            is_inside(path).then(|| (path.to_owned(), mark))
        };
        let mut state = Self::default();
        for line in lines {
            if let Some(claim) = line.strip_prefix(CLAIM) {
                let (environment, name) = claim.split_once(' ').unwrap_or(("", claim));
                state.claims.entry(environment.to_owned()).or_default().insert(name.to_owned());
            } else if let Some((path, mark)) = entry(line) {
                state.add(path, mark);
            }
        }
        state
    }

    /// Adds a mark to those of a file.
    pub(super) fn add(&mut self, path: String, mark: Mark) {
        self.files.entry(path).or_default().insert(mark);
    }

    /// What this and another state know.
    pub(super) fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (path, marks) in &other.files {
            both.files.entry(path.clone()).or_default().extend(marks.iter().cloned());
        }
        for (environment, names) in &other.claims {
            both.claims.entry(environment.clone()).or_default().extend(names.iter().cloned());
        }
        both
    }

    pub(super) fn text(&self) -> String {
        let marks =
            self.files.iter().flat_map(|(path, marks)| marks.iter().map(move |mark| (path, mark)));
        let line = |(path, mark): (&String, &Mark)| match mark {
            Mark::Hash(hash) => format!("{hash} {path}\n"),
            Mark::Secret => format!("secret {path}\n"),
        };
        let claims = self.claims.iter().flat_map(|(environment, names)| {
            names.iter().map(move |name| format!("{CLAIM}{environment} {name}\n"))
        });
        let claims: String = claims.collect();
        format!("{HEADER}\n{claims}{}", marks.map(line).collect::<String>())
    }

    /// Whether this is what the last run wrote there.
    pub(super) fn wrote(&self, path: &str, content: &[u8]) -> bool {
        self.files.get(path).is_some_and(|marks| marks.contains(&Mark::of(content)))
    }

    pub(super) fn is_secret(&self, path: &str) -> bool {
        self.files.get(path).is_some_and(|marks| marks.contains(&Mark::Secret))
    }
}
