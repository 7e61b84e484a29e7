//! A service and its attributes.

use super::{Build, Deploy, Entries, Item, Mount, Options, Text, decode::model};
use crate::yaml::Node;

model! {
    /// A service.
    Service {
        /// Annotations of its containers.
        annotations: Options = "annotations",
        /// Whether `up` shows its output.
        attach: Option<bool> = "attach",
        /// Disk limits.
        blkio_config: Option<Box<BlkioConfig>> = "blkio_config",
        /// How its image is built.
        build: Option<Box<Build>> = "build",
        /// Capabilities added.
        cap_add: Vec<Text> = "cap_add",
        /// Capabilities dropped.
        cap_drop: Vec<Text> = "cap_drop",
        /// Control group namespace.
        cgroup: Option<Text> = "cgroup",
        /// Parent control group.
        cgroup_parent: Option<Text> = "cgroup_parent",
        /// Arguments instead of the image's; none: the image's.
        command: Option<Vec<Text>> = "command",
        /// Configs mounted.
        configs: Vec<ConfigRef> = "configs",
        /// Name of its container.
        container_name: Option<Text> = "container_name",
        /// CPUs (Windows).
        cpu_count: Option<i64> = "cpu_count",
        /// Share of CPUs (Windows).
        cpu_percent: Option<f64> = "cpu_percent",
        /// CFS period in microseconds.
        cpu_period: Option<Item<Text>> = "cpu_period",
        /// CFS quota in microseconds.
        cpu_quota: Option<Item<Text>> = "cpu_quota",
        /// Real-time period.
        cpu_rt_period: Option<Text> = "cpu_rt_period",
        /// Real-time runtime.
        cpu_rt_runtime: Option<Text> = "cpu_rt_runtime",
        /// Relative weight.
        cpu_shares: Option<Item<i64>> = "cpu_shares",
        /// CPUs.
        cpus: Option<Item<f64>> = "cpus",
        /// Which CPUs.
        cpuset: Option<Text> = "cpuset",
        /// Credentials of Windows containers.
        credential_spec: Option<Box<CredentialSpec>> = "credential_spec",
        /// Services that start before it.
        depends_on: Entries<Dependency> = "depends_on",
        /// How it is deployed.
        deploy: Option<Box<Deploy>> = "deploy",
        /// Development.
        develop: Option<Box<Develop>> = "develop",
        /// Rules for devices.
        device_cgroup_rules: Vec<Text> = "device_cgroup_rules",
        /// Devices.
        devices: Vec<Device> = "devices",
        /// Name servers.
        dns: Vec<Text> = "dns",
        /// Options of the resolver.
        dns_opt: Vec<Text> = "dns_opt",
        /// Search domains.
        dns_search: Vec<Text> = "dns_search",
        /// NIS domain.
        domainname: Option<Text> = "domainname",
        /// Command instead of the image's entrypoint; none: the image's.
        entrypoint: Option<Vec<Text>> = "entrypoint",
        /// Environment files, where the loader did not resolve them.
        env_file: Vec<EnvFile> = "env_file",
        /// Variables; none is one without a value.
        environment: Entries<Option<Text>> = "environment",
        /// Ports that other services reach.
        expose: Vec<Text> = "expose",
        /// Already resolved by the loader.
        extends: Node = "extends",
        /// Links to containers outside of the project.
        external_links: Vec<Text> = "external_links",
        /// Hosts; a value may be one address or several.
        extra_hosts: Node = "extra_hosts",
        /// GPUs.
        gpus: Vec<Gpu> = "gpus",
        /// Further groups.
        group_add: Vec<Text> = "group_add",
        /// How its health is found.
        healthcheck: Option<Box<Healthcheck>> = "healthcheck",
        /// Host name.
        hostname: Option<Text> = "hostname",
        /// Image.
        image: Option<Text> = "image",
        /// An init process.
        init: Option<bool> = "init",
        /// IPC namespace.
        ipc: Option<Text> = "ipc",
        /// Isolation (Windows).
        isolation: Option<Text> = "isolation",
        /// Label files, where the loader did not resolve them.
        label_file: Vec<Text> = "label_file",
        /// Labels of its containers.
        labels: Options = "labels",
        /// Links to other services.
        links: Vec<Text> = "links",
        /// Logging.
        logging: Option<Box<Logging>> = "logging",
        /// MAC address.
        mac_address: Option<Text> = "mac_address",
        /// Memory limit in bytes.
        mem_limit: Option<Text> = "mem_limit",
        /// Memory reservation in bytes.
        mem_reservation: Option<Text> = "mem_reservation",
        /// Swappiness.
        mem_swappiness: Option<Text> = "mem_swappiness",
        /// Memory and swap in bytes.
        memswap_limit: Option<Text> = "memswap_limit",
        /// AI models.
        models: Entries<Option<ModelRef>> = "models",
        /// Network mode.
        network_mode: Option<Text> = "network_mode",
        /// Networks.
        networks: Entries<Option<NetworkRef>> = "networks",
        /// No out-of-memory kills.
        oom_kill_disable: Option<bool> = "oom_kill_disable",
        /// Preference for out-of-memory kills.
        oom_score_adj: Option<i64> = "oom_score_adj",
        /// PID namespace.
        pid: Option<Text> = "pid",
        /// Most processes.
        pids_limit: Option<i64> = "pids_limit",
        /// Platform.
        platform: Option<Text> = "platform",
        /// Ports.
        ports: Vec<Port> = "ports",
        /// Hooks after the start.
        post_start: Vec<Hook> = "post_start",
        /// Hooks before the start.
        pre_start: Vec<Hook> = "pre_start",
        /// Hooks before the stop.
        pre_stop: Vec<Hook> = "pre_stop",
        /// All privileges.
        privileged: bool = "privileged",
        /// Profiles that enable it.
        profiles: Vec<Text> = "profiles",
        /// A provider instead of containers.
        provider: Option<Box<Provider>> = "provider",
        /// When its image is pulled.
        pull_policy: Option<Text> = "pull_policy",
        /// When its image is pulled again.
        pull_refresh_after: Option<Text> = "pull_refresh_after",
        /// Read-only root file system.
        read_only: bool = "read_only",
        /// When its container starts again.
        restart: Option<Text> = "restart",
        /// Container runtime.
        runtime: Option<Text> = "runtime",
        /// Number of containers.
        scale: Option<Item<i64>> = "scale",
        /// Secrets mounted.
        secrets: Vec<SecretRef> = "secrets",
        /// Security options.
        security_opt: Vec<Text> = "security_opt",
        /// Size of `/dev/shm` in bytes.
        shm_size: Option<Text> = "shm_size",
        /// Keep standard input open.
        stdin_open: bool = "stdin_open",
        /// Time between the stop signal and the end.
        stop_grace_period: Option<Text> = "stop_grace_period",
        /// Signal to stop it.
        stop_signal: Option<Text> = "stop_signal",
        /// Storage options.
        storage_opt: Options = "storage_opt",
        /// Kernel parameters.
        sysctls: Options = "sysctls",
        /// Temporary file systems.
        tmpfs: Vec<Text> = "tmpfs",
        /// A terminal.
        tty: bool = "tty",
        /// Limits of the shell: a number, or soft and hard.
        ulimits: Entries<Node> = "ulimits",
        /// The engine's API socket.
        use_api_socket: bool = "use_api_socket",
        /// User.
        user: Option<Text> = "user",
        /// User namespace.
        userns_mode: Option<Text> = "userns_mode",
        /// UTS namespace.
        uts: Option<Text> = "uts",
        /// Mounts.
        volumes: Vec<Mount> = "volumes",
        /// Mounts of other services.
        volumes_from: Vec<Text> = "volumes_from",
        /// Working folder.
        working_dir: Option<Text> = "working_dir",
    }
}

