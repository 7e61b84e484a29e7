//! How strings are written: plain, in double quotes, or as a literal block.
//!
//! Readers of YAML 1.1 see booleans, numbers and dates in more words than readers of 1.2, and both read
//! what is written here, so whatever either might take for something else stands in quotes.

use std::fmt::Write;

/// Words that some reader takes for a boolean or null, in lower case.
const WORDS: [&str; 11] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "---", "..."];

/// Whether a string can be written without quotes, as a value or key.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && starts_plain(text)
        && !text.ends_with([' ', ':'])
        && !text.as_bytes().windows(2).any(|pair| matches!(pair, b": " | b" #" | b"{{"))
        && !text.chars().any(needs_escape)
        && !text.starts_with("--- ")
        && !text.starts_with("... ")
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        && !like_number(text)
}

/// Whether the first character starts a plain scalar.
fn starts_plain(text: &str) -> bool {
    let mut characters = text.chars();
    match characters.next() {
        Some('-') => characters.next().is_some_and(|next| !next.is_whitespace()),
        Some(first) => !" ?:,[]{}#&*!|>'\"%@`=<~".contains(first),
        None => false,
    }
}

/// Whether some reader may take the text for a number or a time.
fn like_number(text: &str) -> bool {
    let start = |first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.');
    if !text.starts_with(start) {
        return false;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if [".inf", ".nan"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
        return true;
    }
    // `1.4.2` and `10.0.0.1` are numbers to nobody.
    let version = text.matches('.').count() > 1
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.starts_with(|first: char| first.is_ascii_digit());
    let part = |part: char| part.is_ascii_hexdigit() || "+-.,:_ xXoOtTzZ".contains(part);
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    !version && digits && text.chars().all(part)
}

/// Whether a character stands only as an escape in double quotes.
fn needs_escape(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a string can be written as a literal block.
pub(super) fn is_literal(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && !text.lines().any(|line| line.ends_with([' ', '\t']))
        && !text
            .chars()
            .any(|character| needs_escape(character) && !matches!(character, '\n' | '\t'))
}

/// A string in double quotes.
pub(super) fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            _ if needs_escape(character) => push_escape(&mut quoted, u32::from(character)),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// An escape by number, in its shortest form.
fn push_escape(quoted: &mut String, number: u32) {
    // Writing to a string cannot fail.
    let _ = if number < 0x100 {
        write!(quoted, "\\x{number:02X}")
    } else {
        write!(quoted, "\\u{number:04X}")
    };
}

/// A string whose `{{` a template prints instead of acting on it.
pub(super) fn escape_template(text: &str) -> String {
    text.replace("{{", "{{ `{{` }}")
}

/// A float in a form that every reader takes for one.
pub(super) fn float(number: f64) -> String {
    if number.is_nan() {
        return ".nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let text = format!("{number:?}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let digits =
                if digits.contains('.') { digits.to_owned() } else { format!("{digits}.0") };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            format!("{digits}e{sign}{exponent}")
        }
        None => text,
    }
}
