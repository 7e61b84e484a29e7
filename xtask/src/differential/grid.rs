//! Every attribute of the specification, one at a time: with values of every type, over itself in
//! an override file and through `extends`, reset, and with steps of loading left out.

use std::collections::BTreeMap;

use super::{Sides, generate::Case, places::Place, tree::Tree};
use crate::Result;

/// What every place is given.
const VALUES: [&str; 57] = [
    "",
    "\"\"",
    "text",
    "5",
    "-1",
    "0",
    "1.5",
    "2.0",
    "1e3",
    "true",
    "\"true\"",
    "\"5\"",
    "\"1.5\"",
    "\"yes\"",
    "2024-01-02",
    "10s",
    "\"10\"",
    "64m",
    "1g",
    "a=b",
    "\"a:b\"",
    "\"/a:/b\"",
    "./p",
    "b",
    "n1",
    "10.0.0.1",
    "[]",
    "[a]",
    "[a, a]",
    "[a, b]",
    "[a=b, a=c, d]",
    "[\"/a:/b\"]",
    "[5]",
    "[~]",
    "[1.5]",
    "[true]",
    "[\"\"]",
    "[[a]]",
    "[{a: b}]",
    "[{}]",
    "[b]",
    "[\"80:80\", \"81\"]",
    "{}",
    "{a: b}",
    "{a: , b: 5, c: 1.50, d: true}",
    "{a: [b]}",
    "{a: {b: c}}",
    "{b: {}}",
    "{b: }",
    "{x-a: b}",
    "{n1: {}}",
    "{k: \"\"}",
    "\"${UNSET}\"",
    "\"${NUMBER}\"",
    "\"${SET}\"",
    "\"${EMPTY:-true}\"",
    "\"${UNSET:?said}\"",
];

/// What an override file has against every kind of value.
const OVERS: [&str; 8] = ["", "\"\"", "text", "5", "[]", "{}", "!reset null", "!reset"];

/// How many values of a place are put over each other.
const PAIRS: usize = 4;

/// How many comparisons there were, and what they were about that differ.
pub(super) type Explored = (usize, Vec<(String, Vec<String>)>);

/// Compares everything at a place.
pub(super) fn explore(sides: &Sides, place: &Place) -> Result<Explored> {
    let mut run = Run { sides, count: 0, found: Vec::new() };
    let words = place.words.iter().map(|word| format!("\"{word}\""));
    let values = VALUES.iter().map(|value| (*value).to_owned()).chain(words);
    let mut loaded = Vec::new();
    for value in values {
        let case = case(place, &value);
        if run.compare(format!("{}: {value}", place.name()), case)? {
            loaded.push(value);
        }
    }
    // What is below repeats what a service's container may have, by the same rules.
    if place.repeats() {
        return Ok((run.count, run.found));
    }
    let chosen = chosen(&loaded);
    for base in &chosen {
        for over in chosen.iter().copied().chain(OVERS) {
            run.compare(
                format!("{}: {base} <- {over}", place.name()),
                over_case(place, base, over),
            )?;
            if place.in_service() && !over.starts_with('!') {
                let case = extends_case(place, base, over);
                run.compare(format!("{}: {base} <extends- {over}", place.name()), case)?;
            }
        }
        let marked = format!("!override {base}");
        run.compare(
            format!("{}: [..] <- {marked}", place.name()),
            over_case(place, chosen.first().copied().unwrap_or(base), &marked),
        )?;
        for flag in [
            "--no-interpolate",
            "--no-normalize",
            "--no-path-resolution",
            "--no-env-resolution",
            "--format=json",
        ] {
            let mut case = case(place, base);
            case.args.push(flag.to_owned());
            run.compare(format!("{}: {base} {flag}", place.name()), case)?;
        }
    }
    Ok((run.count, run.found))
}

struct Run<'s> {
    sides: &'s Sides,
    count: usize,
    found: Vec<(String, Vec<String>)>,
}

