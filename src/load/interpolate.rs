//! Interpolation: `$NAME` and `${NAME…}` in strings.

mod document;

pub(super) use document::Interpolation;

use std::collections::{BTreeMap, BTreeSet};

use super::Variable;
use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Part, Template},
};

/// Variables by name.
pub(super) type Variables = BTreeMap<String, Variable>;

/// How many bytes of values one run may put in.
const MAX_GROWTH: usize = 16 << 20;
/// How deep defaults may nest.
const MAX_DEPTH: usize = 100;

/// What a run of interpolation used, missed and grew by.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Every variable that was found, with its value.
    pub(super) used: Variables,
    unset: BTreeSet<String>,
    fresh: Vec<String>,
    grown: usize,
}

/// Why a template cannot be substituted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// The template is malformed.
    Syntax(String),
    /// A variable that the template demands is missing: its name and the message.
    Required(String, String),
    /// The values would make the project too large.
    TooLarge,
}

impl Usage {
    /// Warns of the variables that were missed since the last call.
    pub(super) fn warn(&mut self, place: Span, sink: &mut Sink) {
        for name in self.fresh.drain(..) {
            let message = format!("variable `{name}` is not set; an empty string takes its place");
            let help = format!("set it in `.env`, or give it a default: `${{{name}:-…}}`");
            sink.push(Diagnostic::new(Code::VariableUnset, message).at(place).help(help));
        }
    }

    fn miss(&mut self, name: &str) {
        if self.unset.insert(name.to_owned()) {
            self.fresh.push(name.to_owned());
        }
    }

    fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        self.grown += bytes;
        if self.grown > MAX_GROWTH { Err(Problem::TooLarge) } else { Ok(()) }
    }
}

/// The value of a variable: the first layer that has it wins.
pub(super) fn lookup<'e>(layers: &[&'e Variables], name: &str) -> Option<&'e Variable> {
    layers.iter().find_map(|layer| layer.get(name))
}

/// Substitutes the variables of one string.
pub(super) struct Substitution<'a> {
    /// Where variables are looked up.
    pub(super) layers: &'a [&'a Variables],
    /// What is used and missed.
    pub(super) usage: &'a mut Usage,
    /// Where the string stands.
    pub(super) place: Span,
}

