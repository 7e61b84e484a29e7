//! An entry of the catalogue: images, facts, and what differs by tag.

use super::{Class, DataPath, Facts, KnownPort, KnownProbe, Requests, matching::Condition};

/// One entry of the catalogue.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its name, unique in the catalogue.
    pub(super) name: String,
    /// The repositories it speaks of, without `docker.io` and `library`.
    pub(super) images: Vec<String>,
    /// Where the facts are from.
    pub(super) source: String,
    /// Where to read them: a page of the image's documentation.
    pub(super) documentation: String,
    /// What stands before the version in a tag (`pg` in `latest-pg16`).
    pub(super) version_prefix: Option<String>,
    /// The facts of every tag.
    pub(super) base: Patch,
    /// What differs for some tags; later ones win.
    pub(super) variants: Vec<Variant>,
}

/// What differs for some tags.
#[derive(Debug)]
pub(super) struct Variant {
    /// The tags.
    pub(super) when: Condition,
    /// The facts that differ.
    pub(super) patch: Patch,
}

/// Facts as written: only those that are said.
#[derive(Debug, Default)]
pub(super) struct Patch {
    pub(super) class: Option<Class>,
    pub(super) component: Option<String>,
    pub(super) persistent: Option<bool>,
    pub(super) ports: Option<Vec<KnownPort>>,
    pub(super) data: Option<Vec<DataPath>>,
    pub(super) uid: Option<i64>,
    pub(super) gid: Option<i64>,
    pub(super) fs_group: Option<i64>,
    pub(super) readiness: Option<KnownProbe>,
    pub(super) liveness: Option<KnownProbe>,
    pub(super) requests: Option<Requests>,
    pub(super) memory_limit: Option<String>,
    pub(super) singleton: Option<bool>,
    pub(super) secret_variables: Option<Vec<String>>,
    pub(super) plain_variables: Option<Vec<String>>,
    pub(super) drop_capabilities: Option<bool>,
    pub(super) setuid: Option<bool>,
    pub(super) once: Option<bool>,
    pub(super) replaced_by: Option<String>,
    pub(super) docker_socket: Option<bool>,
    pub(super) file_modes: Option<Vec<(String, u32)>>,
    pub(super) clusters: Option<bool>,
    pub(super) metrics: Option<u16>,
    pub(super) reads: Option<Vec<String>>,
}

impl Entry {
    /// The facts for a tag.
    pub(super) fn facts_for(&self, tag: Option<&str>) -> Facts {
        let mut facts = Facts { entry: self.name.clone(), ..Facts::default() };
        self.base.apply(&mut facts);
        let prefix = self.version_prefix.as_deref();
        for variant in self.variants.iter().filter(|variant| variant.when.holds(tag, prefix)) {
            variant.patch.apply(&mut facts);
        }
        facts
    }
}

impl Patch {
    /// Lays what is said over the facts.
    fn apply(&self, facts: &mut Facts) {
        set_option(&mut facts.class, self.class.as_ref());
        set_option(&mut facts.component, self.component.as_ref());
        set(&mut facts.persistent, self.persistent.as_ref());
        set(&mut facts.ports, self.ports.as_ref());
        set(&mut facts.data, self.data.as_ref());
        set_option(&mut facts.uid, self.uid.as_ref());
        set_option(&mut facts.gid, self.gid.as_ref());
        set_option(&mut facts.fs_group, self.fs_group.as_ref());
        set_option(&mut facts.readiness, self.readiness.as_ref());
        set_option(&mut facts.liveness, self.liveness.as_ref());
        set_option(&mut facts.requests, self.requests.as_ref());
        set_option(&mut facts.memory_limit, self.memory_limit.as_ref());
        set(&mut facts.singleton, self.singleton.as_ref());
        set(&mut facts.secret_variables, self.secret_variables.as_ref());
        set(&mut facts.plain_variables, self.plain_variables.as_ref());
        set(&mut facts.drop_capabilities, self.drop_capabilities.as_ref());
        set(&mut facts.setuid, self.setuid.as_ref());
        set(&mut facts.once, self.once.as_ref());
        set_option(&mut facts.replaced_by, self.replaced_by.as_ref());
        set(&mut facts.docker_socket, self.docker_socket.as_ref());
        set(&mut facts.file_modes, self.file_modes.as_ref());
        set(&mut facts.clusters, self.clusters.as_ref());
        set_option(&mut facts.metrics, self.metrics.as_ref());
        set(&mut facts.reads, self.reads.as_ref());
    }
}

fn set<T: Clone>(fact: &mut T, said: Option<&T>) {
    if let Some(value) = said {
        *fact = value.clone();
    }
}

fn set_option<T: Clone>(fact: &mut Option<T>, said: Option<&T>) {
    if let Some(value) = said {
        *fact = Some(value.clone());
    }
}
