//! Writing: one emitter for all outputs.
//!
//! The style is kubectl's: two spaces, lists indented below their key, a mapping in a list starts on
//! the line of its dash. Lines are never folded.

use std::borrow::{Borrow, Cow};

use super::quote;
use crate::yaml::{Field, Guard, Hole, Map, Value};

/// Writes one document, without `---`, ending in a newline.
pub fn emit(value: &Value) -> String {
    Emitter::write(value, false)
}

/// Writes one document of a chart's template: a `{{` in its strings and comments is printed as it is,
/// only holes and guards are actions.
pub fn emit_template(value: &Value) -> String {
    Emitter::write(value, true)
}

/// Writes several documents with `---` between them.
pub fn emit_documents<T: Borrow<Value>>(values: impl IntoIterator<Item = T>) -> String {
    let values = values.into_iter();
    // Growing step by step would copy a large text many times.
    let mut text = String::with_capacity(values.size_hint().0 * USUAL_LENGTH);
    for value in values {
        if !text.is_empty() {
            text.push_str("---\n");
        }
        text = Emitter { out: text, template: false }.document(value.borrow());
    }
    text
}

/// Bytes of a usual document.
const USUAL_LENGTH: usize = 1024;

/// The text while it grows.
struct Emitter {
    out: String,
    template: bool,
}

impl Emitter {
    /// The text of one document.
    fn write(value: &Value, template: bool) -> String {
        Self { out: String::new(), template }.document(value)
    }

    /// The text so far and the whole document.
    fn document(mut self, value: &Value) -> String {
        match value {
            Value::Map(map) if !map.is_empty() => self.map(map, 0, false),
            Value::Seq(items) if !items.is_empty() => self.seq(items, 0, false),
            Value::Hole(hole) if hole.block => {
                self.line(0, &format!("{{{{ {} }}}}", hole.action));
            }
            _ => {
                self.scalar(value, 0);
                self.end_line();
            }
        }
        self.out
    }

    /// The fields of a mapping. `inline` means that the line already holds the dash of a list item.
    fn map(&mut self, map: &Map, indent: usize, inline: bool) {
        let mut inline = inline;
        for field in &map.fields {
            self.field(field, indent, inline);
            inline = false;
        }
    }

    /// One field with its comment and guards.
    fn field(&mut self, field: &Field, indent: usize, inline: bool) {
        let inline = self.open(field.guards(), indent, inline);
        if let Some(comment) = field.comment() {
            for line in comment.lines() {
                let line = if line.is_empty() { "#".to_owned() } else { format!("# {line}") };
                let line = if self.template { quote::escape_template(&line) } else { line };
                self.line(indent, &line);
            }
        }
        // The action gives fields, not the value of one.
        if let Value::Hole(hole) = &field.value
            && hole.block
            && field.key.is_empty()
        {
            if inline {
                self.end_line();
            }
            self.line(indent, &format!("{{{{- {} | nindent {indent} }}}}", hole.action));
            self.close(field.guards(), indent);
            return;
        }
        if !inline {
            self.indent(indent);
        }
        let key = self.string_on_line(&field.key);
        self.out.push_str(&key);
        self.out.push(':');
        self.value(&field.value, indent);
        self.close(field.guards(), indent);
    }

