//! The attributes of a service.

use super::row::{Row, contract};

/// The rows of services, but for `deploy` and mounts.
pub(super) const TABLES: &[&[Row]] = &[
    SERVICE,
    FOREIGN,
    DEPENDENCY,
    HEALTHCHECK,
    POST_START,
    PRE_START,
    PRE_STOP,
    LOGGING,
    MODEL_REF,
    NETWORK_REF,
    PORT,
    GPU,
    PROVIDER,
];

contract! { SERVICE: Service at "services." {
    annotations "annotations" Field "pod template: metadata.annotations", "";
    attach "attach" Meaningless "", "it is about what `docker compose up` shows; use `kubectl logs`";
    blkio_config "blkio_config" Refused "", "use a storage class with the speed that is needed";
    build "build" Decision "the name of the image that is pushed (`c2k images`)", "a cluster builds nothing: build and push the image, and name it with `--registry` and `--tag`";
    cap_add "cap_add" Field "container: securityContext.capabilities.add", "";
    cap_drop "cap_drop" Field "container: securityContext.capabilities.drop", "";
    cgroup "cgroup" Refused "", "nodes decide about control groups";
    cgroup_parent "cgroup_parent" Refused "", "nodes decide about control groups";
    command "command" Field "container: args", "";
    configs "configs" Field "ConfigMap `<config>`, pod: volumes, container: volumeMounts", "";
    container_name "container_name" Decision "a further Service of that name where others use it", "pods have names of their own";
    cpu_count "cpu_count" Field "container: resources.limits.cpu", "";
    cpu_percent "cpu_percent" Refused "", "use `cpus`";
    cpu_period "cpu_period" Field "container: resources.limits.cpu is cpu_quota / cpu_period", "";
    cpu_quota "cpu_quota" Field "container: resources.limits.cpu is cpu_quota / cpu_period", "";
    cpu_rt_period "cpu_rt_period" Refused "", "real-time scheduling is a matter of the node";
    cpu_rt_runtime "cpu_rt_runtime" Refused "", "real-time scheduling is a matter of the node";
    cpu_shares "cpu_shares" Approximated "container: resources.requests.cpu is cpu_shares / 1024", "a request is kept free on the node as well; say `deploy.resources.reservations.cpus` to choose it";
    cpus "cpus" Field "container: resources.limits.cpu", "";
    cpuset "cpuset" Refused "", "pinning is done by the kubelet's static CPU manager";
    credential_spec "credential_spec" Refused "", "use `windowsOptions.gmsaCredentialSpec` in a patch";
    depends_on "depends_on" Decision "init containers that wait, as `waitFor` says; network policies", "";
    deploy "deploy" Decision "see below", "";
    develop "develop" Meaningless "", "it is for `docker compose watch`; Skaffold and Tilt do the same with a cluster";
    device_cgroup_rules "device_cgroup_rules" Refused "", "use a device plugin and `resources.limits`";
    devices "devices" Refused "", "use a device plugin and `resources.limits`";
    dns "dns" Field "pod: dnsConfig.nameservers", "";
    dns_opt "dns_opt" Field "pod: dnsConfig.options", "";
    dns_search "dns_search" Field "pod: dnsConfig.searches", "";
    domainname "domainname" Approximated "pod: dnsConfig.searches", "the pod finds names below that domain, but has no such name itself";
    entrypoint "entrypoint" Field "container: command", "";
    env_file "env_file" Loaded "the service's variables", "";
    environment "environment" Field "ConfigMap `<service>-config` for plain values, Secrets for sensitive ones; container: envFrom and env", "";
    expose "expose" Decision "container: ports, Service: ports", "";
    extends "extends" Loaded "the service's own attributes", "";
    external_links "external_links" Refused "", "say where the host is: `external` on a service of that name";
    extra_hosts "extra_hosts" Field "pod: hostAliases", "";
    gpus "gpus" Field "container: resources.limits `nvidia.com/gpu` (by driver)", "";
    group_add "group_add" Field "pod: securityContext.supplementalGroups", "";
    healthcheck "healthcheck" Decision "container: readinessProbe", "it decides about traffic and never kills a container; liveness is a setting";
    hostname "hostname" Field "pod: hostname, and a further Service of that name where others use it", "";
    image "image" Field "container: image", "";
    init "init" Meaningless "", "the first process gets the signals; where zombies pile up, put tini into the image";
    ipc "ipc" Field "pod: hostIPC for `host`; one pod for `service:`", "";
    isolation "isolation" Refused "", "use a runtime class";
    label_file "label_file" Loaded "the service's labels", "";
    labels "labels" Field "pod template: metadata.annotations; labels of kompose, Traefik, Caddy are settings", "";
    links "links" Decision "a further Service for an alias, network policies", "";
    logging "logging" Decision "nothing: the cluster collects what containers print", "";
    mac_address "mac_address" Refused "", "pods get their addresses from the cluster";
    mem_limit "mem_limit" Field "container: resources.limits.memory", "";
    mem_reservation "mem_reservation" Field "container: resources.requests.memory", "";
    mem_swappiness "mem_swappiness" Refused "", "swap is a matter of the node";
    memswap_limit "memswap_limit" Refused "", "swap is a matter of the node";
    models "models" Approximated "container: env `<MODEL>_MODEL` and `<MODEL>_URL`", "no cluster runs models by itself: run it (vLLM, Ollama, KServe) and set the variable of its address in `environment`";
    network_mode "network_mode" Field "pod: hostNetwork for `host`; one pod for `service:`; a NetworkPolicy for `none`", "";
    networks "networks" Decision "pod labels `c2k.dev/network-<network>` and NetworkPolicies, where the project has several", "";
    oom_kill_disable "oom_kill_disable" Refused "", "set requests and limits";
    oom_score_adj "oom_score_adj" Refused "", "Kubernetes sets it from requests and limits";
    pid "pid" Field "pod: hostPID for `host`; one pod with one process space for `service:`", "";
    pids_limit "pids_limit" Refused "", "set the limit in the kubelet's configuration (podPidsLimit)";
    platform "platform" Field "pod: nodeSelector kubernetes.io/os and kubernetes.io/arch", "";
    ports "ports" Field "container: ports, Service: ports", "published ports are candidates for exposure only: say `public` or `domain`";
    post_start "post_start" Field "container: lifecycle.postStart", "";
    pre_start "pre_start" Field "pod: initContainers", "";
    pre_stop "pre_stop" Field "container: lifecycle.preStop", "";
    privileged "privileged" Field "container: securityContext.privileged", "";
    profiles "profiles" Loaded "services of inactive profiles are left out", "";
    provider "provider" Refused "", "say where it runs with `external`";
    pull_policy "pull_policy" Field "container: imagePullPolicy", "";
    pull_refresh_after "pull_refresh_after" Refused "", "name a version of the image, or `pull_policy: always`";
    read_only "read_only" Field "container: securityContext.readOnlyRootFilesystem", "";
    restart "restart" Decision "a Job for what runs once, else a workload that is always restarted", "";
    runtime "runtime" Field "pod: runtimeClassName", "";
    scale "scale" Field "replicas", "";
    secrets "secrets" Field "Secret `<secret>`, pod: volumes, container: volumeMounts", "";
    security_opt "security_opt" Field "pod or container: securityContext", "";
    shm_size "shm_size" Field "pod: an emptyDir in memory at /dev/shm", "";
    stdin_open "stdin_open" Field "container: stdin", "";
    stop_grace_period "stop_grace_period" Field "pod: terminationGracePeriodSeconds", "";
    stop_signal "stop_signal" Refused "", "set STOPSIGNAL in the image";
    storage_opt "storage_opt" Approximated "container: resources.limits.ephemeral-storage for `size`", "a container over the limit is evicted, not refused the write; other options have no counterpart";
    sysctls "sysctls" Field "pod: securityContext.sysctls", "";
    tmpfs "tmpfs" Field "pod: an emptyDir in memory, container: volumeMounts", "";
    tty "tty" Field "container: tty", "";
    ulimits "ulimits" Refused "", "set them in the image's entrypoint or on the node";
    use_api_socket "use_api_socket" Refused "", "there is no container engine in a pod; use the cluster's API with a service account";
    user "user" Field "container: securityContext.runAsUser and runAsGroup", "";
    userns_mode "userns_mode" Refused "", "use `hostUsers` in a patch";
    uts "uts" Refused "", "pods have their own host name";
    volumes "volumes" Field "claims, ConfigMaps or Secrets, pod: volumes, container: volumeMounts", "";
    volumes_from "volumes_from" Field "the other service's mounts", "";
    working_dir "working_dir" Field "container: workingDir", "";
} }

