//! `kompose.*` labels, read as the settings they stand for; labels of routers beside them.

use super::{
    check::Checker,
    kind::Place,
    merge::{Layer, Speaker, empty},
    routers,
    tier::Tier,
};
use crate::{
    compose::{Project, Service, Text},
    text::{Code, Diagnostic, Severity, Sink, Sources, Span},
    yaml::{Data, Node},
};

/// The settings in the labels of services and volumes.
pub(super) fn read(project: &Project, sources: &Sources, sink: &mut Sink) -> Vec<Tier> {
    let mut tier = Tier::default();
    let mut whole = empty();
    let mut secrets = Vec::new();
    for (name, service) in project.services.iter() {
        let mut found = of_service(service, &mut secrets, sink);
        if found.get("public").is_none()
            && let Some(public) = routers::public(&name.value, service, sink)
        {
            found.set("public", public);
        }
        if found.as_map().is_some_and(|entries| !entries.is_empty()) {
            tier.services.insert(name.value.clone(), layer(&found, Place::Service, sources, sink));
        }
    }
    if !secrets.is_empty() {
        put(&mut whole, &["images", "pullSecrets"], Node::new(Data::Seq(secrets), Span::NONE));
    }
    for (name, volume) in project.volumes.iter() {
        for (label, value) in volume.labels.iter() {
            match label.as_str() {
                "kompose.volume.size" => {
                    put(&mut whole, &["volumes", name.as_str(), "size"], text(value));
                }
                "kompose.volume.storage-class-name" => {
                    put(&mut whole, &["volumes", name.as_str(), "class"], text(value));
                }
                _ => {}
            }
        }
    }
    tier.all = Some(layer(&whole, Place::Project, sources, sink));
    vec![tier]
}

/// Kompose takes words that c2k does not, so a value that does not fit is a warning.
fn layer(node: &Node, place: Place, sources: &Sources, sink: &mut Sink) -> Layer {
    let mut checker = Checker::new(sources, sink);
    checker.severity = Severity::Warning;
    Layer { node: checker.settings(node, place), speaker: Speaker::File, weak: false }
}

fn of_service(service: &Service, secrets: &mut Vec<Node>, sink: &mut Sink) -> Node {
    let mut node = empty();
    for (label, value) in service.labels.iter() {
        let Some(name) = label.as_str().strip_prefix("kompose.") else { continue };
        if name == "image-pull-secret" {
            if !secrets.iter().any(|known| known.as_str() == Some(value.as_str())) {
                secrets.push(text(value));
            }
        } else if name == "service.group" {
            // The plan puts the services of a group into one pod.
        } else if !(put_label(&mut node, name, value) || put_probe(&mut node, name, value)) {
            let message = format!("the label `{}` has no effect", label.as_str());
            let known = KOMPOSE.iter().find(|(known, ..)| *known == name);
            let help = known.map_or("c2k knows no such label of kompose", |(_, _, help)| help);
            sink.push(Diagnostic::new(Code::LeftOut, message).at(label.span()).help(help));
        }
    }
    if let Some(scaling) = node.get_mut("autoscale")
        && scaling.get("max").is_none()
    {
        scaling.set("max", Node::new(Data::Int(KOMPOSE_PODS), scaling.span));
    }
    // TLS and class without a way in would open one.
    if node.get("public").is_some_and(|public| public.get("=").is_none()) {
        node.remove("public");
    } else if let Some(public) = node.get_mut("public") {
        expose(public);
    }
    node
}

/// The most pods that kompose scales to where no label says it.
const KOMPOSE_PODS: i128 = 3;

