//! Mounts: which data survives, in which claim, and which files come from the project.

mod bind;
mod driver;
mod image;
mod known;
mod refs;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Claim, Draft, FileSet, MountPoint, MountSource, Populate, SecretSet, known::Known, names,
};
use crate::{
    catalog::Facts,
    compose::{Mount, Project, Service, Text},
    load::Files,
    settings::{Said, ServiceSettings, StorageSettings},
    text::{Code, Diagnostic, Origin, Severity, Sink, Span, did_you_mean},
};

pub(crate) use driver::with_driver_mounts;

/// Who writes the named volumes and the folders of a project.
#[derive(Debug, Default)]
pub(crate) struct Users {
    /// Writers by volume, or by the absolute path of a folder, in the order of the compose file.
    pub(crate) writers: BTreeMap<String, Vec<String>>,
    /// Who only reads a named volume, in the same order.
    pub(crate) readers: BTreeMap<String, Vec<String>>,
}

impl Users {
    /// Collects the writers among `services`.
    pub(crate) fn of(project: &Project, services: &BTreeSet<&str>) -> Self {
        let mut users = Self::default();
        for (name, service) in
            project.services.iter().filter(|(name, _)| services.contains(name.as_str()))
        {
            for mount in &service.volumes {
                let folder =
                    (mount.kind.value == "bind").then_some(mount.source.as_ref()).flatten();
                if let Some(source) = named(mount).or(folder)
                    && !mount.read_only
                {
                    let writers = users.writers.entry(source.value.clone()).or_default();
                    if !writers.contains(&name.value) {
                        writers.push(name.value.clone());
                    }
                } else if let Some(source) = named(mount) {
                    let readers = users.readers.entry(source.value.clone()).or_default();
                    readers.push(name.value.clone());
                }
            }
        }
        users
    }

    /// The only writer of a volume.
    pub(crate) fn only_writer(&self, volume: &str) -> Option<&str> {
        match self.writers.get(volume).map(Vec::as_slice) {
            Some([writer]) => Some(writer),
            _ => None,
        }
    }
}

/// The volume that a mount names.
pub(crate) fn named(mount: &Mount) -> Option<&Text> {
    (mount.kind.value == "volume").then_some(mount.source.as_ref()).flatten()
}

/// Whether a service is the only writer of a named volume.
pub(crate) fn owns_volume(name: &str, service: &Service, users: &Users) -> bool {
    service
        .volumes
        .iter()
        .filter_map(named)
        .any(|source| users.only_writer(&source.value) == Some(name))
}

/// Everything that mounts of a service need, found so far.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    /// Mounts of the container.
    pub(crate) mounts: Vec<MountPoint>,
    /// Claims of the StatefulSet.
    pub(crate) templates: Vec<Claim>,
    /// Claims of their own.
    pub(crate) claims: Vec<Claim>,
    /// ConfigMaps with files.
    pub(crate) file_sets: Vec<FileSet>,
    /// Secrets with files.
    pub(crate) secrets: Vec<SecretSet>,
    /// Volumes that other images fill.
    pub(crate) copies: Vec<Populate>,
}

/// Where data is kept in Compose.
struct Place<'a> {
    /// Its key among the [`Users`].
    key: &'a str,
    /// How it is called.
    shown: &'a str,
    span: Span,
}

impl Storage {
    /// Whether the service writes data that outlives its pods.
    pub(crate) fn writes_claims(&self) -> bool {
        self.mounts.iter().any(|mount| {
            matches!(mount.source, MountSource::Claim(_) | MountSource::Template)
                && !mount.read_only
        })
    }
}

/// What deciding about mounts needs to know.
pub(crate) struct Context<'a> {
    pub(crate) project: &'a Project,
    pub(crate) files: &'a dyn Files,
    pub(crate) users: &'a Users,
    /// Compose name → whether a StatefulSet runs it, and its Kubernetes name.
    pub(crate) stateful: &'a BTreeMap<String, (bool, String)>,
    pub(crate) volumes: &'a BTreeMap<String, StorageSettings>,
    pub(crate) settings: &'a ServiceSettings,
    pub(crate) facts: Option<&'a Facts>,
    pub(crate) name: &'a str,
    /// Whether the project builds its image, for it or for another service.
    pub(crate) built: bool,
    pub(crate) kube_name: &'a str,
    /// The names that the services have in the cluster.
    pub(crate) kube_names: &'a BTreeSet<&'a str>,
    pub(crate) service: &'a Service,
    /// Secrets of the project, which files may hold.
    pub(crate) known: &'a Known,
    /// The reference under which a cluster pulls an image that is mounted.
    pub(crate) pulled: &'a dyn Fn(&Text) -> String,
    /// Minor version of the cluster's Kubernetes 1.
    pub(crate) kube_minor: u32,
}

