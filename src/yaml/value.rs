//! The output tree: what is written to manifests, Kustomize files and charts.

/// A value of the output tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that is no integer.
    Float(f64),
    /// A string.
    String(String),
    /// A list.
    Seq(Vec<Self>),
    /// A mapping in the order it is written.
    Map(Map),
    /// A place that a chart's values fill.
    Hole(Box<Hole>),
    /// An item of a list that is there only under a condition; only inside [`Value::Seq`].
    Guarded(Box<Guard>, Box<Self>),
}

/// A place in a template that the chart's values fill.
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    /// The template action without its braces: `.replicas | int64`, `toYaml .resources`.
    pub action: String,
    /// Whether the action gives a block, written as `{{- action | nindent N }}` below its key.
    pub block: bool,
    /// Whether the printed scalar stands in double quotes outside of the braces: `"{{ action }}"`.
    pub quoted: bool,
}

/// A condition around an entry or item: `{{- with .resources }} … {{- end }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The opening action without its braces: `with .resources`, `if .enabled`.
    pub open: String,
}

/// A mapping that keeps the order of its entries.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Map {
    /// The entries in order; keys are unique.
    pub fields: Vec<Field>,
}

/// An entry of a [`Map`].
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The key; empty before a hole that gives a block of fields.
    pub key: String,
    /// The value.
    pub value: Value,
    // In a box, since only the values files and templates of charts have any.
    notes: Option<Box<Notes>>,
}

/// What stands around an entry.
#[derive(Debug, Clone, PartialEq, Default)]
struct Notes {
    comment: Option<String>,
    guards: Vec<Guard>,
}

impl Field {
    /// An entry that is always there.
    pub fn new(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), value: value.into(), notes: None }
    }

    /// The comment in the lines above, without `#`.
    pub fn comment(&self) -> Option<&str> {
        self.notes.as_ref()?.comment.as_deref()
    }

    /// The conditions under which the entry is there, outermost first.
    pub fn guards(&self) -> &[Guard] {
        self.notes.as_ref().map(|notes| notes.guards.as_slice()).unwrap_or_default()
    }

    /// With a comment in the lines above instead of the one before.
    pub fn set_comment(&mut self, comment: impl Into<String>) {
        self.notes.get_or_insert_default().comment = Some(comment.into());
    }

    /// Only under one more condition, inside of those before.
    pub fn guard(&mut self, guard: Guard) {
        self.notes.get_or_insert_default().guards.push(guard);
    }
}

impl Map {
    /// An empty mapping.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.fields.iter().find(|field| field.key == key).map(|field| &field.value)
    }

    /// The value under a key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.fields.iter_mut().find(|field| field.key == key).map(|field| &mut field.value)
    }

    /// Sets a key: in place where it exists, else at the end.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        let (key, value) = (key.into(), value.into());
        match self.get_mut(&key) {
            Some(old) => *old = value,
            None => self.fields.push(Field::new(key, value)),
        }
    }

    /// Removes a key and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let index = self.fields.iter().position(|field| field.key == key)?;
        Some(self.fields.remove(index).value)
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().map(|field| (field.key.as_str(), &field.value))
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.fields.len()
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = Self { fields: Vec::with_capacity(entries.size_hint().0) };
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl Value {
    /// The mapping, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The mapping, to change it.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_seq(&self) -> Option<&[Self]> {
        match self {
            Self::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The list, to change it.
    pub fn as_seq_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The value under a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key)
    }

    /// The value at a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Self {
        Self::Map(value)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::Seq(items.into_iter().map(Into::into).collect())
    }
}

/// From JSON, as serde gives it for Kubernetes types.
impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(integer) => Self::Int(integer),
                None => Self::Float(number.as_f64().unwrap_or_default()),
            },
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(items) => {
                Self::Seq(items.into_iter().map(Into::into).collect())
            }
            serde_json::Value::Object(entries) => Self::Map(entries.into_iter().collect()),
        }
    }
}
