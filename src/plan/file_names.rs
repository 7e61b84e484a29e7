//! Names of ConfigMaps with files that would be those of ConfigMaps with variables.

use std::collections::BTreeSet;

use super::{App, DataSource, FileSet, MountPoint, MountSource, ServicePlan, names};

/// Gives files another ConfigMap where a service's variables have the name, and says so to those
/// who mount them.
pub(crate) fn settle(app: &mut App) {
    let taken: BTreeSet<String> = app
        .services
        .iter()
        .filter(|service| service.workload.as_ref().is_some_and(|own| !own.config.is_empty()))
        .map(|service| names::joined(&service.name, "config"))
        .collect();
    let rename = |set: &mut FileSet| {
        if taken.contains(&set.name) {
            set.name = files_of(&set.name);
        }
    };
    app.file_sets.iter_mut().for_each(rename);
    for workload in
        app.services.iter_mut().filter_map(|service: &mut ServicePlan| service.workload.as_mut())
    {
        workload.file_sets.iter_mut().for_each(rename);
        for MountPoint { source, .. } in &mut workload.mounts {
            if let MountSource::Config(DataSource { name, .. }) = source
                && taken.contains(name)
            {
                *name = files_of(name);
            }
        }
    }
}

fn files_of(name: &str) -> String {
    names::joined(name, "files")
}
