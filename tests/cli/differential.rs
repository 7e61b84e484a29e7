//! What docker compose made of projects that c2k once loaded otherwise: cut small by
//! `cargo xtask differential`, and named for what they show.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

#[test]
fn projects_load_as_docker_compose_loads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential");
    let mut count = 0;
    for case in fs::read_dir(folder).unwrap() {
        check(&case.unwrap().path());
        count += 1;
    }
    assert!(count >= 30, "{count}");
}

fn check(case: &Path) {
    let name = case.file_name().unwrap().to_string_lossy();
    let folder = tempfile::tempdir().unwrap();
    // The project's name is that of its folder.
    let project = fs::canonicalize(folder.path()).unwrap().join("files");
    copy(&case.join("files"), &project);
    let lines = |file: &str| {
        let text = fs::read_to_string(case.join(file)).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let environment = lines("env");
    let environment = environment.iter().filter_map(|line| line.split_once('='));
    let output = Command::new(env!("CARGO_BIN_EXE_c2k"))
        .args(lines("args"))
        .current_dir(&project)
        .env_clear()
        .envs(environment)
        .env("HOME", "/home/user")
        .env("PWD", &project)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let Ok(want) = fs::read_to_string(case.join("want")) else {
        assert_eq!(output.status.code(), Some(2), "{name}: {errors}");
        return;
    };
    assert_eq!(output.status.code(), Some(0), "{name}: {errors}");
    let ours = String::from_utf8_lossy(&output.stdout);
    let ours = ours.replace(&project.display().to_string(), "/project");
    if want.is_empty() {
        assert_eq!(ours, "", "{name}");
        return;
    }
    let read = |text: &str| serde_saphyr::from_str::<Value>(text).unwrap();
    assert_eq!(read(&ours), read(&want), "{name}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
