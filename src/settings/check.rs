//! Checks of settings against the table.
//!
//! What comes out holds known keys with values of the right kind only, in one form each, so that
//! merging and decoding need not look again.

use super::{
    kind::{CHOSEN, Key, Kind, Object, Place, Schema, Scope},
    raw, scalar,
    table::SETTINGS,
};
use crate::{
    text::{Code, Diagnostic, Severity, Sink, Sources, did_you_mean},
    yaml::{Data, Entry, Node, Tag},
};

/// Checks settings and collects what is wrong.
pub(super) struct Checker<'a> {
    /// The source files, for numbers that are taken as they are written.
    pub(super) sources: &'a Sources,
    /// Where problems go.
    pub(super) sink: &'a mut Sink,
    /// How bad a wrong value is.
    pub(super) severity: Severity,
}

impl<'a> Checker<'a> {
    /// A checker for which what is wrong is an error.
    pub(super) fn new(sources: &'a Sources, sink: &'a mut Sink) -> Self {
        Self { sources, sink, severity: Severity::Error }
    }

    /// The settings of a place in their one form; nothing of it if it is no mapping.
    pub(super) fn settings(&mut self, node: &Node, place: Place) -> Node {
        self.value(node, &Kind::Settings(place), "the settings")
            .unwrap_or_else(|| Node::new(Data::Map(Vec::new()), node.span))
    }

    /// A value in its one form; none if it is null or wrong.
    fn value(&mut self, node: &Node, kind: &Kind, name: &str) -> Option<Node> {
        match kind {
            Kind::Nullable(_) if node.is_null() => return Some(node.clone()),
            _ if node.is_null() => return None,
            Kind::Nullable(kind) => return self.value(node, kind, name),
            Kind::Any(kinds) => return self.any(node, kinds, kind, name),
            _ => {}
        }
        match (kind, &node.data) {
            (Kind::Object(object), Data::Map(entries)) => {
                Some(self.object(node, entries, object, name))
            }
            (Kind::Object(Object { short: Some(short), .. }), _) => self.short(node, short, name),
            (Kind::Settings(place), Data::Map(entries)) => {
                Some(self.vocabulary(node, entries, *place))
            }
            (Kind::Map(kind), Data::Map(entries)) => {
                let checked = entries.iter().filter_map(|entry| {
                    let value = self.value(&entry.value, kind, &entry.key.name)?;
                    Some(Entry { key: entry.key.clone(), value })
                });
                Some(with(node, Data::Map(checked.collect())))
            }
            (Kind::Raw(schema), Data::Map(_)) => self.raw(node, *schema, name),
            (Kind::List(kind), Data::Seq(items)) => {
                let checked = items.iter().filter_map(|item| self.value(item, kind, name));
                Some(with(node, Data::Seq(checked.collect())))
            }
            _ => self.scalar(node, kind, name),
        }
    }

    fn scalar(&mut self, node: &Node, kind: &Kind, name: &str) -> Option<Node> {
        match scalar::read(node, kind, self.sources) {
            Ok(data) => Some(with(node, data)),
            Err(help) => {
                self.wrong(node, kind, name, help);
                None
            }
        }
    }

    fn any(&mut self, node: &Node, kinds: &[Kind], all: &Kind, name: &str) -> Option<Node> {
        let fitting = kinds.iter().find(|kind| fits(node, kind));
        if let Some(kind) = fitting {
            return self.value(node, kind, name);
        }
        self.wrong(node, all, name, None);
        None
    }

    /// A bare text in place of a mapping; it replaces whatever weaker places say.
    fn short(&mut self, node: &Node, short: &str, name: &str) -> Option<Node> {
        if matches!(node.data, Data::Bool(_)) {
            self.report(
                Diagnostic::new(Code::BadSetting, format!("`{name}` is a text or a mapping"))
                    .at(node.span),
            );
            return None;
        }
        let value = self.value(node, &Kind::Text, name)?;
        let mut map = with(node, Data::Map(Vec::new()));
        map.set(short, value);
        map.tag = Some(Tag::Override);
        Some(map)
    }

    fn object(&mut self, node: &Node, entries: &[Entry], object: &Object, name: &str) -> Node {
        let mut checked = Vec::new();
        let mut chosen: Option<&Entry> = None;
        for entry in entries {
            let key = entry.key.name.as_str();
            let known = object.keys.iter().find(|known| known.name == key);
            let extra = object.extra.filter(|_| key.contains('/'));
            let Some(kind) = known.map(|known| &known.kind).or(extra) else {
                let names = object.keys.iter().map(|key| key.name);
                self.unknown(entry, &format!(" in `{name}`"), did_you_mean(key, names));
                continue;
            };
            let Some(value) = self.value(&entry.value, kind, key) else { continue };
            if !object.choice.contains(&key) {
                checked.push(Entry { key: entry.key.clone(), value });
                continue;
            }
            if let Some(other) = chosen {
                let message = format!("`{}` and `{key}` exclude each other", other.key.name);
                self.report(Diagnostic::new(Code::BadSetting, message).at(entry.key.span));
                continue;
            }
            chosen = Some(entry);
            let mut choice = with(node, Data::Map(Vec::new()));
            choice.set(key, value);
            choice.tag = Some(Tag::Override);
            let key = crate::yaml::Key { name: CHOSEN.to_owned(), span: entry.key.span };
            checked.push(Entry { key, value: choice });
        }
        let mut result = with(node, Data::Map(checked));
        if object.whole {
            result.tag = Some(Tag::Override);
        }
        result
    }

