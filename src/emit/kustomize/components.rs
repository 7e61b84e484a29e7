//! Components: what several environments have and the base has not.

use std::collections::BTreeSet;

use crate::{
    emit::{
        Tree,
        kustomize::{Folder, Kustomization, Normal},
    },
    kube::{Object, ObjectKey, Role},
    overlay::same,
};

/// The features that environments share, and the folders that they get.
const FEATURES: &[(&str, &[Role])] = &[
    ("autoscaling", &[Role::Autoscaling]),
    ("disruption-budgets", &[Role::Disruption]),
    ("exposure", &[Role::Exposure]),
    ("network-policies", &[Role::Policy]),
];

/// A feature with the objects that are the same in all environments that have it.
pub(super) struct Component {
    name: &'static str,
    /// The environments that have it.
    environments: BTreeSet<String>,
    keys: BTreeSet<ObjectKey>,
}

/// The components of a tree: one for a feature that two or more environments share.
pub(super) fn find(base: &Normal, environments: &[Normal]) -> Vec<Component> {
    FEATURES.iter().filter_map(|(name, roles)| one(name, roles, base, environments)).collect()
}

fn one(
    name: &'static str,
    roles: &[Role],
    base: &Normal,
    environments: &[Normal],
) -> Option<Component> {
    let added = |env: &'_ Normal| -> Vec<(ObjectKey, Object)> {
        let new = |(key, object): &&(ObjectKey, Object)| {
            roles.contains(&object.role) && base.find(key).is_none()
        };
        env.entries.iter().filter(new).cloned().collect()
    };
    let having: Vec<_> = environments.iter().filter(|env| !added(env).is_empty()).collect();
    let (first, others) = having.split_first()?;
    if others.is_empty() {
        return None;
    }
    let shared = |(key, object): &(ObjectKey, Object)| {
        let alike =
            |env: &&Normal| env.find(key).is_some_and(|other| same(&other.value, &object.value));
        others.iter().all(|env| alike(env))
    };
    let keys: BTreeSet<_> = added(first).into_iter().filter(shared).map(|(key, _)| key).collect();
    let environments = having.iter().map(|env| env.variant.environment.clone()).collect();
    (!keys.is_empty()).then_some(Component { name, environments, keys })
}

impl Component {
    /// Whether an environment's object comes from here.
    pub(super) fn gives(&self, environment: &str, key: &ObjectKey) -> bool {
        self.is_in(environment) && self.keys.contains(key)
    }

    /// Whether an environment has it.
    pub(super) fn is_in(&self, environment: &str) -> bool {
        self.environments.contains(environment)
    }

    /// Its folder in the tree.
    pub(super) fn folder(&self) -> String {
        format!("components/{}", self.name)
    }

    /// Writes its folder.
    pub(super) fn write(&self, environments: &[Normal], tree: &mut Tree) {
        let mut folder = Folder::new(self.folder(), tree);
        let mut kustomization = Kustomization { component: true, ..Kustomization::default() };
        let source = environments.iter().find(|env| self.is_in(&env.variant.environment));
        let objects: Vec<&Object> = source
            .into_iter()
            .flat_map(|env| self.keys.iter().filter_map(|key| env.find(key)))
            .collect();
        folder.add_plain(&objects, &mut kustomization);
        kustomization.resources.sort();
        folder.finish(&kustomization);
    }
}
