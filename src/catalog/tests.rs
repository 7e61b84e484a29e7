//! What users rely on: the facts of common images, and that all data is sound.

use std::collections::BTreeSet;

use super::{entry::Entry, *};

fn facts(image: &str) -> Facts {
    lookup(image).unwrap_or_else(|| panic!("{image} is not known"))
}

fn data_path(image: &str) -> (String, bool) {
    let data = &facts(image).data[0];
    (data.path.clone(), data.must_be_empty)
}

fn entries() -> Vec<Entry> {
    FILES.iter().flat_map(|(name, text)| decode::file(name, text).unwrap()).collect()
}

#[test]
fn every_file_decodes_and_names_are_unique() {
    let entries = entries();
    assert!(entries.len() >= 150, "{}", entries.len());
    let (mut names, mut images) = (BTreeSet::new(), BTreeSet::new());
    for entry in &entries {
        assert!(names.insert(&entry.name), "{} twice", entry.name);
        for image in &entry.images {
            assert!(images.insert(image), "{image} twice");
        }
    }
}

#[test]
fn facts_are_complete_where_they_must_be() {
    for entry in entries() {
        let facts = entry.facts_for(None);
        let name = &facts.entry;
        assert!(facts.class.is_some() && facts.component.is_some(), "{name}");
        assert_eq!(facts.class == Some(Class::Cluster), facts.replaced_by.is_some(), "{name}");
        assert!(facts.requests.is_some() || facts.class == Some(Class::Cluster), "{name}");
        assert!(facts.data.iter().all(|it| it.path.starts_with('/')), "{name}");
        // Who clusters is not more than one by itself, and who keeps data says where.
        assert!(!facts.clusters || facts.singleton || !facts.persistent, "{name}");
        assert!(!facts.persistent || !facts.data.is_empty() || name == "etcd", "{name}");
        assert!(facts.reads.iter().all(|path| path.starts_with('/')), "{name}");
        assert!(facts.metrics != Some(0), "{name}");
        // A user without a group for its volumes could not write them.
        let owner = facts.uid.is_some_and(|uid| uid > 0) && facts.persistent;
        assert!(!owner || facts.fs_group.is_some(), "{name}");
        for port in &facts.ports {
            assert!((1..=15).contains(&port.name.len()) && port.port > 0, "{name} {}", port.name);
        }
    }
}

#[test]
fn unknown_keys_are_refused() {
    let start = "- {name: a, images: [a], source: s, documentation: 'https://a'";
    assert!(decode::file("t", &format!("{start}}}\n")).is_ok());
    for wrong in ["color: red", "ports: [{name: a, prot: 1}]", "class: blue", "uid: many"] {
        assert!(decode::file("t", &format!("{start}, {wrong}}}\n")).is_err(), "{wrong}");
    }
    assert!(decode::file("t", "- {name: a, images: [a]}\n").is_err(), "no source");
}

#[test]
fn every_entry_says_where_its_facts_are_from() {
    for entry in entries() {
        let url = &entry.documentation;
        let rest = url.strip_prefix("https://").unwrap_or_else(|| panic!("{}: {url}", entry.name));
        assert!(rest.contains('.') && !rest.contains(char::is_whitespace), "{}: {url}", entry.name);
        assert!(entry.source.len() > 10, "{}: {}", entry.name, entry.source);
    }
}

#[test]
fn every_kind_of_fact_is_known_of_many_images() {
    let facts: Vec<Facts> = entries().iter().map(|entry| entry.facts_for(None)).collect();
    let count = |has: fn(&Facts) -> bool| facts.iter().filter(|facts| has(facts)).count();
    for (what, known, least) in [
        ("ports", count(|it| !it.ports.is_empty()), 130),
        ("data", count(|it| !it.data.is_empty()), 80),
        ("users", count(|it| it.uid.is_some()), 60),
        ("readiness", count(|it| it.readiness.is_some()), 110),
        ("secrets", count(|it| !it.secret_variables.is_empty()), 60),
        ("configuration", count(|it| !it.reads.is_empty()), 40),
        ("metrics", count(|it| it.metrics.is_some()), 20),
        ("clusters", count(|it| it.clusters), 30),
        ("restricted", count(|it| it.drop_capabilities), 10),
    ] {
        assert!(known >= least, "{what}: {known}");
    }
}

