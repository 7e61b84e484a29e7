//! Checking a tree against the rules.

use std::collections::BTreeMap;

use super::{
    BOOL, INT, Kinds, NULL, NUM, Rule, STR,
    service::{ATTRIBUTES, HOOK, JOB},
};
use crate::{
    load::{container, tree::fingerprint},
    text::{Code, Diagnostic, Sink, did_you_mean},
    yaml::{Data, Entry, Node},
};

/// A run over one document.
struct Checker<'a> {
    path: Vec<String>,
    sink: &'a mut Sink,
}

/// Checks `tree` against `rule`.
pub(super) fn run(rule: &Rule, tree: &Node, sink: &mut Sink) {
    let mut checker = Checker { path: Vec::new(), sink };
    checker.check(rule, tree);
}

impl Checker<'_> {
    fn check(&mut self, rule: &Rule, node: &Node) {
        if let Data::Float(number) = node.data
            && !number.is_finite()
        {
            self.fail(node, "is not a finite number");
            return;
        }
        match (rule, &node.data) {
            (Rule::Any, _) => self.any(node),
            (Rule::List(item), Data::Seq(items)) => self.items(item, items),
            (Rule::Unique(item), Data::Seq(items)) => {
                self.items(item, items);
                self.unique(node, items);
            }
            (Rule::Map(value), Data::Map(entries)) => {
                for entry in entries {
                    self.entry(value, entry);
                }
            }
            (Rule::Names(value), Data::Map(entries)) => self.names(value, entries),
            (Rule::Object(attributes, required), Data::Map(entries)) => {
                self.object(attributes, entries, true);
                self.required(required, node);
            }
            (Rule::Closed(attributes, required), Data::Map(entries)) => {
                self.object(attributes, entries, false);
                self.required(required, node);
            }
            (Rule::Open(attributes), Data::Map(entries)) => {
                for entry in entries {
                    let known = attributes.iter().find(|(name, _)| *name == entry.key.name);
                    self.entry(known.map_or(&Rule::Any, |(_, rule)| rule), entry);
                }
            }
            (Rule::Letters(value), Data::Map(entries)) => {
                for entry in entries {
                    let letters = entry.key.name.bytes().all(|b| b.is_ascii_lowercase());
                    self.entry(if letters { value } else { &Rule::Any }, entry);
                }
            }
            (Rule::Container, Data::Map(entries)) => self.container(entries, HOOK),
            (Rule::Job, Data::Map(entries)) => {
                self.container(entries, JOB);
                self.required(&["triggers"], node);
                self.triggers(node);
            }
            (Rule::Either(rules), _) => self.either(rules, node),
            _ => self.scalar(rule, node),
        }
    }

    /// Extensions hold anything but numbers without end.
    fn any(&mut self, node: &Node) {
        match &node.data {
            Data::Seq(items) => self.items(&Rule::Any, items),
            Data::Map(entries) => {
                for entry in entries {
                    self.entry(&Rule::Any, entry);
                }
            }
            _ => {}
        }
    }

    fn items(&mut self, rule: &Rule, items: &[Node]) {
        for (index, item) in items.iter().enumerate() {
            self.path.push(index.to_string());
            self.check(rule, item);
            self.path.pop();
        }
    }

    fn entry(&mut self, rule: &Rule, entry: &Entry) {
        self.path.push(entry.key.name.clone());
        self.check(rule, &entry.value);
        self.path.pop();
    }

    fn names(&mut self, rule: &Rule, entries: &[Entry]) {
        for entry in entries {
            let name = &entry.key.name;
            let ok = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
            if name.is_empty() || !name.bytes().all(ok) {
                let message = self.message(&format!("additional properties '{name}' not allowed"));
                self.sink.push(
                    Diagnostic::new(Code::UnknownKey, message)
                        .at(entry.key.span)
                        .help("names consist of letters, digits, `.`, `_` and `-`"),
                );
                continue;
            }
            self.entry(rule, entry);
        }
    }

    /// What a container may have, and `more`.
    fn container(&mut self, entries: &[Entry], more: &'static [(&str, Rule)]) {
        let known = || ATTRIBUTES.iter().filter(|(name, _)| container::has(name)).chain(more);
        for entry in entries {
            let name = entry.key.name.as_str();
            match known().find(|(known, _)| *known == name) {
                Some((_, rule)) => self.entry(rule, entry),
                None if name.starts_with("x-") => self.entry(&Rule::Any, entry),
                None => self.unknown(entry, known().map(|(known, _)| *known)),
            }
        }
    }

    /// Something must start a job.
    fn triggers(&mut self, job: &Node) {
        let Some(triggers) = job.get("triggers").filter(|node| node.as_map().is_some()) else {
            return;
        };
        if triggers.get("manual").is_none() && triggers.get("schedule").is_none() {
            let message = self.message("triggers must have `manual` or `schedule`");
            self.sink.push(Diagnostic::new(Code::Schema, message).at(triggers.span));
        }
    }

    fn unknown<'k>(&mut self, entry: &Entry, known: impl Iterator<Item = &'k str>) {
        let name = entry.key.name.as_str();
        let message = self.message(&format!("additional properties '{name}' not allowed"));
        self.sink.push(
            Diagnostic::new(Code::UnknownKey, message)
                .at(entry.key.span)
                .suggest(did_you_mean(name, known)),
        );
    }

    fn object(&mut self, attributes: &[(&str, Rule)], entries: &[Entry], extensible: bool) {
        for entry in entries {
            let name = entry.key.name.as_str();
            match attributes.iter().find(|(known, _)| *known == name) {
                Some((_, rule)) => self.entry(rule, entry),
                None if extensible && name.starts_with("x-") => self.entry(&Rule::Any, entry),
                None => self.unknown(entry, attributes.iter().map(|(known, _)| *known)),
            }
        }
    }

    fn required(&mut self, names: &[&str], node: &Node) {
        for name in names.iter().filter(|name| node.get(name).is_none()) {
            self.fail(node, &format!("missing property '{name}'"));
        }
    }

    fn unique(&mut self, node: &Node, items: &[Node]) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            let text = fingerprint(item);
            if let Some(first) = seen.get(&text) {
                let first = *first;
                let text = format!("items at {first} and {index} are equal");
                let message = self.message(&text);
                let mut diagnostic = Diagnostic::new(Code::Schema, message).at(item.span);
                if let Some(other) = items.get(first) {
                    diagnostic = diagnostic.label(other.span, "the same item");
                }
                if diagnostic.primary.is_none() {
                    diagnostic = diagnostic.at(node.span);
                }
                self.sink.push(diagnostic);
            } else {
                seen.insert(text, index);
            }
        }
    }

    /// The first rule for this kind of node is the one that its findings come from.
    fn either(&mut self, rules: &[Rule], node: &Node) {
        let fitting = rules.iter().find(|rule| match (rule, &node.data) {
            (Rule::List(_) | Rule::Unique(_), Data::Seq(_))
            | (
                Rule::Map(_)
                | Rule::Letters(_)
                | Rule::Names(_)
                | Rule::Object(..)
                | Rule::Closed(..)
                | Rule::Open(_),
                Data::Map(_),
            )
            | (Rule::Words(_) | Rule::Form(..), Data::String(_)) => true,
            (Rule::Scalar(kinds), _) => kinds & kind(&node.data) != 0,
            _ => false,
        });
        if let Some(rule) = fitting {
            self.check(rule, node);
            return;
        }
        let nullable = rules.iter().any(|rule| matches!(rule, Rule::Scalar(NULL)));
        let first = rules.first().map_or_else(String::new, wanted);
        let text = if nullable && rules.len() == 2 {
            format!("must be a {first} or null")
        } else {
            format!("must be a {first}")
        };
        self.fail(node, &text);
    }

    fn scalar(&mut self, rule: &Rule, node: &Node) {
        let ok = match rule {
            Rule::Scalar(kinds) | Rule::Range(kinds, ..) => kinds & kind(&node.data) != 0,
            Rule::Words(_) | Rule::Form(..) => kind(&node.data) == STR,
            _ => false,
        };
        if !ok {
            self.fail(node, &format!("must be a {}", wanted(rule)));
            return;
        }
        match rule {
            Rule::Words(words) if !words.contains(&node.as_str().unwrap_or_default()) => {
                let list: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
                let text = format!("value must be one of {}", list.join(", "));
                let message = self.message(&text);
                let written = node.as_str().unwrap_or_default();
                self.sink.push(
                    Diagnostic::new(Code::Schema, message)
                        .at(node.span)
                        .suggest(did_you_mean(written, words.iter().copied())),
                );
            }
            Rule::Range(_, low, high) => {
                let number = match node.data {
                    Data::Int(number) => Some(number),
                    #[allow(clippy::cast_possible_truncation)]
                    Data::Float(number) => Some(number as i128),
                    _ => None,
                };
                if let Some(number) = number {
                    if number < i128::from(*low) {
                        self.fail(node, &format!("must be greater than or equal to {low}"));
                    } else if number > i128::from(*high) {
                        self.fail(node, &format!("must be less than or equal to {high}"));
                    }
                }
            }
            Rule::Form(accepts, form) if !node.as_str().is_some_and(accepts) => {
                let written = node.as_str().unwrap_or_default();
                self.fail(node, &format!("'{written}' does not match pattern '{form}'"));
            }
            _ => {}
        }
    }

    fn fail(&mut self, node: &Node, text: &str) {
        let message = self.message(text);
        self.sink.push(Diagnostic::new(Code::Schema, message).at(node.span));
    }

    fn message(&self, text: &str) -> String {
        if self.path.is_empty() {
            text.to_owned()
        } else {
            format!("{} {text}", self.path.join("."))
        }
    }
}

