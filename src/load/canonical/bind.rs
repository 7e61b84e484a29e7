//! Binding: what typed attributes make of the canonical tree.

use super::{
    bound::{self, Kind},
    pairs,
    scalars::{read_number, rounded, ssh, strings},
    walk,
};
use crate::{
    load::{booleans, bytes, durations, shellwords},
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Data, Entry, Node},
};

/// What binding to types makes of the tree: commands split, durations and sizes normalised, lists of
/// pairs turned into mappings.
pub fn bind(tree: &mut Node, sink: &mut Sink) {
    let mut binder = Binder { path: Vec::new(), sink };
    binder.bind(&bound::PROJECT, tree);
}

/// Gives deployments without a number of replicas the scale of their service.
pub fn replicas(tree: &mut Node) {
    walk::each(tree, &["services", "*"], &mut scaled);
}

fn scaled(service: &mut Node) {
    let Some(scale) = service.get("scale").cloned() else { return };
    if let Some(deploy) = service.get_mut("deploy")
        && deploy.get("replicas").is_none()
    {
        deploy.set("replicas", scale);
    }
}

/// One step of the path in messages.
enum Step {
    Key(String),
    Name(String),
    Index(usize),
}

/// A run over one tree.
struct Binder<'a> {
    path: Vec<Step>,
    sink: &'a mut Sink,
}

