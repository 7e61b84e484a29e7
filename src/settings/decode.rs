//! Decoding: merged settings to the typed ones.
//!
//! Everything was checked before, so what does not fit is simply not there.

mod pod;

use std::collections::BTreeMap;

use super::{
    Cron, Disruption, EnvValue, External, ExternalMode, ImageSetting, NetworkSetting, PolicyMode,
    Probe, ProbeAction, ProbeSettings, Public, PublicTls, PublicType, Quantities, ResourceSettings,
    Rollout, Said, SecretModeSetting, ServiceSettings, ServiceType, Spread, StorageSettings,
    Unpinned, Wait, WaitFor, WorkloadKind,
    kind::CHOSEN,
    merge::{Merged, as_bool, as_int},
};
use crate::{
    catalog::Class,
    yaml::{Data, Node},
};

pub(super) use pod::gateway;

/// The typed settings of a service that depends on `dependencies`.
pub(super) fn service(said: &Merged, dependencies: &[String]) -> ServiceSettings {
    let flag = |key: &str| said.read(key, |value| as_bool(value.leaf()?));
    let number = |key: &str| said.read(key, |value| as_int(value.leaf()?));
    let text = |key: &str| said.word(key, |word| Some(word.to_owned()));
    ServiceSettings {
        enabled: flag("enabled"),
        class: said.word("class", class),
        workload: said.word("workload", workload),
        schedule: said.read("schedule", schedule),
        replicas: number("replicas"),
        singleton: flag("singleton"),
        autoscale: said.read("autoscale", |value| Some(pod::autoscale(value))),
        image: said.read("image", |value| Some(image(value))),
        unpinned_images: said.word("unpinnedImages", unpinned),
        environment: environment(said),
        env_from: said.read("envFrom", |value| Some(pod::env_from(value))),
        sensitive: said.texts("sensitive"),
        not_sensitive: said.texts("notSensitive"),
        secret_mode: said.read("secretMode", secret_mode),
        reloader: flag("reloader"),
        resources: resources(said),
        public: said.read("public", public),
        main: flag("main"),
        service_type: service_type(said),
        service_annotations: said
            .get("service")
            .map(|value| value.table("annotations"))
            .unwrap_or_default(),
        source_ranges: said.get("service").and_then(|service| {
            service.read("loadBalancerSourceRanges", |_| {
                Some(service.texts("loadBalancerSourceRanges"))
            })
        }),
        service_ports: said.get("service").map(pod::service_ports).unwrap_or_default(),
        external: said.read("external", |value| Some(external(value))),
        storage: said.get("storage").map(storage).unwrap_or_default(),
        binds: said.read("binds", pod::binds),
        binds_at: pod::binds_at(said),
        probes: said.get("probes").map(probes).unwrap_or_default(),
        user: number("user"),
        fs_group: number("fsGroup"),
        read_only_root_filesystem: flag("readOnlyRootFilesystem"),
        security_level: said.word("securityLevel", pod::security_level),
        service_account: said.read("serviceAccount", |value| Some(pod::service_account(value))),
        network: said.read("network", |value| Some(network(value))),
        disruption: said.read("disruption", |value| Some(disruption(value))),
        spread: said.word("spread", spread),
        rollout: said.read("rollout", |value| Some(rollout(value))),
        graceful_seconds: number("gracefulSeconds"),
        wait_for: said.read("waitFor", |value| wait_for(value, dependencies)),
        labels: said.table("labels"),
        annotations: said.table("annotations"),
        pod_labels: said.table("podLabels"),
        pod_annotations: said.table("podAnnotations"),
        node_selector: said.table("nodeSelector"),
        tolerations: said.read("tolerations", |value| Some(pod::list(value))),
        affinity: said.read("affinity", |value| Some(value.value())),
        priority_class: text("priorityClass"),
        runtime_class: text("runtimeClass"),
        lockdown: flag("lockdown"),
    }
}

/// Storage of a volume, or of a service's volumes.
pub(super) fn storage(said: &Merged) -> StorageSettings {
    let text = |key: &str| said.word(key, |word| Some(word.to_owned()));
    let flag = |key: &str| said.read(key, |value| as_bool(value.leaf()?));
    StorageSettings {
        class: text("class"),
        size: text("size"),
        access_mode: text("accessMode"),
        retain: flag("retain"),
        empty_dir: flag("emptyDir"),
        existing_claim: text("existingClaim"),
        sub_path: text("subPath"),
        populate: text("populate"),
    }
}

/// A class by its word.
pub(super) fn class(word: &str) -> Option<Class> {
    Some(match word {
        "web" => Class::Web,
        "worker" => Class::Worker,
        "store" => Class::Store,
        "tool" => Class::Tool,
        "cluster" => Class::Cluster,
        _ => return None,
    })
}

/// The way to expose by its word.
pub(super) fn public_type(word: &str) -> Option<PublicType> {
    Some(match word {
        "ingress" => PublicType::Ingress,
        "gateway" => PublicType::Gateway,
        "loadbalancer" => PublicType::LoadBalancer,
        "nodeport" => PublicType::NodePort,
        _ => return None,
    })
}

