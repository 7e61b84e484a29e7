//! What breaks in real clusters although every object is valid.

use serde_json::Value;

use crate::cli::Folder;

/// The objects of a compose file in an environment, by kind and name.
fn objects(compose: &str, env: &str) -> Vec<Value> {
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let run = folder.run(&["convert", "--env", env, "-o", "-"]);
    assert!(run.code < 2, "{}", run.err);
    let documents = run.out.split("\n---\n");
    documents.map(|text| serde_saphyr::from_str(text).unwrap()).collect()
}

fn find<'o>(objects: &'o [Value], kind: &str, name: &str) -> &'o Value {
    let wanted = |object: &&Value| object["kind"] == kind && object["metadata"]["name"] == name;
    objects.iter().find(wanted).unwrap_or_else(|| panic!("no {kind} {name}"))
}

#[test]
fn services_that_share_a_volume_do_not_wait_for_each_other_to_be_scheduled() {
    let compose = "
name: shared
services:
  one: {image: busybox:1.36, volumes: ['both:/both', 'own:/own']}
  two: {image: busybox:1.36, volumes: ['both:/both']}
  reader: {image: busybox:1.36, volumes: ['own:/own:ro']}
  alone: {image: busybox:1.36, volumes: ['other:/other']}
volumes: {both: {}, own: {}, other: {}}
";
    let objects = objects(compose, "production");
    for (kind, name) in [("StatefulSet", "one"), ("Deployment", "two"), ("Deployment", "reader")] {
        let template = &find(&objects, kind, name)["spec"]["template"];
        let label = &template["metadata"]["labels"]["c2k.dev/same-node"];
        let affinity = &template["spec"]["affinity"]["podAffinity"];
        let terms = &affinity["requiredDuringSchedulingIgnoredDuringExecution"];
        let wanted = &terms[0]["labelSelector"]["matchLabels"];
        // Asking for one's own label lets the first pod start anywhere.
        assert_eq!(&wanted["c2k.dev/same-node"], label, "{name}");
        assert_eq!((label, terms.as_array().unwrap().len()), (&Value::from("one"), 1), "{name}");
    }
    let alone = find(&objects, "StatefulSet", "alone");
    assert!(alone["spec"]["template"]["spec"].get("affinity").is_none());
}

#[test]
fn a_service_that_names_itself_is_not_multiplied() {
    let compose = "
name: queue
services:
  broker:
    image: example.com/broker:1
    environment: {ADVERTISED: 'broker:9000'}
    ports: ['9000']
  web: {image: 'nginx:1.27', ports: ['80']}
";
    let objects = objects(compose, "production");
    assert_eq!(find(&objects, "Deployment", "broker")["spec"]["replicas"], 1);
    assert_eq!(find(&objects, "Deployment", "web")["spec"]["replicas"], 2);
}

#[test]
fn a_user_can_write_its_fresh_volume() {
    let compose = "
name: users
services:
  both: {image: example.com/a:1, user: '1000:2000', volumes: ['first:/data']}
  one: {image: example.com/b:1, user: '1000', volumes: ['second:/data']}
volumes: {first: {}, second: {}}
";
    let objects = objects(compose, "dev");
    for (name, group) in [("both", 2000), ("one", 1000)] {
        let spec = &find(&objects, "StatefulSet", name)["spec"]["template"]["spec"];
        assert_eq!(spec["securityContext"]["fsGroup"], group, "{name}");
    }
}

#[test]
fn who_only_reads_a_volume_is_multiplied() {
    let compose = "
name: files
services:
  web: {image: 'nginx:1.27', ports: ['80'], volumes: ['pages:/usr/share/nginx/html:ro']}
  editor: {image: example.com/editor:1, volumes: ['pages:/pages']}
volumes: {pages: {}}
";
    let objects = objects(compose, "production");
    assert_eq!(find(&objects, "Deployment", "web")["spec"]["replicas"], 2);
}

#[test]
fn a_client_in_the_image_of_a_store_is_not_asked_whether_it_is_the_store() {
    let compose = "
name: clients
services:
  cache: {image: 'redis:7'}
  shell: {image: 'redis:7', command: ['sleep', 'infinity']}
  watch: {image: 'redis:7', entrypoint: ['redis-cli', '-h', 'cache'], command: ['monitor']}
  backup: {image: 'postgres:16', command: sh -c 'pg_dump -h elsewhere', restart: always}
";
    let objects = objects(compose, "dev");
    let container = |name: &str| {
        find(&objects, "Deployment", name)["spec"]["template"]["spec"]["containers"][0].clone()
    };
    assert!(container("cache").get("readinessProbe").is_some());
    for name in ["shell", "watch", "backup"] {
        let container = container(name);
        assert!(container.get("readinessProbe").is_none(), "{name}");
        assert!(container.get("ports").is_none(), "{name}");
    }
}

#[test]
fn what_an_image_has_under_a_shared_volume_is_copied_into_it() {
    let compose = |options: &str| {
        format!(
            "services:\n  app: {{image: acme/app:1, ports: ['8000'], volumes: [{{type: volume, \
             source: static, target: /app/static{options}}}]}}\n  \
             web: {{image: nginx:1.27, ports: ['80:80'], volumes: ['static:/srv/static:ro']}}\n\
             volumes: {{static: {{}}}}\n"
        )
    };
    let init = |objects: &[Value], kind: &str, name: &str| {
        find(objects, kind, name)["spec"]["template"]["spec"]["initContainers"].clone()
    };
    let all = objects(&compose(""), "staging");
    let steps = init(&all, "StatefulSet", "app");
    assert_eq!(steps[0]["image"], "acme/app:1");
    assert_eq!(steps[0]["volumeMounts"][0]["mountPath"], "/c2k/volume");
    let script = steps[0]["args"][0].as_str().unwrap();
    assert!(script.contains("cp -a '/app/static'/. /c2k/volume/"), "{script}");
    assert_eq!(init(&all, "Deployment", "web"), Value::Null);
    let without = objects(&compose(", volume: {nocopy: true}"), "staging");
    assert_eq!(init(&without, "StatefulSet", "app"), Value::Null);
}