const FOREIGN: &[Row] = &[Row {
    path: super::walk::FOREIGN,
    fate: super::Fate::Decision,
    becomes: "the settings of labels.md: how a service is reached, its kind, its probes, its storage",
    advice: "",
}];

contract! { DEPENDENCY: Dependency at "services.depends_on." {
    condition "condition" Decision "an init container that waits: for a port (`service_healthy`), for a Job (`service_completed_successfully`); before a Job that is not tried again also, for a minute, for what is only started", "";
    restart "restart" Meaningless "", "a client must connect again by itself; pods come and go";
    required "required" Decision "no wait for a service that is not there", "";
} }

contract! { HEALTHCHECK: Healthcheck at "services.healthcheck." {
    disable "disable" Decision "no probe", "";
    test "test" Field "container: readinessProbe.exec.command", "";
    interval "interval" Field "container: readinessProbe.periodSeconds", "";
    timeout "timeout" Field "container: readinessProbe.timeoutSeconds", "";
    retries "retries" Field "container: readinessProbe.failureThreshold", "";
    start_period "start_period" Decision "the startup probe's budget where there is a liveness probe; a readiness probe needs none", "";
    start_interval "start_interval" Meaningless "", "a readiness probe asks in one interval from the start";
} }

contract! { POST_START: Hook at "services.post_start." {
    command "command" Field "container: lifecycle.postStart.exec.command", "";
    user "user" Refused "", "a hook runs as the container's user";
    privileged "privileged" Refused "", "a hook has the container's privileges";
    working_dir "working_dir" Field "`cd` before the command", "";
    environment "environment" Field "`export` before the command", "";
    image "image" Loaded "the service's image", "";
    per_replica "per_replica" Decision "every pod runs it", "";
    networks "networks" Loaded "the service's networks", "";
    models "models" Loaded "the service's models", "";
    network_mode "network_mode" Loaded "the service's network", "";
} }