/// The scalar types that a value counts as.
fn kind(data: &Data) -> Kinds {
    match data {
        Data::Null => NULL,
        Data::Bool(_) => BOOL,
        Data::Int(_) => INT | NUM,
        Data::Float(number) if number.fract() == 0.0 => INT | NUM,
        Data::Float(_) => NUM,
        Data::String(_) | Data::Timestamp(_) => STR,
        Data::Seq(_) | Data::Map(_) => 0,
    }
}

/// What a rule wants, in the words of messages.
fn wanted(rule: &Rule) -> String {
    match rule {
        Rule::Any => "value".to_owned(),
        Rule::Scalar(kinds) | Rule::Range(kinds, ..) => kinds_text(*kinds),
        Rule::Words(_) | Rule::Form(..) => "string".to_owned(),
        Rule::List(_) | Rule::Unique(_) => "array".to_owned(),
        Rule::Map(_) | Rule::Letters(_) | Rule::Names(_) | Rule::Object(..) => "mapping".to_owned(),
        Rule::Container | Rule::Job | Rule::Closed(..) | Rule::Open(_) => "mapping".to_owned(),
        Rule::Either(rules) => rules.first().map_or_else(String::new, wanted),
    }
}

fn kinds_text(kinds: Kinds) -> String {
    let names =
        [(BOOL, "boolean"), (INT, "integer"), (NULL, "null"), (NUM, "number"), (STR, "string")];
    let names: Vec<_> =
        names.into_iter().filter(|(bit, _)| kinds & bit != 0).map(|(_, name)| name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, front)) => format!("{} or {last}", front.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn map(entries: Vec<(&str, Node)>) -> Node {
        let mut node = Node::new(Data::Map(Vec::new()), Span::NONE);
        for (key, value) in entries {
            node.set(key, value);
        }
        node
    }

    fn messages(service: Node) -> Vec<String> {
        let tree = map(vec![("services", map(vec![("a", service)]))]);
        let mut sink = Sink::default();
        super::super::validate(&tree, &mut sink);
        sink.iter().map(|diagnostic| diagnostic.message.clone()).collect()
    }

    fn string(text: &str) -> Node {
        Node::string(text, Span::NONE)
    }

    fn list(items: Vec<Node>) -> Node {
        Node::new(Data::Seq(items), Span::NONE)
    }

    fn int(number: i128) -> Node {
        Node::new(Data::Int(number), Span::NONE)
    }

    #[test]
    fn all_findings_are_collected() {
        let service = map(vec![
            ("image", int(1)),
            ("imgae", string("x")),
            ("command", list(vec![string("a"), int(2)])),
            ("security_opt", list(vec![string("a"), string("a")])),
            ("environment", map(vec![("A", list(Vec::new()))])),
            ("deploy", list(Vec::new())),
        ]);
        assert_eq!(
            messages(service),
            [
                "services.a.image must be a string",
                "services.a additional properties 'imgae' not allowed",
                "services.a.command.1 must be a string",
                "services.a.security_opt items at 0 and 1 are equal",
                "services.a.environment.A must be a boolean, null, number or string",
                "services.a.deploy must be a mapping or null",
            ]
        );
    }

    #[test]
    fn short_and_long_forms_pass() {
        let service = map(vec![
            ("build", string(".")),
            ("ports", list(vec![int(80), map(vec![("target", int(81))])])),
            ("depends_on", list(vec![string("b")])),
            ("x-any", list(Vec::new())),
        ]);
        assert!(messages(service).is_empty());
    }
}
