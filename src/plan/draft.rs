//! What is decided about a service before the others are looked at.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    ContainerPort, Input, classify, command, hosts::Mentions, names, ports::Ports, storage,
    unsupported,
};
use crate::{
    catalog::{self, Class, Facts},
    compose::Service,
    settings::{ServiceSettings, WorkloadKind},
    text::{Code, Diagnostic, Sink},
};

/// What is known about a service before the others are looked at.
pub(crate) struct Draft<'a> {
    pub(crate) name: &'a str,
    pub(crate) kube: String,
    pub(crate) service: &'a Service,
    pub(crate) facts: Option<Facts>,
    pub(crate) class: Class,
    pub(crate) settings: Arc<ServiceSettings>,
    pub(crate) ports: Vec<ContainerPort>,
    pub(crate) external: bool,
    pub(crate) kind: WorkloadKind,
}

impl Draft<'_> {
    /// Whether it does its work once on each node, and ends there.
    pub(crate) fn ends_on_each_node(&self) -> bool {
        self.kind == WorkloadKind::DaemonSet && mode(self.service) == "global-job"
    }
}

/// What Compose says of the number and the kind of containers.
fn mode(service: &Service) -> &str {
    let deploy = service.deploy.as_ref();
    deploy.and_then(|deploy| deploy.mode.as_ref()).map_or("", |mode| mode.as_str())
}

/// The draft of a service; none if it is not part of the environment.
pub(crate) fn draft<'a>(
    input: &Input,
    name: &'a str,
    service: &'a Service,
    users: &storage::Users,
    mentions: &Mentions,
    awaited: &BTreeSet<&str>,
    sink: &mut Sink,
) -> Option<Draft<'a>> {
    if service.provider.is_some() {
        sink.push(
            Diagnostic::new(
                Code::Refused,
                format!("`{name}` is run by a provider, which has no counterpart in a cluster"),
            )
            .at(service.key("provider"))
            .help(format!("say where it is with `services: {{{name}: {{external: HOST}}}}`")),
        );
        return None;
    }
    let facts = service.image.as_ref().and_then(|image| catalog::lookup(&image.value));
    let facts = facts
        .map(|facts| if command::is_client(service) { facts.of_another_program() } else { facts });
    let mut ports = Ports::of(service, facts.as_ref(), sink);
    ports.add_known();
    let others = mentions.received_by(name);
    others.iter().filter_map(|(_, port)| *port).for_each(|port| ports.add_referred(port));
    let talked_to = others.iter().any(|(from, _)| from != name);
    if is_asked_somewhere(input, name, others) {
        ports.add_usual();
    }
    ports.add_asked();
    let ports = ports.finish();
    let keeps_data = storage::owns_volume(name, service, users);
    let belongs = || {
        talked_to
            || service.build.is_some()
            || service.image.as_ref().is_some_and(|image| shares_image(input, name, &image.value))
    };
    let inferred = classify::class(service, facts.as_ref(), &ports, keeps_data, belongs);
    let class = input.settings.class(name).map_or(inferred, |said| said.value);
    let settings = input.settings.service(name, class);
    if !is_enabled(name, service, class, facts.as_ref(), &settings, sink) {
        return None;
    }
    let external = settings
        .external
        .as_ref()
        .is_some_and(|said| said.value.host.is_some() || !said.value.addresses.is_empty());
    let mut ports = ports;
    name_ports(&mut ports, &settings);
    let once =
        awaited.contains(name) || classify::runs_once(name, service, facts.as_ref(), talked_to);
    let ends = once || mode(service).ends_with("-job");
    if !external {
        unsupported::restart(name, service, ends, talked_to, sink);
    }
    let kind = kind(service, &settings, class, facts.as_ref(), once, keeps_data);
    let kube = names::service(name);
    let kube = if kind == WorkloadKind::StatefulSet { names::stateful(kube) } else { kube };
    if kube != name {
        sink.push(
            Diagnostic::new(
                Code::NameChanged,
                format!("service `{name}` is called `{kube}` in the cluster"),
            )
            .at(service.span),
        );
    }
    Some(Draft { name, kube, service, facts, class, settings, ports, external, kind })
}

/// Whether another service talks to this one and does not say at which port: `amqp://rabbitmq`, or a
/// dependency on a name that only the program knows.
fn is_asked_somewhere(input: &Input, name: &str, mentions: &[(String, Option<i64>)]) -> bool {
    input.project.services.iter().filter(|(from, _)| from.value != name).any(|(from, service)| {
        let own = mentions.iter().filter(|(by, _)| *by == from.value);
        let mut ports = own.map(|(_, port)| port).peekable();
        match ports.peek() {
            Some(_) => ports.any(Option::is_none),
            None => service.depends_on.iter().any(|(on, _)| on.value == name),
        }
    })
}

/// Gives ports the names and protocols that settings say.
fn name_ports(ports: &mut [ContainerPort], settings: &ServiceSettings) {
    for port in ports {
        let Some(said) = settings.service_ports.get(&port.port) else { continue };
        if let Some(name) = &said.name {
            port.name.clone_from(name);
        }
        port.app_protocol = said.app_protocol.clone().or(port.app_protocol.take());
    }
}

fn shares_image(input: &Input, name: &str, image: &str) -> bool {
    input.project.services.iter().any(|(other, service)| {
        other.value != name && service.image.as_ref().is_some_and(|known| known.value == image)
    })
}

fn is_enabled(
    name: &str,
    service: &Service,
    class: Class,
    facts: Option<&Facts>,
    settings: &ServiceSettings,
    sink: &mut Sink,
) -> bool {
    match &settings.enabled {
        Some(said) if !said.value => false,
        Some(_) => true,
        None if class == Class::Cluster => {
            let instead = facts
                .and_then(|facts| facts.replaced_by.as_deref())
                .unwrap_or("what a cluster does itself");
            sink.push(
                Diagnostic::new(
                    Code::ServiceLeftOut,
                    format!("`{name}` was left out: it manages the Docker engine"),
                )
                .at(service.span)
                .help(format!("in a cluster: {instead}; `enabled: true` forces it")),
            );
            false
        }
        None => true,
    }
}

fn kind(
    service: &Service,
    settings: &ServiceSettings,
    class: Class,
    facts: Option<&Facts>,
    once: bool,
    keeps_data: bool,
) -> WorkloadKind {
    if let Some(said) = &settings.workload {
        return said.value;
    }
    if settings.schedule.is_some() {
        return WorkloadKind::CronJob;
    }
    match mode(service) {
        "global" | "global-job" => WorkloadKind::DaemonSet,
        "replicated-job" => WorkloadKind::Job,
        _ if once => WorkloadKind::Job,
        _ if keeps_data
            || (class == Class::Store && facts.is_none_or(|facts| facts.persistent)) =>
        {
            WorkloadKind::StatefulSet
        }
        _ => WorkloadKind::Deployment,
    }
}
