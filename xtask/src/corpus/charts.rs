//! The charts of real projects, beside their manifests.

use std::{collections::BTreeMap, path::Path};

use super::{Case, Options, outcome};
use crate::{
    Result,
    agreement::{self, Against},
    c2k::{C2k, Call},
    charts::{self, Job, Values},
    checks,
    counts::{Better, Counts},
    files,
    judges::Judges,
    objects::{self, Object},
    parallel::parallel,
};

/// What came of the charts of one project.
#[derive(Default)]
struct Charts {
    /// Whether the project converts.
    converted: bool,
    /// The environments whose renders were compared.
    compared: usize,
    /// The wrong values that were tried.
    mistakes: usize,
    /// What is wrong, by kind.
    findings: BTreeMap<&'static str, Vec<String>>,
}

/// Compares the charts of the cases that convert with their manifests, in every built-in
/// environment, and looks at what lint, package and the schema say.
pub(super) fn run(c2k: &C2k, judges: &Judges, cases: &[Case], options: &Options) -> Result {
    let mut counts = Counts::default();
    for kind in ["differences", "lint-findings", "mistakes-accepted", "errors"] {
        counts.add(&format!("corpus.charts.{kind}"), Better::Less, 0);
    }
    let mut wrong = 0;
    for (case, found) in cases.iter().zip(parallel(cases, |case| of_case(c2k, judges, case))) {
        let found = found.unwrap_or_else(|error| Charts {
            findings: [("errors", vec![error])].into(),
            ..Charts::default()
        });
        let mut add = |name: &str, better, number| {
            counts.add(&format!("corpus.charts.{name}"), better, number);
        };
        add("converted", Better::More, found.converted.into());
        add("renders-compared", Better::More, found.compared);
        add("mistakes-tried", Better::More, found.mistakes);
        for (kind, lines) in &found.findings {
            outcome::print(&case.name, kind, lines);
            add(kind, Better::Less, lines.len());
            wrong += lines.len();
        }
    }
    println!("charts: {} projects", cases.len());
    for (name, number) in counts.below("corpus.charts.") {
        println!("  {number:>6} {name}");
    }
    if options.only.is_none() {
        counts.settle(options.record)?;
    }
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} findings about charts")) }
}

fn of_case(c2k: &C2k, judges: &Judges, case: &Case) -> Result<Charts> {
    let folder = files::temporary()?;
    let root = folder.path().join("project");
    case.copy_to(&root)?;
    let mut call = case.call(&root);
    call.args.extend(checks::BUILT_IN.iter().flat_map(|env| ["--env", env]).map(str::to_owned));
    let plain = folder.path().join("manifests");
    let ended = c2k.convert(&call, "manifests", None, &plain)?;
    if !matches!(ended.code, Some(0 | 1)) || !plain.is_dir() {
        return Ok(Charts::default());
    }
    compare(c2k, judges, &call, &plain, folder.path())
}

/// Compares what lies in `plain`, a folder an environment, with the chart of the same call.
fn compare(c2k: &C2k, judges: &Judges, call: &Call, plain: &Path, folder: &Path) -> Result<Charts> {
    let out = folder.join("charts");
    c2k.must_convert(call, "helm", None, &out)?;
    let chart = checks::chart(&out)?;
    let mut found = Charts { converted: true, ..Charts::default() };
    let mut by_namespace: BTreeMap<String, Vec<(&str, Vec<Object>)>> = BTreeMap::new();
    for env in checks::BUILT_IN {
        let manifests = objects::read(&plain.join(env))?;
        let namespace = manifests.iter().map(Object::namespace).find(|name| !name.is_empty());
        let namespace = namespace.unwrap_or("default").to_owned();
        by_namespace.entry(namespace).or_default().push((env, manifests));
    }
    // One process renders all that goes to one namespace.
    for (index, (namespace, environments)) in by_namespace.iter().enumerate() {
        let values =
            |env: &str| Values { files: checks::value_files(&chart, env), ..Values::default() };
        let job = Job {
            renders: environments.iter().map(|(env, _)| values(env)).collect(),
            namespace: Some(namespace),
            lint: true,
            package: (index == 0).then_some(folder),
        };
        let rendered = charts::render(judges, &chart, &job)?;
        for ((env, manifests), rendered) in environments.iter().zip(rendered) {
            let mut note = |kind, lines: Vec<String>| {
                let lines = lines.iter().map(|line| format!("{env}: {line}"));
                found.findings.entry(kind).or_default().extend(lines);
            };
            note("lint-findings", rendered.lint);
            match rendered.objects {
                Ok(all) => {
                    note("differences", agreement::differences(manifests, &all, Against::Helm));
                    found.compared += 1;
                }
                Err(error) => note("errors", vec![error]),
            }
        }
    }
    let (tried, accepted) = checks::mistakes(judges, &chart, false)?;
    found.mistakes = tried;
    found.findings.insert("mistakes-accepted", accepted);
    found.findings.retain(|_, lines| !lines.is_empty());
    Ok(found)
}
