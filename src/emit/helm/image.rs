//! Images as values: registry, repository, tag, digest, and when they are pulled.

use super::{
    names::camel,
    row::{Row, Slot},
    values::{Cell, Entry},
    weave::{Weaver, block, field, hole},
};
use crate::yaml::{Field, Map, Value};

impl Weaver<'_> {
    /// Makes the image of the container at hand and its pull policy a value; the name of that.
    pub(super) fn image_value(&mut self, container: &Row<'_>) -> Option<String> {
        let row = container.under("image");
        let text = |row: &Row<'_>| row.all(|value| value.as_str().is_some());
        let policy = container.under("imagePullPolicy");
        if row.first().is_none() || row.lacks() || !text(&row) || !text(&policy) {
            return None;
        }
        let entry = with_policies(
            Entry::map(&row, Map::new().into(), |value| parts(value.as_str().unwrap_or_default())),
            &policy,
        );
        if let Some(path) = self.helper_image(&entry) {
            return Some(format!("$.Values.{}", path.join(".")));
        }
        let path = self.path_of(&["image".to_owned()]);
        let put = self.values.put(&self.full(&path), entry);
        put.then(|| self.refer(&path))
    }

    /// The place of an image that c2k adds to pods: one for all of them.
    fn helper_image(&mut self, entry: &Entry) -> Option<Vec<String>> {
        let container = self.container().unwrap_or_default().to_owned();
        let early = self.at.path.iter().any(|step| step == "initContainers");
        if self.at.main_ends && !early {
            let place: Vec<_> = ["helperImages", "pause"].map(str::to_owned).into();
            return self.values.put(&place, entry.clone()).then_some(place);
        }
        if !early {
            return None;
        }
        // What copies the content of the service's own image is that image.
        let place = if container.starts_with("populate-") {
            self.full(&["image".to_owned()])
        } else if container.starts_with("wait-") {
            let first = entry.cells.iter().find_map(|cell| match cell {
                Cell::Is(parts) => Some(parts),
                Cell::Off | Cell::Absent => None,
            })?;
            let name = if short_name(first) == "kubectl" { "kubectl" } else { "wait" };
            ["helperImages", name].map(str::to_owned).into()
        } else {
            return None;
        };
        self.values.put(&place, entry.clone()).then_some(place)
    }

    /// An image that the pod at hand mounts, as a value like those of containers.
    pub(super) fn mounted_image(&mut self, row: &Row<'_>) -> Option<Value> {
        let volume = self.at.path.iter().rev().nth(1).filter(|_| self.at_mounted_image())?;
        let volume = camel(volume.trim_matches(['[', ']']));
        let alone = |value: &Value| value.as_map().is_some_and(|map| map.len() == 1);
        let reference = row.under("reference");
        if !row.all(alone) || !reference.all(|value| value.as_str().is_some()) {
            return None;
        }
        let entry = Entry::map(&reference, Map::new().into(), |value| {
            parts(value.as_str().unwrap_or_default())
        });
        let path = self.put(&[volume, "image".to_owned()], entry);
        let name = self.refer(&path);
        let image =
            format!("(include {} (list $ {name}) | fromYaml).image", self.facts.template("image"));
        let policy = field("pullPolicy", hole("."), Some(format!("with {name}.pullPolicy")));
        let fields = vec![Field::new("reference", hole(format!("{image} | quote"))), policy];
        Some(Value::Map(Map { fields }))
    }

    /// Whether the field at hand is what a volume takes from an image.
    pub(super) fn at_mounted_image(&self) -> bool {
        let Some([list, _, last]) = self.in_pod() else { return false };
        list == "volumes" && last == "image"
    }

    /// The lines of a container's image.
    pub(super) fn image_field(&mut self) -> Option<Field> {
        let name = self.at.image.take()?;
        let action = format!("include {} (list $ {name})", self.facts.template("image"));
        Some(field("", block(action), None))
    }
}

/// Images with the policies by which they are pulled.
fn with_policies(mut entry: Entry, policies: &Row<'_>) -> Entry {
    for (cell, policy) in entry.cells.iter_mut().zip(&policies.0) {
        if let (Cell::Is(Value::Map(parts)), Slot::Is(policy)) = (cell, policy) {
            parts.insert("pullPolicy", (*policy).clone());
        }
    }
    entry
}

/// The parts of an image's reference, which the chart's `image` template joins again.
pub(super) fn parts(reference: &str) -> Value {
    let (rest, digest) = split(reference.split_once('@'), reference);
    let (rest, tag) = match rest.rsplit_once(':') {
        // An empty tag is no tag, but it is what was written.
        Some((rest, tag)) if !tag.contains('/') && !tag.is_empty() => (rest, Some(tag)),
        _ => (rest, None),
    };
    let (registry, repository) = match rest.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
            (Some(host), path)
        }
        _ => (None, rest),
    };
    let parts = [
        ("registry", registry),
        ("repository", Some(repository)),
        ("tag", tag),
        ("digest", digest),
    ];
    let map: Map = parts.into_iter().filter_map(|(key, part)| Some((key, part?))).collect();
    Value::Map(map)
}

fn split<'t>(parts: Option<(&'t str, &'t str)>, all: &'t str) -> (&'t str, Option<&'t str>) {
    parts.map_or((all, None), |(rest, part)| (rest, Some(part)))
}

/// The last part of the repository's path.
fn short_name(image: &Value) -> &str {
    let repository = image.get("repository").and_then(Value::as_str).unwrap_or_default();
    repository.rsplit('/').next().unwrap_or_default()
}

/// The reference that parts are of, if they are an image's.
pub(super) fn reference(image: &Value) -> Option<String> {
    let part = |key: &str| image.get(key).and_then(Value::as_str);
    let repository = part("repository")?;
    let registry = part("registry").map(|host| format!("{host}/")).unwrap_or_default();
    let tag = part("tag").map(|tag| format!(":{tag}")).unwrap_or_default();
    let digest = part("digest").map(|digest| format!("@{digest}")).unwrap_or_default();
    Some(format!("{registry}{repository}{tag}{digest}"))
}

/// The tag, if it has one.
pub(super) fn tag(image: &Value) -> Option<&str> {
    image.get("tag").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_reference_is_taken_apart_where_its_parts_are() {
        let text = |reference: &str| {
            let map = parts(reference);
            let part = |key| map.get(key).and_then(|v| v.as_str()).unwrap_or("-").to_owned();
            ["registry", "repository", "tag", "digest"].map(part).join(" ")
        };
        assert_eq!(text("redis"), "- redis - -");
        assert_eq!(text("bitnami/redis:7"), "- bitnami/redis 7 -");
        assert_eq!(text("localhost:5000/web"), "localhost:5000 web - -");
        assert_eq!(text("ghcr.io/a/b:1@sha256:ab"), "ghcr.io a/b 1 sha256:ab");
    }
}
