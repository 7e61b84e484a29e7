//! The fields `configMapGenerator` and `secretGenerator`.

use super::{
    origins,
    reader::Reader,
    refused,
    set::{Id, Member, Set},
};
use crate::{
    kube::{Object, Role},
    load::paths,
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Map, Node, Value},
};

/// An entry of a generator.
#[derive(Debug, Clone)]
pub(super) struct Generator {
    secret: bool,
    name: String,
    namespace: Option<String>,
    behavior: Behavior,
    data: Map,
    kind: Option<String>,
    labels: Map,
    annotations: Map,
    immutable: bool,
    files: bool,
    node: Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behavior {
    Create,
    Replace,
    Merge,
}

/// What `generatorOptions` or `options` say.
#[derive(Debug, Clone, Default)]
struct Options {
    labels: Map,
    annotations: Map,
    immutable: bool,
}

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Vec<Generator> {
    let common = match node.get("generatorOptions").filter(|node| !node.is_null()) {
        Some(node) => options(reader, node),
        None => Options::default(),
    };
    let mut found = Vec::new();
    for (key, secret) in [("configMapGenerator", false), ("secretGenerator", true)] {
        let entries: Vec<Node> = reader.entries(node, key).to_vec();
        found.extend(entries.iter().filter_map(|entry| one(reader, entry, secret, &common)));
    }
    found
}

fn options(reader: &mut Reader<'_>, node: &Node) -> Options {
    let known = ["labels", "annotations", "disableNameSuffixHash", "immutable"];
    refused::check_entry(node, "the options of a generator", &known, reader.sink);
    let mut map = |key| node.get(key).map(|node| reader.strings(node, key)).unwrap_or_default();
    let (labels, annotations) = (map("labels"), map("annotations"));
    // c2k's own names have no suffix anyway.
    reader.flag(node, "disableNameSuffixHash");
    Options { labels, annotations, immutable: reader.flag(node, "immutable") }
}

fn one(reader: &mut Reader<'_>, entry: &Node, secret: bool, common: &Options) -> Option<Generator> {
    let known =
        ["name", "namespace", "behavior", "literals", "files", "envs", "options", "type", "env"];
    refused::check_entry(entry, "a generator", &known, reader.sink);
    let name = reader.text(entry, "name")?;
    let behavior = match reader.optional_text(entry, "behavior").as_deref() {
        None | Some("create" | "unspecified" | "") => Behavior::Create,
        Some("replace") => Behavior::Replace,
        Some("merge") => Behavior::Merge,
        Some(_) => {
            let span = entry.get("behavior").map_or(entry.span, |node| node.span);
            reader.problem("`behavior` is `create`, `replace` or `merge`".to_owned(), span);
            return None;
        }
    };
    let own = match entry.get("options").filter(|node| !node.is_null()) {
        Some(node) => options(reader, node),
        None => Options::default(),
    };
    let kind = reader.optional_text(entry, "type").filter(|_| secret);
    let mut data = Map::new();
    literals(reader, entry, &mut data);
    let files = files(reader, entry, secret, &mut data);
    envs(reader, entry, secret, &mut data);
    let mut merged = common.clone();
    own.labels.iter().for_each(|(key, value)| merged.labels.insert(key, value.clone()));
    own.annotations.iter().for_each(|(key, value)| merged.annotations.insert(key, value.clone()));
    Some(Generator {
        secret,
        name,
        namespace: reader.optional_text(entry, "namespace"),
        behavior,
        data,
        kind,
        labels: merged.labels,
        annotations: merged.annotations,
        immutable: merged.immutable || own.immutable,
        files,
        node: entry.clone(),
    })
}

fn put(reader: &mut Reader<'_>, data: &mut Map, key: &str, value: &str, span: Span) {
    if data.get(key).is_some() {
        reader.problem(format!("the key `{key}` is there twice"), span);
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if key.is_empty() || !key.chars().all(legal) {
        let message = format!("`{key}` is no key: use letters, digits, `-`, `_` and `.`");
        reader.problem(message, span);
    }
    data.insert(key, value);
}

fn literals(reader: &mut Reader<'_>, entry: &Node, data: &mut Map) {
    for (text, span) in reader.texts(entry, "literals") {
        match text.split_once('=') {
            Some((key, value)) => {
                put(reader, data, key, value.trim_matches(['"', '\'']), span);
            }
            None => reader.problem("a literal is `KEY=value`".to_owned(), span),
        }
    }
}

fn files(reader: &mut Reader<'_>, entry: &Node, secret: bool, data: &mut Map) -> bool {
    let mut any = false;
    for (text, span) in reader.texts(entry, "files") {
        let (key, path) = match text.split_once('=') {
            Some((key, path)) => (key.to_owned(), path.to_owned()),
            None => (paths::base_name(&text).to_owned(), text.clone()),
        };
        let Some((place, content)) = reader.content(&path, span) else { continue };
        if secret {
            reader.secret_files.push(place);
        }
        put(reader, data, &key, &content, span);
        any = true;
    }
    any
}

fn envs(reader: &mut Reader<'_>, entry: &Node, secret: bool, data: &mut Map) {
    let mut paths = reader.texts(entry, "envs");
    if let Some(path) = reader.optional_text(entry, "env") {
        paths.push((path, entry.span));
    }
    for (path, span) in paths {
        let Some((place, content)) = reader.content(&path, span) else { continue };
        if secret {
            reader.secret_files.push(place.clone());
        }
        for line in content.trim_start_matches('\u{feff}').lines() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match line.split_once('=') {
                Some((key, value)) => put(reader, data, key, value, span),
                None => {
                    let message = format!("a line of `{place}` is not `KEY=value`");
                    reader.problem(message, span);
                }
            }
        }
    }
}

impl Generator {
    fn object(&self) -> Object {
        let mut metadata = Map::new();
        metadata.insert("name", self.name.as_str());
        if let Some(namespace) = &self.namespace {
            metadata.insert("namespace", namespace.as_str());
        }
        for (key, map) in [("labels", &self.labels), ("annotations", &self.annotations)] {
            if !map.is_empty() {
                metadata.insert(key, map.clone());
            }
        }
        let mut value = Map::new();
        value.insert("apiVersion", "v1");
        value.insert("kind", if self.secret { "Secret" } else { "ConfigMap" });
        value.insert("metadata", metadata);
        if self.secret {
            value.insert("type", self.kind.as_deref().unwrap_or("Opaque"));
        }
        if !self.data.is_empty() {
            value.insert(self.data_key(), self.data.clone());
        }
        if self.immutable {
            value.insert("immutable", true);
        }
        let role = match (self.secret, self.files) {
            (true, _) => Role::Secret,
            (false, true) => Role::Files,
            (false, false) => Role::Environment,
        };
        let mut object = Object::new(value.into(), role, None);
        origins::note_all(&mut object, &self.node);
        object
    }

