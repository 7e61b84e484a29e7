//! Booleans that are written as text.

use crate::text::{Code, Diagnostic, Sink, Span};

/// The boolean in a text; a word that only YAML 1.1 knows is warned of.
pub(super) fn read(text: &str, place: Span, sink: &mut Sink) -> Option<bool> {
    let word = text.to_lowercase();
    let (value, old) = match word.as_str() {
        "true" => (true, false),
        "false" => (false, false),
        "y" | "yes" | "on" => (true, true),
        "n" | "no" | "off" => (false, true),
        _ => return None,
    };
    if old {
        let message = format!("`{text}` for a boolean is not YAML 1.2");
        let diagnostic = Diagnostic::new(Code::OldBoolean, message).at(place);
        sink.push(diagnostic.help(format!("write `{value}`")));
    }
    Some(value)
}
