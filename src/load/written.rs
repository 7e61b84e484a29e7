//! The variables that a model was written with, for `config --variables`.

use std::collections::BTreeMap;

use super::interpolate::mentions;
use crate::yaml::{Data, Node};

/// A variable as the files mention it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenVariable {
    /// The first default: `${NAME:-default}`.
    pub default: String,
    /// The first alternative: `${NAME:+alternative}`.
    pub alternative: String,
    /// Whether loading fails without it: `${NAME:?message}`.
    pub required: bool,
}

/// The variables in the strings of a model that was loaded without interpolation.
pub fn written_variables(tree: &Node) -> BTreeMap<String, WrittenVariable> {
    let mut found = BTreeMap::new();
    collect(tree, &mut found);
    found
}

fn collect(node: &Node, found: &mut BTreeMap<String, WrittenVariable>) {
    match &node.data {
        Data::String(text) => {
            for mention in mentions(text) {
                let known = found.entry(mention.name.to_owned()).or_default();
                let place = match mention.operator {
                    Some('?') => {
                        known.required = true;
                        continue;
                    }
                    Some('-') => &mut known.default,
                    Some('+') => &mut known.alternative,
                    _ => continue,
                };
                if place.is_empty() {
                    mention.word.clone_into(place);
                }
            }
        }
        Data::Seq(items) => items.iter().for_each(|item| collect(item, found)),
        Data::Map(entries) => entries.iter().for_each(|entry| collect(&entry.value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn variables_with_what_stands_in_for_them() {
        let text = "$A $$N ${B?msg} ${C:-d${D}} ${E+alt} ${F-} ${A:?needed} ${ ${1} ${B:-x}";
        let found = written_variables(&Node::string(text, Span::NONE));
        let names: Vec<_> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["A", "B", "C", "D", "E", "F"]);
        let required = |name: &str| found.get(name).is_some_and(|variable| variable.required);
        assert!(required("A") && required("B") && !required("C"));
        assert_eq!(found.get("C").map(|variable| variable.default.as_str()), Some("d${D}"));
        assert_eq!(found.get("B").map(|variable| variable.default.as_str()), Some("x"));
        assert_eq!(found.get("E").map(|variable| variable.alternative.as_str()), Some("alt"));
    }
}
