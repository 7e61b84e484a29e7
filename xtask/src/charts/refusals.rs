//! Values that the schema of a chart has to refuse: made from its own `values.yaml`.

use serde_json::{Map, Value, json};

/// Overrides that are wrong, by what is wrong with them: in each section a wrong type, an unknown
/// key and a bad enum; with `all` also the wrong type for every single value.
pub fn of(values: &Value, all: bool) -> Vec<(String, Value)> {
    let mut wrong = vec![("an unknown section".to_owned(), json!({"noSuchSection": {}}))];
    for (section, content) in values.as_object().into_iter().flatten() {
        wrong.push((format!("{section}: a number"), json!({section: 5})));
        // What charts share lies below `global`, and `environment` holds nothing else.
        if content.is_object() && section != "global" {
            let value = json!({section: {"noSuchKey": 1}});
            wrong.push((format!("{section}.noSuchKey"), value));
        }
        if content.get("image").is_some() {
            let value = json!({section: {"image": {"pullPolicy": "Sometimes"}}});
            wrong.push((format!("{section}.image.pullPolicy: Sometimes"), value));
        }
    }
    if all {
        leaves(values, &mut Vec::new(), &mut wrong);
    }
    wrong
}

fn leaves(value: &Value, path: &mut Vec<String>, wrong: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                path.push(key.clone());
                leaves(value, path, wrong);
                path.pop();
            }
        }
        Value::Null => {}
        _ => {
            let other = match value {
                Value::Object(_) | Value::Array(_) | Value::Bool(_) => json!("wrong"),
                _ => json!(["wrong"]),
            };
            let nest = |value, key: &String| Value::Object(Map::from_iter([(key.clone(), value)]));
            let value = path.iter().rev().fold(other, nest);
            wrong.push((format!("{} of another type", path.join(".")), value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_gets_its_wrong_values() {
        let values = json!({"web": {"image": {"tag": "1"}, "replicas": 1}, "global": {"x": {}}});
        let names: Vec<_> = of(&values, true).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            [
                "an unknown section",
                "web: a number",
                "web.noSuchKey",
                "web.image.pullPolicy: Sometimes",
                "global: a number",
                "web.image.tag of another type",
                "web.replicas of another type",
                "global.x of another type"
            ]
        );
    }
}