impl Context<'_> {
    /// The name of a config or secret of the project: no ConfigMap with variables has it.
    fn shared_name(&self, name: &str) -> String {
        let name = names::label(name);
        let mut services = self.kube_names.iter();
        if name.ends_with("-config") && services.any(|own| names::joined(own, "config") == name) {
            return names::joined(&name, "file");
        }
        name
    }

    /// The name of a service's own files: neither variables nor a config or secret have it.
    fn own_name(&self, volume: &str) -> String {
        let name = names::joined(self.kube_name, volume);
        let configs = self.project.configs.iter().map(|(name, _)| name);
        let shared = configs.chain(self.project.secrets.iter().map(|(name, _)| name));
        let mut taken = shared.map(|name| self.shared_name(name.as_str()));
        if name == names::joined(self.kube_name, "config") || taken.any(|other| other == name) {
            return names::joined(&name, "files");
        }
        name
    }
}

/// Decides all mounts of a service.
pub(crate) fn plan(context: &Context, sink: &mut Sink) -> Storage {
    let mut storage = Storage::default();
    for mount in &context.service.volumes {
        match mount.kind.value.as_str() {
            "volume" => context.volume(mount, &mut storage, sink),
            "bind" => context.bind(mount, &mut storage, sink),
            "tmpfs" => {
                let size = mount
                    .tmpfs
                    .as_ref()
                    .and_then(|tmpfs| tmpfs.size.as_ref())
                    .and_then(|size| size.value.parse().ok());
                context.empty(&mount.target.value, true, size, mount.span, &mut storage);
            }
            "image" => context.image(mount, &mut storage, sink),
            kind => sink.push(
                Diagnostic::new(
                    Code::LeftOut,
                    format!("mount of type `{kind}` at `{}` was left out", mount.target.value),
                )
                .at(mount.span)
                .help("put the content into the image, or into a named volume"),
            ),
        }
    }
    for text in &context.service.tmpfs {
        let (path, options) = text.value.split_once(':').unwrap_or((&text.value, ""));
        let size =
            options.split(',').find_map(|option| option.strip_prefix("size=")).and_then(size_of);
        context.empty(path, true, size, text.span(), &mut storage);
    }
    if let Some(size) = &context.service.shm_size
        && let Ok(bytes) = size.value.parse()
    {
        context.empty("/dev/shm", true, Some(bytes), size.span(), &mut storage);
    }
    known::database_without_volume(context, &mut storage, sink);
    refs::configs_and_secrets(context, &mut storage, sink);
    storage
}

/// A size with a unit of tmpfs options: `64m`.
fn size_of(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: i64 = text.get(..digits)?.parse().ok()?;
    let shift = match text.get(digits..)?.to_ascii_lowercase().chars().next() {
        None | Some('b') => 0,
        Some('k') => 10,
        Some('m') => 20,
        Some('g') => 30,
        _ => return None,
    };
    number.checked_mul(1 << shift)
}

/// Reports settings of bind mounts at targets where nothing is mounted.
pub(crate) fn report_targets(drafts: &[Draft], sink: &mut Sink) {
    let targets: BTreeSet<&str> = drafts
        .iter()
        .flat_map(|draft| &draft.service.volumes)
        .filter(|mount| mount.kind.value == "bind")
        .map(|mount| mount.target.value.trim_end_matches('/'))
        .collect();
    let mut said = BTreeSet::new();
    for (target, word) in drafts.iter().flat_map(|draft| &draft.settings.binds_at) {
        if !targets.contains(target.as_str()) && said.insert(target) {
            let message = format!("`binds` says something of `{target}`, where nothing is mounted");
            let found = Diagnostic::new(Code::SettingForUnknown, message).at(word.span());
            let near = did_you_mean(target, targets.iter().copied());
            sink.push(found.severity(Severity::Warning).suggest(near));
        }
    }
}

