//! Reaching services.

use super::{documents, find, objects};
use crate::cli::Folder;

#[test]
fn nothing_is_exposed_unless_it_is_said() {
    let compose = "
name: a
services:
  web: {image: 'nginx:1.27', ports: ['8080:80']}
  db: {image: 'postgres:17', ports: ['5432:5432'], environment: {POSTGRES_PASSWORD: x}}
";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let run = folder.run(&["convert", "--env", "staging"]);
    assert!(run.err.contains("kubectl port-forward service/web 8080:80"), "{}", run.err);
    let all = objects(compose, "staging");
    assert!(all.iter().all(|object| object["kind"] != "Ingress"));
    let run =
        folder.run(&["convert", "--env", "staging", "--set", "domain=example.com", "-o", "-"]);
    let ways: Vec<String> = documents(&run.out)
        .iter()
        .filter(|object| object["kind"] == "Ingress")
        .map(|object| object["spec"]["rules"][0]["host"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ways, ["web.example.com"]);
}

/// The port numbers of a Service, as `kubectl get service` shows them.
fn ports_of(objects: &[serde_json::Value], service: &str) -> Vec<i64> {
    let ports = find(objects, "Service", service)["spec"]["ports"].as_array();
    ports.into_iter().flatten().filter_map(|port| port["port"].as_i64()).collect()
}

#[test]
fn a_service_answers_at_every_port_that_others_use() {
    let compose = "
name: a
services:
  app:
    image: acme/app:1
    environment:
      QUEUE_URL: amqp://queue
      STORE_URL: http://store:9000
      SMTP_HOST: mail
      SMTP_PORT: '2525'
      IMAGE: quiet:16
      RUNS: quiet:7.2-alpine
    command: [serve, --peer, 'api:7000']
    depends_on: [search]
  queue: {image: 'rabbitmq:4-management', ports: ['15672:15672']}
  store: {image: 'minio/minio:RELEASE.2024-10-02T17-50-41Z', command: server /data, ports: ['9001:9001']}
  mail: {image: 'maildev/maildev:2.1.0', ports: ['1080:1080']}
  search: {image: 'elasticsearch:8.15.0', ports: ['9300:9300']}
  api: {image: 'acme/api:1', ports: ['8080:8080']}
  quiet: {image: 'rabbitmq:4-management', ports: ['15672:15672']}
  moved: {image: 'postgres:17', command: postgres -p 6000, ports: ['6000:6000']}
";
    let objects = objects(compose, "staging");
    // A queue without a port in its address is asked at its usual one; what is published is a console.
    assert_eq!(ports_of(&objects, "queue"), [15672, 5672]);
    assert_eq!(ports_of(&objects, "store"), [9001, 9000]);
    // The port stands in a variable of its own.
    assert_eq!(ports_of(&objects, "mail"), [1080, 2525]);
    // Only the program knows how it asks what it depends on.
    assert_eq!(ports_of(&objects, "search"), [9300, 9200]);
    assert_eq!(ports_of(&objects, "api"), [8080, 7000]);
    // Nobody asks: versions of images are no ports, and a store elsewhere is not at its usual port.
    assert_eq!(ports_of(&objects, "quiet"), [15672]);
    assert_eq!(ports_of(&objects, "moved"), [6000]);
}

#[test]
fn only_the_project_reaches_its_services_and_names_are_always_found() {
    let compose = "name: a\nservices: {web: {image: 'nginx:1.27', ports: ['80']}}\n";
    let objects = objects(compose, "staging");
    let spec = &find(&objects, "NetworkPolicy", "web")["spec"];
    let from = &spec["ingress"][0]["from"][0]["podSelector"]["matchLabels"];
    assert_eq!(from["app.kubernetes.io/part-of"], "a");
    // What pods ask is not restricted, so that names are found wherever the cluster's DNS is.
    assert_eq!(spec["policyTypes"], serde_json::json!(["Ingress"]));
}

#[test]
fn what_needs_the_docker_socket_is_left_out_unless_it_is_forced() {
    let compose = "
name: a
services:
  proxy: {image: 'traefik:v3.1', ports: ['80:80'], volumes: ['/var/run/docker.sock:/var/run/docker.sock']}
  web: {image: 'nginx:1.27', ports: ['80']}
";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let run = folder.run(&["convert", "-o", "-"]);
    assert!(!run.out.contains("traefik") && run.err.contains("`proxy`"), "{}", run.err);
    let run = folder.run(&["convert", "--set", "services.proxy.enabled=true", "-o", "-"]);
    assert!(find(&documents(&run.out), "Deployment", "proxy").is_object());
}

#[test]
fn monitoring_reaches_the_port_on_which_an_image_serves_metrics() {
    let compose = "
name: a
x-c2k: {network: {policy: strict, monitoringFrom: {kubernetes.io/metadata.name: monitoring}}}
services:
  queue: {image: 'rabbitmq:4', expose: ['5672']}
  objects: {image: 'minio/minio:RELEASE.2024-10-02T17-50-41Z', command: server /data}
  web: {image: 'acme/web:1', ports: ['8080:8080']}
";
    let objects = objects(compose, "staging");
    let measured = |name: &str| {
        let rules = &find(&objects, "NetworkPolicy", name)["spec"]["ingress"];
        let monitors = |rule: &&serde_json::Value| {
            rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                == "monitoring"
        };
        rules.as_array().unwrap().iter().find(monitors).unwrap()["ports"].clone()
    };
    let port = |port: serde_json::Value| serde_json::json!([{"port": port, "protocol": "TCP"}]);
    // Nobody exposes it, and nobody else may reach it.
    assert_eq!(measured("queue"), port(15692.into()));
    // A port of the service has a name; of an unknown image what speaks HTTP is open.
    assert_eq!(measured("objects"), port("http".into()));
    assert_eq!(measured("web"), port("http".into()));
}
