//! `c2k convert`.

use super::{Folder, SHOP, shop};

#[test]
fn one_command_writes_an_environment_and_says_what_went_where() {
    let folder = shop();
    let run = folder.run(&["convert", "docker-compose.yml", "--env", "stage"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.out, "");
    assert!(folder.read("k8s/staging/web-deployment.yaml").contains("kind: Deployment"));
    for part in [
        "staging (`stage`)",
        "StatefulSet",
        "db:5432",
        "k8s/staging/",
        "c2k secrets --env staging",
        "port-forward service/web 8080:80",
        "read: docker-compose.yml",
    ] {
        assert!(run.err.contains(part), "{part} is missing:\n{}", run.err);
    }
}

#[test]
fn each_form_has_its_place_and_output_replaces_its_first_part() {
    let folder = shop();
    for args in [
        &["convert"][..],
        &["convert", "--env", "dev", "--env", "prod", "-o", "out"],
        &["convert", "--env", "dev", "-o", "one"],
        &["convert", "--to", "kustomize"],
        &["convert", "--to", "helm", "-o", "charts2"],
    ] {
        let run = folder.run(args);
        assert!(run.code < 2, "{args:?}: {}", run.err);
    }
    for path in [
        "k8s/web-deployment.yaml",
        "out/production/web-deployment.yaml",
        "one/web-deployment.yaml",
        "kustomize/base/kustomization.yaml",
        "kustomize/overlays/staging/kustomization.yaml",
        "charts2/shop/Chart.yaml",
    ] {
        assert!(!folder.read(path).is_empty(), "{path}");
    }
}

#[test]
fn a_stream_is_yaml_and_nothing_else() {
    let folder = shop();
    let run = folder.run(&["convert", "--env", "dev", "-o", "-"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("apiVersion: v1\n"), "{}", run.out);
    assert!(folder.files("k8s").is_empty());
    let two = folder.run(&["convert", "--env", "dev", "--env", "prod", "-o", "-"]);
    assert_eq!((two.code, two.out.as_str()), (2, ""));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (one, other) = (shop(), shop());
    for folder in [&one, &other] {
        for to in ["manifests", "kustomize", "helm"] {
            assert!(folder.run(&["convert", "--to", to, "-o", to]).code < 2);
        }
    }
    assert_eq!(one.files(""), other.files(""));
    let again = one.run(&["convert", "-o", "manifests"]);
    assert!(again.err.contains("unchanged)"), "{}", again.err);
}

#[test]
fn a_file_changed_by_hand_is_kept_until_forced() {
    let folder = shop();
    folder.run(&["convert", "--env", "staging"]);
    let path = "k8s/staging/web-deployment.yaml";
    let mine = folder.read(path) + "# mine\n";
    folder.write(path, &mine);
    let run = folder.run(&["convert", "--env", "staging"]);
    assert!(run.err.contains("changed by hand"), "{}", run.err);
    assert_eq!(folder.read(path), mine);
    folder.run(&["convert", "--env", "staging", "--force"]);
    assert_ne!(folder.read(path), mine);
}

#[test]
fn secrets_are_never_shown_nor_written_by_reference() {
    let folder = shop();
    folder.write(".env", "DB_PASSWORD=very-secret\n");
    for args in [
        &["convert", "--env", "production"][..],
        &["convert", "--to", "kustomize"],
        &["convert", "--to", "helm"],
        &["explain", "secret/shop-shared"],
        &["explain", "deployment/web"],
        &["explain", "statefulset/db", "spec.template.spec.containers[db].env"],
    ] {
        let run = folder.run(args);
        for text in [&run.err, &run.out] {
            assert!(!text.contains("very-secret") && !text.contains("hush"), "{args:?}: {text}");
        }
    }
    let written = folder.files("k8s/production").into_iter().chain(folder.files("kustomize/base"));
    for (path, bytes) in written {
        assert!(!String::from_utf8_lossy(&bytes).contains("very-secret"), "{path}");
    }
    let secrets = folder.run(&["secrets", "--env", "production"]);
    assert!(secrets.out.contains("very-secret") && secrets.out.contains("kind: Secret"));
}

#[test]
fn settings_and_process_variables_are_heard_and_named() {
    let folder = shop();
    let args = ["convert", "--set", "services.web.replicas=5", "-o", "-"];
    let run = folder.run_with(&args, &[("MODE", "slow")]);
    assert!(run.out.contains("replicas: 5") && run.out.contains("slow"), "{}", run.out);
    let run = folder.run_with(&["convert"], &[("MODE", "slow")]);
    assert!(run.err.contains("from the process environment: MODE"), "{}", run.err);
    let run = folder.run_with(&["convert", "--clean-env", "-o", "-"], &[("MODE", "slow")]);
    assert!(!run.out.contains("slow"));
}

#[test]
fn override_files_are_for_development_and_environment_files_for_theirs() {
    let folder = Folder::with(&[
        ("compose.yaml", SHOP),
        ("compose.override.yaml", "services: {web: {image: 'nginx:debug'}}\n"),
        ("compose.production.yaml", "services: {web: {image: 'nginx:1.28'}}\n"),
    ]);
    let images = |env: &str| folder.run(&["images", "--env", env]).out;
    assert!(images("dev").contains("nginx:debug"));
    assert!(images("staging").contains("nginx:1.27"));
    assert!(images("prod").contains("nginx:1.28"));
    let run = folder.run(&["convert", "--env", "staging"]);
    assert!(run.err.contains("left out: compose.override.yaml"), "{}", run.err);
}

#[test]
fn images_that_are_mounted_or_copied_are_images_of_the_environment() {
    let mount = "{type: image, source: 'acme/themes:2', target: /themes}";
    let compose = format!("services: {{web: {{image: 'nginx:1', volumes: [{mount}]}}}}\n");
    let folder = Folder::with(&[("compose.yaml", &compose)]);
    for version in ["1.33", "1.35"] {
        let run = folder.run(&["images", "--kube-version", version]);
        assert_eq!(run.out, "acme/themes:2\nnginx:1\n", "{version}: {}", run.err);
    }
}

#[test]
fn the_printed_command_for_secrets_sees_the_same_project() {
    let folder = shop();
    let run = folder.run(&[
        "convert",
        "--env",
        "staging",
        "--namespace",
        "team-a",
        "--set",
        "services.web.replicas=2",
        "--set",
        "services.web.environment.PASSWORD=hush",
        "docker-compose.yml",
    ]);
    let wanted = "c2k secrets --env staging --set services.web.replicas=2 --namespace team-a \
                  docker-compose.yml | kubectl";
    assert!(run.err.contains(wanted), "{}", run.err);
    assert!(!run.err.contains("hush"), "{}", run.err);
}

#[test]
fn a_mistyped_flag_is_answered_with_the_one_that_was_meant() {
    let folder = Folder::with(&[("compose.yaml", "services: {a: {image: 'x:1'}}\n")]);
    for (wrong, right) in [("--evn", "--env"), ("--profil", "--profile")] {
        let run = folder.run(&["convert", wrong, "x"]);
        assert!(run.code == 2 && run.err.contains(&format!("'{right}'")), "{}", run.err);
    }
}

#[test]
fn printed_commands_name_the_namespace() {
    let compose = "services: {web: {image: 'nginx:1.27', ports: ['8080:80']}}\n";
    let folder = Folder::with(&[("compose.yaml", compose)]);
    let line = |args: &[&str]| {
        let run = folder.run(&[&["convert"], args].concat());
        let line = run.err.lines().find(|line| line.contains("port-forward")).map(str::trim);
        line.unwrap_or_default().to_owned()
    };
    assert_eq!(line(&[]), "kubectl port-forward service/web 8080:80");
    let within = "kubectl port-forward --namespace shop service/web 8080:80";
    assert_eq!(line(&["--env", "staging", "--namespace", "shop"]), within);
    // Of several environments the first one is named, and no base.
    assert_eq!(line(&["--to", "kustomize", "--namespace", "shop"]), within);
}
