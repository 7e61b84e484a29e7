//! Kubernetes objects as they lie in files and streams of YAML.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{Result, context, files};

/// One object, as text and as data.
#[derive(Clone, Debug)]
pub struct Object {
    /// The file that it came from, or what printed it.
    pub origin: String,
    /// Its YAML, as it was written.
    pub text: String,
    /// What the YAML says.
    pub value: Value,
}

impl Object {
    /// The text at a path of keys, or nothing.
    pub fn text_at(&self, path: &[&str]) -> &str {
        at(&self.value, path).and_then(Value::as_str).unwrap_or_default()
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        self.text_at(&["kind"])
    }

    /// Its API version.
    pub fn api_version(&self) -> &str {
        self.text_at(&["apiVersion"])
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.text_at(&["metadata", "name"])
    }

    /// Its namespace, empty where none is written.
    pub fn namespace(&self) -> &str {
        self.text_at(&["metadata", "namespace"])
    }

    /// The template of its pods, where it makes pods.
    pub fn pod_template(&self) -> Option<&Value> {
        match self.kind() {
            "CronJob" => at(&self.value, &["spec", "jobTemplate", "spec", "template"]),
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => {
                at(&self.value, &["spec", "template"])
            }
            _ => None,
        }
    }
}

/// The value at a path of keys.
pub fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// The elements of the list at a path; none where there is no list.
pub fn list<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Reads a stream of YAML documents; empty ones are left out.
pub fn parse(stream: &str, origin: &str) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    for text in documents(stream) {
        let value = yaml(&text).map_err(|error| format!("{origin}: {error}\n{text}"))?;
        if !value.is_null() {
            objects.push(Object { origin: origin.to_owned(), text, value });
        }
    }
    Ok(objects)
}

/// Reads one YAML document.
pub fn yaml(text: &str) -> Result<Value> {
    let options = serde_saphyr::options! { budget: None, strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}

/// The documents of a stream; a `---` inside a block scalar is indented and so is no mark.
fn documents(stream: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in stream.split_inclusive('\n') {
        match documents.last_mut() {
            Some(last) if line.trim_end() != "---" => last.push_str(line),
            _ => documents.push(String::new()),
        }
    }
    let content = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    documents.retain(|document| document.lines().any(content));
    documents
}

/// Reads every object below a folder, in the order of the file names.
pub fn read(folder: &Path) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    for (name, path) in files::below(folder)? {
        let yaml = Path::new(&name).extension().is_some_and(|end| end == "yaml" || end == "yml");
        if yaml && !name.split('/').any(|part| part.starts_with('.')) {
            let text = context(fs::read_to_string(&path), path.display())?;
            objects.extend(parse(&text, &name)?);
        }
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_split_at_marks_only() {
        let stream = "# head\n---\na: 1\n---\nb: |\n  ---\n  c\n";
        let objects = parse(stream, "x").unwrap();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[1].value["b"], "---\nc\n");
    }
}
