//! Objects to templates: what differs between variants, or what a person wants to change, becomes a
//! value. This is the general part; [`super::fields`] and [`super::pod`] know single fields.

use super::{
    facts::Facts,
    guards::operand,
    names::camel,
    row::{Row, Slot},
    schema::Toggles,
    values::{Entry, Values},
};
use crate::yaml::{Field, Guard, Hole, Map, Value};

/// Fields that become one value as a whole when something in them differs.
const UNITS: &[&str] = &[
    "affinity",
    "annotations",
    "args",
    "command",
    "dnsConfig",
    "hostAliases",
    "lifecycle",
    "livenessProbe",
    "metrics",
    "nodeSelector",
    "readinessProbe",
    "resources",
    "securityContext",
    "startupProbe",
    "strategy",
    "tls",
    "tolerations",
    "topologySpreadConstraints",
    "updateStrategy",
];

/// Lists whose items come and go one by one.
const ITEMISED: &[&str] = &[
    "containers",
    "env",
    "envFrom",
    "initContainers",
    "ports",
    "volumeClaimTemplates",
    "volumeMounts",
    "volumes",
];

/// Turns rows of objects into templates and collects the values they ask for.
#[derive(Debug)]
pub(super) struct Weaver<'a> {
    /// What is known of the whole project.
    pub(super) facts: Facts<'a>,
    /// The values so far.
    pub(super) values: Values,
    /// The values of Secrets, which go to files of their own.
    pub(super) secret_values: Values,
    /// What sections understand beyond the values.
    pub(super) toggles: Toggles,
    /// The named templates of Jobs.
    pub(super) helpers: String,
    /// The object at hand.
    pub(super) at: Scope,
}

/// The object at hand.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Where its values are: `[web]`.
    pub(super) key: Vec<String>,
    /// Where the names of its values begin, below the key: `[ingress]`.
    pub(super) prefix: Vec<String>,
    /// Its kind.
    pub(super) kind: String,
    /// Its name.
    pub(super) name: String,
    /// Whether a dot is the mapping at `key`, so that `.replicas` means its value.
    pub(super) dot: bool,
    /// Whether that was made use of.
    pub(super) used: bool,
    /// Whether it belongs to a service.
    pub(super) belongs: bool,
    /// The value of the image of the container at hand.
    pub(super) image: Option<String>,
    /// Where the service is at all, if it belongs to one.
    pub(super) enabled: Option<Vec<bool>>,
    /// Where the service is outside of the cluster.
    pub(super) external: Option<Vec<Option<bool>>>,
    /// Whether it is the Service that says so, by its host's name.
    pub(super) is_external: bool,
    /// Where a pod waits, with the condition.
    pub(super) waits: Vec<(Vec<Option<bool>>, String)>,
    /// Whether how its pods end is left to the values.
    pub(super) ends: bool,
    /// The ConfigMaps that the pod uses.
    pub(super) configs: Vec<String>,
    /// The claim templates of a StatefulSet whose values may name something else.
    pub(super) claims: Vec<String>,
    /// Whether a StatefulSet has one claim template alone.
    pub(super) single_claim: bool,
    /// The name of the pod's main container.
    pub(super) main: String,
    /// Whether that is an init container, before one that only holds the pod.
    pub(super) main_ends: bool,
    /// The fields above the one at hand.
    pub(super) path: Vec<String>,
}

