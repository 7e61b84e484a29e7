//! Charts: templates with holes, `values.yaml` with the base's values, and for each environment a
//! `values-<env>.yaml` with what differs.
//!
//! The base and the environments are compared field by field. What differs becomes a value whose
//! default is the base's, and so does what a person wants to change, so that every environment's
//! objects come from the same templates.

mod accounts;
mod chart;
mod claims;
mod container;
mod defaults;
mod ending;
mod extras;
mod facts;
mod fields;
mod guards;
mod image;
mod labels;
mod names;
mod naming;
mod object;
mod optional;
mod placement;
mod pod;
mod prefix;
mod prose;
mod row;
mod scaling;
mod schema;
mod values;
mod weave;

pub use chart::{ChartOptions, chart_name, helm};
pub use names::taken_keys;

use crate::yaml::Value;

/// The specification of an object's pods, if it has any.
fn pod_spec(object: &Value) -> Option<&Value> {
    const TEMPLATES: &[&[&str]] =
        &[&["spec", "template", "spec"], &["spec", "jobTemplate", "spec", "template", "spec"]];
    TEMPLATES.iter().find_map(|path| object.at(path))
}

#[cfg(test)]
mod tests;
