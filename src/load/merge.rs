//! Merging of two trees: the override's values over the base's, by rules that depend on the path.

use std::collections::BTreeMap;

use super::{tree, unicity};
use crate::{
    text::{Code, Diagnostic, Sink, Span},
    yaml::{Data, Entry, Key, Node, Part, Template},
};

/// A mapping with this many entries is searched by an index.
const INDEXED: usize = 16;

/// How the nodes at a path are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Mappings and lists are united, other values replaced.
    General,
    /// The override replaces the base, even if it is null.
    Replace,
    /// Both become lists of `key=value`, of which the last of each key stays.
    Pairs,
    /// Both become lists; the override's items that are there already are dropped.
    Sequence,
    /// Mappings are united, anything else is replaced.
    Limit,
    /// A string is the build's context.
    Build,
    /// A list names services with default conditions.
    Dependencies,
    /// A list names keys without values.
    Names,
    /// Options of different drivers are not mixed.
    Logging,
    /// Pools are matched by subnet.
    Pools,
}

fn rule(path: &[&str]) -> Rule {
    match path {
        ["services" | "jobs", _, rest @ ..] => rule_in_service(rest),
        ["networks" | "volumes" | "secrets" | "configs", _, "labels"] => Rule::Pairs,
        ["networks", _, "ipam", "config"] => Rule::Pools,
        _ => Rule::General,
    }
}

fn rule_in_service(path: &[&str]) -> Rule {
    match path {
        ["command" | "entrypoint"] | ["healthcheck", "test"] => Rule::Replace,
        ["ulimits", _] => Rule::Limit,
        ["annotations" | "environment" | "labels" | "sysctls"]
        | ["build", "args" | "additional_contexts" | "labels"]
        | ["deploy", "labels"]
        | ["volumes", _, "volume", "labels"] => Rule::Pairs,
        [
            "dns" | "dns_opt" | "dns_search" | "env_file" | "extra_hosts" | "label_file" | "tmpfs",
        ]
        | ["build", "extra_hosts"] => Rule::Sequence,
        ["build"] => Rule::Build,
        ["depends_on"] => Rule::Dependencies,
        ["networks" | "models"] => Rule::Names,
        ["logging"] => Rule::Logging,
        _ => Rule::General,
    }
}

/// Merges trees; contradictions go to the sink.
pub(super) struct Merger<'a> {
    path: Vec<String>,
    sink: &'a mut Sink,
}

impl<'a> Merger<'a> {
    /// A merger of nodes at a path.
    pub(super) fn at(path: &[&str], sink: &'a mut Sink) -> Self {
        Self { path: path.iter().map(|part| (*part).to_owned()).collect(), sink }
    }

    /// The base with the override's values over it.
    pub(super) fn merge(&mut self, base: Node, over: Node) -> Node {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match rule(&path) {
            Rule::General => self.general(base, over),
            Rule::Replace => over,
            Rule::Pairs => {
                let mut pairs = concatenate(base, over, false);
                unicity::keep_last_of_key(&mut pairs, self.sink);
                pairs
            }
            Rule::Sequence => {
                let nothing = base.as_seq().is_none();
                let mut items = concatenate(base, over, true);
                if nothing && items.as_seq().is_some_and(<[_]>::is_empty) {
                    // The reference makes no list of two empty mappings.
                    items.data = Data::Null;
                }
                items
            }
            Rule::Limit if base.as_map().is_some() && over.as_map().is_some() => {
                self.general(base, over)
            }
            Rule::Limit => over,
            Rule::Build => self.union_of(base, over, build),
            Rule::Dependencies => {
                self.refuse_no_names(&base, &over);
                self.union_of(base, over, dependencies)
            }
            Rule::Names => {
                self.refuse_no_names(&base, &over);
                self.union_of(base, over, names)
            }
            Rule::Logging if over.as_map().is_none() => {
                self.cannot(base.span, &over);
                base
            }
            Rule::Logging if drivers_differ(&base, &over) => over,
            Rule::Logging => self.union_of(base, over, entries),
            Rule::Pools => self.pools(base, over),
        }
    }

