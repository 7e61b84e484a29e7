//! Bind mounts: configuration of the project, data of stores, development.

use super::{Context, Place, Storage, unique};
use crate::{
    compose::Mount,
    plan::{
        ConfigFile, DataSource, FileSet, MountPoint, MountSource, SecretEntry, SecretSet,
        files::{self, Content, Found},
        names,
    },
    settings::{Binds, StorageSettings},
    text::{Code, Diagnostic, Origin, Sink},
};

impl Context<'_> {
    pub(super) fn bind(&self, mount: &Mount, storage: &mut Storage, sink: &mut Sink) {
        let Some(source) = &mount.source else { return };
        let target = mount.target.value.trim_end_matches('/');
        let folder = self.project.folder.trim_end_matches('/');
        let at = self.settings.binds_at.get(target);
        let binds = at.or(self.settings.binds.as_ref()).map_or(Binds::Config, |said| said.value);
        let relative = source
            .value
            .strip_prefix(folder)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let shown = relative.map_or_else(|| source.value.clone(), |rest| format!(".{rest}"));
        if binds == Binds::Skip {
            return;
        }
        if binds == Binds::HostPath && relative.is_none() {
            let volume = unique(storage, &names::label(target.trim_start_matches('/')));
            storage.mounts.push(MountPoint {
                volume,
                path: target.to_owned(),
                sub_path: None,
                read_only: mount.read_only,
                source: MountSource::HostPath(source.value.clone()),
                origin: Origin::Input(mount.span),
            });
            return;
        }
        if self.keeps_data_at(target)
            && self.is_stateful()
            && files::read(self.files, &source.value).is_data()
        {
            let volume = unique(storage, "data");
            self.template(&volume, &StorageSettings::default(), mount.span, storage);
            let sub_path = self.sub_path_at(target);
            storage.mounts.push(MountPoint {
                volume,
                path: target.to_owned(),
                sub_path,
                read_only: mount.read_only,
                source: MountSource::Template,
                origin: Origin::Input(mount.span),
            });
            return;
        }
        if source.value.ends_with("/docker.sock") {
            let message = format!(
                "`{}` has no Docker socket in a cluster; the mount at `{target}` was left out",
                self.name
            );
            sink.push(
                Diagnostic::new(Code::HostPath, message).at(mount.span).help(
                    "what it does with containers does not work there; the rest is converted",
                ),
            );
            return;
        }
        let Some(relative) = relative else {
            if let Some(folder) = data_folder(&source.value).filter(|_| self.fills(mount)) {
                let message = format!(
                    "`{shown}` of the machine is not there on a cluster's nodes, so `{target}` is an empty claim that `{}` fills",
                    self.name
                );
                let empty = Diagnostic::new(Code::Approximated, message).at(mount.span);
                sink.push(empty.help("copy into the claim what the folder has; use a named volume to choose its name and size"));
                self.empty_claim(mount, &shown, folder, storage, sink);
                return;
            }
            sink.push(
                Diagnostic::new(Code::HostPath, format!("`{shown}` of the machine is not there on a cluster's nodes; the mount at `{target}` was left out"))
                    .at(mount.span)
                    .help("use a named volume or a config; for a daemon that needs the node, `binds: hostpath`"),
            );
            return;
        };
        if relative.is_empty() || (self.built && is_code(relative, target)) {
            sink.push(
                Diagnostic::new(
                    Code::DevelopmentMount,
                    format!(
                        "`{shown}` mounted at `{target}` is development; the image has the code"
                    ),
                )
                .at(mount.span),
            );
            return;
        }
        let origin = Origin::Input(mount.span);
        match files::read(self.files, &source.value) {
            Found::File(content) => {
                self.files_mount(target, &shown, vec![(String::new(), content)], origin, storage);
            }
            Found::Folder(found) => self.files_mount(target, &shown, found, origin, storage),
            Found::Special => sink.push(
                Diagnostic::new(
                    Code::HostPath,
                    format!(
                        "`{shown}` is a socket or device; the mount at `{target}` was left out"
                    ),
                )
                .at(mount.span),
            ),
            Found::TooLarge => sink.push(
                Diagnostic::new(
                    Code::BindTooLarge,
                    format!(
                        "`{shown}` is larger than a ConfigMap; the mount at `{target}` was left out"
                    ),
                )
                .at(mount.span)
                .help("copy it into the image, or into a volume"),
            ),
            Found::Missing | Found::Empty => self.missing(mount, &shown, target, storage, sink),
        }
    }

    /// A source that is not there: Compose makes an empty folder, which a service fills.
    fn missing(
        &self,
        mount: &Mount,
        shown: &str,
        target: &str,
        storage: &mut Storage,
        sink: &mut Sink,
    ) {
        if !self.fills(mount) {
            sink.push(
                Diagnostic::new(
                    Code::BindUnreadable,
                    format!("`{shown}` does not exist; the mount at `{target}` was left out"),
                )
                .at(mount.span)
                .help("add the file to the project, or remove the mount"),
            );
            return;
        }
        self.empty_claim(mount, shown, shown.trim_start_matches("./"), storage, sink);
        sink.push(
            Diagnostic::new(
                Code::Approximated,
                format!(
                    "`{shown}` does not exist, so `{target}` is an empty claim that `{}` fills",
                    self.name
                ),
            )
            .at(mount.span)
            .help("use a named volume to choose its name and size"),
        );
    }

    /// Whether what is mounted is a folder that some service fills, by its name and its users.
    fn fills(&self, mount: &Mount) -> bool {
        mount.source.as_ref().is_some_and(|source| {
            let name = source.value.rsplit('/').next().unwrap_or_default();
            let file = name.trim_start_matches('.').contains('.');
            !file && self.users.writers.contains_key(&source.value)
        })
    }

    /// Mounts a claim in the place of a folder.
    fn empty_claim(
        &self,
        mount: &Mount,
        shown: &str,
        folder: &str,
        storage: &mut Storage,
        sink: &mut Sink,
    ) {
        let Some(text) = &mount.source else { return };
        let volume = self.folder_volume(folder, &text.value);
        let place = Place { key: &text.value, shown, span: mount.span };
        let source = if self.is_stateful() && self.users.only_writer(place.key) == Some(self.name) {
            self.template(&volume, &StorageSettings::default(), mount.span, storage);
            MountSource::Template
        } else {
            self.claim(&place, &volume, &StorageSettings::default(), storage, sink)
        };
        storage.mounts.push(MountPoint {
            volume,
            path: mount.target.value.trim_end_matches('/').to_owned(),
            sub_path: None,
            read_only: false,
            source,
            origin: Origin::Input(mount.span),
        });
    }

    /// The volume of a folder that only Docker would make.
    fn folder_volume(&self, folder: &str, source: &str) -> String {
        let mut label = names::label(folder);
        let project = self.project.folder.trim_end_matches('/');
        let named = |path: &str| match path.strip_prefix(project) {
            Some(below) if below.starts_with('/') => {
                Some(names::label(below.trim_start_matches('/')))
            }
            _ => data_folder(path).map(names::label),
        };
        let others = self.users.writers.keys().filter(|other| *other != source);
        if !source.starts_with(project)
            && others.filter_map(|path| named(path)).any(|own| own == label)
        {
            // Two folders are two claims, even if that tells whose home it is.
            label = names::label(source.trim_start_matches('/'));
        }
        let taken = self.project.volumes.iter().any(|(name, _)| names::label(&name.value) == label);
        if taken { names::joined(&label, "folder") } else { label }
    }

    /// Files of the project as a ConfigMap, or a Secret where they hold secrets.
    fn files_mount(
        &self,
        target: &str,
        shown: &str,
        found: Vec<(String, Content)>,
        origin: Origin,
        storage: &mut Storage,
    ) {
        let single = found.first().is_some_and(|(path, _)| path.is_empty());
        let secret = found.iter().any(|(path, content)| {
            files::is_secret(if single { shown } else { path }, &content.bytes, self.known)
        });
        let executable = found.iter().any(|(_, content)| content.executable);
        let volume = unique(
            storage,
            &names::label(shown.trim_start_matches("./").rsplit('/').next().unwrap_or(shown)),
        );
        let name = self.own_name(&volume);
        let mut items = Vec::new();
        let mut entries = Vec::new();
        for (path, content) in found {
            let path =
                if single { shown.rsplit('/').next().unwrap_or(shown).to_owned() } else { path };
            let mut key = names::key(&path);
            while items.iter().any(|(other, _)| *other == key) {
                key.push('_');
            }
            items.push((key.clone(), path));
            entries.push((key, content.bytes));
        }
        let sub_path = single.then(|| items.first().map(|(_, path)| path.clone())).flatten();
        // All keys under their own names need no list of items.
        let plain = items.iter().all(|(key, path)| key == path);
        let data = DataSource {
            name: name.clone(),
            items: if plain { Vec::new() } else { items },
            mode: executable.then_some(0o755),
        };
        let source = if secret {
            let entries = entries
                .into_iter()
                .map(|(key, value)| SecretEntry { key, value, origin: origin.clone() })
                .collect();
            storage.secrets.push(SecretSet {
                name,
                service: Some(self.kube_name.to_owned()),
                entries,
            });
            MountSource::Secret(data)
        } else {
            let files = entries
                .into_iter()
                .map(|(key, content)| ConfigFile { key, content, origin: origin.clone() })
                .collect();
            storage.file_sets.push(FileSet {
                name,
                service: Some(self.kube_name.to_owned()),
                files,
            });
            MountSource::Config(data)
        };
        storage.mounts.push(MountPoint {
            volume,
            path: target.to_owned(),
            sub_path,
            read_only: true,
            source,
            origin,
        });
    }
}

