//! The ports of a service: `ports`, `expose`, the catalogue, the healthcheck, and references.

use std::collections::BTreeSet;

use super::ContainerPort;
use crate::{
    catalog::{Facts, Protocol},
    compose::{Healthcheck, Port, Service},
    text::{Code, Diagnostic, Origin, Sink},
};

/// Ports that speak HTTP where nothing else is known.
const HTTP_PORTS: &[i64] = &[
    80, 3000, 3001, 4000, 4200, 5000, 5001, 5173, 7000, 8000, 8001, 8008, 8080, 8081, 8082, 8088,
    8090, 8888, 9000, 9090,
];

/// Collects ports, each number and protocol once.
pub(crate) struct Ports<'a> {
    facts: Option<&'a Facts>,
    /// Ports of its own that the healthcheck asks, and whether by HTTP.
    asked: Vec<(i64, bool)>,
    ports: Vec<ContainerPort>,
}

impl<'a> Ports<'a> {
    /// The ports that the service itself says.
    pub(crate) fn of(service: &Service, facts: Option<&'a Facts>, sink: &mut Sink) -> Self {
        let asked = service.healthcheck.iter().flat_map(|check| asked(check)).collect();
        let mut ports = Self { facts, asked, ports: Vec::new() };
        for port in &service.ports {
            let protocol = protocol(port.protocol.as_ref().map_or("tcp", |text| text.as_str()));
            let index = ports.add(port.target, protocol, Origin::Input(port.span));
            if let Some(planned) = index.and_then(|index| ports.ports.get_mut(index)) {
                planned.published = port
                    .published
                    .as_ref()
                    .map(|text| text.value.clone())
                    .or(planned.published.take());
                host_mode(port, planned, sink);
                planned.app_protocol = port.app_protocol.as_ref().map(|text| text.value.clone());
                if let Some(name) = &port.name {
                    planned.name = port_name(&name.value);
                }
            } else {
                sink.push(
                    Diagnostic::new(
                        Code::PortNotNumber,
                        format!("port {} cannot be used", port.target),
                    )
                    .at(port.span),
                );
            }
        }
        for text in &service.expose {
            let (range, proto) = text.value.split_once('/').unwrap_or((&text.value, "tcp"));
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            match (first.parse::<i64>(), last.parse::<i64>()) {
                (Ok(first), Ok(last)) if first <= last && last - first < 200 => {
                    for port in first..=last {
                        ports.add(port, protocol(proto), Origin::Input(text.span()));
                    }
                }
                _ => sink.push(
                    Diagnostic::new(
                        Code::PortNotNumber,
                        format!("`expose: {}` cannot be used", text.value),
                    )
                    .at(text.span()),
                ),
            }
        }
        ports
    }

    /// Adds the catalogue's ports where the service says none.
    pub(crate) fn add_known(&mut self) {
        if self.ports.is_empty() {
            self.add_all_known();
        }
    }

    /// Adds the catalogue's other ports where the service says one of them: what it publishes is for
    /// people, such as the console of a queue, and its peers use another. Where it says none of them, the
    /// program was told to listen elsewhere.
    pub(crate) fn add_usual(&mut self) {
        let known = self.facts.map(|facts| facts.ports.as_slice()).unwrap_or_default();
        let is_said = |port: i64| self.ports.iter().any(|said| said.port == port);
        if known.iter().any(|known| is_said(known.port.into())) {
            self.add_all_known();
        }
    }

    fn add_all_known(&mut self) {
        let Some(facts) = self.facts else { return };
        for known in &facts.ports {
            let protocol = if known.protocol == Protocol::Udp { "UDP" } else { "TCP" };
            self.add(known.port.into(), protocol, Origin::Catalog(facts.entry.clone()));
        }
    }

    /// Adds a port that a service refers to, unless it has one of that number.
    pub(crate) fn add_referred(&mut self, port: i64) {
        if !self.ports.iter().any(|known| known.port == port) {
            self.add(port, "TCP", Origin::Rule("a port that a service refers to"));
        }
    }

    /// Adds the port that the healthcheck asks.
    pub(crate) fn add_asked(&mut self) {
        if let Some((port, _)) = self.asked.first() {
            self.add(*port, "TCP", Origin::Rule("the port of the healthcheck"));
        }
    }

