//! The charts of real projects, beside their manifests.

use super::{Case, Options, outcome};
use crate::{
    Result,
    c2k::C2k,
    charts::compared::{self, Compared},
    checks,
    counts::{Better, Counts},
    files,
    judges::Judges,
    parallel::parallel,
};

/// Compares the charts of the cases that convert with their manifests, in every built-in
/// environment, and looks at what lint, package and the schema say.
pub(super) fn run(c2k: &C2k, judges: &Judges, cases: &[Case], options: &Options) -> Result {
    let mut counts = Counts::default();
    for kind in ["differences", "lint-findings", "mistakes-accepted", "errors"] {
        counts.add(&format!("corpus.charts.{kind}"), Better::Less, 0);
    }
    let mut wrong = 0;
    for (case, found) in cases.iter().zip(parallel(cases, |case| of_case(c2k, judges, case))) {
        let found = found.unwrap_or_else(|error| Compared {
            findings: [("errors", vec![error])].into(),
            ..Compared::default()
        });
        let mut add = |name: &str, better, number| {
            counts.add(&format!("corpus.charts.{name}"), better, number);
        };
        add("converted", Better::More, found.converted.into());
        add("renders-compared", Better::More, found.renders);
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

fn of_case(c2k: &C2k, judges: &Judges, case: &Case) -> Result<Compared> {
    let folder = files::temporary()?;
    case.copy_to(folder.path())?;
    compared::of_project(c2k, judges, &case.call(folder.path()), &checks::BUILT_IN)
}
