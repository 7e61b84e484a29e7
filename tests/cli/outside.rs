//! Stores outside of the cluster: each way to reach them.

use super::{Folder, Run};

const COMPOSE: &str = "\
name: shop
services:
  web:
    image: shop/web:1.0.0
    environment:
      DATABASE_URL: postgres://app:${DB_PASSWORD:-dev-only-pw}@db:5432/app
      CACHE: redis://cache:6379/0
      DB_HOST: db
      DB_PORT: '5432'
      DB_USER: db
    command: [serve, --database, 'db:5432']
    depends_on: {db: {condition: service_healthy}}
  db:
    image: postgres:17
    environment: {POSTGRES_DB: shop, POSTGRES_PASSWORD: '${DB_PASSWORD:-dev-only-pw}'}
    volumes: ['data:/var/lib/postgresql/data', './initdb:/docker-entrypoint-initdb.d']
    healthcheck: {test: [CMD, pg_isready]}
  cache: {image: 'redis:7.4-alpine'}
volumes: {data: {}}
";

/// Converts for an environment whose file is `settings`.
fn converted(settings: &str) -> (Folder, Run) {
    let folder = Folder::with(&[
        ("compose.yaml", COMPOSE),
        ("initdb/a.sql", "create table a();"),
        ("overlays/eu/environment.yaml", settings),
    ]);
    let run = folder.run(&["convert", "--env", "eu"]);
    (folder, run)
}

