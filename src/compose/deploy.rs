//! The `deploy` attribute.

use super::{Item, Options, Text, decode::model};

model! {
    /// How a service is deployed.
    Deploy {
        /// `replicated`, `global`, `replicated-job`, `global-job`.
        mode: Option<Text> = "mode",
        /// Number of containers.
        replicas: Option<Item<i64>> = "replicas",
        /// Labels of the service, not its containers.
        labels: Options = "labels",
        /// How an update goes.
        update_config: Option<UpdateConfig> = "update_config",
        /// How going back goes.
        rollback_config: Option<UpdateConfig> = "rollback_config",
        /// Limits and reservations.
        resources: Option<Resources> = "resources",
        /// When containers start again.
        restart_policy: Option<RestartPolicy> = "restart_policy",
        /// Where containers run.
        placement: Option<Placement> = "placement",
        /// `vip` or `dnsrr`.
        endpoint_mode: Option<Endpoint> = "endpoint_mode",
    }
}

/// `vip` or `dnsrr`.
pub type Endpoint = Text;

model! {
    /// How an update goes.
    UpdateConfig {
        /// Containers at a time.
        parallelism: Option<i64> = "parallelism",
        /// Time between.
        delay: Option<Text> = "delay",
        /// What to do on failure.
        failure_action: Option<Text> = "failure_action",
        /// Time to watch.
        monitor: Option<Text> = "monitor",
        /// Failures to tolerate.
        max_failure_ratio: Option<f64> = "max_failure_ratio",
        /// `stop-first` or `start-first`.
        order: Option<Text> = "order",
    }
}

model! {
    /// Limits and reservations.
    Resources {
        /// Limits.
        limits: Option<Limits> = "limits",
        /// Reservations.
        reservations: Option<Reservations> = "reservations",
    }
}

model! {
    /// Limits.
    Limits {
        /// CPUs.
        cpus: Option<Text> = "cpus",
        /// Memory, in bytes.
        memory: Option<Text> = "memory",
        /// Processes.
        pids: Option<i64> = "pids",
        /// Devices.
        devices: Vec<DeviceRequest> = "devices",
        /// Other resources.
        generic_resources: Vec<GenericResource> = "generic_resources",
    }
}

model! {
    /// Reservations.
    Reservations {
        /// CPUs.
        cpus: Option<Text> = "cpus",
        /// Memory, in bytes.
        memory: Option<Text> = "memory",
        /// Processes.
        pids: Option<i64> = "pids",
        /// Devices.
        devices: Vec<DeviceRequest> = "devices",
        /// Other resources.
        generic_resources: Vec<GenericResource> = "generic_resources",
    }
}

model! {
    /// A request for devices.
    DeviceRequest {
        /// Capabilities such as `gpu`.
        capabilities: Vec<Text> = "capabilities",
        /// The driver.
        driver: Option<Text> = "driver",
        /// How many; -1 is all.
        count: Option<i64> = "count",
        /// Which.
        device_ids: Vec<Text> = "device_ids",
        /// Options of the driver.
        options: Options = "options",
    }
}

model! {
    /// A resource of another kind.
    GenericResource {
        /// Its name and amount.
        discrete_resource_spec: Option<DiscreteResource> = "discrete_resource_spec",
    }
}

model! {
    /// A counted resource.
    DiscreteResource {
        /// Its name.
        kind: Option<Text> = "kind",
        /// Its amount.
        value: Option<i64> = "value",
    }
}

model! {
    /// When containers start again.
    RestartPolicy {
        /// `none`, `on-failure`, `any`.
        condition: Option<Text> = "condition",
        /// Time between attempts.
        delay: Option<Text> = "delay",
        /// Number of attempts.
        max_attempts: Option<i64> = "max_attempts",
        /// Time after which a start counts as successful.
        window: Option<Text> = "window",
    }
}

model! {
    /// Where containers run.
    Placement {
        /// Conditions such as `node.labels.disk==ssd`.
        constraints: Vec<Text> = "constraints",
        /// Preferences.
        preferences: Vec<Preference> = "preferences",
        /// Most containers on a node.
        max_replicas_per_node: Option<i64> = "max_replicas_per_node",
    }
}

model! {
    /// A preference of placement.
    Preference {
        /// Label to spread over.
        spread: Option<Text> = "spread",
    }
}