/// The labels of kompose 1.38 without `kompose.`, the setting that each stands for, and what to do
/// about those that stand for none.
const KOMPOSE: &[(&str, &str, &str)] = &[
    ("controller.type", "workload", ""),
    ("controller.port.expose", "", "ports of a controller's containers are reached by Services"),
    ("cronjob.backoff_limit", "schedule.backoffLimit", ""),
    ("cronjob.concurrency_policy", "schedule.concurrency", ""),
    ("cronjob.schedule", "schedule.cron, workload: cronjob", ""),
    ("hpa.cpu", "autoscale.cpu", ""),
    ("hpa.memory", "autoscale.memory", ""),
    ("hpa.replicas.max", "autoscale.max, 3 where nothing is said", ""),
    ("hpa.replicas.min", "autoscale.min", ""),
    ("image-pull-policy", "image.pullPolicy", ""),
    ("image-pull-secret", "images.pullSecrets", ""),
    ("init.containers.command", "", "use Compose's `pre_start`"),
    ("init.containers.image", "", "use Compose's `pre_start`"),
    ("init.containers.name", "", "use Compose's `pre_start`"),
    ("security-context.fsgroup", "fsGroup", ""),
    ("service.expose", "public", ""),
    ("service.expose.ingress-class-name", "public.class", ""),
    ("service.expose.tls-secret", "public.tls.secret", ""),
    ("service.external-traffic-policy", "", "use a patch of the Service"),
    ("service.group", "one pod for all services of the group", ""),
    ("service.healthcheck.liveness.http_get_path", "probes.liveness.http.path", ""),
    ("service.healthcheck.liveness.http_get_port", "probes.liveness.http.port", ""),
    ("service.healthcheck.liveness.tcp_port", "probes.liveness.tcp", ""),
    ("service.healthcheck.readiness.disable", "probes.readiness: false", ""),
    ("service.healthcheck.readiness.http_get_path", "probes.readiness.http.path", ""),
    ("service.healthcheck.readiness.http_get_port", "probes.readiness.http.port", ""),
    ("service.healthcheck.readiness.interval", "probes.readiness.periodSeconds", ""),
    ("service.healthcheck.readiness.retries", "probes.readiness.failureThreshold", ""),
    ("service.healthcheck.readiness.start_period", "probes.readiness.initialDelaySeconds", ""),
    ("service.healthcheck.readiness.tcp_port", "probes.readiness.tcp", ""),
    ("service.healthcheck.readiness.test", "probes.readiness.command", ""),
    ("service.healthcheck.readiness.timeout", "probes.readiness.timeoutSeconds", ""),
    ("service.name_override", "", "name the service so, or give it the name as an alias"),
    ("service.nodeport.port", "", "use `public: {type: nodeport, nodePort: PORT}`"),
    ("service.suffix-lb", "", "one load balancer takes ports of both protocols"),
    ("service.suffix-lb-tcp", "", "one load balancer takes ports of both protocols"),
    ("service.suffix-lb-udp", "", "one load balancer takes ports of both protocols"),
    ("service.type", "service.type", ""),
    ("serviceaccount-name", "serviceAccount", ""),
    ("volume.size", "storage.size; of a volume: volumes.<name>.size", ""),
    ("volume.storage-class-name", "storage.class; of a volume: volumes.<name>.class", ""),
    ("volume.subpath", "", "use `subpath` in the mount's long form"),
    ("volume.type", "", "named volumes are claims; choose with `volumes.<name>` and `binds`"),
];

/// The page about labels, in Markdown.
pub fn page() -> String {
    let mut text = LABELS.to_owned();
    for (label, setting, help) in KOMPOSE {
        let setting = if setting.is_empty() { "reported" } else { setting };
        text.push_str(&format!("| `kompose.{label}` | {setting} | {help} |\n"));
    }
    text
}

const LABELS: &str = "\
# Labels of other programs

Labels on services are read as settings. They are stronger than Compose's own attributes and weaker than `x-c2k`.
A label that leads nowhere is reported.

## Routers

| label or variable | setting |
|---|---|
| `traefik.http.routers.<router>.rule` (Traefik 2 and 3) | `public`: a way in for each `Host`, with each `PathPrefix` or `Path`; what else a rule says is reported |
| `traefik.http.routers.<router>.tls`, `.entrypoints` (`websecure`, `https`) | `public.tls` |
| `traefik.http.routers.<router>.tls.certresolver` | `public.tls.issuer`: a ClusterIssuer of cert-manager |
| `traefik.http.services.<service>.loadbalancer.server.port` | `public.port` |
| `traefik.enable: false` | none of it |
| `traefik.http.middlewares.*`, TCP and UDP routers | reported |
| `caddy`, `caddy_<n>` (caddy-docker-proxy) | `public`: a way in for each host, with TLS unless it starts with `http://` |
| `caddy.reverse_proxy` | `public.port`, `public.path` |
| other `caddy.*` | reported |
| `VIRTUAL_HOST`, `VIRTUAL_PORT`, `VIRTUAL_PATH` (nginx-proxy) | `public`: a way in for each host |
| `LETSENCRYPT_HOST` | `public.tls` |

## kompose

Every label of kompose 1.38.

| label | setting | instead |
|---|---|---|
";

/// Labels with one value for one setting.
fn put_label(node: &mut Node, name: &str, value: &Text) -> bool {
    let (path, value): (&[&str], Node) = match name {
        "controller.type" => (&["workload"], text(value)),
        "service.type" => (&["service", "type"], text(value)),
        "service.expose" => (&["public", "="], text(value)),
        "service.expose.tls-secret" => (&["public", "tls", "secret"], text(value)),
        "service.expose.ingress-class-name" => (&["public", "class"], text(value)),
        "volume.size" => (&["storage", "size"], text(value)),
        "volume.storage-class-name" => (&["storage", "class"], text(value)),
        "image-pull-policy" => (&["image", "pullPolicy"], text(value)),
        "security-context.fsgroup" => (&["fsGroup"], number(value)),
        "cronjob.schedule" => {
            put(node, &["workload"], Node::string("cronjob", value.span()));
            (&["schedule", "cron"], text(value))
        }
        "serviceaccount-name" => (&["serviceAccount"], text(value)),
        "hpa.cpu" => (&["autoscale", "cpu"], number(value)),
        "hpa.memory" => (&["autoscale", "memory"], number(value)),
        "hpa.replicas.max" => (&["autoscale", "max"], number(value)),
        "hpa.replicas.min" => (&["autoscale", "min"], number(value)),
        "cronjob.concurrency_policy" => (&["schedule", "concurrency"], text(value)),
        "cronjob.backoff_limit" => (&["schedule", "backoffLimit"], number(value)),
        _ => return false,
    };
    put(node, path, value);
    true
}

