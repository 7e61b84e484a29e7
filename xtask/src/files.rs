//! Folders: listing, copying, clearing.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{Result, context};

/// Every file below a folder: its name relative to the folder, with `/`, and its path.
pub fn below(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    collect(folder, "", &mut found)?;
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, PathBuf>) -> Result {
    for entry in context(fs::read_dir(folder), folder.display())? {
        let path = context(entry, folder.display())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() && !path.is_symlink() {
            collect(&path, &format!("{name}/"), found)?;
        } else {
            found.insert(name, path);
        }
    }
    Ok(())
}

/// The names of the folders in a folder, sorted; none where there is no folder.
pub fn folders(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Copies the content of a folder into another, symbolic links and empty folders included.
///
/// The copies are writable even where the originals are not.
pub fn copy(from: &Path, to: &Path) -> Result {
    context(fs::create_dir_all(to), to.display())?;
    for entry in context(fs::read_dir(from), from.display())? {
        let source = context(entry, from.display())?.path();
        let target = to.join(source.file_name().unwrap_or_default());
        if let Ok(link) = fs::read_link(&source) {
            context(std::os::unix::fs::symlink(link, &target), target.display())?;
        } else if source.is_dir() {
            copy(&source, &target)?;
        } else {
            let content = context(fs::read(&source), source.display())?;
            context(fs::write(&target, content), target.display())?;
            keep_execute_bits(&source, &target)?;
        }
    }
    Ok(())
}

fn keep_execute_bits(source: &Path, target: &Path) -> Result {
    use std::os::unix::fs::PermissionsExt;
    let mode = context(source.metadata(), source.display())?.permissions().mode();
    let writable = fs::Permissions::from_mode(mode | 0o200);
    context(fs::set_permissions(target, writable), target.display())
}

/// Empties a folder, which stays.
pub fn clear(folder: &Path) -> Result {
    for entry in context(fs::read_dir(folder), folder.display())? {
        let path = context(entry, folder.display())?.path();
        let removed = if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        context(removed, path.display())?;
    }
    Ok(())
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, content: &[u8]) -> Result {
    if let Some(folder) = path.parent() {
        context(fs::create_dir_all(folder), folder.display())?;
    }
    context(fs::write(path, content), path.display())
}

/// A fresh temporary folder that is removed with its value.
pub fn temporary() -> Result<tempfile::TempDir> {
    context(tempfile::Builder::new().prefix("c2k-judge-").tempdir(), "no temporary folder")
}
