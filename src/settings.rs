//! The settings vocabulary, its places and environments, resolved to one set a service.
//!
//! Settings come from the `defaults` of environments (weaker than Compose's own attributes), from
//! labels, `x-c2k`, environment files and flags (stronger); [`Resolver`] says which one won.

mod types;

pub use types::{
    Binds, Cron, Disruption, EnvValue, External, ExternalMode, HelperImages, ImageSetting, Images,
    NetworkSetting, PolicyMode, Probe, ProbeAction, ProbeSettings, Probes, ProjectSettings, Public,
    PublicTls, PublicType, Quantities, ResourceSettings, Rollout, Said, SecretModeSetting,
    ServiceSettings, ServiceType, Spread, StorageSettings, Unpinned, Wait, WaitFor, WorkloadKind,
};
