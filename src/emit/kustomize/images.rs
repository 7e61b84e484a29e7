//! The field `images`: one entry changes an image wherever it is used.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    emit::kustomize::Normal,
    overlay::{IMAGES, at_mut, images, pod_template},
    yaml::{Map, Value},
};

/// An image reference as kustomize splits it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Image {
    name: String,
    tag: Option<String>,
    digest: Option<String>,
}

/// What becomes of the images of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    name: String,
    new: Image,
    /// Whether some image had another tag before.
    tag: bool,
}

impl Image {
    fn parse(text: &str) -> Self {
        let (text, digest) = match text.split_once('@') {
            Some((text, digest)) => (text, Some(digest.to_owned())),
            None => (text, None),
        };
        // A colon before the last slash belongs to a port.
        match text.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => {
                Self { name: name.to_owned(), tag: Some(tag.to_owned()), digest }
            }
            _ => Self { name: text.to_owned(), tag: None, digest },
        }
    }
}

impl Entry {
    /// The entry as it stands in `kustomization.yaml`.
    pub(super) fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("name", self.name.as_str());
        if self.new.name != self.name {
            map.insert("newName", self.new.name.as_str());
        }
        match (&self.new.digest, &self.new.tag) {
            (Some(digest), _) => map.insert("digest", digest.as_str()),
            (None, Some(tag)) if self.tag => map.insert("newTag", tag.as_str()),
            _ => {}
        }
        map.into()
    }

    fn text(&self) -> String {
        let Image { name, tag, digest } = &self.new;
        let tag = tag.as_ref().map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = digest.as_ref().map(|digest| format!("@{digest}")).unwrap_or_default();
        format!("{name}{tag}{digest}")
    }
}

/// The entries that give the environment's images, where an entry gives the right image to
/// everything with that name.
pub(super) fn entries(base: &Normal, env: &Normal) -> Vec<Entry> {
    let mut uses: BTreeMap<String, BTreeSet<(Image, String)>> = BTreeMap::new();
    for (key, object) in &env.entries {
        let spec = pod_template(&object.value).and_then(|template| template.get("spec"));
        let old = base.find(key).and_then(|object| pod_template(&object.value)?.get("spec"));
        for (list, item, after) in spec.into_iter().flat_map(images) {
            let before = old.and_then(|old| before(old, list, item));
            let before = Image::parse(before.unwrap_or(after));
            uses.entry(before.name.clone()).or_default().insert((before, after.to_owned()));
        }
    }
    let entries: Vec<_> = uses.iter().filter_map(|(name, uses)| entry(name, uses)).collect();
    // A new name that is an old one elsewhere would be changed again.
    let chained =
        |entry: &Entry| entry.new.name != entry.name && uses.contains_key(&entry.new.name);
    entries.into_iter().filter(|entry| !chained(entry)).collect()
}

fn entry(name: &str, uses: &BTreeSet<(Image, String)>) -> Option<Entry> {
    let (_, after) = uses.first()?;
    let new = Image::parse(after);
    let one = uses.iter().all(|(_, other)| other == after);
    let changed = uses.iter().any(|(before, _)| *before != new);
    let tag = uses.iter().any(|(before, _)| before.tag != new.tag || before.digest.is_some());
    // kustomize can neither take a tag away nor write one beside a digest.
    let possible = match (&new.tag, &new.digest) {
        (Some(_), None) | (None, Some(_)) => true,
        (Some(_), Some(_)) => false,
        (None, None) => !tag,
    };
    // Names are patterns to kustomize.
    let plain = !name.contains(['+', '*', '(', '[', '$', '^', '\\', '{']);
    (one && changed && possible && plain).then(|| Entry { name: name.to_owned(), new, tag })
}

/// Changes the images of an object as kustomize will.
pub(super) fn apply(entries: &[Entry], object: &mut Value) {
    let path: &[&str] = match object.get("kind").and_then(Value::as_str) {
        Some("CronJob") => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    };
    for (list, place) in IMAGES {
        let items = at_mut(object, path).and_then(|spec| at_mut(spec, &[list])?.as_seq_mut());
        for item in items.into_iter().flatten() {
            let Some(Value::String(image)) = at_mut(item, place) else { continue };
            let name = Image::parse(image).name;
            if let Some(entry) = entries.iter().find(|entry| entry.name == name) {
                *image = entry.text();
            }
        }
    }
}

/// The image that an item had.
fn before<'a>(spec: &'a Value, list: &str, item: &Value) -> Option<&'a str> {
    let name = item.get("name");
    let mut all = images(spec);
    let found = all.find(|(in_list, other, _)| *in_list == list && other.get("name") == name);
    found.map(|(_, _, image)| image)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uses: &[(&str, &str)]) -> Option<Entry> {
        let uses = uses.iter().map(|(before, after)| (Image::parse(before), (*after).to_owned()));
        let uses: BTreeSet<_> = uses.collect();
        entry(&uses.first().unwrap().0.name.clone(), &uses)
    }

    #[test]
    fn an_entry_must_be_right_for_every_container() {
        let entry = of(&[("r:5/a:1", "r:5/a:2"), ("r:5/a", "r:5/a:2")]).unwrap();
        assert_eq!((entry.name.as_str(), entry.text()), ("r:5/a", "r:5/a:2".to_owned()));
        assert_eq!(of(&[("a:1", "a:2"), ("a:1", "a:1")]), None);
        assert_eq!(of(&[("a:1", "a:1")]), None);
        assert_eq!(of(&[("a:1", "a")]), None);
        assert_eq!(of(&[("a:1", "a:2@sha256:0")]), None);
        assert_eq!(of(&[("a:1", "a@sha256:0")]).unwrap().text(), "a@sha256:0");
        assert!(of(&[("a:1", "m/a:1")]).unwrap().to_value().get("newTag").is_none());
    }
}
