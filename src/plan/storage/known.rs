//! Data of databases that mount nothing.

use super::{Context, Storage};
use crate::{
    plan::{MountPoint, MountSource},
    settings::StorageSettings,
    text::{Code, Diagnostic, Origin, Sink},
};

/// A database without any data mount gets a claim where its image keeps data (operation rule 11).
pub(super) fn database_without_volume(context: &Context, storage: &mut Storage, sink: &mut Sink) {
    let Some(facts) = context.facts.filter(|facts| facts.persistent && context.is_stateful())
    else {
        return;
    };
    let mounted = storage.mounts.iter().any(|mount| {
        context.keeps_data_at(&mount.path)
            && !matches!(mount.source, MountSource::Config(_) | MountSource::Secret(_))
    });
    let Some(data) = facts.data.first().filter(|_| !mounted) else { return };
    let span = context.service.span;
    let volume = super::unique(storage, "data");
    context.template(&volume, &StorageSettings::default(), span, storage);
    storage.mounts.push(MountPoint {
        volume,
        path: data.path.clone(),
        sub_path: context.sub_path_at(&data.path),
        read_only: false,
        source: MountSource::Template,
        origin: Origin::Catalog(facts.entry.clone()),
    });
    sink.push(
        Diagnostic::new(
            Code::DatabaseWithoutVolume,
            format!(
                "`{}` keeps data but mounts no volume; it gets a claim at `{}`",
                context.name, data.path
            ),
        )
        .at(span),
    );
}
