//! Syntax errors in the user's words.

use granit_parser::{ErrorKind, ScanError};

use crate::text::{Code, Diagnostic, FileId, Span};

/// The diagnostic for an error of the parser.
pub(super) fn diagnostic(error: &ScanError, file: FileId, text: &str) -> Diagnostic {
    let offset = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    // The parser stops behind a tab that it refuses.
    let behind_tab = text.get(..offset).is_some_and(|before| before.ends_with('\t'));
    let tab = behind_tab && !text.get(offset..).is_some_and(|rest| rest.starts_with('\t'));
    let offset = if tab { offset - 1 } else { offset };
    let span = character_at(file, text, offset);
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(span);
    }
    let (message, help) = explain(error.kind());
    let message = message.map_or_else(|| error.info(), str::to_owned);
    let diagnostic = Diagnostic::new(Code::YamlSyntax, message).at(span);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The diagnostic for nodes nested too deeply.
pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(Code::TooDeep, "the document is nested too deeply").at(span)
}

/// The span of the character at a byte.
fn character_at(file: FileId, text: &str, offset: usize) -> Span {
    let length = text.get(offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let at = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(file, at(offset), at(offset + length))
}

/// A message and a help for the mistakes that people make.
fn explain(kind: &ErrorKind) -> (Option<&'static str>, Option<&'static str>) {
    use ErrorKind as Kind;
    match kind {
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar => {
            (Some("a tab where YAML wants spaces"), Some("indent with spaces, not with tabs"))
        }
        Kind::UnclosedQuotedScalar | Kind::DocumentIndicatorInQuotedScalar => {
            (Some("a quote is not closed"), Some("close the string with the quote it starts with"))
        }
        Kind::InvalidQuotedScalarIndent => (
            Some("a quoted string is not closed, or goes on without indentation"),
            Some("close the string with the quote it starts with"),
        ),
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar => (
            Some("text after a closing quote"),
            Some(
                "put the whole value in quotes; inside `'…'` write a quote as `''`, inside `\"…\"` as `\\\"`",
            ),
        ),
        Kind::UnknownQuotedScalarEscape => (
            Some("unknown escape in a double-quoted string"),
            Some("write a backslash as `\\\\`, or use single quotes"),
        ),
        Kind::UnclosedFlowCollection { .. }
        | Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofFlowMapping
        | Kind::UnexpectedEofImplicitFlowMapping => {
            (Some("a bracket is not closed"), Some("close it with `]` or `}`"))
        }
        Kind::ExpectedFlowSequenceSeparator => (
            Some("expected `,` or `]`"),
            Some("values that start with `[` need quotes if they are strings"),
        ),
        Kind::ExpectedFlowMappingSeparator => (
            Some("expected `,` or `}`"),
            Some("values that start with `{` need quotes if they are strings"),
        ),
        Kind::MappingValueNotAllowed | Kind::MappingKeyNotAllowed | Kind::InvalidColonPlacement => {
            (
                Some("a `:` is not allowed here"),
                Some(
                    "put a value that contains `: ` in quotes, give keys of one mapping the same indentation, and look for an unclosed bracket above",
                ),
            )
        }
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => {
            (Some("expected `key: value`"), Some("a key ends with a colon and a space"))
        }
        Kind::ExpectedBlockMappingKey | Kind::InvalidIndentation => (
            Some("the indentation does not fit the lines above"),
            Some("give keys of one mapping the same indentation"),
        ),
        Kind::ExpectedBlockSequenceEntry | Kind::BlockSequenceEntryNotAllowed => (
            Some("a list item does not fit the lines above"),
            Some("give `-` of one list the same indentation, with nothing else between them"),
        ),
        Kind::UnexpectedCharacter { character: '@' | '`' } => {
            (Some("a value cannot start with this character"), Some("put the value in quotes"))
        }
        Kind::UnexpectedCharacter { character: '%' } => {
            (Some("a value cannot start with `%`"), Some("put the value in quotes"))
        }
        _ => (None, None),
    }
}
