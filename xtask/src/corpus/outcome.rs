//! What becomes of one project in one environment.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    Result,
    apiserver::ApiServer,
    c2k::{C2k, Call},
    checks,
    corpus::Case,
    environment, files,
    judges::Judges,
    objects::{self, Object},
    pod_security::{self, Admission},
    process::Ended,
    promises, references, roundtrip,
};

/// How many lines of one kind are printed for one project.
const LINES: usize = 5;

/// What all cases are tried with.
pub(super) struct Bench {
    pub(super) c2k: C2k,
    pub(super) judges: Judges,
    pub(super) server: ApiServer,
    /// Whether the three forms are compared too.
    pub(super) forms: bool,
}

/// The result of one conversion.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Manifests were written.
    pub(super) converted: bool,
    /// It was refused with a diagnostic that has a place.
    pub(super) refused: Option<String>,
    /// How many objects there are.
    pub(super) objects: usize,
    /// How many services were compared with the reference's model.
    pub(super) compared: usize,
    /// How many mounts were compared with it.
    pub(super) mounts: usize,
    /// How many pods a namespace with the recorded Pod Security level admits.
    pub(super) admitted: usize,
    /// Lines by what is wrong; a kind that was looked for and not found has none.
    pub(super) findings: Vec<(&'static str, Vec<String>)>,
}

impl Bench {
    /// Converts a copy of the project for the base and for staging.
    pub(super) fn outcomes(&self, case: &Case) -> Result<[Outcome; 2]> {
        let folder = files::temporary()?;
        let root = folder.path().join("project");
        case.copy_to(&root)?;
        let call = case.call(&root);
        let mut secrets = BTreeSet::new();
        let base = self.outcome(case, &call, None, &folder.path().join("base"), &mut secrets)?;
        let out = folder.path().join("staging");
        let mut staging = self.outcome(case, &call, Some("staging"), &out, &mut secrets)?;
        if self.forms && staging.converted {
            let found = checks::agreement(&self.c2k, &self.judges, &call, "staging");
            let mut lines = found.unwrap_or_else(|error| vec![error]);
            let found = checks::chart_of(&self.c2k, &self.judges, &call, &checks::BUILT_IN);
            lines.extend(found.unwrap_or_else(|error| vec![error]));
            staging.findings.push(("forms", lines));
        }
        Ok([base, staging])
    }

    fn outcome(
        &self,
        case: &Case,
        call: &Call,
        env: Option<&str>,
        out: &Path,
        secrets: &mut BTreeSet<String>,
    ) -> Result<Outcome> {
        let report = out.with_extension("md");
        let mut call = call.clone();
        call.args.extend(["--report".to_owned(), report.display().to_string()]);
        let ended = self.c2k.convert(&call, "manifests", env, out)?;
        // Messages are cut where there are many of a kind; the report has all.
        let said = ended.stderr.clone() + &fs::read_to_string(report).unwrap_or_default();
        let mut outcome = Outcome::default();
        let mut failed = Vec::new();
        match ended.code {
            Some(0 | 1) if out.is_dir() => {
                outcome.converted = true;
                match objects::read(out) {
                    Ok(objects) => {
                        self.inspect(&mut outcome, case, env, &objects, &said)?;
                        secrets.extend(promises::secrets(&objects));
                        let model = case.model().map(|model| objects::yaml(&model)).transpose()?;
                        let mut open = model.as_ref().map(promises::open).unwrap_or_default();
                        open.extend(case.stubs());
                        let leaks = promises::leaks(&objects, &said, secrets, &open);
                        outcome.findings.push(("leaks", leaks));
                        let repeated = promises::repeated(&objects, &case.variables(), &open);
                        outcome.findings.push(("secrets-repeated", repeated));
                    }
                    Err(error) => failed.push(error),
                }
            }
            // Where the cluster does itself what all services do, nothing is left to write.
            Some(0 | 1) if has_place(&ended.stderr) => outcome.converted = true,
            Some(2) if has_place(&ended.stderr) && !out.is_dir() => {
                outcome.refused = Some(first_error(&ended.stderr));
            }
            _ => failed.push(failure(&ended)),
        }
        if outcome.converted && failed.is_empty() {
            self.admit(&mut outcome, &call, env);
        }
        outcome.findings.push(("failed", failed));
        Ok(outcome)
    }

