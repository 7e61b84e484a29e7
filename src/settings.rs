//! The settings vocabulary, its places and environments, resolved to one set a service.
//!
//! Settings come from the `defaults` of environments (weaker than Compose's own attributes), from
//! labels, `x-c2k`, environment files and flags (stronger); [`Resolver`] says which one won.

mod types;

pub use types::{
    Cron, Disruption, EnvValue, External, ExternalMode, ImageSetting, Images, NetworkSetting,
    PolicyMode, Probe, ProbeAction, ProbeSettings, Probes, ProjectSettings, Public, PublicTls,
    PublicType, Quantities, ResourceSettings, Rollout, Said, ServiceSettings, ServiceType, Spread,
    StorageSettings, Unpinned, WaitFor, Wait, WorkloadKind, HelperImages, Binds, SecretModeSetting,
};