    fn vocabulary(&mut self, node: &Node, entries: &[Entry], place: Place) -> Node {
        let mut checked = Vec::new();
        for entry in entries {
            let name = entry.key.name.as_str();
            match SETTINGS.iter().find(|key| key.name == name) {
                None => {
                    let names =
                        SETTINGS.iter().filter(|key| place.takes(key.scope)).map(|key| key.name);
                    self.unknown(entry, "", did_you_mean(name, names));
                }
                Some(key) if !place.takes(key.scope) => self.misplaced(entry, key, place),
                Some(Key { kind: Kind::Later, .. }) => self.not_yet(entry),
                Some(key) => {
                    let value = self.value(&entry.value, &key.kind, name);
                    checked.extend(value.map(|value| Entry { key: entry.key.clone(), value }));
                }
            }
        }
        with(node, Data::Map(checked))
    }

    fn misplaced(&mut self, entry: &Entry, key: &Key, place: Place) {
        let name = key.name;
        let help = match key.scope {
            Scope::File => format!("`{name}` stands at the top of an environment file"),
            Scope::Top => format!("`{name}` is said once for the project, at the top level"),
            _ if place == Place::Defaults => {
                format!("`{name}` is said of single services, not in `defaults`")
            }
            _ => format!("`{name}` is said of single services: `services.<name>.{name}`"),
        };
        let message = format!("`{name}` cannot stand here");
        self.report(Diagnostic::new(Code::UnknownSetting, message).at(entry.key.span).help(help));
    }

    fn unknown(&mut self, entry: &Entry, place: &str, suggestion: Option<&str>) {
        let message = format!("unknown setting `{}`{place}", entry.key.name);
        let diagnostic = Diagnostic::new(Code::UnknownSetting, message).at(entry.key.span);
        self.report(diagnostic.suggest(suggestion));
    }

    /// What turns a later feature off is no reason to stop.
    fn not_yet(&mut self, entry: &Entry) {
        if !matches!(entry.value.data, Data::Null | Data::Bool(false)) {
            let message = format!("`{}` is not available yet", entry.key.name);
            self.report(Diagnostic::new(Code::SettingNotYet, message).at(entry.key.span));
        }
    }

    /// A piece of a Kubernetes object, which has to be one of the API's own type.
    fn raw(&mut self, node: &Node, schema: Schema, name: &str) -> Option<Node> {
        let problems = raw::problems(node, schema);
        let fits = problems.is_empty();
        for (problem, span) in problems {
            let message = format!("`{name}`: {}", problem.message);
            let found = Diagnostic::new(Code::BadSetting, message).at(span);
            self.report(match problem.help {
                Some(help) => found.help(help),
                None => found,
            });
        }
        fits.then(|| node.clone())
    }

    /// The value itself is never in the message: it may be a secret.
    fn wrong(&mut self, node: &Node, kind: &Kind, name: &str, help: Option<String>) {
        let message = match (kind, node.as_str()) {
            (Kind::Words(words), Some(word)) => {
                let wrong = Diagnostic::new(
                    Code::BadSetting,
                    format!("`{name}` is one of {}, not `{word}`", kind.words()),
                );
                let wrong = wrong.at(node.span).suggest(did_you_mean(word, words.iter().copied()));
                return self.report(wrong);
            }
            (Kind::Words(..), None) => format!("`{name}` is one of {}", kind.words()),
            (_, Some(_)) => format!("`{name}` is not {}", kind.words()),
            _ => format!("`{name}` is {}, not a {}", kind.words(), node.kind()),
        };
        let wrong = Diagnostic::new(Code::BadSetting, message).at(node.span);
        self.report(match help {
            Some(help) => wrong.help(help),
            None => wrong,
        });
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.sink.push(diagnostic.severity(self.severity));
    }
}

/// Whether a node has the shape of a kind, for the choice between several forms.
fn fits(node: &Node, kind: &Kind) -> bool {
    match kind {
        Kind::Bool => matches!(node.data, Data::Bool(_)),
        Kind::False => matches!(node.data, Data::Bool(false)),
        Kind::List(_) => matches!(node.data, Data::Seq(_)),
        Kind::Object(Object { short: Some(_), .. }) => !matches!(node.data, Data::Seq(_)),
        Kind::Map(_) | Kind::Object(_) | Kind::Settings(_) | Kind::Raw(_) => {
            matches!(node.data, Data::Map(_))
        }
        Kind::Nullable(kind) => node.is_null() || fits(node, kind),
        Kind::Any(kinds) => kinds.iter().any(|kind| fits(node, kind)),
        Kind::Int(..) => matches!(node.data, Data::Int(_)),
        _ => !matches!(node.data, Data::Seq(_) | Data::Map(_)),
    }
}

/// A node with another content at the same place.
fn with(node: &Node, data: Data) -> Node {
    Node {
        data,
        span: node.span,
        tag: node.tag.filter(|tag| *tag == Tag::Override),
        template: node.template.clone(),
        chain: node.chain.clone(),
    }
}