impl Weaver<'_> {
    /// The field under a key, if it is there in any variant.
    pub(super) fn field(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        self.at.path.push(key.to_owned());
        let field = self.known_field(key, row).or_else(|| {
            row.first()?;
            Some(self.any_field(key, row))
        });
        self.at.path.pop();
        field
    }

    fn any_field(&mut self, key: &str, row: &Row<'_>) -> Field {
        let fixed = self.extra_items().is_none();
        if fixed && let Some(open) = self.shared_condition(row).filter(|_| row.lacks()) {
            return field(key, self.weave(&row.guarded()), Some(open));
        }
        if row.is_seq()
            && ITEMISED.contains(&key)
            && let Some((items, guard)) = self.items(row)
        {
            // Of many claims each has its condition, and none at all are none.
            let many = key == "volumeClaimTemplates" && !self.at.single_claim;
            return field(key, items, guard.filter(|_| !many));
        }
        if !row.lacks() {
            return field(key, self.weave(row), None);
        }
        if row.all(|value| self.facts.is_plain(value)) && !self.at_mounted_image() {
            let path = self.name();
            return self.optional(key, &path, row);
        }
        let path = self.name();
        let open = self.switch(&path, row);
        field(key, self.weave(&row.guarded()), Some(open))
    }

    /// A mapping field by field.
    pub(super) fn map(&mut self, row: &Row<'_>) -> Value {
        let keys = self.wanted(row);
        // The waits of a pod are conditions of its other fields.
        let early = |key: &str| key == "initContainers" || key == "containers";
        let mut fields = Vec::new();
        for first in [true, false] {
            for (index, key) in keys.iter().enumerate().filter(|(_, key)| early(key) == first) {
                fields.extend(self.field(key, &row.under(key)).map(|field| (index, field)));
            }
        }
        fields.sort_by_key(|(index, _)| *index);
        Value::Map(Map { fields: fields.into_iter().map(|(_, field)| field).collect() })
    }

    /// A value that every variant has.
    pub(super) fn weave(&mut self, row: &Row<'_>) -> Value {
        let Some(first) = row.first() else { return Value::Null };
        if let Some(value) = self.known_value(row) {
            return value;
        }
        let unit = self.at.path.last().is_some_and(|key| UNITS.contains(&key.as_str()));
        // The size of a claim has a name of its own.
        let unit = unit && self.claim_steps().is_empty();
        if unit && !row.agrees() {
            return self.hole(row);
        }
        let empty = |value: &Value| match value {
            Value::Map(map) => map.is_empty(),
            Value::Seq(items) => items.is_empty(),
            _ => true,
        };
        let alike = row.all(empty) || !row.present().any(empty);
        match first {
            Value::Map(map) if map.is_empty() && row.agrees() => first.clone(),
            Value::Map(_) if row.is_map() && alike => self.map(row),
            Value::Seq(_) if row.is_seq() && alike && !self.is_word_list(row) => {
                match self.items(row) {
                    Some((items, _)) => items,
                    None => self.hole(row),
                }
            }
            _ if row.agrees() => self.literal(first),
            _ => self.hole(row),
        }
    }

    /// A list of words that differs is one value.
    fn is_word_list(&self, row: &Row<'_>) -> bool {
        let words = |value: &Value| match value {
            Value::Seq(items) => {
                items.iter().all(|item| item.as_map().is_none() && self.facts.is_plain(item))
            }
            _ => false,
        };
        !row.agrees() && row.all(words)
    }

    /// A list item by item; with a condition for the list if every item has one.
    pub(super) fn items(&mut self, row: &Row<'_>) -> Option<(Value, Option<String>)> {
        let mut items = Vec::new();
        let mut conditions: Vec<Option<String>> = Vec::new();
        for (key, row) in row.items()? {
            self.at.path.push(format!("[{key}]"));
            let (item, open) = self.item(&key, &row);
            let item = in_list(item);
            conditions.push(open.as_deref().map(condition));
            items.push(match open {
                Some(open) => Value::Guarded(Box::new(Guard { open }), Box::new(item)),
                None => item,
            });
            self.at.path.pop();
        }
        if let Some((item, condition)) = self.extra_item() {
            items.push(item);
            conditions.push(Some(condition));
        }
        let conditions: Option<Vec<String>> = conditions.into_iter().collect();
        let guard = conditions.filter(|all| !all.is_empty()).map(|mut all| {
            all.dedup();
            match all.as_slice() {
                [one] => format!("if {one}"),
                all => {
                    let all: Vec<_> = all.iter().map(|one| operand(one)).collect();
                    format!("if or {}", all.join(" "))
                }
            }
        });
        // The list's own condition says it already.
        if let ([item], Some(_)) = (items.as_mut_slice(), &guard)
            && let Value::Guarded(own, inner) = item
            && own.open.starts_with("if ")
        {
            *item = std::mem::take(inner);
        }
        Some((Value::Seq(items), guard))
    }

    fn item(&mut self, key: &str, row: &Row<'_>) -> (Value, Option<String>) {
        if let Some(known) = self.known_item(key, row) {
            return known;
        }
        if !row.lacks() {
            return (self.weave(row), None);
        }
        let open = self.shared_condition(row).unwrap_or_else(|| {
            let list = self.at.path.iter().rev().nth(1).map(String::as_str).unwrap_or_default();
            // More of these are a list of the values.
            let list = if list == "envFrom" { "sources" } else { list };
            let path = self.path_of(&[camel(list), camel(key)]);
            let path = if self.values.is_free(&path) { path } else { self.name() };
            self.switch(&path, row)
        });
        (self.weave(&row.guarded()), Some(open))
    }

    /// A condition that exists already and holds exactly where this is there.
    pub(super) fn shared_condition(&mut self, row: &Row<'_>) -> Option<String> {
        let presence = row.presence();
        if let Some(external) = self.at.external.clone() {
            let inside: Vec<_> = external.iter().map(|flag| flag.map(|flag| !flag)).collect();
            let outside = matches(&presence, &external);
            if outside || matches(&presence, &inside) {
                let name = self.refer(&["external".to_owned()]);
                return Some(if outside { format!("if {name}") } else { format!("if not {name}") });
            }
        }
        const OF_WAITS: &[&str] = &["volumes", "serviceAccountName"];
        let of_waits = self.at.path.iter().any(|step| OF_WAITS.contains(&step.as_str()));
        let waits = self.at.waits.iter().filter(|_| of_waits);
        waits.clone().find(|(flags, _)| matches(&presence, flags)).map(|(_, open)| open.clone())
    }

    /// Notes that the section at hand understands a key whether it is written there or not.
    pub(super) fn toggle(&mut self, name: &'static str) {
        let known = self.at.key.first().map(|key| self.toggles.entry(key.clone()).or_default());
        if let Some(known) = known.filter(|known| !known.contains(&name)) {
            known.push(name);
        }
    }

    /// A switch at a path of values; the opening action that asks for it.
    pub(super) fn switch(&mut self, path: &[String], row: &Row<'_>) -> String {
        let path = self.put(path, Entry::switch(row));
        format!("if {}", self.refer(&path))
    }

    /// A value in the place of this field.
    pub(super) fn hole(&mut self, row: &Row<'_>) -> Value {
        let path = self.name();
        self.hole_at(&path, row)
    }

    /// A value of that path in the place of this field.
    pub(super) fn hole_at(&mut self, path: &[String], row: &Row<'_>) -> Value {
        let path = self.put(path, Entry::of(row, nothing_like(row)));
        let name = self.refer(&path);
        self.print(&name, row)
    }

    /// Adds a value at a path, or at another where that is taken; the path it went to.
    pub(super) fn put(&mut self, path: &[String], entry: Entry) -> Vec<String> {
        if self.values.put(&self.full(path), entry.clone()) {
            return path.to_vec();
        }
        let free = self.name();
        self.values.put(&self.full(&free), entry);
        free
    }

    /// A field that is there only where its value is given.
    pub(super) fn optional(&mut self, key: &str, path: &[String], row: &Row<'_>) -> Field {
        let falsy = row.present().any(is_falsy);
        let empty = if falsy { Value::Null } else { nothing_like(row) };
        let entry = Entry::of(row, empty);
        let blank = matches!(self.at.kind.as_str(), "Ingress" | "PodDisruptionBudget");
        let path = self.put(path, if blank { entry.blank() } else { entry });
        let name = self.refer(&path);
        if falsy {
            let open = format!("if not (kindIs \"invalid\" {name})");
            field(key, self.print(&name, row), Some(open))
        } else {
            field(key, self.print(".", row), Some(format!("with {name}")))
        }
    }

    /// A hole that prints a value of these types.
    pub(super) fn print(&self, name: &str, row: &Row<'_>) -> Value {
        let jobs = self.facts.jobs_in(row.present());
        let is = |test: fn(&Value) -> bool| row.all(test);
        if is(|v| v.as_str().is_some()) {
            return hole(format!("{name}{jobs} | quote"));
        }
        if is(|v| v.as_int().is_some()) {
            return hole(format!("{name} | int64"));
        }
        if is(|v| v.as_map().is_some()) || is(|v| v.as_seq().is_some()) {
            return block(format!("toYaml {name}{jobs}"));
        }
        hole(format!("{name} | toJson{jobs}"))
    }

    /// A value's name in the template at hand.
    pub(super) fn refer(&mut self, path: &[String]) -> String {
        if self.at.dot {
            self.at.used = true;
            format!(".{}", path.join("."))
        } else {
            format!("$.Values.{}", self.full(path).join("."))
        }
    }

    /// The whole path of a value of this object.
    pub(super) fn full(&self, path: &[String]) -> Vec<String> {
        self.at.key.iter().chain(path).cloned().collect()
    }
}