fn workload(word: &str) -> Option<WorkloadKind> {
    Some(match word {
        "deployment" => WorkloadKind::Deployment,
        "statefulset" => WorkloadKind::StatefulSet,
        "daemonset" => WorkloadKind::DaemonSet,
        "job" => WorkloadKind::Job,
        "cronjob" => WorkloadKind::CronJob,
        _ => return None,
    })
}

fn unpinned(word: &str) -> Option<Unpinned> {
    Some(match word {
        "allow" => Unpinned::Allow,
        "warn" => Unpinned::Warn,
        "error" => Unpinned::Error,
        _ => return None,
    })
}

fn secret_mode(said: &Merged) -> Option<SecretModeSetting> {
    if said.is_map() {
        return Some(SecretModeSetting::ExternalSecrets {
            store: said.text("store"),
            kind: said.text("kind"),
            path: said.text("path"),
        });
    }
    Some(match said.leaf()?.as_str()? {
        "literal" => SecretModeSetting::Literal,
        "reference" => SecretModeSetting::Reference,
        _ => SecretModeSetting::ExternalSecrets { store: None, kind: None, path: None },
    })
}

fn spread(word: &str) -> Option<Spread> {
    Some(match word {
        "none" => Spread::None,
        "host" => Spread::Host,
        "zone" => Spread::Zone,
        _ => return None,
    })
}

fn schedule(said: &Merged) -> Option<Cron> {
    Some(Cron {
        cron: said.text("cron")?,
        concurrency: said.text("concurrency"),
        backoff_limit: said.int("backoffLimit"),
        time_zone: said.text("timeZone"),
    })
}

fn image(said: &Merged) -> ImageSetting {
    ImageSetting {
        reference: said.text(CHOSEN),
        registry: said.text("registry"),
        repository: said.text("repository"),
        tag: said.text("tag"),
        digest: said.text("digest"),
        pull_policy: said.text("pullPolicy"),
    }
}

fn environment(said: &Merged) -> BTreeMap<String, Said<Option<EnvValue>>> {
    let entries = said.get("environment").into_iter().flat_map(Merged::entries);
    let values = entries.filter_map(|(name, value)| {
        let read = match value.leaf() {
            Some(node) if node.is_null() => None,
            Some(node) => Some(EnvValue::Plain(node.as_str()?.to_owned())),
            None => Some(reference(value)?),
        };
        Some((name.to_owned(), value.said(read)))
    });
    values.collect()
}

fn reference(said: &Merged) -> Option<EnvValue> {
    if let Some(field) = said.text("fieldRef") {
        return Some(EnvValue::Field(field));
    }
    let key = said.text("key")?;
    match (said.text("secret"), said.text("configMap")) {
        (Some(name), _) => Some(EnvValue::Secret { name, key }),
        (None, name) => Some(EnvValue::ConfigMap { name: name?, key }),
    }
}

fn resources(said: &Merged) -> ResourceSettings {
    let part = |key: &str| {
        said.get("resources").and_then(|value| value.get(key)).map(quantities).unwrap_or_default()
    };
    ResourceSettings { requests: part("requests"), limits: part("limits") }
}

fn quantities(said: &Merged) -> Quantities {
    let mut quantities = Quantities::default();
    for (name, value) in said.entries() {
        let text = value.leaf().and_then(|node| match &node.data {
            Data::String(text) => Some(text.clone()),
            Data::Int(number) => Some(number.to_string()),
            _ => None,
        });
        let Some(said) = text.map(|text| value.said(text)) else { continue };
        match name {
            "cpu" => quantities.cpu = Some(said),
            "memory" => quantities.memory = Some(said),
            _ => {
                quantities.others.insert(name.to_owned(), said);
            }
        }
    }
    quantities
}

fn public(said: &Merged) -> Option<Vec<Public>> {
    let Some(node) = said.leaf() else { return Some(vec![way_in(said)]) };
    match &node.data {
        Data::Bool(false) => Some(Vec::new()),
        Data::Bool(true) => Some(vec![Public::default()]),
        Data::Seq(items) => {
            let layer = |item: &Node| super::merge::Layer {
                node: item.clone(),
                speaker: super::merge::Speaker::File,
                weak: false,
            };
            let layers: Vec<_> = items.iter().map(layer).collect();
            let ways = layers.iter().filter_map(|layer| super::merge::merge([layer]));
            Some(ways.map(|way| way_in(&way)).collect())
        }
        _ => None,
    }
}

fn way_in(said: &Merged) -> Public {
    Public {
        host: said.text("host"),
        path: said.text("path"),
        path_type: said.text("pathType"),
        port: said.int("port"),
        tls: said
            .get("tls")
            .map(|tls| PublicTls { secret: tls.text("secret"), issuer: tls.text("issuer") }),
        class: said.text("class"),
        sticky: said.boolean("sticky").unwrap_or_default(),
        annotations: said.table("annotations"),
        kind: said.text("type").as_deref().and_then(public_type),
        node_port: said.int("nodePort"),
    }
}