/// All files of the environment.
fn all(folder: &Folder) -> String {
    let files = folder.files("k8s/eu");
    files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

#[test]
fn addresses_of_both_families_are_in_slices_of_their_own() {
    let (folder, run) =
        converted("services: {db: {external: {addresses: [10.0.0.1, 'fd00::1'], port: 6432}}}");
    assert_eq!(run.code, 0, "{}", run.err);
    let text = all(&folder);
    assert!(text.contains("addressType: IPv4") && text.contains("addressType: IPv6"), "{text}");
    assert!(text.contains("ipFamilyPolicy: PreferDualStack"), "{text}");
    assert_eq!(text.matches("port: 6432").count(), 2, "{text}");
    let (folder, _) = converted("services: {db: {external: 'fd00::1'}}");
    let text = all(&folder);
    assert!(text.contains("clusterIP: None") && !text.contains("IPv4"), "{text}");
}

#[test]
fn an_ambassador_leads_to_another_port_and_adds_tls() {
    let settings = "services: {db: {external: 'db.example.com:6432'}, cache: {external: {host: \
                    c.example.com, tls: true}}}\nhelperImages: {proxy: mirror.example.com/socat:1}";
    let (folder, run) = converted(settings);
    assert_eq!(run.code, 0, "{}", run.err);
    let proxy = folder.read("k8s/eu/db-deployment.yaml");
    for part in [
        "image: mirror.example.com/socat:1",
        "TCP-LISTEN:5432,",
        "TCP:db.example.com:6432,",
        "runAsNonRoot: true",
    ] {
        assert!(proxy.contains(part), "{proxy}");
    }
    assert!(folder.read("k8s/eu/cache-deployment.yaml").contains("OPENSSL:c.example.com:6379,"));
    let text = all(&folder);
    for gone in ["StatefulSet", "POSTGRES_PASSWORD", "volumeClaimTemplates", "ExternalName"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    assert!(run.err.contains("db.example.com:6432, by a proxy"), "{}", run.err);
}

#[test]
fn variables_name_the_store_itself() {
    let settings = "services: {db: {external: {host: d.example.com, port: 6432, tls: true, mode: \
                    environment}}, cache: {external: {host: c.example.com, tls: true, mode: environment}}}";
    let (folder, run) = converted(settings);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = all(&folder);
    for part in [
        "value: postgres://app:$(DB_PASSWORD)@d.example.com:6432/app?sslmode=require",
        "CACHE: rediss://c.example.com:6379/0",
        "DB_HOST: d.example.com",
        "DB_PORT: \"6432\"",
        // A user that is called as the service is.
        "DB_USER: db",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(run.err.contains("the command of `web` still says `db`"), "{}", run.err);
}

#[test]
fn credentials_come_from_a_secret_that_exists() {
    let settings = "secretMode: literal\nservices: {db: {external: {host: d.example.com, \
                    credentials: team-db}}}";
    let (folder, run) = converted(settings);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = all(&folder);
    assert!(text.contains("name: team-db\n") && text.contains("key: DB_PASSWORD"), "{text}");
    assert!(!text.contains("kind: Secret\n") && !text.contains("dev-only-pw"), "{text}");
    assert!(run.err.contains("with the keys DB_PASSWORD"), "{}", run.err);
}

#[test]
fn what_a_store_did_at_its_first_start_is_work_to_do() {
    let (_, run) = converted("services: {db: {external: d.example.com}}");
    for part in ["database `shop` is not made", "scripts in `/docker-entrypoint-initdb.d`"] {
        assert!(run.err.contains(part), "{}", run.err);
    }
}

#[test]
fn waits_ask_the_store_itself() {
    let (folder, _) =
        converted("extends: dev\nservices: {db: {external: {host: d.example.com, port: 6432}}}");
    assert!(folder.read("k8s/eu/web-deployment.yaml").contains("nc -w 2 d.example.com 6432"));
}

#[test]
fn ways_that_cannot_be_are_refused() {
    for (external, message) in [
        ("{host: d.example.com, mode: endpoints}", "has no addresses"),
        ("{addresses: [10.0.0.1], mode: externalname}", "is an alias of no name"),
        ("{addresses: [10.0.0.1], mode: environment}", "has no host for variables to name"),
    ] {
        let (_, run) = converted(&format!("services: {{db: {{external: {external}}}}}"));
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(message), "{}", run.err);
    }
}

#[test]
fn waits_ask_the_store_and_the_ambassador_before_it() {
    let (folder, _) =
        converted("services: {db: {external: 'db.example.com:6432'}}\nwaitFor: ready\n");
    let wait = "until nc -w 2 db.example.com 6432 </dev/null && nc -w 2 db 5432 </dev/null;";
    assert!(folder.read("k8s/eu/web-deployment.yaml").contains(wait));
}

#[test]
fn addresses_beat_the_host_name_of_a_weaker_place() {
    let (folder, _) = converted("services: {db: {external: db.example.com}}\nwaitFor: ready\n");
    let set = "services.db.external={addresses: [10.0.0.1], port: 5432}";
    let run = folder.run(&["convert", "--env", "eu", "--set", set, "--allow-data-loss"]);
    assert!(run.code < 2, "{}", run.err);
    let all = all(&folder);
    assert!(all.contains("nc -w 2 10.0.0.1 5432") && !all.contains("db.example.com"), "{all}");
}

#[test]
fn what_the_image_of_an_external_store_reads_is_work_to_do() {
    let compose = "
name: shop
services:
  db:
    image: gvenzl/oracle-free:23
    volumes: ['./sql:/container-entrypoint-initdb.d']
  traces:
    image: grafana/tempo:2.6.0
    configs: [{source: tempo, target: /etc/tempo.yaml}, {source: tempo, target: /usr/share/note}]
  old:
    image: acme/database:1
    volumes: ['./sql:/docker-entrypoint-initdb.d/more']
configs: {tempo: {content: 'a: b'}}
";
    let folder = Folder::with(&[("compose.yaml", compose), ("sql/a.sql", "create table a();")]);
    let names = ["db", "traces", "old"].map(|name| format!("{name}={name}.example.com"));
    let outside = names.iter().flat_map(|name| ["--external", name.as_str()]);
    let args: Vec<&str> = std::iter::once("convert").chain(outside).collect();
    let said = folder.run(&args).err;
    for part in [
        "scripts in `/container-entrypoint-initdb.d` are not run there",
        "its configuration `/etc/tempo.yaml` has no effect",
        "scripts in `/docker-entrypoint-initdb.d/more` are not run there",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    for none in ["configuration `/usr/share/note`", "a Deployment starts it again"] {
        assert!(!said.contains(none), "{none} is in {said}");
    }
}
