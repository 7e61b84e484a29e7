//! What a person wants to read after `c2k convert`.

use std::{fmt::Write, path::PathBuf};

use crate::{
    convert::{Outcome, Planned, Target},
    emit::WriteReport,
    plan::{App, ExternalEndpoint, MountSource, ServicePlan, Workload},
    settings::{PublicType, SecretMode, WorkloadKind},
};

/// The summary of a run.
pub(super) fn text(outcome: &Outcome, target: Target, written: &[(PathBuf, WriteReport)]) -> String {
    let mut text = String::new();
    let mut last: Option<(String, String)> = None;
    let shown = outcome.planned.iter().filter(|one| one.name.is_some() || outcome.planned.len() == 1);
    for planned in shown {
        let title = title(planned);
        let table = table(&planned.app);
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
        secrets(&mut text, planned, target);
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

fn table(app: &App) -> String {
    let mut rows = vec![["service", "runs as", "reached at", "data"].map(str::to_owned)];
    for service in &app.services {
        rows.push([service.compose_name.clone(), runs_as(service), reached(service), data(service)]);
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

fn runs_as(service: &ServicePlan) -> String {
    let Some(workload) = &service.workload else {
        return match &service.external {
            Some(external) => format!("outside: {}", place(external)),
            None => "-".to_owned(),
        };
    };
    let kind = match workload.kind {
        WorkloadKind::Deployment => "Deployment",
        WorkloadKind::StatefulSet => "StatefulSet",
        WorkloadKind::DaemonSet => "DaemonSet",
        WorkloadKind::Job => "Job",
        WorkloadKind::CronJob => "CronJob",
    };
    if workload.replicas == 1 { kind.to_owned() } else { format!("{kind} ×{}", workload.replicas) }
}

fn place(external: &ExternalEndpoint) -> String {
    external.host.clone().unwrap_or_else(|| external.addresses.join(", "))
}

fn reached(service: &ServicePlan) -> String {
    let mut ways: Vec<String> = service
        .ports
        .iter()
        .filter(|port| !port.hidden)
        .map(|port| format!("{}:{}", service.name, port.port))
        .collect();
    for public in &service.public {
        let scheme = if public.tls.is_some() { "https" } else { "http" };
        ways.push(match (public.kind.unwrap_or_default(), &public.host) {
            (PublicType::LoadBalancer, _) => "a load balancer".to_owned(),
            (PublicType::NodePort, _) => "a port of every node".to_owned(),
            (_, Some(host)) => {
                format!("{scheme}://{host}{}", public.path.as_deref().unwrap_or_default())
            }
            (_, None) => "an Ingress".to_owned(),
        });
    }
    if ways.is_empty() { "-".to_owned() } else { ways.join(", ") }
}

fn data(service: &ServicePlan) -> String {
    let Some(workload) = &service.workload else { return "-".to_owned() };
    let mut places: Vec<String> = workload
        .claim_templates
        .iter()
        .map(|claim| format!("{} ({})", claim.name, claim.size))
        .collect();
    places.extend(mounted(workload));
    if places.is_empty() { "-".to_owned() } else { places.join(", ") }
}

fn mounted(workload: &Workload) -> Vec<String> {
    let mut places = Vec::new();
    for mount in &workload.mounts {
        let place = match &mount.source {
            MountSource::Claim(name) => format!("claim {name}"),
            MountSource::HostPath(path) => format!("node's {path}"),
            MountSource::Nfs { server, path } => format!("{server}:{path}"),
            _ => continue,
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
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
fn secrets(text: &mut String, planned: &Planned, target: Target) {
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
            "{label} needs the Secrets {names}:\n  c2k secrets{env} | kubectl apply -f -"
        ),
        SecretMode::Literal => writeln!(
            text,
            "{label} has its Secrets with values ({names}); a .gitignore keeps them out of git"
        ),
        SecretMode::External => writeln!(text, "{label} takes its Secrets from a store: {names}"),
    };
}

/// Ports that Compose publishes and the cluster does not.
fn forwards(text: &mut String, outcome: &Outcome) {
    let mut lines: Vec<String> = Vec::new();
    for service in outcome.planned.iter().flat_map(|planned| &planned.app.services) {
        if !service.public.is_empty() || service.workload.is_none() {
            continue;
        }
        for port in service.ports.iter().filter(|port| !port.hidden) {
            let Some(published) = &port.published else { continue };
            let local = if published.is_empty() || published.contains('-') {
                port.port.to_string()
            } else {
                published.clone()
            };
            let line = format!("  kubectl port-forward service/{} {local}:{}", service.name, port.port);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    if !lines.is_empty() {
        let _ = writeln!(text, "published in compose, not exposed (set `public` or `domain`); until then:");
        lines.iter().for_each(|line| {
            let _ = writeln!(text, "{line}");
        });
    }
}

fn inputs(text: &mut String, outcome: &Outcome) {
    let _ = writeln!(text, "read: {}", outcome.files.join(", "));
    if let Some((file, whom)) = &outcome.left_out {
        let _ = writeln!(text, "left out: {file} is for development, so not for {}", whom.join(", "));
    }
    if !outcome.process_variables.is_empty() {
        let names = outcome.process_variables.join(", ");
        let _ = writeln!(text, "from the process environment: {names} (`--clean-env` ignores it)");
    }
}
