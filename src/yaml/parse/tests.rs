use std::fmt::Write;

use super::*;
use crate::{
    text::Position,
    yaml::{Link, Tag},
};

/// The document of a text, or the messages about it as `CODE line:column message`.
fn read(text: &str) -> Result<Node, Vec<String>> {
    let mut sources = Sources::default();
    let file = sources.add("compose.yaml", text);
    let mut sink = Sink::default();
    parse(file, &sources, &mut sink).map_err(|Failed| {
        let message = |diagnostic: &Diagnostic| {
            let span = diagnostic.primary.as_ref().map_or(Span::NONE, |label| label.span);
            let Position { line, column } = sources.position(span).unwrap();
            format!("{} {line}:{column} {}", diagnostic.code.id(), diagnostic.message)
        };
        sink.iter().map(message).collect()
    })
}

/// A short notation of a tree.
fn show(node: &Node) -> String {
    match &node.data {
        Data::Null => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => format!("{value:?}"),
        Data::Timestamp(value) => value.clone(),
        Data::String(value) => format!("{value:?}"),
        Data::Seq(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
        }
        Data::Map(entries) => {
            let entry =
                |entry: &crate::yaml::Entry| format!("{}: {}", entry.key.name, show(&entry.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn shown(text: &str) -> String {
    show(&read(text).unwrap())
}

fn errors(text: &str) -> String {
    read(text).unwrap_err().join("\n")
}

#[test]
fn trees() {
    assert_eq!(shown(""), "null");
    assert_eq!(shown("# nothing\n"), "null");
    assert_eq!(
        shown("a: 1\nb: [x, 'y', {c: ~}]\nd:\n- 2\n- e: f\n"),
        r#"{a: 1, b: ["x", "y", {c: null}], d: [2, {e: "f"}]}"#
    );
    assert_eq!(shown("\u{feff}a: 1\r\nb:\r\n  - x\r\n"), r#"{a: 1, b: ["x"]}"#);
    assert_eq!(shown("a:\tb\n"), r#"{a: "b"}"#);
    assert_eq!(shown("yes: on\n"), r#"{yes: "on"}"#);
    assert_eq!(shown("a: ü\nb: 日本"), r#"{a: "ü", b: "日本"}"#);
}

#[test]
fn block_scalars() {
    assert_eq!(shown("a: |\n  x\n  y\nb: >\n  x\n  y\n"), r#"{a: "x\ny\n", b: "x y\n"}"#);
    assert_eq!(shown("a: |\n  x"), r#"{a: "x"}"#);
    assert_eq!(shown("a: |\n  x\n"), r#"{a: "x\n"}"#);
    assert_eq!(shown("a: |+\n  x\n\n"), r#"{a: "x\n\n"}"#);
    assert_eq!(shown("a: |-\n  x"), r#"{a: "x"}"#);
    assert_eq!(shown("a: |\n  x\n  "), r#"{a: "x\n"}"#);
    assert_eq!(shown("a: |\n  x\n# c"), r#"{a: "x\n"}"#);
    assert_eq!(shown("a: >\n  x\n  y"), r#"{a: "x y"}"#);
    assert_eq!(shown("a: |\n  x\r\n  y\r\n"), r#"{a: "x\ny\n"}"#);
}

#[test]
fn spans_cover_what_is_written() {
    let text = "\u{feff}# ü\na:\n  b: [1, 2]\n  c:\n    - x\n    - 'y'\n\nd: |\n  t\ne: {f: g}\nh: &x !!str i\ni:\n  - *x\n  - *x\nj:\n  k: *x\n";
    let mut sources = Sources::default();
    let file = sources.add("compose.yaml", text);
    let node = parse(file, &sources, &mut Sink::default()).unwrap();
    let slice = |node: Option<&Node>| sources.slice(node.unwrap().span);
    let a = node.get("a").unwrap();
    assert_eq!(slice(a.get("b")), "[1, 2]");
    assert_eq!(slice(a.get("c")), "- x\n    - 'y'");
    assert_eq!(slice(Some(a)), "b: [1, 2]\n  c:\n    - x\n    - 'y'");
    assert_eq!(slice(node.get("e")), "{f: g}");
    assert_eq!(slice(node.get("i")), "- *x\n  - *x");
    assert_eq!(slice(node.get("j")), "k: *x");
    assert_eq!(slice(node.get("h")), "i");
    assert_eq!(sources.slice(node.entry("d").unwrap().key.span), "d");
    assert_eq!(slice(node.get("d")), "t");
}

#[test]
fn aliases_are_copies_that_know_their_alias() {
    let text = "a: &x {b: 1}\nc: *x\n";
    let node = read(text).unwrap();
    assert_eq!(show(&node), "{a: {b: 1}, c: {b: 1}}");
    let copy = node.get("c").unwrap();
    let Some(Link::Alias(span)) = copy.chain.first() else { panic!("no link") };
    assert_eq!(text.get(span.start as usize..span.end as usize), Some("*x"));
    assert_eq!(copy.span, node.get("a").unwrap().span);
    assert_eq!(shown("a: &x 1\nb: &x 2\nc: *x\n"), "{a: 1, b: 2, c: 2}");
}

#[test]
fn merge_keys() {
    assert_eq!(
        shown("a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\n"),
        "{a: {x: 1, y: 2}, b: {y: 3, x: 1}}"
    );
    assert_eq!(shown("b: {<<: {x: 1, y: 2}, y: 3}\n"), "{b: {x: 1, y: 3}}");
    assert_eq!(shown("b: {<<: [{x: 1}, {x: 2, y: 2}]}\n"), "{b: {x: 1, y: 2}}");
    assert_eq!(shown("a: &l [{x: 1}]\nb: {<<: *l}\n"), "{a: [{x: 1}], b: {x: 1}}");
    assert_eq!(shown("b: {\"<<\": {x: 1}}\n"), "{b: {<<: {x: 1}}}");
    let node = read("a: &a {x: 1}\nb: {<<: *a}\n").unwrap();
    assert!(matches!(node.get("b").unwrap().get("x").unwrap().chain[..], [Link::MergeKey(_)]));
    assert_eq!(
        errors("b: {<<: 1}\nc: {<<: [a]}\nd: {<<: }\n"),
        "C2K0105 1:9 `<<` needs a mapping or a list of mappings\n\
         C2K0105 2:10 `<<` needs a mapping or a list of mappings\n\
         C2K0105 3:7 `<<` needs a mapping or a list of mappings"
    );
    assert_eq!(errors("a: {<<: {x: 1}, <<: {y: 1}}\n"), "C2K0102 1:17 duplicate key `<<`");
}

#[test]
fn tags() {
    assert_eq!(
        shown(
            "a: !!str 5\nb: !!int \"7\"\nc: !x y\nd: !!binary aGk=\ne: !!float 1\nf: ! 5\ng: !x 5\n"
        ),
        r#"{a: "5", b: 7, c: "y", d: "hi", e: 1.0, f: "5", g: "5"}"#
    );
    let node = read("a: !reset\nb: !override [x]\nc: !reset {}\nd: !!str\n").unwrap();
    assert_eq!(node.get("a").unwrap().tag, Some(Tag::Reset));
    assert_eq!(node.get("b").unwrap().tag, Some(Tag::Override));
    assert_eq!(node.get("c").unwrap().tag, Some(Tag::Reset));
    assert_eq!(show(&node), r#"{a: null, b: ["x"], c: {}, d: ""}"#);
    assert_eq!(errors("a: !!bool yes\n"), "C2K0101 1:11 the value does not fit its tag `!!bool`");
    assert_eq!(
        errors("a: !!binary '*'\n"),
        "C2K0101 1:13 the value does not fit its tag `!!binary`"
    );
}

#[test]
fn many_errors_of_one_file() {
    assert_eq!(
        errors("a: 1\nb: *no\na: 2\n1: x\ntrue: y\n~: z\n? [k]\n: v\n"),
        "C2K0103 2:4 alias `*no` has no anchor before it\n\
         C2K0106 4:1 key `1` is not a string\n\
         C2K0106 5:1 key `true` is not a string\n\
         C2K0106 6:1 key `~` is not a string\n\
         C2K0106 7:3 a list cannot be a key\n\
         C2K0102 3:1 duplicate key `a`"
    );
    assert_eq!(errors("a: &a [*a]\n"), "C2K0103 1:8 alias `*a` stands in its own node");
    assert_eq!(errors("a: 1\n---\nb: 1\n"), "C2K0101 3:1 the file has more than one document");
}

#[test]
fn syntax_errors_say_where() {
    assert_eq!(errors("a:\n\tb: 1\n"), "C2K0101 2:1 a tab where YAML wants spaces");
    assert_eq!(
        errors("a: 'x\nb: 1\n"),
        "C2K0101 2:1 a quoted string is not closed, or goes on without indentation"
    );
    assert_eq!(errors("a: [x, y\nb: 1\n"), "C2K0101 2:2 a `:` is not allowed here");
    assert_eq!(errors("a: b: c\n"), "C2K0101 1:5 a `:` is not allowed here");
    assert_eq!(errors("a: @x\n"), "C2K0101 1:4 a value cannot start with this character");
    assert_eq!(
        errors("a:\n    b: 1\n  c: 2\n"),
        "C2K0101 3:3 the indentation does not fit the lines above"
    );
    assert_eq!(errors("a: \"\\q\"\n"), "C2K0101 1:4 unknown escape in a double-quoted string");
    assert_eq!(errors("a\nb: 1\n"), "C2K0101 2:2 a `:` is not allowed here");
}

#[test]
fn hostile_documents_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", vec![alias; 9].join(", ")).unwrap();
    }
    assert!(errors(&bomb).starts_with("C2K0104"));
    let text = "x".repeat(1 << 20);
    let items = vec!["*a"; 1000].join(", ");
    assert!(errors(&format!("a: &a {text}\nb: [{items}]\n")).starts_with("C2K0104"));
    assert!(errors(&"[".repeat(100_000)).starts_with("C2K0108"));
    assert!(errors(&"- ".repeat(100_000)).starts_with("C2K0108"));
    assert!(errors(&"? ".repeat(50_000)).starts_with("C2K0108"));
    let nested = "&n [".repeat(150);
    assert!(errors(&format!("a: {nested}{}", "x, ".repeat(100_000))).starts_with("C2K0101"));
    let closed = format!("a: {nested}{}{}\n", "x, ".repeat(10_000), "]".repeat(150));
    assert!(errors(&closed).starts_with("C2K0104"));
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for level in 1..300 {
        writeln!(deep, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert!(errors(&deep).starts_with("C2K0108"));
}

#[test]
fn errors_are_not_reported_without_end() {
    assert_eq!(errors(&"a: *x\n".repeat(1000)).lines().count(), 100);
}

#[test]
fn many_aliases_of_a_small_node_are_fine() {
    let text = format!("a: &a {{b: 1, c: 2}}\nd:\n{}", "  - <<: *a\n    e: f\n".repeat(50_000));
    assert!(read(&text).is_ok());
}

#[test]
fn several_documents() {
    let mut sources = Sources::default();
    let file = sources.add("all.yaml", "a: &x 1\n---\nb: 2\n...\n---\n- c\n");
    let documents = parse_documents(file, &sources, &mut Sink::default()).unwrap();
    let shown: Vec<_> = documents.iter().map(show).collect();
    assert_eq!(shown, ["{a: 1}", "{b: 2}", "[\"c\"]"]);
}
