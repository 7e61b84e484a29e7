//! Rendering of diagnostics, with the source line, by rustc's own renderer.

use annotate_snippets::{Element, Level, Origin, Renderer};

use super::{Diagnostic, Severity, Sources, excerpt::Excerpt};

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
    let level = match diagnostic.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Finding => Level::WARNING.with_name("finding"),
        Severity::Error => Level::ERROR,
    };
    let excerpts = Excerpt::all(diagnostic, sources);
    let help = diagnostic.help.as_deref().map(visible);
    let mut elements: Vec<Element<'_>> = excerpts.iter().map(place).collect();
    if let Some(help) = &help {
        elements.push(Level::HELP.message(help.as_str()).into());
    }
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.id());
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut text = renderer.render(&[title.elements(elements)]);
    text.push('\n');
    text
}

/// The source lines of an excerpt, or the bare place where they are too long to show.
fn place<'a>(excerpt: &'a Excerpt<'_>) -> Element<'a> {
    match excerpt {
        Excerpt::Lines(lines) => lines.snippet().into(),
        Excerpt::Place(name, place) => {
            let origin = Origin::path(*name).line(place.line as usize);
            origin.char_column(place.column as usize).into()
        }
    }
}

/// A text whose control characters do not reach the terminal.
fn visible(text: &str) -> String {
    let shown = |character: char| match character {
        '\n' => '\n',
        _ if character.is_control() => '\u{fffd}',
        _ => character,
    };
    text.chars().map(shown).collect()
}
