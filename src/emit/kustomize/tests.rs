//! A small stack in two environments, and checks on the tree that is written of it.

use serde_json::Value as Json;

use super::*;
use crate::{
    emit::{SecretKeys, SecretMode, Variant},
    kube::{Object, Role},
    overlay::same,
    yaml::Value,
};

const BASE: &str = include_str!("tests/base.yaml");
const DEV: &str = include_str!("tests/dev.yaml");
const PRODUCTION: &str = include_str!("tests/production.yaml");

fn role(kind: &str, name: &str) -> Role {
    match kind {
        "ConfigMap" if name.ends_with("-files") => Role::Files,
        "ConfigMap" => Role::Environment,
        "Secret" => Role::Secret,
        "Deployment" | "StatefulSet" | "Job" => Role::Workload,
        _ => Role::Other,
    }
}

fn objects(yaml: &str) -> Vec<Object> {
    let documents: Vec<Json> = serde_saphyr::from_multiple(yaml).unwrap();
    let object = |value: Json| {
        let object = Object::new(value.into(), Role::Other, None);
        let role = role(object.kind(), object.name());
        Object { role, ..object }
    };
    documents.into_iter().map(object).collect()
}

fn variant(environment: &str, yaml: &str, secret_mode: SecretMode) -> Variant {
    let keys = vec!["CERT".to_owned(), "DB_PASSWORD".to_owned()];
    let secrets = vec![SecretKeys { name: "notes-shared".to_owned(), keys, service: None }];
    let namespace = (environment == "production").then(|| "notes-prod".to_owned());
    let environment = environment.to_owned();
    Variant {
        environment,
        objects: objects(yaml).into(),
        secret_mode,
        secrets,
        namespace,
        custom: None,
    }
}

pub(super) fn bundle() -> Bundle {
    Bundle {
        project: "notes".to_owned(),
        base: variant("", BASE, SecretMode::Reference),
        environments: vec![
            variant("dev", DEV, SecretMode::Literal),
            variant("production", PRODUCTION, SecretMode::Reference),
        ],
    }
}

fn yaml(tree: &Tree, path: &str) -> Value {
    let file = tree.files.get(path).unwrap_or_else(|| panic!("no {path}: {:?}", tree.files.keys()));
    serde_saphyr::from_str::<Json>(&file.text).unwrap().into()
}

#[track_caller]
fn is(value: Option<&Value>, expected: Json) {
    let value = value.cloned().unwrap_or_default();
    assert!(same(&value, &expected.into()), "{value:#?}");
}

#[test]
fn overlays_say_differences_by_the_field_made_for_them() {
    use serde_json::json;
    let tree = kustomize(&bundle());
    let production = yaml(&tree, "overlays/production/kustomization.yaml");
    is(production.get("namespace"), json!("notes-prod"));
    is(production.get("labels"), json!([{"pairs": {"c2k.dev/environment": "production"}}]));
    is(
        production.get("images"),
        json!([{"name": "registry.example.com/notes/web", "newTag": "1.5.0"}]),
    );
    is(production.get("replicas"), json!([{"name": "web", "count": 3}]));
    is(
        production.get("configMapGenerator"),
        json!([{"name": "extra-config", "literals": ["A=1"], "options": {"labels": {
                "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "notes",
                "app.kubernetes.io/managed-by": "c2k"}}},
            {"name": "web-config", "behavior": "merge",
            "literals": ["LOG_LEVEL=warning"], "files": ["files/web-config/QUOTED"]}]),
    );
    let patches = production.get("patches").and_then(Value::as_seq).unwrap();
    let paths: Vec<_> = patches.iter().filter_map(|patch| patch.get("path")?.as_str()).collect();
    let expected = [
        "delete-configmap-db-config.yaml",
        "configmap-web-config.yaml",
        "service-db-external.yaml",
        "delete-service-db-headless.yaml",
        "delete-statefulset-db.yaml",
        "deployment-cache.yaml",
        "deployment-web.yaml",
        "job-migrate.yaml",
    ];
    assert_eq!(paths, expected);
    let options = patches.last().and_then(|patch| patch.get("options"));
    is(options, json!({"allowNameChange": true}));
    is(
        Some(&yaml(&tree, "overlays/production/configmap-web-config.yaml"))
            .and_then(|p| p.get("data")),
        json!({"OLD": null}),
    );
    assert!(tree.files.contains_key("overlays/production/web-ingress.yaml"));
    assert!(tree.files.contains_key("overlays/production/secrets/notes-shared.env.example"));
    let dev = yaml(&tree, "overlays/dev/kustomization.yaml");
    assert_eq!(dev.get("patches").and_then(Value::as_seq).map(<[Value]>::len), Some(1));
    assert!(tree.files.contains_key("overlays/dev/statefulset-db-retention.yaml"));
}

