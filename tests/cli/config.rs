//! `c2k config`, `init`, `schema` and what is generated.

use super::shop;

#[test]
fn config_prints_the_canonical_model() {
    let folder = shop();
    let run = folder.run(&["config"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("name: shop\nservices:\n"), "{}", run.out);
    assert_eq!(folder.run(&["config", "--services"]).out, "db\nweb\n");
    assert_eq!(folder.run(&["config", "--volumes"]).out, "data\n");
    assert_eq!(folder.run(&["config", "--images"]).out, "nginx:1.27\npostgres:16\n");
    assert_eq!(folder.run(&["-f", "docker-compose.yml", "config", "-q"]).out, "");
    let json = folder.run(&["config", "--format", "json"]).out;
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
}

#[test]
fn init_never_overwrites() {
    let folder = shop();
    assert_eq!(folder.run(&["init", "--env", "staging"]).code, 0);
    folder.write("overlays/staging/environment.yaml", "domain: example.com\n");
    assert_eq!(folder.run(&["init", "--env", "staging"]).code, 0);
    assert_eq!(folder.read("overlays/staging/environment.yaml"), "domain: example.com\n");
    assert_eq!(folder.run(&["init", "--env", "../up"]).code, 2);
}

#[test]
fn what_init_writes_is_an_environment() {
    let folder = shop();
    folder.run(&["init", "--env", "blue", "--env", "production"]);
    let run = folder.run(&["convert", "--env", "blue", "--env", "production"]);
    assert!(run.code < 2, "{}", run.err);
}

#[test]
fn schema_completions_and_the_man_page_are_there() {
    let folder = shop();
    assert!(folder.run(&["schema"]).out.contains("\"$schema\""));
    assert!(folder.run(&["generate", "completions", "bash"]).out.contains("c2k"));
    assert!(folder.run(&["generate", "man"]).out.contains(".TH c2k"));
}

#[test]
fn generated_secrets_are_strong_and_given_ones_stay() {
    let folder = shop();
    folder.write(".env", "DB_PASSWORD=\n");
    folder.write(
        "docker-compose.yml",
        "services: {db: {image: 'postgres:16', environment: {POSTGRES_PASSWORD: ''}}}\n",
    );
    let make = || folder.run(&["secrets", "--env", "production", "--generate"]).out;
    let (one, other) = (make(), make());
    assert!(one.contains("POSTGRES_PASSWORD: ") && one != other, "{one}");
}
