//! Files of objects that are there only where values ask for them, and of tests of the release.

use std::collections::BTreeMap;

use super::{
    facts::Facts,
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
    /// The key of the service.
    key: String,
    /// The number.
    number: i64,
    /// The name, which monitors ask for.
    name: String,
    /// What the policies of pods call it.
    target: Value,
    /// The path of the readiness probe, where that is plain HTTP on this port.
    path: Option<String>,
}

impl Port {
    /// The port as a template writes it.
    fn dict(&self) -> String {
        let path = self.path.as_deref().map(|path| format!(" \"path\" {}", go_string(path)));
        let (key, name) = (go_string(&self.key), go_string(&self.name));
        let path = path.unwrap_or_default();
        format!("(dict \"key\" {key} \"name\" {name} \"number\" {}{path})", self.number)
    }
}

/// Templates of what values ask for, and of tests.
pub(super) fn files(facts: &Facts<'_>, families: &[Family<'_>], services: &Services) -> Vec<File> {
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
    let target =
        |key: &str, kind: &str, labels: &str| format!("(list {key} {}{labels})", go_string(kind));
    let mut scaled = of_kinds(SCALED, "HorizontalPodAutoscaler");
    scaled.values_mut().for_each(|key| *key = target(key, "Deployment", ""));
    scaled.extend(facts.scaled.iter().filter_map(|(name, scaling)| {
        let key = go_string(services.keys.get(name)?);
        Some((name.clone(), target(&key, &scaling.kind, &scaling.labels)))
    }));
    let ports = ports(families, services);
    let of_ports = |without: &str| {
        let those = ports.iter().filter(|(name, _)| !has(families, name, without));
        those.map(|(name, port)| (name.clone(), port.dict())).collect::<BTreeMap<_, _>>()
    };
    let files = [
        ("autoscalers.yaml", "autoscale", AUTOSCALERS, scaled),
        ("disruptions.yaml", "disruption", DISRUPTIONS, of_kinds(LASTING, "PodDisruptionBudget")),
        ("serviceaccounts.yaml", "serviceAccount", ACCOUNTS, of_kinds(ALL, "ServiceAccount")),
        ("servicemonitors.yaml", "metrics", MONITORS, of_ports("ServiceMonitor")),
        ("ingresses.yaml", "ingress", INGRESSES, of_ports("Ingress")),
        ("httproutes.yaml", "httpRoute", ROUTES, of_ports("HTTPRoute")),
        ("tests/connections.yaml", "", TESTS, of_ports("")),
    ];
    let files = files.into_iter().filter(|(.., names)| !names.is_empty());
    let text = |template: &str, names: &BTreeMap<String, String>| {
        let pairs = names.iter().map(|(name, what)| format!(" {} {what}", go_string(name)));
        let dict = format!("dict{}", pairs.collect::<String>());
        let text = ["NAMES", "PORTS"].iter().fold(template.to_owned(), |text, word| {
            text.replacen(&format!(":= {word} }}}}"), &format!(":= {dict} }}}}"), 1)
        });
        text.replace("CHART", facts.chart)
    };
    let file = |(path, key, template, names): (_, _, &str, BTreeMap<_, _>)| File {
        path,
        text: text(template, &names),
        toggle: (key, names.into_keys().collect()),
    };
    let objects = File {
        path: "extraobjects.yaml",
        text: EXTRA_OBJECTS.to_owned(),
        toggle: ("", Vec::new()),
    };
    files.map(file).chain([objects]).collect()
}

/// The kinds of workloads that can follow their load.
const SCALED: &[&str] = &["Deployment"];
/// The kinds of workloads that are never done.
const LASTING: &[&str] = &["Deployment", "StatefulSet"];
/// All kinds of workloads.
const ALL: &[&str] = &["CronJob", "DaemonSet", "Deployment", "Job", "StatefulSet"];

const ACCOUNTS: &str = include_str!("../templates/optional/serviceaccounts.yaml");
const AUTOSCALERS: &str = include_str!("../templates/optional/autoscalers.yaml");
const DISRUPTIONS: &str = include_str!("../templates/optional/disruptions.yaml");
const EXTRA_OBJECTS: &str = include_str!("../templates/optional/extraobjects.yaml");
const INGRESSES: &str = include_str!("../templates/optional/ingresses.yaml");
const MONITORS: &str = include_str!("../templates/optional/servicemonitors.yaml");
const ROUTES: &str = include_str!("../templates/optional/httproutes.yaml");
const TESTS: &str = include_str!("../templates/optional/tests.yaml");

/// The port of each service that values open, and the keys that do so, as a template has them.
pub(super) fn ways(families: &[Family<'_>], services: &Services) -> BTreeMap<String, String> {
    const WAYS: &[(&str, &str)] =
        &[("Ingress", "ingress"), ("HTTPRoute", "httpRoute"), ("ServiceMonitor", "metrics")];
    let way = |(name, port): (&String, &Port)| {
        let free = WAYS.iter().filter(|(kind, _)| !has(families, name, kind));
        let keys = free.map(|(_, key)| go_string(key)).collect::<Vec<_>>().join(" ");
        let target = port
            .target
            .as_str()
            .map_or_else(|| port.target.as_int().unwrap_or(port.number).to_string(), go_string);
        (name.clone(), format!("{target} {keys}"))
    };
    ports(families, services).iter().map(way).collect()
}

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
        let target = port.get("targetPort").or_else(|| port.get("port"))?.clone();
        let port_name = port.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some((name.to_owned(), Port { key, number, name: port_name, target, path }))
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
