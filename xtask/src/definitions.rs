//! Definitions of custom resources, from the Go modules pinned in `tests/judges/definitions.txt`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;

use crate::{Result, context, files, objects, process::Run, repository};

/// A file of a module.
struct Pinned<'t> {
    module: &'t str,
    version: &'t str,
    sum: &'t str,
    file: &'t str,
}

/// The files with the definitions, in a folder; those that are missing are fetched if that is wanted.
pub(crate) fn all(folder: &Path, fetch: bool) -> Result<Vec<PathBuf>> {
    let list = repository().join("tests/judges/definitions.txt");
    let text = context(fs::read_to_string(&list), list.display())?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut found = Vec::new();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [module, version, sum, file] = *words.as_slice() else {
            return Err(format!("{}: `{line}` has not four words", list.display()));
        };
        let pinned = Pinned { module, version, sum, file };
        let name = file.rsplit('/').next().unwrap_or(file);
        let place = folder.join(format!("{version}-{name}"));
        if !place.is_file() {
            if !fetch {
                return Err(format!("`{name}` is missing: run `cargo xtask judges`"));
            }
            pinned.fetch(folder, &place)?;
        }
        found.push(place);
    }
    Ok(found)
}

impl Pinned<'_> {
    fn fetch(&self, folder: &Path, place: &Path) -> Result {
        let Self { module, version, sum, file } = self;
        println!("fetching {file} of {module}");
        context(fs::create_dir_all(folder), folder.display())?;
        let run = Run::new("go").args(["mod", "download", "-json"]);
        let run = run.args([format!("{module}@{version}")]).within(folder);
        let run = run.env("GOTOOLCHAIN", "local").env("GOFLAGS", "").time(Duration::from_mins(10));
        let answer = run.output()?;
        let answer: Value = context(serde_json::from_str(&answer), module)?;
        let said = |key: &str| objects::at(&answer, &[key]).and_then(Value::as_str);
        if said("Sum") != Some(*sum) {
            return Err(format!("{module} {version} is not what is pinned: {:?}", said("Sum")));
        }
        let source = Path::new(said("Dir").unwrap_or_default()).join(file);
        files::write(place, &context(fs::read(&source), source.display())?)
    }
}
