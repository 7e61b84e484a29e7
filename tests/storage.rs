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

const IMAGE_MOUNTS: &str = "\
services:
  web:
    image: nginx:1.27
    user: '101'
    ports: [80]
    volumes:
      - {type: image, source: acme/site, target: /usr/share/nginx/html, image: {subpath: srv/www}}
      - {type: image, source: 'busybox:1.36', target: /opt/tools}
  site: {image: acme/site, build: .}
";

/// What a compose file with image mounts becomes with these settings; the pod of `web`, and all
/// that was said.
fn mounting_images(settings: &str) -> (Value, Vec<String>) {
    let settings = format!("x-c2k: {settings}\n");
    let files = Memory::new("/shop").with("compose.yaml", IMAGE_MOUNTS.to_owned() + &settings);
    let outcome = c2k::convert(&c2k::Request::default(), &files);
    let objects = outcome.bundle.unwrap().base.objects.to_vec();
    let mut pods = objects.iter().filter(|object| object.name() == "web");
    let web = pods.find(|object| object.kind() == "Deployment").unwrap();
    let said = outcome.sink.iter().map(|one| one.message.clone()).collect();
    (web.value.at(&["spec", "template", "spec"]).unwrap().clone(), said)
}

#[test]
fn an_image_is_mounted_as_it_is_where_the_cluster_can() {
    let (pod, said) = mounting_images(
        "{kubeVersion: 1.35, images: {registry: r.example.com/team, tag: '7', \
         prefix: {docker.io: hub.example.com}}}",
    );
    let text = emit(&pod);
    for part in [
        "image:\n      reference: r.example.com/team/site:7\n",
        "image:\n      reference: hub.example.com/busybox:1.36\n",
        "mountPath: /usr/share/nginx/html\n        subPath: srv/www\n        readOnly: true\n",
        "mountPath: /opt/tools\n        readOnly: true\n",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(pod.get("initContainers").is_none());
    assert!(!said.iter().any(|message| message.contains("copied")), "{said:?}");
}

#[test]
fn an_image_is_copied_where_the_cluster_cannot_mount_it() {
    let (pod, said) = mounting_images("{images: {registry: r.example.com, tag: '7'}}");
    let text = emit(&pod);
    for part in [
        "name: copy-usr-share-nginx-html\n    image: r.example.com/site:7\n",
        "cp -RHpf '/srv/www' '/c2k/usr-share-nginx-html/'",
        // What is copied keeps its name, so that a file is mounted as a file.
        "mountPath: /usr/share/nginx/html\n        subPath: www\n        readOnly: true\n",
        "name: copy-opt-tools\n    image: busybox:1.36\n",
        "|/dev|/proc|/sys|",
        "emptyDir: {}",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let copied = said.iter().filter(|message| message.contains("copied"));
    assert_eq!(copied.count(), 2, "{said:?}");
}

#[test]
fn who_copies_an_image_satisfies_the_level_of_the_pod() {
    let users = |settings: &str| {
        let (pod, _) = mounting_images(settings);
        let copies = pod.get("initContainers").and_then(Value::as_seq).unwrap();
        let of = |copy: &Value| emit(copy.get("securityContext").unwrap());
        copies.iter().map(of).collect::<Vec<_>>()
    };
    // Root reads all of an image, and keeps who owns it.
    assert!(users("{}").iter().all(|text| text.contains("runAsUser: 0\n")));
    let restricted = users("{securityLevel: restricted}");
    for part in ["runAsNonRoot: true", "runAsUser: 101", "- ALL"] {
        assert!(restricted.iter().all(|text| text.contains(part)), "{restricted:?}");
    }
}

#[test]
fn a_path_out_of_an_image_is_not_mounted() {
    let compose = IMAGE_MOUNTS.replace("srv/www", "../etc");
    let text: String = objects(&compose).iter().map(|object| emit(&object.value)).collect();
    assert!(!text.contains("/usr/share/nginx/html") && text.contains("/opt/tools"), "{text}");
}

#[test]
fn a_volume_that_the_local_driver_keeps_in_memory_is_memory() {
    let objects = objects(
        "services:\n  web: {image: 'x:1', ports: [80], volumes: ['run:/var/run/web']}\n\
         volumes: {run: {driver_opts: {type: tmpfs, device: tmpfs, o: 'size=64m,uid=1000'}}}\n",
    );
    assert_eq!(names(&objects, "Deployment"), ["web"]);
    let text = emit(&objects.iter().find(|object| object.kind() == "Deployment").unwrap().value);
    assert!(text.contains("medium: Memory") && text.contains("sizeLimit: \"67108864\""), "{text}");
}

#[test]
fn a_volume_that_the_local_driver_binds_is_the_folder_if_the_folder_is_there() {
    let compose = "services:\n  web: {image: 'x:1', ports: [80], volumes: ['conf:/etc/web:ro', 'data:/data']}\n\
        volumes:\n  conf: {driver: local, driver_opts: {type: none, o: bind, device: ./conf}}\n  \
        data: {driver_opts: {type: none, o: bind, device: /srv/data}}\n";
    let files = Memory::new("/shop").with("compose.yaml", compose).with("conf/web.ini", "a=b\n");
    let objects = c2k::convert(&c2k::Request::default(), &files).bundle.unwrap().base.objects;
    let maps = names(&objects, "ConfigMap");
    assert!(maps.iter().any(|name| name.contains("conf")), "{maps:?}");
    let templates =
        objects.iter().find_map(|object| object.value.at(&["spec", "volumeClaimTemplates"]));
    let templates = emit(templates.unwrap());
    assert!(templates.contains("name: data") && !templates.contains("conf"), "{templates}");
}

#[test]
fn a_folder_in_somebodys_home_or_among_data_is_a_claim_called_the_same_for_everybody() {
    let claims = |home: &str| {
        let objects = objects(&format!(
            "services:\n  web:\n    image: 'x:1'\n    ports: [80]\n    volumes:\n    - '{home}/.app/data:/data'\n    \
             - '/srv/media:/media'\n    - '/var/log:/logs'\n    - '/srv/conf:/conf:ro'\n"
        ));
        names(&objects, "PersistentVolumeClaim")
    };
    assert_eq!(claims("/root"), ["app-data", "srv-media"]);
    assert_eq!(claims("/home/ann"), claims("/root"));
    let two = objects(
        "services:\n  web: {image: 'x:1', ports: [80], volumes: ['./data:/a', '/home/ann/data:/b', '/home/bob/data:/c']}\n",
    );
    let claims = names(&two, "PersistentVolumeClaim");
    assert_eq!(claims, ["data", "home-ann-data", "home-bob-data"]);
}

#[test]
fn a_name_that_pods_of_a_stateful_set_cannot_have_in_a_label_is_shortened_and_still_answers() {
    let long = "a-service-with-data-and-a-name-that-is-too-long-for-its-pods";
    let objects = objects(&format!(
        "services:\n  {long}: {{image: 'x:1', expose: ['80'], volumes: ['data:/data']}}\n  \
         web: {{image: 'x:1', ports: [80], environment: {{UPSTREAM: 'http://{long}:80'}}}}\nvolumes: {{data: {{}}}}\n",
    ));
    let sets = names(&objects, "StatefulSet");
    assert!(sets.iter().all(|name| name.len() <= 52) && sets.len() == 1, "{sets:?}");
    let services = names(&objects, "Service");
    assert!(
        services.contains(&sets[0]) && services.iter().any(|name| name == long),
        "{services:?}"
    );
}
