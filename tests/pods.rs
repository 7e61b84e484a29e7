//! Services that share a pod, and what else the mapping contract says of several attributes at once.

use c2k::{Outcome, Request, convert, kube::Object, load::Memory, yaml::Value};

fn converted(compose: &str, environment: &str) -> Outcome {
    let memory = Memory::new("/shop").with("compose.yaml", compose);
    let environments = vec![environment.to_owned()];
    convert(&Request { environments, ..Request::default() }, &memory)
}

fn objects(outcome: &Outcome) -> Vec<&Object> {
    outcome.planned.iter().flat_map(|planned| planned.objects.iter()).collect()
}

fn object<'a>(outcome: &'a Outcome, kind: &str, name: &str) -> &'a Object {
    let all = objects(outcome);
    let found = all.iter().find(|object| object.kind() == kind && object.name() == name);
    found.unwrap_or_else(|| panic!("no {kind}/{name}"))
}

fn text(object: &Object, path: &str) -> String {
    match object.field(path).map(|(_, value)| value) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        _ => String::new(),
    }
}

const VPN: &str = "\
name: shop
services:
  vpn:
    image: example/vpn:1
    cap_add: [NET_ADMIN]
    ports: ['8080:8080']
    environment: {A: '1'}
  client:
    image: example/client:1
    network_mode: service:vpn
    environment: {B: '2'}
    volumes: ['data:/data']
    depends_on: {vpn: {condition: service_healthy}}
volumes:
  data: {}
";

#[test]
fn a_service_in_anothers_network_is_a_container_of_its_pod() {
    let outcome = converted(VPN, "dev");
    let pod = object(&outcome, "StatefulSet", "vpn");
    let container = |name: &str, field: &str| {
        text(pod, &format!("spec.template.spec.containers[{name}].{field}"))
    };
    assert_eq!(container("client", "image"), "example/client:1");
    assert_eq!(container("client", "envFrom[0].configMapRef.name"), "client-config");
    assert_eq!(container("client", "volumeMounts[data].mountPath"), "/data");
    assert_eq!(text(pod, "spec.volumeClaimTemplates[data].metadata.name"), "data");
    // They start together, so neither waits for the other.
    assert!(pod.field("spec.template.spec.initContainers").is_none());
    assert!(objects(&outcome).iter().all(|one| {
        one.name() != "client" || !matches!(one.kind(), "Deployment" | "StatefulSet")
    }));
    assert_eq!(object(&outcome, "ConfigMap", "client-config").service.as_deref(), Some("client"));
}

#[test]
fn a_group_of_kompose_is_one_pod() {
    let outcome = converted(
        "services:
  a: {image: 'x/a:1', labels: {kompose.service.group: g}, ports: ['80']}
  b: {image: 'x/b:1', labels: {kompose.service.group: g}, ports: ['90']}
  c: {image: 'x/c:1', environment: {URL: 'http://b:90'}}
",
        "dev",
    );
    let pod = object(&outcome, "Deployment", "a");
    assert_eq!(text(pod, "spec.template.spec.containers[b].image"), "x/b:1");
    // Others still call the second one by its name.
    let service = object(&outcome, "Service", "b");
    assert_eq!(text(service, "spec.selector[app.kubernetes.io/name]"), "a");
    assert_eq!(text(service, "spec.ports[0].port"), "90");
    let names: Vec<String> = ["a", "b"]
        .map(|name| text(pod, &format!("spec.template.spec.containers[{name}].ports[0].name")))
        .into();
    assert_ne!(names[0], names[1], "names of ports are unique in a pod");
}

#[test]
fn a_job_and_a_server_do_not_share_a_pod() {
    let outcome = converted(
        "services:
  web: {image: 'x/web:1', ports: ['80']}
  migrate: {image: 'x/web:1', network_mode: 'service:web', restart: 'no', command: migrate}
",
        "dev",
    );
    object(&outcome, "Job", "migrate");
    assert!(outcome.sink.iter().any(|one| one.message.contains("they run apart")));
}

#[test]
fn mounts_are_taken_from_another_service() {
    let outcome = converted(
        "services:
  app: {image: 'x/app:1', volumes: ['files:/files']}
  web: {image: 'x/web:1', volumes_from: ['app:ro'], ports: ['80']}
volumes: {files: {}}
",
        "dev",
    );
    let web = object(&outcome, "Deployment", "web");
    let mount = "spec.template.spec.containers[web].volumeMounts[files]";
    assert_eq!(text(web, &format!("{mount}.mountPath")), "/files");
    assert_eq!(text(web, &format!("{mount}.readOnly")), "true");
    let claim = "spec.template.spec.volumes[files].persistentVolumeClaim.claimName";
    assert_eq!(text(web, claim), "files-app-0");
}

