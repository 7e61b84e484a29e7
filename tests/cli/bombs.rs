//! Small input that would grow without end: a diagnostic of its own, in little time and memory.

use std::{
    fmt::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::Folder;

/// Address space in KiB. Programs without optimisation and their loader need some of it themselves.
const MEMORY: &str = "200000";

/// Machines of continuous integration are slow, and this is the program without optimisation.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 1 });

/// Runs `c2k config` within the limits and returns the code of its first error.
fn bomb(files: &[(&str, &str)]) -> String {
    let folder = Folder::with(files);
    let start = Instant::now();
    let output = Command::new("sh")
        .args(["-c", "ulimit -v \"$1\"; shift; exec \"$@\"", "sh", MEMORY])
        .args([env!("CARGO_BIN_EXE_c2k"), "config"])
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{}", errors.chars().take(500).collect::<String>());
    assert!(start.elapsed() < TIME, "took {:?}", start.elapsed());
    let code = errors.split("error[").nth(1).and_then(|rest| rest.split(']').next());
    code.unwrap_or_default().to_owned()
}

#[test]
fn aliases_that_multiply() {
    let mut text = "x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(text, "x-{level}: &a{level} [{aliases}]").unwrap();
    }
    assert_eq!(bomb(&[("compose.yaml", &text)]), "C2K0104");
}

#[test]
fn aliases_in_merge_keys_that_multiply() {
    let mut text = "x-0: &a0 {k: [1, 2, 3, 4, 5, 6, 7, 8, 9]}\n".to_owned();
    for level in 1..30 {
        let last = level - 1;
        writeln!(text, "x-{level}: &a{level} {{l: *a{last}, r: *a{last}, <<: *a{last}}}").unwrap();
    }
    assert_eq!(bomb(&[("compose.yaml", &text)]), "C2K0104");
}

#[test]
fn nesting_without_end() {
    let text = format!("x-a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(bomb(&[("compose.yaml", &text)]), "C2K0108");
}

#[test]
fn includes_in_a_circle_and_too_deep() {
    let text = "include: [other.yaml]\n";
    assert_eq!(
        bomb(&[("compose.yaml", text), ("other.yaml", "include: [compose.yaml]\n")]),
        "C2K0212"
    );
    let names: Vec<String> = (0..100).map(|number| format!("f{number}.yaml")).collect();
    let texts: Vec<String> = (1..=100).map(|next| format!("include: [f{next}.yaml]\n")).collect();
    let mut files = vec![("compose.yaml", "include: [f0.yaml]\n"), ("f100.yaml", "services: {}\n")];
    files.extend(names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())));
    assert_eq!(bomb(&files), "C2K0221");
}

#[test]
fn includes_that_multiply() {
    let names: Vec<String> = (0..20).map(|number| format!("f{number}.yaml")).collect();
    let texts: Vec<String> =
        (1..=20).map(|next| format!("include: [f{next}.yaml, f{next}.yaml]\n")).collect();
    let mut files = vec![
        ("compose.yaml", "include: [f0.yaml, f0.yaml]\n"),
        ("f20.yaml", "services: {a: {image: x}}\n"),
    ];
    files.extend(names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())));
    assert_eq!(bomb(&files), "C2K0221");
}

#[test]
fn extends_in_a_circle_too_deep_and_multiplying() {
    assert_eq!(
        bomb(&[("compose.yaml", "services: {a: {extends: b}, b: {extends: a}}\n")]),
        "C2K0211"
    );
    let mut text = "services:\n".to_owned();
    for number in 0..200 {
        writeln!(text, "  s{number}: {{extends: s{}}}", number + 1).unwrap();
    }
    text.push_str("  s200: {image: x}\n");
    assert_eq!(bomb(&[("compose.yaml", &text)]), "C2K0221");
    let mut text = "services:\n  base:\n    image: x\n    labels:\n".to_owned();
    for number in 0..2000 {
        writeln!(text, "      l{number}: x").unwrap();
    }
    for number in 0..20_000 {
        writeln!(text, "  s{number}: {{extends: base}}").unwrap();
    }
    assert_eq!(bomb(&[("compose.yaml", &text)]), "C2K0221");
}

#[test]
fn interpolation_that_grows() {
    let mut lines = "V0=aaaaaaaaaaaaaaaa\n".to_owned();
    for number in 1..40 {
        writeln!(lines, "V{number}=${{V{}}}${{V{}}}", number - 1, number - 1).unwrap();
    }
    let text = "services: {a: {image: x, command: $V39}}\n";
    assert_eq!(bomb(&[("compose.yaml", text), (".env", &lines)]), "C2K0221");
    let nested =
        format!("services: {{a: {{image: \"{}x{}\"}}}}\n", "${A:-".repeat(5000), "}".repeat(5000));
    assert_eq!(bomb(&[("compose.yaml", &nested)]), "C2K0221");
}

#[test]
fn files_that_are_too_large() {
    let folder = Folder::with(&[("compose.yaml", "services: {a: {image: x}}\n")]);
    let file = std::fs::File::create(folder.path().join("large.yaml")).unwrap();
    file.set_len(1 << 40).unwrap();
    let run = folder.run(&["-f", "large.yaml", "config"]);
    assert!(run.code == 2 && run.err.contains("C2K0003"), "{}", run.err);
}