model! {
    /// Disk limits.
    BlkioConfig {
        /// Weight.
        weight: Option<i64> = "weight",
        /// Weights of devices.
        weight_device: Vec<BlkioWeight> = "weight_device",
        /// Bytes read a second.
        device_read_bps: Vec<BlkioLimit> = "device_read_bps",
        /// Reads a second.
        device_read_iops: Vec<BlkioLimit> = "device_read_iops",
        /// Bytes written a second.
        device_write_bps: Vec<BlkioLimit> = "device_write_bps",
        /// Writes a second.
        device_write_iops: Vec<BlkioLimit> = "device_write_iops",
    }
}

model! {
    /// Weight of a device.
    BlkioWeight {
        /// The device.
        path: Option<Text> = "path",
        /// The weight.
        weight: Option<i64> = "weight",
    }
}

model! {
    /// Limit of a device.
    BlkioLimit {
        /// The device.
        path: Option<Text> = "path",
        /// The rate.
        rate: Option<Text> = "rate",
    }
}

model! {
    /// A config that a service mounts.
    ConfigRef {
        /// Which config.
        source: Text = "source",
        /// The path in the container.
        target: Option<Text> = "target",
        /// Owner.
        uid: Option<Text> = "uid",
        /// Group.
        gid: Option<Text> = "gid",
        /// Mode, as text of an octal number.
        mode: Option<Text> = "mode",
    }
}

model! {
    /// A secret that a service mounts.
    SecretRef {
        /// Which secret.
        source: Text = "source",
        /// The path in the container.
        target: Option<Text> = "target",
        /// Owner.
        uid: Option<Text> = "uid",
        /// Group.
        gid: Option<Text> = "gid",
        /// Mode, as text of an octal number.
        mode: Option<Text> = "mode",
    }
}

model! {
    /// Credentials of Windows containers.
    CredentialSpec {
        /// From a config.
        config: Option<Text> = "config",
        /// From a file.
        file: Option<Text> = "file",
        /// From the registry.
        registry: Option<Text> = "registry",
    }
}

