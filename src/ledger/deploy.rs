//! The `deploy` attribute.

use super::row::{Row, contract};

/// The rows of `deploy`.
pub(super) const TABLES: &[&[Row]] = &[
    DEPLOY,
    UPDATE,
    RESOURCES,
    LIMITS,
    RESERVATIONS,
    DEVICES,
    GENERIC,
    DISCRETE,
    RESTART,
    PLACEMENT,
    PREFERENCE,
];

contract! { DEPLOY: Deploy at "services.deploy." {
    mode "mode" Decision "DaemonSet for `global`, Job for `replicated-job`; for `global-job` a DaemonSet whose init container does the work", "";
    replicas "replicas" Field "replicas; completions and parallelism of a Job", "";
    labels "labels" Field "the workload: metadata.annotations", "";
    update_config "update_config" Decision "see below", "";
    rollback_config "rollback_config" Refused "", "go back with `kubectl rollout undo`";
    resources "resources" Decision "see below", "";
    restart_policy "restart_policy" Decision "see below", "";
    placement "placement" Decision "see below", "";
    endpoint_mode "endpoint_mode" Decision "Service: clusterIP is None for `dnsrr`", "";
} }

contract! { UPDATE: UpdateConfig at "services.deploy.update_config." {
    parallelism "parallelism" Field "strategy.rollingUpdate: maxSurge or maxUnavailable", "";
    delay "delay" Approximated "minReadySeconds", "new pods count after that time; the old one may be gone before";
    failure_action "failure_action" Refused "", "a rollout that fails stops; go back with `kubectl rollout undo`";
    monitor "monitor" Approximated "minReadySeconds", "new pods count after that time; nothing is watched longer";
    max_failure_ratio "max_failure_ratio" Refused "", "a rollout stops at the first pod that is not ready";
    order "order" Field "strategy.rollingUpdate: maxSurge for `start-first`, maxUnavailable for `stop-first`", "";
} }

contract! { RESOURCES: Resources at "services.deploy.resources." {
    limits "limits" Decision "see below", "";
    reservations "reservations" Decision "see below", "";
} }

contract! { LIMITS: Limits at "services.deploy.resources.limits." {
    cpus "cpus" Field "container: resources.limits.cpu", "";
    memory "memory" Field "container: resources.limits.memory", "";
    pids "pids" Refused "", "set the limit in the kubelet's configuration (podPidsLimit)";
    devices "devices" Refused "", "use `reservations.devices`";
    generic_resources "generic_resources" Refused "", "use `reservations.generic_resources`";
} }

contract! { RESERVATIONS: Reservations at "services.deploy.resources.reservations." {
    cpus "cpus" Field "container: resources.requests.cpu", "";
    memory "memory" Field "container: resources.requests.memory", "";
    pids "pids" Refused "", "set the limit in the kubelet's configuration (podPidsLimit)";
    devices "devices" Decision "container: resources.limits, by driver", "";
    generic_resources "generic_resources" Decision "container: resources.limits, where the name is a resource's", "";
} }

contract! { DEVICES: DeviceRequest at "services.deploy.resources.reservations.devices." {
    capabilities "capabilities" Decision "which resource is asked for", "";
    driver "driver" Field "the resource's name: nvidia.com/gpu, amd.com/gpu, gpu.intel.com/i915", "";
    count "count" Field "container: resources.limits", "";
    device_ids "device_ids" Approximated "container: resources.limits, as many as are named", "which devices is a matter of labels on nodes, or of dynamic resource allocation";
    options "options" Refused "", "choose nodes by their labels with `nodeSelector`";
} }

contract! { GENERIC: GenericResource at "services.deploy.resources.reservations.generic_resources." {
    discrete_resource_spec "discrete_resource_spec" Field "container: resources.limits", "";
} }

contract! { DISCRETE: DiscreteResource at "services.deploy.resources.reservations.generic_resources.discrete_resource_spec." {
    kind "kind" Field "the resource's name, if it is one (`example.com/fpga`)", "";
    value "value" Field "container: resources.limits", "";
} }

contract! { RESTART: RestartPolicy at "services.deploy.restart_policy." {
    condition "condition" Decision "a Job for what runs once, else a workload that is always restarted", "";
    delay "delay" Refused "", "the kubelet waits 10 seconds before a restart, and longer each time";
    max_attempts "max_attempts" Decision "a Job's backoffLimit", "";
    window "window" Refused "", "use a readiness probe, or `minReadySeconds` in `rollout`";
} }

contract! { PLACEMENT: Placement at "services.deploy.placement." {
    constraints "constraints" Field "pod: nodeSelector and affinity.nodeAffinity", "";
    preferences "preferences" Decision "see below", "";
    max_replicas_per_node "max_replicas_per_node" Field "pod: affinity.podAntiAffinity for 1, else topologySpreadConstraints", "";
} }

contract! { PREFERENCE: Preference at "services.deploy.placement.preferences." {
    spread "spread" Field "pod: topologySpreadConstraints", "";
} }
