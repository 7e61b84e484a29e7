//! Readable differences of two trees of data.

use std::collections::BTreeSet;

use serde_json::Value;

/// What is said of a part that only one side has.
#[derive(Clone, Copy, Debug)]
pub struct Sides {
    /// Only the first side has it.
    pub ours: &'static str,
    /// Only the second side has it.
    pub theirs: &'static str,
}

impl Sides {
    /// Adds a line for each difference below `place`: maps have no order, lists have one.
    pub fn compare(self, place: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
        match (ours, theirs) {
            (Value::Object(a), Value::Object(b)) => {
                let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
                for key in keys {
                    self.compare_part(&format!("{place} {key}"), a.get(key), b.get(key), found);
                }
            }
            (Value::Array(a), Value::Array(b)) => {
                for index in 0..a.len().max(b.len()) {
                    let place = format!("{place}[{index}]");
                    self.compare_part(&place, a.get(index), b.get(index), found);
                }
            }
            _ if same(ours, theirs) => {}
            _ => found.push(format!("{place}: {} ≠ {}", short(ours), short(theirs))),
        }
    }

    fn compare_part(
        self,
        place: &str,
        ours: Option<&Value>,
        theirs: Option<&Value>,
        found: &mut Vec<String>,
    ) {
        match (ours, theirs) {
            (Some(a), Some(b)) => self.compare(place, a, b, found),
            (Some(a), None) => found.push(format!("{place}: {}: {}", self.ours, short(a))),
            (None, Some(b)) => found.push(format!("{place}: {}: {}", self.theirs, short(b))),
            (None, None) => {}
        }
    }
}

/// Equality of two leaves; `1` and `1.0` are one number.
fn same(a: &Value, b: &Value) -> bool {
    a == b || (a.is_number() && b.is_number() && a.as_f64() == b.as_f64())
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 160 {
        return text;
    }
    text.chars().take(160).chain("…".chars()).collect()
}
