//! Where data lives.

use c2k::{
    kube::Object,
    load::Memory,
    yaml::{Value, emit},
};

/// The base's objects of a compose file.
fn objects(compose: &str) -> Vec<Object> {
    let files = Memory::new("/shop").with("compose.yaml", compose);
    c2k::convert(&c2k::Request::default(), &files).bundle.unwrap().base.objects.to_vec()
}

fn names(objects: &[Object], kind: &str) -> Vec<String> {
    let found = objects.iter().filter(|object| object.kind() == kind);
    found.map(|object| object.name().to_owned()).collect()
}

#[test]
fn writers_of_one_volume_ask_for_each_others_node_and_none_waits_for_the_first() {
    let objects = objects(
        "services:\n  a: {image: 'x:1', volumes: ['one:/one']}\n  \
         b: {image: 'x:1', volumes: ['one:/one', 'two:/two']}\n  \
         c: {image: 'x:1', volumes: ['two:/two']}\nvolumes: {one: {}, two: {}}\n",
    );
    let pods = ["spec", "template", "metadata", "labels"];
    for object in objects.iter().filter(|object| object.kind() == "Deployment") {
        let labels = object.value.at(&pods).unwrap();
        assert_eq!(labels.get("c2k.dev/same-node").and_then(Value::as_str), Some("a"));
        let affinity = object.value.at(&["spec", "template", "spec", "affinity"]).unwrap();
        assert_eq!(emit(affinity).matches("c2k.dev/same-node: a").count(), 1);
    }
    assert_eq!(names(&objects, "Deployment"), ["a", "b", "c"]);
}

#[test]
fn a_folder_that_docker_would_make_is_one_claim_for_all_that_mount_it() {
    let objects = objects(
        "services:\n  web: {image: 'x:1', ports: [80], volumes: ['./media:/media']}\n  \
         worker: {image: 'x:1', volumes: ['./media:/srv/media']}\n  \
         reader: {image: 'x:1', volumes: ['./media:/media:ro']}\n",
    );
    assert_eq!(names(&objects, "PersistentVolumeClaim"), ["media"]);
    let users = objects.iter().filter(|object| emit(&object.value).contains("claimName: media"));
    assert_eq!(users.count(), 3);
}

#[test]
fn every_service_of_a_built_image_has_the_images_code() {
    let objects = objects(
        "services:\n  web: {image: 'acme/app', build: ., ports: [80], volumes: ['./src:/app/src']}\n  \
         worker: {image: 'acme/app', volumes: ['./src:/app/src']}\n",
    );
    assert!(names(&objects, "PersistentVolumeClaim").is_empty());
    let mounts =
        objects.iter().filter(|object| emit(&object.value).contains("mountPath: /app/src"));
    assert_eq!(mounts.count(), 0);
}

#[test]
fn files_never_take_the_name_of_a_service_s_variables() {
    let compose = "services:\n  web: {image: 'x:1', environment: {A: b}, volumes: ['./config:/config:ro'], \
                   configs: [web-config]}\nconfigs: {web-config: {content: text}}\n";
    let files = Memory::new("/shop").with("compose.yaml", compose).with("config/a.yml", "a: 1\n");
    let outcome = c2k::convert(&c2k::Request::default(), &files);
    let objects = &outcome.bundle.unwrap().base.objects;
    let mut all = names(objects, "ConfigMap");
    let count = all.len();
    all.dedup();
    assert_eq!((all.len(), count), (3, 3), "{all:?}");
    let pod = objects.iter().find(|object| object.kind() == "Deployment").unwrap();
    let pod = emit(&pod.value);
    assert!(all.iter().all(|name| pod.contains(&format!("name: {name}\n"))), "{all:?}\n{pod}");
}
