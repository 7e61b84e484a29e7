//! Files that are written but not in their places yet.

use std::{
    collections::BTreeSet,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::emit::writer::{Refusal, fault, mark};

/// What the names of files start with that are not in their places yet.
const PREFIX: &str = ".c2k-";

/// How many characters of chance follow.
const CHANCE: usize = 6;

/// Collects files; dropped without [`Stage::commit`], it leaves nothing behind.
pub(super) struct Stage<'a> {
    folder: &'a Path,
    files: Vec<(NamedTempFile, PathBuf)>,
    /// Folders that were made for the files, outermost first.
    made: Vec<PathBuf>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(folder: &'a Path) -> Self {
        Self { folder, files: Vec::new(), made: Vec::new() }
    }

    /// Writes a file beside its place.
    pub(super) fn add(&mut self, path: &str, content: &[u8], secret: bool) -> Result<(), Refusal> {
        let place = self.folder.join(path);
        let parent = place.parent().unwrap_or(self.folder).to_owned();
        self.make(&parent)?;
        if place.is_dir() {
            let error = io::Error::from(io::ErrorKind::IsADirectory);
            return Err(Refusal { path: place, error });
        }
        let file = fault::step().and_then(|()| new_file(&parent, secret)).and_then(|mut file| {
            file.write_all(content)?;
            if secret {
                mark::set(file.as_file());
            }
            Ok(file)
        });
        self.files.push((file.map_err(Refusal::at(&place))?, place));
        Ok(())
    }

    fn make(&mut self, folder: &Path) -> Result<(), Refusal> {
        let missing: Vec<_> = folder
            .ancestors()
            .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
            .collect();
        for above in missing.into_iter().rev() {
            fault::step().and_then(|()| fs::create_dir(above)).map_err(Refusal::at(above))?;
            self.made.push(above.to_owned());
        }
        Ok(())
    }

    /// Moves the files to their places.
    pub(super) fn commit(mut self) -> Result<(), Refusal> {
        let mut files = std::mem::take(&mut self.files).into_iter();
        while let Some((file, place)) = files.next() {
            if let Err(error) = fault::step() {
                self.files = std::iter::once((file, place.clone())).chain(files).collect();
                return Err(Refusal { path: place, error });
            }
            file.persist(&place).map_err(|error| Refusal { path: place, error: error.error })?;
        }
        self.made.clear();
        Ok(())
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        #[cfg(test)]
        if fault::killed() {
            // Nobody cleans up behind a process that was killed.
            std::mem::take(&mut self.files).into_iter().for_each(|(file, _)| drop(file.keep()));
            return;
        }
        self.files.clear();
        for folder in self.made.iter().rev() {
            // A folder that is not empty any more belongs to somebody.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Removes what a run that was killed left in the folders of files.
pub(super) fn sweep<'a>(folder: &Path, files: impl Iterator<Item = &'a String>) {
    let parents = files.filter_map(|path| Some(folder.join(path).parent()?.to_owned()));
    let folders: BTreeSet<PathBuf> = parents.chain([folder.to_owned()]).collect();
    for entry in folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten() {
        let name = entry.file_name();
        let chance = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).unwrap_or_default();
        if chance.len() == CHANCE && chance.chars().all(|c| c.is_ascii_alphanumeric()) {
            // One that cannot be removed does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A temporary file that others may read as they may read files that the user makes; with secret
/// values, only the user.
fn new_file(folder: &Path, secret: bool) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).rand_bytes(CHANCE);
    #[cfg(unix)]
    if !secret {
        use std::os::unix::fs::PermissionsExt as _;
        // The process's umask takes away from it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = secret;
    builder.tempfile_in(folder)
}
