//! The user's `overlays/<env>/kustomization.yaml`, applied to c2k's own objects as
//! `kustomize build` applies it.
//!
//! [`read`] takes the file apart and reads everything that it names; [`Kustomization::apply`] acts in
//! kustomize's order: resources, components, generators, then patches, namespace, labels,
//! annotations, replicas, images, replacements.

mod copy;
mod fields;
mod generators;
mod images;
mod origins;
mod patches;
mod place;
mod reader;
mod refused;
mod replaced;
mod replacements;
mod selector;
mod set;
mod shared;

use std::collections::BTreeMap;

pub use copy::{CopiedFile, CopyTo, copied};
pub use place::to_value as value_of;
pub use reader::read;

use crate::{
    kube::{self, Object},
    text::{Failed, Sink, Span},
    yaml::{Map, Node, Value},
};
use fields::Labels;
use generators::Generator;
use images::ImageRule;
use patches::Patch;
use replacements::Replacement;
use set::Set;
use shared::Shared;

/// What a kustomization file says, with everything that it names.
#[derive(Debug, Clone)]
pub struct Kustomization {
    /// The folder, as it is shown.
    pub folder: String,
    /// The files that were read, by their paths as they are shown.
    pub files: BTreeMap<String, String>,
    /// The file itself.
    pub(super) file: String,
    /// Where the list of resources stands; none where there is none.
    pub(super) resources_at: Option<Span>,
    /// Files with values of Secrets.
    pub(super) secret_files: Vec<String>,
    resources: Vec<Resource>,
    components: Vec<Kustomization>,
    generators: Vec<Generator>,
    patches: Vec<Patch>,
    namespace: Option<String>,
    labels: Vec<Labels>,
    annotations: Map,
    replicas: Vec<Replicas>,
    images: Vec<ImageRule>,
    replacements: Vec<Replacement>,
}

#[derive(Debug, Clone)]
enum Resource {
    Object { value: Value, node: Node },
    Folder(Box<Kustomization>, Span),
}

/// An entry of `replicas`.
#[derive(Debug, Clone)]
struct Replicas {
    name: String,
    count: i64,
    span: Span,
}

/// What a kustomization did beside changing objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The namespace that it sets.
    pub namespace: Option<String>,
    /// Where it names Jobs: their names must follow the hash in a Kustomize tree.
    pub jobs: Vec<(Span, String)>,
}

impl Kustomization {
    /// Changes the objects; problems go to the sink, with the patch's place.
    pub fn apply(&self, objects: &mut Vec<Object>, sink: &mut Sink) -> Result<Applied, Failed> {
        let before: BTreeMap<_, _> =
            objects.iter().map(|object| (object.key(), object.value.clone())).collect();
        let mut set = Set::new(std::mem::take(objects));
        self.run(&mut set, sink);
        set.check(&before, sink);
        let applied =
            Applied { namespace: self.namespace.clone(), jobs: std::mem::take(&mut set.jobs) };
        *objects = set.into_objects();
        kube::sort_objects(objects);
        sink.check()?;
        Ok(applied)
    }

    fn run(&self, set: &mut Set, sink: &mut Sink) {
        for resource in &self.resources {
            match resource {
                Resource::Object { value, node } => set.add(value.clone(), node, sink),
                Resource::Folder(other, span) => {
                    let mut own = Set::new(Vec::new());
                    other.run(&mut own, sink);
                    set.join(own, *span, sink);
                }
            }
        }
        for component in &self.components {
            component.run(set, sink);
        }
        for generator in &self.generators {
            generator.apply(set, sink);
        }
        let mut shared = Shared::of(set);
        for patch in &self.patches {
            patch.apply(set, sink);
            shared.check(patch, set, sink);
        }
        if let Some(namespace) = &self.namespace {
            fields::set_namespace(set, namespace);
        }
        for labels in &self.labels {
            labels.apply(set, sink);
        }
        fields::annotate(set, &self.annotations);
        for replicas in &self.replicas {
            replicas.apply(set, sink);
        }
        for rule in &self.images {
            rule.apply(set, sink);
        }
        for replacement in &self.replacements {
            replacement.apply(set, sink);
        }
    }

    /// Whether the file says anything at all.
    pub fn is_empty(&self) -> bool {
        let Self {
            folder: _,
            files: _,
            file: _,
            resources_at: _,
            secret_files: _,
            resources,
            components,
            generators,
            patches,
            namespace,
            labels,
            annotations,
            replicas,
            images,
            replacements,
        } = self;
        resources.is_empty()
            && components.is_empty()
            && generators.is_empty()
            && patches.is_empty()
            && namespace.is_none()
            && labels.is_empty()
            && annotations.is_empty()
            && replicas.is_empty()
            && images.is_empty()
            && replacements.is_empty()
    }
}

#[cfg(test)]
mod judged;
#[cfg(test)]
mod tests;
