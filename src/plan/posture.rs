//! Users, groups, capabilities and what else processes may do.

use super::{Posture, SeLinux, Traces};
use crate::{
    catalog::Facts,
    compose::{Service, Text},
    settings::ServiceSettings,
    text::{Code, Diagnostic, Origin, Sink},
};

/// What the processes of a service may do: what is always safe, and what the catalogue proves.
pub(crate) fn posture(
    service: &Service,
    settings: &ServiceSettings,
    facts: Option<&Facts>,
    traces: &mut Traces,
    sink: &mut Sink,
    name: &str,
) -> Posture {
    let mut posture = Posture {
        privileged: service.privileged,
        escalation: service.privileged
            || facts.is_some_and(|facts| facts.setuid)
            || !service.cap_add.is_empty(),
        add: service.cap_add.iter().map(|text| capability(&text.value)).collect(),
        drop: service.cap_drop.iter().map(|text| capability(&text.value)).collect(),
        read_only: settings
            .read_only_root_filesystem
            .as_ref()
            .map_or(service.read_only, |said| said.value),
        sysctls: service
            .sysctls
            .iter()
            .map(|(key, value)| (key.value.clone(), value.value.clone()))
            .collect(),
        fs_group: facts.and_then(|facts| facts.fs_group),
        ..Posture::default()
    };
    written(service, traces);
    if let Some(facts) = facts
        && facts.drop_capabilities
        && posture.drop.is_empty()
        && !posture.privileged
    {
        posture.drop.push("ALL".to_owned());
        traces.note("cap_drop", Origin::Catalog(facts.entry.clone()));
    }
    if let Some(facts) = facts.filter(|facts| facts.fs_group.is_some()) {
        traces.note("fs_group", Origin::Catalog(facts.entry.clone()));
    }
    for option in &service.security_opt {
        security_option(name, option, &mut posture, traces, sink);
    }
    users(service, settings, &mut posture, traces, sink, name);
    kernel_parameters(service, name, sink);
    posture
}

fn written(service: &Service, traces: &mut Traces) {
    for key in ["privileged", "read_only", "cap_add", "cap_drop", "group_add"] {
        traces.at(key, service.key(key));
    }
    for (key, _) in service.sysctls.iter() {
        traces.at(format!("sysctls[{}]", key.value), key.span());
    }
}

fn users(
    service: &Service,
    settings: &ServiceSettings,
    posture: &mut Posture,
    traces: &mut Traces,
    sink: &mut Sink,
    name: &str,
) {
    if let Some(user) = &service.user {
        match user_and_group(&user.value) {
            Some((uid, gid)) => {
                (posture.user, posture.group) = (Some(uid), gid);
                traces.at("user", user.span());
            }
            None => sink.push(named_user(name, user)),
        }
    }
    if let Some(said) = &settings.user {
        posture.user = Some(said.value);
        traces.said("user", Some(said));
    }
    if let Some(said) = &settings.fs_group {
        posture.fs_group = Some(said.value);
        traces.said("fs_group", Some(said));
    }
    // A fresh volume belongs to root: without a group of its own the user could not write it.
    posture.fs_group = posture.fs_group.or(posture.group).or(posture.user.filter(|uid| *uid != 0));
    if traces.get("fs_group").is_none()
        && let Some(user) = &service.user
    {
        traces.at("fs_group", user.span());
    }
    traces.said("read_only", settings.read_only_root_filesystem.as_ref());
    for group in &service.group_add {
        match group.value.parse() {
            Ok(number) => posture.groups.push(number),
            Err(_) => sink.push(
                Diagnostic::new(
                    Code::LeftOut,
                    format!("group `{}` of `{name}` was left out", group.value),
                )
                .at(group.span())
                .help("write the number of the group"),
            ),
        }
    }
}

/// User and group as numbers; none where they are names that only the image knows.
pub(crate) fn user_and_group(text: &str) -> Option<(i64, Option<i64>)> {
    let (uid, gid) = text.split_once(':').map_or((text, None), |(uid, gid)| (uid, Some(gid)));
    let number = |text: &str| if text == "root" { Some(0) } else { text.parse().ok() };
    let gid = match gid {
        Some("") | None => None,
        Some(gid) => Some(number(gid)?),
    };
    Some((number(uid)?, gid))
}