impl Context<'_> {
    /// Whether a StatefulSet runs this service.
    pub(crate) fn is_stateful(&self) -> bool {
        self.stateful.get(self.name).is_some_and(|(stateful, _)| *stateful)
    }

    fn volume(&self, mount: &Mount, storage: &mut Storage, sink: &mut Sink) {
        let Some(source) = named(mount) else {
            self.anonymous(mount, storage, sink);
            return;
        };
        let volume = names::label(&source.value);
        let top = self.project.volumes.get(&source.value);
        let said = self.volumes.get(&source.value).cloned().unwrap_or_default();
        let origin = Origin::Input(mount.span);
        let sub_path =
            said.sub_path.as_ref().map(|said| said.value.clone()).or_else(|| self.sub_path(mount));
        let external = top.filter(|top| top.external).and_then(|top| top.name.as_ref());
        let existing = said
            .existing_claim
            .as_ref()
            .map(|said| said.value.clone())
            .or_else(|| external.map(|name| names::label(&name.value)));
        if let Some(claim) = existing.as_ref().filter(|_| said.existing_claim.is_none()) {
            let message = format!(
                "volume `{}` is external: the claim `{claim}` must exist in the namespace",
                source.value
            );
            sink.push(
                Diagnostic::new(Code::MustExist, message)
                    .at(mount.span)
                    .help("or remove `external`, so that a claim is made"),
            );
        }
        let source = if let Some(claim) = existing {
            MountSource::Claim(claim)
        } else if is_true(said.empty_dir.as_ref()) {
            MountSource::Empty { memory: false, size: None }
        } else if let Some(nfs) = top.and_then(nfs) {
            nfs
        } else {
            let place = Place { key: &source.value, shown: &source.value, span: source.span() };
            self.claim(&place, &volume, &said, storage, sink)
        };
        storage.mounts.push(MountPoint {
            volume,
            path: mount.target.value.clone(),
            sub_path,
            read_only: mount.read_only,
            source,
            origin,
        });
    }

    /// The claim behind a volume: a template with its only writer, else one of its own.
    fn claim(
        &self,
        place: &Place,
        volume: &str,
        said: &StorageSettings,
        storage: &mut Storage,
        sink: &mut Sink,
    ) -> MountSource {
        let writer = self
            .users
            .only_writer(place.key)
            .and_then(|writer| Some((writer, self.stateful.get(writer)?)));
        match writer {
            Some((writer, (true, _))) if writer == self.name => {
                self.template(volume, said, place.span, storage);
                MountSource::Template
            }
            Some((_, (true, writer))) => MountSource::Claim(format!("{volume}-{writer}-0")),
            _ => {
                let writers = self.users.writers.get(place.key).map_or(&[][..], Vec::as_slice);
                let shared =
                    said.access_mode.as_ref().is_some_and(|said| said.value == "ReadWriteMany");
                let first = writers.first().is_some_and(|first| first == self.name);
                if first && writers.len() > 1 && !shared {
                    sink.push(
                        Diagnostic::new(
                            Code::SharedVolume,
                            format!("{} services write volume `{}`", writers.len(), place.shown),
                        )
                        .at(place.span)
                        .help(format!("set `volumes: {{{volume}: {{accessMode: ReadWriteMany, class: …}}}}` where the cluster has such storage")),
                    );
                }
                storage.claims.push(self.make_claim(volume, said, place.span, None));
                MountSource::Claim(volume.to_owned())
            }
        }
    }

    pub(crate) fn template(
        &self,
        volume: &str,
        said: &StorageSettings,
        span: Span,
        storage: &mut Storage,
    ) {
        if !storage.templates.iter().any(|claim| claim.name == volume) {
            storage.templates.push(self.make_claim(volume, said, span, Some(self.kube_name)));
        }
    }

    fn make_claim(
        &self,
        name: &str,
        said: &StorageSettings,
        span: Span,
        service: Option<&str>,
    ) -> Claim {
        let own = &self.settings.storage;
        let pick = |volume: &Option<Said<String>>, service: &Option<Said<String>>| {
            volume.as_ref().or(service.as_ref()).map(|said| said.value.clone())
        };
        let known =
            self.facts.and_then(|facts| facts.data.iter().find_map(|data| data.size.clone()));
        let strong = pick(&said.size, &own.size.clone().filter(|said| !said.weak));
        let weak = own.size.as_ref().map(|said| said.value.clone());
        Claim {
            name: name.to_owned(),
            service: service.map(str::to_owned),
            size: strong.or(known).or(weak).unwrap_or_else(|| "1Gi".to_owned()),
            class: pick(&said.class, &own.class),
            access_mode: pick(&said.access_mode, &own.access_mode)
                .unwrap_or_else(|| "ReadWriteOnce".to_owned()),
            origin: Origin::Input(span),
        }
    }

    /// A volume without a name is gone with its container, unless it is where a store keeps data.
    fn anonymous(&self, mount: &Mount, storage: &mut Storage, sink: &mut Sink) {
        let target = &mount.target.value;
        if self.keeps_data_at(target) && self.is_stateful() {
            let volume = unique(storage, "data");
            self.template(&volume, &StorageSettings::default(), mount.span, storage);
            let sub_path = self.sub_path(mount);
            storage.mounts.push(MountPoint {
                volume,
                path: target.clone(),
                sub_path,
                read_only: false,
                source: MountSource::Template,
                origin: Origin::Input(mount.span),
            });
        } else if self.built && target.ends_with("/node_modules") {
            let message = format!(
                "the volume at `{target}` only shields the image's folder from a development mount"
            );
            sink.push(Diagnostic::new(Code::DevelopmentMount, message).at(mount.span));
        } else {
            self.empty(target, false, None, mount.span, storage);
        }
    }

    pub(crate) fn empty(
        &self,
        path: &str,
        memory: bool,
        size: Option<i64>,
        span: Span,
        storage: &mut Storage,
    ) {
        let path = path.trim_end_matches('/');
        if storage.mounts.iter().any(|mount| mount.path == path) {
            return;
        }
        let volume = unique(storage, &names::label(path.trim_start_matches('/')));
        storage.mounts.push(MountPoint {
            volume,
            path: path.to_owned(),
            sub_path: None,
            read_only: false,
            source: MountSource::Empty { memory, size },
            origin: Origin::Input(span),
        });
    }

    /// Whether the catalogue's image keeps its data at, above or below a path.
    pub(crate) fn keeps_data_at(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.facts.is_some_and(|facts| {
            facts.persistent
                && facts.data.iter().any(|data| {
                    data.path == path
                        || data.path.starts_with(&format!("{path}/"))
                        || path.starts_with(&format!("{}/", data.path))
                })
        })
    }

    /// Stores that refuse a folder with `lost+found` in it get one below the volume.
    fn sub_path(&self, mount: &Mount) -> Option<String> {
        let written = mount.volume.as_ref().and_then(|volume| volume.subpath.as_ref());
        written.map(|text| text.value.clone()).or_else(|| self.sub_path_at(&mount.target.value))
    }

    pub(crate) fn sub_path_at(&self, path: &str) -> Option<String> {
        let path = path.trim_end_matches('/');
        let strict = self.facts?.data.iter().any(|data| data.path == path && data.must_be_empty);
        strict.then(|| "data".to_owned())
    }
}

fn is_true(said: Option<&Said<bool>>) -> bool {
    said.is_some_and(|said| said.value)
}

/// An NFS volume of the local driver.
fn nfs(volume: &crate::compose::TopVolume) -> Option<MountSource> {
    let options = &volume.driver_opts;
    let kind = options.get("type")?;
    if !kind.value.starts_with("nfs") {
        return None;
    }
    let device = options.get("device")?.value.trim_start_matches(':').to_owned();
    let server = options
        .get("o")?
        .value
        .split(',')
        .find_map(|option| option.strip_prefix("addr="))?
        .to_owned();
    Some(MountSource::Nfs { server, path: device })
}

/// A volume name that no mount of the pod has yet.
pub(crate) fn unique(storage: &Storage, name: &str) -> String {
    let name = if name.len() > 55 {
        name.get(name.len() - 55..).unwrap_or(name).trim_matches('-')
    } else {
        name
    };
    let taken = |name: &str| storage.mounts.iter().any(|mount| mount.volume == name);
    if !taken(name) {
        return name.to_owned();
    }
    let mut number = 2;
    while taken(&format!("{name}-{number}")) {
        number += 1;
    }
    format!("{name}-{number}")
}
