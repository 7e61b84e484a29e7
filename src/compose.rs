//! The typed, canonical Compose project.
//!
//! [`Project`] is decoded from the loader's canonical tree; every attribute of the Compose
//! specification is a field, so that lowering can take it apart exhaustively.

use crate::yaml::{Part, Template};

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
    for (_, secret) in &mut project.secrets.items {
        fill(&mut secret.content, secret.environment.as_ref(), loaded);
    }
    for (_, config) in &mut project.configs.items {
        fill(&mut config.content, config.environment.as_ref(), loaded);
    }
    sink.check()?;
    Ok(project)
}

/// Gives a secret or config the value of the variable that it names.
fn fill(content: &mut Option<Text>, variable: Option<&Text>, loaded: &crate::load::Loaded) {
    let Some(name) = variable.filter(|_| content.is_none()) else { return };
    let Some(found) = loaded.variables.get(&name.value) else { return };
    let part = Part::Variable {
        name: name.value.clone(),
        value: found.value.clone(),
        span: found.span,
        default: false,
    };
    *content = Some(Text {
        value: found.value.clone(),
        span: name.span,
        template: Some(Template { parts: vec![part] }.into()),
    });
}
