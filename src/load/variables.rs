//! Variables that a project names without giving a value.

use super::{Variable, interpolate::Variables, project::Loader, tree};
use crate::yaml::{Data, Node, Part, Template};

impl Loader<'_> {
    /// Gives `environment` lists the values of the names that stand alone in them.
    pub(super) fn resolve_listed_variables(&mut self, root: &mut Node, variables: &Variables) {
        for service in tree::containers(root) {
            let Some(list) = service.value.get_mut("environment") else { continue };
            for item in tree::items(list) {
                let found = item.as_str().filter(|name| !name.contains('=')).and_then(|name| {
                    variables.get(name).map(|variable| (name.to_owned(), variable))
                });
                if let Some((name, variable)) = found {
                    give(item, &format!("{name}="), &name, variable);
                    self.usage.used.entry(name).or_insert_with(|| variable.clone());
                }
            }
        }
        for section in ["secrets", "configs"] {
            for entry in tree::entries_of(root, section) {
                if let Some(name) = entry.value.get("environment").and_then(Node::as_str)
                    && let Some(variable) = variables.get(name)
                {
                    self.usage.used.entry(name.to_owned()).or_insert_with(|| variable.clone());
                }
            }
        }
    }

    /// Gives the null entries of `environment` mappings their values.
    pub(super) fn resolve_null_variables(&mut self, root: &mut Node, variables: &Variables) {
        for service in tree::entries_of(root, "services") {
            for entry in tree::entries_of(&mut service.value, "environment") {
                let name = &entry.key.name;
                if entry.value.is_null()
                    && let Some(variable) = variables.get(name)
                {
                    entry.value.span = entry.key.span;
                    give(&mut entry.value, "", name, variable);
                    self.usage.used.entry(name.clone()).or_insert_with(|| variable.clone());
                }
            }
        }
    }
}

/// Gives a node the value of a variable, behind a prefix.
fn give(node: &mut Node, prefix: &str, name: &str, variable: &Variable) {
    let mut parts = Vec::new();
    if !prefix.is_empty() {
        parts.push(Part::Literal(prefix.to_owned()));
    }
    parts.push(Part::Variable {
        name: name.to_owned(),
        value: variable.value.clone(),
        span: variable.span,
        default: false,
    });
    node.data = Data::String(format!("{prefix}{}", variable.value));
    node.template = Some(Template { parts }.into());
}
