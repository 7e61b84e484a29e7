//! What a patch's target selects.

use regex_lite::Regex;

use super::{
    reader::Reader,
    refused,
    set::{Id, Member},
};
use crate::yaml::{Map, Node, Value};

/// A selector: patterns that a whole text must match, and label selectors.
#[derive(Debug, Clone, Default)]
pub(super) struct Selector {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: Vec<Requirement>,
    annotations: Vec<Requirement>,
    /// The selector in words.
    pub(super) text: String,
}

/// One requirement of a label selector.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Missing(String),
}

impl Selector {
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Self> {
        let known = [
            "group",
            "version",
            "kind",
            "name",
            "namespace",
            "labelSelector",
            "annotationSelector",
        ];
        refused::check_entry(node, "a target", &known, reader.sink);
        let mut words = Vec::new();
        let mut pattern = |reader: &mut Reader<'_>, key: &str| -> Option<Option<Regex>> {
            let Some(text) = reader.optional_text(node, key).filter(|text| !text.is_empty()) else {
                return Some(None);
            };
            words.push(format!("{key} `{text}`"));
            match Regex::new(&format!("^(?:{text})$")) {
                Ok(regex) => Some(Some(regex)),
                Err(error) => {
                    let span = node.get(key).map_or(node.span, |node| node.span);
                    reader.problem(format!("`{key}` is no regular expression: {error}"), span);
                    None
                }
            }
        };
        let group = pattern(reader, "group")?;
        let version = pattern(reader, "version")?;
        let kind = pattern(reader, "kind")?;
        let name = pattern(reader, "name")?;
        let namespace = pattern(reader, "namespace")?;
        let labels = requirements(reader, node, "labelSelector", &mut words)?;
        let annotations = requirements(reader, node, "annotationSelector", &mut words)?;
        let text = if words.is_empty() { "anything".to_owned() } else { words.join(", ") };
        Some(Self { group, version, kind, name, namespace, labels, annotations, text })
    }

    pub(super) fn selects(&self, member: &Member) -> bool {
        let value = &member.object.value;
        let own = Id::of(value);
        let first = member.earlier.first().unwrap_or(&own);
        let fits = |pattern: &Option<Regex>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
        };
        let either = |pattern: &Option<Regex>, one: &str, other: &str| {
            fits(pattern, one) || fits(pattern, other)
        };
        let map = |key| value.at(&["metadata", key]).and_then(Value::as_map);
        fits(&self.group, &own.group)
            && fits(&self.version, &own.version)
            && fits(&self.kind, &own.kind)
            && either(&self.name, &first.name, &own.name)
            && either(&self.namespace, &first.namespace, &own.namespace)
            && self.labels.iter().all(|requirement| requirement.holds(map("labels")))
            && self.annotations.iter().all(|requirement| requirement.holds(map("annotations")))
    }

    /// Whether the selector can mean nothing but one object's name.
    pub(super) fn exact_name(&self, node: &Node) -> Option<String> {
        let text = node.get("name")?.as_str()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        text.chars().all(plain).then(|| text.to_owned())
    }
}

impl Requirement {
    fn holds(&self, labels: Option<&Map>) -> bool {
        let value = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
        match self {
            Self::In(key, values) => {
                value(key).is_some_and(|own| values.iter().any(|value| value == own))
            }
            Self::NotIn(key, values) => {
                value(key).is_none_or(|own| values.iter().all(|value| value != own))
            }
            Self::Exists(key) => value(key).is_some(),
            Self::Missing(key) => value(key).is_none(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let key = |key: &str| {
            let key = key.trim();
            let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
            (!key.is_empty() && key.chars().all(legal)).then(|| key.to_owned())
        };
        if let Some(rest) = text.strip_prefix('!') {
            return Some(Self::Missing(key(rest)?));
        }
        if let Some((name, value)) = text.split_once("!=") {
            return Some(Self::NotIn(key(name)?, vec![value.trim().to_owned()]));
        }
        if let Some((name, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
            return Some(Self::In(key(name)?, vec![value.trim().to_owned()]));
        }
        if let Some((head, values)) = text.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
            let values: Vec<_> = values.split(',').map(|value| value.trim().to_owned()).collect();
            let (name, word) = head.trim().rsplit_once(char::is_whitespace)?;
            return match word {
                "in" => Some(Self::In(key(name)?, values)),
                "notin" => Some(Self::NotIn(key(name)?, values)),
                _ => None,
            };
        }
        Some(Self::Exists(key(text)?))
    }
}

fn requirements(
    reader: &mut Reader<'_>,
    node: &Node,
    key: &str,
    words: &mut Vec<String>,
) -> Option<Vec<Requirement>> {
    let Some(text) = reader.optional_text(node, key).filter(|text| !text.trim().is_empty()) else {
        return Some(Vec::new());
    };
    words.push(format!("{key} `{text}`"));
    let found: Option<Vec<_>> = parts(&text).iter().map(|part| Requirement::parse(part)).collect();
    if found.is_none() {
        let span = node.get(key).map_or(node.span, |node| node.span);
        reader.problem(format!("`{key}` is no label selector"), span);
    }
    found
}

/// The requirements of a selector, cut at commas outside of parentheses.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for character in text.chars() {
        match character {
            '(' => inside = true,
            ')' => inside = false,
            ',' if !inside => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_selectors_have_all_forms() {
        let labels: Map = [("a", "1"), ("b", "2")].into_iter().collect();
        let holds = |text: &str| {
            parts(text).iter().all(|part| Requirement::parse(part).unwrap().holds(Some(&labels)))
        };
        for text in ["a=1", "a==1,b!=3", "a in (0, 1)", "c notin (1),!c", "a,b", "c!=1"] {
            assert!(holds(text), "{text}");
        }
        for text in ["a=2", "a,c", "!a", "a notin (1)", "b in (1)"] {
            assert!(!holds(text), "{text}");
        }
        assert_eq!(Requirement::parse("a b"), None);
    }
}
