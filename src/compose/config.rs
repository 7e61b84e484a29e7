//! The canonical tree as `docker compose config` prints it.

use std::borrow::Cow;

use crate::yaml::{Data, Map, Node, Value};

/// The sections in the order that the reference prints them; what else there is follows.
const SECTIONS: &[&str] =
    &["name", "services", "networks", "volumes", "secrets", "configs", "models", "jobs"];

/// The whole project: `name` first, then the sections, each in the order of its keys.
pub fn config(tree: &Node) -> Value {
    sections(value(tree, &|text| text.replace('$', "$$")))
}

/// The same of a tree without interpolation, whose `$` stand for variables still.
pub fn config_as_written(tree: &Node) -> Value {
    sections(value(tree, &str::to_owned))
}

fn sections(tree: Value) -> Value {
    let Value::Map(mut map) = tree else { return Value::Map(Map::new()) };
    let place = |key: &str| SECTIONS.iter().position(|known| *known == key);
    map.fields.sort_by_key(|field| place(&field.key).unwrap_or(SECTIONS.len()));
    Value::Map(map)
}

/// A node with its keys sorted and its texts as `text` makes them.
fn value(node: &Node, text: &impl Fn(&str) -> String) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        Data::Int(number) => match i64::try_from(*number) {
            Ok(number) => Value::Int(number),
            // Only extensions can hold numbers of that size.
            Err(_) => Value::String(number.to_string()),
        },
        Data::Float(number) => Value::Float(*number),
        Data::Timestamp(time) => Value::String(rfc3339(time)),
        Data::String(string) => Value::String(text(&read_back(string))),
        Data::Seq(items) => Value::Seq(items.iter().map(|item| value(item, text)).collect()),
        Data::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.key.name.cmp(&b.key.name));
            let mut map = Map::new();
            for entry in entries {
                let value = value(&entry.value, text);
                map.fields.push(crate::yaml::Field::new(text(&entry.key.name), value));
            }
            Value::Map(map)
        }
    }
}

/// A text as it is read from the reference's output.
///
/// The reference prints a block that begins with an empty line without saying how far it is
/// indented, so whoever reads it takes the first line's blanks for indentation.
fn read_back(text: &str) -> Cow<'_, str> {
    // Blanks before a line's end make it a quoted string, which has no indentation.
    if !text.starts_with('\n') || text.contains(" \n") {
        return Cow::Borrowed(text);
    }
    let first = text.trim_start_matches('\n');
    let blanks = first.len() - first.trim_start_matches(' ').len();
    let indented = |line: &str| {
        let own = line.len() - line.trim_start_matches(' ').len();
        own >= blanks || own == line.len()
    };
    if blanks == 0 || !first.lines().all(indented) {
        return Cow::Borrowed(text);
    }
    let lines = text.split('\n').map(|line| line.get(blanks..).unwrap_or_default());
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// `2001-12-14 21:59:43.1 -0500 -0500` as extensions show it: `2001-12-14T21:59:43.1-05:00`.
fn rfc3339(text: &str) -> String {
    let mut parts = text.split(' ');
    let (Some(date), Some(time), Some(zone)) = (parts.next(), parts.next(), parts.next()) else {
        return text.to_owned();
    };
    match (zone, zone.get(..3), zone.get(3..)) {
        ("+0000", ..) | (_, None, _) | (_, _, None) => format!("{date}T{time}Z"),
        (_, Some(hours), Some(minutes)) => format!("{date}T{time}{hours}:{minutes}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{text::Span, yaml::Entry, yaml::Key};

    #[test]
    fn dollars_are_doubled_and_name_stands_first() {
        let entry = |name: &str, text: &str| Entry {
            key: Key { name: name.to_owned(), span: Span::NONE },
            value: Node::string(text, Span::NONE),
        };
        let entries = vec![entry("x-a", "a$b"), entry("services", ""), entry("name", "n")];
        let printed = config(&Node::new(Data::Map(entries), Span::NONE));
        let keys: Vec<_> =
            printed.as_map().unwrap().iter().map(|(key, _)| key.to_owned()).collect();
        assert_eq!(keys, ["name", "services", "x-a"]);
        assert_eq!(printed.get("x-a").and_then(Value::as_str), Some("a$$b"));
    }

    #[test]
    fn blocks_that_begin_with_an_empty_line() {
        assert_eq!(read_back("\n  a\n   b\n\n"), "\na\n b\n\n");
        assert_eq!(read_back("\n  a\n b"), "\n  a\n b");
        assert_eq!(read_back("  a\n"), "  a\n");
    }

    #[test]
    fn times_in_extensions() {
        assert_eq!(rfc3339("2001-01-01 00:00:00 +0000 UTC"), "2001-01-01T00:00:00Z");
        assert_eq!(rfc3339("2001-12-14 21:59:43.1 -0500 -0500"), "2001-12-14T21:59:43.1-05:00");
    }
}
