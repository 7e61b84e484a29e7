//! Labels as the chart's templates write them.

use super::{
    facts::{ENVIRONMENT, Facts, INSTANCE, MANAGED_BY, NAME, PART_OF},
    names::go_string,
    row::{Row, Slot},
};
use crate::yaml::{Map, Value};

/// The labels of each variant beyond those of the chart's template.
type Extras = Vec<Option<Map>>;

/// The service's name that an object's labels tell (empty if none), and the labels that the
/// chart's template does not write; none if the labels are not of that kind.
pub(super) fn split(facts: &Facts<'_>, row: &Row<'_>) -> Option<(String, Extras)> {
    if row.lacks() {
        return None;
    }
    let name =
        |value: &Value| value.get(NAME).and_then(Value::as_str).unwrap_or_default().to_owned();
    let first = name(row.first()?);
    let mut extras = Vec::new();
    for (variant, slot) in row.0.iter().enumerate() {
        extras.push(match slot {
            Slot::Is(value) if name(value) == first => {
                let mut extra = extra(facts, variant, value.as_map()?)?;
                let common = facts.labels.get(variant).filter(|_| !first.is_empty());
                common.into_iter().flat_map(Map::iter).for_each(|(key, _)| drop(extra.remove(key)));
                Some(extra)
            }
            Slot::Is(_) => return None,
            Slot::Off | Slot::Absent => None,
        });
    }
    Some((first, extras))
}

/// The labels that every service's objects of a variant have beyond those of the chart's template.
pub(super) fn common<'v>(
    facts: &Facts<'_>,
    variant: usize,
    objects: impl Iterator<Item = &'v Value>,
) -> Map {
    let mut common: Option<Map> = None;
    for object in objects {
        let labels = object.at(&["metadata", "labels"]).and_then(Value::as_map);
        if labels.is_some_and(|labels| labels.get(NAME).is_none()) {
            continue;
        }
        let Some(own) = labels.and_then(|labels| extra(facts, variant, labels)) else {
            return Map::new();
        };
        common = Some(match common {
            None => own.iter().filter(|(key, _)| !is_of_kubernetes(key)).map(owned).collect(),
            Some(all) => {
                all.iter().filter(|(key, value)| own.get(key) == Some(value)).map(owned).collect()
            }
        });
    }
    common.unwrap_or_default()
}

/// Labels that say what one object is.
fn is_of_kubernetes(key: &str) -> bool {
    key.starts_with("app.kubernetes.io/")
}

fn owned((key, value): (&str, &Value)) -> (String, Value) {
    (key.to_owned(), value.clone())
}

fn extra(facts: &Facts<'_>, variant: usize, labels: &Map) -> Option<Map> {
    let environment = facts.environments.get(variant)?;
    let text = |key: &str| labels.get(key).and_then(Value::as_str);
    let own = text(INSTANCE) == Some(facts.project) && text(PART_OF) == Some(facts.project);
    let marked = text(ENVIRONMENT).unwrap_or_default() == *environment;
    let named = labels.get(NAME).is_none() || text(NAME).is_some_and(|name| !name.is_empty());
    if !own || !marked || !named || text(MANAGED_BY).is_none() {
        return None;
    }
    let known = [NAME, INSTANCE, PART_OF, MANAGED_BY, ENVIRONMENT];
    let rest = labels.iter().filter(|(key, _)| !known.contains(key));
    Some(rest.map(|(key, value)| (key, value.clone())).collect())
}

/// A row of values at hand.
pub(super) fn row_of(values: &[Option<Value>]) -> Row<'_> {
    Row(values.iter().map(|value| value.as_ref().map_or(Slot::Off, Slot::Is)).collect())
}

/// Labels as a template's third argument, with a blank before; empty if there are none, none if
/// they are not all strings.
pub(super) fn dict<'v>(labels: impl Iterator<Item = (&'v str, &'v Value)>) -> Option<String> {
    let words: Vec<String> = labels
        .map(|(key, value)| Some(format!("{} {}", go_string(key), go_string(value.as_str()?))))
        .collect::<Option<_>>()?;
    Some(if words.is_empty() { String::new() } else { format!(" (dict {})", words.join(" ")) })
}
