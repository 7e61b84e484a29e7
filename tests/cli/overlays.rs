//! The user's own patches, differences between environments, and checks for CI.

use super::{Folder, SHOP};

const PATCH: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {priorityClassName: high}}}
";

fn patched(kustomization: &str) -> Folder {
    Folder::with(&[
        ("docker-compose.yml", SHOP),
        ("overlays/staging/kustomization.yaml", kustomization),
        ("overlays/staging/web.yaml", PATCH),
    ])
}

#[test]
fn patches_act_on_manifests_and_are_copied_to_a_kustomize_tree() {
    let folder = patched("resources: []\npatches: [{path: web.yaml}]\n");
    assert_eq!(folder.run(&["convert", "--env", "staging"]).code, 0);
    assert!(folder.read("k8s/staging/web-deployment.yaml").contains("priorityClassName: high"));
    assert_eq!(folder.run(&["convert", "--to", "kustomize", "--env", "staging"]).code, 0);
    assert_eq!(folder.read("kustomize/overlays/staging/web.yaml"), PATCH);
    let text = folder.read("kustomize/overlays/staging/kustomization.yaml");
    assert!(text.contains("resources: [generated]"), "{text}");
    let text = folder.read("kustomize/overlays/staging/generated/kustomization.yaml");
    assert!(text.contains("- ../../../base"), "{text}");
}

#[test]
fn patches_of_an_extended_environment_are_inherited() {
    let folder = patched("patches: [{path: web.yaml}]\n");
    folder.write("overlays/eu/environment.yaml", "extends: staging\n");
    folder.write("overlays/eu/kustomization.yaml", "commonAnnotations: {a: b}\n");
    folder.write("overlays/us/environment.yaml", "extends: staging\n");
    for env in ["eu", "us"] {
        let run = folder.run(&["convert", "--env", env]);
        assert_eq!(run.code, 0, "{}", run.err);
        let web = folder.read(&format!("k8s/{env}/web-deployment.yaml"));
        assert!(web.contains("priorityClassName: high"), "{web}");
    }
    assert!(folder.read("k8s/eu/web-deployment.yaml").contains("a: b"));
    let run = folder.run(&["convert", "--to", "kustomize", "--env", "eu", "--env", "us"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for (path, below) in
        [("eu", "- ../eu.staging"), ("eu.staging", "- ../eu/generated"), ("us", "- generated")]
    {
        let text = folder.read(&format!("kustomize/overlays/{path}/kustomization.yaml"));
        assert!(text.contains(below), "{text}");
    }
    assert_eq!(folder.read("kustomize/overlays/us/web.yaml"), PATCH);
}

#[test]
fn a_patch_that_matches_nothing_writes_nothing() {
    let folder = patched("images: [{name: ngnix, newTag: '2'}]\n");
    let run = folder.run(&["convert", "--env", "staging"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("C2K0502") && run.err.contains("did you mean `nginx`?"),
        "{}",
        run.err
    );
    assert!(folder.files("k8s").is_empty());
}

#[test]
fn diff_says_what_distinguishes_two_environments() {
    let folder = Folder::with(&[("docker-compose.yml", SHOP)]);
    let run = folder.run(&["diff", "staging", "production"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("Deployment/web\n  spec.replicas:"), "{}", run.out);
    assert!(run.out.contains("+ PodDisruptionBudget/web"), "{}", run.out);
    let run = folder.run(&["diff", "staging", "stage"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    // dev has Secrets with values, production has none.
    let run = folder.run(&["diff", "dev", "production"]);
    assert!(run.out.contains("- Secret/") && !run.out.contains("hush-hush"), "{}", run.out);
    let run = folder.run(&["diff", "dev", "production", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["first"], "dev");
    assert!(!run.out.contains("hush-hush"));
    assert_eq!(folder.run(&["diff", "staging"]).code, 2);
}

#[test]
fn diff_against_a_folder_says_what_another_run_would_change() {
    let folder = Folder::with(&[("docker-compose.yml", SHOP)]);
    folder.run(&["convert", "--env", "staging"]);
    let same = folder.run(&["diff", "staging", "--against", "k8s/staging"]);
    assert_eq!(same.code, 0, "{}{}", same.out, same.err);
    folder.write("docker-compose.yml", &SHOP.replace("nginx:1.27", "nginx:1.28"));
    let run = folder.run(&["diff", "staging", "--against", "k8s/staging"]);
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains(
            "spec.template.spec.containers[web].image:\n    - nginx:1.27\n    + nginx:1.28"
        ),
        "{}",
        run.out
    );
}

#[test]
fn check_says_whether_the_folder_is_what_would_be_written() {
    let folder = Folder::with(&[("docker-compose.yml", SHOP)]);
    let check = ["convert", "--env", "staging", "--check"];
    assert_eq!(folder.run(&check).code, 1);
    assert!(folder.files("k8s").is_empty());
    folder.run(&["convert", "--env", "staging"]);
    assert_eq!(folder.run(&check).code, 0);
    folder.write("k8s/staging/web-deployment.yaml", "changed: true\n");
    let run = folder.run(&check);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("web-deployment.yaml is not what would be written"), "{}", run.err);
}

#[test]
fn a_database_in_a_production_cluster_must_be_meant() {
    let folder = Folder::with(&[("docker-compose.yml", SHOP)]);
    let run = folder.run(&["convert", "--env", "production"]);
    assert!(run.code == 1 && run.err.contains("C2K0414"), "{}", run.err);
    assert!(!folder.run(&["convert", "--env", "staging"]).err.contains("C2K0414"));
    folder
        .write("overlays/production/environment.yaml", "services: {db: {workload: statefulset}}\n");
    let run = folder.run(&["convert", "--env", "production"]);
    assert!(run.code == 0 && !run.err.contains("C2K0414"), "{}", run.err);
}