fn service_type(said: &Merged) -> Option<Said<ServiceType>> {
    let service = said.get("service")?;
    if service.boolean("headless") == Some(true) {
        return service.get("headless").map(|said| said.said(ServiceType::Headless));
    }
    service.word("type", |word| {
        Some(match word {
            "ClusterIP" => ServiceType::ClusterIp,
            "Headless" => ServiceType::Headless,
            "NodePort" => ServiceType::NodePort,
            "LoadBalancer" => ServiceType::LoadBalancer,
            _ => return None,
        })
    })
}

/// A bare host may carry a port, and may be an address: a DNS alias cannot point at one.
fn external(said: &Merged) -> External {
    if !said.is_map() {
        return External::default();
    }
    let mut addresses = said.texts("addresses");
    let mut port = said.int("port");
    let mut host = said.text("host");
    if let Some((name, number)) = host.as_deref().and_then(|host| host.rsplit_once(':'))
        && let Ok(number) = number.parse()
        && (name.ends_with(']') || !name.contains(':'))
    {
        port = port.or(Some(number));
        host = Some(name.trim_matches(['[', ']']).to_owned());
    }
    if addresses.is_empty()
        && let Some(address) = host.take_if(|host| host.parse::<std::net::IpAddr>().is_ok())
    {
        addresses.push(address);
    }
    External {
        host,
        port,
        tls: said.boolean("tls").unwrap_or_default(),
        mode: said.text("mode").as_deref().and_then(external_mode),
        addresses,
        credentials: said.text("credentials"),
    }
}

fn external_mode(word: &str) -> Option<ExternalMode> {
    Some(match word {
        "externalname" => ExternalMode::ExternalName,
        "endpoints" => ExternalMode::Endpoints,
        "ambassador" => ExternalMode::Ambassador,
        "environment" => ExternalMode::Environment,
        _ => return None,
    })
}

fn probes(said: &Merged) -> ProbeSettings {
    let one = |key: &str| said.read(key, |value| Some(probe(value)));
    ProbeSettings {
        readiness: one("readiness"),
        liveness: one("liveness"),
        startup: one("startup"),
    }
}

fn probe(said: &Merged) -> Probe {
    Probe {
        action: said.get(CHOSEN).and_then(action),
        period: said.int("periodSeconds"),
        timeout: said.int("timeoutSeconds"),
        failures: said.int("failureThreshold"),
        successes: said.int("successThreshold"),
        initial_delay: said.int("initialDelaySeconds"),
    }
}

fn action(said: &Merged) -> Option<ProbeAction> {
    let (name, value) = said.entries().next()?;
    match name {
        "http" => Some(ProbeAction::Http {
            path: value.text("path").unwrap_or_else(|| "/".to_owned()),
            port: value.int("port")?,
        }),
        "tcp" => Some(ProbeAction::Tcp(said.int("tcp")?)),
        "grpc" => Some(ProbeAction::Grpc(said.int("grpc")?)),
        _ => Some(ProbeAction::Command(said.texts("command"))),
    }
}

fn network(said: &Merged) -> NetworkSetting {
    let policy = match said.text("policy").as_deref() {
        Some("compose") => PolicyMode::Compose,
        Some("strict") => PolicyMode::Strict,
        _ => PolicyMode::None,
    };
    NetworkSetting {
        policy,
        ingress_from: said.table("ingressFrom"),
        monitoring_from: said.table("monitoringFrom"),
    }
}

fn disruption(said: &Merged) -> Disruption {
    let chosen = |key: &str| said.get(CHOSEN).and_then(|value| value.text(key));
    Disruption { min_available: chosen("minAvailable"), max_unavailable: chosen("maxUnavailable") }
}

fn rollout(said: &Merged) -> Rollout {
    Rollout {
        max_surge: said.text("maxSurge"),
        max_unavailable: said.text("maxUnavailable"),
        min_ready_seconds: said.int("minReadySeconds"),
        recreate: said.text("strategy").as_deref() == Some("recreate"),
    }
}

/// Dependencies that the mapping does not name keep what a weaker place said of all.
fn wait_for(said: &Merged, dependencies: &[String]) -> Option<WaitFor> {
    if let Some(node) = said.leaf() {
        return wait(node).map(WaitFor::All);
    }
    let rest = said.beneath().and_then(wait);
    let mut each: BTreeMap<String, Wait> = rest
        .into_iter()
        .flat_map(|rest| dependencies.iter().map(move |name| (name.clone(), rest)))
        .collect();
    let named = said.entries().filter_map(|(name, value)| Some((name, wait(value.leaf()?)?)));
    each.extend(named.map(|(name, wait)| (name.to_owned(), wait)));
    Some(WaitFor::Each(each))
}

fn wait(node: &Node) -> Option<Wait> {
    Some(match node.as_str()? {
        "none" => Wait::None,
        "completed" => Wait::Completed,
        "ready" => Wait::Ready,
        _ => return None,
    })
}
