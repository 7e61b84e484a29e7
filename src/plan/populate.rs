//! Volumes that start with the content of an image.

use super::{Draft, MountPoint, MountSource, Populate, names};
use crate::{
    settings::ProjectSettings,
    text::{Code, Diagnostic, Sink},
};

/// What the image of a service fills: volumes whose setting names the service.
pub(crate) fn plan(draft: &Draft, mounts: &[MountPoint], said: &ProjectSettings) -> Vec<Populate> {
    let asked = said.volumes.iter().filter_map(|(volume, said)| {
        let populate = said.populate.as_ref().filter(|said| said.value == draft.name)?;
        let volume = names::label(volume);
        let mount = mounts.iter().find(|mount| mount.volume == volume)?;
        let kept = matches!(
            mount.source,
            MountSource::Template | MountSource::Claim(_) | MountSource::Empty { .. }
        );
        kept.then(|| Populate {
            volume,
            path: mount.path.trim_end_matches('/').to_owned(),
            sub_path: mount.sub_path.clone(),
            origin: populate.origin.clone(),
        })
    });
    asked.collect()
}

/// Reports volumes that no image can fill, since the service does not mount them.
pub(crate) fn report(drafts: &[Draft], said: &ProjectSettings, sink: &mut Sink) {
    for (volume, said) in &said.volumes {
        let Some(populate) = &said.populate else { continue };
        let service = drafts.iter().find(|draft| draft.name == populate.value);
        let mounted = service.is_some_and(|draft| {
            let sources = draft.service.volumes.iter().filter_map(super::storage::named);
            sources.into_iter().any(|source| source.value == *volume)
        });
        if !mounted {
            let message = format!("`{}` does not mount the volume `{volume}` here", populate.value);
            let wrong = Diagnostic::new(Code::BadSetting, message).at(populate.span());
            sink.push(wrong.help("name a service that does, and whose image has the content"));
        }
    }
}