    fn general(&mut self, base: Node, over: Node) -> Node {
        if over.is_null() {
            return base;
        }
        match (base.data, over.data) {
            (Data::Map(base_entries), Data::Map(over_entries)) => {
                let data = Data::Map(self.union(base_entries, over_entries));
                Node { data, span: base.span, tag: None, template: None, chain: base.chain }
            }
            (Data::Seq(items), Data::Seq(more)) => {
                let data = Data::Seq(tree::append_distinct(items, more));
                Node { data, span: base.span, tag: None, template: None, chain: base.chain }
            }
            (Data::Map(_) | Data::Seq(_), data) => {
                let found = Node { data, ..over };
                self.cannot(base.span, &found);
                found
            }
            (_, data) => Node { data, ..over },
        }
    }

    fn cannot(&mut self, base: Span, over: &Node) {
        let message = format!("cannot override {}", self.path.join("."));
        self.sink.push(
            Diagnostic::new(Code::CannotMerge, message)
                .at_with(over.span, format!("this is a {}", over.kind()))
                .label(base, "the base"),
        );
    }

    /// What is merged by name is a name, a list of names, a mapping, or nothing.
    fn refuse_no_names(&mut self, base: &Node, over: &Node) {
        for node in [base, over] {
            match &node.data {
                Data::Null | Data::Map(_) | Data::String(_) => {}
                Data::Seq(items) => {
                    for item in items.iter().filter(|item| item.as_str().is_none()) {
                        self.cannot(base.span, item);
                    }
                }
                _ => self.cannot(base.span, node),
            }
        }
    }

    /// The entries of both; those that both have are merged in the base's place.
    pub(super) fn union(&mut self, base: Vec<Entry>, over: Vec<Entry>) -> Vec<Entry> {
        let mut united: Vec<Option<Entry>> = base.into_iter().map(Some).collect();
        let index = (over.len() > 1 && united.len() > INDEXED).then(|| index(&united));
        let count = united.len();
        for entry in over {
            let name = entry.key.name.as_str();
            let position = match &index {
                Some(index) => index.get(name).copied(),
                None => united
                    .iter()
                    .take(count)
                    .position(|old| old.as_ref().is_some_and(|old| old.key.name == name)),
            };
            let Some(slot) = position.and_then(|at| united.get_mut(at)) else {
                united.push(Some(entry));
                continue;
            };
            if let Some(old) = slot.take() {
                self.path.push(old.key.name.clone());
                let value = self.merge(old.value, entry.value);
                self.path.pop();
                *slot = Some(Entry { key: old.key, value });
            }
        }
        united.into_iter().flatten().collect()
    }

    fn union_of(
        &mut self,
        base: Node,
        over: Node,
        read: fn(Data, Span) -> Option<Vec<Entry>>,
    ) -> Node {
        let (place, chain) =
            if base.is_null() { (over.span, over.chain) } else { (base.span, base.chain) };
        let data = match (read(base.data, base.span), read(over.data, over.span)) {
            (Some(base), Some(over)) => Data::Map(self.union(base, over)),
            (Some(entries), None) | (None, Some(entries)) => Data::Map(entries),
            (None, None) => Data::Null,
        };
        Node { data, span: place, tag: None, template: None, chain }
    }

    fn pools(&mut self, base: Node, over: Node) -> Node {
        let (Data::Seq(_), Data::Seq(items)) = (&base.data, &over.data) else {
            self.cannot(base.span, &over);
            return base;
        };
        for item in items.iter().filter(|item| item.as_map().is_none()) {
            self.cannot(base.span, item);
        }
        let (place, chain) = (base.span, base.chain.clone());
        let (Data::Seq(olds), Data::Seq(news)) = (base.data, over.data) else {
            return Node::new(Data::Null, place);
        };
        // As the reference has it, step by step: an old pool that no new one is for gets lost.
        let mut pools: Vec<Node> = Vec::new();
        for mut old in olds {
            // Where the old one stands already: the reference changes it there.
            let mut place: Option<usize> = None;
            for new in &news {
                let known = |pool: &Node, like: &Node| subnet(pool) == subnet(like);
                if subnet(new) != subnet(&old) && !pools.iter().any(|pool| known(pool, new)) {
                    pools.push(new.clone());
                    continue;
                }
                old = self.general(old, new.clone());
                if let Some(pool) = place.and_then(|at| pools.get_mut(at)) {
                    pool.clone_from(&old);
                }
                let at = pools.iter().position(|pool| known(pool, &old)).unwrap_or(pools.len());
                match pools.get_mut(at) {
                    Some(pool) => pool.clone_from(&old),
                    None => pools.push(old.clone()),
                }
                place = Some(at);
            }
        }
        // The reference makes no list where nothing is.
        let data = if pools.is_empty() { Data::Null } else { Data::Seq(pools) };
        Node { data, span: place, tag: None, template: None, chain }
    }
}

