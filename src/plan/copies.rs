//! What an image holds where a named volume is mounted: Docker copies it into a fresh volume,
//! Kubernetes does not.

use super::{
    MountPoint,
    storage::{Storage, Users, named},
};
use crate::{
    compose::{Mount, Project, Service},
    text::{Code, Diagnostic, Sink},
};

/// The mounts whose volumes must be given the image's own content, since a service of another image
/// only reads them.
///
/// Volumes that nobody else reads are left alone: most images fill theirs themselves, and an image
/// without a shell could not copy.
pub(crate) fn plan(
    name: &str,
    project: &Project,
    users: &Users,
    storage: &Storage,
    sink: &mut Sink,
) -> Vec<MountPoint> {
    let Some(service) = project.services.get(name) else { return Vec::new() };
    let mut copies = Vec::new();
    for mount in service.volumes.iter().filter(|mount| copied(mount)) {
        let Some(volume) = named(mount) else { continue };
        let first = users.writers.get(&volume.value).and_then(|writers| writers.first());
        let readers = users.readers.get(&volume.value).into_iter().flatten();
        let reader = readers.clone().find(|reader| {
            project.services.get(reader).is_some_and(|other| !same_image(service, other))
        });
        let (Some(reader), true) = (reader, first.is_some_and(|first| first == name)) else {
            continue;
        };
        let target = &mount.target.value;
        let Some(point) = storage.mounts.iter().find(|point| point.path == *target) else {
            continue;
        };
        let message = format!(
            "what the image of `{name}` has at `{target}` is copied into the empty volume `{}`, which `{}` reads",
            volume.value, reader
        );
        let said = Diagnostic::new(Code::Approximated, message).at(mount.span);
        sink.push(
            said.help(
                "where the image has nothing there, or no shell, say `volume: {nocopy: true}`",
            ),
        );
        copies.push(point.clone());
    }
    copies
}

/// Whether Docker would copy the image's content at a mount.
fn copied(mount: &Mount) -> bool {
    let options = mount.volume.as_ref();
    !mount.read_only && !options.is_some_and(|options| options.nocopy || options.subpath.is_some())
}

fn same_image(one: &Service, other: &Service) -> bool {
    one.image.as_ref().map(|image| &image.value) == other.image.as_ref().map(|image| &image.value)
        && one.build.as_ref().map(|build| &build.context)
            == other.build.as_ref().map(|build| &build.context)
}
