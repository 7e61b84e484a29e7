//! Users, groups and capabilities.

use super::Posture;
use crate::{
    catalog::Facts,
    compose::Service,
    settings::ServiceSettings,
    text::{Code, Diagnostic, Sink},
};

/// What the processes of a service may do: what is always safe, and what the catalogue proves.
pub(crate) fn posture(
    service: &Service,
    settings: &ServiceSettings,
    facts: Option<&Facts>,
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
        unconfined: service
            .security_opt
            .iter()
            .any(|text| text.value.replace('=', ":") == "seccomp:unconfined"),
        sysctls: service
            .sysctls
            .iter()
            .map(|(key, value)| (key.value.clone(), value.value.clone()))
            .collect(),
        fs_group: facts.and_then(|facts| facts.fs_group),
        ..Posture::default()
    };
    if facts.is_some_and(|facts| facts.drop_capabilities)
        && posture.drop.is_empty()
        && !posture.privileged
    {
        posture.drop.push("ALL".to_owned());
    }
    if let Some(user) = &service.user {
        let (uid, gid) = user
            .value
            .split_once(':')
            .map_or((user.value.as_str(), None), |(uid, gid)| (uid, Some(gid)));
        match (uid.parse(), gid.map(str::parse).transpose()) {
            (Ok(uid), Ok(gid)) => (posture.user, posture.group) = (Some(uid), gid),
            _ if uid == "root" => posture.user = Some(0),
            _ => sink.push(
                Diagnostic::new(Code::Approximated, format!("`{name}` runs as a user by name, which Kubernetes cannot take; the image's user is used"))
                    .at(user.span())
                    .help("write the number of the user"),
            ),
        }
    }
    if let Some(said) = &settings.user {
        posture.user = Some(said.value);
    }
    if let Some(said) = &settings.fs_group {
        posture.fs_group = Some(said.value);
    }
    // A fresh volume belongs to root: without a group of its own the user could not write it.
    posture.fs_group = posture.fs_group.or(posture.group).or(posture.user.filter(|uid| *uid != 0));
    posture.groups = service.group_add.iter().filter_map(|text| text.value.parse().ok()).collect();
    posture
}

fn capability(name: &str) -> String {
    name.trim_start_matches("CAP_").to_ascii_uppercase()
}
