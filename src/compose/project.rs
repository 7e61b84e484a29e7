//! The project and its top-level resources.

use super::{Entries, Options, Service, Text, decode::model};

model! {
    /// A Compose project.
    Project {
        /// The project's name.
        name: String = "name",
        /// Obsolete.
        version: Option<Text> = "version",
        /// The services.
        services: Entries<Service> = "services",
        /// The networks.
        networks: Entries<Network> = "networks",
        /// The volumes.
        volumes: Entries<TopVolume> = "volumes",
        /// The secrets.
        secrets: Entries<Secret> = "secrets",
        /// The configs.
        configs: Entries<Config> = "configs",
        /// The AI models.
        models: Entries<Model> = "models",
        /// The jobs, which nothing is made of.
        jobs: crate::yaml::Node = "jobs",
        /// Absolute path of the project folder; set by the loader.
        folder: String = "x-c2k-folder",
    }
}

impl super::Decode for String {
    fn decode(node: &crate::yaml::Node, decoder: &mut super::Decoder) -> Self {
        Text::decode(node, decoder).value
    }

    fn absent() -> Self {
        Self::new()
    }
}

/// Whether a resource exists already outside of the project.
pub type External = bool;

model! {
    /// A network.
    Network {
        /// Its name outside of the project.
        name: Option<Text> = "name",
        /// The driver.
        driver: Option<Text> = "driver",
        /// Options of the driver.
        driver_opts: Options = "driver_opts",
        /// Address management.
        ipam: Option<Ipam> = "ipam",
        /// Exists already.
        external: External = "external",
        /// No way out.
        internal: bool = "internal",
        /// Containers outside of the project may join.
        attachable: bool = "attachable",
        /// IPv4 addresses.
        enable_ipv4: Option<bool> = "enable_ipv4",
        /// IPv6 addresses.
        enable_ipv6: Option<bool> = "enable_ipv6",
        /// Labels.
        labels: Options = "labels",
    }
}

model! {
    /// A network's address management.
    Ipam {
        /// The driver.
        driver: Option<Text> = "driver",
        /// The pools.
        config: Vec<IpamPool> = "config",
        /// Options of the driver.
        options: Options = "options",
    }
}

model! {
    /// A pool of addresses.
    IpamPool {
        /// The subnet.
        subnet: Option<Text> = "subnet",
        /// Range for containers.
        ip_range: Option<Text> = "ip_range",
        /// The gateway.
        gateway: Option<Text> = "gateway",
        /// Reserved addresses.
        aux_addresses: Options = "aux_addresses",
    }
}

model! {
    /// A named volume.
    TopVolume {
        /// Its name outside of the project.
        name: Option<Text> = "name",
        /// The driver.
        driver: Option<Text> = "driver",
        /// Options of the driver.
        driver_opts: Options = "driver_opts",
        /// Exists already.
        external: External = "external",
        /// Labels.
        labels: Options = "labels",
    }
}

model! {
    /// A secret.
    Secret {
        /// Its name outside of the project.
        name: Option<Text> = "name",
        /// The file with its value.
        file: Option<Text> = "file",
        /// The variable with its value.
        environment: Option<Text> = "environment",
        /// The value, where the loader resolved it.
        content: Option<Text> = "content",
        /// Exists already.
        external: External = "external",
        /// Labels.
        labels: Options = "labels",
        /// The driver.
        driver: Option<Text> = "driver",
        /// Options of the driver.
        driver_opts: Options = "driver_opts",
        /// The template driver.
        template_driver: Option<Text> = "template_driver",
    }
}

model! {
    /// A config.
    Config {
        /// Its name outside of the project.
        name: Option<Text> = "name",
        /// The file with its content.
        file: Option<Text> = "file",
        /// The variable with its content.
        environment: Option<Text> = "environment",
        /// The content.
        content: Option<Text> = "content",
        /// Exists already.
        external: External = "external",
        /// Labels.
        labels: Options = "labels",
        /// The template driver.
        template_driver: Option<Text> = "template_driver",
    }
}

model! {
    /// An AI model.
    Model {
        /// Its name.
        name: Option<Text> = "name",
        /// The model.
        model: Option<Text> = "model",
        /// Size of its context.
        context_size: Option<i64> = "context_size",
        /// Flags of the runtime.
        runtime_flags: Vec<Text> = "runtime_flags",
    }
}

model! {
    /// How an image is built.
    Build {
        /// The folder.
        context: Option<Text> = "context",
        /// The Dockerfile.
        dockerfile: Option<Text> = "dockerfile",
        /// The Dockerfile's text.
        dockerfile_inline: Option<Text> = "dockerfile_inline",
        /// The stage.
        target: Option<Text> = "target",
        /// Build arguments.
        args: Options = "args",
        /// Contexts besides the main one.
        additional_contexts: Options = "additional_contexts",
        /// Forwarded SSH agents.
        ssh: crate::yaml::Node = "ssh",
        /// Labels.
        labels: Options = "labels",
        /// Images to take layers from.
        cache_from: Vec<Text> = "cache_from",
        /// Where the cache goes.
        cache_to: Vec<Text> = "cache_to",
        /// No cache.
        no_cache: bool = "no_cache",
        /// Stages without a cache.
        no_cache_filter: Vec<Text> = "no_cache_filter",
        /// Pull base images always.
        pull: bool = "pull",
        /// Hosts.
        extra_hosts: crate::yaml::Node = "extra_hosts",
        /// Isolation.
        isolation: Option<Text> = "isolation",
        /// Network.
        network: Option<Text> = "network",
        /// Size of `/dev/shm`.
        shm_size: Option<Text> = "shm_size",
        /// Secrets.
        secrets: Vec<super::SecretRef> = "secrets",
        /// Tags.
        tags: Vec<Text> = "tags",
        /// Limits.
        ulimits: crate::yaml::Node = "ulimits",
        /// Platforms.
        platforms: Vec<Text> = "platforms",
        /// Privileged.
        privileged: bool = "privileged",
        /// Entitlements.
        entitlements: Vec<Text> = "entitlements",
        /// Provenance.
        provenance: Option<Text> = "provenance",
        /// Bill of materials.
        sbom: Option<Text> = "sbom",
    }
}
