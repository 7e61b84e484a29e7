//! Places in files, and the lines there without what must not be seen.

use crate::text::{Sources, Span};

/// `compose.yaml:12:5`; none where no file says it.
pub fn place(span: Span, sources: &Sources) -> Option<String> {
    sources.location(span)
}

/// The line that a span starts in, its secret parts masked.
pub fn excerpt(span: Span, sources: &Sources) -> Option<String> {
    let source = sources.get(span.file)?;
    let at = span.start as usize;
    let start = source.text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = source.text.get(at..)?.find('\n').map_or(source.text.len(), |newline| at + newline);
    let mut shown = String::new();
    let mut masked = false;
    for (offset, character) in source.text.get(start..end)?.char_indices() {
        let place = u32::try_from(start + offset).ok()?;
        let hidden = sources
            .hidden()
            .iter()
            .any(|hidden| hidden.file == span.file && (hidden.start..hidden.end).contains(&place));
        if !hidden {
            shown.push(character);
        } else if !masked {
            shown.push_str("•••");
        }
        masked = hidden;
    }
    Some(shown.trim().to_owned())
}
