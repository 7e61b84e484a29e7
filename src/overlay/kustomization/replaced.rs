//! Field paths of replacements: reading a value and setting one.

use regex_lite::Regex;

use crate::yaml::{Map, Value};

/// How a value is taken or set.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    pub(super) delimiter: Option<String>,
    pub(super) index: i64,
    pub(super) create: bool,
    /// Whether an annotation is set.
    pub(super) annotation: bool,
}

/// The parts of a field path: cut at dots outside of brackets that are not escaped.
pub(super) fn split(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut bracket = false;
    let mut characters = path.chars().peekable();
    while let Some(character) = characters.next() {
        let start = parts.last().is_some_and(String::is_empty);
        match character {
            '\\' if characters.peek() == Some(&'.') => {
                characters.next();
                push(&mut parts, '.');
            }
            '[' if start => {
                bracket = true;
                push(&mut parts, '[');
            }
            ']' if bracket => {
                bracket = false;
                push(&mut parts, ']');
            }
            '.' if !bracket => parts.push(String::new()),
            other => push(&mut parts, other),
        }
    }
    // A name in brackets that selects no item is a name with dots.
    let plain = |part: String| match part.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) if !inner.contains('=') && inner.contains('.') => inner.to_owned(),
        _ => part,
    };
    parts.into_iter().map(plain).filter(|part| !part.is_empty()).collect()
}

fn push(parts: &mut [String], character: char) {
    if let Some(last) = parts.last_mut() {
        last.push(character);
    }
}

