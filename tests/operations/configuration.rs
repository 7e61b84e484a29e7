//! Configuration and secrets.

use serde_json::Value;

use super::{container, documents, find, objects};
use crate::cli::Folder;

#[test]
fn one_variable_is_one_key_of_one_secret() {
    let compose = "
name: a
services:
  db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: '${DB_PASSWORD}'}}
  web: {image: example.com/a:1, ports: ['80'], environment: {DATABASE_URL: 'postgres://app:${DB_PASSWORD}@db/app'}}
  worker: {image: example.com/a:1, restart: always, environment: {PASSWORD: '${DB_PASSWORD}'}}
";
    let folder = Folder::with(&[("compose.yaml", compose), (".env", "DB_PASSWORD=geheim-77\n")]);
    let all = documents(&folder.run(&["convert", "--env", "dev", "-o", "-"]).out);
    let secrets = all.iter().filter(|object| object["kind"] == "Secret");
    let holding = secrets.filter(|secret| secret.to_string().contains("geheim-77"));
    assert_eq!(holding.count(), 1);
    let env = container(&all, "Deployment", "web")["env"].clone();
    let url = env.as_array().unwrap().iter().find(|one| one["name"] == "DATABASE_URL").unwrap();
    assert_eq!(url["value"], "postgres://app:$(DB_PASSWORD)@db/app");
}

#[test]
fn a_changed_value_of_a_secret_changes_no_hash() {
    let compose = "
name: a
services:
  migrate: {image: example.com/a:1, command: [migrate], environment: {PASSWORD: '${P}', MODE: '${M}'}}
  web: {image: example.com/a:1, ports: ['80'], environment: {PASSWORD: '${P}', MODE: '${M}'}}
";
    let without_secrets = |env: &str| -> Vec<Value> {
        let folder = Folder::with(&[("compose.yaml", compose), (".env", env)]);
        let all = documents(&folder.run(&["convert", "--env", "dev", "-o", "-"]).out);
        all.into_iter().filter(|object| object["kind"] != "Secret").collect()
    };
    let first = without_secrets("P=geheim-1\nM=a\n");
    assert_eq!(first, without_secrets("P=geheim-2\nM=a\n"));
    let other = without_secrets("P=geheim-1\nM=b\n");
    let hash = |objects: &[Value]| {
        find(objects, "Deployment", "web")["spec"]["template"]["metadata"]["annotations"].clone()
    };
    assert_ne!(hash(&first), hash(&other));
}

#[test]
fn secrets_are_written_for_development_and_referred_to_elsewhere() {
    let compose =
        "name: a\nservices: {web: {image: 'example.com/a:1', environment: {PASSWORD: geheim-1}}}\n";
    for (environment, written) in [("dev", true), ("staging", false), ("production", false)] {
        let objects = objects(compose, environment);
        assert_eq!(objects.iter().any(|object| object["kind"] == "Secret"), written);
        assert_eq!(serde_json::to_string(&objects).unwrap().contains("geheim-1"), written);
    }
}

#[test]
fn variables_of_the_process_are_named_and_can_be_ignored() {
    let compose = "name: a\nservices: {web: {image: 'example.com/a:${TAG:-1}'}}\n";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let run = folder.run_with(&["convert", "--env", "dev"], &[("TAG", "2")]);
    assert!(run.err.contains("TAG"), "{}", run.err);
    let run = folder.run_with(&["convert", "--clean-env", "-o", "-"], &[("TAG", "2")]);
    assert!(run.out.contains("example.com/a:1"), "{}", run.out);
}
