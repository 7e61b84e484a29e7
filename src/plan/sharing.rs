//! Services that share something of each other: mounts (`volumes_from`), or a whole pod.

use std::collections::BTreeMap;

use super::{Draft, Input, MountSource, ServicePlan};
use crate::{
    compose::{Mount, Project, Service, Text},
    settings::WorkloadKind,
    text::{Code, Diagnostic, Severity, Sink},
};

/// The project with the mounts of `volumes_from` in the services that take them.
pub(crate) fn with_borrowed_mounts(project: &Project, sink: &mut Sink) -> Option<Project> {
    let borrows = project.services.iter().any(|(_, service)| !service.volumes_from.is_empty());
    if !borrows {
        return None;
    }
    let mut resolved = project.clone();
    for (name, service) in &mut resolved.services.items {
        let mut mounts = Vec::new();
        for text in &service.volumes_from {
            borrow(project, &name.value, text, &mut Vec::new(), &mut mounts, sink);
        }
        for mount in mounts {
            if !service.volumes.iter().any(|own| own.target.value == mount.target.value) {
                service.volumes.push(mount);
            }
        }
    }
    Some(resolved)
}

/// Adds the mounts that a `volumes_from` names, and those that its service took itself.
fn borrow(
    project: &Project,
    name: &str,
    text: &Text,
    way: &mut Vec<String>,
    mounts: &mut Vec<Mount>,
    sink: &mut Sink,
) {
    let (from, mode) = text.value.split_once(':').unwrap_or((&text.value, ""));
    let Some(other) = project.services.get(from).filter(|_| from != "container") else {
        sink.push(
            Diagnostic::new(
                Code::LeftOut,
                format!("mounts of `{}` that `{name}` takes were left out", text.value),
            )
            .at(text.span())
            .help("the container is not part of the project: name its volumes in both services"),
        );
        return;
    };
    if way.iter().any(|known| known == from) {
        return;
    }
    way.push(from.to_owned());
    if other.volumes.is_empty() && other.volumes_from.is_empty() {
        let message = format!("`{from}` mounts nothing that `{name}` could take");
        sink.push(Diagnostic::new(Code::LeftOut, message).severity(Severity::Note).at(text.span()));
    }
    for mount in &other.volumes {
        if mount.source.is_none() || mount.kind.value == "tmpfs" {
            sink.push(
                Diagnostic::new(
                    Code::Approximated,
                    format!(
                        "`{name}` has a folder of its own at `{}`, not that of `{from}`",
                        mount.target.value
                    ),
                )
                .at(text.span())
                .help("name the volume, or let both share a pod"),
            );
        }
        let read_only = mount.read_only || mode == "ro";
        mounts.push(Mount { read_only, span: text.span(), ..mount.clone() });
    }
    for text in &other.volumes_from {
        borrow(project, name, text, way, mounts, sink);
    }
    way.pop();
}

/// The label that groups services into one pod.
const GROUP: &str = "kompose.service.group";

/// The services that run in the pod of another one, and which.
#[derive(Debug, Default)]
pub(crate) struct Pods {
    hosts: BTreeMap<String, String>,
    one_process_space: Vec<String>,
}

impl Pods {
    /// Finds them: `network_mode`, `ipc` or `pid` of another service, or one group. Where their
    /// workloads do not fit in one pod they run apart, and that is said.
    pub(crate) fn of(input: &Input, drafts: &mut [Draft], sink: &mut Sink) -> Self {
        let mut pods = Self::default();
        let wanted: Vec<(String, String, Text, bool)> = drafts
            .iter()
            .filter_map(|draft| {
                let (host, text, pid) = joined(draft, input.project)?;
                Some((draft.name.to_owned(), host, text, pid))
            })
            .collect();
        for (name, host, text, pid) in &wanted {
            let host = chain(host, &wanted);
            if host == *name {
                continue;
            }
            let kinds = (kind(drafts, name), kind(drafts, &host));
            let Some(kind) = common(kinds) else {
                sink.push(apart(name, &host, text));
                continue;
            };
            drafts
                .iter_mut()
                .filter(|draft| draft.name == host)
                .for_each(|draft| draft.kind = kind);
            if *pid {
                pods.one_process_space.push(host.clone());
            }
            pods.hosts.insert(name.clone(), host);
        }
        // A pod that became a StatefulSet is one for all that run in it.
        let kinds: BTreeMap<String, WorkloadKind> =
            drafts.iter().map(|draft| (draft.name.to_owned(), draft.kind)).collect();
        for draft in drafts.iter_mut() {
            if let Some(kind) = pods.hosts.get(draft.name).and_then(|host| kinds.get(host)) {
                draft.kind = *kind;
            }
        }
        pods
    }

