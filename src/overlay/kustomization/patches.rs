//! The field `patches`.

use super::{
    origins, place,
    reader::Reader,
    refused,
    selector::Selector,
    set::{Id, Set},
};
use crate::{
    overlay::{Operation, json6902, strategic_merge},
    text::{Code, Diagnostic, Sink, Span, did_you_mean},
    yaml::{Data, Node, Value},
};

/// An entry of `patches`.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    change: Change,
    target: Option<(Selector, Node)>,
    /// Whether the patch may change the name.
    rename: bool,
    /// Whether the patch may change the kind.
    rekind: bool,
}

#[derive(Debug, Clone)]
enum Change {
    Strategic(Vec<(Value, Node)>),
    Json(Vec<Operation>, Node),
}

pub(super) fn read(reader: &mut Reader<'_>, entry: &Node) -> Option<Patch> {
    let known = ["path", "patch", "target", "options"];
    refused::check_entry(entry, "an entry of `patches`", &known, reader.sink);
    let target = match entry.get("target").filter(|target| !target.is_null()) {
        Some(target) => Some((Selector::read(reader, target)?, target.clone())),
        None => None,
    };
    let options = entry.get("options");
    if let Some(options) = options {
        let known = ["allowNameChange", "allowKindChange"];
        refused::check_entry(options, "`options`", &known, reader.sink);
    }
    let mut option = |key| options.is_some_and(|options| reader.flag(options, key));
    let (rename, rekind) = (option("allowNameChange"), option("allowKindChange"));
    let nodes = match (entry.get("path"), entry.get("patch")) {
        (Some(path), None) => {
            let name = reader.text(entry, "path")?;
            reader.documents(&name, path.span).ok()?
        }
        (None, Some(patch)) if patch.as_str().is_some() => reader.inline(patch).ok()?,
        (None, Some(patch)) => {
            reader.problem("`patch` is a text: write `patch: |-`".to_owned(), patch.span);
            return None;
        }
        _ => {
            let message = "a patch has either `path` or `patch`".to_owned();
            reader.problem(message, entry.span);
            return None;
        }
    };
    let nodes: Vec<Node> = nodes.into_iter().filter(|node| !node.is_null()).collect();
    if let [node] = nodes.as_slice()
        && is_no_json(reader, entry.get("patch"), node)
    {
        // kustomize takes what begins so for JSON.
        let message = "a patch that begins with `[` is JSON: put names and texts into quotes";
        reader.sink.push(Diagnostic::new(Code::PatchInvalid, message).at(entry.span));
        return None;
    }
    let change = change(reader, nodes, entry.span, target.is_some())?;
    Some(Patch { change, target, rename, rekind })
}

/// Whether a patch is a list in YAML's short form.
fn is_no_json(reader: &Reader<'_>, inline: Option<&Node>, node: &Node) -> bool {
    let file = || reader.sources.get(node.span.file).map_or("", |source| &*source.text);
    let text = inline.and_then(Node::as_str).unwrap_or_else(file).trim();
    text.starts_with('[') && serde_json::from_str::<serde_json::Value>(text).is_err()
}

fn change(reader: &mut Reader<'_>, nodes: Vec<Node>, span: Span, targeted: bool) -> Option<Change> {
    let invalid = |message: &str, span| Diagnostic::new(Code::PatchInvalid, message).at(span);
    if let [node] = nodes.as_slice()
        && matches!(node.data, Data::Seq(_))
    {
        if !targeted {
            let message = "a JSON patch needs a `target`";
            reader.sink.push(invalid(message, span));
            return None;
        }
        return match Operation::parse(&place::to_value(node, reader.sources)) {
            Ok(operations) if !operations.is_empty() => {
                Some(Change::Json(operations, node.clone()))
            }
            Ok(_) => {
                reader.sink.push(invalid("the patch is empty", span));
                None
            }
            Err(error) => {
                let span = item_span(node, error.index);
                let diagnostic = invalid(&error.message, span);
                reader.sink.push(match error.help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                });
                None
            }
        };
    }
    if nodes.is_empty() {
        reader.sink.push(invalid("the patch is empty", span));
        return None;
    }
    if targeted && nodes.len() > 1 {
        let message = "a patch with a `target` is one document";
        reader.sink.push(invalid(message, span).help("write an entry for each"));
        return None;
    }
    let mut patches = Vec::new();
    for node in nodes {
        if node.as_map().is_none() {
            let message = format!("a patch is a mapping or a list, not a {}", node.kind());
            reader.sink.push(invalid(&message, node.span));
            return None;
        }
        let value = place::to_value(&node, reader.sources);
        for path in [&["apiVersion"][..], &["kind"], &["metadata", "name"]] {
            let said = value.at(path).and_then(Value::as_str).is_some();
            // With a target kustomize only wants the kind and a name.
            if !(said || targeted && path == ["apiVersion"]) {
                let message = format!("the patch has no `{}`", path.join("."));
                reader.sink.push(invalid(&message, node.span).help("it says what is patched"));
                return None;
            }
        }
        if targeted && let Some(span) = removed_label(&node) {
            let message = "with a `target` kustomize does not remove labels and annotations";
            let null = invalid(message, span);
            reader.sink.push(null.help("remove it with a JSON patch, or without `target`"));
            return None;
        }
        patches.push((value, node));
    }
    Some(Change::Strategic(patches))
}

