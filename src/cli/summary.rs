//! What a person wants to read after `c2k convert`.

use std::{collections::BTreeSet, fmt::Write, path::PathBuf};

use crate::{
    convert::{Outcome, Planned, Target},
    emit::WriteReport,
    kube::{self, Object},
    overlay,
    plan::{ContainerPort, ServicePlan},
    report,
    settings::SecretMode,
};

/// How many of the files that were read are named; folders that are mounted may have many.
const SHOWN_FILES: usize = 20;

/// The summary of a run; `repeated` are its flags, for commands that a person calls next.
pub(super) fn text(
    outcome: &Outcome,
    target: Target,
    written: &[(PathBuf, WriteReport)],
    repeated: &str,
) -> String {
    let mut text = String::new();
    let mut last: Option<(String, String)> = None;
    let shown =
        outcome.planned.iter().filter(|one| one.name.is_some() || outcome.planned.len() == 1);
    for planned in shown {
        let title = title(planned);
        let table = table(planned);
        match &last {
            Some((other, same)) if *same == table => {
                let _ = writeln!(text, "{title}: as {other}\n");
            }
            _ => {
                let _ = writeln!(text, "{title}\n{table}");
                last = Some((title, table));
            }
        }
    }
    for (folder, report) in written {
        text.push_str(&files_line(folder, report));
    }
    for planned in &outcome.planned {
        secrets(&mut text, planned, target, repeated);
    }
    forwards(&mut text, outcome);
    inputs(&mut text, outcome);
    text.push('\n');
    text
}

fn title(planned: &Planned) -> String {
    let project = &planned.app.project;
    match &planned.name {
        None => project.clone(),
        Some(name) if name.asked == name.resolved => format!("{project}, {}", name.resolved),
        Some(name) => format!("{project}, {} (`{}`)", name.resolved, name.asked),
    }
}

fn table(planned: &Planned) -> String {
    let mut rows = vec![["service", "objects", "reached at", "data"].map(str::to_owned)];
    for row in report::rows(planned) {
        let cell = |parts: Vec<String>| {
            if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
        };
        rows.push([row.service, cell(row.objects), cell(row.reached), cell(row.data)]);
    }
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..4).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "  {}", line.trim_end());
    }
    text
}

fn files_line(folder: &std::path::Path, report: &WriteReport) -> String {
    let all = report.written.len() + report.unchanged.len();
    let mut parts = Vec::new();
    for (count, what) in [
        (report.written.len(), "written"),
        (report.unchanged.len(), "unchanged"),
        (report.kept.len(), "kept as changed by hand"),
        (report.removed.len(), "removed"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    format!("{}/: {all} files ({})\n", folder.display(), parts.join(", "))
}

/// What must be made before workloads start, and what must not get into git.
fn secrets(text: &mut String, planned: &Planned, target: Target, repeated: &str) {
    let app = &planned.app;
    if app.secrets.is_empty() || (planned.name.is_none() && target != Target::Manifests) {
        return;
    }
    let names: Vec<&str> = app.secrets.iter().map(|set| set.name.as_str()).collect();
    let names = names.join(", ");
    let env = if app.environment.is_empty() {
        String::new()
    } else {
        format!(" --env {}", app.environment)
    };
    let label = if app.environment.is_empty() { "base" } else { &app.environment };
    let _ = match app.secret_mode {
        SecretMode::Reference => writeln!(
            text,
            "{label} needs the Secrets {names}:\n  c2k secrets{env}{repeated} | kubectl apply -f -"
        ),
        SecretMode::Literal => writeln!(
            text,
            "{label} has its Secrets with values ({names}); a .gitignore keeps them out of git"
        ),
        SecretMode::External => writeln!(text, "{label} takes its Secrets from a store: {names}"),
    };
    // The generator of a Kustomize tree names Secrets by their content, so a change rolls the pods.
    if app.secret_mode == SecretMode::Literal && target == Target::Kustomize {
        return;
    }
    let users = secret_users(planned);
    if !users.is_empty() {
        let _ = writeln!(
            text,
            "after a change of their values:\n  kubectl rollout restart{} {}",
            namespace_flag(planned),
            users.join(" ")
        );
    }
}

/// What kubectl must be told of an environment that has a namespace.
fn namespace_flag(planned: &Planned) -> String {
    let namespace = planned.app.namespace.as_ref();
    namespace.map(|name| format!(" --namespace {name}")).unwrap_or_default()
}

/// The workloads whose pods read Secrets and do not learn of a change by themselves.
fn secret_users(planned: &Planned) -> Vec<String> {
    let uses = |object: &&Object| {
        let rolls = matches!(object.kind(), "Deployment" | "StatefulSet" | "DaemonSet");
        let template = overlay::pod_template(&object.value).filter(|_| rolls);
        template.is_some_and(|template| !overlay::secrets_used(template).is_empty())
            && !kube::is_reloaded(object)
    };
    let name =
        |object: &Object| format!("{}/{}", object.kind().to_ascii_lowercase(), object.name());
    planned.objects.iter().filter(uses).map(name).collect()
}

/// Ports that Compose publishes and the cluster does not; in the first environment that has them.
fn forwards(text: &mut String, outcome: &Outcome) {
    let named = outcome.planned.iter().any(|planned| planned.name.is_some());
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    // Nobody applies a base that environments stand on.
    for planned in outcome.planned.iter().filter(|planned| planned.name.is_some() == named) {
        let namespace = namespace_flag(planned);
        for what in planned.app.services.iter().flat_map(forwarded) {
            if seen.insert(what.clone()) {
                lines.push(format!("  kubectl port-forward{namespace} {what}"));
            }
        }
    }
    if !lines.is_empty() {
        let _ = writeln!(
            text,
            "published in compose, not exposed (set `public` or `domain`); until then:"
        );
        lines.iter().for_each(|line| {
            let _ = writeln!(text, "{line}");
        });
    }
}

/// What `kubectl port-forward` is told for each published port of a service that is not exposed.
fn forwarded(service: &ServicePlan) -> Vec<String> {
    if !service.public.is_empty() || service.workload.is_none() || service.external.is_some() {
        return Vec::new();
    }
    let ports = service.ports.iter().filter(|port| !port.hidden);
    let line = |port: &ContainerPort| {
        let published = port.published.as_ref()?;
        let local = if published.is_empty() || published.contains('-') {
            port.port.to_string()
        } else {
            published.clone()
        };
        Some(format!("service/{} {local}:{}", service.name, port.port))
    };
    ports.filter_map(line).collect()
}

fn inputs(text: &mut String, outcome: &Outcome) {
    let first = outcome.files.get(..SHOWN_FILES).unwrap_or(&outcome.files);
    let more = match outcome.files.len() - first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let _ = writeln!(text, "read: {}{more}", first.join(", "));
    if let Some((file, whom)) = &outcome.left_out {
        let _ =
            writeln!(text, "left out: {file} is for development, so not for {}", whom.join(", "));
    }
    if !outcome.process_variables.is_empty() {
        let names = outcome.process_variables.join(", ");
        let _ = writeln!(text, "from the process environment: {names} (`--clean-env` ignores it)");
    }
}
