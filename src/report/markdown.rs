//! The report as a page.

use std::fmt::Write;

use super::{Group, losses, rows};
use crate::{
    convert::{Outcome, Planned},
    ledger::Verdict,
    text::Severity,
};

/// The report in Markdown.
pub fn markdown(outcome: &Outcome) -> String {
    let project = outcome.planned.first().map_or("", |planned| planned.app.project.as_str());
    let mut text = format!("# {project}: from Compose to Kubernetes\n");
    for planned in &outcome.planned {
        environment(&mut text, planned);
    }
    let groups = losses(&outcome.sink, &outcome.sources, Severity::Note);
    for (verdict, title) in
        [(Verdict::Refused, "Left out"), (Verdict::Approximated, "Approximated")]
    {
        section(
            &mut text,
            title,
            groups
                .iter()
                .filter(|group| group.verdict == verdict && group.severity > Severity::Note),
        );
    }
    section(
        &mut text,
        "Without meaning in a cluster",
        groups.iter().filter(|group| group.severity == Severity::Note),
    );
    text
}

fn environment(text: &mut String, planned: &Planned) {
    let name = planned.name.as_ref().map_or("base", |name| name.resolved.as_str());
    let _ = writeln!(
        text,
        "\n## Services: {name}\n\n| service | objects | reached at | data |\n|---|---|---|---|"
    );
    for row in rows(planned) {
        let cells = [vec![row.service], row.objects, row.reached, row.data];
        let cells = cells.map(|cell| escape(&cell.join(", ")));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    let ledger = planned.ledger();
    let count = |verdict| {
        ledger.entries.iter().filter(|entry| entry.written && entry.verdict == verdict).count()
    };
    let _ = writeln!(
        text,
        "\nKeys of the compose files: {} mapped, {} approximated, {} left out.",
        count(Verdict::Mapped),
        count(Verdict::Approximated),
        count(Verdict::Refused)
    );
}

fn section<'a>(text: &mut String, title: &str, groups: impl Iterator<Item = &'a Group>) {
    let groups: Vec<&Group> = groups.collect();
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n## {title}");
    for group in groups {
        let advice = if group.advice.is_empty() { group.code.slug() } else { &group.advice };
        let _ = writeln!(text, "\n**{}**\n", escape(advice));
        for loss in &group.losses {
            let _ = write!(text, "- {}", escape(&loss.message));
            if let Some(place) = &loss.place {
                let _ = write!(text, " ({place})");
            }
            if let Some(line) = &loss.line {
                let fence = if line.contains('`') { "``" } else { "`" };
                let _ = write!(text, ": {fence} {line} {fence}");
            }
            text.push('\n');
        }
    }
}

/// Text in a cell of a table.
fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
