//! The field `replacements`: values that are copied from one object to others.

use super::{
    place,
    reader::Reader,
    refused,
    replaced::{self, Options},
    selector::Selector,
    set::{Id, Set},
};
use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Data, Node, Value},
};

/// An entry of `replacements`.
#[derive(Debug, Clone)]
pub(super) struct Replacement {
    source: Source,
    targets: Vec<Target>,
    span: Span,
}

#[derive(Debug, Clone)]
enum Source {
    Value(String),
    Field { select: Exact, path: Vec<String>, options: Options },
}

#[derive(Debug, Clone)]
struct Target {
    select: Exact,
    labels: Selector,
    reject: Vec<(Exact, Selector)>,
    paths: Vec<Vec<String>>,
    options: Options,
    node: Node,
}

/// What an object must be, each part only where it is said.
#[derive(Debug, Clone, Default)]
struct Exact {
    group: Option<String>,
    version: Option<String>,
    kind: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
}

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Vec<Replacement> {
    let entries: Vec<Node> = reader.entries(node, "replacements").to_vec();
    let mut found = Vec::new();
    for entry in &entries {
        let Some(path) = entry.get("path") else {
            found.extend(one(reader, entry));
            continue;
        };
        refused::check_entry(entry, "an entry of `replacements`", &["path"], reader.sink);
        let Some(name) = reader.text(entry, "path") else { continue };
        let Ok(documents) = reader.documents(&name, path.span) else { continue };
        for document in documents {
            match &document.data {
                Data::Seq(items) => {
                    found.extend(items.iter().filter_map(|item| one(reader, item)));
                }
                Data::Null => {}
                _ => found.extend(one(reader, &document)),
            }
        }
    }
    found
}

fn one(reader: &mut Reader<'_>, entry: &Node) -> Option<Replacement> {
    let known = ["source", "sourceValue", "targets"];
    refused::check_entry(entry, "an entry of `replacements`", &known, reader.sink);
    let source = match (entry.get("source"), entry.get("sourceValue")) {
        (Some(source), None) => {
            let known = ["group", "version", "kind", "name", "namespace", "fieldPath", "options"];
            refused::check_entry(source, "a source", &known, reader.sink);
            let path = reader.optional_text(source, "fieldPath");
            Source::Field {
                select: Exact::read(reader, source),
                path: replaced::split(path.as_deref().unwrap_or("metadata.name")),
                options: options(reader, source, &["delimiter", "index"]),
            }
        }
        (None, Some(_)) => Source::Value(reader.text(entry, "sourceValue")?),
        _ => {
            let message = "a replacement has either `source` or `sourceValue`";
            reader.problem(message.to_owned(), entry.span);
            return None;
        }
    };
    let targets: Vec<Node> = reader.entries(entry, "targets").to_vec();
    if targets.is_empty() {
        reader.problem("a replacement has `targets`".to_owned(), entry.span);
        return None;
    }
    let targets = targets.iter().filter_map(|node| target(reader, node)).collect();
    Some(Replacement { source, targets, span: entry.span })
}

fn target(reader: &mut Reader<'_>, node: &Node) -> Option<Target> {
    let known = ["select", "reject", "fieldPaths", "options"];
    refused::check_entry(node, "a target", &known, reader.sink);
    let Some(select) = node.get("select") else {
        reader.problem("a target has `select`".to_owned(), node.span);
        return None;
    };
    let rejected: Vec<Node> = reader.entries(node, "reject").to_vec();
    let mut reject = Vec::new();
    for node in &rejected {
        reject.push((Exact::read(reader, node), Selector::read(reader, &only_selectors(node))?));
    }
    let paths = reader.texts(node, "fieldPaths");
    let mut paths: Vec<_> = paths.iter().map(|(path, _)| replaced::split(path)).collect();
    if paths.is_empty() {
        paths.push(replaced::split("metadata.name"));
    }
    Some(Target {
        labels: Selector::read(reader, &only_selectors(select))?,
        select: Exact::read(reader, select),
        reject,
        paths,
        options: options(reader, node, &["delimiter", "index", "create"]),
        node: node.clone(),
    })
}

/// Names and kinds are no patterns here, unlike in the targets of patches.
fn only_selectors(node: &Node) -> Node {
    let mut node = node.clone();
    for key in ["group", "version", "kind", "name", "namespace"] {
        node.remove(key);
    }
    node
}

