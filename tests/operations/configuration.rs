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

#[test]
fn a_changed_secret_is_learned_by_a_restart_that_is_printed() {
    let compose = "
name: a
services:
  web: {image: example.com/a:1, ports: ['80'], environment: {PASSWORD: geheim-1}}
  watched: {image: example.com/b:1, environment: {PASSWORD: geheim-1}, x-c2k: {reloader: true}}
  plain: {image: example.com/c:1}
";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let line = |args: &[&str]| -> Option<String> {
        let run = folder.run(args);
        let lines = run.err.lines().map(str::trim);
        lines.into_iter().find(|line| line.starts_with("kubectl rollout")).map(str::to_owned)
    };
    let restart = Some("kubectl rollout restart deployment/web".to_owned());
    assert_eq!(line(&["convert", "--env", "dev"]), restart);
    assert_eq!(line(&["convert", "--env", "production"]), restart);
    assert_eq!(line(&["convert", "--env", "staging", "--to", "helm"]), restart);
    // There the name of a Secret follows its content.
    assert_eq!(line(&["convert", "--env", "dev", "--to", "kustomize"]), None);
}

#[test]
fn values_for_development_are_reported_where_it_is_locked_down_and_never_rewritten() {
    let compose = "name: a\nservices: {web: {image: 'example.com/a:1', environment: {DEBUG: 'True', NODE_ENV: development}}}\n";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let run = folder.run(&["convert", "--env", "production", "-o", "-"]);
    assert!(run.err.contains("`DEBUG` of `web` has a value for development"), "{}", run.err);
    assert!(run.out.contains("NODE_ENV: development") && run.out.contains("DEBUG: \"True\""));
    assert!(!folder.run(&["convert", "--env", "dev", "-o", "-"]).err.contains("C2K0427"));
    let told = ["convert", "--env", "production", "-o", "-", "--set"];
    let told = told.iter().chain(&["services.web.environment={DEBUG: 'True'}"]);
    let run = folder.run(&told.copied().collect::<Vec<_>>());
    assert!(!run.err.contains("`DEBUG` of"), "{}", run.err);
    folder.run(&["init", "--env", "production"]);
    let file = folder.read("overlays/production/environment.yaml");
    assert!(
        file.contains("#     environment: {DEBUG: \"False\", NODE_ENV: \"production\"}"),
        "{file}"
    );
}

/// What is written does not depend on whether the secrets were at hand, and none has its place in a
/// ConfigMap because it was not.
#[test]
fn a_secret_that_is_given_later_is_one_already() {
    let compose = "
name: later
services:
  api:
    image: example.com/api:1
    environment:
      LLM_API_KEY: ${LLM_API_KEY:-}
      SESSION_SECRET: ${SESSION_SECRET-}
      ALLOW_EMPTY_PASSWORD: ${ALLOW_EMPTY_PASSWORD:-}
      NO_TOKEN: ''
      REGION: ${REGION:-}
  worker: {image: 'example.com/worker:1', environment: {SESSION_SECRET: '${SESSION_SECRET-}'}}
";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let written = |given: &[(&str, &str)]| {
        folder.run_with(&["convert", "--env", "production", "-o", "-"], given).out
    };
    let empty = written(&[]);
    assert_eq!(empty, written(&[("LLM_API_KEY", "given-later"), ("SESSION_SECRET", "given-too")]));
    let objects = documents(&empty);
    let data = &find(&objects, "ConfigMap", "api-config")["data"];
    let plain: Vec<_> = data.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(plain, ["ALLOW_EMPTY_PASSWORD", "NO_TOKEN", "REGION"]);
}