contract! { PRE_START: Hook at "services.pre_start." {
    command "command" Field "pod: initContainers command", "";
    user "user" Field "pod: initContainers securityContext.runAsUser", "";
    privileged "privileged" Field "pod: initContainers securityContext.privileged", "";
    working_dir "working_dir" Field "pod: initContainers workingDir", "";
    environment "environment" Field "pod: initContainers env", "";
    image "image" Field "pod: initContainers image", "";
    per_replica "per_replica" Decision "every pod runs it", "";
    networks "networks" Loaded "the service's networks", "";
    models "models" Loaded "the service's models", "";
    network_mode "network_mode" Loaded "the service's network", "";
} }

contract! { PRE_STOP: Hook at "services.pre_stop." {
    command "command" Field "container: lifecycle.preStop.exec.command", "";
    user "user" Refused "", "a hook runs as the container's user";
    privileged "privileged" Refused "", "a hook has the container's privileges";
    working_dir "working_dir" Field "`cd` before the command", "";
    environment "environment" Field "`export` before the command", "";
    image "image" Loaded "the service's image", "";
    per_replica "per_replica" Decision "every pod runs it", "";
    networks "networks" Loaded "the service's networks", "";
    models "models" Loaded "the service's models", "";
    network_mode "network_mode" Loaded "the service's network", "";
} }

contract! { LOGGING: Logging at "services.logging." {
    driver "driver" Refused "", "the cluster's log agent takes what containers print to where it should go";
    options "options" Meaningless "", "the kubelet rotates logs, and the cluster's log agent collects them";
} }

contract! { MODEL_REF: ModelRef at "services.models." {
    endpoint_var "endpoint_var" Refused "", "set the variable in `environment` to the address where the model runs";
    model_var "model_var" Field "the name of the variable with the model", "";
} }

contract! { NETWORK_REF: NetworkRef at "services.networks." {
    aliases "aliases" Field "a further Service for each", "";
    interface_name "interface_name" Refused "", "pods have one interface, `eth0`";
    ipv4_address "ipv4_address" Refused "", "pods get their addresses from the cluster; use the service's name";
    ipv6_address "ipv6_address" Refused "", "pods get their addresses from the cluster; use the service's name";
    link_local_ips "link_local_ips" Refused "", "pods get their addresses from the cluster";
    mac_address "mac_address" Refused "", "pods get their addresses from the cluster";
    driver_opts "driver_opts" Refused "", "the cluster's network plugin decides";
    priority "priority" Meaningless "", "pods have one network";
    gw_priority "gw_priority" Meaningless "", "pods have one network";
} }

contract! { PORT: Port at "services.ports." {
    name "name" Field "container and Service: the port's name", "";
    mode "mode" Field "container: ports.hostPort for `host`", "";
    host_ip "host_ip" Decision "a port of the loopback address is never exposed", "";
    target "target" Field "container: containerPort, Service: port", "";
    published "published" Decision "a candidate for exposure; the port of a load balancer", "in the cluster a service is reached at its target port";
    protocol "protocol" Field "container and Service: protocol", "";
    app_protocol "app_protocol" Field "Service: appProtocol", "";
} }

contract! { GPU: Gpu at "services.gpus." {
    capabilities "capabilities" Decision "which resource is asked for", "";
    driver "driver" Field "the resource's name: nvidia.com/gpu, amd.com/gpu, gpu.intel.com/i915", "";
    count "count" Field "container: resources.limits", "";
    device_ids "device_ids" Approximated "container: resources.limits, as many as are named", "which devices is a matter of labels on nodes, or of dynamic resource allocation";
    options "options" Refused "", "choose nodes by their labels with `nodeSelector`";
} }

contract! { PROVIDER: Provider at "services.provider." {
    kind "type" Refused "", "say where it runs with `external`";
    options "options" Refused "", "say where it runs with `external`";
} }
