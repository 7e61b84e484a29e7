//! Where files come from: the disk, or memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use super::{Files, Stat, paths};

/// The files of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn stat(&self, path: &str) -> Option<Stat> {
        let data = std::fs::metadata(path).ok()?;
        Some(Stat {
            folder: data.is_dir(),
            file: data.is_file(),
            size: data.len(),
            executable: executable(&data),
        })
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn working_dir(&self) -> String {
        std::env::current_dir()
            .map_or_else(|_| "/".to_owned(), |path| slashes(&path.to_string_lossy()))
    }
}

#[cfg(unix)]
fn executable(data: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    data.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_: &std::fs::Metadata) -> bool {
    false
}

/// The path with `/` between its parts.
fn slashes(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}

/// Files in memory, for tests and for callers that have no disk.
#[derive(Debug, Clone)]
pub struct Memory {
    working_dir: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new("/project")
    }
}

impl Memory {
    /// No files yet; relative paths are relative to `working_dir`.
    pub fn new(working_dir: &str) -> Self {
        Self { working_dir: paths::clean(working_dir), files: BTreeMap::new() }
    }

    /// Adds a file; a relative path is relative to the working folder.
    pub fn add(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.insert(self.absolute(path), content.into());
    }

    /// The same with a file more.
    #[must_use]
    pub fn with(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.add(path, content);
        self
    }

    fn absolute(&self, path: &str) -> String {
        paths::join(&self.working_dir, path)
    }

    /// The files below a folder: their paths after its own.
    fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let prefix = if folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") };
        let start = prefix.clone();
        self.files
            .range(start..)
            .map(|(path, _)| path.as_str())
            .map_while(move |path| path.strip_prefix(prefix.as_str()))
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.files
            .get(&self.absolute(path))
            .cloned()
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))
    }

    fn stat(&self, path: &str) -> Option<Stat> {
        let path = self.absolute(path);
        if let Some(content) = self.files.get(&path) {
            let size = content.len() as u64;
            return Some(Stat { folder: false, file: true, size, executable: false });
        }
        let folder = path == self.working_dir || self.below(&path).next().is_some();
        folder.then_some(Stat { folder: true, file: false, size: 0, executable: true })
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let names: BTreeSet<String> = self
            .below(&self.absolute(path))
            .filter_map(|rest| rest.split('/').next())
            .map(str::to_owned)
            .collect();
        Ok(names.into_iter().collect())
    }

    fn working_dir(&self) -> String {
        self.working_dir.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_where_files_are() {
        let files = Memory::new("/p").with("a/b.txt", "x").with("a/c/d.txt", "y").with("z", "");
        assert_eq!(files.list("a").unwrap(), ["b.txt", "c"]);
        assert_eq!(files.list(".").unwrap(), ["a", "z"]);
        assert!(files.stat("/p/a/c").unwrap().folder);
        assert!(files.stat("a/b.txt").unwrap().file);
        assert!(files.stat("a/b").is_none());
        assert_eq!(files.read("./a/../a/b.txt").unwrap(), b"x");
    }
}