/// What to call a folder of the machine in which people keep data; none where the system keeps its own.
///
/// Whose home it is does not matter: the name is the same on every machine.
fn data_folder(path: &str) -> Option<&str> {
    if let Some(rest) = ["/home/", "/Users/"].iter().find_map(|home| path.strip_prefix(home)) {
        return rest.split_once('/').map(|(_, below)| below).filter(|below| !below.is_empty());
    }
    if let Some(below) = path.strip_prefix("/root/") {
        return Some(below).filter(|below| !below.is_empty());
    }
    let path = path.strip_prefix('/')?;
    let (top, below) = path.split_once('/')?;
    let kept = ["srv", "mnt", "media", "opt", "data", "storage", "volumes", "volume1"];
    (kept.contains(&top) && !below.is_empty()).then_some(path)
}

impl Found {
    /// Whether this is where a process keeps data, not configuration.
    fn is_data(&self) -> bool {
        !matches!(self, Self::File(_))
    }
}

/// Whether a mount of project files covers the code of an image that the project builds.
fn is_code(relative: &str, target: &str) -> bool {
    const CODE: &[&str] = &[
        "/app",
        "/code",
        "/src",
        "/usr/src",
        "/workspace",
        "/srv",
        "/var/www",
        "/opt/app",
        "/home",
    ];
    let file = relative.rsplit('/').next().is_some_and(|name| name.contains('.'));
    !file && CODE.iter().any(|root| target == *root || target.starts_with(&format!("{root}/")))
}
