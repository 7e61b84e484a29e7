//! Names of files.

use std::collections::BTreeSet;

use crate::kube::Object;

/// The names of files in one folder.
#[derive(Debug, Default)]
pub(super) struct FileNames {
    taken: BTreeSet<String>,
}

impl FileNames {
    /// Names for a folder that has some files already.
    pub(super) fn with(taken: &[&str]) -> Self {
        Self { taken: taken.iter().map(|&name| name.to_owned()).collect() }
    }

    /// A name for `<stem>.yaml` that no other file has.
    pub(super) fn take(&mut self, stem: &str) -> String {
        let stem = clean(stem);
        let numbered = (2..).map(|number| format!("{stem}-{number}.yaml"));
        let mut names = std::iter::once(format!("{stem}.yaml")).chain(numbered);
        let name = names.find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }

    /// A name for each object's file: `<name>-<kind>.yaml`. A kind that the name ends in already is
    /// not repeated, unless another object has that name then.
    pub(super) fn take_all(&mut self, objects: &[&Object]) -> Vec<String> {
        let full: BTreeSet<_> = objects
            .iter()
            .filter(|object| !ends_in_kind(object))
            .map(|object| full_stem(object))
            .collect();
        let stem = |object: &Object| match object.kind() {
            "Namespace" => "00-namespace".to_owned(),
            _ if ends_in_kind(object) && !full.contains(object.name()) => object.name().to_owned(),
            _ => full_stem(object),
        };
        objects.iter().map(|object| self.take(&stem(object))).collect()
    }
}

fn ends_in_kind(object: &Object) -> bool {
    object.name().ends_with(&format!("-{}", object.kind().to_lowercase()))
}

fn full_stem(object: &Object) -> String {
    format!("{}-{}", object.name(), object.kind().to_lowercase())
}

/// Names of some kinds may hold colons and more, which file systems refuse.
fn clean(stem: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    stem.chars().map(|c| if allowed(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kube::Role;

    #[test]
    fn kinds_are_not_repeated_and_names_never_collide() {
        let object = |kind: &str, name: &str| {
            Object::new(json!({"kind": kind, "metadata": {"name": name}}).into(), Role::Other, None)
        };
        let objects = [
            object("Service", "web"),
            object("Service", "web-service"),
            object("Secret", "web-secret"),
            object("Secret", "secret"),
            object("Namespace", "shop"),
            object("ClusterRole", "system:x"),
        ];
        let names = FileNames::default().take_all(&objects.iter().collect::<Vec<_>>());
        let expected = [
            "web-service.yaml",
            "web-service-service.yaml",
            "web-secret.yaml",
            "secret-secret.yaml",
            "00-namespace.yaml",
            "system-x-clusterrole.yaml",
        ];
        assert_eq!(names, expected);
    }
}
