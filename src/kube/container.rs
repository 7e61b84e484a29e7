//! Containers: the service's own, and those that wait.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{
        AppArmorProfile, Capabilities, ConfigMapEnvSource, ConfigMapKeySelector, Container,
        ContainerPort, EnvFromSource, EnvVar, EnvVarSource, ExecAction, GRPCAction, HTTPGetAction,
        Lifecycle, LifecycleHandler, ObjectFieldSelector, Probe, ResourceRequirements,
        SELinuxOptions, SecretEnvSource, SecretKeySelector, SecurityContext, SleepAction,
        TCPSocketAction, VolumeMount,
    },
    apimachinery::pkg::{api::resource::Quantity, util::intstr::IntOrString},
};

use super::{config, lower::Lowering, workload::to_i32};
use crate::{
    plan::{
        App, EnvSource, PlannedProbe, Posture, ProbeCheck, SeLinux, ServicePlan, WaitTarget,
        Workload,
    },
    text::Origin,
};

/// Name of the volume with the token that waits for Jobs.
pub(crate) const WAITER_TOKEN: &str = "waiter-token";

/// Seconds that a wait takes at most before its container fails and is tried again.
const WAIT_SECONDS: u32 = 300;

/// Seconds that a Job gives others to answer before it starts all the same.
const PATIENCE_SECONDS: u32 = 60;

/// The container of a service.
pub(crate) fn main(lowering: &Lowering, workload: &Workload) -> Container {
    let service = lowering.service;
    let env: Vec<_> = workload.env.iter().map(|env| variable(&env.name, &env.source)).collect();
    let env_from = env_from(service, workload);
    let ports: Vec<_> = service
        .ports
        .iter()
        .map(|port| ContainerPort {
            name: Some(port.name.clone()),
            container_port: to_i32(port.port),
            protocol: (port.protocol != "TCP").then(|| port.protocol.to_owned()),
            host_port: port.host_port.map(to_i32),
            ..ContainerPort::default()
        })
        .collect();
    let mounts: Vec<_> = workload
        .mounts
        .iter()
        .map(|mount| VolumeMount {
            name: mount.volume.clone(),
            mount_path: mount.path.clone(),
            sub_path: mount.sub_path.clone(),
            read_only: mount.read_only.then_some(true),
            ..VolumeMount::default()
        })
        .collect();
    Container {
        name: service.name.clone(),
        image: Some(workload.image.clone()),
        image_pull_policy: workload.pull_policy.clone(),
        working_dir: workload.working_dir.clone(),
        command: workload.command.clone().filter(|words| !words.is_empty()),
        args: workload.args.clone().filter(|words| !words.is_empty()),
        stdin: workload.stdin.then_some(true),
        tty: workload.tty.then_some(true),
        env_from,
        env: (!env.is_empty()).then_some(env),
        ports: (!ports.is_empty()).then_some(ports),
        resources: resources(workload),
        lifecycle: lifecycle(workload),
        startup_probe: workload.startup.as_ref().map(probe),
        liveness_probe: workload.liveness.as_ref().map(probe),
        readiness_probe: workload.readiness.as_ref().map(probe),
        security_context: Some(security(&workload.posture)),
        volume_mounts: (!mounts.is_empty()).then_some(mounts),
        ..Container::default()
    }
}

/// Objects whose keys are variables: others' first, since the last one wins.
fn env_from(service: &ServicePlan, workload: &Workload) -> Option<Vec<EnvFromSource>> {
    let others = workload.env_from.iter().map(|from| {
        let optional = from.optional.then_some(true);
        EnvFromSource {
            config_map_ref: from
                .config_map
                .as_ref()
                .map(|name| ConfigMapEnvSource { name: name.clone(), optional }),
            secret_ref: from
                .secret
                .as_ref()
                .map(|name| SecretEnvSource { name: name.clone(), optional }),
            prefix: from.prefix.clone(),
        }
    });
    let own = (!workload.config.is_empty()).then(|| EnvFromSource {
        config_map_ref: Some(ConfigMapEnvSource {
            name: config::environment_name(&service.name),
            optional: None,
        }),
        ..EnvFromSource::default()
    });
    let all: Vec<_> = others.chain(own).collect();
    (!all.is_empty()).then_some(all)
}

/// The containers that copy content of images to volumes.
pub(crate) fn populates(lowering: &Lowering, workload: &Workload) -> Vec<Container> {
    let each = workload.populates.iter().map(|populate| {
        let place = format!("/c2k/{}", populate.volume);
        let own = Container {
            name: populate.container(),
            volume_mounts: Some(vec![VolumeMount {
                name: populate.volume.clone(),
                mount_path: place.clone(),
                sub_path: populate.sub_path.clone(),
                ..VolumeMount::default()
            }]),
            ..Container::default()
        };
        let command = |script: &str| Some(["sh", "-c", script].map(str::to_owned).into());
        if let Some(image) = &populate.image {
            let script = copies(&populate.path, &place);
            return Container {
                image: Some(image.clone()),
                command: command(&crate::plan::escaped(&script)),
                security_context: Some(security(&copying(&workload.posture))),
                ..own
            };
        }
        let main = main(lowering, workload);
        // A file system of its own is not empty: it has `lost+found`.
        let script = format!(
            "[ ! -d '{0}' ] || ls -A '{place}' | grep -qv '^lost+found$' || cp -Rp '{0}/.' '{place}/'",
            populate.path
        );
        Container {
            image: main.image,
            image_pull_policy: main.image_pull_policy,
            command: command(&script),
            security_context: main.security_context,
            ..own
        }
    });
    each.collect()
}

