//! Charts, rendered by helm's own packages many times in one process.

pub mod compared;
pub mod refusals;
pub mod toggles;

use std::path::Path;

use serde_json::{Value, json};

use crate::{
    Result, context, files,
    judges::Judges,
    objects::{Object, at, list},
    process::Run,
};

/// One set of values for a chart.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// Values files, later ones over earlier ones.
    pub files: Vec<String>,
    /// Values over those of the files; null if there are none.
    pub more: Value,
    /// The namespace of the release.
    pub namespace: Option<String>,
}

/// What to do with a chart.
#[derive(Debug, Clone, Default)]
pub struct Job<'a> {
    /// The sets of values to render it with.
    pub renders: Vec<Values>,
    /// Whether it is linted with each set of values.
    pub lint: bool,
    /// A folder for a package.
    pub package: Option<&'a Path>,
}

/// What came of one set of values.
#[derive(Debug)]
pub struct Rendered {
    /// The objects, hooks last, or why there are none.
    pub objects: Result<Vec<Object>>,
    /// What is said after an installation.
    pub notes: String,
    /// What `helm lint --strict` finds.
    pub lint: Vec<String>,
}

/// Renders a chart, whose release is named like its folder; packages it where that is asked for.
pub fn render(judges: &Judges, chart: &Path, job: &Job<'_>) -> Result<Vec<Rendered>> {
    let renders: Vec<_> = job
        .renders
        .iter()
        .map(|values| {
            let namespace = values.namespace.as_deref().unwrap_or("default");
            let mut render =
                json!({"namespace": namespace, "files": values.files, "lint": job.lint});
            if !values.more.is_null() {
                render["values"] = values.more.clone();
            }
            render
        })
        .collect();
    let job = json!({
        "chart": chart,
        "release": chart.file_name().unwrap_or_default().to_string_lossy(),
        "package": job.package,
        "renders": renders,
    });
    let answer = call(judges, &job)?;
    Ok(list(&answer, &["renders"]).iter().map(rendered).collect())
}

/// Says of each of these values whether the chart's schema accepts them.
pub fn accepted(judges: &Judges, chart: &Path, values: &[&Value]) -> Result<Vec<bool>> {
    let answer = call(judges, &json!({"chart": chart, "mistakes": values}))?;
    Ok(list(&answer, &["accepted"]).iter().map(|one| one == &json!(true)).collect())
}

fn call(judges: &Judges, job: &Value) -> Result<Value> {
    let folder = files::temporary()?;
    let file = folder.path().join("job.json");
    files::write(&file, job.to_string().as_bytes())?;
    let run = Run::new(&judges.charts).args([&file]).env("HOME", folder.path());
    let answer: Value = context(serde_json::from_str(&run.output()?), "charts")?;
    let error = at(&answer, &["error"]).and_then(Value::as_str).unwrap_or_default();
    if error.is_empty() { Ok(answer) } else { Err(format!("charts: {error}")) }
}

fn rendered(answer: &Value) -> Rendered {
    let text =
        |key: &str| at(answer, &[key]).and_then(Value::as_str).unwrap_or_default().to_owned();
    let lint = list(answer, &["lint"]).iter().filter_map(Value::as_str);
    let error = text("error");
    let objects = list(answer, &["objects"]).iter().cloned();
    let objects =
        objects.map(|value| Object { origin: "helm".to_owned(), text: value.to_string(), value });
    Rendered {
        objects: if error.is_empty() { Ok(objects.collect()) } else { Err(error) },
        notes: text("notes"),
        lint: lint.map(str::to_owned).collect(),
    }
}
