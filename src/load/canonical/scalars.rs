//! Scalars, and lists of them, as the types of attributes hold them.

use super::{bound::Kind, pairs, walk};
use crate::yaml::{Data, Entry, Node};

/// The number in a text; whole ones are not read from fractions, and some from no text at all.
pub(super) fn read_number(kind: &Kind, text: &str) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)]
    match kind {
        Kind::Bare | Kind::Natural | Kind::NaturalSome => None,
        Kind::Float => text.parse::<f64>().ok().filter(|number| number.is_finite()),
        _ => text.parse::<i64>().ok().map(|number| number as f64),
    }
}

/// A number as its type holds it: whole, or of single precision.
pub(super) fn rounded(kind: &Kind, number: f64) -> Data {
    let number = if matches!(kind, Kind::Float) {
        #[allow(clippy::cast_possible_truncation)]
        let single = number as f32;
        single.to_string().parse().unwrap_or(number)
    } else {
        number.trunc()
    };
    if number.fract() == 0.0 {
        #[allow(clippy::cast_possible_truncation)]
        let whole = number as i128;
        // What is beyond 64 bits overflows in the reference.
        let whole = if matches!(kind, Kind::Float) || i64::try_from(whole).is_ok() {
            whole
        } else {
            i64::MIN.into()
        };
        return Data::Int(whole);
    }
    Data::Float(number)
}

/// Lists of scalars become lists of texts.
pub(super) fn strings(kind: &Kind, node: &mut Node) -> bool {
    match &mut node.data {
        Data::Map(entries) if matches!(kind, Kind::Lists) => {
            for entry in entries.iter_mut() {
                if pairs::text(&entry.value).is_some() {
                    let item = pairs::string(&entry.value);
                    walk::rest(&mut entry.value, Data::Seq(vec![item]));
                } else {
                    strings(&Kind::StringsKept, &mut entry.value);
                }
            }
            !entries.is_empty()
        }
        Data::Seq(items) => {
            for item in items.iter_mut() {
                *item = pairs::string(item);
            }
            matches!(kind, Kind::StringsKept) || !items.is_empty()
        }
        _ => {
            if pairs::text(node).is_some() {
                let item = pairs::string(node);
                walk::rest(node, Data::Seq(vec![item]));
            }
            true
        }
    }
}

/// `{default: null, key: path}` becomes `[default, "key: path"]`.
pub(super) fn ssh(node: &mut Node) -> bool {
    let Data::Map(entries) = &node.data else { return true };
    let mut items: Vec<Node> = entries
        .iter()
        .map(|Entry { key, value }| match pairs::text(value) {
            Some(path) if !path.is_empty() => {
                Node::string(format!("{}: {path}", key.name), value.span)
            }
            _ => Node::string(key.name.clone(), key.span),
        })
        .collect();
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    let some = !items.is_empty();
    node.data = Data::Seq(items);
    some
}
