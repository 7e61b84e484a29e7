//! Pod Security levels: which one a workload satisfies, and what is done for the one it should.

use super::{MountSource, Posture, ServicePlan, Traces, Workload, posture::SAFE_SYSCTLS};
use crate::{
    settings::{Said, SecurityLevel},
    text::{Code, Diagnostic, Sink},
};

/// Capabilities that the level `baseline` allows to be added.
const USUAL: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Types of `SELinux` that the level `baseline` allows.
const SELINUX: &[&str] =
    &["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// Hardens what can be without breaking the process: one that is no root loses nothing with its
/// capabilities.
pub(crate) fn harden(
    said: Option<&Said<SecurityLevel>>,
    posture: &mut Posture,
    traces: &mut Traces,
) {
    let Some(said) = said.filter(|said| said.value == SecurityLevel::Restricted) else { return };
    if posture.privileged || posture.user.is_none_or(|user| user == 0) {
        return;
    }
    posture.non_root = true;
    traces.said("non_root", Some(said));
    let only_ports = posture.add.iter().all(|name| name == "NET_BIND_SERVICE");
    if only_ports {
        posture.escalation = false;
        traces.said("escalation", Some(said));
        if !posture.drop.iter().any(|name| name == "ALL") {
            posture.drop = vec!["ALL".to_owned()];
            traces.said("cap_drop", Some(said));
        }
    }
}

/// The level that the pod of a workload satisfies.
pub(crate) fn level(service: &ServicePlan) -> SecurityLevel {
    let missed = |level| {
        containers(service)
            .any(|(service, workload)| !obstacles(service, workload, level).is_empty())
    };
    if missed(SecurityLevel::Baseline) {
        SecurityLevel::Privileged
    } else if missed(SecurityLevel::Restricted) {
        SecurityLevel::Baseline
    } else {
        SecurityLevel::Restricted
    }
}

fn containers(service: &ServicePlan) -> impl Iterator<Item = (&ServicePlan, &Workload)> {
    let all = std::iter::once(service).chain(&service.companions);
    all.filter_map(|service| Some((service, service.workload.as_ref()?)))
}

/// Reports what keeps a service from the level that it should have.
pub(crate) fn report(service: &ServicePlan, said: Option<&Said<SecurityLevel>>, sink: &mut Sink) {
    let Some(said) = said else { return };
    let found: Vec<String> = containers(service)
        .flat_map(|(service, workload)| obstacles(service, workload, said.value))
        .collect();
    if found.is_empty() {
        return;
    }
    let message = format!(
        "`{}` does not satisfy the level `{}`: {}",
        service.compose_name,
        said.value.word(),
        found.join("; ")
    );
    let missed = Diagnostic::new(Code::SecurityLevelMissed, message).at(said.span());
    sink.push(missed.help("say `user: <number>` for a process that needs no root, and leave out what the level forbids"));
}

/// What keeps a workload from a level, in words.
fn obstacles(service: &ServicePlan, workload: &Workload, level: SecurityLevel) -> Vec<String> {
    let mut found = Vec::new();
    if level >= SecurityLevel::Baseline {
        found.extend(of_baseline(service, workload));
    }
    if level >= SecurityLevel::Restricted {
        found.extend(of_restricted(workload));
    }
    found
}

fn of_baseline(service: &ServicePlan, workload: &Workload) -> Vec<String> {
    let posture = &workload.posture;
    let unusual = posture.add.iter().any(|name| !USUAL.contains(&name.as_str()));
    let on_node =
        workload.mounts.iter().any(|mount| matches!(mount.source, MountSource::HostPath(_)));
    let unsafe_sysctl =
        posture.sysctls.iter().any(|(name, _)| !SAFE_SYSCTLS.contains(&name.as_str()));
    let kind = posture.selinux.kind.as_deref();
    let selinux = kind.is_some_and(|kind| !SELINUX.contains(&kind))
        || posture.selinux.user.is_some()
        || posture.selinux.role.is_some();
    let apparmor = posture.apparmor.as_deref() == Some("unconfined");
    [
        (posture.privileged, "it is privileged"),
        (workload.host_network, "it uses the node's network"),
        (workload.host_pid || workload.host_ipc, "it sees the node's processes"),
        (service.ports.iter().any(|port| port.host_port.is_some()), "it has ports of the node"),
        (on_node, "it mounts paths of the node"),
        (unusual, "it has more capabilities than containers usually do"),
        (posture.unconfined, "it runs without a seccomp profile"),
        (apparmor, "it runs without an AppArmor profile"),
        (selinux, "it has SELinux labels of its own"),
        (posture.unmasked, "it sees all of `/proc`"),
        (unsafe_sysctl, "it sets kernel parameters that are not safe"),
    ]
    .into_iter()
    .filter(|(is, _)| *is)
    .map(|(_, what)| what.to_owned())
    .collect()
}

fn of_restricted(workload: &Workload) -> Vec<String> {
    let posture = &workload.posture;
    let root = !posture.non_root;
    let added = posture.add.iter().any(|name| name != "NET_BIND_SERVICE");
    let nfs = workload.mounts.iter().any(|mount| matches!(mount.source, MountSource::Nfs { .. }));
    let steps = workload.before_start.iter().any(|step| !step.posture.non_root);
    [
        (root, "it may run as root"),
        (!root && added, "it adds capabilities"),
        (!root && !added && posture.escalation, "it may get more privileges"),
        (!root && !posture.drop.iter().any(|name| name == "ALL"), "it keeps capabilities"),
        (nfs, "it mounts NFS"),
        (!root && steps, "what runs before it may run as root"),
    ]
    .into_iter()
    .filter(|(is, _)| *is)
    .map(|(_, what)| what.to_owned())
    .collect()
}
