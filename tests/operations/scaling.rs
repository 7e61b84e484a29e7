//! Scaling, resources, security, images.

use super::{container, find, objects, pod};
use crate::cli::Folder;

#[test]
fn only_web_services_without_state_and_name_are_multiplied() {
    let compose = "
name: a
services:
  web: {image: example.com/a:1, ports: ['8080:8080']}
  kept: {image: example.com/a:1, ports: ['8081:8080'], volumes: ['kept:/data']}
  named: {image: example.com/a:1, ports: ['8082:8080'], container_name: the-one}
  worker: {image: example.com/a:1, command: [worker], restart: always}
  bot: {image: example.com/a:1, command: sh -c 'migrate && serve', ports: ['8083:8080']}
  alone: {image: example.com/a:1, ports: ['8084:8080'], x-c2k: {singleton: true}}
volumes: {kept: {}}
";
    let objects = objects(compose, "production");
    let replicas = |kind: &str, name: &str| find(&objects, kind, name)["spec"]["replicas"].clone();
    assert_eq!(replicas("Deployment", "web"), 2);
    assert_eq!(replicas("StatefulSet", "kept"), 1);
    for name in ["named", "worker", "bot", "alone"] {
        assert_eq!(replicas("Deployment", name), 1, "{name}");
    }
}

#[test]
fn a_limit_has_a_request_beside_it() {
    let compose = "
name: a
services:
  small: {image: example.com/a:1, ports: ['80'], deploy: {resources: {limits: {cpus: '0.05', memory: 32M}}}}
  large: {image: example.com/a:1, ports: ['80'], deploy: {resources: {limits: {cpus: '4', memory: 8G}}}}
";
    let objects = objects(compose, "production");
    let resources = |name: &str| container(&objects, "Deployment", name)["resources"].clone();
    assert_eq!(resources("small")["requests"], resources("small")["limits"]);
    let large = resources("large");
    assert!(large["requests"].is_object() && large["requests"] != large["limits"], "{large}");
}

#[test]
fn capabilities_are_dropped_only_where_the_image_survives_it() {
    let compose = "
name: a
services:
  unknown: {image: example.com/a:1, ports: ['80']}
  db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: x}}
";
    let objects = objects(compose, "production");
    for (kind, name) in [("Deployment", "unknown"), ("StatefulSet", "db")] {
        let security = &container(&objects, kind, name)["securityContext"];
        assert!(security.get("capabilities").is_none(), "{name}: {security}");
        assert_eq!(security["allowPrivilegeEscalation"], false, "{name}");
        let seccomp = &pod(&objects, kind, name)["securityContext"]["seccompProfile"]["type"];
        assert_eq!(*seccomp, "RuntimeDefault");
    }
}

#[test]
fn an_image_without_a_version_is_written_and_found_in_production() {
    let folder = Folder::with(&[(
        "compose.yaml",
        "name: a\nservices: {web: {image: nginx, ports: ['80']}}\n",
    )]);
    let run = folder.run(&["convert", "--env", "production", "-o", "-"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("image: nginx") && run.err.contains("C2K0407"));
}

#[test]
fn built_images_are_named_by_registry_and_tag_and_shared() {
    let compose = "
name: a
services:
  web: {build: ./app, ports: ['80']}
  worker: {build: ./app, command: [worker]}
  pinned: {image: 'nginx:1.27@sha256:0f0e0d0c0b0a09080706050403020100f0e0d0c0b0a090807060504030201000'}
";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let run = folder.run(&[
        "images",
        "--env",
        "staging",
        "--registry",
        "registry.example.com/team",
        "--tag",
        "v7",
    ]);
    let images: Vec<&str> = run.out.lines().collect();
    assert!(images.contains(&"registry.example.com/team/web:v7"), "{images:?}");
    assert_eq!(images.len(), 2, "{images:?}");
    assert!(run.out.contains("@sha256:0f0e"), "{images:?}");
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
fn several_pods_of_an_image_that_runs_as_one_are_reported_unless_they_are_meant() {
    let said = |service: &str| {
        let compose = format!("name: a\nservices: {{db: {{{service}}}}}\n");
        Folder::with(&[("compose.yaml", &compose)]).run(&["convert", "-o", "-"]).err
    };
    let alone = said("image: 'postgres:17', x-c2k: {replicas: 3}");
    assert!(alone.contains("`db` has up to 3 pods, each with data of its own"), "{alone}");
    assert!(alone.contains("its image forms no cluster"), "{alone}");
    let forming = said("image: 'cassandra:5', x-c2k: {replicas: 3}");
    assert!(forming.contains("configure it, then say `singleton: false`"), "{forming}");
    let by_load =
        said("image: 'postgres:17', x-c2k: {workload: deployment, autoscale: {max: 4, cpu: 50}}");
    assert!(by_load.contains("`db` has up to 4 pods"), "{by_load}");
    let compose = said("image: 'cassandra:5', deploy: {replicas: 3}");
    assert!(compose.contains("`db` runs once") && compose.contains("configure it"), "{compose}");
    for meant in [
        "image: 'cassandra:5', x-c2k: {replicas: 3, singleton: false}",
        "image: 'acme/db:1', x-c2k: {replicas: 3}",
        "image: 'postgres:17', x-c2k: {replicas: 1}",
    ] {
        assert!(!said(meant).contains("each with data of its own"), "{meant}");
    }
}
