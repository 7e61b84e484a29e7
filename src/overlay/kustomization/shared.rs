//! Labels and annotations that objects and their pods share.
//!
//! kustomize keeps one value for all places that one entry sets, so a later patch of one place would
//! change the others. Nobody who writes such a patch means that.

use super::{patches::Patch, set::Set};
use crate::{
    kube::{Object, ObjectKey},
    overlay::walk::pod_template,
    text::{Code, Diagnostic, Sink},
    yaml::{Map, Value},
};

/// What earlier entries set in more than one place of an object.
pub(super) struct Shared {
    found: Vec<(ObjectKey, &'static str, String)>,
}

impl Shared {
    /// What the labels and annotations that were applied so far have set.
    pub(super) fn of(set: &Set) -> Self {
        let labels = set.labelled.iter().filter(|one| one.templates || one.selectors);
        let labels = labels.map(|one| ("labels", &one.pairs));
        let annotations = set.annotated.iter().map(|pairs| ("annotations", pairs));
        let pairs: Vec<(&'static str, &Map)> = labels.chain(annotations).collect();
        let objects = set.members.iter().map(|member| &member.object);
        let found = objects.flat_map(|object| {
            let keys =
                pairs.iter().flat_map(|(field, map)| map.iter().map(|(key, _)| (*field, key)));
            let shared = keys.filter(|(field, key)| {
                values(object, field, key).len() > 1 && !differ(object, field, key)
            });
            shared.map(|(field, key)| (object.key(), field, key.to_owned()))
        });
        Self { found: found.collect() }
    }

    /// Reports what a patch changed in some of the places only.
    pub(super) fn check(&mut self, patch: &Patch, set: &Set, sink: &mut Sink) {
        self.found.retain(|(object, field, key)| {
            let mut objects = set.members.iter().map(|member| &member.object);
            let changed = objects.find(|one| one.key() == *object);
            let Some(changed) = changed.filter(|one| differ(one, field, key)) else { return true };
            let message = format!(
                "the patch changes `{key}` in one place of {} `{}`, which an earlier entry puts into several",
                changed.kind(),
                changed.name(),
            );
            let help = "kustomize would change it everywhere: patch all of its places";
            sink.push(Diagnostic::new(Code::PatchInvalid, message).at(patch.span()).help(help));
            false
        });
    }
}

fn differ(object: &Object, field: &str, key: &str) -> bool {
    let values = values(object, field, key);
    values.iter().zip(values.iter().skip(1)).any(|(one, other)| one != other)
}

/// The values of a label or annotation in an object, its pods and its selector.
fn values<'a>(object: &'a Object, field: &str, key: &str) -> Vec<&'a Value> {
    let value = &object.value;
    let pods = pod_template(value).and_then(|template| template.at(&["metadata", field]));
    let selector = value.at(&["spec", "selector"]).filter(|_| field == "labels");
    let selected = selector.and_then(|selector| selector.get("matchLabels"));
    let maps = [value.at(&["metadata", field]), pods, selector, selected];
    maps.into_iter().flatten().filter_map(|map| map.get(key)).collect()
}
