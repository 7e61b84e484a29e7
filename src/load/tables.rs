//! The recorded rows of the small syntaxes, where they are at hand.

use serde_json::{Value, json};

use super::{bytes, durations, mounts, ports, shellwords};

/// A table: each row's input under `key`, and what the reference made of it.
fn check(name: &str, key: &str, ours: impl Fn(&str, &Value) -> Option<Value>) {
    let shared = std::env::var_os("C2K_SHARED").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        std::path::PathBuf::from,
    );
    let path = shared.join("conformance/tables").join(name);
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut failures = Vec::new();
    for row in &rows {
        let Some(got) = ours(row[key].as_str().unwrap(), row) else { continue };
        // Of an error only the problem itself is compared, not where it was found.
        let ok = match row.get("error").and_then(Value::as_str) {
            Some(error) => got["error"]
                .as_str()
                .is_some_and(|text| error.to_lowercase().contains(&text.to_lowercase())),
            None => got == row["want"],
        };
        if !ok {
            failures.push(format!("{row}\n  ours: {got}"));
        }
    }
    assert!(failures.is_empty(), "{}\n{} of {}", failures.join("\n"), failures.len(), rows.len());
}

fn result(value: Result<Value, String>) -> Value {
    value.unwrap_or_else(|error| json!({ "error": error }))
}

/// The string that a row's YAML is; none of other types.
fn string(yaml: &str) -> Option<String> {
    match serde_saphyr::from_str::<Value>(yaml) {
        Ok(Value::String(text)) => Some(text),
        _ => None,
    }
}

#[test]
#[ignore = "needs the conformance data"]
fn ports_as_recorded() {
    check("port_spec.json", "spec", |spec, _| {
        Some(result(ports::parse(spec).map(|ports| {
            let ports = ports.into_iter().map(|port| {
                let mut row = json!({ "mode": "ingress", "protocol": port.protocol });
                if port.target != 0 {
                    row["target"] = port.target.into();
                }
                if let Some(published) = port.published {
                    row["published"] = published.into();
                }
                if let Some(ip) = port.host_ip {
                    row["host_ip"] = ip.into();
                }
                row
            });
            ports.collect()
        })))
    });
}

#[test]
#[ignore = "needs the conformance data"]
fn mounts_as_recorded() {
    check("volume_spec.json", "spec", |spec, _| {
        Some(result(mounts::parse(spec).map(|mount| {
            let kind = if mount.bind { "bind" } else { "volume" };
            let mut row = json!({ "type": kind, "target": mount.target });
            if let Some(source) = mount.source {
                row["source"] = source.into();
            }
            if mount.read_only {
                row["read_only"] = true.into();
            }
            if !mount.tiny {
                row[kind] = json!({});
            }
            if mount.nocopy {
                row[kind]["nocopy"] = true.into();
            }
            if let Some(selinux) = mount.selinux {
                row[kind]["selinux"] = selinux.into();
            }
            if let Some(propagation) = mount.propagation {
                row[kind]["propagation"] = propagation.into();
            }
            row
        })))
    });
}

#[test]
#[ignore = "needs the conformance data"]
fn commands_as_recorded() {
    check("shellwords.json", "input", |line, _| {
        Some(result(shellwords::split(line).map(|split| split.words.into())))
    });
}

#[test]
#[ignore = "needs the conformance data"]
fn sizes_as_recorded() {
    check("bytes.json", "yaml", |yaml, _| {
        Some(result(bytes::parse(&string(yaml)?).map(|size| size.to_string().into())))
    });
}

#[test]
#[ignore = "needs the conformance data"]
fn durations_as_recorded() {
    check("duration.json", "yaml", |yaml, _| {
        Some(result(durations::parse(&string(yaml)?).map(|time| durations::format(time).into())))
    });
}
