//! Mutated projects: whatever is read, nothing panics or takes long.
//!
//! A short run is part of every test; `C2K_FUZZ_SECONDS` makes it longer and `C2K_FUZZ_SEED` another.

use std::time::{Duration, Instant};

use super::{Memory, Options, load};
use crate::text::{Sink, Sources, Style, render};

const PROJECTS: [&str; 6] = [
    include_str!("../../samples/shop/docker-compose.yml"),
    "x-a: &a {environment: [A=1], ports: ['80:80']}\nservices:\n  a:\n    <<: *a\n    image: \"i:${T:-1}\"\n",
    "include: [{path: b.yaml, env_file: c.env}]\nservices: {a: {extends: {file: b.yaml, service: b}}}\n",
    "services:\n  a: {build: {context: ., args: {A: }}, deploy: {resources: {limits: {cpus: '1'}}}}\n",
    "services: {a: {image: x, command: !override [a], ports: !reset null, env_file: c.env}}\n---\nname: x\n",
    "name: ${N:?m}\nservices: {a: {image: x, healthcheck: {test: a b, interval: 1m}, volumes: [v:/v]}}\n",
];

const LINES: &str = "A=1\nexport B='x $A'\nC=\"${A:-d}\\n\"\n# c\nD: e\nF=a#b # c\n";

/// Pieces that mean something to one of the readers.
const PIECES: [&str; 40] = [
    "&a ",
    "*a",
    "<<: ",
    "!reset ",
    "!override ",
    "!!binary ",
    "${",
    "}",
    "$$",
    "$A",
    "${A:-",
    "${A?",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "\n",
    "\t",
    "'",
    "\"",
    "\\",
    "#",
    "|\n  ",
    ">-\n ",
    "---\n",
    "? ",
    "0o17",
    "1e999",
    ".nan",
    "2024-01-01",
    "\u{feff}",
    "\0",
    "é",
    "80-70:",
    "extends: a",
    "include: [a]",
    "~",
    "=",
];

/// Numbers by a seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or_default() % limit.max(1)
    }
}

fn mutated(text: &str, chance: &mut Chance) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(6) {
        let at = chance.below(chars.len() + 1);
        let end = (at + chance.below(12)).min(chars.len());
        match chance.below(4) {
            0 => drop(chars.drain(at..end)),
            1 => {
                let part: Vec<char> = chars[at..end].to_vec();
                let to = chance.below(chars.len() + 1);
                chars.splice(to..to, part);
            }
            _ => {
                let piece = PIECES[chance.below(PIECES.len())];
                chars.splice(at..at, piece.chars());
            }
        }
    }
    chars.into_iter().collect()
}

fn run(chance: &mut Chance) {
    let first = mutated(PROJECTS[chance.below(PROJECTS.len())], chance);
    let second = mutated(PROJECTS[chance.below(PROJECTS.len())], chance);
    let lines = mutated(LINES, chance);
    let shown = format!("--- compose.yaml\n{first}\n--- b.yaml\n{second}\n--- c.env\n{lines}");
    let files = Memory::default()
        .with("compose.yaml", first)
        .with("b.yaml", second)
        .with(".env", lines.clone())
        .with("c.env", lines);
    let mut options = Options { discover_override: true, ..Options::default() };
    if chance.below(3) == 0 {
        options.files = vec!["compose.yaml".to_owned(), "b.yaml".to_owned()];
    }
    let start = Instant::now();
    let caught = std::panic::catch_unwind(|| {
        let (mut sources, mut sink) = (Sources::default(), Sink::default());
        let loaded = load(&files, &options, &mut sources, &mut sink);
        for diagnostic in sink.iter() {
            let _ = render(diagnostic, &sources, Style::Plain);
        }
        // Without a result there must be a reason.
        loaded.is_ok() || sink.has_errors()
    });
    assert_eq!(caught.ok(), Some(true), "panicked, or failed without a word:\n{shown}");
    assert!(start.elapsed() < Duration::from_secs(10), "took {:?}:\n{shown}", start.elapsed());
}

#[test]
fn mutated_projects_never_panic() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let mut chance = Chance(number("C2K_FUZZ_SEED").unwrap_or(1) | 1 << 40);
    let end = Instant::now() + Duration::from_secs(number("C2K_FUZZ_SECONDS").unwrap_or(2));
    while Instant::now() < end {
        run(&mut chance);
    }
}
