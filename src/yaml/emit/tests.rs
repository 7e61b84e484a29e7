use proptest::prelude::*;

use super::*;
use crate::{
    text::{Sink, Sources},
    yaml::{Data, Node, parse},
};

/// A mapping of the entries.
fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().collect())
}

fn hole(action: &str) -> Value {
    Value::Hole(Box::new(Hole { action: action.to_owned(), block: false, quoted: false }))
}

fn block(action: &str) -> Value {
    Value::Hole(Box::new(Hole { action: action.to_owned(), block: true, quoted: false }))
}

fn guard(open: &str) -> Guard {
    Guard { open: open.to_owned() }
}

/// What our own parser makes of a text.
fn read(text: &str) -> Value {
    let mut sources = Sources::default();
    let file = sources.add("out.yaml", text);
    let mut sink = Sink::default();
    let Ok(node) = parse(file, &sources, &mut sink) else { panic!("{sink:?}\n{text}") };
    value(node)
}

fn value(node: Node) -> Value {
    match node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(value),
        Data::Int(value) => Value::Int(value.try_into().unwrap()),
        Data::Float(value) => Value::Float(value),
        Data::Timestamp(text) => panic!("a time: {text}"),
        Data::String(text) => Value::String(text),
        Data::Seq(items) => Value::Seq(items.into_iter().map(value).collect()),
        Data::Map(entries) => Value::Map(
            entries.into_iter().map(|entry| (entry.key.name, value(entry.value))).collect(),
        ),
    }
}