#[test]
fn postgres_18_moved_its_data_folder() {
    assert_eq!(data_path("postgres:16"), ("/var/lib/postgresql/data".to_owned(), true));
    assert_eq!(data_path("postgres:17.2-alpine").0, "/var/lib/postgresql/data");
    assert_eq!(data_path("postgres:18").0, "/var/lib/postgresql");
    assert_eq!(data_path("postgres").0, "/var/lib/postgresql");
    assert_eq!(data_path("pgvector/pgvector:pg16").0, "/var/lib/postgresql/data");
    assert_eq!(data_path("timescale/timescaledb:2.17.2-pg16").0, "/var/lib/postgresql/data");
}

#[test]
fn alpine_variants_have_other_users() {
    assert_eq!((facts("postgres:16").uid, facts("postgres:16-alpine").uid), (Some(999), Some(70)));
    assert_eq!(facts("postgres:16-alpine3.20").fs_group, Some(70));
    assert_eq!((facts("redis:7").gid, facts("redis:7-alpine").gid), (Some(999), Some(1000)));
    assert_eq!(facts("rabbitmq:3-management-alpine").uid, Some(100));
}

#[test]
fn mirrors_and_registries_do_not_matter() {
    for image in [
        "docker.io/library/postgres:16",
        "docker.io/postgres:16",
        "mirror.gcr.io/postgres:16",
        "public.ecr.aws/docker/library/postgres:16",
        "registry.example.com/dockerhub/library/postgres:16",
        "localhost:5000/postgres:16@sha256:abcd",
    ] {
        assert_eq!(facts(image), facts("postgres:16"), "{image}");
    }
    assert_eq!(facts("bitnami/postgresql:16").entry, "bitnami-postgresql");
    assert_eq!(facts("bitnamilegacy/postgresql:16").uid, Some(1001));
    assert_eq!(facts("quay.io/minio/minio").entry, "minio");
    assert_eq!(facts("docker.elastic.co/elasticsearch/elasticsearch:8.15.0").uid, Some(1000));
    assert_eq!(facts("mcr.microsoft.com/mssql/server:2022-latest").entry, "mssql");
}

#[test]
fn somebody_elses_image_is_unknown() {
    for image in ["acme/nginx", "ghcr.io/acme/postgres:16", "opea/redis", "myapp", "alpine", "x y"]
    {
        assert_eq!(lookup(image), None, "{image}");
    }
}

#[test]
fn a_database_is_persistent_and_a_cache_is_not() {
    assert!(facts("mysql:8").persistent && facts("mongo").persistent);
    assert!(!facts("redis").persistent && !facts("memcached").persistent);
}

#[test]
fn what_the_cluster_does_itself() {
    for image in [
        "traefik:v3.1",
        "portainer/portainer-ce",
        "containrrr/watchtower",
        "gcr.io/cadvisor/cadvisor",
    ] {
        let facts = facts(image);
        assert_eq!(facts.class, Some(Class::Cluster), "{image}");
        assert!(facts.docker_socket && facts.replaced_by.is_some(), "{image}");
    }
    assert_eq!(
        facts("rabbitmq").file_modes,
        [("/var/lib/rabbitmq/.erlang.cookie".to_owned(), 0o600)]
    );
    assert!(facts("minio/mc").once);
}

#[test]
fn a_probe_reads_variables_in_a_shell() {
    let Some(KnownProbe::Exec(command)) = facts("postgres:16").readiness else {
        panic!("no command")
    };
    assert_eq!(command[..2], ["sh", "-c"]);
    assert!(command[2].contains("\"${POSTGRES_USER:-postgres}\""), "{}", command[2]);
}
