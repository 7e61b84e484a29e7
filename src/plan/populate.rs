//! Volumes that start with the content of an image.

use super::{
    Draft, MountPoint, MountSource, Populate, names,
    storage::{Users, named},
};
use crate::{
    compose::{Mount, Project, Service, Text},
    settings::ProjectSettings,
    text::{Code, Diagnostic, Origin, Sink},
};

/// What the image of a service fills: volumes whose setting names the service, and those that
/// services of other images only read.
pub(crate) fn plan(
    draft: &Draft,
    (project, users): (&Project, &Users),
    mounts: &[MountPoint],
    said: &ProjectSettings,
    sink: &mut Sink,
) -> Vec<Populate> {
    let mut populates = asked(draft, mounts, said);
    for (mount, volume, reader) in read_by_others(draft, project, users) {
        if said.volumes.get(&volume.value).is_some_and(|said| said.populate.is_some()) {
            continue;
        }
        let Some(populate) = filled(&volume.value, mounts, Origin::Input(mount.span)) else {
            continue;
        };
        let message = format!(
            "what the image of `{}` has at `{}` is copied into the empty volume `{}`, which `{reader}` reads",
            draft.name, populate.path, volume.value
        );
        let said = Diagnostic::new(Code::Approximated, message).at(mount.span);
        sink.push(
            said.help(
                "where the image has nothing there, or no shell, say `volume: {nocopy: true}`",
            ),
        );
        populates.push(populate);
    }
    populates
}

/// The mounts of a service whose volumes a service of another image only reads, and which.
///
/// Volumes that nobody else reads are left alone: most images fill theirs themselves, and an image
/// without a shell could not copy.
fn read_by_others<'a>(
    draft: &'a Draft,
    project: &'a Project,
    users: &'a Users,
) -> impl Iterator<Item = (&'a Mount, &'a Text, &'a str)> {
    let mounts = draft.service.volumes.iter().filter(|mount| is_copied(mount));
    mounts.filter_map(move |mount| {
        let volume = named(mount)?;
        let first = users.writers.get(&volume.value)?.first()?;
        let reader = users.readers.get(&volume.value)?.iter().find(|reader| {
            let other = project.services.get(reader);
            other.is_some_and(|other| !same_image(draft.service, other))
        })?;
        (first == draft.name).then_some((mount, volume, reader.as_str()))
    })
}

/// Whether Docker would copy the image's content at a mount.
fn is_copied(mount: &Mount) -> bool {
    let options = mount.volume.as_ref();
    !mount.read_only && !options.is_some_and(|options| options.nocopy || options.subpath.is_some())
}

fn same_image(one: &Service, other: &Service) -> bool {
    one.image.as_ref().map(Text::as_str) == other.image.as_ref().map(Text::as_str)
        && one.build.as_ref().map(|build| &build.context)
            == other.build.as_ref().map(|build| &build.context)
}

fn asked(draft: &Draft, mounts: &[MountPoint], said: &ProjectSettings) -> Vec<Populate> {
    let asked = said.volumes.iter().filter_map(|(volume, said)| {
        let populate = said.populate.as_ref().filter(|said| said.value == draft.name)?;
        filled(volume, mounts, populate.origin.clone())
    });
    asked.collect()
}

fn filled(volume: &str, mounts: &[MountPoint], origin: Origin) -> Option<Populate> {
    let volume = names::label(volume);
    let mount = mounts.iter().find(|mount| mount.volume == volume)?;
    let kept = matches!(
        mount.source,
        MountSource::Template | MountSource::Claim(_) | MountSource::Empty { .. }
    );
    kept.then(|| Populate {
        volume,
        image: None,
        path: mount.path.trim_end_matches('/').to_owned(),
        sub_path: mount.sub_path.clone(),
        origin,
    })
}

/// Reports volumes that no image can fill, since the service does not mount them.
pub(crate) fn report(drafts: &[Draft], said: &ProjectSettings, sink: &mut Sink) {
    for (volume, said) in &said.volumes {
        let Some(populate) = &said.populate else { continue };
        let service = drafts.iter().find(|draft| draft.name == populate.value);
        let mounted = service.is_some_and(|draft| {
            let sources = draft.service.volumes.iter().filter_map(named);
            sources.into_iter().any(|source| source.value == *volume)
        });
        if !mounted {
            let message = format!("`{}` does not mount the volume `{volume}` here", populate.value);
            let wrong = Diagnostic::new(Code::BadSetting, message).at(populate.span());
            sink.push(wrong.help("name a service that does, and whose image has the content"));
        }
    }
}