/// Labels about probes.
fn put_probe(node: &mut Node, name: &str, value: &Text) -> bool {
    let Some((probe, field)) = name
        .strip_prefix("service.healthcheck.")
        .and_then(|rest| rest.split_once('.'))
        .filter(|(probe, _)| matches!(*probe, "readiness" | "liveness"))
    else {
        return false;
    };
    let shell = |value: &Text| {
        let words = ["sh", "-c", value.as_str()].map(|word| Node::string(word, value.span()));
        Node::new(Data::Seq(words.into()), value.span())
    };
    let disabled = Node::new(Data::Bool(false), value.span());
    let (path, value): (&[&str], Node) = match field {
        "disable" if value.as_str() == "true" => {
            put(node, &["probes", probe], disabled);
            return true;
        }
        "disable" => return true,
        "http_get_path" => (&["http", "path"], text(value)),
        "http_get_port" => (&["http", "port"], number(value)),
        "tcp_port" => (&["tcp"], number(value)),
        "test" => (&["command"], shell(value)),
        "interval" => (&["periodSeconds"], seconds(value)),
        "timeout" => (&["timeoutSeconds"], seconds(value)),
        "start_period" => (&["initialDelaySeconds"], seconds(value)),
        "retries" => (&["failureThreshold"], number(value)),
        _ => return false,
    };
    put(node, &[&["probes", probe], path].concat(), value);
    true
}

/// `true`, `false`, or hosts with paths, separated by commas.
fn expose(public: &mut Node) {
    let Some(said) = public.remove("=") else { return };
    let span = said.span;
    let hosts = said.as_str().unwrap_or_default().trim();
    if matches!(hosts, "" | "false") {
        *public = Node::new(Data::Bool(false), span);
        return;
    }
    let ways = hosts.split(',').map(|host| {
        let mut way = public.clone();
        let (host, path) = host.trim().split_once('/').unwrap_or((host.trim(), ""));
        if host != "true" {
            way.set("host", Node::string(host, span));
        }
        if !path.is_empty() {
            way.set("path", Node::string(format!("/{path}"), span));
        }
        way
    });
    *public = Node::new(Data::Seq(ways.collect()), span);
}

fn put(node: &mut Node, path: &[&str], value: Node) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        node.set(first, value);
        return;
    }
    if node.get(first).is_none() {
        node.set(first, Node::new(Data::Map(Vec::new()), value.span));
    }
    if let Some(inner) = node.get_mut(first) {
        put(inner, rest, value);
    }
}

fn text(value: &Text) -> Node {
    Node::string(value.as_str(), value.span())
}

/// The number of a label, else its text, which the check then reports.
fn number(value: &Text) -> Node {
    match value.as_str().trim().parse() {
        Ok(number) => Node::new(Data::Int(number), value.span()),
        Err(_) => text(value),
    }
}

/// A duration such as `1m30s` in seconds.
fn seconds(value: &Text) -> Node {
    let mut total: i128 = 0;
    let mut digits = String::new();
    for c in value.as_str().trim().chars() {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return text(value),
        };
        let Ok(number) = digits.parse::<i128>() else { return text(value) };
        total = total.saturating_add(number.saturating_mul(unit));
        digits.clear();
    }
    if digits.is_empty() { Node::new(Data::Int(total), value.span()) } else { number(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_of_kompose_is_a_setting_or_has_an_advice() {
        for (name, setting, help) in KOMPOSE {
            let mut node = empty();
            let value = Text::bare("1");
            let elsewhere = ["service.group", "image-pull-secret"].contains(name);
            let read = put_label(&mut node, name, &value) || put_probe(&mut node, name, &value);
            assert_eq!(read || elsewhere, !setting.is_empty(), "{name}");
            assert_eq!(setting.is_empty(), !help.is_empty(), "{name}");
        }
    }

    #[test]
    fn a_disabled_probe_is_none() {
        let mut node = empty();
        put_probe(&mut node, "service.healthcheck.readiness.disable", &Text::bare("true"));
        let readiness = node.get("probes").and_then(|probes| probes.get("readiness"));
        assert!(matches!(readiness.map(|node| &node.data), Some(Data::Bool(false))));
    }
}
