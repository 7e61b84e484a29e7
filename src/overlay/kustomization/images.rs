//! The field `images`.

use regex_lite::Regex;

use super::{reader::Reader, refused, set::Set};
use crate::{
    text::{Code, Diagnostic, Origin, Sink, Span, did_you_mean},
    yaml::{Node, Value},
};

/// An entry of `images`.
#[derive(Debug, Clone)]
pub(super) struct ImageRule {
    name: String,
    pattern: Regex,
    new_name: Option<String>,
    new_tag: Option<String>,
    digest: Option<String>,
    span: Span,
}

impl ImageRule {
    pub(super) fn read(reader: &mut Reader<'_>, entry: &Node) -> Option<Self> {
        let known = ["name", "newName", "newTag", "digest"];
        refused::check_entry(entry, "an entry of `images`", &known, reader.sink);
        let name = reader.text(entry, "name")?;
        let mut said = |key| reader.optional_text(entry, key).filter(|text| !text.is_empty());
        let (new_name, new_tag, digest) = (said("newName"), said("newTag"), said("digest"));
        // The name is a pattern to kustomize.
        let pattern = format!("^(?:{name})(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$");
        let Ok(pattern) = Regex::new(&pattern) else {
            let span = entry.get("name").map_or(entry.span, |node| node.span);
            reader.problem(format!("`{name}` is no name of an image"), span);
            return None;
        };
        if new_name.is_none() && new_tag.is_none() && digest.is_none() {
            reader.problem("the entry changes nothing".to_owned(), entry.span);
        }
        Some(Self { name, pattern, new_name, new_tag, digest, span: entry.span })
    }

    pub(super) fn apply(&self, set: &mut Set, sink: &mut Sink) {
        let mut found = false;
        for member in &mut set.members {
            if member.object.kind() == "CustomResourceDefinition" {
                continue;
            }
            let mut changed = Vec::new();
            self.walk(&mut member.object.value, String::new(), &mut changed);
            found |= !changed.is_empty();
            for path in changed {
                member.object.origins.note(path, &Origin::Input(self.span));
            }
        }
        if !found {
            let mut names = Vec::new();
            for member in &mut set.members {
                names_of(&member.object.value, &mut names);
            }
            let message = format!("no image is called `{}`", self.name);
            let nothing = Diagnostic::new(Code::PatchMatchesNothing, message).at(self.span);
            let nearest = did_you_mean(&self.name, names.iter().map(String::as_str));
            sink.push(nothing.suggest(nearest));
        }
    }

    /// Changes the images of all containers, wherever they stand.
    fn walk(&self, value: &mut Value, path: String, changed: &mut Vec<String>) {
        match value {
            Value::Map(map) => {
                for field in &mut map.fields {
                    let key = &field.key;
                    let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.walk(&mut field.value, below.clone(), changed);
                    let names: &[&str] = match field.key.as_str() {
                        "containers" | "initContainers" => &["image"],
                        "volumes" => &["image", "reference"],
                        _ => continue,
                    };
                    for item in field.value.as_seq_mut().into_iter().flatten() {
                        let name = item.get("name").and_then(Value::as_str).unwrap_or_default();
                        let place = format!("{below}[{name}].{}", names.join("."));
                        let image = crate::overlay::at_mut(item, names);
                        if let Some(Value::String(image)) = image
                            && self.pattern.is_match(image)
                        {
                            *image = self.changed(image);
                            changed.push(place);
                        }
                    }
                }
            }
            Value::Seq(items) => {
                for item in items {
                    self.walk(item, path.clone(), changed);
                }
            }
            _ => {}
        }
    }

    fn changed(&self, image: &str) -> String {
        let (name, tag, digest) = split(image);
        let name = self.new_name.as_deref().unwrap_or(name);
        let (tag, digest) = match (&self.new_tag, &self.digest) {
            (Some(tag), Some(digest)) => (Some(tag.as_str()), Some(digest.as_str())),
            (Some(tag), None) => (Some(tag.as_str()), None),
            (None, Some(digest)) => (None, Some(digest.as_str())),
            (None, None) => (tag, digest),
        };
        let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = digest.map(|digest| format!("@{digest}")).unwrap_or_default();
        format!("{name}{tag}{digest}")
    }
}

fn names_of(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Map(map) => {
            for (key, value) in map.iter() {
                if let ("image", Some(image)) = (key, value.as_str()) {
                    names.push(split(image).0.to_owned());
                }
                names_of(value, names);
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| names_of(item, names)),
        _ => {}
    }
}

/// Name, tag and digest of an image; a colon before the first slash belongs to a port.
fn split(image: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, digest) = match image.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (image, None),
    };
    let from = rest.find('/').filter(|at| *at > 0).unwrap_or_default();
    match rest.get(from..).and_then(|tail| tail.find(':')) {
        Some(at) => (rest.get(..from + at).unwrap_or_default(), rest.get(from + at + 1..), digest),
        None => (rest, None, digest),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn images_split_as_kustomize_splits_them() {
        assert_eq!(split("r:5/a/b:1@sha256:0"), ("r:5/a/b", Some("1"), Some("sha256:0")));
        assert_eq!(split("nginx:1"), ("nginx", Some("1"), None));
        assert_eq!(split("r:5/a"), ("r:5/a", None, None));
    }
}
