//! The charts of the samples: what their values may be, and what they may not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use xtask::{
    Result,
    apiserver::ApiServer,
    charts::{self, Job, Values, toggles},
    checks, context, files,
    judges::Judges,
    objects::{self, Object},
    parallel::parallel,
    process::Run,
    samples,
};

/// How many pairs of toggles are tried for each sample.
const PAIRS: usize = 300;

/// The charts in the samples' expected trees.
fn kept() -> Result<Vec<PathBuf>> {
    let folders = samples::all()?.into_iter().map(|sample| sample.expected().join("helm"));
    folders.map(|folder| checks::chart(&folder)).collect()
}

/// Mistakes in values that the schemas let through.
pub(crate) fn accepted_mistakes() -> Result<Vec<String>> {
    let judges = Judges::find()?;
    let mut found = Vec::new();
    for chart in kept()? {
        let name = chart.file_name().unwrap_or_default().to_string_lossy();
        let missed = checks::accepted_mistakes(&judges, &chart, true)?;
        found.extend(missed.iter().map(|line| format!("{name}: {line}")));
        // That the schema refuses is worth something only where helm asks it.
        let out = files::temporary()?;
        let run = Run::new(&judges.helm).env("HOME", out.path()).args(["template", &name]);
        let ended = run.args([&chart]).args(["--set-json", "noSuchSection={}"]).end()?;
        if ended.code == Some(0) || !ended.stderr.contains("noSuchSection") {
            found.push(format!("{name}: helm takes an unknown section: {}", ended.stderr));
        }
    }
    Ok(found)
}

/// What goes wrong when a person sets what the charts document.
pub(crate) fn broken_toggles() -> Result<Vec<String>> {
    let judges = Judges::find()?;
    let server = ApiServer::start(&judges)?;
    let mut found = Vec::new();
    // The same object comes from many renders.
    let mut objects: BTreeMap<String, (Object, String)> = BTreeMap::new();
    let mut renders = 0;
    for chart in kept()? {
        let name = chart.file_name().unwrap_or_default().to_string_lossy();
        let schema = chart.join("values.schema.json");
        let schema = objects::yaml(&context(fs::read_to_string(&schema), schema.display())?)?;
        let toggles = toggles::of(&checks::values_of(&chart)?, &schema, PAIRS);
        let values = toggles.iter();
        let values =
            values.map(|toggle| Values { more: toggle.values.clone(), ..Values::default() });
        let job = Job { renders: values.collect(), ..Job::default() };
        for (toggle, rendered) in toggles.iter().zip(charts::render(&judges, &chart, &job)?) {
            renders += 1;
            let what = format!("{name}: {}", toggle.name);
            match rendered.objects {
                Ok(all) => {
                    found.extend(twice(&all).into_iter().map(|line| format!("{what}: {line}")));
                    for object in all {
                        objects.entry(object.text.clone()).or_insert((object, what.clone()));
                    }
                }
                Err(error) => found.push(format!("{what}: {error}")),
            }
        }
    }
    let objects: Vec<_> = objects.into_values().collect();
    println!("{renders} renders, {} different objects", objects.len());
    let judge = |(object, what): &(Object, String)| {
        let judgement = checks::judge(&server, std::slice::from_ref(object))?;
        Ok(judgement.refused.iter().map(|line| format!("{what}: {line}")).collect())
    };
    for lines in parallel(&objects, judge) {
        let lines: Result<Vec<String>> = lines;
        found.extend(lines?);
    }
    if renders < 1000 {
        found.push(format!("only {renders} renders"));
    }
    Ok(found)
}

/// Objects, variables, ports and volumes that are there twice, which server side apply refuses.
fn twice(all: &[Object]) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for object in all {
        if !seen.insert((object.kind(), object.name())) {
            found.push(format!("{}/{} is there twice", object.kind(), object.name()));
        }
        let Some(template) = object.pod_template() else { continue };
        let spec = objects::at(template, &["spec"]).cloned().unwrap_or_default();
        let mut lists = vec![("volumes", objects::list(&spec, &["volumes"]).to_vec())];
        for container in objects::list(&spec, &["containers"]) {
            lists.push(("env", objects::list(container, &["env"]).to_vec()));
        }
        for (list, items) in lists {
            let mut names = BTreeSet::new();
            for name in items.iter().filter_map(|item| item.get("name")) {
                if !names.insert(name.to_string()) {
                    found.push(format!("{}: {list} has {name} twice", object.name()));
                }
            }
        }
    }
    found
}

