//! Pieces of Kubernetes objects among the settings, checked against the API's own types.

use k8s_openapi::api::{
    autoscaling::v2::MetricSpec,
    core::v1::{Affinity, Toleration},
};

use super::kind::Schema;
use crate::{
    text::Span,
    yaml::{Data, Map, Node, Problem, Value, read_typed},
};

/// What is wrong with a piece, each with its place.
pub(super) fn problems(node: &Node, schema: Schema) -> Vec<(Problem, Span)> {
    let value = value(node);
    let found = match schema {
        Schema::Affinity => read_typed::<Affinity>(&value).1,
        Schema::Toleration => read_typed::<Toleration>(&value).1,
        Schema::Metric => read_typed::<MetricSpec>(&value).1,
    };
    let placed = found.into_iter().map(|problem| {
        let span = place(node, &problem.path).unwrap_or(node.span);
        (problem, span)
    });
    placed.collect()
}

/// A node as a value of an object.
pub(super) fn value(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        Data::Int(number) => i64::try_from(*number).map_or(Value::Null, Value::Int),
        Data::Float(number) => Value::Float(*number),
        Data::String(text) | Data::Timestamp(text) => Value::String(text.clone()),
        Data::Seq(items) => Value::Seq(items.iter().map(value).collect()),
        Data::Map(entries) => {
            let fields = entries.iter().map(|entry| (entry.key.name.clone(), value(&entry.value)));
            Value::Map(fields.collect::<Map>())
        }
    }
}

/// Where the first field of that path is written.
fn place(node: &Node, path: &[String]) -> Option<Span> {
    if let Some(items) = node.as_seq() {
        return items.iter().find_map(|item| place(item, path));
    }
    let (first, rest) = path.split_first()?;
    let entry = node.entry(first)?;
    if rest.is_empty() { Some(entry.key.span) } else { place(&entry.value, rest) }
}
