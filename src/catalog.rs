//! What is known about well-known images: class, ports, data folders, users, probes.
//!
//! The knowledge is data in `src/catalog/data/`, one file per family of images. [`lookup`] takes an
//! image reference as it stands in a compose file and gives the facts for its repository, narrowed
//! by its tag. Registries and mirrors do not matter; somebody's own image that only ends in the
//! same word is unknown.

mod decode;
mod entry;
mod facts;
mod index;
mod matching;
mod reference;

use std::sync::LazyLock;

pub use facts::{Class, DataPath, Facts, KnownPort, KnownProbe, Protocol, Requests};
pub use reference::Reference;

use index::Index;

/// The files of the catalogue: name and content.
const FILES: &[(&str, &str)] = &[
    ("admin.yaml", include_str!("catalog/data/admin.yaml")),
    ("applications.yaml", include_str!("catalog/data/applications.yaml")),
    ("caches.yaml", include_str!("catalog/data/caches.yaml")),
    ("databases.yaml", include_str!("catalog/data/databases.yaml")),
    ("monitoring.yaml", include_str!("catalog/data/monitoring.yaml")),
    ("platform.yaml", include_str!("catalog/data/platform.yaml")),
    ("proxies.yaml", include_str!("catalog/data/proxies.yaml")),
    ("queues.yaml", include_str!("catalog/data/queues.yaml")),
    ("search.yaml", include_str!("catalog/data/search.yaml")),
    ("sql.yaml", include_str!("catalog/data/sql.yaml")),
    ("storage.yaml", include_str!("catalog/data/storage.yaml")),
];

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::of(FILES));

/// What is known about an image, by its reference as in a compose file.
pub fn lookup(image: &str) -> Option<Facts> {
    let reference = Reference::parse(image)?;
    let entry = INDEX.find(&matching::canonical(&reference))?;
    Some(entry.facts_for(reference.tag.as_deref()))
}

#[cfg(test)]
mod tests;