/// How many lines a service may take in `values.yaml`, comments included.
const SECTION: usize = 60;

/// Sections of values that are too long to be read.
pub(crate) fn long_sections() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for chart in kept()? {
        let path = chart.join("values.yaml");
        let text = context(fs::read_to_string(&path), path.display())?;
        for section in text.split("\n\n") {
            // What all services share is said once, above the first of them.
            let lines: Vec<_> = section.lines().skip_while(|line| line.starts_with('#')).collect();
            if lines.len() > SECTION {
                found.push(format!("{}: {}", path.display(), lines.join("\n")));
            }
        }
    }
    Ok(found)
}

/// What helm 3 makes of the charts that helm 4 does not, and what its lint says.
pub(crate) fn unlike_helm_3() -> Result<Vec<String>> {
    let judges = Judges::find()?;
    let mut found = Vec::new();
    for chart in kept()? {
        let name = chart.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = files::temporary()?;
        let run = || Run::new(&judges.helm3).env("HOME", place.path()).within(place.path());
        for env in environments(&chart)? {
            let files = checks::value_files(&chart, &env);
            let flags = || files.iter().flat_map(|file| ["-f", file.as_str()]);
            let rendered = run().args(["template", &name]).args([&chart]).args(flags()).output()?;
            let of_3 = by_name(objects::parse(&rendered, "helm 3")?);
            let values = Values { files: files.clone(), ..Values::default() };
            let job = Job { renders: vec![values], ..Job::default() };
            for rendered in charts::render(&judges, &chart, &job)? {
                let of_4 = by_name(rendered.objects?);
                println!("{name} ({env}): {} objects", of_4.len());
                let all: BTreeSet<_> = of_3.keys().chain(of_4.keys()).collect();
                let differ = all.into_iter().filter(|key| of_3.get(*key) != of_4.get(*key));
                found.extend(differ.map(|key| format!("{name} ({env}): {key} differs")));
            }
            let lint = run().args(["lint", "--strict"]).args([&chart]).args(flags()).end()?;
            if lint.code != Some(0) {
                found.push(format!("{name} ({env}): {}", lint.stdout));
            }
        }
    }
    Ok(found)
}

/// The environments that a chart has values of.
fn environments(chart: &Path) -> Result<Vec<String>> {
    let names = context(fs::read_dir(chart), chart.display())?.flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let env = |name: String| Some(name.strip_prefix("values-")?.strip_suffix(".yaml")?.to_owned());
    Ok(names.filter_map(env).collect())
}

fn by_name(all: Vec<Object>) -> BTreeMap<String, Value> {
    let key = |object: &Object| format!("{}/{}", object.kind(), object.name());
    all.into_iter().map(|object| (key(&object), object.value)).collect()
}

/// What the command `helm` itself says of the charts: lint and package.
pub(crate) fn complaints() -> Result<Vec<String>> {
    let judges = Judges::find()?;
    let mut found = Vec::new();
    for chart in kept()? {
        let out = files::temporary()?;
        let run = || Run::new(&judges.helm).env("HOME", out.path()).within(out.path());
        for file in fs::read_dir(&chart).into_iter().flatten().flatten() {
            let file = file.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("values") && file.extension().is_some_and(|end| end == "yaml") {
                let lint = run().args(["lint", "--strict"]).args([&chart]);
                let ended = lint.args(["-f"]).args([&file]).end()?;
                if ended.code != Some(0) {
                    found.push(format!("{}: {}", file.display(), ended.stdout));
                }
            }
        }
        let packaged = run().args(["package"]).args([&chart]).end()?;
        if packaged.code != Some(0) {
            found.push(packaged.stderr);
        }
        let names = fs::read_dir(out.path()).into_iter().flatten().flatten();
        let package = names.map(|entry| entry.path()).find(|p| p.extension().is_some());
        if let Some(package) = package {
            let list = Run::new("tar").args(["-tzf"]).args([&package]).output()?;
            let secret = list.lines().filter(|line| line.contains("/secrets"));
            found.extend(secret.map(|line| format!("the package holds {line}")));
        }
    }
    Ok(found)
}
