//! Reading a value as one of the API's types, with every problem on the way.

use std::{cell::RefCell, fmt};

use k8s_openapi::serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};

use super::Value;
use crate::text::did_you_mean;

/// What is wrong with a value, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The names of the fields that lead there; positions in lists are left out.
    pub path: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What was probably meant.
    pub help: Option<String>,
}

/// Reads a value; what was read is there unless a type was wrong.
pub(crate) fn read_typed<T: DeserializeOwned>(value: &Value) -> (Option<T>, Vec<Problem>) {
    let notes = Notes::default();
    let read = T::deserialize(Reader { value, notes: &notes });
    let mut problems = notes.problems.into_inner();
    let path = notes.path.into_inner();
    if let Err(Wrong(message)) = &read {
        let shown = path.join(".");
        problems.push(Problem { message: format!("`{shown}` {message}"), path, help: None });
    }
    (read.ok(), problems)
}

#[derive(Default)]
struct Notes {
    path: RefCell<Vec<String>>,
    problems: RefCell<Vec<Problem>>,
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    value: &'a Value,
    notes: &'a Notes,
}

/// Why reading ended: what the value has to be.
#[derive(Debug)]
struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl Reader<'_> {
    fn wrong<T>(&self, wanted: &str) -> Result<T, Wrong> {
        let found = match self.value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => format!("the boolean {value}"),
            Value::Int(number) => format!("the number {number}"),
            Value::Float(number) => format!("the number {number}"),
            Value::Seq(_) => "a list".to_owned(),
            Value::Map(_) => "a mapping".to_owned(),
            _ => "a string".to_owned(),
        };
        Err(Wrong(format!("has to be {wanted}, not {found}")))
    }

    /// Notes the keys that the type does not have.
    fn note_unknown(&self, fields: &'static [&'static str]) {
        let Some(map) = self.value.as_map() else { return };
        let path = self.notes.path.borrow();
        // The types of lists of objects and such have no fields of their own.
        for (key, _) in map.iter().filter(|(key, _)| !fields.contains(key)) {
            let mut path = path.clone();
            path.push(key.to_owned());
            let nearest = did_you_mean(key, fields.iter().copied());
            self.notes.problems.borrow_mut().push(Problem {
                message: format!("there is no field `{}`", path.join(".")),
                path,
                help: nearest.map(|name| format!("did you mean `{name}`?")),
            });
        }
    }
}

macro_rules! whole_numbers {
    ($($name:ident)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match self.value {
                Value::Int(number) => visitor.visit_i64(*number),
                _ => self.wrong("a whole number"),
            }
        })*
    };
}

macro_rules! strings {
    ($($name:ident)*) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match self.value {
                Value::String(text) => visitor.visit_str(text),
                _ => self.wrong("a string"),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::String(text) => visitor.visit_str(text),
            Value::Seq(_) => self.deserialize_seq(visitor),
            Value::Map(_) => self.deserialize_map(visitor),
            Value::Hole(_) | Value::Guarded(..) => visitor.visit_unit(),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Bool(value) => visitor.visit_bool(*value),
            _ => self.wrong("`true` or `false`"),
        }
    }

    whole_numbers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8
    deserialize_u16 deserialize_u32 deserialize_u64 }

    strings! { deserialize_str deserialize_string deserialize_char deserialize_bytes
    deserialize_byte_buf }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Seq(items) => {
                visitor.visit_seq(Items { items: items.iter(), notes: self.notes })
            }
            _ => self.wrong("a list"),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Map(map) => visitor.visit_map(Entries {
                fields: map.fields.iter(),
                value: &Value::Null,
                notes: self.notes,
            }),
            _ => self.wrong("a mapping"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.note_unknown(fields);
        self.deserialize_map(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 f32 f64 unit unit_struct tuple tuple_struct enum identifier }
}

struct Items<'a> {
    items: std::slice::Iter<'a, Value>,
    notes: &'a Notes,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Wrong> {
        let reader = |value| Reader { value, notes: self.notes };
        self.items.next().map(|value| seed.deserialize(reader(value))).transpose()
    }
}

struct Entries<'a> {
    fields: std::slice::Iter<'a, crate::yaml::Field>,
    value: &'a Value,
    notes: &'a Notes,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Wrong> {
        let Some(field) = self.fields.next() else { return Ok(None) };
        self.value = &field.value;
        self.notes.path.borrow_mut().push(field.key.clone());
        let key = Value::String(field.key.clone());
        seed.deserialize(Reader { value: &key, notes: self.notes }).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        // The path stays where an error was.
        let value = seed.deserialize(Reader { value: self.value, notes: self.notes })?;
        self.notes.path.borrow_mut().pop();
        Ok(value)
    }
}