/// A script that copies a path of an image to a folder; all of the image where the path is empty.
fn copies(path: &str, place: &str) -> String {
    if path.is_empty() {
        // What the user may not read here, it could not read in a mount either.
        return format!(
            "for each in /* /.[!.]*; do case $each in /c2k|/dev|/proc|/sys|'/.[!.]*') ;; \
             *) cp -RPpf \"$each\" '{place}/' || true ;; esac; done"
        );
    }
    format!("cp -RHpf '{}' '{place}/'", path.replace('\'', "'\\''"))
}

/// Who copies another image's content: root, who reads all of it and keeps who owns it, or where
/// no pod may be root the user who reads it later.
fn copying(posture: &Posture) -> Posture {
    let root = !posture.non_root;
    Posture {
        non_root: posture.non_root,
        user: if root { Some(0) } else { posture.user.or(Some(65534)) },
        group: posture.group.filter(|_| !root),
        drop: if root { Vec::new() } else { posture.drop.clone() },
        selinux: posture.selinux.clone(),
        ..Posture::default()
    }
}

/// The containers that end before the main one starts, in its mounts and with its variables.
pub(crate) fn before_start(lowering: &Lowering, workload: &Workload) -> Vec<Container> {
    let steps = workload.before_start.iter();
    steps
        .map(|step| {
            let main = main(lowering, workload);
            let own = step.env.iter().map(|(name, value)| EnvVar {
                name: name.clone(),
                value: Some(crate::plan::escaped(value)),
                value_from: None,
            });
            let mut env: Vec<_> = main.env.unwrap_or_default();
            env.retain(|known| !step.env.iter().any(|(name, _)| *name == known.name));
            env.extend(own);
            Container {
                name: step.name.clone(),
                image: step.image.clone().or(main.image),
                image_pull_policy: main.image_pull_policy,
                working_dir: step.working_dir.clone(),
                command: Some(step.command.clone()),
                env_from: main.env_from,
                env: (!env.is_empty()).then_some(env),
                security_context: Some(security(&step.posture)),
                volume_mounts: main.volume_mounts,
                ..Container::default()
            }
        })
        .collect()
}

fn variable(name: &str, source: &EnvSource) -> EnvVar {
    let mut value_from = EnvVarSource::default();
    let mut value = None;
    match source {
        EnvSource::Value(text) => value = Some(text.clone()),
        EnvSource::Secret { name, key } => {
            value_from.secret_key_ref =
                Some(SecretKeySelector { name: name.clone(), key: key.clone(), optional: None });
        }
        EnvSource::ConfigMap { name, key } => {
            value_from.config_map_key_ref =
                Some(ConfigMapKeySelector { name: name.clone(), key: key.clone(), optional: None });
        }
        EnvSource::Field(path) => {
            value_from.field_ref =
                Some(ObjectFieldSelector { field_path: path.clone(), api_version: None });
        }
    }
    let value_from = value.is_none().then_some(value_from);
    EnvVar { name: name.to_owned(), value, value_from }
}

fn resources(workload: &Workload) -> Option<ResourceRequirements> {
    let quantities = |amounts: &[(String, String, Origin)]| {
        let map: BTreeMap<_, _> = amounts
            .iter()
            .map(|(name, amount, _)| (name.clone(), Quantity(amount.clone())))
            .collect();
        (!map.is_empty()).then_some(map)
    };
    let resources = ResourceRequirements {
        requests: quantities(&workload.requests),
        limits: quantities(&workload.limits),
        ..ResourceRequirements::default()
    };
    (resources.requests.is_some() || resources.limits.is_some()).then_some(resources)
}

fn lifecycle(workload: &Workload) -> Option<Lifecycle> {
    let exec = |command: &Vec<String>| LifecycleHandler {
        exec: Some(ExecAction { command: Some(command.clone()) }),
        ..LifecycleHandler::default()
    };
    let pause = (workload.graceful_seconds > 0).then(|| LifecycleHandler {
        sleep: Some(SleepAction { seconds: workload.graceful_seconds }),
        ..LifecycleHandler::default()
    });
    let lifecycle = Lifecycle {
        post_start: workload.post_start.as_ref().map(exec),
        pre_stop: workload.pre_stop.as_ref().map(exec).or(pause),
        ..Lifecycle::default()
    };
    (lifecycle.post_start.is_some() || lifecycle.pre_stop.is_some()).then_some(lifecycle)
}

