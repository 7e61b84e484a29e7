//! What the options of the local driver make of a volume: memory, or a folder of the project.

use super::{named, size_of};
use crate::{
    compose::{Decode, Mount, Project, Text, TmpfsOptions, TopVolume},
    load::Files,
    settings::ProjectSettings,
};

/// What a volume really is.
enum Really {
    Memory(Option<Text>),
    Folder(Text),
}

/// The project with mounts of memory and of folders in the place of volumes that are no more than
/// that; none if there are none. What settings say of a volume leaves it as it is.
pub(crate) fn with_driver_mounts(
    project: &Project,
    said: &ProjectSettings,
    files: &dyn Files,
) -> Option<Project> {
    let open = project.volumes.iter().filter(|(name, volume)| {
        !volume.external && !said.volumes.contains_key(&name.value) && is_local(volume)
    });
    let found: Vec<(String, Really)> = open
        .filter_map(|(name, volume)| {
            let really = memory(volume).filter(|_| users(project, &name.value) == 1);
            let really = really.or_else(|| folder(volume, &project.folder, files));
            Some((name.value.clone(), really?))
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let mut changed = project.clone();
    let mounts = changed.services.items.iter_mut().flat_map(|(_, service)| &mut service.volumes);
    for mount in mounts {
        let name = named(mount).map(|name| name.value.clone());
        if let Some((_, really)) = found.iter().find(|(known, _)| Some(known) == name.as_ref()) {
            really.mount(mount);
        }
    }
    changed.volumes.items.retain(|(name, _)| found.iter().all(|(known, _)| *known != name.value));
    Some(changed)
}

impl Really {
    fn mount(&self, mount: &mut Mount) {
        match self {
            Self::Memory(size) => {
                "tmpfs".clone_into(&mut mount.kind.value);
                mount.source = None;
                mount.tmpfs = Some(TmpfsOptions { size: size.clone(), ..TmpfsOptions::absent() });
            }
            Self::Folder(device) => {
                "bind".clone_into(&mut mount.kind.value);
                mount.source = Some(device.clone());
            }
        }
    }
}

fn is_local(volume: &TopVolume) -> bool {
    volume.driver.as_ref().is_none_or(|driver| driver.value == "local")
}

/// How many services mount a volume; memory that several share is no pod's own.
fn users(project: &Project, volume: &str) -> usize {
    let uses = |mount: &Mount| named(mount).is_some_and(|name| name.value == volume);
    project.services.iter().filter(|(_, service)| service.volumes.iter().any(uses)).count()
}

/// `type: tmpfs`, with the size in bytes where the options say one.
fn memory(volume: &TopVolume) -> Option<Really> {
    volume.driver_opts.get("type").filter(|kind| kind.value == "tmpfs")?;
    let options = volume.driver_opts.get("o");
    let size = options.and_then(|options| {
        let size = options.value.split(',').find_map(|option| option.strip_prefix("size="))?;
        Some(Text { value: size_of(size)?.to_string(), ..options.clone() })
    });
    Some(Really::Memory(size))
}

/// `o: bind` of a folder that the project has; any other is where the machine keeps data.
fn folder(volume: &TopVolume, project: &str, files: &dyn Files) -> Option<Really> {
    let mut options = volume.driver_opts.get("o")?.value.split(',');
    options.find(|option| matches!(*option, "bind" | "rbind"))?;
    // The loader made it absolute, where the engine would take it at all.
    let device = volume.driver_opts.get("device")?;
    let below = device.value.strip_prefix(project.trim_end_matches('/'))?;
    files.stat(&device.value).filter(|_| below.starts_with('/'))?;
    Some(Really::Folder(device.clone()))
}