#[test]
fn style_of_kubectl() {
    let port = map([("name", "http".into()), ("containerPort", 8000.into())]);
    let container = map([
        ("name", "web".into()),
        ("args", vec!["sh", "-c", "--flag=1", "echo: hi"].into()),
        ("ports", vec![port].into()),
        ("resources", map([])),
        ("env", Value::Seq(Vec::new())),
    ]);
    let matrix = Value::Seq(vec![vec![1, 2].into(), vec![3].into()]);
    let value = map([
        ("kind", "Pod".into()),
        ("spec", map([("containers", vec![container].into()), ("matrix", matrix)])),
    ]);
    insta::assert_snapshot!(emit(&value), @r#"
        kind: Pod
        spec:
          containers:
            - name: web
              args:
                - sh
                - -c
                - --flag=1
                - "echo: hi"
              ports:
                - name: http
                  containerPort: 8000
              resources: {}
              env: []
          matrix:
            - - 1
              - 2
            - - 3
        "#);
}

#[test]
fn strings_that_some_reader_takes_for_something_else_are_quoted() {
    let plain = [
        "web",
        "-c",
        "--flag",
        "a b",
        "nginx:1.27",
        "1.4.2",
        "10.0.0.1",
        "500m",
        "1Gi",
        "30s",
        "a'b",
        "/etc/x",
        "a#b",
        "$(X)",
        "http://x:1/",
        "ü",
        "yesterday",
        "a, b",
    ];
    for text in plain {
        assert_eq!(emit(&text.into()), format!("{text}\n"));
    }
    let quoted = [
        "",
        " a",
        "a ",
        "a:",
        "a: b",
        "a #b",
        "#a",
        "- a",
        "-",
        "?",
        "*a",
        "&a",
        "!a",
        "[a",
        "{a",
        "|",
        ">",
        "@a",
        "`a",
        "%a",
        "'a",
        "yes",
        "No",
        "ON",
        "y",
        "N",
        "true",
        "Null",
        "~",
        "=",
        "<<",
        "---",
        "--- a",
        "...",
        "1",
        "-1",
        "+1",
        "0x1f",
        "017",
        "1_000",
        "1.5",
        ".5",
        "1e3",
        "12e03",
        "22:22",
        "190:20:30.15",
        "2024-01-01",
        "2024-01-01 10:00:00",
        ".inf",
        "-.INF",
        ".nan",
        "0b1",
        "1,000",
        "a {{ b }}",
        "{{ x }}",
        ",a",
    ];
    for text in quoted {
        assert_eq!(emit(&text.into()), format!("\"{text}\"\n"));
    }
    assert_eq!(
        emit(&"\t\u{1}\u{7f}\u{85}\u{2028}\u{feff}\"\\".into()),
        "\"\\t\\x01\\x7F\\x85\\u2028\\uFEFF\\\"\\\\\"\n"
    );
}

#[test]
fn literal_blocks_keep_every_newline() {
    let value = map([
        ("clip", "a\n\n  b\n".into()),
        ("strip", "a\nb".into()),
        ("keep", "a\n\n\n".into()),
        ("list", vec!["a\nb\n", "c"].into()),
        ("quoted", vec!["a \nb", "\na", " a\nb", "a\r\nb"].into()),
    ]);
    insta::assert_snapshot!(emit(&value), @r#"
        clip: |
          a

            b
        strip: |-
          a
          b
        keep: |+
          a


        list:
          - |
            a
            b
          - c
        quoted:
          - "a \nb"
          - "\na"
          - " a\nb"
          - "a\r\nb"
        "#);
    assert_eq!(read(&emit(&value)), value);
}

#[test]
fn numbers_stay_numbers() {
    for (number, text) in
        [(1.0, "1.0\n"), (1e21, "1.0e+21\n"), (1.5e-7, "1.5e-7\n"), (-0.5, "-0.5\n")]
    {
        assert_eq!(emit(&Value::Float(number)), text);
        assert_eq!(read(text), Value::Float(number));
    }
    assert_eq!(emit(&Value::Float(f64::NEG_INFINITY)), "-.inf\n");
    assert_eq!(emit(&i64::MIN.into()), "-9223372036854775808\n");
}

#[test]
fn holes_guards_and_comments() {
    let mut spec: Map = [("replicas", hole(".replicas | int64"))].into_iter().collect();
    let field = |key: &str, value: Value, comment: Option<&str>, guards: Vec<Guard>| {
        let mut field = Field::new(key, value);
        comment.into_iter().for_each(|comment| field.set_comment(comment));
        guards.into_iter().for_each(|guard| field.guard(guard));
        field
    };
    let quoted = Value::Hole(Box::new(Hole { action: ".x".into(), block: false, quoted: true }));
    spec.fields.push(field(
        "resources",
        block("toYaml ."),
        Some("limits {{ x }}\nand more"),
        vec![guard("with .resources")],
    ));
    spec.fields.push(field("a", quoted, None, vec![guard("if .a"), guard("if .b")]));
    let guarded_first: Map = Map {
        fields: vec![
            field("x", 1.into(), None, vec![guard("if .x")]),
            field("y", 2.into(), None, Vec::new()),
        ],
    };
    spec.insert(
        "items",
        Value::Seq(vec![
            Value::Guarded(
                Box::new(guard("if .one")),
                Box::new(map([("name", hole(".one")), ("b", block("toYaml .b"))])),
            ),
            block("include \"more\" $"),
            Value::Map(guarded_first),
        ]),
    );
    let value = map([
        ("spec", Value::Map(spec)),
        ("text", "a {{ b }}".into()),
        ("block", "{{ x }}\n{{{\n".into()),
        ("{{k", "end\n\n".into()),
    ]);
    insta::assert_snapshot!(emit_template(&value), @r#"
        spec:
          replicas: {{ .replicas | int64 }}
          {{- with .resources }}
          # limits {{ `{{` }} x }}
          # and more
          resources: {{- toYaml . | nindent 4 }}
          {{- end }}
          {{- if .a }}
          {{- if .b }}
          a: "{{ .x }}"
          {{- end }}
          {{- end }}
          items:
            {{- if .one }}
            - name: {{ .one }}
              b: {{- toYaml .b | nindent 8 }}
            {{- end }}
            {{- include "more" $ | nindent 4 }}
            -
              {{- if .x }}
              x: 1
              {{- end }}
              "y": 2
        text: "a {{ `{{` }} b }}"
        block: |
          {{ `{{` }} x }}
          {{ `{{` }}{
        "{{ `{{` }}k": "end\n\n"
        "#);
}

/// Strings from an alphabet where every character means something to some reader.
fn nasty() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a", "b", "y", "no", "true", "null", "~", "0", "1", "9", "x", "e", "_", ".", "-", "+", ":",
        ",", " ", "  ", "\t", "\n", "\n\n", "\r", "#", " #", ": ", "\"", "'", "\\", "{", "{{", "}",
        "[", "]", "&", "*", "!", "|", ">", "%", "@", "`", "=", "<", "<<", "?", "$", "/", "---",
        "...", "\u{85}", "\u{a0}", "\u{2028}", "\u{feff}", "ü", "日", "🦀", "\u{0}", "\u{7f}",
        "\u{fffe}",
    ]);
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        prop::num::f64::NORMAL.prop_map(Value::Float),
        nasty().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Seq),
            prop::collection::vec((nasty(), inner), 0..5)
                .prop_map(|entries| Value::Map(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn our_parser_reads_what_was_written(value in tree()) {
        prop_assert_eq!(read(&emit(&value)), value);
    }

    #[test]
    fn another_parser_reads_what_was_written(value in tree()) {
        let text = emit(&value);
        let got: serde_json::Value = match serde_saphyr::from_str(&text) {
            Ok(got) => got,
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
        };
        prop_assert_eq!(Value::from(got), value, "{}", text);
    }
}
