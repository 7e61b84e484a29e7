//! Tiers: the places where settings are said, from weakest to strongest.

use std::collections::BTreeMap;

use super::merge::{Layer, Speaker};
use crate::{catalog::Class, yaml::Node};

/// One place: what it says of all services, of a class, of single services.
#[derive(Debug, Clone, Default)]
pub(super) struct Tier {
    /// Of all services, and of the project.
    pub(super) all: Option<Layer>,
    /// Of the services of a class.
    pub(super) classes: BTreeMap<&'static str, Layer>,
    /// Of single services.
    pub(super) services: BTreeMap<String, Layer>,
}

impl Tier {
    /// The layers for a service, the weakest first.
    pub(super) fn layers(
        &self,
        service: &str,
        class: Option<Class>,
    ) -> impl Iterator<Item = &Layer> {
        let class = class.and_then(|class| self.classes.get(word(class)));
        self.all.iter().chain(class).chain(self.services.get(service))
    }
}

/// The two places in an environment file: its defaults and its settings.
pub(super) fn of_file(node: &Node, speaker: &Speaker) -> (Tier, Tier) {
    let layer = |node: &Node, weak| Layer { node: node.clone(), speaker: speaker.clone(), weak };
    let mut defaults = Tier::default();
    for entry in node.get("defaults").and_then(Node::as_map).unwrap_or_default() {
        match class_of(&entry.key.name) {
            None => defaults.all = Some(layer(&entry.value, true)),
            Some(class) => {
                defaults.classes.insert(word(class), layer(&entry.value, true));
            }
        }
    }
    let mut settings = Tier::default();
    for entry in node.get("services").and_then(Node::as_map).unwrap_or_default() {
        settings.services.insert(entry.key.name.clone(), layer(&entry.value, false));
    }
    let mut all = node.clone();
    for key in ["defaults", "services", "extends", "description"] {
        all.remove(key);
    }
    settings.all = Some(layer(&all, false));
    (defaults, settings)
}

fn class_of(name: &str) -> Option<Class> {
    super::decode::class(name)
}

fn word(class: Class) -> &'static str {
    match class {
        Class::Web => "web",
        Class::Worker => "worker",
        Class::Store => "store",
        Class::Tool => "tool",
        Class::Cluster => "cluster",
    }
}
