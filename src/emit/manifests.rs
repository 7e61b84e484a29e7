//! Plain manifests: one file an object, or all in one stream.

use rayon::prelude::*;

use crate::{
    emit::{Tree, Variant, names::FileNames},
    kube::{Object, Role},
    overlay::{Seal, SealMode},
    yaml,
};

/// The text of `.gitignore` beside Secrets.
const GITIGNORE: &str = "# Secrets with values, for this machine only.\n*-secret.yaml\n";

/// Objects of a stream that are written at a time.
const CHUNK: usize = 256;

/// The manifests of one environment or of the base, one file an object.
pub fn manifests(variant: &Variant) -> Tree {
    // Named before Jobs get their hash, which would make a new file of every change.
    let names = FileNames::default().take_all(&variant.objects.iter().collect::<Vec<_>>());
    let mut tree = Tree::default();
    for (name, object) in names.into_iter().zip(sealed(variant)) {
        let text = yaml::emit(&object.value);
        if is_secret(&object) {
            tree.add_secret(name, text);
            tree.add(".gitignore", GITIGNORE);
        } else {
            tree.add(name, text);
        }
    }
    tree
}

/// All objects of one environment as one stream of YAML documents, for `kubectl apply -f -`.
pub fn stream(variant: &Variant) -> String {
    let seal = Seal::of(&variant.objects, SealMode::Manifests);
    let texts = variant.objects.par_chunks(CHUNK).map(|objects| {
        yaml::emit_documents(objects.iter().map(|object| seal.applied(object).value))
    });
    texts.collect::<Vec<_>>().join("---\n")
}

/// The objects of one environment as they are written.
pub fn sealed(variant: &Variant) -> impl Iterator<Item = Object> {
    let seal = Seal::of(&variant.objects, SealMode::Manifests);
    variant.objects.iter().map(move |object| seal.applied(object))
}

/// Whether the object holds values that must not get into git.
pub(super) fn is_secret(object: &Object) -> bool {
    object.role == Role::Secret || object.kind() == "Secret"
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_named_in_gitignore_and_jobs_keep_their_file_names() {
        let object = |kind: &str, name: &str, role| {
            Object::new(json!({"kind": kind, "metadata": {"name": name}}).into(), role, None)
        };
        let mut variant = Variant {
            objects: vec![
                object("Job", "migrate", Role::Workload),
                object("Secret", "notes-shared", Role::Secret),
            ]
            .into(),
            ..Variant::default()
        };
        let tree = manifests(&variant);
        let names: Vec<_> = tree.files.keys().map(String::as_str).collect();
        assert_eq!(names, [".gitignore", "migrate-job.yaml", "notes-shared-secret.yaml"]);
        assert!(tree.files["notes-shared-secret.yaml"].secret);
        Rc::make_mut(&mut variant.objects).pop();
        assert!(!manifests(&variant).files.contains_key(".gitignore"));
    }
}
