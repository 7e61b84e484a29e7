//! The project and its top-level resources.

use super::row::{Row, contract};

/// The rows of the top level.
pub(super) const TABLES: &[&[Row]] = &[PROJECT, NETWORK, IPAM, VOLUME, SECRET, CONFIG, MODEL];

contract! { PROJECT: Project at "" {
    name "name" Field "labels `app.kubernetes.io/part-of` and `instance` of every object, name of the chart", "";
    version "version" Meaningless "", "remove it, the Compose specification has no versions any more";
    services "services" Decision "a workload with its Service and configuration each", "";
    networks "networks" Decision "NetworkPolicies, where policies are asked for", "";
    volumes "volumes" Decision "claims: of the StatefulSet that writes the volume, else a PersistentVolumeClaim", "";
    secrets "secrets" Decision "Secret `<name>`, or a Secret that exists", "";
    configs "configs" Decision "ConfigMap `<name>`, or a ConfigMap that exists", "";
    models "models" Decision "variables of the services that use the model", "";
    jobs "jobs" Refused "", "make each a service with `restart: \"no\"`, which becomes a Job; what starts on a schedule needs a CronJob of your own";
    folder "x-c2k-folder" Loaded "the folder of relative paths", "";
} }

contract! { NETWORK: Network at "networks." {
    name "name" Meaningless "", "a network is a label `c2k.dev/network-<network>` on pods, so it has no name outside of the project";
    driver "driver" Refused "", "every pod is in the cluster's one network; another one needs a CNI plugin such as Multus";
    driver_opts "driver_opts" Refused "", "the cluster's network plugin decides";
    ipam "ipam" Refused "", "the cluster's network plugin gives out addresses; use names instead of addresses";
    external "external" Refused "", "traffic with workloads of other projects must be allowed by a NetworkPolicy of your own";
    internal "internal" Approximated "nothing", "who may reach the pods is a NetworkPolicy; that they reach nothing outside is not: write an egress policy";
    attachable "attachable" Meaningless "", "any pod of the namespace is in the same network";
    enable_ipv4 "enable_ipv4" Meaningless "", "the cluster decides about address families";
    enable_ipv6 "enable_ipv6" Meaningless "", "the cluster decides about address families";
    labels "labels" Meaningless "", "a network is no object in Kubernetes";
} }

contract! { IPAM: Ipam at "networks.ipam." {
    driver "driver" Refused "", "the cluster's network plugin gives out addresses";
    config "config" Refused "", "the cluster's network plugin gives out addresses";
    options "options" Refused "", "the cluster's network plugin gives out addresses";
} }

contract! { VOLUME: TopVolume at "volumes." {
    name "name" Decision "the claim's name where the volume is external", "";
    driver "driver" Refused "", "say which storage with `volumes.<name>.class`";
    driver_opts "driver_opts" Decision "an NFS volume of the pod for `type: nfs`, an emptyDir in memory for `type: tmpfs`, a bind mount for `o: bind` of a folder of the project", "other options are the storage class's business";
    external "external" Decision "a claim that exists already", "";
    labels "labels" Approximated "`kompose.volume.*` are settings", "other labels of volumes are left out; claim templates cannot be changed later";
} }

contract! { SECRET: Secret at "secrets." {
    name "name" Decision "the Secret's name where it is external", "";
    file "file" Field "Secret `<name>`: stringData", "";
    environment "environment" Field "Secret `<name>`: stringData", "";
    content "content" Field "Secret `<name>`: stringData", "";
    external "external" Decision "a Secret that exists already, with the key `<name>`", "";
    labels "labels" Meaningless "", "use the settings' `labels`";
    driver "driver" Refused "", "use `secretMode: external-secrets`";
    driver_opts "driver_opts" Refused "", "use `secretMode: external-secrets`";
    template_driver "template_driver" Refused "", "write the finished value";
} }

contract! { CONFIG: Config at "configs." {
    name "name" Decision "the ConfigMap's name where it is external", "";
    file "file" Field "ConfigMap `<name>`: data", "";
    environment "environment" Field "ConfigMap `<name>`: data", "";
    content "content" Field "ConfigMap `<name>`: data", "";
    external "external" Decision "a ConfigMap that exists already, with the key `<name>`", "";
    labels "labels" Meaningless "", "use the settings' `labels`";
    template_driver "template_driver" Refused "", "write the finished content";
} }

contract! { MODEL: Model at "models." {
    name "name" Decision "the model's identifier where `model` is missing", "";
    model "model" Field "the value of the variable that names the model", "";
    context_size "context_size" Refused "", "set it where the model runs (vLLM, Ollama, KServe)";
    runtime_flags "runtime_flags" Refused "", "set them where the model runs (vLLM, Ollama, KServe)";
} }
