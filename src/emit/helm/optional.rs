//! Files of objects that are there only where values ask for them, and of tests of the release.

use std::collections::BTreeMap;

use super::{
    names::go_string,
    object::{Family, Services},
};
use crate::{
    kube::{Object, Role},
    yaml::Value,
};

/// A file of a chart.
pub(super) struct File {
    /// Its path below `templates/`.
    pub(super) path: &'static str,
    /// Its text.
    pub(super) text: String,
    /// The key that asks for it, in the sections of these services.
    pub(super) toggle: (&'static str, Vec<String>),
}

/// What a service's own Service offers.
struct Port {
    key: String,
    number: i64,
    /// The path of the readiness probe, where that is plain HTTP on this port.
    path: Option<String>,
}

/// Templates of autoscalers, disruption budgets, routes, monitors and tests.
pub(super) fn files(project: &str, families: &[Family<'_>], services: &Services) -> Vec<File> {
    let of_kinds = |kinds: &[&str], without: &str| {
        let all = families.iter().filter_map(Family::first);
        let workloads = all.filter(|o| o.role == Role::Workload && kinds.contains(&o.kind()));
        let names = workloads.filter_map(|object| {
            let name = object.service.as_deref()?;
            let own = object.name() == name && !has(families, name, without);
            own.then_some((name.to_owned(), go_string(services.keys.get(name)?)))
        });
        names.collect::<BTreeMap<_, _>>()
    };
    let scaled = of_kinds(&["Deployment"], "HorizontalPodAutoscaler");
    let budgets = of_kinds(&["Deployment", "StatefulSet"], "PodDisruptionBudget");
    let ports = ports(families, services);
    let monitored = ports.iter().map(|(name, port)| (name.clone(), go_string(&port.key))).collect();
    let routed = ports.iter().filter(|(name, _)| has(families, name, "Ingress"));
    let routed = routed.map(|(name, port)| {
        let key = go_string(&port.key);
        (name.clone(), format!("(dict \"key\" {key} \"port\" {})", port.number))
    });
    let tests = ports.iter().map(|(name, port)| {
        let path = port.path.as_deref().map(go_string);
        let path = path.map_or_else(String::new, |path| format!(" \"path\" {path}"));
        let key = go_string(&port.key);
        (name.clone(), format!("(dict \"key\" {key} \"port\" {}{path})", port.number))
    });
    let files = [
        ("autoscalers.yaml", "autoscale", AUTOSCALERS, "NAMES", scaled),
        ("disruptions.yaml", "disruption", DISRUPTIONS, "NAMES", budgets),
        ("servicemonitors.yaml", "metrics", MONITORS, "NAMES", monitored),
        ("httproutes.yaml", "httpRoute", ROUTES, "ROUTES", routed.collect()),
        ("tests/connections.yaml", "", TESTS, "TESTS", tests.collect()),
    ];
    let files = files.into_iter().filter(|(.., names)| !names.is_empty());
    let text = |template: &str, word: &str, names: &BTreeMap<String, String>| {
        let pairs = names.iter().map(|(name, what)| format!(" {} {what}", go_string(name)));
        let dict = format!("dict{}", pairs.collect::<String>());
        template.replacen(word, &dict, 1).replace("CHART", project)
    };
    let file = |(path, key, template, word, names): (_, _, &str, &str, BTreeMap<_, _>)| File {
        path,
        text: text(template, word, &names),
        toggle: (key, names.into_keys().collect()),
    };
    files.map(file).collect()
}

const AUTOSCALERS: &str = include_str!("../templates/optional/autoscalers.yaml");
const DISRUPTIONS: &str = include_str!("../templates/optional/disruptions.yaml");
const MONITORS: &str = include_str!("../templates/optional/servicemonitors.yaml");
const ROUTES: &str = include_str!("../templates/optional/httproutes.yaml");
const TESTS: &str = include_str!("../templates/optional/tests.yaml");

/// Whether a service has an object of that kind in some variant.
pub(super) fn has(families: &[Family<'_>], service: &str, kind: &str) -> bool {
    let own = families.iter().filter(|family| family.service() == Some(service));
    own.filter_map(Family::first).any(|object| object.kind() == kind)
}

/// The first TCP port of each service that has a Service of its own name.
fn ports(families: &[Family<'_>], services: &Services) -> BTreeMap<String, Port> {
    let own = families.iter().filter_map(|family| {
        let inside = |object: &&Object| object.value.at(&["spec", "selector"]).is_some();
        let object = family.objects.iter().flatten().copied().find(inside)?;
        let name = object.service.as_deref()?;
        let is_own = object.kind() == "Service" && object.name() == name;
        let ports = object.value.at(&["spec", "ports"])?.as_seq()?;
        let tcp =
            |port: &&Value| port.get("protocol").and_then(Value::as_str).unwrap_or("TCP") == "TCP";
        let port = ports.iter().find(tcp).filter(|_| is_own)?;
        let number = port.get("port")?.as_int()?;
        let key = services.keys.get(name)?.clone();
        let path = path(families, name, port);
        Some((name.to_owned(), Port { key, number, path }))
    });
    own.collect()
}

/// The path that a service's readiness probe asks for on a port.
fn path(families: &[Family<'_>], service: &str, port: &Value) -> Option<String> {
    let workloads = families.iter().filter(|family| family.service() == Some(service));
    let pod = workloads.filter_map(Family::first).find_map(|o| super::pod_spec(&o.value))?;
    let get = pod.get("containers")?.as_seq()?.first()?.at(&["readinessProbe", "httpGet"])?;
    let same = get.get("port") == port.get("targetPort") || get.get("port") == port.get("port");
    let https = get.get("scheme").is_some() || get.get("httpHeaders").is_some();
    get.get("path")?.as_str().filter(|_| same && !https).map(str::to_owned)
}
