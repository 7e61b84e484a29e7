//! `c2k config`, `init`, `schema` and what is generated.

use super::{Folder, shop};

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

#[test]
fn jobs_are_loaded_and_printed_with_their_names() {
    let folder = Folder::with(&[(
        "compose.yaml",
        "services: {db: {image: postgres:16}}\njobs:\n  report:\n    image: r\n    depends_on: [db]\n    \
         triggers: {schedule: ['0 3 * * *', {cron: '0 4 * * 0', missed_fires: skip}]}\n  \
         hidden: {image: h, profiles: [p], triggers: {manual: true}}\n",
    )]);
    let run = folder.run(&["config"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let job = "  report:\n    depends_on:\n      db:\n        condition: service_started\n        required: true\n    \
               image: r\n    networks:\n      default: null\n    triggers:\n      schedule:\n        \
               - cron: 0 3 * * *\n        - cron: 0 4 * * 0\n          missed_fires: skip\n    name: report\n";
    assert!(run.out.contains(job), "{}", run.out);
    assert!(!run.out.contains("hidden"), "{}", run.out);
    let json = folder.run(&["config", "--format", "json"]).out;
    assert!(!json.contains("\"name\": \"report\""), "{json}");
    for (job, problem) in [
        ("{image: r}", "missing property 'triggers'"),
        ("{image: r, triggers: {}}", "must have `manual` or `schedule`"),
        ("{image: r, triggers: {manual: true}, restart: always}", "'restart' not allowed"),
        ("{image: r, triggers: {manual: true}, depends_on: [x]}", "undefined service or job \"x\""),
    ] {
        folder.write("compose.yaml", &format!("services: {{}}\njobs: {{j: {job}}}\n"));
        let run = folder.run(&["config"]);
        assert!(run.code == 2 && run.err.contains(problem), "{job}: {}", run.err);
    }
}

#[test]
fn a_project_from_standard_input() {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    let folder = Folder::with(&[("two.yaml", "services: {a: {command: run}}\n")]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_c2k"))
        .args(["-f", "-", "-f", "two.yaml", "-p", "p", "config", "--format", "json"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"services: {a: {image: x, build: .}}\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let model: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let service = &model["services"]["a"];
    assert_eq!(service["command"], serde_json::json!(["run"]));
    let context = std::fs::canonicalize(folder.path()).unwrap().display().to_string();
    assert_eq!(service["build"]["context"], context.as_str());
}
