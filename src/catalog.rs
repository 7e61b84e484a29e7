//! What is known about well-known images: class, ports, data folders, users, probes.
//!
//! The knowledge is data in `src/catalog/data/`, one file per family of images. [`lookup`] takes an
//! image reference as it stands in a compose file and gives the facts for its repository, narrowed
//! by its tag. Registries and mirrors do not matter; somebody's own image that only ends in the
//! same word is unknown.

mod decode;
mod entry;
mod facts;
mod matching;
mod reference;

use std::sync::LazyLock;

pub use facts::{Class, DataPath, Facts, KnownPort, KnownProbe, Metrics, Protocol, Requests};
pub use reference::Reference;

use entry::Entry;

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

/// The entries of all files; a test proves that every file decodes.
static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    FILES.iter().flat_map(|(name, text)| decode::file(name, text).unwrap_or_default()).collect()
});

/// What is known about an image, by its reference as in a compose file.
pub fn lookup(image: &str) -> Option<Facts> {
    let reference = Reference::parse(image)?;
    let entry = ENTRIES.iter().find(|entry| entry.matches(&reference))?;
    Some(entry.facts_for(reference.tag.as_deref()))
}

#[cfg(test)]
mod tests;