#[test]
fn secret_values_stand_only_in_files_that_git_ignores() {
    let tree = kustomize(&bundle());
    for (path, file) in &tree.files {
        let holds = file.text.contains("pa$$word") || file.text.contains("BEGIN");
        assert_eq!(holds, file.secret, "{path}");
        assert!(
            !file.secret || path.contains("/secrets/") && !path.ends_with(".example"),
            "{path}"
        );
    }
    assert_eq!(tree.files["overlays/dev/secrets/notes-shared.env"].text, "DB_PASSWORD=pa$$word'\n");
    let example = &tree.files["overlays/dev/secrets/notes-shared.env.example"].text;
    assert_eq!(example, "DB_PASSWORD=\n# file: secrets/notes-shared/CERT\n");
    assert!(tree.files.contains_key(".gitignore"));
}

#[test]
fn a_base_has_no_namespace_and_no_environment() {
    let tree = kustomize(&bundle());
    let base = tree.files.iter().filter(|(path, _)| path.starts_with("base/"));
    for (path, file) in base {
        assert!(!file.text.contains("c2k.dev/environment"), "{path}");
        assert!(!path.contains("secret"), "{path}");
    }
}

#[test]
fn a_component_holds_what_environments_share() {
    let policy = "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {}}
";
    let other = policy.replace("name: web", "name: cache");
    let of = |name: &str, more: &str| {
        let mut variant = variant(name, &format!("{BASE}{policy}{more}"), SecretMode::Reference);
        for object in std::rc::Rc::make_mut(&mut variant.objects) {
            if object.kind() == "NetworkPolicy" {
                object.role = Role::Policy;
            }
        }
        variant
    };
    let tree = |environments| {
        let base = variant("", BASE, SecretMode::Reference);
        kustomize(&Bundle { project: "notes".to_owned(), base, environments })
    };
    let two = tree(vec![of("staging", ""), of("production", &other)]);
    let component = yaml(&two, "components/network-policies/kustomization.yaml");
    is(component.get("kind"), "Component".into());
    is(component.get("resources"), serde_json::json!(["web-networkpolicy.yaml"]));
    for name in ["staging", "production"] {
        let overlay = yaml(&two, &format!("overlays/{name}/kustomization.yaml"));
        is(overlay.get("components"), serde_json::json!(["../../components/network-policies"]));
        assert!(!two.files.contains_key(&format!("overlays/{name}/web-networkpolicy.yaml")));
    }
    assert!(two.files.contains_key("overlays/production/cache-networkpolicy.yaml"));
    // What one environment has alone stays in its overlay.
    let one = tree(vec![of("production", &other)]);
    assert!(one.files.keys().all(|path| !path.starts_with("components/")));
}

/// Leaves of a patch that the base has at the same place; merge keys and identity are no leaves.
fn repeated(base: &Value, patch: &Value, place: &str, out: &mut Vec<String>) {
    match (base, patch) {
        (Value::Map(base), Value::Map(patch)) => {
            for (key, value) in
                patch.iter().filter(|(key, _)| !matches!(*key, "name" | "apiVersion" | "kind"))
            {
                if let Some(old) = base.get(key) {
                    repeated(old, value, &format!("{place}/{key}"), out);
                }
            }
        }
        (Value::Seq(base), Value::Seq(patch)) => {
            for item in patch.iter().filter(|item| item.as_map().is_some()) {
                if let Some(old) = base.iter().find(|old| old.get("name") == item.get("name")) {
                    repeated(old, item, place, out);
                }
            }
        }
        _ if same(base, patch) => out.push(place.to_owned()),
        _ => {}
    }
}

#[test]
fn nothing_in_a_patch_repeats_the_base() {
    let bundle = bundle();
    let tree = kustomize(&bundle);
    for environment in &bundle.environments {
        let folder = format!("overlays/{}", environment.environment);
        let kustomization = yaml(&tree, &format!("{folder}/kustomization.yaml"));
        for entry in kustomization.get("patches").and_then(Value::as_seq).unwrap_or_default() {
            let place = entry.get("path").and_then(Value::as_str).unwrap();
            let patch = yaml(&tree, &format!("{folder}/{place}"));
            let Some(name) = patch.at(&["metadata", "name"]) else { continue };
            let base = Normal::new(&bundle.base);
            let same_object = |object: &&Object| {
                object.value.at(&["metadata", "name"]) == Some(name)
                    && object.value.get("kind") == patch.get("kind")
            };
            let object = base.objects().find(same_object).unwrap();
            let mut found = Vec::new();
            repeated(&object.value, &patch, "", &mut found);
            assert!(found.is_empty(), "{place}: {found:?}");
        }
    }
}
