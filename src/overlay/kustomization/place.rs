//! Where things stand in the files of patches, and what they say as values.

use crate::{
    text::{Sources, Span},
    yaml::{Data, Map, Node, Value},
};

/// A node as a value of the output tree.
pub fn to_value(node: &Node, sources: &Sources) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        #[expect(clippy::cast_precision_loss, reason = "what no integer holds is a float")]
        Data::Int(number) => {
            i64::try_from(*number).map_or_else(|_| Value::Float(*number as f64), Value::Int)
        }
        Data::Float(number) => Value::Float(*number),
        // The API has times as strings.
        Data::Timestamp(text) => {
            let written = sources.slice(node.span);
            Value::String(if written.is_empty() { text.clone() } else { written.to_owned() })
        }
        Data::String(text) => Value::String(text.clone()),
        Data::Seq(items) => Value::Seq(items.iter().map(|item| to_value(item, sources)).collect()),
        Data::Map(entries) => {
            let field = |entry: &crate::yaml::Entry| {
                (entry.key.name.clone(), to_value(&entry.value, sources))
            };
            Value::Map(entries.iter().map(field).collect::<Map>())
        }
    }
}

/// The place in a patch that says most of a path of field names; positions in lists are left out,
/// so all items are searched. Returns the place and how many names of the path it has.
pub(super) fn locate(node: &Node, path: &[&str]) -> (Span, usize) {
    let here = (node.span, 0);
    let Some((first, rest)) = path.split_first() else { return here };
    match &node.data {
        Data::Map(_) => match node.entry(first) {
            Some(entry) => {
                let (span, depth) = locate(&entry.value, rest);
                (if depth == 0 { entry.key.span } else { span }, depth + 1)
            }
            None => here,
        },
        Data::Seq(items) => {
            let found = items.iter().map(|item| locate(item, path));
            let deepest = found.reduce(|best, other| if other.1 > best.1 { other } else { best });
            deepest.filter(|(_, depth)| *depth > 0).unwrap_or(here)
        }
        _ => here,
    }
}

/// Moves the spans of a document that stands as a block scalar in another file to that file.
pub(super) fn rebase(node: &mut Node, inner: &str, sources: &Sources, outer: Span) {
    let raw = sources.slice(outer);
    let move_span = |span: Span| -> Span {
        let moved = translate(inner, raw, span.start).zip(translate(inner, raw, span.end));
        match moved {
            Some((start, end)) if end >= start => {
                Span::new(outer.file, outer.start + start, outer.start + end)
            }
            _ => outer,
        }
    };
    walk(node, &move_span);
}

fn walk(node: &mut Node, move_span: &dyn Fn(Span) -> Span) {
    node.span = move_span(node.span);
    match &mut node.data {
        Data::Seq(items) => items.iter_mut().for_each(|item| walk(item, move_span)),
        Data::Map(entries) => {
            for entry in entries {
                entry.key.span = move_span(entry.key.span);
                walk(&mut entry.value, move_span);
            }
        }
        _ => {}
    }
}

/// The offset in a block scalar as it is written, with its indentation, of an offset in its text;
/// none for other scalars, whose text is not as it is written.
fn translate(inner: &str, raw: &str, at: u32) -> Option<u32> {
    let at = usize::try_from(at).ok()?;
    // The place of a block scalar starts at its first line, or at the sign before.
    let first = usize::from(raw.starts_with(['|', '>']));
    let before = inner.get(..at)?;
    let (line, column) = match before.rfind('\n') {
        Some(end) => (before.matches('\n').count(), at - end - 1),
        None => (0, at),
    };
    let mut start = 0;
    for (index, text) in raw.split_inclusive('\n').enumerate() {
        if index == line + first {
            let own = inner.lines().nth(line).unwrap_or_default();
            let text = text.trim_end_matches(['\n', '\r']);
            let indent = text.strip_suffix(own)?.len();
            return u32::try_from(start + indent + column).ok();
        }
        start += text.len();
    }
    u32::try_from(raw.len()).ok()
}
