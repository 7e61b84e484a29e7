//! The Kustomize tree: a base, and for each environment an overlay with only what differs.
//!
//! What an environment changes is said by the field made for it (`images`, `replicas`, generators);
//! the rest by patches. Each step is also applied to a copy of the base's object, so that a patch
//! holds only what no other field says.

mod components;
mod generators;
mod images;
mod kustomization;
mod normal;
mod overlay;
mod readme;
mod secrets;

use std::collections::BTreeSet;

use crate::{
    emit::{Bundle, Tree, names::FileNames},
    overlay::{config_maps_used, pod_template, secrets_used},
};

#[cfg(test)]
pub(crate) use secrets::decoded;

use kustomization::Kustomization;
use normal::Normal;

/// What holds for the whole tree.
struct Context {
    /// ConfigMaps and Secrets whose generated names have no hash: a Job's template must not change
    /// under its name.
    fixed_names: BTreeSet<String>,
}

/// Writes the tree: `base/` and `overlays/<env>/`.
pub fn kustomize(bundle: &Bundle) -> Tree {
    let base = Normal::new(&bundle.base);
    let environments: Vec<_> = bundle.environments.iter().map(Normal::new).collect();
    let all = std::iter::once(&base).chain(&environments);
    let context = Context { fixed_names: all.flat_map(used_by_jobs).collect() };
    let mut tree = Tree::default();
    write_base(&base, &context, &mut tree);
    let components = components::find(&base, &environments);
    components.iter().for_each(|component| component.write(&environments, &mut tree));
    for environment in &environments {
        overlay::write(&base, environment, &components, &context, &mut tree);
    }
    if tree.files.keys().any(|path| path.contains("/secrets/")) {
        tree.add(".gitignore", secrets::GITIGNORE);
    }
    tree.add("README.md", readme::text(bundle));
    tree
}

fn used_by_jobs(normal: &Normal) -> BTreeSet<String> {
    let jobs = normal.objects().filter(|object| object.kind() == "Job");
    let templates = jobs.filter_map(|job| pod_template(&job.value));
    templates
        .flat_map(|template| [config_maps_used(template), secrets_used(template)])
        .flatten()
        .collect()
}

fn write_base(base: &Normal, context: &Context, tree: &mut Tree) {
    let mut folder = Folder::new("base", tree);
    let mut kustomization = Kustomization::default();
    folder.add_objects(base.objects(), context, &mut kustomization);
    kustomization.resources.sort();
    folder.finish(&kustomization);
}

/// A folder of the tree while it is filled.
struct Folder<'a> {
    path: String,
    names: FileNames,
    tree: &'a mut Tree,
}

impl<'a> Folder<'a> {
    fn new(path: impl Into<String>, tree: &'a mut Tree) -> Self {
        Self { path: path.into(), names: FileNames::with(&["kustomization.yaml"]), tree }
    }

    fn add(&mut self, name: &str, text: impl Into<String>) {
        self.tree.add(format!("{}/{name}", self.path), text);
    }

    fn add_secret(&mut self, name: &str, text: impl Into<String>) {
        self.tree.add_secret(format!("{}/{name}", self.path), text);
    }

    fn finish(&mut self, kustomization: &Kustomization) {
        self.add("kustomization.yaml", kustomization.text());
    }
}

#[cfg(test)]
mod judged;
#[cfg(test)]
mod tests;