impl Binder<'_> {
    /// Binds a value; false if the attribute vanishes.
    fn bind(&mut self, kind: &Kind, node: &mut Node) -> bool {
        if kind.is_no_text() {
            self.refuse_date(node);
        }
        match kind {
            Kind::Any => true,
            Kind::Named(attributes) => {
                if node.is_null() {
                    node.data = Data::Map(Vec::new());
                }
                self.object(attributes, node);
                true
            }
            Kind::Known(attributes) => {
                if let Data::Map(entries) = &mut node.data {
                    entries
                        .retain(|entry| attributes.iter().any(|(name, _)| *name == entry.key.name));
                }
                self.object(attributes, node);
                true
            }
            Kind::Whole(attributes) => {
                self.object(attributes, node);
                complete(attributes, node);
                true
            }
            Kind::Object(attributes) => {
                self.object(attributes, node);
                node.as_map().is_some_and(|entries| !entries.is_empty())
            }
            Kind::ObjectKept(attributes) => {
                if node.is_null() {
                    // Nothing is an object whose flags are off.
                    let off = attributes.iter().filter(|(_, kind)| matches!(kind, Kind::BoolOff));
                    let off = off.map(|(name, _)| (*name, walk::flag(false, node.span)));
                    node.data = walk::map(off, node.span).data;
                }
                self.object(attributes, node);
                true
            }
            Kind::List(item) => self.list(item, node),
            Kind::Dict(value) => self.dict(value, node),
            Kind::Pairs | Kind::Env => self.pairs(kind, node),
            Kind::Texts => {
                for Entry { value, .. } in node.as_map().unwrap_or_default() {
                    self.refuse_other(value);
                    if value.as_map().is_some() || value.as_seq().is_some() {
                        self.fail(value.span, &format!("is text, not a {}", value.kind()));
                    }
                }
                self.pairs(kind, node)
            }
            Kind::Lists => {
                if let Data::Map(entries) = &mut node.data {
                    entries
                        .retain(|entry| entry.value.as_seq().is_none_or(|list| !list.is_empty()));
                }
                strings(kind, node)
            }
            Kind::Strings | Kind::StringsKept => {
                self.refuse_others(node);
                strings(kind, node)
            }
            Kind::Hosts => self.hosts(node),
            Kind::Ssh => ssh(node),
            Kind::Ulimits => self.ulimits(node),
            Kind::Command => self.command(node),
            Kind::Test => {
                if matches!(node.data, Data::Timestamp(_)) {
                    self.fail(node.span, "is a text or a list, not a date");
                }
                if let Some(text) = node.as_str() {
                    let shell = Node::string("CMD-SHELL", node.span);
                    let test = Node { data: Data::String(text.to_owned()), ..walk::plain(node) };
                    walk::rest(node, Data::Seq(vec![shell, test]));
                }
                strings(&Kind::Strings, node)
            }
            Kind::String => {
                self.refuse_other(node);
                *node = pairs::string(node);
                node.as_str() != Some("")
            }
            Kind::Bool | Kind::BoolOff | Kind::BoolKept => self.flag(kind, node),
            Kind::Int | Kind::IntKept | Kind::Float => self.number(kind, node),
            Kind::Bare | Kind::Natural | Kind::NaturalSome => {
                let kept = self.number(kind, node);
                if matches!(node.data, Data::Int(number) if number < 0) {
                    self.fail(node.span, "is below zero");
                }
                kept
            }
            Kind::Bytes => self.bytes(node),
            Kind::Duration | Kind::Zero => self.duration(kind, node),
            Kind::Mode => self.mode(node),
            Kind::Count => self.count(node),
        }
    }

    fn object(&mut self, attributes: &[(&str, Kind)], node: &mut Node) {
        if let Data::String(_) | Data::Timestamp(_) = node.data {
            // A date, or a short form that was left as it is, since it holds a variable.
            self.fail(node.span, "expected a mapping, got a text");
        }
        let Data::Map(entries) = &mut node.data else { return };
        entries.retain_mut(|entry| {
            let name = entry.key.name.as_str();
            let Some((_, kind)) = attributes.iter().find(|(known, _)| *known == name) else {
                return true;
            };
            if entry.value.is_null() {
                return false;
            }
            self.path.push(Step::Key(name.to_owned()));
            let kept = self.bind(kind, &mut entry.value);
            self.path.pop();
            kept
        });
    }

    fn list(&mut self, kind: &Kind, node: &mut Node) -> bool {
        let Data::Seq(items) = &mut node.data else { return true };
        for (index, item) in items.iter_mut().enumerate() {
            self.path.push(Step::Index(index));
            self.bind(kind, item);
            self.path.pop();
        }
        !items.is_empty()
    }

    fn dict(&mut self, kind: &Kind, node: &mut Node) -> bool {
        let Data::Map(entries) = &mut node.data else { return true };
        for Entry { key, value } in entries.iter_mut() {
            if !value.is_null() || matches!(kind, Kind::Named(_)) {
                self.path.push(Step::Name(key.name.clone()));
                self.bind(kind, value);
                self.path.pop();
            }
        }
        !entries.is_empty()
    }

    fn refuse_others(&mut self, node: &Node) {
        match &node.data {
            Data::Seq(items) => items.iter().for_each(|item| self.refuse_other(item)),
            _ => self.refuse_other(node),
        }
    }

    fn refuse_date(&mut self, node: &Node) {
        if matches!(node.data, Data::Timestamp(_)) {
            self.fail(node.span, "is no date");
        }
    }

    /// A whole number becomes a text, another scalar does not.
    fn refuse_other(&mut self, node: &Node) {
        let what = match node.data {
            Data::Float(_) => "number",
            Data::Timestamp(_) => "date",
            Data::Bool(_) => "boolean",
            _ => return,
        };
        self.fail(node.span, &format!("is text; put the {what} into quotes"));
    }

    fn pairs(&mut self, kind: &Kind, node: &mut Node) -> bool {
        let nullable = matches!(kind, Kind::Env);
        if let (true, Data::Seq(items)) = (nullable && self.is_own_of_job(), &mut node.data) {
            // The reference forgets dates.
            items.retain(|item| !matches!(item.data, Data::Timestamp(_)));
        }
        let Some(mut entries) = pairs::entries(node) else { return true };
        for Entry { key, value } in &mut entries {
            if nullable && key.name.ends_with([' ', '\t']) {
                let text =
                    format!("environment variable {} is declared with a trailing space", key.name);
                self.fail(key.span, &text);
            }
            if !(nullable && value.is_null()) {
                *value = pairs::string(value);
            }
        }
        let some = !entries.is_empty();
        node.data = Data::Map(entries);
        some
    }

    /// Whether this is an attribute of a job or of its build, not of a hook.
    fn is_own_of_job(&self) -> bool {
        let keys = self.path.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            _ => None,
        });
        let keys: Vec<&str> = keys.collect();
        matches!(keys.as_slice(), ["jobs", "environment"] | ["jobs", "build", "args"])
    }

    fn hosts(&mut self, node: &mut Node) -> bool {
        match pairs::hosts(node) {
            Ok(hosts) => {
                let some = match &node.data {
                    Data::Map(entries) => !entries.is_empty(),
                    _ => !hosts.is_empty(),
                };
                node.data = Data::Seq(hosts);
                some
            }
            Err(problem) => {
                self.fail(node.span, &problem);
                false
            }
        }
    }

    fn ulimits(&mut self, node: &mut Node) -> bool {
        let Data::Map(entries) = &mut node.data else { return true };
        for Entry { value, .. } in entries.iter_mut() {
            if let Data::Map(limits) = &mut value.data {
                for limit in limits {
                    if !limit.key.name.starts_with("x-") {
                        self.number(&Kind::IntKept, &mut limit.value);
                    }
                }
                for name in ["soft", "hard"] {
                    if value.get(name).is_none() {
                        value.set(name, Node::new(Data::Int(0), value.span));
                    }
                }
            } else if value.as_str().is_some() {
                self.fail(value.span, "expected a number or a mapping, got a string");
            } else {
                self.number(&Kind::IntKept, value);
                if matches!(value.data, Data::Int(0)) {
                    // None at all is printed as both limits.
                    let zero = || Node::new(Data::Int(0), value.span);
                    value.data = walk::map([("soft", zero()), ("hard", zero())], value.span).data;
                }
            }
        }
        !entries.is_empty()
    }

    fn command(&mut self, node: &mut Node) -> bool {
        let date = matches!(node.data, Data::Timestamp(_));
        let Some(text) = node.as_str() else {
            strings(&Kind::StringsKept, node);
            // The reference forgets a date.
            return node.as_seq().is_some() && !date;
        };
        match shellwords::split(text) {
            Ok(split) => {
                if let Some(cut) = &split.cut {
                    let message = format!("{}: the command ends before `{cut}`", self.path());
                    self.sink.push(
                        Diagnostic::new(Code::CommandCut, message)
                            .at(node.span)
                            .help("write it as `sh -c '…'`, or as a list"),
                    );
                }
                let words = split.words.into_iter().map(|text| word(text, node)).collect();
                walk::rest(node, Data::Seq(words));
            }
            Err(problem) => self.fail(node.span, &problem),
        }
        true
    }

    fn flag(&mut self, kind: &Kind, node: &mut Node) -> bool {
        let value = match &node.data {
            Data::Bool(value) => *value,
            Data::String(text) => {
                let Some(value) = booleans::read(text, node.span, self.sink) else {
                    self.fail(node.span, &format!("invalid boolean: {text}"));
                    return false;
                };
                value
            }
            _ => return true,
        };
        node.data = Data::Bool(value);
        match kind {
            Kind::Bool => value,
            Kind::BoolOff => !value,
            _ => true,
        }
    }

    fn number(&mut self, kind: &Kind, node: &mut Node) -> bool {
        let number = match &node.data {
            Data::Int(_) if !matches!(kind, Kind::Float) => None,
            #[allow(clippy::cast_precision_loss)]
            Data::Int(number) => Some(*number as f64),
            Data::Float(number) => Some(*number),
            Data::String(text) => match read_number(kind, text) {
                Some(number) => Some(number),
                None => {
                    let text = format!("invalid number: '{text}'");
                    self.fail(node.span, &text);
                    return false;
                }
            },
            _ => return true,
        };
        if let Some(number) = number {
            node.data = rounded(kind, number);
        }
        match (kind, &node.data) {
            (Kind::IntKept | Kind::Natural, _) => true,
            (_, Data::Int(number)) => *number != 0,
            (_, Data::Float(number)) => *number != 0.0,
            _ => true,
        }
    }

    fn bytes(&mut self, node: &mut Node) -> bool {
        let size = match &node.data {
            Data::Int(number) => number.to_string(),
            Data::Float(number) => {
                let message = format!("{}: Compose ignores the size {number}", self.path());
                self.sink.push(
                    Diagnostic::new(Code::SilentlyIgnored, message)
                        .at(node.span)
                        .help("put the size into quotes, or give it a unit"),
                );
                return false;
            }
            Data::Timestamp(_) => return false,
            Data::String(text) => match bytes::parse(text) {
                Ok(size) => size.to_string(),
                Err(problem) => {
                    self.fail(node.span, &problem);
                    return false;
                }
            },
            _ => return true,
        };
        let some = size != "0";
        node.data = Data::String(size);
        some
    }

    fn duration(&mut self, kind: &Kind, node: &mut Node) -> bool {
        self.refuse_date(node);
        let Some(text) = node.as_str() else { return true };
        match durations::parse(text) {
            Ok(nanoseconds) => {
                node.data = Data::String(durations::format(nanoseconds));
                matches!(kind, Kind::Duration) || nanoseconds != 0
            }
            Err(problem) => {
                self.fail(node.span, &problem);
                false
            }
        }
    }

    fn mode(&mut self, node: &mut Node) -> bool {
        let mode = match &node.data {
            Data::Int(number) => i64::try_from(*number).ok(),
            Data::String(text) => i64::from_str_radix(text, 8).ok(),
            Data::Float(_) => None,
            _ => return true,
        };
        match mode {
            Some(mode) if mode < 0 => {
                node.data = Data::String(format!("0-{:o}", mode.unsigned_abs()));
            }
            Some(mode) => node.data = Data::String(format!("0{mode:o}")),
            None => self.fail(node.span, "invalid mode"),
        }
        true
    }

    fn count(&mut self, node: &mut Node) -> bool {
        if let Data::Float(_) = node.data {
            self.fail(node.span, "is `all` or a whole number");
        }
        if let Some(text) = node.as_str() {
            let number =
                if text.eq_ignore_ascii_case("all") { Some(-1) } else { text.parse().ok() };
            if let Some(number) = number {
                node.data = Data::Int(number);
            } else {
                let text = format!(
                    "invalid value \"{text}\", the only value allowed is 'all' or a number"
                );
                self.fail(node.span, &text);
            }
        }
        !matches!(node.data, Data::Int(0))
    }

    fn fail(&mut self, span: Span, problem: &str) {
        let message = format!("'{}' {problem}", self.path());
        self.sink.push(Diagnostic::new(Code::BadValue, message).at(span));
    }

    /// `services[a].deploy.devices[0]`.
    fn path(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) if text.is_empty() => text.push_str(key),
                Step::Key(key) => {
                    text.push('.');
                    text.push_str(key);
                }
                Step::Name(name) => {
                    text.push('[');
                    text.push_str(name);
                    text.push(']');
                }
                Step::Index(index) => {
                    text.push('[');
                    text.push_str(&index.to_string());
                    text.push(']');
                }
            }
        }
        text
    }
}

/// Gives attributes that are not said their zeros.
fn complete(attributes: &[(&str, Kind)], node: &mut Node) {
    if node.as_map().is_none() {
        return;
    }
    for (name, kind) in attributes {
        if node.get(name).is_none() {
            let zero = match kind {
                Kind::String => Data::String(String::new()),
                Kind::Bytes => Data::String("0".to_owned()),
                _ => Data::Int(0),
            };
            node.set(name, Node::new(zero, node.span));
        }
    }
}

/// A word of a command; one that is the whole command keeps the template.
fn word(text: String, command: &Node) -> Node {
    let mut node = Node::string(text, command.span);
    node.chain.clone_from(&command.chain);
    if node.as_str() == command.as_str() {
        node.template.clone_from(&command.template);
    }
    node
}
