//! Scalars of settings, read as the table wants them.

use super::kind::Kind;
use crate::{
    text::Sources,
    yaml::{Data, Node},
};

/// The scalar in its one form; else what to do about it, where that can be said.
pub(super) fn read(node: &Node, kind: &Kind, sources: &Sources) -> Result<Data, Option<String>> {
    match kind {
        Kind::Bool => boolean(node).map(Data::Bool).ok_or(None),
        Kind::False => boolean(node).filter(|value| !value).map(Data::Bool).ok_or(None),
        Kind::Int(min, max) => integer(node)
            .filter(|number| (i128::from(*min)..=i128::from(*max)).contains(number))
            .map(Data::Int)
            .ok_or(None),
        _ => {
            let text = text(node, sources).ok_or(None)?;
            word(&text, kind).map(Data::String)
        }
    }
}

/// The text of a scalar; numbers as they are written, since `1.10` is no `1.1`.
pub(super) fn text(node: &Node, sources: &Sources) -> Option<String> {
    match &node.data {
        Data::String(text) | Data::Timestamp(text) => Some(text.clone()),
        Data::Bool(value) => Some(value.to_string()),
        Data::Int(value) => Some(written(node, sources).unwrap_or_else(|| value.to_string())),
        Data::Float(value) => Some(written(node, sources).unwrap_or_else(|| value.to_string())),
        Data::Null | Data::Seq(_) | Data::Map(_) => None,
    }
}

fn written(node: &Node, sources: &Sources) -> Option<String> {
    let slice = sources.slice(node.span).trim();
    let plain = slice.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    plain.then(|| slice.to_owned())
}

/// Interpolation makes texts, so a text that came from a variable may be a boolean.
fn boolean(node: &Node) -> Option<bool> {
    match &node.data {
        Data::Bool(value) => Some(*value),
        Data::String(text) if node.template.is_some() => text.parse().ok(),
        _ => None,
    }
}

fn integer(node: &Node) -> Option<i128> {
    match &node.data {
        Data::Int(value) => Some(*value),
        Data::String(text) if node.template.is_some() => text.trim().parse().ok(),
        _ => None,
    }
}

fn word(text: &str, kind: &Kind) -> Result<String, Option<String>> {
    let keep = |fits: bool| if fits { Ok(text.to_owned()) } else { Err(None) };
    match kind {
        Kind::Words(words) => words
            .iter()
            .find(|word| word.eq_ignore_ascii_case(text))
            .map(|word| (*word).to_owned())
            .ok_or(None),
        Kind::Name => keep(is_object_name(text)),
        Kind::Cpu => keep(is_number(text.strip_suffix('m').unwrap_or(text))),
        Kind::Bytes => bytes(text),
        Kind::Pods => keep(digits(text.strip_suffix('%').unwrap_or(text))),
        Kind::Version => keep(minor(text).is_some()),
        _ => Ok(text.to_owned()),
    }
}

/// The minor version of `1.33`, `v1.33` or `1.33.2`.
pub(super) fn minor(text: &str) -> Option<u32> {
    let mut parts = text.trim_start_matches('v').split('.');
    if parts.next() != Some("1") {
        return None;
    }
    let minor = parts.next()?.parse().ok()?;
    parts.next().is_none_or(digits).then_some(minor)
}

/// `512m` is half a byte in Kubernetes, and `1g` is nothing: both are Docker's notation.
fn bytes(text: &str) -> Result<String, Option<String>> {
    const UNITS: [&str; 12] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "k", "M", "G", "T", "P", "E"];
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(number.len()..).unwrap_or_default();
    if is_number(number) && (unit.is_empty() || UNITS.contains(&unit)) {
        return Ok(text.to_owned());
    }
    let first = unit.chars().next().map(|c| c.to_ascii_uppercase());
    Err(first
        .filter(|first| is_number(number) && "KMGTPE".contains(*first))
        .map(|first| format!("in Kubernetes' notation: `{number}{first}i`")))
}

fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole) && digits(fraction)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_object_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let outer = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 253 && text.chars().all(inner) && text.starts_with(outer) && text.ends_with(outer)
}
