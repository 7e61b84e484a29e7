//! Source files and spans.

use std::{ops::Range, sync::Arc};

/// A source file's number in its [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in one source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of what no file says: a default, a flag, an inferred value.
    pub const NONE: Self = Self { file: FileId(u32::MAX), start: 0, end: 0 };

    /// A span from byte `start` up to `end` of `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// Whether this points into no file.
    pub fn is_none(self) -> bool {
        self.file == Self::NONE.file
    }

    /// The smallest span that covers both; the first if they lie in different files.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file == other.file {
            Self {
                file: self.file,
                start: self.start.min(other.start),
                end: self.end.max(other.end),
            }
        } else {
            self
        }
    }
}

/// A line and column, both counted from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One source file: its name as the user knows it and its text.
#[derive(Debug, Clone)]
pub struct Source {
    /// Name shown in messages, relative where the user gave a relative one.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

impl Source {
    /// The number of the line that a byte is in, from 0, and the line's bytes without its end.
    pub(super) fn line_at(&self, offset: u32) -> (usize, Range<usize>) {
        let index = self.line_starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.line_starts.get(index).map_or(0, |&start| start as usize);
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        let line = self.text.get(start..end).unwrap_or_default();
        (index, start..start + line.trim_end_matches(['\n', '\r']).len())
    }
}

/// All source files of a run, and which of their parts must not be shown.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
    sensitive: Vec<Span>,
}

impl Sources {
    /// Adds a file and returns its number; one that is there already, with the same text, keeps its
    /// number, so that a file that several environments read is one file in messages.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let (name, text) = (name.into(), text.into());
        let same = |file: &Source| file.name == name && file.text == text;
        if let Some(index) = self.files.iter().position(same) {
            return FileId(to_u32(index));
        }
        let mut line_starts = vec![0];
        line_starts.extend(text.match_indices('\n').map(|(at, _)| to_u32(at + 1)));
        self.files.push(Source { name, text, line_starts });
        FileId(to_u32(self.files.len() - 1))
    }

    /// The file of that number.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.files.get(file.0 as usize)
    }

    /// All files, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, source)| (FileId(to_u32(index)), source))
    }

    /// The text that a span covers, empty where it points nowhere.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file)
            .and_then(|source| source.text.get(span.start as usize..span.end as usize))
            .unwrap_or_default()
    }

    /// Where a span starts.
    pub fn position(&self, span: Span) -> Option<Position> {
        let source = self.get(span.file)?;
        let index =
            source.line_starts.partition_point(|&start| start <= span.start).checked_sub(1)?;
        let start = *source.line_starts.get(index)? as usize;
        let before = source.text.get(start..span.start as usize)?;
        Some(Position { line: to_u32(index + 1), column: to_u32(before.chars().count() + 1) })
    }

    /// `file:line:column` of a span's start, for texts that are no diagnostics.
    pub fn location(&self, span: Span) -> Option<String> {
        let position = self.position(span)?;
        let name = &self.get(span.file)?.name;
        Some(format!("{name}:{}:{}", position.line, position.column))
    }

    /// Marks a span as secret: renderers show `•••` in its place.
    pub fn hide(&mut self, span: Span) {
        if !span.is_none() {
            self.sensitive.push(span);
        }
    }

    /// The spans that must not be shown.
    pub fn hidden(&self) -> &[Span] {
        &self.sensitive
    }
}

/// Files over 4 GiB are refused before they get here, so saturation is never seen.
fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