impl Substitution<'_> {
    /// The text that results, and its parts if it holds variables.
    pub(super) fn run(&mut self, text: &str) -> Result<(String, Option<Template>), Problem> {
        if !text.contains('$') {
            return Ok((text.to_owned(), None));
        }
        let parts = self.parts(text, 0)?;
        let whole = parts.iter().map(shown).collect();
        let variable = parts.iter().any(|part| matches!(part, Part::Variable { .. }));
        Ok((whole, variable.then_some(Template { parts })))
    }

    fn text(&mut self, text: &str, depth: usize) -> Result<String, Problem> {
        Ok(self.parts(text, depth)?.iter().map(shown).collect())
    }

    fn parts(&mut self, whole: &str, depth: usize) -> Result<Vec<Part>, Problem> {
        if depth > MAX_DEPTH {
            return Err(Problem::TooLarge);
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut cursor = Cursor { whole, at: 0, line: None };
        // What an error quotes: what follows an expression on its line is a template of its own.
        let mut quoted = (whole, whole.len());
        while let Some(token) = cursor.next() {
            let piece = match token {
                Token::Literal(text) => {
                    literal.push_str(text);
                    continue;
                }
                Token::Malformed => return Err(Problem::Syntax(quoted.0.to_owned())),
                Token::Named(name) => Some(self.plain(name)?),
                Token::Braced(expression) => self.braced(expression, depth)?,
            };
            if let Token::Braced(expression) = token
                && !expression.bytes().all(is_name)
            {
                quoted =
                    cursor.rest_of_line().map_or((whole, whole.len()), |(rest, end)| (rest, end));
            } else if cursor.at > quoted.1 {
                quoted = (whole, whole.len());
            }
            if let Some(piece) = piece {
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(piece);
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(parts)
    }

    fn plain(&mut self, name: &str) -> Result<Part, Problem> {
        if let Some(part) = self.found(name)? {
            return Ok(part);
        }
        self.usage.miss(name);
        Ok(part(name, String::new(), Span::NONE, false))
    }

    /// A variable that is set.
    fn found(&mut self, name: &str) -> Result<Option<Part>, Problem> {
        let Some(variable) = lookup(self.layers, name) else { return Ok(None) };
        self.usage.grow(variable.value.len())?;
        if !self.usage.used.contains_key(name) {
            self.usage.used.insert(name.to_owned(), variable.clone());
        }
        Ok(Some(part(name, variable.value.clone(), variable.span, false)))
    }

    fn braced(&mut self, expression: &str, depth: usize) -> Result<Option<Part>, Problem> {
        let end = expression.bytes().take_while(|byte| is_name(*byte)).count();
        let (name, rest) = expression.split_at(end);
        let (strict, rest) = match rest.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let mut chars = rest.chars();
        let operator = chars.next();
        let word = chars.as_str();
        let value = lookup(self.layers, name).map(|variable| variable.value.as_str());
        let set = value.is_some_and(|value| !strict || !value.is_empty());
        match operator {
            None => self.plain(name).map(Some),
            Some('+') if set => self.alternative(name, word, depth).map(Some),
            Some('+') => Ok(Some(part(name, String::new(), self.place, true))),
            Some(_) if set => self.found(name),
            Some('?') => Err(Problem::Required(name.to_owned(), word.to_owned())),
            Some(_) => self.alternative(name, word, depth).map(Some),
        }
    }

    /// The word that stands in the file takes the variable's place.
    fn alternative(&mut self, name: &str, word: &str, depth: usize) -> Result<Part, Problem> {
        let value = self.text(word, depth + 1)?;
        self.usage.grow(value.len())?;
        Ok(part(name, value, self.place, true))
    }
}

/// A variable as a template writes it, found without any value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// The operator without its colon; none where the variable stands alone.
    pub(super) operator: Option<char>,
    /// What follows the operator.
    pub(super) word: &'a str,
}

/// The variables of a template and of its defaults; what is malformed is passed over.
pub(super) fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    let mut waiting = vec![(text, 0)];
    while let Some((whole, depth)) = waiting.pop() {
        let mut cursor = Cursor { whole, at: 0, line: None };
        while let Some(token) = cursor.next() {
            let expression = match token {
                Token::Named(name) => name,
                Token::Braced(expression) => expression,
                Token::Literal(_) | Token::Malformed => continue,
            };
            let end = expression.bytes().take_while(|byte| is_name(*byte)).count();
            let (name, rest) = expression.split_at(end);
            let mut rest = rest.strip_prefix(':').unwrap_or(rest).chars();
            let operator = rest.next();
            let word = rest.as_str();
            found.push(Mention { name, operator, word });
            if matches!(operator, Some('-' | '+')) && depth < MAX_DEPTH {
                waiting.push((word, depth + 1));
            }
        }
    }
    found
}

fn part(name: &str, value: String, span: Span, default: bool) -> Part {
    Part::Variable { name: name.to_owned(), value, span, default }
}

/// The text of a part.
fn shown(part: &Part) -> &str {
    match part {
        Part::Literal(text) => text,
        Part::Variable { value, .. } => value,
    }
}

fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// A piece of a template.
#[derive(Clone, Copy)]
enum Token<'a> {
    Literal(&'a str),
    Named(&'a str),
    /// What stands in the braces.
    Braced(&'a str),
    Malformed,
}

/// Cuts a template into tokens.
struct Cursor<'a> {
    whole: &'a str,
    at: usize,
    /// The end of the current line, and the last brace before it.
    line: Option<(usize, Option<usize>)>,
}

impl<'a> Cursor<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.whole.get(self.at..).filter(|rest| !rest.is_empty())?;
        let Some(dollar) = rest.find('$') else {
            self.at = self.whole.len();
            return Some(Token::Literal(rest));
        };
        if dollar > 0 {
            self.at += dollar;
            return rest.get(..dollar).map(Token::Literal);
        }
        let after = rest.get(1..).unwrap_or_default();
        match after.bytes().next() {
            Some(b'$') => {
                self.at += 2;
                Some(Token::Literal("$"))
            }
            Some(b'{') => Some(self.braced(after.get(1..).unwrap_or_default())),
            Some(byte) if is_name(byte) && !byte.is_ascii_digit() => {
                let end = after.bytes().take_while(|byte| is_name(*byte)).count();
                self.at += 1 + end;
                after.get(..end).map(Token::Named)
            }
            _ => {
                self.at += 1;
                Some(Token::Literal("$"))
            }
        }
    }

    /// An expression in braces; `inside` starts behind the opening one.
    fn braced(&mut self, inside: &'a str) -> Token<'a> {
        let name = inside.bytes().take_while(|byte| is_name(*byte)).count();
        if name == 0 || inside.starts_with(|c: char| c.is_ascii_digit()) {
            self.at += 2;
            return Token::Malformed;
        }
        let rest = inside.get(name..).unwrap_or_default();
        let start = self.at + 2;
        if rest.starts_with('}') {
            self.at = start + name + 1;
            return inside.get(..name).map_or(Token::Malformed, Token::Braced);
        }
        let operator = rest.strip_prefix(':').unwrap_or(rest);
        let word = start + name + (rest.len() - operator.len()) + 1;
        let Some(last) =
            self.last_brace().filter(|last| operator.starts_with(['-', '+', '?']) && *last >= word)
        else {
            self.at += 2;
            return Token::Malformed;
        };
        let matched = self.whole.get(self.at..=last).unwrap_or_default();
        let end = closing_brace(matched).map_or(last, |at| self.at + at);
        self.at = end + 1;
        self.whole.get(start..end).map_or(Token::Malformed, Token::Braced)
    }

    /// The last closing brace of the line.
    fn last_brace(&mut self) -> Option<usize> {
        if self.line.is_none_or(|(end, _)| end < self.at) {
            let rest = self.whole.get(self.at..).unwrap_or_default();
            let line = rest.split('\n').next().unwrap_or_default();
            let brace = line.rfind('}').map(|at| self.at + at);
            self.line = Some((self.at + line.len(), brace));
        }
        self.line.and_then(|(_, brace)| brace)
    }

    /// What follows on the line up to its last brace, and where that ends.
    fn rest_of_line(&self) -> Option<(&'a str, usize)> {
        let end = self.line?.1? + 1;
        self.whole.get(self.at..end).filter(|rest| !rest.is_empty()).map(|rest| (rest, end))
    }
}

/// The brace that closes the first one. What stands directly behind an opening brace does not count,
/// as in the reference, so that `{}` is no pair.
fn closing_brace(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut open, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'}' => {
                open = open.saturating_sub(1);
                if open == 0 {
                    return Some(at);
                }
            }
            b'{' => {
                open += 1;
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What to say of a problem at an attribute; an empty path names none.
pub(super) fn diagnostic(problem: &Problem, path: &str) -> Diagnostic {
    let place = if path.is_empty() { String::new() } else { format!(" for {path}") };
    match problem {
        Problem::Syntax(template) => {
            let message = format!("invalid interpolation format{place}: `{template}`");
            Diagnostic::new(Code::InterpolationSyntax, message)
                .help("you may need to escape any `$` with another `$`")
        }
        // The message is shown as it is written, so that no value gets into it.
        Problem::Required(name, message) if message.is_empty() => Diagnostic::new(
            Code::VariableRequired,
            format!("required variable {name} is missing a value{place}"),
        )
        .help(format!("set `{name}` in `.env`, or give another file with `--env-file`")),
        Problem::Required(name, message) => Diagnostic::new(
            Code::VariableRequired,
            format!("required variable {name} is missing a value{place}: {message}"),
        )
        .help(format!("set `{name}` in `.env`, or give another file with `--env-file`")),
        Problem::TooLarge => Diagnostic::new(
            Code::TooLarge,
            format!("interpolation makes the project too large{place}"),
        ),
    }
}

#[cfg(test)]
mod tests;