    /// Adds a port unless it is there; gives its index, none if the number is no port.
    pub(crate) fn add(
        &mut self,
        port: i64,
        protocol: &'static str,
        origin: Origin,
    ) -> Option<usize> {
        if !(1..=65535).contains(&port) {
            return None;
        }
        if let Some(index) =
            self.ports.iter().position(|known| known.port == port && known.protocol == protocol)
        {
            return Some(index);
        }
        let known = self
            .facts
            .and_then(|facts| facts.ports.iter().find(|known| i64::from(known.port) == port));
        let http = protocol == "TCP"
            && known.map_or_else(|| self.looks_like_http(port), |known| known.http);
        let name = match known {
            Some(known) => port_name(&known.name),
            None if http => "http".to_owned(),
            None if port % 1000 == 443 => "https".to_owned(),
            None => format!("{}-{port}", protocol.to_ascii_lowercase()),
        };
        self.ports.push(ContainerPort {
            name,
            port,
            protocol,
            http,
            published: None,
            app_protocol: None,
            local: false,
            host_port: None,
            hidden: false,
            origin,
        });
        Some(self.ports.len() - 1)
    }

    /// Whether a port that the catalogue does not know speaks HTTP.
    fn looks_like_http(&self, port: i64) -> bool {
        self.asked.contains(&(port, true)) || (HTTP_PORTS.contains(&port) && !self.is_store())
    }

    /// The ports with names that differ from each other.
    pub(crate) fn finish(mut self) -> Vec<ContainerPort> {
        let mut taken = BTreeSet::new();
        for port in &mut self.ports {
            if !taken.insert(port.name.clone()) {
                let stem: String = port.name.chars().take(9).collect();
                port.name = format!("{}-{}", stem.trim_end_matches('-'), port.port);
                if !taken.insert(port.name.clone()) {
                    port.name = format!("{}-{}", port.protocol.to_ascii_lowercase(), port.port);
                    taken.insert(port.name.clone());
                }
            }
        }
        self.ports
    }

    fn is_store(&self) -> bool {
        self.facts.is_some_and(|facts| facts.class == Some(crate::catalog::Class::Store))
    }
}

/// A port of the node itself (`mode: host`), and what of a published port has no counterpart.
fn host_mode(port: &Port, planned: &mut ContainerPort, sink: &mut Sink) {
    let Some(published) = port.published.as_ref().filter(|text| !text.value.is_empty()) else {
        return;
    };
    let number = published.value.parse::<i64>().ok().filter(|port| (1..=65535).contains(port));
    if port.mode.as_ref().is_some_and(|mode| mode.value == "host") {
        planned.host_port = number;
    } else if number.is_none() {
        sink.push(
            Diagnostic::new(
                Code::Approximated,
                format!(
                    "port {} is published on any of {}; outside it is one port",
                    port.target, published.value
                ),
            )
            .at(published.span())
            .help("say how it is reached with `public`"),
        );
    }
    let loopback = |ip: &str| ip.starts_with("127.") || matches!(ip, "::1" | "localhost");
    planned.local = port.host_ip.as_ref().is_some_and(|ip| loopback(&ip.value));
    let local = |ip: &str| loopback(ip) || matches!(ip, "0.0.0.0" | "::" | "");
    if let Some(ip) = port.host_ip.as_ref().filter(|ip| !local(&ip.value)) {
        sink.push(
            Diagnostic::new(
                Code::LeftOut,
                format!("port {} is published at {} only, which a cluster does not have", port.target, ip.value),
            )
            .at(ip.span())
            .help("choose who reaches it with `public`, or with `service: {loadBalancerSourceRanges: …}`"),
        );
    }
}

fn protocol(text: &str) -> &'static str {
    match text.to_ascii_lowercase().as_str() {
        "udp" => "UDP",
        "sctp" => "SCTP",
        _ => "TCP",
    }
}

/// A port name after RFC 6335: lower case, at most 15 characters, with a letter.
fn port_name(name: &str) -> String {
    let name: String = super::names::label(name).chars().take(15).collect();
    let name = name.trim_matches('-').replace("--", "-");
    if name.chars().any(|c| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("p-{name}").chars().take(15).collect()
    }
}

/// The ports of the service itself that a healthcheck asks, and whether by HTTP.
fn asked(check: &Healthcheck) -> impl Iterator<Item = (i64, bool)> {
    let own = ["localhost:", "127.0.0.1:", "0.0.0.0:", "[::1]:"];
    let texts = check.test.iter().map(|text| text.value.as_str());
    let found = texts.flat_map(move |text| {
        let hosts = own.into_iter().flat_map(|host| text.match_indices(host));
        hosts.map(move |(at, host)| (text.split_at(at), host))
    });
    found.filter_map(|((before, rest), host)| {
        let rest = rest.strip_prefix(host)?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some((rest.get(..end)?.parse().ok()?, before.ends_with("http://")))
    })
}
