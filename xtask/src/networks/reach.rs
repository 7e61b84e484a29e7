//! The meaning of NetworkPolicies: may one pod reach a port of another?

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::objects::{Object, at, list};

/// Pods and the policies that apply to them, in one namespace.
#[derive(Debug, Default)]
pub struct World {
    /// A pod of each workload, by the workload's name label.
    pub pods: BTreeMap<String, Pod>,
    /// Services that an Ingress leads to: their ports are open to all, since the controller may be
    /// anywhere.
    pub public: BTreeSet<String>,
    policies: Vec<Value>,
}

/// A pod, as policies see it.
#[derive(Clone, Debug, Default)]
pub struct Pod {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The labels of its namespace; those of the world's own namespace are not known.
    pub namespace: Option<BTreeMap<String, String>>,
    /// Its ports, by name where they have one.
    pub ports: Vec<Port>,
    /// Whether it is on the node's network, where policies do not hold.
    pub host: bool,
}

/// A port of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The name.
    pub name: String,
    /// The number.
    pub number: i64,
    /// TCP, UDP or SCTP.
    pub protocol: String,
}

impl World {
    /// The pods and policies of a set of objects.
    pub fn of(objects: &[Object]) -> Self {
        let mut world = Self::default();
        for object in objects {
            if let Some(template) = object.pod_template() {
                let pod = Pod::of(template);
                let name = pod.labels.get("app.kubernetes.io/name").cloned();
                world.pods.insert(name.unwrap_or_else(|| object.name().to_owned()), pod);
            } else if object.kind() == "NetworkPolicy" {
                world.policies.push(object.value.clone());
            } else if object.kind() == "Ingress" {
                world.public.extend(backends(&object.value));
            }
        }
        world
    }

    /// Whether `from` may reach `port` of `to`: its egress and the other's ingress allow it.
    pub fn may(&self, from: &Pod, to: &Pod, port: &Port) -> bool {
        if from.host || to.host {
            return true;
        }
        self.allows("Egress", from, to, to, port) && self.allows("Ingress", to, from, to, port)
    }

    /// Whether the policies of one direction of `subject` allow `peer`; without one all is allowed.
    fn allows(&self, direction: &str, subject: &Pod, peer: &Pod, to: &Pod, port: &Port) -> bool {
        // A pod of another namespace has policies there, which are not known here.
        if subject.namespace.is_some() {
            return true;
        }
        let (rules, side) =
            if direction == "Ingress" { ("ingress", "from") } else { ("egress", "to") };
        let mut applies = self.policies.iter().filter(|policy| {
            let none = Value::Null;
            let selector = at(policy, &["spec", "podSelector"]).unwrap_or(&none);
            has_type(policy, direction) && selects(selector, &subject.labels)
        });
        let Some(first) = applies.next() else { return true };
        std::iter::once(first).chain(applies).any(|policy| {
            list(policy, &["spec", rules]).iter().any(|rule| {
                let peers = list(rule, &[side]);
                let ports = list(rule, &["ports"]);
                (peers.is_empty() || peers.iter().any(|one| is_peer(one, peer)))
                    && (ports.is_empty() || ports.iter().any(|one| is_port(one, to, port)))
            })
        })
    }
}

impl Pod {
    fn of(template: &Value) -> Self {
        let labels = at(template, &["metadata", "labels"]);
        let host = at(template, &["spec", "hostNetwork"]) == Some(&Value::Bool(true));
        let containers = list(template, &["spec", "containers"]).iter();
        let ports = containers.flat_map(|container| list(container, &["ports"])).map(Port::of);
        Self { labels: texts(labels), namespace: None, ports: ports.collect(), host }
    }
}

impl Port {
    fn of(value: &Value) -> Self {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            name: text("name").unwrap_or_default(),
            number: value.get("containerPort").and_then(Value::as_i64).unwrap_or(0),
            protocol: text("protocol").unwrap_or_else(|| "TCP".to_owned()),
        }
    }
}

/// The Services behind an Ingress.
fn backends(ingress: &Value) -> Vec<String> {
    let rules = list(ingress, &["spec", "rules"]).iter();
    let paths = rules.flat_map(|rule| list(rule, &["http", "paths"]));
    let names = paths.filter_map(|path| at(path, &["backend", "service", "name"])?.as_str());
    names.map(str::to_owned).collect()
}

/// Whether a policy is about a direction; ingress is meant where it does not say.
fn has_type(policy: &Value, direction: &str) -> bool {
    match list(policy, &["spec", "policyTypes"]) {
        [] => direction == "Ingress" || at(policy, &["spec", "egress"]).is_some(),
        types => types.iter().any(|one| one == direction),
    }
}

/// Whether a peer of a rule is this pod.
fn is_peer(peer: &Value, pod: &Pod) -> bool {
    let (pods, spaces) = (peer.get("podSelector"), peer.get("namespaceSelector"));
    let by_labels = pods.is_none_or(|selector| selects(selector, &pod.labels));
    match (spaces, &pod.namespace) {
        // Without a selector of namespaces the policy's own is meant.
        (None, namespace) => pods.is_some() && namespace.is_none() && by_labels,
        (Some(selector), Some(namespace)) => selects(selector, namespace) && by_labels,
        (Some(selector), None) => selects(selector, &BTreeMap::new()) && by_labels,
    }
}

