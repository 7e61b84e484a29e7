//! The settings vocabulary, its places and environments, resolved to one set a service.
//!
//! Settings come from the `defaults` of environments (weaker than Compose's own attributes), from
//! labels, `x-c2k`, environment files and flags (stronger); [`Resolver`] says which one won.

mod builtin;
mod chain;
mod check;
mod debug;
mod decode;
mod environment;
mod flags;
mod init;
mod kind;
mod labels;
mod merge;
mod raw;
mod resolver;
mod routers;
mod scalar;
mod schema;
mod table;
mod tier;
mod types;

#[cfg(test)]
mod tests;

pub use debug::production_value;
pub use environment::{
    ComposeSide, EnvironmentName, compose_side, environment_name, environment_names,
};
pub use flags::Flags;
pub use init::{SCHEMA_FILE, init_file};
pub use labels::page as labels_page;
pub use resolver::Resolver;
pub use schema::schema;

pub use types::{
    Autoscale, Binds, Cron, Disruption, EnvFrom, EnvValue, External, ExternalMode, Gateway,
    HelperImages, ImageSetting, Images, NetworkSetting, PolicyMode, Probe, ProbeAction,
    ProbeSettings, Probes, ProjectSettings, Public, PublicTls, PublicType, Quantities,
    ResourceSettings, Rollout, Said, SecretMode, SecretModeSetting, SecurityLevel, ServiceAccount,
    ServicePortSetting, ServiceSettings, ServiceType, Spread, StorageSettings, Unpinned, Wait,
    WaitFor, WorkloadKind,
};