/// The value of a field of the source.
pub(super) fn source(object: &Value, path: &[String], options: &Options) -> Result<Value, String> {
    let missing = || format!("there is no `{}` in the source", path.join("."));
    let mut value = object;
    for part in path {
        value = match (selected(part), value) {
            (Some((name, wanted)), Value::Seq(items)) => {
                let fits = |item: &&Value| match name {
                    "" => text(item).as_deref() == Some(wanted),
                    name => item.get(name).and_then(text).as_deref() == Some(wanted),
                };
                items.iter().find(fits).ok_or_else(missing)?
            }
            (None, Value::Seq(items)) if part == "-" => items.last().ok_or_else(missing)?,
            (None, Value::Seq(items)) => {
                part.parse().ok().and_then(|at: usize| items.get(at)).ok_or_else(missing)?
            }
            (_, value) => value.get(part).ok_or_else(missing)?,
        };
    }
    let empty = match value {
        Value::Null => true,
        Value::Map(map) => map.is_empty(),
        Value::Seq(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    if empty {
        return Err(missing());
    }
    let Some(delimiter) = &options.delimiter else { return Ok(value.clone()) };
    let Some(text) = text(value) else {
        return Err(format!("`{}` is no text that a delimiter cuts", path.join(".")));
    };
    let part = usize::try_from(options.index).ok().and_then(|at| text.split(delimiter).nth(at));
    match part {
        Some(part) => typed(value, part),
        None => Err(format!("`{}` has no part {}", path.join("."), options.index)),
    }
}

/// Sets the fields at a path.
pub(super) fn set(
    object: &mut Value,
    path: &[String],
    value: &Value,
    options: &Options,
) -> Result<(), String> {
    let mut count = 0;
    // Annotations are texts to kustomize, whatever is written.
    let text = text(value).map(Value::from);
    let annotation = path.starts_with(&["metadata".to_owned(), "annotations".to_owned()]);
    let value = text.as_ref().filter(|_| annotation).unwrap_or(value);
    let options = &Options { annotation, ..options.clone() };
    walk(object, path, value, options, &mut count)?;
    if count == 0 { Err(format!("there is no `{}`", path.join("."))) } else { Ok(()) }
}

fn walk(
    place: &mut Value,
    path: &[String],
    value: &Value,
    options: &Options,
    count: &mut usize,
) -> Result<(), String> {
    let Some((part, rest)) = path.split_first() else {
        *count += 1;
        return put(place, value, options);
    };
    if let Some((name, pattern)) = selected(part) {
        let Some(items) = place.as_seq_mut() else {
            return Err(format!("`{part}` wants a list"));
        };
        let Ok(regex) = Regex::new(pattern) else {
            return Err(format!("`{part}` is no pattern"));
        };
        let fits = |item: &Value| match name {
            "" => text(item).is_some_and(|text| regex.is_match(&text)),
            name => item.get(name).and_then(text).is_some_and(|text| regex.is_match(&text)),
        };
        let before = *count;
        for item in items.iter_mut().filter(|item| fits(item)) {
            walk(item, if name.is_empty() { &[] } else { rest }, value, options, count)?;
        }
        if *count == before && options.create {
            let item = match name {
                "" => Value::from(pattern),
                name => [(name, pattern)].into_iter().collect::<Map>().into(),
            };
            items.push(item);
            if let Some(item) = items.last_mut() {
                walk(item, if name.is_empty() { &[] } else { rest }, value, options, count)?;
            }
        }
        return Ok(());
    }
    if let Ok(index) = part.parse::<usize>() {
        let Some(items) = place.as_seq_mut() else {
            return Err(format!("`{part}` wants a list"));
        };
        if index == items.len() && options.create {
            items.push(empty(rest, value));
        }
        return match items.get_mut(index) {
            Some(item) => walk(item, rest, value, options, count),
            None => Err(format!("there is no item {index}")),
        };
    }
    if part == "*" {
        let Some(items) = place.as_seq_mut() else {
            return Err("`*` wants a list".to_owned());
        };
        for item in items {
            walk(item, rest, value, options, count)?;
        }
        return Ok(());
    }
    if part.starts_with('[') {
        return Err(format!("`{part}` says no `name=value`"));
    }
    let Some(map) = place.as_map_mut() else {
        return Err(format!("`{part}` wants a mapping"));
    };
    if map.get(part).is_none() && options.create {
        map.insert(part.as_str(), empty(rest, value));
    }
    match map.get_mut(part) {
        Some(below) => walk(below, rest, value, options, count),
        None => Ok(()),
    }
}

/// What is made for a field that leads to the rest of a path.
fn empty(rest: &[String], value: &Value) -> Value {
    match rest.first() {
        None => match value {
            Value::Map(_) => Map::new().into(),
            Value::Seq(_) => Value::Seq(Vec::new()),
            _ => Value::Null,
        },
        Some(part) if selected(part).is_some() || part.parse::<usize>().is_ok() => {
            Value::Seq(Vec::new())
        }
        Some(_) => Map::new().into(),
    }
}

fn put(place: &mut Value, value: &Value, options: &Options) -> Result<(), String> {
    let Some(delimiter) = &options.delimiter else {
        *place = match (text(place), text(value)) {
            (Some(_), Some(text)) => typed(place, &text)?,
            // What is made new is written without quotes, so `81` is a number then.
            (None, Some(text)) if *place == Value::Null && !options.annotation => plain(&text),
            (old, None) if old.is_some() || options.annotation => {
                return Err("a mapping or list cannot take the place of a text".to_owned());
            }
            _ => value.clone(),
        };
        return Ok(());
    };
    let (Some(old), Some(new)) = (text(place), text(value)) else {
        return Err("a delimiter cuts texts only".to_owned());
    };
    let mut parts: Vec<&str> = old.split(delimiter.as_str()).collect();
    match usize::try_from(options.index) {
        Err(_) => parts.insert(0, &new),
        Ok(index) => match parts.get_mut(index) {
            Some(part) => *part = &new,
            None => parts.push(&new),
        },
    }
    *place = typed(place, &parts.join(delimiter))?;
    Ok(())
}

/// `[name=value]` of a path.
fn selected(part: &str) -> Option<(&str, &str)> {
    part.strip_prefix('[')?.strip_suffix(']')?.split_once('=')
}

/// A scalar as it is written.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// What YAML reads of a text without quotes.
fn plain(text: &str) -> Value {
    let number = || text.parse().ok().map(Value::Int);
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => number().unwrap_or_else(|| Value::from(text)),
    }
}

/// A text in the type that a scalar has.
fn typed(like: &Value, text: &str) -> Result<Value, String> {
    let read = match like {
        Value::Int(_) | Value::Float(_) => {
            text.parse().ok().map(Value::Int).or_else(|| text.parse().ok().map(Value::Float))
        }
        Value::Bool(_) => text.parse().ok().map(Value::Bool),
        _ => Some(Value::from(text)),
    };
    read.ok_or_else(|| format!("`{text}` cannot take the place of a number or boolean"))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn paths_are_cut_at_dots_outside_of_brackets() {
        assert_eq!(
            split("spec.containers.[name=a.b].image"),
            ["spec", "containers", "[name=a.b]", "image"]
        );
        assert_eq!(split("metadata.annotations.a\\.b/c"), ["metadata", "annotations", "a.b/c"]);
        assert_eq!(split("metadata.labels.[a.b/c]"), ["metadata", "labels", "a.b/c"]);
    }
}