/// What is said of a user by name.
pub(crate) fn named_user(name: &str, user: &Text) -> Diagnostic {
    Diagnostic::new(
        Code::Approximated,
        format!("`{name}` runs as a user by name, which Kubernetes cannot take; the image's user is used"),
    )
    .at(user.span())
    .help("write the number of the user")
}

/// `no-new-privileges`, `seccomp:…`, `apparmor:…`, `label:…` and their like.
fn security_option(
    name: &str,
    option: &Text,
    posture: &mut Posture,
    traces: &mut Traces,
    sink: &mut Sink,
) {
    let (key, value) = option.value.split_once([':', '=']).unwrap_or((&option.value, ""));
    let part = match (key, value) {
        ("no-new-privileges", "" | "true") => {
            posture.escalation = posture.privileged;
            "escalation"
        }
        ("no-new-privileges", "false") => {
            posture.escalation = true;
            "escalation"
        }
        ("seccomp", "unconfined") => {
            posture.unconfined = true;
            "seccomp"
        }
        ("apparmor", profile) if !profile.is_empty() => {
            posture.apparmor = Some(profile.to_owned());
            "apparmor"
        }
        ("systempaths", "unconfined") => {
            posture.unmasked = true;
            "proc_mount"
        }
        ("label", rest) if selinux(rest, &mut posture.selinux) => "selinux",
        _ => {
            sink.push(
                Diagnostic::new(
                    Code::LeftOut,
                    format!("`security_opt: {}` of `{name}` was left out", option.value),
                )
                .at(option.span())
                .help("profiles of files must lie on the nodes; name one with a patch of the securityContext"),
            );
            return;
        }
    };
    traces.at(part, option.span());
}

/// `user:x`, `role:x`, `type:x`, `level:x`, `disable`.
fn selinux(text: &str, labels: &mut SeLinux) -> bool {
    let (key, value) = text.split_once(':').unwrap_or((text, ""));
    let value = Some(value.to_owned()).filter(|value| !value.is_empty());
    match key {
        "disable" => labels.kind = Some("spc_t".to_owned()),
        "user" => labels.user = value,
        "role" => labels.role = value,
        "type" => labels.kind = value,
        "level" => labels.level = value,
        _ => return false,
    }
    true
}

/// Kernel parameters that every node allows.
pub(crate) const SAFE_SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];

fn kernel_parameters(service: &Service, name: &str, sink: &mut Sink) {
    let host = service.network_mode.as_ref().is_some_and(|mode| mode.value == "host");
    for (key, _) in service.sysctls.iter() {
        let diagnostic = if host && key.value.starts_with("net.") {
            Diagnostic::new(
                Code::LeftOut,
                format!("`{}` of `{name}` would change the node's network", key.value),
            )
            .help("set it on the nodes")
        } else if SAFE_SYSCTLS.contains(&key.value.as_str()) {
            continue;
        } else {
            Diagnostic::new(
                Code::Approximated,
                format!("`{}` of `{name}` is refused by nodes that do not allow it", key.value),
            )
            .help("nodes allow it with the kubelet's `allowedUnsafeSysctls`")
        };
        sink.push(diagnostic.at(key.span()));
    }
}

fn capability(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or(upper.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_numbers_or_root() {
        assert_eq!(user_and_group("1000:1001"), Some((1000, Some(1001))));
        assert_eq!(user_and_group("root"), Some((0, None)));
        assert_eq!(user_and_group("1000:"), Some((1000, None)));
        assert_eq!(user_and_group("app"), None);
        assert_eq!(user_and_group("1000:app"), None);
    }

    #[test]
    fn security_options_in_both_spellings() {
        let (mut posture, mut traces) = (Posture::default(), Traces::default());
        let mut sink = Sink::default();
        for option in ["seccomp=unconfined", "apparmor:unconfined", "label:type:svirt_t"] {
            security_option("web", &Text::bare(option), &mut posture, &mut traces, &mut sink);
        }
        assert!(posture.unconfined);
        assert_eq!(posture.apparmor.as_deref(), Some("unconfined"));
        assert_eq!(posture.selinux.kind.as_deref(), Some("svirt_t"));
        assert_eq!(sink.iter().count(), 0);
        security_option("web", &Text::bare("seccomp:a.json"), &mut posture, &mut traces, &mut sink);
        assert_eq!(sink.iter().count(), 1);
    }
}