fn subnet(pool: &Node) -> Option<&str> {
    pool.get("subnet").and_then(Node::as_str)
}

fn index(entries: &[Option<Entry>]) -> BTreeMap<String, usize> {
    entries
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| Some((entry.as_ref()?.key.name.clone(), at)))
        .collect()
}

fn entries(data: Data, _: Span) -> Option<Vec<Entry>> {
    match data {
        Data::Map(entries) => Some(entries),
        _ => None,
    }
}

fn entry(name: &str, span: Span, value: Node) -> Entry {
    Entry { key: Key { name: name.to_owned(), span }, value }
}

fn build(data: Data, span: Span) -> Option<Vec<Entry>> {
    match data {
        Data::String(context) => Some(vec![entry("context", span, Node::string(context, span))]),
        other => entries(other, span),
    }
}

fn dependencies(data: Data, span: Span) -> Option<Vec<Entry>> {
    listed(data, span, |place| {
        Data::Map(vec![
            entry("condition", place, Node::string("service_started", place)),
            entry("required", place, Node::new(Data::Bool(true), place)),
        ])
    })
}

fn names(data: Data, span: Span) -> Option<Vec<Entry>> {
    listed(data, span, |_| Data::Null)
}

fn listed(data: Data, span: Span, value: fn(Span) -> Data) -> Option<Vec<Entry>> {
    let items = match data {
        Data::Seq(items) => items,
        Data::String(name) => vec![Node::string(name, span)],
        other => return entries(other, span),
    };
    let mut seen = std::collections::BTreeSet::new();
    let mut listed = Vec::new();
    for item in items {
        if let Some(name) = item.as_str()
            && seen.insert(name.to_owned())
        {
            listed.push(entry(name, item.span, Node::new(value(item.span), item.span)));
        }
    }
    Some(listed)
}

fn drivers_differ(base: &Node, over: &Node) -> bool {
    let driver = |node: &Node| node.get("driver").map(|driver| driver.as_str().map(str::to_owned));
    matches!((driver(base), driver(over)), (Some(base), Some(over)) if base != over)
}

fn concatenate(base: Node, over: Node, distinct: bool) -> Node {
    let (span, chain) = if base.is_null() {
        (over.span, over.chain.clone())
    } else {
        (base.span, base.chain.clone())
    };
    let (mut items, more) = (sequence(base), sequence(over));
    if distinct {
        items = tree::append_distinct(items, more);
    } else {
        items.extend(more);
    }
    Node { data: Data::Seq(items), span, tag: None, template: None, chain }
}

/// The node as a list: a mapping becomes `key=value`, sorted.
fn sequence(node: Node) -> Vec<Node> {
    match node.data {
        Data::Seq(items) => items,
        Data::String(_) => vec![node],
        Data::Map(entries) => {
            let mut items: Vec<Node> = entries.into_iter().flat_map(pairs).collect();
            items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            items
        }
        _ => Vec::new(),
    }
}

fn pairs(entry: Entry) -> Vec<Node> {
    let Entry { key, value } = entry;
    match value.data {
        Data::Null => vec![Node::string(key.name, key.span)],
        Data::Seq(items) => items.into_iter().map(|item| pair(&key, item)).collect(),
        _ => vec![pair(&key, value)],
    }
}

fn pair(key: &Key, value: Node) -> Node {
    let before = format!("{}=", key.name);
    let template = value.template.as_ref().map(|template| {
        let mut parts = vec![Part::Literal(before.clone())];
        parts.extend(template.parts.iter().cloned());
        Template { parts }.into()
    });
    // Go prints an empty item of a list so.
    let text = if value.is_null() { "<nil>".to_owned() } else { tree::text(&value) };
    let data = Data::String(before + &text);
    Node { data, span: key.span.to(value.span), tag: None, template, chain: value.chain }
}

#[cfg(test)]
mod tests;
