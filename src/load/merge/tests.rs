use super::*;
use crate::{
    text::Sources,
    yaml::{Value, parse},
};

fn value(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        Data::Int(value) => Value::Int(i64::try_from(*value).unwrap()),
        Data::Seq(items) => Value::Seq(items.iter().map(value).collect()),
        Data::Map(entries) => Value::Map(
            entries.iter().map(|entry| (entry.key.name.clone(), value(&entry.value))).collect(),
        ),
        _ => Value::String(tree::text(node)),
    }
}

fn service(base: &str, over: &str) -> (Value, Vec<Code>) {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let mut read = |name: &str, text: &str| {
        let file = sources.add(name, text);
        parse(file, &sources, &mut sink).unwrap()
    };
    let (base, over) = (read("base", base), read("over", over));
    let merged = Merger::at(&["services", "a"], &mut sink).merge(base, over);
    (value(&merged), sink.iter().map(|diagnostic| diagnostic.code).collect())
}

#[test]
fn rules_by_path() {
    for (base, over, want) in [
        ("{image: a, x-l: [1]}", "{image: b, x-l: [2]}", "{image: b, x-l: [1, 2]}"),
        ("{image: a}", "{image: }", "{image: a}"),
        ("{command: [a]}", "{command: }", "{command: }"),
        ("{environment: {A: 1, B: }}", "{environment: [A=2]}", "{environment: [A=2, B]}"),
        ("{dns: 1.1.1.1}", "{dns: [8.8.8.8]}", "{dns: [1.1.1.1, 8.8.8.8]}"),
        ("{build: .}", "{build: {target: t}}", "{build: {context: ., target: t}}"),
        (
            "{networks: [a]}",
            "{networks: {b: {aliases: [x]}}}",
            "{networks: {a: , b: {aliases: [x]}}}",
        ),
        (
            "{extra_hosts: [a=1, b=2]}",
            "{extra_hosts: [b=2, b=3]}",
            "{extra_hosts: [a=1, b=2, b=3]}",
        ),
        (
            "{logging: {driver: a, options: {x: y}}}",
            "{logging: {driver: b}}",
            "{logging: {driver: b}}",
        ),
        (
            "{logging: {driver: a}}",
            "{logging: {options: {x: y}}}",
            "{logging: {driver: a, options: {x: y}}}",
        ),
        ("{ulimits: {n: {soft: 1}}}", "{ulimits: {n: 5}}", "{ulimits: {n: 5}}"),
    ] {
        let (merged, codes) = service(base, over);
        assert_eq!((merged, codes), (service(want, "{}").0, vec![]), "{base} + {over}");
    }
}

#[test]
fn shapes_must_fit() {
    assert_eq!(service("{ports: [80]}", "{ports: 80}").1, [Code::CannotMerge]);
    assert_eq!(service("{deploy: {replicas: 1}}", "{deploy: [x]}").1, [Code::CannotMerge]);
}
