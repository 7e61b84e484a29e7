//! The class of a service, and whether it runs once.

use std::collections::BTreeSet;

use super::{ContainerPort, command};
use crate::{
    catalog::{Class, Facts},
    compose::{Project, Service},
};

/// The class of a service where nobody says it.
///
/// A service with the Docker socket manages the engine, unless it `belongs` to the application:
/// others talk to it, or run its image too. That one is converted without the socket.
pub(crate) fn class(
    service: &Service,
    facts: Option<&Facts>,
    ports: &[ContainerPort],
    keeps_data: bool,
    belongs: impl FnOnce() -> bool,
) -> Class {
    if let Some(class) = facts.and_then(|facts| facts.class) {
        return class;
    }
    let docker_socket = service.volumes.iter().any(|mount| {
        mount.source.as_ref().is_some_and(|source| source.value.ends_with("/docker.sock"))
    });
    if docker_socket && !belongs() {
        Class::Cluster
    } else if keeps_data && !ports.iter().any(|port| port.http) {
        Class::Store
    } else if ports.iter().any(|port| port.http) {
        Class::Web
    } else {
        Class::Worker
    }
}

/// Services whose end others wait for.
pub(crate) fn awaited(project: &Project) -> BTreeSet<&str> {
    let dependencies = project.services.iter().flat_map(|(_, other)| other.depends_on.iter());
    let ends = dependencies.filter(|(_, dependency)| {
        let condition = dependency.condition.as_ref();
        condition.is_some_and(|condition| condition.value == "service_completed_successfully")
    });
    ends.map(|(name, _)| name.value.as_str()).collect()
}

/// Whether a service runs once and ends (operation rule 7).
pub(crate) fn runs_once(
    name: &str,
    service: &Service,
    facts: Option<&Facts>,
    talked_to: bool,
) -> bool {
    let restarts = service
        .restart
        .as_ref()
        .is_some_and(|restart| matches!(restart.value.as_str(), "always" | "unless-stopped"))
        || service.deploy.as_ref().and_then(|deploy| deploy.restart_policy.as_ref()).is_some_and(
            |policy| policy.condition.as_ref().is_none_or(|condition| condition.value == "any"),
        );
    let serves = !service.ports.is_empty()
        || !service.expose.is_empty()
        || service.healthcheck.as_ref().is_some_and(|check| !check.test.is_empty());
    if restarts || serves || talked_to {
        return false;
    }
    if ends_by_itself(service) {
        return true;
    }
    let image = service.image.as_ref().map_or("", |image| image.value.as_str());
    let words = |words: &Option<Vec<crate::compose::Text>>| {
        command::words(words.as_ref()).unwrap_or_default().join(" ")
    };
    facts.is_some_and(|facts| facts.once)
        || command::says_once(name)
        || command::says_once(image)
        || command::says_once(&words(&service.command))
        || command::says_once(&words(&service.entrypoint))
}

/// Whether Compose never starts a service again, because somebody says so.
pub(crate) fn ends_by_itself(service: &Service) -> bool {
    let policy = service.deploy.as_ref().and_then(|deploy| deploy.restart_policy.as_ref());
    match policy.and_then(|policy| policy.condition.as_ref()) {
        Some(condition) => condition.value == "none",
        None => service.restart.as_ref().is_some_and(|restart| restart.value == "no"),
    }
}
