//! Secrets in every place that a project has for them: they are found in Secrets only.

use super::{Folder, Run};

/// The beginning of every planted secret; a number follows.
const CANARY: &str = "anarie";

/// Canaries that stand where nothing is carried over from.
const NOT_CARRIED: [usize; 3] = [6, 7, 8];

fn project() -> Folder {
    Folder::with(&[
        ("docker-compose.yml", include_str!("../canary/docker-compose.yml")),
        (".env", include_str!("../canary/.env")),
        ("conf/app.yml", include_str!("../canary/conf/app.yml")),
        ("conf/motd.txt", include_str!("../canary/conf/motd.txt")),
        ("conf/signing.txt", include_str!("../canary/conf/signing.txt")),
        ("tls/server.pem", include_str!("../canary/tls/server.pem")),
        ("init/users.sql", include_str!("../canary/init/users.sql")),
    ])
}

fn is_silent(run: &Run, what: &str) {
    assert!(run.code < 2, "{what}: {}", run.err);
    assert!(!run.err.contains(CANARY), "{what} tells a secret:\n{}", run.err);
}

/// The files below a folder that hold a canary, and which.
fn holders(folder: &Folder, below: &str) -> Vec<(String, String)> {
    let texts = folder.files(below).into_iter();
    let texts = texts.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()));
    texts.filter(|(_, text)| text.contains(CANARY)).collect()
}

#[test]
fn manifests_hold_secrets_in_secrets_only() {
    let folder = project();
    is_silent(&folder.run(&["convert", "--env", "dev", "-o", "out"]), "dev");
    let holders = holders(&folder, "out");
    for (path, text) in &holders {
        assert!(text.contains("\nkind: Secret\n"), "{path} holds a secret:\n{text}");
    }
    let all: String = holders.into_iter().map(|(_, text)| text).collect();
    for number in (1..=21).filter(|number| !NOT_CARRIED.contains(number)) {
        let digits = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let canary = format!("{CANARY}{number}");
        let found = all.split(&canary).skip(1).any(|rest| !digits(rest));
        assert!(found, "canary {number} is lost");
    }
}

#[test]
fn kustomize_holds_secrets_in_the_sources_of_secrets_only() {
    let folder = project();
    is_silent(&folder.run(&["convert", "--env", "dev", "--to", "kustomize", "-o", "out"]), "dev");
    for (path, text) in holders(&folder, "out") {
        let secret = path.contains("/secrets/") && !path.ends_with(".example");
        assert!(secret, "{path} holds a secret:\n{text}");
    }
}

#[test]
fn a_chart_holds_secrets_in_its_secret_values_only() {
    let folder = project();
    is_silent(&folder.run(&["convert", "--env", "dev", "--to", "helm", "-o", "out"]), "dev");
    for (path, text) in holders(&folder, "out") {
        assert!(path.ends_with("/secrets-dev.yaml"), "{path} holds a secret:\n{text}");
    }
}

#[test]
fn where_secrets_are_referred_to_nothing_holds_them() {
    for form in ["manifests", "kustomize", "helm"] {
        let folder = project();
        let args =
            ["convert", "--env", "staging", "--env", "production", "--to", form, "-o", "out"];
        is_silent(&folder.run(&args), form);
        assert_eq!(holders(&folder, "out"), [], "{form}");
    }
}

#[test]
fn mistakes_beside_secrets_are_shown_without_them() {
    let folder = project();
    let compose = include_str!("../canary/docker-compose.yml");
    for (from, to) in [
        ("command: [\"serve\"", "comand: [\"serve\""),
        ("command: redis-server", "deploy: redis-server"),
        ("UPSTREAM: http", "UPSTREAM: [http"),
        ("test: [\"CMD\", \"redis-cli\"", "tests: [\"CMD\", \"redis-cli\""),
    ] {
        assert!(compose.contains(from), "{from}");
        folder.write("docker-compose.yml", &compose.replace(from, to));
        let run = folder.run(&["convert", "--env", "dev", "-o", "out"]);
        assert!(!run.err.contains(CANARY), "`{to}` tells a secret:\n{}", run.err);
    }
}

#[test]
fn explanations_name_no_secret() {
    let folder = project();
    for object in ["deployment/web", "statefulset/db", "deployment/worker", "deployment/cache"] {
        let run = folder.run(&["explain", object]);
        assert!(!run.out.contains(CANARY), "{object}:\n{}", run.out);
        is_silent(&run, object);
    }
}

#[test]
fn changing_one_variable_changes_one_key() {
    let compose = "name: shop\nservices:\n  web:\n    image: ghcr.io/example/web:1\n    environment:\n      \
                   URL: postgres://shop:${DB_PASSWORD}@db/shop\n      COPY: ${DB_PASSWORD}\n    command: \
                   [serve, '--password=${DB_PASSWORD}']\n  db:\n    image: postgres:16\n    environment:\n      \
                   POSTGRES_PASSWORD: ${DB_PASSWORD}\n    healthcheck: {test: 'psql \
                   postgres://shop:${DB_PASSWORD}@localhost'}\n";
    let folder =
        Folder::with(&[("compose.yaml", compose), (".env", "DB_PASSWORD=erstes-wort-1\n")]);
    let lines = || -> Vec<String> {
        let run = folder.run(&["convert", "--env", "dev", "-o", "-"]);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out.lines().map(str::to_owned).collect()
    };
    let before = lines();
    folder.write(".env", "DB_PASSWORD=anderes-wort-2\n");
    let after = lines();
    assert_eq!(before.len(), after.len());
    let changed: Vec<(&String, &String)> =
        before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert_eq!(changed.len(), 1, "{changed:#?}");
    assert!(changed[0].1.ends_with("DB_PASSWORD: anderes-wort-2"), "{changed:#?}");
}
