//! The values of a chart: what its templates ask for, with the answer of the base and of every
//! environment.

use std::collections::BTreeMap;

use super::{
    defaults,
    row::{Row, Slot},
};
use crate::yaml::{Map, Value};

/// A value in one variant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing asks for it there: the base's will do.
    Off,
    /// What stands for nothing.
    Absent,
    /// A value.
    Is(Value),
}

/// A value in all variants, the base first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Its answers.
    pub(super) cells: Vec<Cell>,
    /// What stands for nothing.
    pub(super) empty: Value,
    /// Whether the base has nothing where nothing asks for it, instead of an environment's value.
    pub(super) blank: bool,
}

/// The values by their paths.
#[derive(Debug, Default)]
pub(super) struct Values {
    entries: BTreeMap<Vec<String>, Entry>,
    order: Vec<Vec<String>>,
    comments: BTreeMap<Vec<String>, String>,
}

impl Entry {
    /// From a field's row.
    pub(super) fn of(row: &Row<'_>, empty: Value) -> Self {
        Self::map(row, empty, Clone::clone)
    }

    /// From a field's row, each value changed.
    pub(super) fn map(row: &Row<'_>, empty: Value, change: impl Fn(&Value) -> Value) -> Self {
        let cells = row.0.iter().map(|slot| match slot {
            Slot::Off => Cell::Off,
            Slot::Absent => Cell::Absent,
            Slot::Is(value) => Cell::Is(change(value)),
        });
        Self { cells: cells.collect(), empty, blank: false }
    }

    /// A switch: whether a field is there.
    pub(super) fn switch(row: &Row<'_>) -> Self {
        Self::flags(&row.presence())
    }

    /// A switch from its positions.
    pub(super) fn flags(flags: &[Option<bool>]) -> Self {
        let cells = flags.iter().map(|flag| flag.map_or(Cell::Off, |flag| Cell::Is(flag.into())));
        Self { cells: cells.collect(), empty: false.into(), blank: true }
    }

    /// The same for all variants.
    pub(super) fn constant(value: impl Into<Value>) -> Self {
        Self { cells: vec![Cell::Is(value.into())], empty: Value::Null, blank: false }
    }

    /// The same, with nothing in a base that does not ask.
    pub(super) fn blank(self) -> Self {
        Self { blank: true, ..self }
    }

    /// What the base says.
    pub(super) fn base(&self) -> Value {
        let own = match self.cells.first() {
            Some(Cell::Is(value)) => Some(value),
            Some(Cell::Absent) | None => None,
            Some(Cell::Off) if self.blank => None,
            Some(Cell::Off) => self.cells.iter().find_map(|cell| match cell {
                Cell::Is(value) => Some(value),
                Cell::Off | Cell::Absent => None,
            }),
        };
        own.unwrap_or(&self.empty).clone()
    }

    fn value(&self, variant: usize) -> Value {
        match self.cells.get(variant) {
            Some(Cell::Is(value)) => value.clone(),
            Some(Cell::Absent) => self.empty.clone(),
            Some(Cell::Off) | None => self.base(),
        }
    }

    /// Takes over what the other says, if the two do not contradict each other.
    fn join(&mut self, other: &Self) -> bool {
        if self.empty != other.empty || self.cells.len() != other.cells.len() {
            return self == other;
        }
        let agree = |(a, b): (&Cell, &Cell)| *a == Cell::Off || *b == Cell::Off || a == b;
        if !self.cells.iter().zip(&other.cells).all(agree) {
            return false;
        }
        for (cell, other) in self.cells.iter_mut().zip(&other.cells) {
            if *cell == Cell::Off {
                *cell = other.clone();
            }
        }
        true
    }
}

impl Values {
    /// Adds a value at a path. False if the path is taken by another value.
    pub(super) fn put(&mut self, path: &[String], entry: Entry) -> bool {
        if let Some(known) = self.entries.get_mut(path) {
            return known.join(&entry);
        }
        if !self.is_free(path) {
            return false;
        }
        self.entries.insert(path.to_vec(), entry);
        self.order.push(path.to_vec());
        true
    }