impl Run<'_> {
    /// Compares; whether both loaded the case.
    fn compare(&mut self, name: String, case: Case) -> Result<bool> {
        self.count += 1;
        let (problems, refused) = self.sides.compare(&case)?;
        if !problems.is_empty() {
            self.found.push((name, problems));
        }
        Ok(refused.is_none())
    }
}

/// Values of different kinds first.
fn chosen(values: &[String]) -> Vec<&str> {
    let kind = |value: &str| match value.chars().next() {
        None => 0,
        Some('[') if value.contains('{') => 1,
        Some('[') => 2,
        Some('{') => 3,
        Some('"') => 4,
        Some('0'..='9' | '-') => 5,
        _ => 6,
    };
    let mut by_kind: BTreeMap<u8, Vec<&str>> = BTreeMap::new();
    let plain = |value: &&String| !value.contains("UNSET") && !value.contains("x-a");
    for value in values.iter().filter(plain) {
        by_kind.entry(kind(value)).or_default().push(value);
    }
    let mut chosen = Vec::new();
    for round in 0..PAIRS {
        // The later ones are longer.
        chosen.extend(by_kind.values().filter_map(|values| values.iter().rev().nth(round)));
    }
    chosen.truncate(PAIRS);
    chosen
}

fn case(place: &Place, value: &str) -> Case {
    let mut case = empty();
    case.documents.insert("compose.yaml".to_owned(), document(place.hold(Tree::leaf(value), 0)));
    case
}

fn over_case(place: &Place, base: &str, over: &str) -> Case {
    let mut case = case(place, base);
    case.documents.insert("compose.override.yaml".to_owned(), place.hold(Tree::leaf(over), 0));
    case
}

/// The service `a` extends `e`, which has the base's value.
fn extends_case(place: &Place, base: &str, over: &str) -> Case {
    let mut case = empty();
    let Tree::Map(_, mut own) = place.hold(Tree::leaf(over), 2) else { return case };
    own.push(("extends".to_owned(), Tree::leaf("e")));
    let services =
        vec![("a".to_owned(), Tree::map(own)), ("e".to_owned(), place.hold(Tree::leaf(base), 2))];
    let tree = Tree::map(vec![("services".to_owned(), Tree::map(services))]);
    case.documents.insert("compose.yaml".to_owned(), document(tree));
    case
}

fn empty() -> Case {
    let environment = [("SET", "set value"), ("EMPTY", ""), ("NUMBER", "3")];
    let texts = [
        ("a.env", "FROM=a\n"),
        ("inc.yaml", "services: {i: {image: i}}\n"),
        ("p", "P=1\n"),
        ("text", "T=1\n"),
    ];
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Case {
        documents: BTreeMap::new(),
        texts: texts.map(owned).into(),
        args: vec!["config".to_owned()],
        environment: environment.map(owned).into(),
    }
}

/// The document with what others may refer to.
fn document(tree: Tree) -> Tree {
    const BESIDE: [(&str, &str, &str); 7] = [
        ("services", "b", "{image: y, build: .}"),
        ("networks", "n1", "{}"),
        ("volumes", "v1", "{}"),
        ("secrets", "s1", "{file: ./a.env}"),
        ("configs", "c1", "{file: ./a.env}"),
        ("configs", "a", "{file: ./a.env}"),
        ("models", "m1", "{model: ai/m}"),
    ];
    let Tree::Map(mark, mut sections) = tree else { return tree };
    for (section, name, value) in BESIDE {
        match sections.iter_mut().find(|(key, _)| key == section) {
            Some((_, Tree::Map(_, entries))) => {
                if !entries.iter().any(|(key, _)| key == name) {
                    entries.push((name.to_owned(), Tree::leaf(value)));
                }
            }
            Some(_) => {}
            None => sections
                .push((section.to_owned(), Tree::map(vec![(name.to_owned(), Tree::leaf(value))]))),
        }
    }
    Tree::Map(mark, sections)
}