/// A field with at most one guard.
pub(super) fn field(key: &str, value: Value, open: Option<String>) -> Field {
    let mut field = Field::new(key, value);
    open.into_iter().for_each(|open| field.guard(Guard { open }));
    field
}

/// A hole in a line.
pub(super) fn hole(action: impl Into<String>) -> Value {
    Value::Hole(Box::new(Hole { action: action.into(), block: false, quoted: false }))
}

/// A hole that gives a block.
pub(super) fn block(action: impl Into<String>) -> Value {
    Value::Hole(Box::new(Hole { action: action.into(), block: true, quoted: false }))
}

/// An item of a list, on one line where it would be taken for several items.
fn in_list(item: Value) -> Value {
    match item {
        Value::Hole(found) if found.block => match found.action.strip_prefix("toYaml ") {
            Some(rest) => hole(format!("toJson {rest}")),
            None => hole(format!("{} | fromYaml | toJson", found.action)),
        },
        item => item,
    }
}

/// Whether a field is there where the flags say so.
fn matches(presence: &[Option<bool>], flags: &[Option<bool>]) -> bool {
    presence.iter().zip(flags).all(|(is, flag)| is.is_none() || is == flag)
}

/// What a template takes for nothing.
pub(super) fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Int(value) => *value == 0,
        Value::Float(value) => *value == 0.0,
        Value::String(text) => text.is_empty(),
        Value::Seq(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Hole(_) | Value::Guarded(..) => false,
    }
}

/// What stands for nothing among values of these types.
pub(super) fn nothing_like(row: &Row<'_>) -> Value {
    let all = |test: fn(&Value) -> bool| row.first().is_some() && row.all(test);
    if all(|value| value.as_str().is_some()) {
        "".into()
    } else if all(|value| value.as_map().is_some()) {
        Map::new().into()
    } else if all(|value| value.as_seq().is_some()) {
        Value::Seq(Vec::new())
    } else {
        Value::Null
    }
}

/// What a guard's opening action asks.
fn condition(open: &str) -> String {
    open.split_once(' ').map_or(open, |(_, condition)| condition).to_owned()
}

/// A row whose absent slots are an empty mapping.
pub(super) fn or_empty<'r>(row: &Row<'r>) -> Row<'r> {
    static EMPTY: Value = Value::Map(Map { fields: Vec::new() });
    let slots = row.0.iter().map(|slot| match slot {
        Slot::Absent => Slot::Is(&EMPTY),
        slot => *slot,
    });
    Row(slots.collect())
}