/// Where a patch removes a label or annotation by null.
fn removed_label(patch: &Node) -> Option<Span> {
    let metadata = patch.get("metadata")?;
    let entries = ["labels", "annotations"].into_iter().filter_map(|key| metadata.entry(key));
    let mut all = entries
        .flat_map(|entry| std::iter::once(entry).chain(entry.value.as_map().unwrap_or_default()));
    all.find(|entry| entry.value.is_null()).map(|entry| entry.key.span)
}

impl Patch {
    /// Where it is written.
    pub(super) fn span(&self) -> Span {
        match &self.change {
            Change::Strategic(patches) => patches.first().map_or(Span::NONE, |(_, node)| node.span),
            Change::Json(_, node) => node.span,
        }
    }

    pub(super) fn apply(&self, set: &mut Set, sink: &mut Sink) {
        match (&self.change, &self.target) {
            (Change::Strategic(patches), None) => {
                for (patch, node) in patches {
                    self.apply_named(patch, node, set, sink);
                }
            }
            (change, Some((selector, node))) => {
                let selected: Vec<usize> = (0..set.members.len())
                    .filter(|at| {
                        set.members.get(*at).is_some_and(|member| selector.selects(member))
                    })
                    .collect();
                if selected.is_empty() {
                    let message = format!("no object has {}", selector.text);
                    let nothing = Diagnostic::new(Code::PatchMatchesNothing, message).at(node.span);
                    sink.push(nothing.suggest(suggestion(set, node).as_deref()));
                    return;
                }
                for at in selected.iter().copied() {
                    self.note_job(set, at, node, selector);
                    match change {
                        Change::Strategic(patches) => {
                            for (patch, node) in patches {
                                self.merge(patch, node, set, at, sink);
                            }
                        }
                        Change::Json(operations, node) => {
                            self.operate(operations, node, set, at, sink);
                        }
                    }
                }
                drop_deleted(set);
            }
            (Change::Json(..), None) => {}
        }
    }

    /// A patch that says itself what it patches.
    fn apply_named(&self, patch: &Value, node: &Node, set: &mut Set, sink: &mut Sink) {
        let id = Id::of(patch);
        let found: Vec<usize> = (0..set.members.len())
            .filter(|at| set.members.get(*at).is_some_and(|member| member.has(&id)))
            .collect();
        match found.as_slice() {
            [at] => {
                if id.kind == "Job"
                    && let Some(name) = node.get("metadata").and_then(|node| node.get("name"))
                {
                    set.jobs.push((name.span, id.name.clone()));
                }
                self.merge(patch, node, set, *at, sink);
                drop_deleted(set);
            }
            [] => {
                let message = format!("there is no {} `{}` to patch", id.kind, id.name);
                let span = place::locate(node, &["metadata", "name"]).0;
                let names = set.names_of(&id.kind);
                let nearest = did_you_mean(&id.name, names.iter().map(String::as_str));
                let nothing = Diagnostic::new(Code::PatchMatchesNothing, message).at(span);
                let other = set.members.iter().find(|member| {
                    let own = Id::of(&member.object.value);
                    own.kind == id.kind && own.name == id.name
                });
                sink.push(match other {
                    Some(other) => nothing.help(format!(
                        "there is one with `apiVersion: {}`{}",
                        other.object.api_version(),
                        match other.object.key().namespace.as_str() {
                            "" => String::new(),
                            namespace => format!(" in the namespace `{namespace}`"),
                        }
                    )),
                    None => nothing.suggest(nearest),
                });
            }
            _ => {
                let message = format!("several objects are called {} `{}`", id.kind, id.name);
                sink.push(Diagnostic::new(Code::PatchInvalid, message).at(node.span));
            }
        }
    }

