//! The JSON Schema of the settings, for editors and for `c2k schema`.

use serde_json::{Map, Value, json};

use super::{
    kind::{CHOSEN, Key, Kind, Object, Place},
    table::SETTINGS,
};

/// The JSON Schema (2020-12) of environment files; `$defs` also has that of `x-c2k`.
pub fn schema() -> Value {
    let mut root = Map::new();
    root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.insert("title".to_owned(), json!("c2k environment"));
    root.insert(
        "description".to_owned(),
        json!("Settings of c2k: overlays/<env>/environment.yaml."),
    );
    if let Value::Object(file) = vocabulary(Place::File) {
        root.extend(file);
    }
    root.insert(
        "$defs".to_owned(),
        json!({
            "service": vocabulary(Place::Service),
            "defaults": vocabulary(Place::Defaults),
            "project": vocabulary(Place::Project),
        }),
    );
    Value::Object(root)
}

fn vocabulary(place: Place) -> Value {
    closed(SETTINGS.iter().filter(|key| place.takes(key.scope)))
}

fn closed<'a>(keys: impl Iterator<Item = &'a Key>) -> Value {
    let properties: Map<String, Value> = keys
        .filter(|key| !matches!(key.kind, Kind::Later))
        .map(|key| (key.name.to_owned(), documented(or_null(of(&key.kind)), key.doc)))
        .collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn of(kind: &Kind) -> Value {
    match kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::False => json!({ "const": false }),
        Kind::Int(min, i64::MAX) => json!({ "type": "integer", "minimum": min }),
        Kind::Int(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Text => json!({ "type": ["string", "number", "boolean"] }),
        Kind::Name => json!({ "type": "string", "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$" }),
        Kind::Cpu => json!({ "type": ["string", "number"], "pattern": "^[0-9]+(\\.[0-9]+)?m?$" }),
        Kind::Bytes => json!({
            "type": ["string", "number"],
            "pattern": "^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti|Pi|Ei|k|M|G|T|P|E)?$",
        }),
        Kind::Pods => json!({ "type": ["string", "integer"], "pattern": "^[0-9]+%?$" }),
        Kind::Version => {
            json!({ "type": ["string", "number"], "pattern": "^v?1\\.[0-9]+(\\.[0-9]+)?$" })
        }
        Kind::Words(words) => json!({ "enum": words }),
        Kind::List(kind) => json!({ "type": "array", "items": of(kind) }),
        Kind::Map(kind) => json!({ "type": "object", "additionalProperties": or_null(of(kind)) }),
        Kind::Nullable(kind) => or_null(of(kind)),
        Kind::Object(object) => of_object(object),
        Kind::Settings(Place::Service) => json!({ "$ref": "#/$defs/service" }),
        Kind::Settings(Place::Defaults) => json!({ "$ref": "#/$defs/defaults" }),
        Kind::Settings(place) => vocabulary(*place),
        Kind::Any(kinds) => {
            json!({ "anyOf": kinds.iter().map(of).collect::<Vec<_>>() })
        }
        Kind::Raw(_) => json!({ "type": "object" }),
        Kind::Later => json!(false),
    }
}

fn of_object(object: &Object) -> Value {
    let mut map = closed(object.keys.iter().filter(|key| key.name != CHOSEN));
    if let (Some(extra), Value::Object(fields)) = (object.extra, &mut map) {
        fields.insert("patternProperties".to_owned(), json!({ "/": of(extra) }));
    }
    match object.short {
        Some(_) => json!({ "anyOf": [{ "type": "string" }, map] }),
        None => map,
    }
}

/// Null gives the word back to the weaker place.
fn or_null(schema: Value) -> Value {
    let Value::Object(mut fields) = schema else { return schema };
    let null = json!("null");
    if let Some(Value::Array(forms)) = fields.get_mut("anyOf") {
        if !forms.contains(&json!({ "type": "null" })) {
            forms.push(json!({ "type": "null" }));
        }
    } else if let Some(Value::Array(words)) = fields.get_mut("enum") {
        words.push(Value::Null);
    } else if let Some(kind) = fields.get_mut("type") {
        match kind {
            Value::Array(kinds) if !kinds.contains(&null) => kinds.push(null),
            Value::Array(_) => {}
            _ => *kind = json!([kind, null]),
        }
    } else {
        return json!({ "anyOf": [Value::Object(fields), { "type": "null" }] });
    }
    Value::Object(fields)
}

fn documented(schema: Value, doc: &str) -> Value {
    let Value::Object(fields) = schema else { return schema };
    let mut all = Map::new();
    all.insert("description".to_owned(), json!(doc));
    all.extend(fields);
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_closed_and_services_are_services() {
        let schema = schema();
        assert_eq!(schema["additionalProperties"], json!(false));
        let services = &schema["properties"]["services"]["additionalProperties"];
        assert_eq!(services["anyOf"][0], json!({ "$ref": "#/$defs/service" }));
        assert_eq!(schema["$defs"]["service"]["properties"]["replicas"]["minimum"], json!(0));
        assert!(schema["$defs"]["defaults"]["properties"].get("workload").is_none());
    }

    #[test]
    fn what_is_not_there_yet_is_not_offered() {
        let schema = schema();
        assert!(schema["properties"].get("metrics").is_none());
        assert!(schema["properties"].get("autoscale").is_some());
    }

    #[test]
    fn every_setting_is_documented_and_named_once() {
        let mut names: Vec<&str> = SETTINGS.iter().map(|key| key.name).collect();
        assert!(SETTINGS.iter().all(|key| key.doc.ends_with('.')));
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
