//! The source lines that a diagnostic shows, with what is secret masked.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::{Diagnostic, FileId, Label, Position, Source, Sources, Span};

/// Labels that are farther apart get excerpts of their own.
const MAX_GAP: usize = 40;
/// Lines of more bytes are not shown.
const MAX_LINE: usize = 4096;

/// A part of a file that labels point to.
pub(super) enum Excerpt<'a> {
    /// Its lines.
    Lines(Lines<'a>),
    /// Its name and a place in it, for lines that are too long.
    Place(&'a str, Position),
}

/// Lines of a file and the labels in them.
pub(super) struct Lines<'a> {
    name: &'a str,
    first: usize,
    text: String,
    labels: Vec<(AnnotationKind, Range<usize>, &'a str)>,
}

/// A label in its source.
#[derive(Clone)]
struct Placed<'a> {
    kind: AnnotationKind,
    label: &'a Label,
    line: usize,
    bytes: Range<usize>,
}

impl<'a> Excerpt<'a> {
    /// The excerpts of a diagnostic: that of the primary label first.
    pub(super) fn all(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Self> {
        let primary = diagnostic.primary.iter().map(|label| (AnnotationKind::Primary, label));
        let others = diagnostic.labels.iter().map(|label| (AnnotationKind::Context, label));
        let mut groups: Vec<(FileId, Vec<Placed<'a>>)> = Vec::new();
        for (kind, label) in primary.chain(others) {
            let Some(source) = sources.get(label.span.file) else { continue };
            let (line, bytes) = source.line_at(label.span.start);
            let placed = Placed { kind, label, line, bytes };
            let near = groups.iter_mut().find(|(file, group)| {
                *file == label.span.file
                    && group.iter().any(|other| other.line.abs_diff(line) <= MAX_GAP)
            });
            match near {
                Some((_, group)) => group.push(placed),
                None => groups.push((label.span.file, vec![placed])),
            }
        }
        groups.iter().filter_map(|(file, group)| Self::new(*file, group, sources)).collect()
    }

    /// The excerpt of labels that are near each other.
    fn new(file: FileId, group: &[Placed<'a>], sources: &'a Sources) -> Option<Self> {
        let source = sources.get(file)?;
        let (first, last) = (
            group.iter().min_by_key(|placed| placed.line)?,
            group.iter().max_by_key(|placed| placed.line)?,
        );
        if last.bytes.end - first.bytes.start > MAX_LINE * MAX_GAP
            || group.iter().any(|placed| placed.bytes.len() > MAX_LINE)
        {
            let position = sources.position(group.first()?.label.span)?;
            return Some(Self::Place(&source.name, position));
        }
        let bytes = first.bytes.start..last.bytes.end;
        let mask = Mask::new(file, source, bytes, sources.hidden());
        let labels = group
            .iter()
            .map(|placed| (placed.kind, mask.map(&shown(placed)), placed.label.text.as_str()))
            .collect();
        let Mask { text, .. } = mask;
        Some(Self::Lines(Lines { name: &source.name, first: first.line + 1, text, labels }))
    }
}

impl Lines<'_> {
    /// The lines as the renderer wants them.
    pub(super) fn snippet(&self) -> Snippet<'_, Annotation<'_>> {
        let annotations = self.labels.iter().map(|(kind, range, text)| {
            kind.span(range.clone()).label((!text.is_empty()).then_some(*text))
        });
        Snippet::source(self.text.as_str())
            .line_start(self.first)
            .path(self.name)
            .annotations(annotations)
    }
}

/// The bytes that are underlined: the label's part of its first line.
fn shown(placed: &Placed<'_>) -> Range<usize> {
    let Span { start, end, .. } = placed.label.span;
    let start = (start as usize).min(placed.bytes.end);
    start..(end as usize).clamp(start, placed.bytes.end)
}

/// A part of a source with what is hidden masked.
struct Mask {
    text: String,
    start: usize,
    /// For each byte of the part, and its end, where it is in `text`.
    offsets: Vec<usize>,
}

impl Mask {
    /// The bytes of a source, every character of a hidden span shown as `•`.
    fn new(file: FileId, source: &Source, bytes: Range<usize>, hidden: &[Span]) -> Self {
        let hidden: Vec<&Span> = hidden
            .iter()
            .filter(|span| span.file == file)
            .filter(|span| (span.start as usize) < bytes.end && bytes.start < span.end as usize)
            .collect();
        let start = bytes.start;
        let part = source.text.get(bytes).unwrap_or_default();
        let (mut text, mut offsets) = (String::new(), Vec::with_capacity(part.len() + 1));
        for (offset, character) in part.char_indices() {
            offsets.resize(offset + character.len_utf8(), text.len());
            let at = start + offset;
            let secret =
                hidden.iter().any(|span| (span.start as usize..span.end as usize).contains(&at));
            match character {
                '\u{feff}' | '\r' => {}
                '\n' => text.push('\n'),
                _ if secret => text.push('•'),
                _ => text.push(character),
            }
        }
        offsets.push(text.len());
        Self { text, start, offsets }
    }

    /// Where bytes of the source are in the text.
    fn map(&self, bytes: &Range<usize>) -> Range<usize> {
        let at = |byte: usize| {
            let offset = byte.saturating_sub(self.start);
            self.offsets.get(offset).copied().unwrap_or(self.text.len())
        };
        at(bytes.start)..at(bytes.end)
    }
}

#[cfg(test)]
mod tests {
    use crate::text::{Code, Diagnostic, FileId, Sources, Span, Style, render};

    const TEXT: &str = "services:\n  web:\n    environment:\n      TOKEN: häkelgarn7 # x\n    image: a\n    image: b\n";

    /// The span of the last place where a part of a text is.
    fn find(text: &str, part: &str) -> Span {
        let start = u32::try_from(text.rfind(part).unwrap()).unwrap();
        Span::new(FileId(0), start, start + u32::try_from(part.len()).unwrap())
    }

    fn sources(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add("compose.yaml", text);
        sources
    }

    #[test]
    fn labels_and_help() {
        let diagnostic = Diagnostic::new(Code::DuplicateKey, "duplicate key `image`")
            .at_with(find(TEXT, "image"), "again here")
            .label(find(TEXT, "image: a"), "first here")
            .help("remove one");
        insta::assert_snapshot!(render(&diagnostic, &sources(TEXT), Style::Plain), @r"
            error[C2K0102]: duplicate key `image`
             --> compose.yaml:6:5
              |
            5 |     image: a
              |     -------- first here
            6 |     image: b
              |     ^^^^^ again here
              |
              = help: remove one
            ");
        let coloured = render(&diagnostic, &sources(TEXT), Style::Coloured);
        assert!(coloured.contains("\u{1b}["));
    }

    #[test]
    fn secrets_are_masked_and_columns_stay() {
        let mut sources = sources(TEXT);
        sources.hide(find(TEXT, "häkelgarn7"));
        let diagnostic = Diagnostic::new(Code::LeftOut, "odd comment").at(find(TEXT, "# x"));
        insta::assert_snapshot!(render(&diagnostic, &sources, Style::Plain), @r"
            warning[C2K0402]: odd comment
             --> compose.yaml:4:25
              |
            4 |       TOKEN: •••••••••• # x
              |                         ^^^
            ");
    }

    #[test]
    fn without_a_place_only_the_message() {
        let diagnostic =
            Diagnostic::new(Code::NoComposeFile, "no compose file in `.`").help("a\u{7}");
        insta::assert_snapshot!(render(&diagnostic, &Sources::default(), Style::Plain), @r"
            error[C2K0004]: no compose file in `.`
             |
             = help: a�
            ");
    }

    #[test]
    fn places_far_apart_are_shown_one_by_one() {
        let text = format!("a: 1\r\n{}a: 2\r\nb:\r\n  c: 3\r\n", "# \r\n".repeat(100_000));
        let diagnostic = Diagnostic::new(Code::DuplicateKey, "duplicate key `a`")
            .at_with(find(&text, "a: 2\r\nb:\r\n"), "again here")
            .label(Span::new(FileId(0), 0, 1), "first here");
        insta::assert_snapshot!(render(&diagnostic, &sources(&text), Style::Plain), @r"
            error[C2K0102]: duplicate key `a`
                  --> compose.yaml:100002:1
                   |
            100002 | a: 2
                   | ^^^^ again here
                   |
                  ::: compose.yaml:1:1
                   |
                 1 | a: 1
                   | - first here
            ");
    }

    #[test]
    fn long_lines_are_not_shown() {
        let text = format!("a: {}\n", "x".repeat(100_000));
        let diagnostic = Diagnostic::new(Code::BadValue, "bad").at(find(&text, "xx"));
        insta::assert_snapshot!(render(&diagnostic, &sources(&text), Style::Plain), @r"
            error[C2K0214]: bad
            --> compose.yaml:1:100002
            ");
    }

    #[test]
    fn the_end_of_a_file_is_a_place() {
        let text = "a: [";
        let diagnostic =
            Diagnostic::new(Code::YamlSyntax, "not closed").at(Span::new(FileId(0), 4, 4));
        insta::assert_snapshot!(render(&diagnostic, &sources(text), Style::Plain), @r"
            error[C2K0101]: not closed
             --> compose.yaml:1:5
              |
            1 | a: [
              |     ^
            ");
    }
}