    /// The value after a colon, to the end of its last line.
    fn value(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Map(map) if !map.is_empty() => {
                self.end_line();
                self.map(map, indent + 2, false);
            }
            Value::Seq(items) if !items.is_empty() => {
                self.end_line();
                self.seq(items, indent + 2, false);
            }
            _ => {
                self.out.push(' ');
                self.scalar(value, indent + 2);
                self.end_line();
            }
        }
    }

    /// The items of a list.
    fn seq(&mut self, items: &[Value], indent: usize, inline: bool) {
        let mut inline = inline;
        for item in items {
            self.item(item, indent, inline);
            inline = false;
        }
    }

    /// One item of a list with its guards.
    fn item(&mut self, item: &Value, indent: usize, inline: bool) {
        match item {
            Value::Guarded(guard, item) => {
                let guard = std::slice::from_ref(guard.as_ref());
                let inline = self.open(guard, indent, inline);
                self.item(item, indent, inline);
                self.close(guard, indent);
            }
            // The action gives items, not an item.
            Value::Hole(hole) if hole.block => {
                if inline {
                    self.end_line();
                }
                self.line(indent, &format!("{{{{- {} | nindent {indent} }}}}", hole.action));
            }
            _ => {
                if !inline {
                    self.indent(indent);
                }
                self.out.push('-');
                self.item_value(item, indent + 2);
            }
        }
    }

    /// What follows the dash of an item.
    fn item_value(&mut self, item: &Value, indent: usize) {
        let own_line = match item {
            Value::Map(map) => map
                .fields
                .first()
                .is_some_and(|field| !field.guards().is_empty() || field.comment().is_some()),
            Value::Seq(items) => items.first().is_some_and(|item| match item {
                Value::Guarded(..) => true,
                Value::Hole(hole) => hole.block,
                _ => false,
            }),
            _ => false,
        };
        if own_line {
            self.end_line();
        } else {
            self.out.push(' ');
        }
        match item {
            Value::Map(map) if !map.is_empty() => self.map(map, indent, !own_line),
            Value::Seq(items) if !items.is_empty() => self.seq(items, indent, !own_line),
            _ => {
                self.scalar(item, indent);
                self.end_line();
            }
        }
    }
    /// What fits on a line, or a literal block whose lines are indented by `indent`.
    fn scalar(&mut self, value: &Value, indent: usize) {
        let text = match value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => quote::float(*value),
            Value::String(text) => return self.string(text, indent),
            Value::Map(_) => "{}".to_owned(),
            Value::Seq(_) => "[]".to_owned(),
            Value::Hole(hole) => hole_text(hole, indent),
            Value::Guarded(_, item) => return self.scalar(item, indent),
        };
        self.out.push_str(&text);
    }

    /// A string as a value.
    fn string(&mut self, text: &str, indent: usize) {
        // A guard's `{{-` after the block would eat the empty lines that `|+` keeps.
        let eaten = self.template && text.ends_with("\n\n");
        if !quote::is_literal(text) || eaten {
            let text = self.string_on_line(text);
            self.out.push_str(&text);
            return;
        }
        let text = self.escaped(text);
        self.out.push_str(match text.as_bytes() {
            [.., b'\n', b'\n'] => "|+",
            [.., b'\n'] => "|",
            _ => "|-",
        });
        for line in text.strip_suffix('\n').unwrap_or(&text).split('\n') {
            self.end_line();
            if !line.is_empty() {
                self.indent(indent.max(2));
                self.out.push_str(line);
            }
        }
    }

    /// A string plain or in double quotes.
    fn string_on_line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        // What holds a template's sign is not plain.
        if quote::is_plain(text) {
            return Cow::Borrowed(text);
        }
        Cow::Owned(self.escaped(&quote::double_quoted(text)).into_owned())
    }

    /// Text that a template prints as it is.
    fn escaped<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.template && text.contains("{{") {
            Cow::Owned(quote::escape_template(text))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Opens guards, each on a line of its own; returns whether the line still holds a dash alone.
    fn open(&mut self, guards: &[Guard], indent: usize, inline: bool) -> bool {
        if guards.is_empty() {
            return inline;
        }
        if inline {
            self.end_line();
        }
        for guard in guards {
            self.line(indent, &format!("{{{{- {} }}}}", guard.open));
        }
        false
    }

    /// Closes as many guards as were opened.
    fn close(&mut self, guards: &[Guard], indent: usize) {
        for _ in guards {
            self.line(indent, "{{- end }}");
        }
    }

    /// A whole line.
    fn line(&mut self, indent: usize, text: &str) {
        self.indent(indent);
        self.out.push_str(text);
        self.end_line();
    }

    /// The blanks before a line's content.
    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// The end of a line.
    fn end_line(&mut self) {
        self.out.push('\n');
    }
}

/// A hole as the value of a key.
fn hole_text(hole: &Hole, indent: usize) -> String {
    let action = &hole.action;
    match (hole.block, hole.quoted) {
        (true, _) => format!("{{{{- {action} | nindent {indent} }}}}"),
        (false, true) => format!("\"{{{{ {action} }}}}\""),
        (false, false) => format!("{{{{ {action} }}}}"),
    }
}

#[cfg(test)]
mod tests;
