//! Recorded projects, in memory.

use std::path::{Path, PathBuf};

use c2k::{Outcome, Request, convert, load::Memory};
use serde_json::Value;

/// A recorded project.
pub(crate) struct Case {
    /// `attr/cap_add`, `corpus/…`.
    pub(crate) name: String,
    folder: PathBuf,
}

/// The folder with the recorded data.
fn shared() -> PathBuf {
    std::env::var_os("C2K_SHARED").map_or_else(
        || {
            let here = Path::new(env!("CARGO_MANIFEST_DIR"));
            let near = |folder: &Path| folder.join("shared");
            here.ancestors().skip(1).map(near).find(|folder| folder.is_dir()).unwrap()
        },
        PathBuf::from,
    )
}

fn cases(group: &str, folder: &Path) -> Vec<Case> {
    let only = std::env::var("C2K_ONLY").unwrap_or_default();
    let mut cases: Vec<Case> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("want_config.yaml").is_file())
        .map(|folder| {
            let name = format!("{group}/{}", folder.file_name().unwrap().to_string_lossy());
            Case { name, folder }
        })
        .filter(|case| case.name.contains(&only))
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// One case for each attribute and form of the specification.
pub(crate) fn attributes() -> Vec<Case> {
    cases("attr", &shared().join("conformance/attr"))
}

/// Projects as people publish them.
pub(crate) fn corpus() -> Vec<Case> {
    cases("corpus", &shared().join("corpus"))
}

fn read_into(memory: &mut Memory, folder: &Path, at: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = format!("{at}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            read_into(memory, &path, &name);
        } else if let Ok(content) = std::fs::read(&path) {
            memory.add(&name, content);
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Case {
    /// Converts it for an environment, or to the base.
    pub(crate) fn convert(&self, environment: Option<&str>) -> Outcome {
        let corpus = self.name.starts_with("corpus/");
        let meta = self.folder.join(if corpus { "case.json" } else { "meta.json" });
        let meta: Value = serde_json::from_str(&std::fs::read_to_string(meta).unwrap()).unwrap();
        let below = meta["project_dir"].as_str();
        let folder = match below {
            Some(below) if corpus => format!("/project/{below}"),
            Some(folder) => folder.to_owned(),
            None => "/project".to_owned(),
        };
        let folder = folder.trim_end_matches(['/', '.']).to_owned();
        let mut memory = Memory::new(&folder);
        let files = if corpus { self.folder.clone() } else { self.folder.join("files") };
        read_into(&mut memory, &files, "/project");
        let rooted = |files: Vec<String>| -> Vec<String> {
            let path =
                |file: &String| if corpus { format!("/project/{file}") } else { file.clone() };
            files.iter().map(path).collect()
        };
        let mut request = Request { origins: true, ..Request::default() };
        request.load.files = rooted(strings(&meta["files"]));
        request.load.env_files = rooted(strings(&meta["env_files"]));
        request.load.profiles = strings(&meta["profiles"]);
        request.load.discover_override = true;
        request.load.project_name = meta["project_name"].as_str().map(str::to_owned);
        if let Some(variables) = meta["env"].as_object() {
            for (name, value) in variables {
                let value = value.as_str().unwrap_or_default().to_owned();
                request.load.environment.insert(name.clone(), value);
            }
        }
        request.environments = environment.into_iter().map(str::to_owned).collect();
        convert(&request, &memory)
    }
}
