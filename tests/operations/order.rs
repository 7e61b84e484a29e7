//! Jobs and order.

use serde_json::Value;

use super::{job, objects, pod};

const MIGRATION: &str = "
name: a
services:
  db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: x}, healthcheck: {test: [CMD, pg_isready]}}
  migrate: {image: 'example.com/app:TAG', command: [migrate], depends_on: {db: {condition: service_healthy}}}
  web:
    image: example.com/app:TAG
    ports: ['8080']
    depends_on: {db: {condition: service_healthy}, migrate: {condition: service_completed_successfully}}
";

#[test]
fn a_new_tag_makes_a_new_job() {
    let names = ["1", "1", "2"].map(|tag| {
        let objects = objects(&MIGRATION.replace("TAG", tag), "production");
        let job = job(&objects, "migrate");
        assert!(job["spec"].get("ttlSecondsAfterFinished").is_none());
        job["metadata"]["name"].as_str().unwrap().to_owned()
    });
    let [first, again, other] = names;
    assert!(first == again && first != other, "{first} {again} {other}");
}

#[test]
fn later_pods_wait_only_for_what_is_done_once() {
    let waits = |environment: &str| -> Vec<String> {
        let objects = objects(&MIGRATION.replace("TAG", "1"), environment);
        let init = pod(&objects, "Deployment", "web")["initContainers"].clone();
        init.as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(waits("production"), ["wait-migrate"]);
    assert_eq!(waits("staging"), ["wait-migrate"]);
    assert_eq!(waits("dev"), ["wait-db", "wait-migrate"]);
}

#[test]
fn a_job_waits_for_all_and_fails_at_once() {
    for environment in ["dev", "staging", "production"] {
        let objects = objects(&MIGRATION.replace("TAG", "1"), environment);
        let spec = &job(&objects, "migrate")["spec"];
        assert_eq!(spec["template"]["spec"]["initContainers"][0]["name"], "wait-db");
        assert_eq!(spec["backoffLimit"], 6);
        let rule = &spec["podFailurePolicy"]["rules"][0];
        assert_eq!(
            (&rule["action"], &rule["onExitCodes"]["containerName"]),
            (&"FailJob".into(), &"migrate".into())
        );
    }
}

#[test]
fn waits_end() {
    let objects = objects(&MIGRATION.replace("TAG", "1"), "dev");
    let init = pod(&objects, "Deployment", "web")["initContainers"].clone();
    for wait in init.as_array().unwrap() {
        let text = wait.to_string();
        assert!(text.contains("300"), "{text}");
    }
}

/// What Compose starts first runs, if not ready: a Job's first failure is its last.
#[test]
fn a_job_gives_what_it_needs_a_minute() {
    const TICK: &str = "
name: a
services:
  cache: {image: 'redis:7'}
  vault: {image: 'example.com/vault:1', ports: ['8200']}
  unseal: {image: 'example.com/unseal:1', restart: 'no', depends_on: [vault], x-c2k: {workload: job}}
  tick: {image: 'redis:7', command: [redis-cli, -h, cache, PING], x-c2k: {schedule: '0 1 * * *'}}
  again:
    image: example.com/again:1
    depends_on: [vault]
    deploy: {restart_policy: {condition: on-failure}}
    x-c2k: {workload: job}
";
    let wait = |pod: &Value| {
        let init = pod["initContainers"].as_array().map_or(&[][..], Vec::as_slice);
        let script = |one: &Value| one["command"][2].as_str().unwrap().to_owned();
        init.iter().map(script).collect::<Vec<_>>()
    };
    let patient = |places: &str| {
        vec![format!(
            "timeout 60 sh -c 'until nc -w 2 {places} </dev/null; do sleep 1; done' || true"
        )]
    };
    for environment in ["dev", "production"] {
        let objects = objects(TICK, environment);
        assert_eq!(
            wait(&job(&objects, "unseal")["spec"]["template"]["spec"]),
            patient("vault 8200")
        );
        assert!(wait(&job(&objects, "again")["spec"]["template"]["spec"]).is_empty());
        let tick = objects.iter().find(|object| object["kind"] == "CronJob").unwrap();
        // Who is only mentioned is there, but policies may let the new pod in too late.
        let expected = if environment == "dev" { vec![] } else { patient("cache 6379") };
        assert_eq!(wait(&tick["spec"]["jobTemplate"]["spec"]["template"]["spec"]), expected);
    }
}

#[test]
fn a_wait_asks_at_the_port_that_is_used() {
    let compose = "
name: a
services:
  app:
    image: acme/app:1
    environment: {STORE: 'clickhouse://store:9000/logs'}
    depends_on: {store: {condition: service_healthy}}
  store:
    image: clickhouse/clickhouse-server:24.8
    ports: ['8123:8123']
    healthcheck: {test: wget -q --spider http://localhost:8123/ping}
";
    let objects = objects(compose, "dev");
    let app = &super::find(&objects, "Deployment", "app")["spec"]["template"]["spec"];
    let said = app["initContainers"][0]["command"].to_string();
    assert!(said.contains("nc -w 2 store 9000 "), "{said}");
}