fn options(reader: &mut Reader<'_>, node: &Node, known: &[&str]) -> Options {
    let Some(node) = node.get("options").filter(|node| !node.is_null()) else {
        return Options::default();
    };
    refused::check_entry(node, "`options`", known, reader.sink);
    let index = match node.get("index").map(|node| &node.data) {
        Some(Data::Int(index)) => i64::try_from(*index).unwrap_or_default(),
        _ => 0,
    };
    Options {
        delimiter: reader.optional_text(node, "delimiter").filter(|text| !text.is_empty()),
        index,
        create: reader.flag(node, "create"),
        annotation: false,
    }
}

impl Exact {
    fn read(reader: &mut Reader<'_>, node: &Node) -> Self {
        let mut said = |key| reader.optional_text(node, key).filter(|text| !text.is_empty());
        Self {
            group: said("group"),
            version: said("version"),
            kind: said("kind"),
            name: said("name"),
            namespace: said("namespace"),
        }
    }

    fn is_empty(&self) -> bool {
        let Self { group, version, kind, name, namespace } = self;
        [group, version, kind, name, namespace].iter().all(|part| part.is_none())
    }

    fn selects(&self, id: &Id) -> bool {
        let fits = |said: &Option<String>, own: &str| said.as_ref().is_none_or(|said| said == own);
        fits(&self.group, &id.group)
            && fits(&self.version, &id.version)
            && fits(&self.kind, &id.kind)
            && fits(&self.name, &id.name)
            && fits(&self.namespace, &id.namespace)
    }

    fn words(&self) -> String {
        let part = |what: &str, said: &Option<String>| {
            said.as_ref().map(|said| format!("{what} `{said}`"))
        };
        let parts = [
            part("kind", &self.kind),
            part("name", &self.name),
            part("namespace", &self.namespace),
            part("group", &self.group),
            part("version", &self.version),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "anything".to_owned() } else { parts.join(", ") }
    }
}

impl Replacement {
    pub(super) fn apply(&self, set: &mut Set, sink: &mut Sink) {
        let value = match self.value(set) {
            Ok(value) => value,
            Err((code, message)) => {
                sink.push(Diagnostic::new(code, message).at(self.span));
                return;
            }
        };
        for target in &self.targets {
            target.apply(&value, set, sink);
        }
        let cuts = self.targets.iter().any(|target| target.options.delimiter.is_some());
        if cuts && self.value(set).ok() != Some(value) {
            let message = "the replacement changes its own source";
            sink.push(Diagnostic::new(Code::PatchInvalid, message).at(self.span));
        }
    }

    fn value(&self, set: &Set) -> Result<Value, (Code, String)> {
        let (select, path, options) = match &self.source {
            Source::Value(text) => return Ok(Value::String(text.clone())),
            Source::Field { select, path, options } => (select, path, options),
        };
        let mut found =
            set.members.iter().filter(|member| member.ids().any(|id| select.selects(&id)));
        let Some(member) = found.next() else {
            let message = format!("no object has {}", select.words());
            return Err((Code::PatchMatchesNothing, message));
        };
        if found.next().is_some() {
            let message = format!("several objects have {}", select.words());
            return Err((Code::PatchInvalid, message));
        }
        replaced::source(&member.object.value, path, options)
            .map_err(|message| (Code::PatchInvalid, message))
    }
}

impl Target {
    fn apply(&self, value: &Value, set: &mut Set, sink: &mut Sink) {
        let mut found = false;
        for member in &mut set.members {
            let ids: Vec<Id> = member.ids().collect();
            let rejected = self.reject.iter().any(|(exact, labels)| {
                let by_id = !exact.is_empty() && ids.iter().any(|id| exact.selects(id));
                by_id || labels.text != "anything" && labels.selects(member)
            });
            if rejected
                || !ids.iter().any(|id| self.select.selects(id))
                || !self.labels.selects(member)
            {
                continue;
            }
            found = true;
            let before = member.object.value.clone();
            for path in &self.paths {
                let set = replaced::set(&mut member.object.value, path, value, &self.options);
                if let Err(message) = set {
                    let object = format!("{} `{}`", member.object.kind(), member.object.name());
                    let message = format!("{object}: {message}");
                    let span = place::locate(&self.node, &["fieldPaths"]).0;
                    sink.push(Diagnostic::new(Code::PatchInvalid, message).at(span));
                }
            }
            super::origins::note_changes(&mut member.object, &before, &self.node);
        }
        if !found {
            let message = format!("no object has {}", self.select.words());
            let span = self.node.get("select").map_or(self.node.span, |node| node.span);
            sink.push(Diagnostic::new(Code::PatchMatchesNothing, message).at(span));
        }
    }
}
