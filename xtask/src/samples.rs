//! The samples of the repository and their environments.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{Result, c2k::Call, files, repository};

/// The environments that come with c2k.
pub const BUILT_IN: [&str; 3] = ["dev", "production", "staging"];

/// One folder of `samples/`.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The name of the folder.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
}

/// Every sample, in the order of their names.
pub fn all() -> Result<Vec<Sample>> {
    let samples = repository().join("samples");
    let names = files::folders(&samples);
    if names.is_empty() {
        return Err(format!("no samples in {}", samples.display()));
    }
    Ok(names.into_iter().map(|name| Sample { folder: samples.join(&name), name }).collect())
}

impl Sample {
    /// The environments that are judged: the built-in ones and the sample's own.
    pub fn environments(&self) -> BTreeSet<String> {
        let built_in = BUILT_IN.into_iter().map(str::to_owned);
        built_in.chain(files::folders(&self.folder.join("overlays"))).collect()
    }

    /// The environments whose manifests are kept in `expected/`: the sample's own, and those that
    /// a person made a folder for; the built-in ones where there are none.
    pub fn expected_environments(&self) -> BTreeSet<String> {
        let own = files::folders(&self.folder.join("overlays"));
        let kept = files::folders(&self.expected().join("manifests"));
        let named: BTreeSet<_> = own.into_iter().chain(kept).collect();
        if named.is_empty() { self.environments() } else { named }
    }

    /// The folder of the expected trees.
    pub fn expected(&self) -> PathBuf {
        self.folder.join("expected")
    }

    /// The call for a copy of the sample: c2k finds the compose file itself, as for a person.
    pub fn call(&self, copy: &Path) -> Call {
        Call { folder: copy.to_owned(), ..Call::default() }
    }

    /// Copies what a person wrote, without the expected trees, into a folder.
    pub fn copy_to(&self, folder: &Path) -> Result {
        files::copy(&self.folder, folder)?;
        let expected = folder.join("expected");
        if expected.is_dir() {
            files::clear(&expected)?;
            return crate::context(std::fs::remove_dir(&expected), expected.display());
        }
        Ok(())
    }
}
