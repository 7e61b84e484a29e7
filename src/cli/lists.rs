//! `c2k images` and `c2k schema`.

use std::collections::BTreeSet;

use super::{
    Exit,
    arguments::{ComposeArgs, ImagesArgs, request},
    messages, print,
};
use crate::{
    convert::convert,
    kube::Object,
    load::Disk,
    overlay::{self, pod_template},
    settings,
    text::Severity,
    yaml::{self, Value},
};

/// Prints every image, sorted, one a line.
pub(super) fn images(compose: &ComposeArgs, args: &ImagesArgs) -> Exit {
    let request = request(compose, &args.positional, &args.environments, &args.settings);
    let outcome = convert(&request, &Disk);
    if outcome.bundle.is_none() {
        messages::report(&outcome.sink, &outcome.sources, Severity::Warning);
        return Exit::BadInput;
    }
    let objects = outcome.planned.iter().flat_map(|planned| planned.objects.iter());
    let images: BTreeSet<String> = objects.flat_map(images_of).collect();
    let lines: String = images.into_iter().map(|image| image + "\n").collect();
    print(lines.as_bytes(), Exit::Done)
}

fn images_of(object: &Object) -> Vec<String> {
    let spec = pod_template(&object.value).and_then(|template| template.get("spec"));
    let images = spec.into_iter().flat_map(overlay::images);
    images.map(|(_, _, image)| image.to_owned()).collect()
}

/// Prints the JSON Schema of the settings.
pub(super) fn schema() -> Exit {
    print(schema_text().as_bytes(), Exit::Done)
}

/// The JSON Schema of the settings.
pub(super) fn schema_text() -> String {
    let mut text = serde_json::to_string_pretty(&settings::schema()).unwrap_or_default();
    text.push('\n');
    text
}

/// A value as indented JSON.
pub(super) fn json(value: &Value) -> String {
    serde_json::to_string_pretty(&to_json(value)).unwrap_or_default()
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.clone().into(),
        Value::Seq(items) => items.iter().map(to_json).collect(),
        Value::Map(map) => {
            map.iter().map(|(key, value)| (key.to_owned(), to_json(value))).collect()
        }
        _ => serde_json::Value::Null,
    }
}

/// A value as YAML.
pub(super) fn yaml(value: &Value) -> String {
    yaml::emit(value)
}
