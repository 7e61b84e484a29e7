//! Reading of files: once each, within limits.

use super::project::Loader;
use crate::{
    text::{Code, Failed, FileId, Span},
    yaml::{self, Node},
};

/// The largest file that is read.
const MAX_FILE: u64 = 64 << 20;
/// How many files and bytes of YAML one project may read, includes counted each time.
const MAX_LOADS: usize = 4096;
const MAX_BYTES: usize = 256 << 20;
/// How many documents one file may have.
const MAX_DOCUMENTS: usize = 1000;
impl Loader<'_> {
    /// The documents of a file; none if it is empty.
    pub(super) fn documents(&mut self, file: FileId, path: &str) -> Result<Vec<Node>, Failed> {
        self.loads += 1;
        let size = self.sources.get(file).map_or(0, |source| source.text.len());
        self.bytes += size;
        if self.loads > MAX_LOADS || self.bytes > MAX_BYTES {
            let message = format!("too many files are read, the last: {}", self.shown(path));
            return Err(self.fail(Code::TooLarge, message, Span::new(file, 0, 0)));
        }
        let documents = match self.parsed.remove(&file) {
            Some(documents) => documents,
            None => self.parse(file)?,
        };
        if documents.len() > MAX_DOCUMENTS {
            let message = format!("a compose file has at most {MAX_DOCUMENTS} documents");
            return Err(self.fail(Code::TooLarge, message, Span::new(file, 0, 0)));
        }
        let empty = matches!(documents.as_slice(), [one] if one.is_null()) && self.is_blank(file);
        Ok(if empty { Vec::new() } else { documents })
    }

    /// Parses a file.
    pub(super) fn parse(&mut self, file: FileId) -> Result<Vec<Node>, Failed> {
        yaml::parse_documents(file, self.sources, self.sink)
    }

    fn is_blank(&self, file: FileId) -> bool {
        self.sources.get(file).is_none_or(|source| {
            source.text.trim_start_matches('\u{feff}').lines().all(|line| {
                let line = line.trim();
                line.is_empty() || line.starts_with('#')
            })
        })
    }

    /// A compose file's number; `-` is standard input.
    pub(super) fn compose_file(&mut self, path: &str, span: Span) -> Result<FileId, Failed> {
        if path != "-" {
            return self.read_file(path, span);
        }
        if let Some(id) = self.ids.get("-") {
            return Ok(*id);
        }
        let text = self.options.stdin.clone().unwrap_or_default();
        let id = self.sources.add("<stdin>", text);
        self.ids.insert("-".to_owned(), id);
        self.read.push("-".to_owned());
        Ok(id)
    }

    /// Reads a file, once.
    pub(super) fn read_file(&mut self, path: &str, span: Span) -> Result<FileId, Failed> {
        if let Some(id) = self.ids.get(path) {
            return Ok(*id);
        }
        let name = self.shown(path);
        let text = self.text(path, &name).map_err(|(code, problem)| {
            self.fail(code, format!("cannot read {name}: {problem}"), span)
        })?;
        let id = self.sources.add(name, text);
        self.ids.insert(path.to_owned(), id);
        self.read.push(path.to_owned());
        Ok(id)
    }

    fn text(&self, path: &str, name: &str) -> Result<String, (Code, String)> {
        let Some(stat) = self.files.stat(path) else {
            return Err((Code::FileUnreadable, "no such file or directory".to_owned()));
        };
        if stat.folder {
            return Err((Code::FileUnreadable, "it is a directory".to_owned()));
        }
        if stat.size > MAX_FILE {
            return Err((Code::FileTooLarge, format!("{name} has more than 64 MiB")));
        }
        let content =
            self.files.read(path).map_err(|error| (Code::FileUnreadable, error.to_string()))?;
        String::from_utf8(content).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            (Code::NotUtf8, format!("byte {at} is not UTF-8"))
        })
    }
}
