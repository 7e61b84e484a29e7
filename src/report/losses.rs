//! What was approximated or left out, grouped by what to do about it.

use std::collections::BTreeMap;

use super::places;
use crate::{
    ledger::Verdict,
    text::{Code, Diagnostic, Severity, Sink, Sources},
};

/// Losses that have one advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Approximated or refused.
    pub verdict: Verdict,
    /// A warning; else a note, since nothing that matters is lost.
    pub severity: Severity,
    /// The code of the diagnostics.
    pub code: Code,
    /// What to do; may be empty.
    pub advice: String,
    /// The single losses.
    pub losses: Vec<Loss>,
}

/// One thing that was approximated or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What it is.
    pub message: String,
    /// Where it is written: `compose.yaml:12:5`.
    pub place: Option<String>,
    /// The line there, secret parts masked.
    pub line: Option<String>,
}

/// All losses: warnings before notes, what is left out before what is approximated.
pub fn losses(sink: &Sink, sources: &Sources, least: Severity) -> Vec<Group> {
    let mut groups: BTreeMap<_, Group> = BTreeMap::new();
    for diagnostic in sink.iter().filter(|diagnostic| diagnostic.severity >= least) {
        let Some(verdict) = verdict(diagnostic) else { continue };
        let advice = diagnostic.help.clone().unwrap_or_default();
        let (severity, code) = (diagnostic.severity, diagnostic.code);
        let key = (std::cmp::Reverse(severity), std::cmp::Reverse(verdict), code, advice.clone());
        let group = groups.entry(key).or_insert_with(|| Group {
            verdict,
            severity,
            code,
            advice,
            losses: Vec::new(),
        });
        let span = diagnostic.primary.as_ref().map(|label| label.span);
        let loss = Loss {
            message: diagnostic.message.clone(),
            place: span.and_then(|span| places::place(span, sources)),
            line: span.and_then(|span| places::excerpt(span, sources)),
        };
        // Environments lose the same things.
        if !group.losses.contains(&loss) {
            group.losses.push(loss);
        }
    }
    groups.into_values().collect()
}

/// What a diagnostic says was lost; none if it is about something else.
pub fn verdict(diagnostic: &Diagnostic) -> Option<Verdict> {
    let loss = matches!(diagnostic.severity, Severity::Note | Severity::Warning);
    Verdict::of(diagnostic.code).filter(|_| loss)
}
