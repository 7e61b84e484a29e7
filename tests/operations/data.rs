//! Data.

use serde_json::Value;

use super::{container, documents, find, objects, pod};
use crate::cli::Folder;

#[test]
fn a_writer_has_a_claim_template_and_readers_mount_its_claim() {
    let compose = "
name: a
services:
  writer: {image: example.com/a:1, volumes: ['pages:/pages']}
  reader: {image: example.com/a:1, volumes: ['pages:/pages:ro']}
volumes: {pages: {}}
";
    let objects = objects(compose, "dev");
    let template = &find(&objects, "StatefulSet", "writer")["spec"]["volumeClaimTemplates"][0];
    assert_eq!(template["metadata"]["name"], "pages");
    let volumes = &pod(&objects, "Deployment", "reader")["volumes"];
    assert_eq!(volumes[0]["persistentVolumeClaim"]["claimName"], "pages-writer-0");
}

#[test]
fn a_database_without_a_mount_gets_a_claim_and_a_cache_none() {
    let compose = "name: a\nservices: {db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: x}}, cache: {image: 'redis:7'}}\n";
    let objects = objects(compose, "dev");
    let mount = &container(&objects, "StatefulSet", "db")["volumeMounts"][0];
    assert_eq!(mount["mountPath"], "/var/lib/postgresql/data");
    assert!(find(&objects, "Deployment", "cache").is_object());
}

#[test]
fn a_folder_under_a_stores_data_is_a_claim() {
    let compose = "
name: a
services:
  db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: x}, volumes: ['./data:/var/lib/postgresql/data']}
";
    let objects = objects(compose, "dev");
    let templates = &find(&objects, "StatefulSet", "db")["spec"]["volumeClaimTemplates"];
    assert_eq!(templates.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_store_that_wants_an_empty_folder_gets_one() {
    let compose = "
name: a
services:
  db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: x}, volumes: ['data:/var/lib/postgresql/data']}
volumes: {data: {}}
";
    let objects = objects(compose, "dev");
    let mount = &container(&objects, "StatefulSet", "db")["volumeMounts"][0];
    assert!(mount["subPath"].is_string(), "{mount}");
    let security = &pod(&objects, "StatefulSet", "db")["securityContext"];
    assert_eq!(security["fsGroup"], 999);
    assert_eq!(security["fsGroupChangePolicy"], "OnRootMismatch");
}

#[test]
fn mounts_of_development_are_left_out() {
    let compose = "name: a\nservices: {web: {build: ., image: 'example.com/a:1', ports: ['80'], volumes: ['.:/app', '/app/node_modules']}}\n";
    let folder = Folder::with(&[("compose.yaml", compose), ("main.py", "print()")]);
    let run = folder.run(&["convert", "-o", "-"]);
    assert!(!run.out.contains("volumeMounts"), "{}", run.out);
    let run = folder.run(&["convert"]);
    assert!(run.err.contains("C2K0409"), "{}", run.err);
}

#[test]
fn files_and_nested_folders_are_config_maps() {
    let compose = "
name: a
services:
  web: {image: 'nginx:1.27', ports: ['80'], volumes: ['./conf:/etc/nginx/conf.d:ro', './run.sh:/run.sh:ro']}
";
    let folder = Folder::with(&[
        ("compose.yaml", compose),
        ("conf/site.conf", "server {}"),
        ("conf/inner/more.conf", "# more"),
        ("run.sh", "#!/bin/sh"),
    ]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path().join("run.sh"), mode).unwrap();
    }
    let run = folder.run(&["convert", "-o", "-"]);
    let volumes = pod(&documents(&run.out), "Deployment", "web")["volumes"].to_string();
    assert!(volumes.contains("inner/more.conf"), "{volumes}");
    assert!(volumes.contains("493"), "{volumes}");
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
fn services_that_share_a_volume_ask_for_the_same_node() {
    let compose = "
name: shared
services:
  one: {image: busybox:1.36, platform: linux/arm64, volumes: ['both:/both']}
  two: {image: busybox:1.36, volumes: ['both:/both']}
  alone: {image: busybox:1.36, volumes: ['other:/other']}
volumes: {both: {}, other: {}}
";
    let objects = objects(compose, "production");
    let selector = |kind: &str, name: &str| pod(&objects, kind, name)["nodeSelector"].clone();
    // Else `two` could be placed first, on a node where `one` cannot run.
    for name in ["one", "two"] {
        assert_eq!(selector("Deployment", name)["kubernetes.io/arch"], "arm64", "{name}");
    }
    assert!(selector("StatefulSet", "alone").is_null());
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
    assert_eq!(steps[0]["volumeMounts"][0]["mountPath"], "/c2k/static");
    let script = steps[0]["command"][2].as_str().unwrap();
    assert!(script.contains("cp -Rp '/app/static/.' '/c2k/static/'"), "{script}");
    assert_eq!(init(&all, "Deployment", "web"), Value::Null);
    let without = objects(&compose(", volume: {nocopy: true}"), "staging");
    assert_eq!(init(&without, "StatefulSet", "app"), Value::Null);
}
