//! The overlay of one environment.

use std::collections::BTreeMap;

use crate::{
    emit::{
        Custom, Tree,
        kustomize::{
            Context, Folder, Kustomization, Normal, components::Component, generators, images,
        },
    },
    kube::{Object, ObjectKey},
    overlay::{Patch, at_mut, patch_between, same},
    yaml::{self, Map, Value},
};

/// Kinds whose count the field `replicas` sets.
const SCALED: &[&str] = &["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];

/// Writes `overlays/<env>/`.
pub(super) fn write(
    base: &Normal,
    env: &Normal,
    components: &[Component],
    context: &Context,
    tree: &mut Tree,
) {
    let mut path = format!("overlays/{}", env.variant.environment);
    let mut up = "../..";
    if let Some(custom) = &env.variant.custom {
        for file in &custom.files {
            let add = if file.secret { Tree::add_secret } else { Tree::add };
            add(tree, file.path.clone(), file.text.clone());
        }
        path = format!("{path}/{}", Custom::FOLDER);
        up = "../../..";
    }
    let mut overlay = Overlay {
        folder: Folder::new(path, tree),
        kustomization: Kustomization {
            resources: vec![format!("{up}/base")],
            components: components
                .iter()
                .filter(|component| component.is_in(&env.variant.environment))
                .map(|component| format!("{up}/{}", component.folder()))
                .collect(),
            namespace: env.namespace.map(str::to_owned),
            labels: env.labels.clone(),
            ..Kustomization::default()
        },
        scaled: scaled(env),
    };
    let images = images::entries(base, env);
    overlay.kustomization.images = images.iter().map(images::Entry::to_value).collect();
    let given = |key: &ObjectKey| {
        components.iter().any(|component| component.gives(&env.variant.environment, key))
    };
    let added = env.entries.iter().filter(|(key, _)| base.find(key).is_none() && !given(key));
    overlay.folder.add_objects(
        added.map(|(_, object)| object),
        context,
        &mut overlay.kustomization,
    );
    for (key, object) in &base.entries {
        match env.find(key) {
            None => overlay.delete(key, object),
            Some(other) if other.kind() == "Secret" => overlay.secret(object, other, context),
            Some(other) => {
                let mut object = object.clone();
                images::apply(&images, &mut object.value);
                overlay.scale(&mut object, other);
                overlay.configure(&mut object, other);
                overlay.patch(key, base, &object, other);
            }
        }
    }
    overlay.folder.add_examples(env.variant);
    overlay.folder.finish(&overlay.kustomization);
}

struct Overlay<'a> {
    folder: Folder<'a>,
    kustomization: Kustomization,
    /// How many objects the field `replicas` takes by a name.
    scaled: BTreeMap<String, usize>,
}

/// How many objects that can be scaled have each name.
fn scaled(env: &Normal) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for object in env.objects().filter(|object| SCALED.contains(&object.kind())) {
        *names.entry(object.name().to_owned()).or_default() += 1;
    }
    names
}

impl Overlay<'_> {
    fn scale(&mut self, base: &mut Object, other: &Object) {
        let path = ["spec", "replicas"];
        let Some(Value::Int(count)) = other.value.at(&path) else { return };
        if base.value.at(&path).and_then(Value::as_int) == Some(*count) {
            return;
        }
        if self.scaled.get(other.name()) != Some(&1) || !SCALED.contains(&other.kind()) {
            return;
        }
        let mut entry = Map::new();
        entry.insert("name", other.name());
        entry.insert("count", *count);
        self.kustomization.replicas.push(entry.into());
        if let Some(spec) = at_mut(&mut base.value, &["spec"]).and_then(Value::as_map_mut) {
            spec.insert("replicas", *count);
        }
    }

    fn configure(&mut self, base: &mut Object, other: &Object) {
        if generators::is_generated(base) {
            let generator = self.folder.changed_config_map(base, other);
            self.kustomization.config_maps.extend(generator);
        }
    }

    /// Values of Secrets never get into a patch: a generator replaces the whole Secret.
    fn secret(&mut self, base: &Object, other: &Object, context: &Context) {
        if same(&base.value, &other.value) {
            return;
        }
        let before = self.kustomization.secrets.len();
        self.folder.add_objects(std::iter::once(other), context, &mut self.kustomization);
        for generator in self.kustomization.secrets.iter_mut().skip(before) {
            if let Some(generator) = generator.as_map_mut() {
                generator.insert("behavior", "replace");
            }
        }
    }

    fn delete(&mut self, key: &ObjectKey, object: &Object) {
        let stem = format!("delete-{}-{}", key.kind.to_lowercase(), key.name);
        let mut patch = Map::new();
        patch.insert("apiVersion", object.api_version());
        patch.insert("kind", object.kind());
        patch.insert("metadata", [("name", object.name())].into_iter().collect::<Map>());
        patch.insert("$patch", "delete");
        self.add_patch(&stem, &patch.into(), None);
    }

    /// Patches what no other field has said; `base` has the changes of those fields already.
    fn patch(&mut self, key: &ObjectKey, original: &Normal, base: &Object, other: &Object) {
        let Some(patch) = patch_between(&base.value, &other.value) else { return };
        let name = original.find(key).map_or_else(|| base.name(), Object::name);
        let stem = format!("{}-{}", key.kind.to_lowercase(), key.name);
        match &patch {
            Patch::Strategic(value) => {
                let stem = concern(value).map_or_else(|| stem.clone(), |of| format!("{stem}-{of}"));
                self.add_patch(&stem, &patch.to_value(), None);
            }
            Patch::Json(_) => {
                let renamed = base.name() != other.name();
                self.add_patch(&stem, &patch.to_value(), Some((base.kind(), name, renamed)));
            }
        }
    }

    fn add_patch(&mut self, stem: &str, patch: &Value, target: Option<(&str, &str, bool)>) {
        let file = self.folder.names.take(stem);
        let mut entry = Map::new();
        entry.insert("path", file.as_str());
        if let Some((kind, name, renamed)) = target {
            entry.insert("target", [("kind", kind), ("name", name)].into_iter().collect::<Map>());
            if renamed {
                let options: Map = [("allowNameChange", true)].into_iter().collect();
                entry.insert("options", options);
            }
        }
        self.folder.add(&file, yaml::emit(patch));
        self.kustomization.patches.push(entry.into());
    }
}

/// What a patch is about, if it is about one thing.
fn concern(patch: &Value) -> Option<&'static str> {
    let spec = patch.get("spec")?.as_map()?;
    let only = |key| spec.len() == 1 && spec.get(key).is_some();
    if spec.get("type").and_then(Value::as_str) == Some("ExternalName") {
        return Some("external");
    }
    only("persistentVolumeClaimRetentionPolicy").then_some("retention")
}