    /// Puts the pods before the Pod Security level that is recorded for them.
    fn admit(&self, outcome: &mut Outcome, call: &Call, env: Option<&str>) {
        let found = pod_security::admission(&self.server, &self.c2k, call, env);
        let found = found
            .unwrap_or_else(|error| Admission { refused: vec![error], ..Admission::default() });
        outcome.admitted = found.admitted;
        outcome.findings.push(("pods-refused", found.refused));
        outcome.findings.push(("levels-weaker-than-needed", found.weak));
    }

    /// Puts the objects before their judges.
    fn inspect(
        &self,
        outcome: &mut Outcome,
        case: &Case,
        env: Option<&str>,
        objects: &[Object],
        messages: &str,
    ) -> Result {
        let judgement = checks::judge(&self.server, objects)?;
        outcome.objects = objects.len();
        outcome.findings.push(("objects-refused", judgement.refused));
        let model = case.model().map(|model| objects::yaml(&model)).transpose()?;
        let external = model.as_ref().map(references::external).unwrap_or_default();
        let unresolved = references::unresolved(objects, env.is_none(), &external);
        outcome.findings.push(("unresolved-references", unresolved));
        // What an environment's settings change is not Compose's any more.
        if let (None, Some(model)) = (env, &model) {
            let seen = environment::compare(objects, model);
            let broken = promises::broken(objects, model);
            outcome.compared = seen.compared;
            // What c2k says it leaves out is not missing.
            let said = |name: &String| messages.contains(&format!("`{name}` was left out"));
            let (left_out, absent) = seen.absent.into_iter().partition(said);
            outcome.findings.extend([
                ("services-absent", absent),
                ("services-left-out", left_out),
                ("environment-differences", seen.differences),
                ("commands-differ", broken.commands),
                ("ports-unreachable", broken.ports),
                ("healthchecks-lost", broken.probes),
            ]);
            let seen = roundtrip::compare(objects, model);
            outcome.mounts = seen.mounts;
            // Every mount that is left out is named by its path.
            let said = |(_, path): &(String, String)| messages.contains(&format!("`{path}`"));
            let (left_out, unmounted): (Vec<_>, Vec<_>) =
                seen.unmounted.into_iter().partition(said);
            let lines = |mounts: Vec<(String, String)>| -> Vec<String> {
                mounts.into_iter().map(|(service, path)| format!("{service}: {path}")).collect()
            };
            outcome.findings.extend([
                ("mounts-lost", lines(unmounted)),
                ("mounts-left-out", lines(left_out)),
                ("volumes-apart", seen.apart),
                ("names-unknown", seen.names),
                ("resources-differ", seen.resources),
                ("replicas-differ", seen.replicas),
            ]);
        }
        Ok(())
    }
}

impl Outcome {
    /// Prints what is wrong, the first lines of each kind.
    pub(super) fn print(&self, title: &str) {
        if let Some(refused) = &self.refused {
            println!("{title}: refused: {refused}");
        }
        for (what, lines) in &self.findings {
            print(title, what, lines);
        }
    }
}

/// Prints the first lines of one kind.
pub(super) fn print(title: &str, what: &str, lines: &[String]) {
    for line in lines.iter().take(LINES) {
        println!("{title}: {what}: {line}");
    }
    if lines.len() > LINES {
        println!("{title}: {what}: and {} more", lines.len() - LINES);
    }
}

/// Whether a message names a file and a line: `file:3` or `file:3:5`.
fn has_place(stderr: &str) -> bool {
    stderr.split_whitespace().any(|word| {
        let mut parts = word.split(':');
        let file = parts.next().is_some_and(|part| part.contains(['.', '/']));
        file && parts.next().is_some_and(|part| part.parse::<u32>().is_ok())
    })
}

fn first_error(stderr: &str) -> String {
    let line = stderr.lines().find(|line| line.starts_with("error"));
    line.or(stderr.lines().next()).unwrap_or_default().to_owned()
}

fn failure(ended: &Ended) -> String {
    if ended.timed_out {
        return "took too long".to_owned();
    }
    let tail: Vec<_> = ended.stderr.lines().take(12).collect();
    format!("ended with {:?}:\n    {}", ended.code, tail.join("\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_and_a_line() {
        assert!(has_place("error: no\n  --> compose.yaml:3:5\n"));
        assert!(has_place("compose/a.yml:12: wrong"));
        assert!(!has_place("error[C2K0001]: image postgres:16 is wrong"));
        assert!(!has_place("at 12:30"));
    }
}