fn probe(planned: &PlannedProbe) -> Probe {
    let mut probe = Probe {
        period_seconds: planned.period.map(to_i32),
        timeout_seconds: planned.timeout.map(to_i32),
        failure_threshold: planned.failures.map(to_i32),
        success_threshold: planned.successes.map(to_i32),
        initial_delay_seconds: planned.initial_delay.map(to_i32),
        ..Probe::default()
    };
    let number = |port: i64| IntOrString::Int(to_i32(port));
    match &planned.check {
        ProbeCheck::Exec(command) => {
            probe.exec = Some(ExecAction { command: Some(command.clone()) });
        }
        ProbeCheck::Http { path, port } => {
            probe.http_get = Some(HTTPGetAction {
                path: Some(path.clone()),
                port: number(*port),
                ..HTTPGetAction::default()
            });
        }
        ProbeCheck::Tcp(port) => {
            probe.tcp_socket = Some(TCPSocketAction { port: number(*port), host: None });
        }
        ProbeCheck::Grpc(port) => {
            probe.grpc = Some(GRPCAction { port: to_i32(*port), service: None });
        }
    }
    probe
}

fn security(posture: &Posture) -> SecurityContext {
    let list = |names: &[String]| (!names.is_empty()).then(|| names.to_vec());
    let capabilities = (!posture.add.is_empty() || !posture.drop.is_empty())
        .then(|| Capabilities { add: list(&posture.add), drop: list(&posture.drop) });
    SecurityContext {
        // The API refuses a privileged container that must not escalate.
        allow_privilege_escalation: (!posture.privileged && !posture.escalation).then_some(false),
        privileged: posture.privileged.then_some(true),
        run_as_user: posture.user,
        run_as_group: posture.group,
        run_as_non_root: posture.non_root.then_some(true),
        read_only_root_filesystem: posture.read_only.then_some(true),
        app_armor_profile: posture.apparmor.as_ref().map(|profile| app_armor(profile)),
        proc_mount: posture.unmasked.then(|| "Unmasked".to_owned()),
        se_linux_options: (posture.selinux != SeLinux::default()).then(|| SELinuxOptions {
            user: posture.selinux.user.clone(),
            role: posture.selinux.role.clone(),
            type_: posture.selinux.kind.clone(),
            level: posture.selinux.level.clone(),
        }),
        capabilities,
        ..SecurityContext::default()
    }
}

/// A profile that the nodes have, or none at all.
fn app_armor(profile: &str) -> AppArmorProfile {
    let localhost = match profile {
        "unconfined" | "docker-default" => None,
        _ => Some(profile.to_owned()),
    };
    let type_ = match profile {
        "unconfined" => "Unconfined",
        "docker-default" => "RuntimeDefault",
        _ => "Localhost",
    };
    AppArmorProfile { type_: type_.to_owned(), localhost_profile: localhost }
}

/// Who runs what c2k adds: a user that owns nothing and may do nothing.
fn nobody() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        run_as_non_root: Some(true),
        run_as_user: Some(65534),
        capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
        ..SecurityContext::default()
    }
}

/// The container of a pod whose work is done when it starts.
pub(crate) fn pause(service: &str, image: &str) -> Container {
    Container {
        name: crate::plan::joined_name("pause", service),
        image: Some(image.to_owned()),
        security_context: Some(nobody()),
        ..Container::default()
    }
}

/// The init container that waits for a port or a Job.
pub(crate) fn wait(app: &App, target: &WaitTarget) -> Container {
    let mut container = Container { security_context: Some(nobody()), ..Container::default() };
    match target {
        WaitTarget::Port { service, places } => {
            container.name = crate::plan::joined_name("wait", service);
            container.image = Some(app.helper_images.wait.clone());
            let script = until_all_answer(places, WAIT_SECONDS);
            container.command = Some(["sh", "-c", &script].map(str::to_owned).into());
        }
        WaitTarget::Start { places } => {
            container.name = crate::plan::joined_name("wait", "for-start");
            container.image = Some(app.helper_images.wait.clone());
            let script = format!("{} || true", until_all_answer(places, PATIENCE_SECONDS));
            container.command = Some(["sh", "-c", &script].map(str::to_owned).into());
        }
        WaitTarget::Job { service } => {
            container.name = crate::plan::joined_name("wait", service);
            container.image = Some(app.helper_images.kubectl.clone());
            let words = [
                "kubectl",
                "wait",
                "--for=condition=complete",
                &format!("--timeout={WAIT_SECONDS}s"),
                &format!("job/{service}"),
            ];
            container.command = Some(words.map(str::to_owned).into());
            container.volume_mounts = Some(vec![VolumeMount {
                name: WAITER_TOKEN.to_owned(),
                mount_path: "/var/run/secrets/kubernetes.io/serviceaccount".to_owned(),
                read_only: Some(true),
                ..VolumeMount::default()
            }]);
        }
    }
    container
}

/// A line of shell that ends well when every host answers at its port.
fn until_all_answer(places: &[(String, i64)], seconds: u32) -> String {
    // `-z` is missing in some builds of busybox; a closed input ends the connection as well.
    let answer = |(host, port): &(String, i64)| format!("nc -w 2 {host} {port} </dev/null");
    let all = places.iter().map(answer).collect::<Vec<_>>().join(" && ");
    format!("timeout {seconds} sh -c 'until {all}; do sleep 1; done'")
}
