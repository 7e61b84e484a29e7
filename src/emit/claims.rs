//! The claims that hold data: their names must not change by themselves (operation rule 10).

use std::collections::{BTreeMap, BTreeSet};

use super::Variant;
use crate::yaml::Value;

/// The names of the claims of each environment, with their namespaces; the base has an empty name.
///
/// Claims of a StatefulSet are named after its template and itself; a number follows.
pub type Claims = BTreeMap<String, BTreeSet<String>>;

/// The claims of environments.
pub fn claims<'a>(variants: impl IntoIterator<Item = &'a Variant>) -> Claims {
    let each = variants.into_iter();
    each.map(|variant| (variant.environment.clone(), of(variant))).collect()
}

fn of(variant: &Variant) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for object in variant.objects.iter() {
        let namespace = object.key().namespace;
        let full = |name: &str| match namespace.as_str() {
            "" => name.to_owned(),
            namespace => format!("{namespace}/{name}"),
        };
        match object.kind() {
            "PersistentVolumeClaim" => drop(names.insert(full(object.name()))),
            "StatefulSet" => {
                let templates = object.value.at(&["spec", "volumeClaimTemplates"]);
                let templates = templates.and_then(Value::as_seq).unwrap_or_default();
                for template in templates {
                    let name = template.at(&["metadata", "name"]).and_then(Value::as_str);
                    let name = name.unwrap_or_default();
                    names.insert(full(&format!("{name}-{}-N", object.name())));
                }
            }
            _ => {}
        }
    }
    names
}

/// The claims of a run before that this one has no more, for the environments that both have.
pub(super) fn lost(before: &Claims, now: &Claims) -> Vec<(String, String)> {
    let both = before.iter().filter_map(|(env, names)| Some((env, names, now.get(env)?)));
    let lost = both.flat_map(|(env, names, now)| {
        names.difference(now).map(|name| (env.clone(), name.clone()))
    });
    lost.collect()
}
