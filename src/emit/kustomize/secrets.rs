//! Secrets of an overlay: values in files that git ignores, beside examples without values.

use crate::{
    emit::{
        SecretKeys, SecretMode, Variant,
        kustomize::{Folder, generators::plain_metadata},
        manifests::is_secret,
    },
    kube::Object,
    yaml::{Map, Value},
};

/// The text of `.gitignore` at the top of the tree.
pub(super) const GITIGNORE: &str = "# Values of Secrets, for this machine only.
**/secrets/*
!**/secrets/*.example
*-secret.yaml
";

/// The values of a Secret that a generator can make: text under ordinary fields.
pub(super) fn values(object: &Object) -> Option<Vec<(String, String)>> {
    let known = |key: &str| {
        matches!(key, "apiVersion" | "kind" | "metadata" | "type" | "data" | "stringData")
    };
    let fields = object.value.as_map()?;
    let ordinary = fields.iter().all(|(key, _)| known(key)) && plain_metadata(object);
    if !is_secret(object) || object.kind() != "Secret" || !ordinary {
        return None;
    }
    let mut values = Vec::new();
    let entries =
        |key| object.value.get(key).and_then(Value::as_map).into_iter().flat_map(Map::iter);
    for (key, value) in entries("data") {
        values.push((key.to_owned(), String::from_utf8(decode(value.as_str()?)?).ok()?));
    }
    for (key, value) in entries("stringData") {
        values.retain(|(known, _)| known != key);
        values.push((key.to_owned(), value.as_str()?.to_owned()));
    }
    (!values.is_empty()).then_some(values)
}

impl Folder<'_> {
    /// Writes the files with a Secret's values and names them in its generator.
    pub(super) fn add_secret_values(
        &mut self,
        name: &str,
        values: &[(String, String)],
        generator: &mut Map,
    ) {
        let (lines, texts): (Vec<_>, Vec<_>) =
            values.iter().partition(|(key, value)| is_line(key, value));
        if !lines.is_empty() {
            let path = format!("secrets/{name}.env");
            let text: String =
                lines.iter().flat_map(|(key, value)| [key, "=", value, "\n"]).collect();
            self.add_secret(&path, text);
            generator.insert("envs", vec![path]);
        }
        let path = |key: &str| format!("secrets/{name}/{key}");
        for (key, value) in &texts {
            self.add_secret(&path(key), value.as_str());
        }
        if !texts.is_empty() {
            generator.insert("files", texts.iter().map(|(key, _)| path(key)).collect::<Vec<_>>());
        }
        let example = values.iter().map(|(key, value)| {
            if is_line(key, value) {
                format!("{key}=\n")
            } else {
                format!("# file: {}\n", path(key))
            }
        });
        self.add(&format!("secrets/{name}.env.example"), example.collect::<String>());
        if let Some(field) = generator.fields.iter_mut().find(|field| field.key == "envs") {
            field.set_comment(format!("not in git: see secrets/{name}.env.example"));
        }
    }

    /// Writes examples for the Secrets that must be there already.
    pub(super) fn add_examples(&mut self, variant: &Variant) {
        if variant.secret_mode != SecretMode::Reference {
            return;
        }
        for SecretKeys { name, keys, .. } in &variant.secrets {
            let lines: String = keys.iter().flat_map(|key| [key, "=\n"]).collect();
            let text = format!(
                "# kubectl create secret generic {name} --from-env-file=secrets/{name}.env\n{lines}"
            );
            self.add(&format!("secrets/{name}.env.example"), text);
        }
    }
}

/// Whether kustomize reads the value from a line of an environment file as it is.
fn is_line(key: &str, value: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | '.');
    key.starts_with(starts) && !value.contains(char::is_control)
}

/// Reads base64 with padding, as the API has it.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(out)
}

/// The text of base64, for tests.
#[cfg(test)]
pub(crate) fn decoded(text: &str) -> String {
    String::from_utf8(decode(text).unwrap()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        assert_eq!(decode("bm90ZXM=").as_deref(), Some(&b"notes"[..]));
        assert_eq!(decode("bm90ZQ==").as_deref(), Some(&b"note"[..]));
        assert_eq!(decode("").as_deref(), Some(&b""[..]));
        assert_eq!(decode("a b"), None);
    }
}
