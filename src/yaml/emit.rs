//! Writing: one emitter for all outputs.

use crate::yaml::Value;

/// Writes one document, without `---`, ending in a newline.
pub fn emit(value: &Value) -> String {
    let _ = value;
    String::new()
}

/// Writes several documents with `---` between them.
pub fn emit_documents<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    values.into_iter().map(emit).collect::<Vec<_>>().join("---\n")
}
