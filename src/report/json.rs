//! The report for programs; `docs/report.md` describes it.

use serde_json::{Value, json};

use super::{losses, places, rows};
use crate::{
    convert::{Outcome, Planned},
    text::Severity,
};

/// The version of the report's form; it changes when a field is removed or changes its meaning.
const VERSION: u32 = 1;

/// The report in JSON.
pub fn json(outcome: &Outcome) -> String {
    let project = outcome.planned.first().map_or("", |planned| planned.app.project.as_str());
    let environments: Vec<Value> =
        outcome.planned.iter().map(|planned| environment(outcome, planned)).collect();
    let groups: Vec<Value> = losses(&outcome.sink, &outcome.sources, Severity::Note)
        .into_iter()
        .map(|group| {
            let losses: Vec<Value> = group
                .losses
                .into_iter()
                .map(|loss| {
                    json!({ "message": loss.message, "place": loss.place, "line": loss.line })
                })
                .collect();
            json!({
                "code": group.code.id(),
                "severity": severity(group.severity),
                "verdict": group.verdict.word(),
                "advice": group.advice,
                "keys": losses,
            })
        })
        .collect();
    let report = json!({
        "version": VERSION,
        "project": project,
        "files": outcome.files,
        "environments": environments,
        "losses": groups,
    });
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Finding => "finding",
        Severity::Error => "error",
    }
}

fn environment(outcome: &Outcome, planned: &Planned) -> Value {
    let services: Vec<Value> = rows(planned)
        .into_iter()
        .map(|row| {
            json!({
                "service": row.service,
                "objects": row.objects,
                "reached": row.reached,
                "data": row.data,
            })
        })
        .collect();
    let keys: Vec<Value> = planned
        .ledger()
        .entries
        .iter()
        .filter(|entry| entry.written)
        .map(|entry| {
            json!({
                "key": entry.path,
                "place": places::place(entry.span, &outcome.sources),
                "verdict": entry.verdict.word(),
                "note": entry.note,
            })
        })
        .collect();
    json!({
        "name": planned.name.as_ref().map(|name| name.resolved.as_str()),
        "services": services,
        "keys": keys,
    })
}