#[test]
fn labels_of_routers_are_ways_in() {
    let outcome = converted(
        "services:
  web:
    image: x/web:1
    expose: ['3000']
    labels:
      traefik.http.routers.web.rule: Host(`shop.example.com`) && PathPrefix(`/api`)
      traefik.http.routers.web.entrypoints: websecure
      traefik.http.services.web.loadbalancer.server.port: '3000'
",
        "production",
    );
    let ingress = object(&outcome, "Ingress", "web");
    assert_eq!(text(ingress, "spec.rules[0].host"), "shop.example.com");
    assert_eq!(text(ingress, "spec.rules[0].http.paths[0].path"), "/api");
    assert_eq!(text(ingress, "spec.tls[0].hosts[0]"), "shop.example.com");
    let web = object(&outcome, "Deployment", "web");
    assert!(web.field("spec.template.metadata.annotations").is_none());
}

#[test]
fn no_network_means_no_traffic() {
    let outcome =
        converted("services: {job: {image: 'x/y:1', network_mode: none, restart: always}}", "dev");
    let policy = object(&outcome, "NetworkPolicy", "job");
    assert_eq!(text(policy, "spec.policyTypes[1]"), "Egress");
    assert!(policy.field("spec.egress").is_none() && policy.field("spec.ingress").is_none());
}

const EACH_NODE: &str = "\
name: shop
services:
  warm:
    image: example/warm:1
    command: [fetch, --all]
    environment: {A: '1'}
    ports: ['9000']
    volumes: ['/var/cache/models:/models']
    healthcheck: {test: [CMD, 'true']}
    deploy: {mode: global-job}
  web:
    image: example/web:1
    depends_on: {warm: {condition: service_completed_successfully}}
";

#[test]
fn a_job_of_each_node_is_a_daemon_set_that_has_its_work_behind_it() {
    let outcome = converted(EACH_NODE, "dev");
    let pod = object(&outcome, "DaemonSet", "warm");
    let field = |path: &str| text(pod, &format!("spec.template.spec.{path}"));
    assert_eq!(field("initContainers[warm].image"), "example/warm:1");
    assert_eq!(field("initContainers[warm].args[1]"), "--all");
    assert_eq!(field("initContainers[warm].envFrom[0].configMapRef.name"), "warm-config");
    assert_eq!(field("containers[pause-warm].image"), "registry.k8s.io/pause:3.10.1");
    assert_eq!(field("containers[pause-warm].securityContext.runAsNonRoot"), "true");
    // The API takes no probes of what ends, and nothing answers when it is over.
    assert!(pod.field("spec.template.spec.initContainers[warm].readinessProbe").is_none());
    assert!(objects(&outcome).iter().all(|one| one.kind() != "Service" || one.name() != "warm"));
    let said: Vec<&str> = outcome.sink.iter().map(|one| one.message.as_str()).collect();
    for part in [
        "`warm` runs on each node before a container that only holds the pod, and again when the node restarts",
        "`healthcheck` of `warm` was left out",
        "`web` does not wait for `warm`",
    ] {
        assert!(said.iter().any(|message| message.contains(part)), "{part}: {said:?}");
    }
    assert!(!said.iter().any(|message| message.contains("`warm` may end")));
}

#[test]
fn a_job_of_each_node_is_one_job_where_a_setting_says_so() {
    let compose = EACH_NODE.replace("    deploy:", "    x-c2k: {workload: job}\n    deploy:");
    let outcome = converted(&compose, "dev");
    let job = object(&outcome, "Job", "warm");
    assert_eq!(text(job, "spec.template.spec.containers[warm].image"), "example/warm:1");
}

#[test]
fn a_volume_that_is_filled_is_found_under_the_name_that_a_shared_pod_gives_it() {
    let outcome = converted(
        "services:
  a: {image: 'x/a:1', ports: ['80'], tmpfs: [/data]}
  b: {image: 'x/b:1', network_mode: 'service:a', volumes: [{type: image, source: 'x/c:1', target: /data}]}
",
        "dev",
    );
    let pod = object(&outcome, "Deployment", "a");
    let field = |path: &str| text(pod, &format!("spec.template.spec.{path}"));
    assert_eq!(field("containers[b].volumeMounts[b-data].mountPath"), "/data");
    assert_eq!(field("initContainers[copy-b-data].image"), "x/c:1");
    assert_eq!(field("initContainers[copy-b-data].volumeMounts[b-data].mountPath"), "/c2k/b-data");
}