    /// The service whose pod a service runs in.
    pub(crate) fn host(&self, name: &str) -> Option<&str> {
        self.hosts.get(name).map(String::as_str)
    }

    /// Whether the processes of a pod see each other.
    pub(crate) fn shares_processes(&self, host: &str) -> bool {
        self.one_process_space.iter().any(|known| known == host)
    }
}

/// The service whose pod a service asks for, the text that says so, and whether it is about processes.
fn joined(draft: &Draft, project: &Project) -> Option<(String, Text, bool)> {
    let service = draft.service;
    let modes = [(&service.network_mode, false), (&service.ipc, false), (&service.pid, true)];
    for (mode, pid) in modes {
        if let Some(text) = mode
            && let Some(host) = text.value.strip_prefix("service:")
        {
            let pid =
                pid || service.pid.as_ref().is_some_and(|pid| pid.value.starts_with("service:"));
            return Some((host.to_owned(), text.clone(), pid));
        }
    }
    let group = group(service)?;
    let (first, _) = project
        .services
        .iter()
        .find(|(_, other)| self::group(other).is_some_and(|other| other.value == group.value))?;
    Some((first.value.clone(), group.clone(), false))
}

fn group(service: &Service) -> Option<&Text> {
    service.labels.get(GROUP).filter(|group| !group.value.is_empty())
}

/// The end of a chain: `a` in the pod of `b` in the pod of `c` is in the pod of `c`.
fn chain(host: &str, wanted: &[(String, String, Text, bool)]) -> String {
    let mut host = host.to_owned();
    for _ in 0..wanted.len() {
        match wanted.iter().find(|(name, next, ..)| *name == host && *next != host) {
            Some((_, next, ..)) => host.clone_from(next),
            None => break,
        }
    }
    host
}

fn kind(drafts: &[Draft], name: &str) -> Option<WorkloadKind> {
    let fits = |draft: &&Draft| !draft.external && !draft.ends_on_each_node();
    drafts.iter().filter(fits).find(|draft| draft.name == name).map(|draft| draft.kind)
}

/// What runs both: a StatefulSet if one of them keeps data.
fn common(kinds: (Option<WorkloadKind>, Option<WorkloadKind>)) -> Option<WorkloadKind> {
    use WorkloadKind::{DaemonSet, Deployment, StatefulSet};
    match (kinds.0?, kinds.1?) {
        (Deployment, Deployment) => Some(Deployment),
        (Deployment | StatefulSet, Deployment | StatefulSet) => Some(StatefulSet),
        (Deployment | DaemonSet, DaemonSet) => Some(DaemonSet),
        _ => None,
    }
}

fn apart(name: &str, host: &str, text: &Text) -> Diagnostic {
    Diagnostic::new(
        Code::Approximated,
        format!("`{name}` would share a pod with `{host}`; they run apart"),
    )
    .at(text.span())
    .help(
        "a Job and what runs all the time do not fit in one pod; let them reach each other by name",
    )
}

/// Makes the names of a companion's ports and volumes its own in the pod that it moves into.
pub(crate) fn move_in(host: &ServicePlan, companion: &mut ServicePlan) {
    let others = || std::iter::once(host).chain(&host.companions);
    for port in &mut companion.ports {
        let taken = |name: &str| {
            others().flat_map(|service| &service.ports).any(|other| other.name == name)
        };
        if taken(&port.name) {
            let stem: String = port.name.chars().take(9).collect();
            port.name = format!("{}-{}", stem.trim_end_matches('-'), port.port);
        }
    }
    let known: Vec<(String, MountSource)> = others()
        .filter_map(|service| service.workload.as_ref())
        .flat_map(|workload| &workload.mounts)
        .map(|mount| (mount.volume.clone(), mount.source.clone()))
        .collect();
    let name = companion.name.clone();
    let Some(workload) = &mut companion.workload else { return };
    for mount in &mut workload.mounts {
        let differs =
            known.iter().any(|(volume, source)| *volume == mount.volume && *source != mount.source);
        let own = matches!(mount.source, MountSource::Empty { .. });
        if differs || (own && known.iter().any(|(volume, _)| *volume == mount.volume)) {
            let own_name = super::joined_name(&name, &mount.volume);
            for claim in &mut workload.claim_templates {
                if claim.name == mount.volume && mount.source == MountSource::Template {
                    claim.name.clone_from(&own_name);
                }
            }
            for populate in &mut workload.populates {
                if populate.volume == mount.volume {
                    populate.volume.clone_from(&own_name);
                }
            }
            mount.volume = own_name;
        }
    }
}
