//! The grammar of environment files: `.env`, `--env-file`, `env_file`, `label_file`.

use super::{
    Variable,
    interpolate::{self, Problem, Substitution, Usage, Variables},
};
use crate::{
    text::{Code, Diagnostic, FileId, Sink, Span},
    yaml::Template,
};

/// A variable that an environment file defines.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    /// Its name.
    pub(super) name: String,
    /// Its value.
    pub(super) value: String,
    /// The statement.
    pub(super) span: Span,
    /// The value alone, quotes included; empty for an inherited variable.
    pub(super) place: Span,
    /// The value before its variables were substituted.
    pub(super) template: Option<Template>,
}

/// Reads one environment file.
pub(super) struct Parser<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    layers: &'a [&'a Variables],
    usage: &'a mut Usage,
    sink: &'a mut Sink,
    /// What this file defined so far, in order.
    definitions: Vec<Definition>,
    /// What this file and those before it defined, by name.
    earlier: Variables,
}

impl<'a> Parser<'a> {
    /// A parser of a file's text; variables are looked up in `layers`, then in the files before it
    /// (`earlier`) and in the file itself, the last definition first.
    pub(super) fn new(
        (file, text): (FileId, &'a str),
        (layers, earlier): (&'a [&'a Variables], Variables),
        usage: &'a mut Usage,
        sink: &'a mut Sink,
    ) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let definitions = Vec::new();
        Self { file, text, at, layers, usage, sink, definitions, earlier }
    }

    /// The definitions in order; the last of a name counts. `Err` if a statement cannot be read.
    pub(super) fn definitions(mut self) -> Result<Vec<Definition>, Diagnostic> {
        while self.statement_start() {
            self.statement()?;
        }
        Ok(self.definitions)
    }

    /// The definitions in the raw format: `NAME=value`, verbatim.
    pub(super) fn raw(mut self) -> Result<Vec<Definition>, Diagnostic> {
        while self.at < self.text.len() {
            let start = self.at;
            let line = self.rest().split('\n').next().unwrap_or_default();
            self.at += line.len() + 1;
            let line = line.strip_suffix('\r').unwrap_or(line);
            let statement = line.trim_start();
            let start = start + (line.len() - statement.len());
            if statement.is_empty() || statement.starts_with('#') {
                continue;
            }
            let (name, value) = match statement.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (statement, None),
            };
            let span = self.span(start, start + statement.len());
            if name.contains(char::is_whitespace) {
                return Err(Self::error("variable name contains whitespace", span));
            }
            match value {
                Some(value) => {
                    let place = self.span(start + name.len() + 1, start + statement.len());
                    self.define(name, (value.to_owned(), None), span, place);
                }
                None => self.inherit(name, span),
            }
        }
        Ok(self.definitions)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.file, offset(start), offset(end))
    }

    fn error(message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic::new(Code::DotenvSyntax, message).at(span)
    }

    /// Skips blanks and comments; whether a statement follows.
    fn statement_start(&mut self) -> bool {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return !trimmed.is_empty();
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn statement(&mut self) -> Result<(), Diagnostic> {
        let start = self.at;
        if let Some(rest) = self.rest().strip_prefix("export")
            && rest.starts_with(['\t', '\n', '\u{c}', '\r', ' '])
        {
            self.at += "export".len();
            self.skip_blanks();
        }
        let (name, inherited) = self.name()?;
        if name.contains(' ') {
            let span = self.span(start, self.at.saturating_sub(1).max(start));
            return Err(Self::error("key cannot contain a space", span));
        }
        if inherited {
            let span = self.span(start, start + name.len());
            self.inherit(name, span);
            return Ok(());
        }
        let value = self.at;
        let (text, template) = self.value(start)?;
        let trimmed = |text: &str| text.trim_end().len();
        let end = start + trimmed(self.text.get(start..self.at).unwrap_or_default());
        let span = self.span(start, end);
        let place = self.span(value.min(end), end);
        self.define(name, (text, template), span, place);
        Ok(())
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_blank).len();
    }

    /// The name, and whether it stands alone on its line.
    fn name(&mut self) -> Result<(&'a str, bool), Diagnostic> {
        let rest = self.rest();
        for (at, c) in rest.char_indices() {
            match c {
                '=' | ':' | '\n' => {
                    self.at += at + 1;
                    if c != '\n' {
                        self.skip_blanks();
                    }
                    return Ok((rest.get(..at).unwrap_or_default().trim_end(), c == '\n'));
                }
                '_' | '.' | '-' | '[' | ']' => {}
                c if is_blank(c) || c.is_alphanumeric() => {}
                c => {
                    let span = self.span(self.at + at, self.at + at + c.len_utf8());
                    let message = format!("unexpected character `{c}` in variable name");
                    return Err(Self::error(message, span));
                }
            }
        }
        // A name alone on the last line, without a line break: the reference defines nothing.
        self.at = self.text.len();
        Ok((rest.trim_end(), true))
    }

    fn value(&mut self, start: usize) -> Result<(String, Option<Template>), Diagnostic> {
        let rest = self.rest();
        if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
            return self.quoted(quote, start);
        }
        let line = rest.split('\n').next().unwrap_or_default();
        self.at += (line.len() + 1).min(rest.len());
        let value = line.split_once(" #").map_or(line, |(value, _)| value);
        self.expand(value.trim_end(), start)
    }

    /// A quoted value, which may span lines.
    fn quoted(
        &mut self,
        quote: char,
        start: usize,
    ) -> Result<(String, Option<Template>), Diagnostic> {
        let rest = self.rest();
        let mut value = String::new();
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            if c == quote && !escaped {
                self.at += at + c.len_utf8();
                return if quote == '"' {
                    self.expand(&unescape(&value), start)
                } else {
                    Ok((value, None))
                };
            }
            if c == '\\' && !escaped {
                escaped = true;
                continue;
            }
            if escaped && c != quote {
                value.push('\\');
            }
            escaped = false;
            let break_follows = || rest.as_bytes().get(at + 1) == Some(&b'\n');
            if c != '\r' || !break_follows() {
                value.push(c);
            }
        }
        Err(Self::error("unterminated quoted value", self.span(self.at, self.at + 1)))
    }

    fn expand(
        &mut self,
        value: &str,
        start: usize,
    ) -> Result<(String, Option<Template>), Diagnostic> {
        let place = self.span(start, self.at.min(self.text.len()));
        let mut layers = self.layers.to_vec();
        layers.push(&self.earlier);
        let mut substitution = Substitution { layers: &layers, usage: self.usage, place };
        let expanded = substitution.run(value).map_err(|problem| self.problem(&problem, place))?;
        self.usage.warn(place, self.sink);
        Ok(expanded)
    }

    /// A value may be a secret, so a malformed one is not quoted.
    #[allow(clippy::unused_self)]
    fn problem(&self, problem: &Problem, place: Span) -> Diagnostic {
        match problem {
            Problem::Syntax(_) => {
                Diagnostic::new(Code::InterpolationSyntax, "invalid interpolation in a value")
                    .at(place)
                    .help("put the value in single quotes, or escape `$` as `$$`")
            }
            other => interpolate::diagnostic(other, "").at(place),
        }
    }

    fn define(
        &mut self,
        name: &str,
        (value, template): (String, Option<Template>),
        span: Span,
        place: Span,
    ) {
        self.earlier.insert(name.to_owned(), Variable { value: value.clone(), span });
        self.definitions.push(Definition { name: name.to_owned(), value, span, place, template });
    }

    /// A name alone takes its value from around the file.
    fn inherit(&mut self, name: &str, span: Span) {
        if let Some(variable) = interpolate::lookup(self.layers, name) {
            let value = variable.value.clone();
            self.define(name, (value, None), span, self.span(0, 0));
        }
    }
}

/// A blank that does not end the line.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// Replaces the escapes of double-quoted values; `\$` becomes `$$`, which is no variable.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        let plain = match chars.next() {
            Some('a') => Some('\u{7}'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('v') => Some('\u{b}'),
            Some(c @ ('\\' | '"')) => Some(c),
            Some('$') => {
                out.push('$');
                Some('$')
            }
            _ => None,
        };
        if let Some(c) = plain {
            out.push(c);
            rest = chars.as_str();
        } else if let Some((c, after)) = octal(after) {
            out.push(c);
            rest = after;
        } else {
            out.push('\\');
            rest = after;
        }
    }
    out + rest
}

/// `0` and three octal digits: a character.
fn octal(text: &str) -> Option<(char, &str)> {
    let digits = text.strip_prefix('0')?;
    let number = u32::from_str_radix(digits.get(..3)?, 8).ok().filter(|number| *number < 256)?;
    Some((char::from_u32(number)?, digits.get(3..)?))
}

#[cfg(test)]
mod tests;