/// Whether a port of a rule is this port; a name is looked up among the ports of its pod.
fn is_port(rule: &Value, to: &Pod, port: &Port) -> bool {
    let protocol = rule.get("protocol").and_then(Value::as_str).unwrap_or("TCP");
    if protocol != port.protocol {
        return false;
    }
    let last = rule.get("endPort").and_then(Value::as_i64);
    match rule.get("port") {
        None => true,
        Some(Value::String(name)) => {
            to.ports.iter().any(|one| one.name == *name && one.number == port.number)
        }
        Some(number) => number
            .as_i64()
            .is_some_and(|first| (first..=last.unwrap_or(first)).contains(&port.number)),
    }
}

/// Whether a label selector selects; an empty one selects everything.
fn selects(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    let matched = texts(selector.get("matchLabels"));
    matched.iter().all(|(key, value)| labels.get(key) == Some(value))
        && list(selector, &["matchExpressions"]).iter().all(|one| satisfies(one, labels))
}

fn satisfies(expression: &Value, labels: &BTreeMap<String, String>) -> bool {
    let text = |key: &str| expression.get(key).and_then(Value::as_str).unwrap_or_default();
    let value = labels.get(text("key"));
    let among = || {
        let values = list(expression, &["values"]);
        value.is_some_and(|value| values.iter().any(|one| one == value.as_str()))
    };
    match text("operator") {
        "In" => among(),
        "NotIn" => !among(),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        _ => false,
    }
}

fn texts(map: Option<&Value>) -> BTreeMap<String, String> {
    let map = map.and_then(Value::as_object).into_iter().flatten();
    map.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects;

    const PODS: &str = "
kind: Deployment
spec: {template: {metadata: {labels: {app.kubernetes.io/name: web, tier: front}}, spec: {containers: [{ports: [{name: http, containerPort: 80}]}]}}}
---
kind: Deployment
spec: {template: {metadata: {labels: {app.kubernetes.io/name: db, tier: back}}, spec: {containers: [{ports: [{name: pg, containerPort: 5432}]}]}}}
";

    fn world(policy: &str) -> World {
        World::of(
            &objects::parse(&format!("{PODS}---\nkind: NetworkPolicy\n{policy}"), "x").unwrap(),
        )
    }

    fn web_reaches_db(policy: &str) -> bool {
        let world = world(policy);
        let (web, db) = (&world.pods["web"], &world.pods["db"]);
        world.may(web, db, &db.ports[0])
    }

    #[test]
    fn a_pod_without_a_policy_is_open_and_one_with_an_empty_policy_is_closed() {
        assert!(web_reaches_db("spec: {podSelector: {matchLabels: {tier: other}}}"));
        assert!(!web_reaches_db("spec: {podSelector: {}, policyTypes: [Ingress]}"));
        assert!(!web_reaches_db("spec: {podSelector: {}}"));
        assert!(!web_reaches_db("spec: {podSelector: {}, policyTypes: [Egress]}"));
        // An empty rule allows everything.
        assert!(web_reaches_db("spec: {podSelector: {}, ingress: [{}]}"));
    }

    #[test]
    fn peers_and_ports_are_both_needed() {
        let from = |peer: &str, ports: &str| {
            let rule = format!("{{from: [{peer}], ports: [{ports}]}}");
            format!("spec: {{podSelector: {{matchLabels: {{tier: back}}}}, ingress: [{rule}]}}")
        };
        let front = "{podSelector: {matchLabels: {tier: front}}}";
        assert!(web_reaches_db(&from(front, "{port: pg}")));
        assert!(web_reaches_db(&from(front, "{port: 5000, endPort: 6000}")));
        assert!(!web_reaches_db(&from(front, "{port: 80}")));
        assert!(!web_reaches_db(&from(front, "{port: 5432, protocol: UDP}")));
        assert!(!web_reaches_db(&from("{podSelector: {matchLabels: {tier: back}}}", "")));
        let not =
            "{podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [front]}]}}";
        assert!(!web_reaches_db(&from(not, "")));
        assert!(!web_reaches_db(&from("{ipBlock: {cidr: 10.0.0.0/8}}", "")));
    }

    #[test]
    fn other_namespaces_need_a_selector_of_theirs() {
        let labels = BTreeMap::from([("name".to_owned(), "ingress".to_owned())]);
        let outside = Pod { namespace: Some(labels), ..Pod::default() };
        let may = |peer: &str| {
            let world =
                world(&format!("spec: {{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}"));
            let db = &world.pods["db"];
            world.may(&outside, db, &db.ports[0])
        };
        assert!(!may("{podSelector: {}}"));
        assert!(may("{namespaceSelector: {}}"));
        assert!(may("{namespaceSelector: {matchLabels: {name: ingress}}}"));
        assert!(!may(
            "{namespaceSelector: {matchLabels: {name: ingress}}, podSelector: {matchLabels: {a: b}}}"
        ));
    }
}