model! {
    /// A dependency on another service.
    Dependency {
        /// `service_started`, `service_healthy`, `service_completed_successfully`.
        condition: Option<Text> = "condition",
        /// Starts again with it.
        restart: bool = "restart",
        /// The project is wrong without it.
        required: Option<bool> = "required",
    }
}

model! {
    /// Development.
    Develop {
        /// What to watch.
        watch: Vec<Watch> = "watch",
    }
}

model! {
    /// A watched path.
    Watch {
        /// The path.
        path: Option<Text> = "path",
        /// What to do.
        action: Option<Text> = "action",
        /// Where in the container.
        target: Option<Text> = "target",
        /// What to leave out.
        ignore: Vec<Text> = "ignore",
        /// What to take.
        include: Vec<Text> = "include",
        /// What to run.
        exec: Option<Hook> = "exec",
        /// Sync at the start.
        initial_sync: bool = "initial_sync",
    }
}

model! {
    /// A device.
    Device {
        /// On the machine.
        source: Option<Text> = "source",
        /// In the container.
        target: Option<Text> = "target",
        /// `rwm`.
        permissions: Option<Text> = "permissions",
    }
}

model! {
    /// A file of variables.
    EnvFile {
        /// Its path.
        path: Text = "path",
        /// Whether it must exist.
        required: Option<bool> = "required",
        /// `raw`, or none.
        format: Option<Text> = "format",
    }
}

model! {
    /// A request for GPUs.
    Gpu {
        /// Capabilities.
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
    /// How a service's health is found.
    Healthcheck {
        /// No check, not even the image's.
        disable: bool = "disable",
        /// `[NONE]`, `[CMD, …]` or `[CMD-SHELL, …]`.
        test: Vec<Text> = "test",
        /// Time between checks.
        interval: Option<Text> = "interval",
        /// Time a check may take.
        timeout: Option<Text> = "timeout",
        /// Failures before it counts as unhealthy.
        retries: Option<i64> = "retries",
        /// Time to start.
        start_period: Option<Text> = "start_period",
        /// Time between checks while it starts.
        start_interval: Option<Text> = "start_interval",
    }
}

model! {
    /// A command at a point of a container's life.
    Hook {
        /// The command.
        command: Vec<Text> = "command",
        /// As which user.
        user: Option<Text> = "user",
        /// With all privileges.
        privileged: bool = "privileged",
        /// In which folder.
        working_dir: Option<Text> = "working_dir",
        /// With which variables.
        environment: Entries<Option<Text>> = "environment",
        /// In which image.
        image: Option<Text> = "image",
        /// Once a replica, not once a service.
        per_replica: bool = "per_replica",
        /// In which networks; the loader fills in the service's.
        networks: Entries<Option<NetworkRef>> = "networks",
        /// With which AI models; the loader fills in the service's.
        models: Entries<Option<ModelRef>> = "models",
        /// In which network mode; the loader fills in the service's.
        network_mode: Option<Text> = "network_mode",
    }
}

model! {
    /// Logging.
    Logging {
        /// The driver.
        driver: Option<Text> = "driver",
        /// Options of the driver.
        options: Options = "options",
    }
}

model! {
    /// A model that a service uses.
    ModelRef {
        /// Variable for its address.
        endpoint_var: Option<Text> = "endpoint_var",
        /// Variable for its name.
        model_var: Option<Text> = "model_var",
    }
}

model! {
    /// A network that a service joins.
    NetworkRef {
        /// Further names there.
        aliases: Vec<Text> = "aliases",
        /// Name of the interface.
        interface_name: Option<Text> = "interface_name",
        /// Address.
        ipv4_address: Option<Text> = "ipv4_address",
        /// Address.
        ipv6_address: Option<Text> = "ipv6_address",
        /// Link-local addresses.
        link_local_ips: Vec<Text> = "link_local_ips",
        /// MAC address.
        mac_address: Option<Text> = "mac_address",
        /// Options of the driver.
        driver_opts: Options = "driver_opts",
        /// Order of connection.
        priority: Option<f64> = "priority",
        /// Preference as gateway.
        gw_priority: Option<f64> = "gw_priority",
    }
}

model! {
    /// A port.
    Port {
        /// Its name.
        name: Option<Text> = "name",
        /// `ingress` or `host`.
        mode: Option<Text> = "mode",
        /// Address on the machine.
        host_ip: Option<Text> = "host_ip",
        /// Port in the container.
        target: i64 = "target",
        /// Port or range on the machine.
        published: Option<Text> = "published",
        /// `tcp`, `udp`, `sctp`.
        protocol: Option<Text> = "protocol",
        /// `http` and its like.
        app_protocol: Option<Text> = "app_protocol",
    }
}

model! {
    /// A provider.
    Provider {
        /// Its kind.
        kind: Option<Text> = "type",
        /// Its options; values may be lists.
        options: Node = "options",
    }
}
