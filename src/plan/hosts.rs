//! Host names of services, and who mentions them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    files::{self, Found},
    references::{self, Reference},
};
use crate::{
    compose::{Mount, Project, Service},
    load::Files,
    text::{Code, Diagnostic, Sink},
};

/// Every host name that leads to a service: names, aliases, container names, host names, links.
pub(crate) fn host_names(project: &Project) -> BTreeMap<String, String> {
    let mut hosts = BTreeMap::new();
    for (name, service) in project.services.iter() {
        let aliases = service
            .networks
            .iter()
            .filter_map(|(_, network)| network.as_ref())
            .flat_map(|network| &network.aliases);
        let named = service.container_name.iter().chain(&service.hostname).chain(aliases);
        for alias in named {
            hosts.entry(alias.value.clone()).or_insert_with(|| name.value.clone());
        }
    }
    for (name, _) in project.services.iter() {
        hosts.insert(name.value.clone(), name.value.clone());
    }
    hosts
}

/// Who mentions whom.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// The references of each service, by the service that makes them.
    made: BTreeMap<String, Vec<Reference>>,
    /// The services that mention a service, with the ports they name, in the order of their names.
    received: BTreeMap<String, Vec<(String, Option<i64>)>>,
    /// The services that use a host name.
    users: BTreeMap<String, BTreeSet<String>>,
}

impl Mentions {
    /// Collects the references of a project's services.
    pub(crate) fn of(
        project: &Project,
        hosts: &BTreeMap<String, String>,
        files: &dyn Files,
    ) -> Self {
        let mut mentions = Self::default();
        for (name, service) in project.services.iter() {
            let mut found = references_of(service, hosts);
            for text in configuration(project, service, files) {
                // What a service says of itself in its files is a name, not a way.
                let others = references::find(&text, hosts);
                found.extend(others.into_iter().filter(|found| found.service != name.value));
            }
            mentions.made.insert(name.value.clone(), found);
        }
        for (from, found) in &mentions.made {
            for Reference { service, host, port } in found {
                let received = mentions.received.entry(service.clone()).or_default();
                received.push((from.clone(), *port));
                mentions.users.entry(host.clone()).or_default().insert(from.clone());
            }
        }
        mentions
    }

    /// The references that a service makes.
    pub(crate) fn made_by(&self, service: &str) -> &[Reference] {
        self.made.get(service).map(Vec::as_slice).unwrap_or_default()
    }

    /// The services that mention a service, and the ports they name.
    pub(crate) fn received_by(&self, service: &str) -> &[(String, Option<i64>)] {
        self.received.get(service).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a service other than `service` uses a host name.
    pub(crate) fn is_used_by_others(&self, host: &str, service: &str) -> bool {
        self.users.get(host).is_some_and(|users| users.iter().any(|user| user != service))
    }
}

fn references_of(service: &Service, hosts: &BTreeMap<String, String>) -> Vec<Reference> {
    let words = service.command.iter().chain(&service.entrypoint).flatten();
    let test = service.healthcheck.iter().flat_map(|check| &check.test);
    let texts = words.chain(test);
    let mut found: Vec<_> = texts.flat_map(|text| references::find(&text.value, hosts)).collect();
    for (name, value) in service.environment.iter() {
        let Some(value) = value.as_ref().filter(|_| !name.value.ends_with("IMAGE")) else {
            continue;
        };
        let mut of_value = references::find(&value.value, hosts);
        if let [only] = of_value.as_mut_slice() {
            only.port = only.port.or_else(|| port_beside(service, &name.value));
        }
        found.append(&mut of_value);
    }
    for link in &service.links {
        let service = link.value.split(':').next().unwrap_or_default();
        found.push(Reference {
            service: service.to_owned(),
            host: link.value.rsplit(':').next().unwrap_or_default().to_owned(),
            port: None,
        });
    }
    found
}

/// The port in a variable beside the one of a host: `SMTP_PORT` beside `SMTP_HOST`.
fn port_beside(service: &Service, variable: &str) -> Option<i64> {
    const HOST: [&str; 5] = ["HOST", "HOSTNAME", "SERVER", "ADDRESS", "ADDR"];
    let stem = HOST.iter().find_map(|host| variable.strip_suffix(host))?;
    let beside = format!("{stem}PORT");
    let (_, value) = service.environment.iter().find(|(name, _)| name.value == beside)?;
    value.as_ref()?.value.trim().parse().ok().filter(|port| (1..=65535).contains(port))
}

/// The configuration files that a service mounts, as text.
fn configuration(project: &Project, service: &Service, files: &dyn Files) -> Vec<String> {
    let mut texts = Vec::new();
    let mut add = |bytes: Vec<u8>| {
        if bytes.len() <= MOST_TEXT
            && let Ok(text) = String::from_utf8(bytes)
        {
            texts.push(text);
        }
    };
    let folder = format!("{}/", project.folder.trim_end_matches('/'));
    for mount in service.volumes.iter().filter(|mount| configures(mount)) {
        let own = mount.source.as_ref().filter(|source| source.value.starts_with(&folder));
        let Some(source) = own else { continue };
        match files::read(files, &source.value) {
            Found::File(content) => add(content.bytes),
            Found::Folder(found) => found.into_iter().for_each(|(_, content)| add(content.bytes)),
            _ => {}
        }
    }
    for config in &service.configs {
        let Some(config) = project.configs.get(&config.source.value) else { continue };
        if let Some(content) = &config.content {
            add(content.value.clone().into_bytes());
        } else if let Some(file) = &config.file
            && let Found::File(content) = files::read(files, &file.value)
        {
            add(content.bytes);
        }
    }
    texts
}

/// Most bytes of a configuration file that is searched for hosts.
const MOST_TEXT: usize = 256 * 1024;

/// Whether a mount is one of configuration: a file, or a folder where programs look for it.
fn configures(mount: &Mount) -> bool {
    let target = mount.target.value.as_str();
    let name = target.rsplit('/').next().unwrap_or_default();
    mount.kind.value == "bind"
        && (name.trim_start_matches('.').contains('.')
            || target.starts_with("/etc/")
            || target.contains("conf"))
}

/// Reports variables of planned services that refer to services which are not there.
pub(crate) fn report_dangling(
    project: &Project,
    hosts: &BTreeMap<String, String>,
    planned: &BTreeSet<&str>,
    sink: &mut Sink,
) {
    for (name, service) in project.services.iter() {
        if !planned.contains(name.value.as_str()) {
            continue;
        }
        for (variable, value) in service.environment.iter() {
            let Some(value) = value else { continue };
            let found = references::find(&value.value, hosts);
            for missing in found.iter().filter(|found| !planned.contains(found.service.as_str())) {
                let message = format!(
                    "`{}` of `{}` refers to `{}`, which is not in this environment",
                    variable.value, name.value, missing.host
                );
                sink.push(Diagnostic::new(Code::DanglingHost, message).at(value.span()).help(
                    "set the variable to what takes its place, or `enabled: true` for that service",
                ));
            }
        }
    }
}