    /// Whether no value is at a path, above or below it.
    pub(super) fn is_free(&self, path: &[String]) -> bool {
        let above = (1..=path.len()).any(|len| self.entries.contains_key(&path[..len]));
        let below = self.entries.range(path.to_vec()..).next();
        !above && !below.is_some_and(|(next, _)| next.starts_with(path))
    }

    /// All values with their paths, in the order in which they are written.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&[String], &Entry)> {
        self.order.iter().filter_map(|path| Some((path.as_slice(), self.entries.get(path)?)))
    }

    /// The keys of the values right below a path.
    pub(super) fn below(&self, path: &[String]) -> Vec<String> {
        let below = self.entries.keys().filter_map(|known| known.strip_prefix(path));
        let mut keys: Vec<_> = below.filter_map(|rest| rest.first().cloned()).collect();
        keys.dedup();
        keys
    }

    /// Says what a value or a group of values is, in the lines above it.
    pub(super) fn comment(&mut self, path: &[String], text: impl Into<String>) {
        self.comments.insert(path.to_vec(), text.into());
    }

    /// Puts the keys of each service's section into the usual order.
    pub(super) fn arrange(&mut self, services: &[&String]) {
        let mut sections: Vec<&String> = Vec::new();
        for section in self.order.iter().filter_map(|path| path.first()) {
            if !sections.contains(&section) {
                sections.push(section);
            }
        }
        let place = |path: &Vec<String>| {
            let section = path.first();
            let place = sections.iter().position(|known| Some(*known) == section);
            let of_service = section.is_some_and(|section| services.contains(&section));
            let rank = path.get(1).filter(|_| of_service).map(|key| defaults::rank(key));
            (place, rank)
        };
        let mut order = self.order.clone();
        order.sort_by_key(place);
        self.order = order;
    }

    /// The base's values, with comments.
    pub(super) fn base(&self) -> Map {
        let mut map = self.tree(Entry::base);
        for (path, comment) in &self.comments {
            annotate(&mut map, path, comment);
        }
        map
    }

    /// What a variant says that the base does not.
    pub(super) fn delta(&self, variant: usize) -> Map {
        difference(&self.tree(Entry::base), &self.tree(|entry| entry.value(variant)))
    }

    fn tree(&self, value: impl Fn(&Entry) -> Value) -> Map {
        let mut map = Map::new();
        for path in &self.order {
            if let Some(entry) = self.entries.get(path) {
                insert(&mut map, path, value(entry));
            }
        }
        map
    }
}

/// Sets a value at a path, making the mappings above it. A value `null` that stands for nothing is
/// left out.
pub(super) fn insert(map: &mut Map, path: &[String], value: Value) {
    let Some((key, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        if value != Value::Null {
            map.insert(key.clone(), value);
        }
        return;
    }
    if map.get(key).is_none() {
        map.insert(key.clone(), Map::new());
    }
    if let Some(below) = map.get_mut(key).and_then(Value::as_map_mut) {
        insert(below, rest, value);
    }
}

fn annotate(map: &mut Map, path: &[String], comment: &str) {
    let Some((key, rest)) = path.split_first() else { return };
    let Some(field) = map.fields.iter_mut().find(|field| field.key == *key) else { return };
    if rest.is_empty() {
        field.set_comment(comment);
    } else if let Value::Map(below) = &mut field.value {
        annotate(below, rest, comment);
    }
}

/// What to lay over `base` to get `other`, as Helm merges values: `null` removes a key.
fn difference(base: &Map, other: &Map) -> Map {
    let mut map = Map::new();
    for (key, value) in other.iter() {
        match (base.get(key), value) {
            (Some(old), new) if old == new => {}
            (Some(Value::Map(old)), Value::Map(new)) => map.insert(key, difference(old, new)),
            _ => map.insert(key, value.clone()),
        }
    }
    for (key, _) in base.iter().filter(|(key, _)| other.get(key).is_none()) {
        map.insert(key, Value::Null);
    }
    map
}
