//! The real kustomize on the trees that c2k writes.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use serde_json::Value as Json;

use super::{tests::bundle, *};
use crate::{
    emit::Variant,
    kube::{Object, Role},
    overlay::{SealMode, any_object, at_mut, canonical, rename, same, seal},
    yaml::{Map, Value},
};

/// What a hash that kustomize puts at the end of a name is made of.
const SUFFIX: &[u8] = b"2456789bcdfghkmt";

fn build(tree: &Tree, folder: &str) -> Vec<Value> {
    let output = tempfile::TempDir::new().unwrap();
    for (path, file) in &tree.files {
        let place = output.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, &file.text).unwrap();
    }
    let home = std::env::var("HOME").unwrap();
    let kustomize = Path::new(&home).join(".cache/c2k/judges/bin/kustomize");
    let run =
        Command::new(kustomize).arg("build").arg(output.path().join(folder)).output().unwrap();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && errors.is_empty(), "{folder}: {errors}");
    let documents: Vec<Json> =
        serde_saphyr::from_multiple(&String::from_utf8(run.stdout).unwrap()).unwrap();
    documents.into_iter().map(Value::from).collect()
}

/// Objects by kind and name, with the suffixes of generators removed.
fn normal(mut values: Vec<Value>) -> BTreeMap<(String, String), Value> {
    let mut names = BTreeMap::new();
    for value in &values {
        let name = value.at(&["metadata", "name"]).and_then(Value::as_str).unwrap();
        let kind = value.get("kind").and_then(Value::as_str).unwrap();
        let generated = name.rsplit_once('-').filter(|(_, suffix)| {
            matches!(kind, "ConfigMap" | "Secret")
                && suffix.len() == 10
                && suffix.bytes().all(|byte| SUFFIX.contains(&byte))
        });
        if let Some((stem, _)) = generated {
            names.insert(name.to_owned(), stem.to_owned());
        }
    }
    for value in &mut values {
        rename(value, &names);
        decode_secret(value);
    }
    let key = |value: &Value| {
        let text = |path: &[&str]| value.at(path).and_then(Value::as_str).unwrap().to_owned();
        (text(&["kind"]), text(&["metadata", "name"]))
    };
    values.into_iter().map(|value| (key(&value), value)).collect()
}

fn decode_secret(value: &mut Value) {
    let object = Object::new(value.clone(), Role::Secret, None);
    let map = value.as_map_mut().unwrap();
    if object.kind() == "Secret" {
        let data: Map = secrets::values(&object).unwrap().into_iter().collect();
        map.remove("stringData");
        map.remove("type");
        map.insert("data", data);
    }
}

#[track_caller]
fn agree(tree: &Tree, variant: &Variant) {
    let folder = match variant.environment.as_str() {
        "" => "base".to_owned(),
        name => format!("overlays/{name}"),
    };
    let mut expected = variant.objects.to_vec();
    seal(&mut expected, SealMode::Kustomize);
    let expected = expected.into_iter().map(|object| object.value).collect();
    let (built, expected) = (normal(build(tree, &folder)), normal(expected));
    assert_eq!(built.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (key, value) in &expected {
        let (built, value) = (&built[key], value);
        assert!(same(built, value), "{folder} {key:?}\n{}\n{}", canonical(built), canonical(value));
    }
}

#[test]
#[ignore = "needs kustomize, which `cargo xtask judges` builds"]
fn kustomize_builds_the_objects_that_c2k_has() {
    let bundle = bundle();
    let tree = kustomize(&bundle);
    agree(&tree, &bundle.base);
    for environment in &bundle.environments {
        agree(&tree, environment);
    }
}

/// Many random pairs of objects, patched by kustomize in one run.
#[test]
#[ignore = "needs kustomize, which `cargo xtask judges` builds"]
fn kustomize_applies_patches_as_c2k_does() {
    let mut runner = TestRunner::deterministic();
    let mut random = |place: usize| {
        let mut value = any_object().new_tree(&mut runner).unwrap().current();
        *at_mut(&mut value, &["metadata", "name"]).unwrap() = format!("o{place}").into();
        Object::new(value, Role::Workload, None)
    };
    let variant = |environment: &str, objects: Vec<Object>| Variant {
        environment: environment.to_owned(),
        objects: objects.into(),
        ..Variant::default()
    };
    let base = variant("", (0..150).map(&mut random).collect());
    let environments = vec![variant("a", (0..150).map(&mut random).collect())];
    let bundle = Bundle { project: "p".to_owned(), base, environments };
    let tree = kustomize(&bundle);
    agree(&tree, &bundle.environments[0]);
}

#[test]
#[ignore = "needs kustomize, which `cargo xtask judges` builds"]
fn values_survive_generators() {
    let odd = [
        "",
        " ",
        " a ",
        "\ta",
        "a\t",
        "#a",
        "a #b",
        "\"a\"",
        "'a'",
        "\"a",
        "a'",
        "a=b",
        "=",
        "$a",
        "\\n",
        "a\nb",
        "a\r\nb",
        "a\n",
        "\n",
        "\u{feff}a",
        "ä€😀",
        "\u{2028}",
        "yes",
        "0x1f",
        "1e3",
        "{{ .x }}",
        "a: b",
        "- a",
        "|",
        "null",
        "a\u{0}b",
        "\u{a0}a\u{a0}",
        "`a`",
        "%",
        "@",
        "!a",
        "&a",
        "*a",
    ];
    let data: Map = odd.iter().enumerate().map(|(at, text)| (format!("K{at}"), *text)).collect();
    let object = |kind: &str, name: &str, key: &str, role| {
        let metadata: Map = [("name", name)].into_iter().collect();
        let mut value = Map::new();
        value.insert("apiVersion", "v1");
        value.insert("kind", kind);
        value.insert("metadata", metadata);
        value.insert(key, data.clone());
        Object::new(value.into(), role, None)
    };
    let variant = Variant {
        environment: "dev".to_owned(),
        objects: vec![
            object("ConfigMap", "a", "data", Role::Environment),
            object("ConfigMap", "b", "data", Role::Files),
            object("Secret", "c", "stringData", Role::Secret),
        ]
        .into(),
        ..Variant::default()
    };
    let base = vec![object("ConfigMap", "b", "data", Role::Files)];
    let base = Variant { objects: base.into(), ..Variant::default() };
    let bundle = Bundle { project: "p".to_owned(), base, environments: vec![variant] };
    agree(&kustomize(&bundle), &bundle.environments[0]);
}
