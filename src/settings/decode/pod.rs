//! Decoding of what pods are given: scaling, accounts, objects from outside.

use std::collections::BTreeMap;

use crate::{
    settings::{
        Autoscale, Binds, EnvFrom, Gateway, Said, SecurityLevel, ServiceAccount,
        ServicePortSetting,
        merge::{Layer, Merged, Speaker, merge},
        raw,
    },
    yaml::{Node, Value},
};

/// Pods by load; nothing of it for `false`.
pub(super) fn autoscale(said: &Merged) -> Autoscale {
    Autoscale {
        min: said.int("min"),
        max: said.int("max"),
        cpu: said.int("cpu"),
        memory: said.int("memory"),
        metrics: said.get("metrics").map(list).unwrap_or_default(),
    }
}

/// The items of a list of mappings.
fn items<T>(said: &Merged, read: impl Fn(&Merged) -> T) -> Vec<T> {
    let items = said.leaf().and_then(Node::as_seq).unwrap_or_default();
    let layer = |item: &Node| Layer { node: item.clone(), speaker: Speaker::File, weak: false };
    let layers: Vec<_> = items.iter().map(layer).collect();
    layers.iter().filter_map(|layer| merge([layer])).map(|item| read(&item)).collect()
}

/// Objects whose keys become variables.
pub(super) fn env_from(said: &Merged) -> Vec<EnvFrom> {
    items(said, |item| EnvFrom {
        config_map: item.text("configMap"),
        secret: item.text("secret"),
        prefix: item.text("prefix"),
        optional: item.boolean("optional").unwrap_or_default(),
    })
}

/// A level of the Pod Security standards by its word.
pub(super) fn security_level(word: &str) -> Option<SecurityLevel> {
    [SecurityLevel::Privileged, SecurityLevel::Baseline, SecurityLevel::Restricted]
        .into_iter()
        .find(|level| level.word() == word)
}

/// The ServiceAccount of pods.
pub(super) fn service_account(said: &Merged) -> ServiceAccount {
    ServiceAccount {
        name: said.text("name"),
        create: said.boolean("create").unwrap_or_default(),
        annotations: said.table("annotations"),
        automount: said.boolean("automount").unwrap_or_default(),
    }
}

/// A list of pieces of Kubernetes objects.
pub(super) fn list(said: &Merged) -> Vec<Value> {
    let items = said.leaf().and_then(Node::as_seq).unwrap_or_default();
    items.iter().map(raw::value).collect()
}

/// Ports of a Service by the container's port.
pub(super) fn service_ports(said: &Merged) -> BTreeMap<i64, ServicePortSetting> {
    let ports = said.get("ports").into_iter().flat_map(Merged::entries);
    let named = ports.filter_map(|(port, said)| {
        let setting =
            ServicePortSetting { name: said.text("name"), app_protocol: said.text("appProtocol") };
        Some((port.parse().ok()?, setting))
    });
    named.collect()
}

/// The Gateway of routes.
pub(in crate::settings) fn gateway(said: &Merged) -> Option<Gateway> {
    Some(Gateway {
        name: said.text("name")?,
        namespace: said.text("namespace"),
        section: said.text("section"),
    })
}

/// What all binds become; a mapping of targets leaves what a weaker place said of all.
pub(super) fn binds(said: &Merged) -> Option<Binds> {
    bind(said.leaf().or(said.beneath())?.as_str()?)
}

/// What binds become by their targets.
pub(super) fn binds_at(said: &Merged) -> BTreeMap<String, Said<Binds>> {
    let targets = said.get("binds").into_iter().flat_map(Merged::entries);
    let named = targets.filter_map(|(target, value)| {
        let word = bind(value.leaf()?.as_str()?)?;
        Some((target.trim_end_matches('/').to_owned(), value.said(word)))
    });
    named.collect()
}

fn bind(word: &str) -> Option<Binds> {
    Some(match word {
        "config" => Binds::Config,
        "skip" => Binds::Skip,
        "hostpath" => Binds::HostPath,
        _ => return None,
    })
}
