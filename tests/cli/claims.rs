//! Claims keep their names from run to run, or the run is refused (operation rule 10).

use super::Folder;

const COMPOSE: &str = "\
name: shop
services:
  db: {image: 'postgres:17', volumes: ['data:/var/lib/postgresql/data']}
  web: {image: 'shop/web:1.0.0'}
volumes: {data: {}}
";

/// A folder that was converted once, in one of the forms.
fn converted(to: &str) -> Folder {
    let folder = Folder::with(&[("compose.yaml", COMPOSE)]);
    let run = folder.run(&["convert", "--env", "staging", "--to", to]);
    assert_eq!(run.code, 0, "{}", run.err);
    folder
}

#[test]
fn no_change_takes_a_claim_away_unasked() {
    let rewritten = |from: &str, to: &str| COMPOSE.replace(from, to);
    let changes = [
        ("the volume", rewritten("data:", "files:").replace("{data", "{files"), ""),
        ("the service", rewritten("db:", "database:"), ""),
        ("the workload", COMPOSE.to_owned(), "services: {db: {workload: deployment}}"),
        ("the namespace", COMPOSE.to_owned(), "namespace: other"),
        ("a store outside", COMPOSE.to_owned(), "services: {db: {external: db.example.com}}"),
        ("no service", COMPOSE.to_owned(), "services: {db: {enabled: false}}"),
        ("no claim", COMPOSE.to_owned(), "volumes: {data: {emptyDir: true}}"),
        ("another claim", COMPOSE.to_owned(), "volumes: {data: {existingClaim: old}}"),
        (
            "a second writer",
            rewritten("web: {", "web: {volumes: ['data:/data'], "),
            "services: {db: {workload: deployment}}",
        ),
        ("the project's volume", rewritten(", volumes: ['data:/var/lib/postgresql/data']", ""), ""),
    ];
    for to in ["manifests", "kustomize", "helm"] {
        // The forms share the check; what they share is tried once.
        let tried = if to == "manifests" { changes.len() } else { 1 };
        for (what, compose, settings) in &changes[..tried] {
            let folder = converted(to);
            let before = folder.files(".");
            folder.write("compose.yaml", compose);
            folder.write(
                "overlays/staging/environment.yaml",
                &format!("description: x\n{settings}\n"),
            );
            let refused = folder.run(&["convert", "--env", "staging", "--to", to]);
            if *what == "the project's volume" {
                // The catalogue gives the database a claim of the same name.
                assert_eq!(refused.code, 0, "{what}: {}", refused.err);
                continue;
            }
            assert_eq!(refused.code, 2, "{to}, {what}: {}", refused.err);
            assert!(refused.err.contains("data-db-0"), "{what}: {}", refused.err);
            let mut after = folder.files(".");
            after.retain(|path, _| before.contains_key(path));
            after.remove("compose.yaml");
            assert!(after.iter().all(|(path, bytes)| before[path] == *bytes), "{what}");
            let args = ["convert", "--env", "staging", "--to", to, "--allow-data-loss"];
            let allowed = folder.run(&args);
            assert_eq!(allowed.code, 0, "{what}: {}", allowed.err);
            let again = folder.run(&["convert", "--env", "staging", "--to", to]);
            assert_eq!(again.code, 0, "{what}: {}", again.err);
        }
    }
}

#[test]
fn other_changes_keep_the_claims() {
    let folder = converted("manifests");
    folder.write("compose.yaml", &COMPOSE.replace("postgres:17", "postgres:17.2"));
    folder.write("overlays/staging/environment.yaml", "storage: {size: 9Gi}\nlabels: {a: b}\n");
    let run = folder.run(&["convert", "--env", "staging"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(folder.read("k8s/staging/.c2k-state").contains("claim staging data-db-N\n"));
}