    fn data_key(&self) -> &'static str {
        if self.secret { "stringData" } else { "data" }
    }

    pub(super) fn apply(&self, set: &mut Set, sink: &mut Sink) {
        let object = self.object();
        let id = Id::of(&object.value);
        let found = set.members.iter_mut().find(|member| member.has(&id));
        let problem = |message: String| {
            Diagnostic::new(Code::PatchMatchesNothing, message).at(self.node.span)
        };
        match (found, self.behavior) {
            (None, Behavior::Create) => set.members.push(Member {
                object,
                earlier: Vec::new(),
                written: vec![self.node.clone()],
            }),
            (Some(member), Behavior::Replace | Behavior::Merge) => self.change(member, object),
            (Some(_), Behavior::Create) => {
                let message = format!("there is already a {} `{}`", id.kind, id.name);
                let twice = Diagnostic::new(Code::KustomizationInvalid, message);
                sink.push(twice.at(self.node.span).help("say `behavior: merge` or `replace`"));
            }
            (None, _) => {
                let names = set.names_of(&id.kind);
                let nearest =
                    crate::text::did_you_mean(&self.name, names.iter().map(String::as_str));
                let message = format!("there is no {} `{}` to change", id.kind, id.name);
                sink.push(problem(message).suggest(nearest));
            }
        }
    }

    fn change(&self, member: &mut Member, new: Object) {
        let old = member.object.value.clone();
        let mut value = new.value;
        for key in ["labels", "annotations"] {
            let mut merged =
                old.at(&["metadata", key]).and_then(Value::as_map).cloned().unwrap_or_default();
            let own = value.at(&["metadata", key]).and_then(Value::as_map).cloned();
            own.unwrap_or_default().iter().for_each(|(k, v)| merged.insert(k, v.clone()));
            let metadata = value.as_map_mut().and_then(|map| map.get_mut("metadata"));
            if let Some(metadata) =
                metadata.and_then(Value::as_map_mut).filter(|_| !merged.is_empty())
            {
                metadata.insert(key, merged);
            }
        }
        if let Some(namespace) = old.at(&["metadata", "namespace"])
            && let Some(metadata) = value
                .as_map_mut()
                .and_then(|map| map.get_mut("metadata"))
                .and_then(Value::as_map_mut)
        {
            metadata.insert("namespace", namespace.clone());
        }
        if self.behavior == Behavior::Merge
            && let Some(map) = value.as_map_mut()
        {
            for key in ["data", "binaryData", "stringData"] {
                let Some(before) = old.get(key).and_then(Value::as_map) else { continue };
                let mut merged: Map = before
                    .iter()
                    .filter(|(name, _)| self.data.get(name).is_none())
                    .map(|(name, value)| (name, value.clone()))
                    .collect();
                if key == self.data_key() {
                    self.data.iter().for_each(|(name, value)| merged.insert(name, value.clone()));
                }
                if !merged.is_empty() {
                    map.insert(key, merged);
                }
            }
        }
        member.object.value = value;
        member.written.push(self.node.clone());
        origins::note_changes(&mut member.object, &old, &self.node);
    }
}
