//! The typed, canonical Compose project.
//!
//! [`Project`] is decoded from the loader's canonical tree; every attribute of the Compose
//! specification is a field, so that lowering can take it apart exhaustively.

mod config;
#[cfg(test)]
mod conformance;
mod decode;
mod deploy;
mod project;
mod service;
mod volume;

pub use config::{config, config_as_written};
pub use decode::{Decode, Decoder, Entries, Item, Options, Text};
pub use deploy::{
    Deploy, DeviceRequest, DiscreteResource, Endpoint, GenericResource, Limits, Placement,
    Preference, Reservations, Resources, RestartPolicy, UpdateConfig,
};
pub use project::{
    Build, Config, External, Ipam, IpamPool, Model, Network, Project, Secret, TopVolume,
};
pub use service::{
    BlkioConfig, BlkioLimit, BlkioWeight, ConfigRef, CredentialSpec, Dependency, Develop, Device,
    EnvFile, Gpu, Healthcheck, Hook, Logging, ModelRef, NetworkRef, Port, Provider, SecretRef,
    Service, Watch,
};
pub use volume::{
    BindOptions, ClusterOptions, ImageOptions, Mount, MountType, TmpfsOptions, VolumeOptions,
};

/// Decodes the loader's canonical tree; every finding goes to the sink.
pub fn decode(
    loaded: &crate::load::Loaded,
    sink: &mut crate::text::Sink,
) -> Result<Project, crate::text::Failed> {
    let mut decoder = Decoder::new(sink);
    let mut project = Project::decode(&loaded.tree, &mut decoder);
    project.name.clone_from(&loaded.name);
    project.folder.clone_from(&loaded.project_dir);
    sink.check()?;
    Ok(project)
}