    fn note_job(&self, set: &mut Set, at: usize, node: &Node, selector: &Selector) {
        let Some(member) = set.members.get(at) else { return };
        let name = member.object.name().to_owned();
        if member.object.kind() == "Job"
            && selector.exact_name(node).is_some_and(|said| said == name)
            && let Some(said) = node.get("name")
        {
            set.jobs.push((said.span, name));
        }
    }

    fn merge(&self, patch: &Value, node: &Node, set: &mut Set, at: usize, sink: &mut Sink) {
        let Some(member) = set.members.get_mut(at) else { return };
        let before = member.object.value.clone();
        if let Err(error) = strategic_merge(&mut member.object.value, patch) {
            let path: Vec<&str> = error.path.iter().map(String::as_str).collect();
            let span = place::locate(node, &path).0;
            let message = match path.as_slice() {
                [] => error.message,
                path => format!("`{}`: {}", path.join("."), error.message),
            };
            sink.push(Diagnostic::new(Code::PatchInvalid, message).at(span));
            return;
        }
        if member.object.value == Value::Null {
            return;
        }
        let id = Id::of(&before);
        // With a target the patch may name any kind.
        for (path, keep) in [
            (&["apiVersion"][..], !self.rekind),
            (&["kind"], !self.rekind),
            (&["metadata", "name"], !self.rename),
        ] {
            if keep {
                restore(&mut member.object.value, &before, path);
            }
        }
        restore(&mut member.object.value, &before, &["metadata", "namespace"]);
        if !member.has(&id) {
            member.earlier.push(id);
        }
        member.written.push(node.clone());
        origins::note_changes(&mut member.object, &before, node);
    }

    fn operate(
        &self,
        operations: &[Operation],
        node: &Node,
        set: &mut Set,
        at: usize,
        sink: &mut Sink,
    ) {
        let Some(member) = set.members.get_mut(at) else { return };
        let before = member.object.value.clone();
        if let Err(error) = json6902(&mut member.object.value, operations) {
            let object = format!("{} `{}`", member.object.kind(), member.object.name());
            let message = format!("{object}: {}", error.message);
            let span = item_span(node, error.index);
            let invalid = Diagnostic::new(Code::PatchInvalid, message).at(span);
            sink.push(match error.help {
                Some(help) => invalid.help(help),
                None => invalid,
            });
            return;
        }
        let id = Id::of(&before);
        if Id::of(&member.object.value) != id && !member.has(&id) {
            member.earlier.push(id);
        }
        // A path of names, so that the strict check finds its way to the operation.
        member.written.extend(
            operations
                .iter()
                .zip(node.as_seq().unwrap_or_default())
                .map(|(operation, item)| nested(&operation.path, item)),
        );
        origins::note_changes(&mut member.object, &before, node);
    }
}

/// The node of an operation below the names of its path.
fn nested(path: &str, item: &Node) -> Node {
    let span = item.get("path").map_or(item.span, |path| path.span);
    let mut node = item.get("value").cloned().unwrap_or_else(|| Node::new(Data::Null, span));
    let parts: Vec<_> = path.split('/').skip(1).collect();
    for part in parts.iter().rev() {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part == "-" || part.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let entry = crate::yaml::Entry { key: crate::yaml::Key { name: part, span }, value: node };
        node = Node::new(Data::Map(vec![entry]), span);
    }
    node
}

fn item_span(node: &Node, index: usize) -> Span {
    let item = node.as_seq().and_then(|items| items.get(index));
    item.map_or(node.span, |item| item.get("path").map_or(item.span, |path| path.span))
}

/// Puts a field back as it was.
fn restore(value: &mut Value, before: &Value, path: &[&str]) {
    let Some((last, parents)) = path.split_last() else { return };
    let Some(map) = crate::overlay::at_mut(value, parents).and_then(Value::as_map_mut) else {
        return;
    };
    match before.at(path) {
        Some(old) => map.insert(*last, old.clone()),
        None => drop(map.remove(last)),
    }
}

fn drop_deleted(set: &mut Set) {
    set.members.retain(|member| member.object.value != Value::Null);
}

fn suggestion(set: &Set, target: &Node) -> Option<String> {
    let text = |key| target.get(key).and_then(Node::as_str);
    let kinds: Vec<_> = set.members.iter().map(|member| member.object.kind()).collect();
    match (text("kind"), text("name")) {
        (Some(kind), _) if !kinds.contains(&kind) => did_you_mean(kind, kinds).map(str::to_owned),
        (kind, Some(name)) => {
            let of_kind = set
                .members
                .iter()
                .filter(|member| kind.is_none_or(|kind| member.object.kind() == kind));
            did_you_mean(name, of_kind.map(|member| member.object.name())).map(str::to_owned)
        }
        _ => None,
    }
}
