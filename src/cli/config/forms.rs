//! The model in the two forms of the reference, which differ by more than their syntax.

use crate::yaml::{Map, Value};

/// The model as YAML has it: a job has its name in it.
pub(super) fn yaml(mut model: Value) -> Value {
    let jobs = model.as_map_mut().and_then(|map| map.get_mut("jobs"));
    let fields = jobs.and_then(Value::as_map_mut).map(|map| &mut map.fields);
    for field in fields.into_iter().flatten() {
        let name = Value::String(field.key.clone());
        if let Some(job) = field.value.as_map_mut() {
            complete(job, "name", name);
        }
    }
    model
}

/// The model as JSON has it: with more even where nothing is said, and some keys in capitals.
pub(super) fn json(mut model: Value) -> Value {
    for section in ["services", "jobs"] {
        entries(&mut model, section).for_each(container);
    }
    for service in entries(&mut model, "services") {
        each(service, &["pre_start", "*"], &mut container);
        for hooks in ["post_start", "pre_stop"] {
            each(service, &[hooks, "*"], &mut |hook| complete(hook, "command", Value::Null));
        }
        each(service, &["develop", "watch", "*"], &mut |rule| {
            complete(rule, "exec", Map::from_iter([("command", Value::Null)]).into());
        });
        each(service, &["deploy"], &mut |deploy| {
            for name in ["placement", "resources"] {
                complete(deploy, name, Map::new().into());
            }
        });
    }
    for network in entries(&mut model, "networks") {
        complete(network, "ipam", Map::new().into());
    }
    if let Some(model) = model.as_map_mut() {
        model.fields.retain(|field| field.key != "models");
        for field in model.fields.iter_mut().filter(|field| !field.key.starts_with("x-")) {
            without_extensions(&mut field.value, true);
        }
    }
    model
}

/// Mappings of the user's own keys.
const PAIRS: [&str; 10] = [
    "additional_contexts",
    "annotations",
    "args",
    "aux_addresses",
    "driver_opts",
    "environment",
    "labels",
    "options",
    "storage_opt",
    "sysctls",
];

/// Drops extensions; where keys are `names`, they are none.
fn without_extensions(value: &mut Value, names: bool) {
    match value {
        Value::Map(map) => {
            map.fields.retain(|field| names || !field.key.starts_with("x-"));
            for field in &mut map.fields {
                if names || !PAIRS.contains(&field.key.as_str()) {
                    without_extensions(&mut field.value, field.key == "depends_on");
                }
            }
        }
        Value::Seq(items) => items.iter_mut().for_each(|item| without_extensions(item, false)),
        _ => {}
    }
}

const DEVICES: [&str; 5] = [
    "weight_device",
    "device_read_bps",
    "device_read_iops",
    "device_write_bps",
    "device_write_iops",
];

fn container(container: &mut Map) {
    for name in ["command", "entrypoint"] {
        complete(container, name, Value::Null);
    }
    for name in DEVICES {
        each(container, &["blkio_config", name, "*"], &mut |device| {
            for field in &mut device.fields {
                field.key = match field.key.as_str() {
                    "path" => "Path".to_owned(),
                    "rate" => "Rate".to_owned(),
                    "weight" => "Weight".to_owned(),
                    _ => continue,
                };
            }
        });
    }
    for path in [&["ulimits"][..], &["build", "ulimits"]] {
        each(container, path, &mut |limits| {
            for limit in limits.fields.iter_mut().filter_map(|field| field.value.as_map_mut()) {
                limit.fields.retain(|field| field.value != Value::Int(0));
            }
        });
    }
}

/// The entries of a section that are mappings.
fn entries<'m>(model: &'m mut Value, section: &str) -> impl Iterator<Item = &'m mut Map> {
    let section = model.as_map_mut().and_then(|map| map.get_mut(section));
    let fields = section.and_then(Value::as_map_mut).map(|map| &mut map.fields);
    fields.into_iter().flatten().filter_map(|field| field.value.as_map_mut())
}

/// Changes every mapping at a path; `*` stands for all items of a list.
fn each(map: &mut Map, path: &[&str], change: &mut dyn FnMut(&mut Map)) {
    let Some((step, path)) = path.split_first() else { return change(map) };
    let Some(value) = map.get_mut(step) else { return };
    if let Some(("*", rest)) = path.split_first().map(|(first, rest)| (*first, rest)) {
        for item in value.as_seq_mut().into_iter().flatten().filter_map(Value::as_map_mut) {
            each(item, rest, change);
        }
    } else if let Some(inner) = value.as_map_mut() {
        each(inner, path, change);
    }
}

fn complete(map: &mut Map, name: &str, value: Value) {
    if map.get(name).is_none() {
        map.insert(name, value);
    }
}
