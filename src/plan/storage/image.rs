//! Content of images, mounted.

use super::{Context, Storage, unique};
use crate::{
    compose::Mount,
    plan::{MountPoint, MountSource, Populate, image, names},
    text::{Code, Diagnostic, Origin, Sink},
};

/// The minor version of Kubernetes from which clusters mount images.
const MOUNTS_IMAGES: u32 = 35;

impl Context<'_> {
    /// Mounts an image, or a copy of its content in a cluster that cannot.
    pub(super) fn image(&self, mount: &Mount, storage: &mut Storage, sink: &mut Sink) {
        let target = mount.target.value.trim_end_matches('/');
        let Some(source) = &mount.source else {
            let message = format!("a mount of `{}` at `{target}` names no image", self.name);
            let wrong = Diagnostic::new(Code::LeftOut, message).at(mount.span);
            sink.push(wrong.help("name it with `source`"));
            return;
        };
        let reference = (self.pulled)(source);
        image::unpinned(&reference, source.span(), self.settings.unpinned_images.as_ref(), sink);
        let said = mount.image.as_ref().and_then(|options| options.subpath.as_ref());
        let parts = said.map_or("", |text| text.as_str()).split('/');
        let parts: Vec<&str> = parts.filter(|part| !matches!(*part, "" | ".")).collect();
        if let Some(text) = said.filter(|_| parts.contains(&"..")) {
            let message = format!("the image at `{target}` of `{}` was left out", self.name);
            let wrong = Diagnostic::new(Code::LeftOut, message).at(text.span());
            sink.push(wrong.help("a cluster takes no `..` in the path of a mount"));
            return;
        }
        let volume = unique(storage, &names::label(target.trim_start_matches('/')));
        let origin = Origin::Input(mount.span);
        let (source, sub_path) = if self.kube_minor >= MOUNTS_IMAGES {
            (MountSource::Image(reference), (!parts.is_empty()).then(|| parts.join("/")))
        } else {
            let message = format!(
                "what `{reference}` has is copied to `{target}` of `{}` whenever a pod starts",
                self.name
            );
            let copied = Diagnostic::new(Code::Approximated, message).at(mount.span);
            sink.push(copied.help(
                "the image needs a shell and `cp`; from Kubernetes 1.35 on it is mounted as it is: `kubeVersion: 1.35`",
            ));
            let from = parts.iter().flat_map(|part| ["/", part]).collect();
            storage.copies.push(Populate {
                volume: volume.clone(),
                image: Some(reference),
                path: from,
                sub_path: None,
                origin: origin.clone(),
            });
            // What is copied keeps its name, so that a file is mounted as a file.
            let last = parts.last().map(|last| (*last).to_owned());
            (MountSource::Empty { memory: false, size: None }, last)
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
