//! Diagnostics on the terminal.

use std::{collections::BTreeMap, fmt::Write, io::IsTerminal};

use super::{Exit, say};
use crate::{
    ledger::Verdict,
    report,
    text::{Code, Diagnostic, Severity, Sink, Sources, Style, render},
};

/// How many diagnostics of one code are shown with their source lines.
const SHOWN: usize = 3;

/// How many losses with one advice are shown.
const SHOWN_LOSSES: usize = 8;

/// Says everything in the sink, the worst last, since that is what a person sees first.
pub(super) fn report(sink: &Sink, sources: &Sources, least: Severity) {
    let style = if std::io::stderr().is_terminal() { Style::Coloured } else { Style::Plain };
    say(&text(sink, sources, least, style));
}

fn text(sink: &Sink, sources: &Sources, least: Severity, style: Style) -> String {
    let all = distinct(sink, least);
    let mut groups: BTreeMap<(Severity, Code), Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in all.into_iter().filter(|one| report::is_loss(one).is_none()) {
        groups.entry((diagnostic.severity, diagnostic.code)).or_default().push(diagnostic);
    }
    let mut text = losses(sink, sources, least);
    for ((severity, code), group) in groups {
        // Every error counts; of the rest the first few tell what it is about.
        let shown = if severity == Severity::Error { group.len() } else { SHOWN };
        for diagnostic in group.iter().take(shown) {
            text.push_str(&render(diagnostic, sources, style));
            text.push('\n');
        }
        let more = group.get(shown..).unwrap_or_default();
        if !more.is_empty() {
            let _ = writeln!(text, "{} more of {} ({}):", more.len(), code.id(), code.slug());
            for diagnostic in more {
                let place = diagnostic.primary.as_ref();
                let place = place.and_then(|label| sources.location(label.span));
                let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
                let _ = writeln!(text, "  {place}{}", diagnostic.message);
            }
            text.push('\n');
        }
    }
    text
}

/// What was approximated or left out, by what to do about it; the worst last.
fn losses(sink: &Sink, sources: &Sources, least: Severity) -> String {
    let mut text = String::new();
    let mut last = "";
    for group in report::losses(sink, sources, least).into_iter().rev() {
        let title = match (group.severity, group.verdict) {
            (Severity::Note, Verdict::Refused) => "without meaning in a cluster",
            (_, Verdict::Refused) => "left out",
            (..) => "approximated",
        };
        if title != last {
            let _ = writeln!(text, "{title}");
            last = title;
        }
        let advice = if group.advice.is_empty() { group.code.slug() } else { &group.advice };
        let _ = writeln!(text, "  [{}] {advice}", group.code.id());
        for loss in group.losses.iter().take(SHOWN_LOSSES) {
            let place = loss.place.as_deref().map(|place| format!("{place}: ")).unwrap_or_default();
            let line = loss.line.as_deref().map(|line| format!("  | {line}")).unwrap_or_default();
            let _ = writeln!(text, "    {place}{}{line}", loss.message);
        }
        let more = group.losses.len().saturating_sub(SHOWN_LOSSES);
        if more > 0 {
            let _ = writeln!(text, "    and {more} more; `--report FILE` has all");
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Environments find the same things; each is said once, as the strictest of them says it.
fn distinct(sink: &Sink, least: Severity) -> Vec<&Diagnostic> {
    let same = |diagnostic: &Diagnostic| {
        let span = diagnostic.primary.as_ref().map(|label| label.span);
        (diagnostic.code, span, diagnostic.message.clone())
    };
    let mut worst = BTreeMap::new();
    for diagnostic in sink.iter() {
        let known = worst.entry(same(diagnostic)).or_insert(diagnostic.severity);
        *known = diagnostic.severity.max(*known);
    }
    let mut found = Vec::new();
    for diagnostic in sink.iter().filter(|diagnostic| diagnostic.severity >= least) {
        let key = same(diagnostic);
        if worst.get(&key) == Some(&diagnostic.severity) {
            worst.remove(&key);
            found.push(diagnostic);
        }
    }
    found
}

/// The exit code that a sink asks for.
pub(super) fn exit(sink: &Sink, strict: bool) -> Exit {
    match sink.worst() {
        Some(Severity::Error) => Exit::BadInput,
        Some(Severity::Finding) => Exit::Findings,
        Some(Severity::Warning) if strict => Exit::Findings,
        _ => Exit::Done,
    }
}
