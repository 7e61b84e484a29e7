//! Compose's networks and what policies make of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Compared,
    reach::{Pod, Port, World},
};
use crate::objects::{at, list};

/// Compares all pairs of services that have pods.
pub(super) fn compare(world: &World, model: &Value, strict: bool) -> Compared {
    let mut compared = Compared::default();
    let empty = serde_json::Map::new();
    let services = at(model, &["services"]).and_then(Value::as_object).unwrap_or(&empty);
    for (to, target) in services {
        let Some(to_pod) = pod(world, to) else { continue };
        // A service without a port is asked about one all the same.
        let port = to_pod.ports.first().cloned().unwrap_or_else(any_port);
        let public = world.public.contains(to);
        if !to_pod.host && !public && reachable_from_elsewhere(world, to_pod, &port) {
            compared.differences.push(format!("`{to}` is open to other namespaces"));
        }
        for (from, source) in services.iter().filter(|(from, _)| *from != to) {
            let Some(from_pod) = pod(world, from) else { continue };
            if from_pod.host || to_pod.host {
                continue;
            }
            let (Some(mine), Some(theirs)) = (networks(source), networks(target)) else { continue };
            let shared = mine.intersection(&theirs).next().is_some();
            if public {
                continue;
            }
            compared.pairs += 1;
            let may = world.may(from_pod, to_pod, &port);
            compared.closed += usize::from(!may);
            let names = names(to, target);
            let wrong = if strict {
                let depends = at(source, &["depends_on", to]).is_some();
                let needed = depends || mentions(source, &names);
                (may && !needed) || (!may && depends && shared)
            } else {
                may != shared
            };
            if wrong {
                let verb = if may { "may" } else { "may not" };
                compared.differences.push(format!("`{from}` {verb} reach `{to}`"));
            }
        }
        if !world.may(to_pod, &dns(), &dns_port()) {
            compared.differences.push(format!("`{to}` may not ask for names"));
        }
    }
    compared
}

/// The pod of a service, whose name may have been made a label.
fn pod<'w>(world: &'w World, service: &str) -> Option<&'w Pod> {
    let plain = service.to_ascii_lowercase().replace(['_', '.'], "-");
    world.pods.get(service).or_else(|| world.pods.get(plain.trim_matches('-')))
}

/// The networks of a service; none where it uses somebody else's.
fn networks(service: &Value) -> Option<BTreeSet<&str>> {
    match at(service, &["network_mode"]).and_then(Value::as_str) {
        Some("none") => return Some(BTreeSet::new()),
        Some("bridge") => return Some(["default"].into()),
        Some(_) => return None,
        None => {}
    }
    let said = at(service, &["networks"]).and_then(Value::as_object);
    Some(said.map_or_else(|| ["default"].into(), |map| map.keys().map(String::as_str).collect()))
}

/// All names of a service.
fn names(name: &str, service: &Value) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = [name.to_owned()].into();
    for key in ["container_name", "hostname"] {
        names.extend(at(service, &[key]).and_then(Value::as_str).map(str::to_owned));
    }
    let networks = at(service, &["networks"]).and_then(Value::as_object).into_iter().flatten();
    let aliases = networks.flat_map(|(_, network)| list(network, &["aliases"]));
    names.extend(aliases.filter_map(Value::as_str).map(str::to_owned));
    names
}

/// Whether one of the names stands as a word in what a service says.
fn mentions(service: &Value, names: &BTreeSet<String>) -> bool {
    let keys = ["environment", "command", "entrypoint", "healthcheck", "links", "volumes_from"];
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    keys.iter().filter_map(|key| service.get(key)).any(|value| {
        let text = value.to_string();
        text.split(|c: char| !word(c)).any(|found| names.contains(found))
    })
}

fn reachable_from_elsewhere(world: &World, to: &Pod, port: &Port) -> bool {
    let namespace =
        BTreeMap::from([("kubernetes.io/metadata.name".to_owned(), "other".to_owned())]);
    world.may(&Pod { namespace: Some(namespace), ..Pod::default() }, to, port)
}

fn any_port() -> Port {
    Port { name: String::new(), number: 12345, protocol: "TCP".to_owned() }
}

/// The cluster's name server.
fn dns() -> Pod {
    let namespace = ("kubernetes.io/metadata.name".to_owned(), "kube-system".to_owned());
    let labels = ("k8s-app".to_owned(), "kube-dns".to_owned());
    Pod {
        labels: [labels].into(),
        namespace: Some([namespace].into()),
        ports: vec![dns_port()],
        host: false,
    }
}

fn dns_port() -> Port {
    Port { name: "dns".to_owned(), number: 53, protocol: "UDP".to_owned() }
}
