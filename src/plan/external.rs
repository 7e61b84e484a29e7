//! Services that run outside of the cluster: where they are, how others reach them, and what is
//! left to do by hand.

mod ambassador;
mod credentials;
mod rewrite;
mod work;

pub(crate) use ambassador::{port as ambassador_port, workload as ambassador};
pub(crate) use credentials::{Credentials, take as take_credentials};
pub(crate) use rewrite::with_addresses;
pub(crate) use work::report as report_work;

use super::{ContainerPort, Draft, ExternalEndpoint, Reach};
use crate::{
    settings::{External, ExternalMode, Said},
    text::{Code, Diagnostic, Sink},
};

/// Ports of protocols whose clients ask for TLS after they have connected.
const NEGOTIATED: &[i64] = &[1433, 3306, 5432, 33060];

/// Where a service is and how others reach it; none if it runs in the cluster.
pub(crate) fn endpoint(draft: &Draft, sink: &mut Sink) -> Option<ExternalEndpoint> {
    let said = draft.settings.external.as_ref().filter(|_| draft.external)?;
    let External { host, port, tls, mode: _, addresses, credentials } = &said.value;
    Some(ExternalEndpoint {
        host: host.clone(),
        addresses: addresses.clone(),
        port: *port,
        tls: *tls,
        reach: reach(draft, said, sink),
        credentials: credentials.clone(),
        origin: said.origin.clone(),
    })
}

/// What must answer before others can use a store.
pub(crate) fn places(draft: &Draft, port: i64) -> Vec<(String, i64)> {
    let own = (draft.kube.clone(), port);
    // What is wrong with the setting is said where the store is planned.
    let Some(endpoint) = endpoint(draft, &mut Sink::default()) else { return vec![own] };
    let store = (endpoint.target().to_owned(), endpoint.port.unwrap_or(port));
    if endpoint.reach == Reach::Ambassador { vec![store, own] } else { vec![store] }
}

fn reach(draft: &Draft, said: &Said<External>, sink: &mut Sink) -> Reach {
    let external = &said.value;
    let main = main_port(&draft.ports);
    let moved = external.port.filter(|port| main.is_some_and(|own| own.port != *port));
    let mut wrong = |what: &str, help: &str| {
        let message = format!("`external` of `{}` {what}", draft.name);
        sink.push(Diagnostic::new(Code::BadSetting, message).at(said.span()).help(help));
    };
    match external.mode {
        Some(ExternalMode::Ambassador) => Reach::Ambassador,
        Some(ExternalMode::Environment) => {
            if external.host.is_none() {
                wrong("has no host for variables to name", "say `host`");
            }
            Reach::Variables
        }
        Some(ExternalMode::ExternalName) => {
            if external.host.is_none() {
                wrong("is an alias of no name", "say `host`, or `mode: endpoints` for addresses");
            }
            if let Some(port) = moved {
                let message = format!("an alias cannot lead `{}` to port {port}", draft.name);
                let help = "say `mode: ambassador`, or `mode: environment`";
                let found = Diagnostic::new(Code::Approximated, message);
                sink.push(found.at(said.span()).help(help));
            }
            Reach::Alias
        }
        Some(ExternalMode::Endpoints) => {
            if external.addresses.is_empty() {
                wrong("has no addresses", "say `addresses`, or leave `mode` out for a host name");
            }
            Reach::Addresses
        }
        None if !external.addresses.is_empty() => Reach::Addresses,
        None if moved.is_some() || (external.tls && main.is_some_and(speaks_tls_first)) => {
            Reach::Ambassador
        }
        None => Reach::Alias,
    }
}

/// Whether TLS comes before the protocol, so that a proxy can add it.
fn speaks_tls_first(port: &ContainerPort) -> bool {
    !NEGOTIATED.contains(&port.port)
}

/// The port that others mean when they name the service.
fn main_port(ports: &[ContainerPort]) -> Option<&ContainerPort> {
    ports.iter().find(|port| port.protocol == "TCP").or_else(|| ports.first())
}
