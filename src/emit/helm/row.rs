//! One field of an object, beside itself in the base and in every environment.

use crate::yaml::Value;

/// A field in one variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slot<'a> {
    /// What holds the field is not there either, so that nothing is said about it.
    Off,
    /// The field is not there, though what holds it is.
    Absent,
    /// The field is there.
    Is(&'a Value),
}

/// A field in all variants, the base first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row<'a>(pub(super) Vec<Slot<'a>>);

impl<'a> Row<'a> {
    /// The values in the variants that have it.
    pub(super) fn present(&self) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter_map(|slot| match slot {
            Slot::Is(value) => Some(*value),
            Slot::Off | Slot::Absent => None,
        })
    }

    /// The value of the first variant that has it.
    pub(super) fn first(&self) -> Option<&'a Value> {
        self.present().next()
    }

    /// Whether all variants that have it agree.
    pub(super) fn agrees(&self) -> bool {
        self.first().is_none_or(|first| self.present().all(|value| value == first))
    }

    /// Whether some variant lacks it.
    pub(super) fn lacks(&self) -> bool {
        self.0.contains(&Slot::Absent)
    }

    /// Whether every value that is there passes a test.
    pub(super) fn all(&self, test: impl Fn(&Value) -> bool) -> bool {
        self.present().all(test)
    }

    /// Whether all values that are there are mappings.
    pub(super) fn is_map(&self) -> bool {
        self.all(|value| value.as_map().is_some())
    }

    /// Whether all values that are there are lists.
    pub(super) fn is_seq(&self) -> bool {
        self.all(|value| value.as_seq().is_some())
    }

    /// The row of a key of these mappings.
    pub(super) fn under(&self, key: &str) -> Self {
        self.each(|value| value.get(key))
    }

    /// The row of what `find` finds in the values.
    pub(super) fn each(&self, find: impl Fn(&'a Value) -> Option<&'a Value>) -> Self {
        let slots = self.0.iter().map(|slot| match slot {
            Slot::Is(value) => find(value).map_or(Slot::Absent, Slot::Is),
            Slot::Off | Slot::Absent => Slot::Off,
        });
        Self(slots.collect())
    }

    /// The same below a condition: where it is absent, nothing is said any more.
    pub(super) fn guarded(&self) -> Self {
        let slots = self.0.iter().map(|slot| match slot {
            Slot::Absent => Slot::Off,
            slot => *slot,
        });
        Self(slots.collect())
    }

    /// Whether it is there, for the variants that say so.
    pub(super) fn presence(&self) -> Vec<Option<bool>> {
        let presence = self.0.iter().map(|slot| match slot {
            Slot::Off => None,
            Slot::Absent => Some(false),
            Slot::Is(_) => Some(true),
        });
        presence.collect()
    }

    /// The keys of these mappings, each after the one that it follows.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        let mut keys = Vec::new();
        for map in self.present().filter_map(Value::as_map) {
            follow(&mut keys, map.iter().map(|(key, _)| key));
        }
        keys
    }

    /// These lists item by item; none if the items cannot be told from each other or if the lists
    /// have no common order.
    pub(super) fn items(&self) -> Option<Vec<(String, Self)>> {
        let lists: Vec<_> = self.present().map(|list| list.as_seq().unwrap_or_default()).collect();
        if lists.iter().any(|list| list.is_empty()) && lists.iter().any(|list| !list.is_empty()) {
            return None;
        }
        self.items_by_key(&lists).or_else(|| self.items_by_index(&lists))
    }

    fn items_by_key(&self, lists: &[&'a [Value]]) -> Option<Vec<(String, Self)>> {
        let keyed: Vec<Vec<String>> =
            lists.iter().map(|list| item_keys(list)).collect::<Option<_>>()?;
        let mut order: Vec<&str> = Vec::new();
        for keys in &keyed {
            follow(&mut order, keys.iter().map(String::as_str));
        }
        let in_order = |keys: &Vec<String>| {
            let mut all = order.iter();
            keys.iter().all(|key| all.any(|other| other == key))
        };
        if !keyed.iter().all(in_order) {
            return None;
        }
        let item = |key: &str| self.item_row(|list| list.iter().find(|item| is_item(item, key)));
        Some(order.iter().map(|key| ((*key).to_owned(), item(key))).collect())
    }

    fn items_by_index(&self, lists: &[&'a [Value]]) -> Option<Vec<(String, Self)>> {
        let len = lists.first()?.len();
        if self.lacks() || lists.iter().any(|list| list.len() != len) {
            return None;
        }
        let item = |index: usize| self.item_row(|list| list.get(index));
        Some((0..len).map(|index| (index.to_string(), item(index))).collect())
    }

    /// An item's row: absent where the whole list is.
    fn item_row(&self, find: impl Fn(&'a [Value]) -> Option<&'a Value>) -> Self {
        let slots = self.0.iter().map(|slot| match slot {
            Slot::Is(list) => list.as_seq().and_then(&find).map_or(Slot::Absent, Slot::Is),
            slot => *slot,
        });
        Self(slots.collect())
    }
}

/// Adds keys to an order, each after the one that it follows.
fn follow<'k>(order: &mut Vec<&'k str>, keys: impl Iterator<Item = &'k str>) {
    let mut place = 0;
    for key in keys {
        match order.iter().position(|known| *known == key) {
            Some(index) => place = index + 1,
            None => {
                order.insert(place, key);
                place += 1;
            }
        }
    }
}

/// The keys of a list's items, if each has one of its own.
fn item_keys(list: &[Value]) -> Option<Vec<String>> {
    let keys: Vec<_> = list.iter().map(item_key).collect::<Option<_>>()?;
    let unique =
        keys.iter().enumerate().all(|(index, key)| !keys.iter().skip(index + 1).any(|k| k == key));
    unique.then_some(keys)
}

fn is_item(item: &Value, key: &str) -> bool {
    item_key(item).is_some_and(|own| own == key)
}

/// What tells an item from others of its list.
fn item_key(item: &Value) -> Option<String> {
    item.as_map()?;
    const PATHS: &[&[&str]] = &[
        &["mountPath"],
        &["name"],
        &["metadata", "name"],
        &["configMapRef", "name"],
        &["secretRef", "name"],
    ];
    let named = PATHS.iter().find_map(|path| item.at(path).and_then(Value::as_str));
    if let Some(name) = named {
        return Some(name.to_owned());
    }
    let port =
        ["containerPort", "port"].iter().find_map(|key| item.get(key).and_then(Value::as_int))?;
    let protocol = item.get("protocol").and_then(Value::as_str).unwrap_or("TCP");
    Some(format!("{port}/{protocol}"))
}
