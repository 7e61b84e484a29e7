use super::*;
use crate::yaml::{Data, Entry, Node};

fn variables(pairs: &[(&str, &str)]) -> Variables {
    pairs
        .iter()
        .map(|(name, value)| {
            ((*name).to_owned(), Variable { value: (*value).to_owned(), span: Span::NONE })
        })
        .collect()
}

fn run(text: &str) -> Result<String, Problem> {
    let variables = variables(&[("A", "a"), ("EMPTY", ""), ("B_1", "b")]);
    let mut usage = Usage::default();
    let layers = [&variables];
    let mut substitution = Substitution { layers: &layers, usage: &mut usage, place: Span::NONE };
    substitution.run(text).map(|(text, template)| {
        if let Some(template) = template {
            assert_eq!(template.parts.iter().map(shown).collect::<String>(), text);
        }
        text
    })
}

#[test]
fn operators() {
    for (text, want) in [
        ("$A-${A}-$B_1", "a-a-b"),
        ("$$A $ $1 $", "$A $ $1 $"),
        ("${X:-d} ${EMPTY:-d} ${EMPTY-d} ${A:-d}", "d d  a"),
        ("${X+p}|${EMPTY+p}|${EMPTY:+p}|${A:+p}", "|p||p"),
        ("${A?m}${EMPTY?m}", "a"),
        ("${X:-${Y:-z}}!", "z!"),
        ("${X:-{\"a\":1}}", "{\"a\":1}"),
        ("${X:-a} }", "a }"),
        ("${X:-a}\n${X:-b}", "a\nb"),
        ("${A:-${nonsense}", "a"),
    ] {
        assert_eq!(run(text).as_deref(), Ok(want), "{text}");
    }
}

#[test]
fn malformed() {
    for text in ["${", "${}", "${ A}", "${A.B}", "${A:=x}", "${1}", "${A:-a\nb}", "${X:-a} ${"] {
        assert!(matches!(run(text), Err(Problem::Syntax(_))), "{text}");
    }
    assert_eq!(run("${X:?say $A}"), Err(Problem::Required("X".into(), "say $A".into())));
}

#[test]
fn growth_is_bounded() {
    let value = "x".repeat(1 << 20);
    let variables = variables(&[("BIG", value.as_str())]);
    let mut usage = Usage::default();
    let layers = [&variables];
    let mut substitution = Substitution { layers: &layers, usage: &mut usage, place: Span::NONE };
    assert_eq!(substitution.run(&"$BIG".repeat(100)), Err(Problem::TooLarge));
    assert_eq!(run(&format!("{}{}", "${X:-".repeat(500), "}".repeat(500))), Err(Problem::TooLarge));
    assert!(run(&"${X:-y}".repeat(50_000)).is_ok());
}

#[test]
fn types_of_attributes() {
    let mut sink = Sink::default();
    let mut usage = Usage::default();
    let entry = |name: &str, value| Entry {
        key: crate::yaml::Key { name: name.to_owned(), span: Span::NONE },
        value,
    };
    let map = |entries| Node::new(Data::Map(entries), Span::NONE);
    let service = map(vec![
        entry("privileged", Node::string("${X:-on}", Span::NONE)),
        entry("scale", Node::string("3", Span::NONE)),
        entry("cpus", Node::string("x", Span::NONE)),
    ]);
    let mut document = map(vec![entry("services", map(vec![entry("a", service)]))]);
    Interpolation { layers: &[], usage: &mut usage, sink: &mut sink }.document(&mut document);
    let service = document.get("services").unwrap().get("a").unwrap();
    assert!(matches!(service.get("privileged").unwrap().data, Data::Bool(true)));
    assert!(matches!(service.get("scale").unwrap().data, Data::Int(3)));
    let codes: Vec<Code> = sink.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::OldBoolean, Code::CastFailed]);
}
