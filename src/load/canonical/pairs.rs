//! Lists of `key=value` and the mappings they stand for.

use std::{collections::BTreeMap, sync::Arc};

use super::walk::{entry_at, last_wins};
use crate::{
    text::{Code, Diagnostic, Sink},
    yaml::{Data, Entry, Node, Part, Template},
};

/// A scalar as Go prints it; none of what is no scalar, or null.
pub(in crate::load) fn text(node: &Node) -> Option<String> {
    Some(match &node.data {
        Data::String(text) | Data::Timestamp(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => float(*number),
        Data::Null | Data::Seq(_) | Data::Map(_) => return None,
    })
}

/// A number as Go's `%v` prints it: the shortest digits, with an exponent below -4 and from 6 on.
pub(in crate::load) fn float(number: f64) -> String {
    if !number.is_finite() {
        return if number.is_nan() {
            "NaN".to_owned()
        } else if number > 0.0 {
            "+Inf".to_owned()
        } else {
            "-Inf".to_owned()
        };
    }
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if number == 0.0 || (-4..EXPONENT).contains(&exponent) {
        return number.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// The power of ten from which numbers are printed with an exponent.
const EXPONENT: i32 = 6;

/// A string node with the text of a scalar.
pub(super) fn string(node: &Node) -> Node {
    let mut copy = node.clone();
    copy.tag = None;
    copy.data = Data::String(text(node).unwrap_or_default());
    copy
}

/// The pair that a list's item stands for: the key, and the value unless there is no `=`.
fn split(item: &Node, separator: char) -> (String, Option<Node>) {
    let written = text(item).unwrap_or_default();
    let Some((key, value)) = written.split_once(separator) else { return (written, None) };
    let mut node = Node::string(value, item.span);
    node.chain.clone_from(&item.chain);
    node.template = item.template.as_deref().and_then(|template| without(template, key.len() + 1));
    (key.to_owned(), Some(node))
}

/// A template without its first bytes; none if they are not literal, or nothing variable is left.
fn without(template: &Template, bytes: usize) -> Option<Arc<Template>> {
    let (first, others) = template.parts.split_first()?;
    let Part::Literal(literal) = first else { return None };
    let left = literal.get(bytes..)?;
    let mut parts = Vec::with_capacity(template.parts.len());
    if !left.is_empty() {
        parts.push(Part::Literal(left.to_owned()));
    }
    parts.extend_from_slice(others);
    Some(Arc::new(Template { parts }))
}

/// The entries of pairs in either form; a key without a value has null.
pub(super) fn entries(node: &Node) -> Option<Vec<Entry>> {
    match &node.data {
        Data::Seq(items) => {
            let entries = items
                .iter()
                .filter(|item| text(item).is_some())
                .map(|item| {
                    let (key, value) = split(item, '=');
                    let value = value.unwrap_or_else(|| Node::new(Data::Null, item.span));
                    entry_at(&key, item.span, value)
                })
                .collect();
            Some(last_wins(entries))
        }
        Data::Map(entries) => Some(entries.clone()),
        _ => None,
    }
}

/// `additional_contexts` as a mapping.
pub(super) fn contexts(node: &mut Node, sink: &mut Sink) {
    let Data::Seq(items) = &node.data else { return };
    let mut entries = Vec::new();
    for item in items {
        let (key, value) = split(item, '=');
        let Some(value) = value else {
            let message = format!("expected key=value, got {key}");
            sink.push(Diagnostic::new(Code::BadValue, message).at(item.span));
            return;
        };
        entries.push(entry_at(&key, item.span, value));
    }
    node.data = Data::Map(last_wins(entries));
}

/// `ssh` as a mapping; only `default` needs no value.
pub(super) fn ssh(node: &mut Node, sink: &mut Sink) {
    let Data::Seq(items) = &node.data else { return };
    let mut entries = Vec::new();
    for item in items {
        let (key, value) = split(item, '=');
        match value {
            Some(value) => entries.push(entry_at(&key, item.span, value)),
            None if key == "default" => {
                entries.push(entry_at(&key, item.span, Node::new(Data::Null, item.span)));
            }
            None => {
                let message = format!("invalid ssh key \"{key}\"");
                sink.push(Diagnostic::new(Code::BadValue, message).at(item.span));
                return;
            }
        }
    }
    node.data = Data::Map(last_wins(entries));
}

/// `extra_hosts` as a list of `host=address`.
pub(super) fn hosts(node: &Node) -> Result<Vec<Node>, String> {
    let mut list = Vec::new();
    match &node.data {
        Data::Seq(items) => {
            let mut by_host: BTreeMap<String, Vec<Node>> = BTreeMap::new();
            for item in items {
                let written = text(item).unwrap_or_default();
                let separator = if written.contains('=') { '=' } else { ':' };
                let (host, value) = split(item, separator);
                let Some(value) = value else {
                    return Err(format!("invalid additional host, missing IP: {written}"));
                };
                check_host(&host)?;
                by_host.entry(host).or_default().push(value);
            }
            for (host, values) in by_host {
                for value in &values {
                    let written = text(value).unwrap_or_default();
                    list.extend(written.split(',').map(|one| address(&host, value, one)));
                }
            }
        }
        Data::Map(entries) => {
            for entry in entries {
                check_host(&entry.key.name)?;
                match &entry.value.data {
                    Data::Seq(items) => {
                        for item in items {
                            let written = text(item).unwrap_or_default();
                            list.push(address(&entry.key.name, item, &written));
                        }
                    }
                    Data::Timestamp(_) => {
                        return Err(format!(
                            "the address of {} is a date; put it into quotes",
                            entry.key.name
                        ));
                    }
                    _ => {
                        let written = text(&entry.value).unwrap_or_default();
                        list.push(address(&entry.key.name, &entry.value, &written));
                    }
                }
            }
        }
        _ => {}
    }
    list.sort_by(|a: &Node, b| a.as_str().cmp(&b.as_str()));
    Ok(list)
}

fn check_host(host: &str) -> Result<(), String> {
    if host.is_empty() || host.contains([':', '=']) {
        return Err(format!("bad host name '{host}'"));
    }
    Ok(())
}

/// A host with an address, which may stand in brackets.
fn address(host: &str, value: &Node, written: &str) -> Node {
    let inner = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let inner = inner.filter(|inner| !inner.is_empty()).unwrap_or(written);
    let mut node = Node::string(format!("{host}={inner}"), value.span);
    node.chain.clone_from(&value.chain);
    node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn numbers_as_go_prints_them() {
        for (number, expected) in
            [(1.0, "1"), (0.1, "0.1"), (1e-5, "1e-05"), (1e6, "1e+06"), (-1.5, "-1.5"), (0.0, "0")]
        {
            assert_eq!(float(number), expected);
        }
    }

    #[test]
    fn the_template_loses_the_key() {
        let mut item = Node::string("A=x", Span::NONE);
        let variable = Part::Variable {
            name: "X".to_owned(),
            value: "x".to_owned(),
            span: Span::NONE,
            default: false,
        };
        let parts = vec![Part::Literal("A=".to_owned()), variable.clone()];
        item.template = Some(Arc::new(Template { parts }));
        let (key, value) = split(&item, '=');
        assert_eq!(key, "A");
        assert_eq!(value.unwrap().template.unwrap().parts, [variable]);
    }
}
