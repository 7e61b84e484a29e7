//! What `docker compose config` does and `c2k config` does too: causes that random projects found.

use super::Folder;

/// What a call prints, for files of these names and texts.
fn config(files: &[(&str, &str)], args: &[&str]) -> String {
    let run = Folder::with(files).run_with(args, &[("SET", "set")]);
    assert_eq!(run.code, 0, "{args:?}: {}", run.err);
    run.out
}

fn refused(text: &str) -> String {
    let run = Folder::with(&[("compose.yaml", text)]).run(&["config", "-q"]);
    assert_eq!(run.code, 2, "{text}");
    run.err
}

#[test]
fn labels_of_secrets_merge_by_key() {
    let base = "services: {a: {image: x, secrets: [s]}}\n\
                secrets: {s: {environment: SET, labels: {a: 1, b: 2}}}\n";
    let over = "secrets: {s: {labels: [b=3, c=4]}}\n";
    let files = [("compose.yaml", base), ("compose.override.yaml", over)];
    let out = config(&files, &["config"]);
    assert!(out.contains("labels:\n      a: \"1\"\n      b: \"3\"\n      c: \"4\"\n"), "{out}");
}

#[test]
fn equal_items_of_an_override_are_dropped() {
    let base = "services: {a: {image: x, security_opt: [a, b], x-l: [{k: 1}]}}\n";
    let over = "services: {a: {security_opt: [b, c], x-l: [{k: 1}, {k: 2}]}}\n";
    let files = [("compose.yaml", base), ("compose.override.yaml", over)];
    let out = config(&files, &["config"]);
    assert!(out.contains("- a\n      - b\n      - c\n"), "{out}");
    assert!(out.contains("- k: 1\n      - k: 2\n"), "{out}");
}

#[test]
fn without_interpolation_the_whole_model_is_printed_as_it_is_written() {
    let text = "services:\n  a: {image: 'x:${TAG:-1}', command: run $$A, profiles: [p]}\n  \
                b: {ports: ['${PORT}:80', '81'], environment: [SET]}\nvolumes: {unused: }\n";
    let out = config(&[("compose.yaml", text)], &["config", "--no-interpolate"]);
    for part in ["x:${TAG:-1}", "command: run $$A", "- ${PORT}:80", "- SET\n", "unused:"] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[test]
fn variables_are_listed_with_their_defaults() {
    let text =
        "services: {a: {image: 'x:${TAG:-1}', command: '${CMD:?needed} $PLAIN ${ALT:+y}'}}\n";
    let out = config(&[("compose.yaml", text)], &["config", "--variables"]);
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        rows.first().map(|row| row.join(" ")).as_deref(),
        Some("NAME REQUIRED DEFAULT VALUE ALTERNATE VALUE")
    );
    assert_eq!(
        rows.get(1..).unwrap_or_default(),
        [&["ALT", "false", "y"][..], &["CMD", "true"], &["PLAIN", "false"], &["TAG", "false", "1"],]
    );
}

#[test]
fn hooks_before_the_start_inherit_what_a_container_has() {
    let text = "services:\n  a:\n    image: x\n    user: root\n    ports: ['80']\n    \
                environment: {A: 1, B: 2}\n    pre_start: [{command: go, environment: [B=3]}]\n";
    let out = config(&[("compose.yaml", text)], &["config"]);
    let hook = out.split("pre_start:").nth(1).unwrap_or_default();
    for part in ["A: \"1\"", "B: \"3\"", "image: x", "user: root"] {
        assert!(hook.contains(part), "{part}: {hook}");
    }
    assert!(!hook.contains("published"), "{hook}");
}

#[test]
fn what_the_types_of_the_reference_refuse_is_refused() {
    let service = |text: &str| format!("services: {{a: {{image: x, {text}}}}}\n");
    for text in [
        "blkio_config: {weight: '100'}",
        "cpu_percent: 12.5",
        "group_add: [1.5]",
        "build: {context: ., ulimits: {nproc: '5'}}",
        "use_api_socket: !override false",
    ] {
        assert!(refused(&service(text)).contains("compose.yaml:1"), "{text}");
    }
}

#[test]
fn files_of_services_that_are_not_selected_must_exist() {
    let text = "services: {a: {image: x}, b: {image: x, env_file: missing.env}}\n";
    let folder = Folder::with(&[("compose.yaml", text)]);
    assert_eq!(folder.run(&["config", "-q", "a"]).code, 2);
    assert_eq!(folder.run(&["config", "--services"]).out, "a\nb\n");
}

#[test]
fn extensions_that_became_attributes_are_read_as_those() {
    let text = "services: {a: {image: x, x-develop: {watch: [{path: s, action: rebuild}]}}}\n";
    let out = config(&[("compose.yaml", text)], &["config"]);
    assert!(out.contains("    develop:\n      watch:\n"), "{out}");
}
