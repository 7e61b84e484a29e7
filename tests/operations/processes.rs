//! Processes and probes.

use serde_json::Value;

use super::{container, find, job, objects, pod};

#[test]
fn no_variables_of_services_are_injected() {
    let objects = objects("name: a\nservices: {redis: {image: 'redis:7'}}\n", "dev");
    assert_eq!(pod(&objects, "Deployment", "redis")["enableServiceLinks"], false);
}

#[test]
fn a_healthcheck_is_a_readiness_probe_and_kills_nobody() {
    let compose = "
name: a
services:
  said: {image: example.com/a:1, ports: ['8080'], healthcheck: {test: [CMD, check], interval: 7s, retries: 4}}
  silent: {image: example.com/a:1, ports: ['8080'], healthcheck: {test: [CMD, check], start_period: 60s}}
";
    for environment in ["dev", "staging", "production"] {
        let objects = objects(compose, environment);
        let said = container(&objects, "Deployment", "said");
        assert_eq!(said["readinessProbe"]["exec"]["command"][0], "check");
        assert_eq!(said["readinessProbe"]["periodSeconds"], 7);
        assert_eq!(said["readinessProbe"]["failureThreshold"], 4);
        let silent = container(&objects, "Deployment", "silent");
        assert_eq!(silent["readinessProbe"]["periodSeconds"], 10);
        for probe in ["livenessProbe", "startupProbe"] {
            assert!(said.get(probe).is_none() && silent.get(probe).is_none(), "{probe}");
        }
    }
}

#[test]
fn a_liveness_probe_gives_a_store_ten_minutes_to_start() {
    let compose = "
name: a
services:
  db:
    image: postgres:17
    environment: {POSTGRES_PASSWORD: x}
    healthcheck: {test: [CMD, pg_isready], interval: 10s}
    x-c2k: {probes: {liveness: {tcp: 5432}}}
";
    let objects = objects(compose, "production");
    let probe = &container(&objects, "StatefulSet", "db")["startupProbe"];
    let number = |key: &str| probe[key].as_i64().unwrap();
    assert!(number("periodSeconds") * number("failureThreshold") >= 600, "{probe}");
}

#[test]
fn a_service_that_names_itself_finds_itself_before_it_is_ready() {
    let compose = "
name: a
services:
  broker: {image: example.com/broker:1, environment: {LISTEN: 'broker:9000'}, ports: ['9000']}
  keeper: {image: example.com/keeper:1, environment: {LISTEN: 'keeper:9000'}, ports: ['9000'], volumes: ['kept:/data']}
volumes: {kept: {}}
";
    let objects = objects(compose, "dev");
    assert_eq!(pod(&objects, "Deployment", "broker")["hostname"], "broker");
    let service = &find(&objects, "Service", "keeper")["spec"];
    assert_eq!(service["clusterIP"], "None");
    assert_eq!(service["publishNotReadyAddresses"], true);
}

#[test]
fn a_process_that_calls_itself_by_its_host_name_keeps_it() {
    let compose = "
name: a
services:
  keeper:
    image: example.com/keeper:1
    hostname: edge-keeper
    environment: {SERVICE_HOST: edge-keeper, SERVICE_PORT: '59890'}
";
    let objects = objects(compose, "dev");
    assert_eq!(pod(&objects, "Deployment", "keeper")["hostname"], "edge-keeper");
}

#[test]
fn a_probe_reads_a_secret_in_a_shell() {
    let compose = "
name: a
services:
  cache:
    image: redis:7
    environment: {REDIS_PASSWORD: geheim-7}
    healthcheck: {test: [CMD, redis-cli, -a, geheim-7, ping]}
";
    let objects = objects(compose, "production");
    let probe = container(&objects, "Deployment", "cache")["readinessProbe"].to_string();
    assert!(probe.contains("${REDIS_PASSWORD}") && !probe.contains("geheim-7"), "{probe}");
    assert!(probe.contains("/bin/sh") && !probe.contains("$("), "{probe}");
}

#[test]
fn endpoints_are_gone_before_the_process_is() {
    let compose = "
name: a
services:
  web: {image: 'nginx:1.27', ports: ['80:80'], stop_grace_period: 20s}
  worker: {image: example.com/worker:1, restart: always}
";
    for (environment, graceful) in [("dev", false), ("staging", true), ("production", true)] {
        let objects = objects(compose, environment);
        let pause =
            container(&objects, "Deployment", "web")["lifecycle"]["preStop"]["sleep"]["seconds"]
                .clone();
        let time = &pod(&objects, "Deployment", "web")["terminationGracePeriodSeconds"];
        assert_eq!(pause, if graceful { Value::from(5) } else { Value::Null });
        assert_eq!(*time, if graceful { 25 } else { 20 });
        assert!(container(&objects, "Deployment", "worker").get("lifecycle").is_none());
    }
}

#[test]
fn a_hook_before_the_stop_comes_after_the_pause() {
    let compose = "
name: a
services:
  web: {image: 'nginx:1.27', ports: ['80:80'], pre_stop: [{command: [sh, -c, drain now]}]}
";
    let objects = objects(compose, "production");
    let hook = container(&objects, "Deployment", "web")["lifecycle"]["preStop"].to_string();
    assert!(hook.contains("sleep 5") && hook.find("sleep 5") < hook.find("drain"), "{hook}");
    let time = &pod(&objects, "Deployment", "web")["terminationGracePeriodSeconds"];
    assert!(time.as_i64() >= Some(15), "{time}");
}

#[test]
fn init_changes_nothing() {
    let objects = objects(
        "name: a\nservices: {web: {image: 'nginx:1.27', init: true, ports: ['80']}}\n",
        "dev",
    );
    assert!(pod(&objects, "Deployment", "web").get("shareProcessNamespace").is_none());
}

#[test]
fn what_runs_once_is_a_job() {
    let compose = "
name: a
services:
  migrate: {image: example.com/app:1, command: [migrate]}
  buckets: {image: 'minio/mc:RELEASE.2025-01-01T00-00-00Z'}
  first: {image: example.com/first:1}
  web: {image: example.com/app:1, ports: ['80'], depends_on: {first: {condition: service_completed_successfully}}}
  sometimes: {image: example.com/thing:1}
";
    let objects = objects(compose, "dev");
    for name in ["migrate", "buckets", "first"] {
        assert!(job(&objects, name).is_object(), "{name}");
    }
    assert!(find(&objects, "Deployment", "sometimes").is_object());
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
fn a_server_that_listens_elsewhere_is_asked_there() {
    let compose = "
name: a
services:
  broker:
    image: apache/kafka:4.0.0
    ports: ['9093:9093']
    environment: {KAFKA_LISTENERS: 'SSL://:9093,CONTROLLER://:29093'}
  usual: {image: 'apache/kafka:4.0.0'}
";
    let objects = objects(compose, "dev");
    let probe = |name: &str| {
        container(&objects, "StatefulSet", name)["readinessProbe"]["tcpSocket"]["port"].clone()
    };
    assert_eq!((probe("broker"), probe("usual")), (9093.into(), 9092.into()));
}
