//! Pod templates.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{
        ConfigMapProjection, ConfigMapVolumeSource, DownwardAPIProjection, DownwardAPIVolumeFile,
        EmptyDirVolumeSource, HostAlias, HostPathVolumeSource, ImageVolumeSource, KeyToPath,
        LocalObjectReference, NFSVolumeSource, ObjectFieldSelector,
        PersistentVolumeClaimVolumeSource, PodDNSConfig, PodDNSConfigOption, PodSecurityContext,
        PodSpec, PodTemplateSpec, ProjectedVolumeSource, SeccompProfile, SecretVolumeSource,
        ServiceAccountTokenProjection, Sysctl, Volume, VolumeProjection,
    },
    apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::ObjectMeta},
};

use super::{access, container, lower::Lowering, placement};
use crate::{
    plan::{DataSource, MountSource, WaitTarget, Workload},
    settings::WorkloadKind,
};

/// Seconds that Kubernetes gives a pod to end where nothing is said.
const DEFAULT_GRACE: i64 = 30;

/// The pod template of a workload.
pub(crate) fn template(lowering: &Lowering, workload: &Workload) -> PodTemplateSpec {
    let mut annotations: BTreeMap<String, String> = lowering
        .containers()
        .flat_map(|(_, workload)| &workload.compose_pod_annotations)
        .map(|annotation| (annotation.key.clone(), annotation.value.clone()))
        .collect();
    annotations.extend(workload.pod_annotations.clone());
    let annotations = (!annotations.is_empty()).then_some(annotations);
    PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(lowering.pod_labels()),
            annotations,
            ..ObjectMeta::default()
        }),
        spec: Some(spec(lowering, workload)),
    }
}

fn spec(lowering: &Lowering, workload: &Workload) -> PodSpec {
    let app = lowering.app;
    let job = matches!(workload.kind, WorkloadKind::Job | WorkloadKind::CronJob);
    let waits_for_job = lowering
        .containers()
        .flat_map(|(_, workload)| &workload.waits)
        .any(|wait| matches!(wait, WaitTarget::Job { .. }));
    let secrets: Vec<_> =
        app.pull_secrets.iter().map(|name| LocalObjectReference { name: name.clone() }).collect();
    let aliases: Vec<_> = host_aliases(workload);
    let mut waits: Vec<&WaitTarget> = Vec::new();
    for wait in lowering.containers().flat_map(|(_, workload)| &workload.waits) {
        if !waits.contains(&wait) {
            waits.push(wait);
        }
    }
    let mut init: Vec<_> = waits.iter().map(|wait| container::wait(app, wait)).collect();
    for (lowering, workload) in lowering.containers() {
        init.extend(container::populates(&lowering, workload));
        init.extend(container::before_start(&lowering, workload));
    }
    let mut containers: Vec<_> = lowering
        .containers()
        .map(|(lowering, workload)| container::main(&lowering, workload))
        .collect();
    if let Some(image) = &workload.pause {
        init.append(&mut containers);
        containers.push(container::pause(&lowering.service.name, image));
    }
    let mut volumes = volumes(lowering);
    if waits_for_job {
        volumes.push(waiter_token());
    }
    let spread = placement::spread(lowering, workload);
    PodSpec {
        restart_policy: job.then(|| "Never".to_owned()),
        service_account_name: workload
            .account
            .as_ref()
            .map(|account| account.name.clone())
            .or_else(|| waits_for_job.then(|| access::waiter_name(app))),
        automount_service_account_token: Some(
            workload.account.as_ref().is_some_and(|account| account.automount),
        ),
        enable_service_links: Some(false),
        image_pull_secrets: (!secrets.is_empty()).then_some(secrets),
        termination_grace_period_seconds: grace(workload),
        priority_class_name: workload.priority_class.clone(),
        runtime_class_name: workload.runtime_class.clone(),
        node_selector: (!workload.node_selector.is_empty()).then(|| workload.node_selector.clone()),
        affinity: placement::affinity(lowering, workload),
        tolerations: placement::tolerations(workload),
        topology_spread_constraints: (!spread.is_empty()).then_some(spread),
        host_network: workload.host_network.then_some(true),
        host_pid: workload.host_pid.then_some(true),
        host_ipc: workload.host_ipc.then_some(true),
        share_process_namespace: workload.one_process_space.then_some(true),
        dns_policy: workload.host_network.then(|| "ClusterFirstWithHostNet".to_owned()),
        dns_config: dns(workload),
        hostname: workload.hostname.clone(),
        host_aliases: (!aliases.is_empty()).then_some(aliases),
        security_context: Some(security(lowering, workload))
            .filter(|context| *context != PodSecurityContext::default()),
        init_containers: (!init.is_empty()).then_some(init),
        containers,
        volumes: (!volumes.is_empty()).then_some(volumes),
        ..PodSpec::default()
    }
}

/// Time to end: Compose's where it is said, and as much more as the pause before the signal takes.
fn grace(workload: &Workload) -> Option<i64> {
    match (workload.grace, workload.graceful_seconds) {
        (None, 0) => None,
        (said, pause) => Some(said.unwrap_or(DEFAULT_GRACE) + pause),
    }
}

fn host_aliases(workload: &Workload) -> Vec<HostAlias> {
    let mut by_address: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (host, addresses) in &workload.host_aliases {
        for address in addresses {
            by_address.entry(address).or_default().push(host.clone());
        }
    }
    by_address
        .into_iter()
        .map(|(ip, hostnames)| HostAlias { ip: ip.to_owned(), hostnames: Some(hostnames) })
        .collect()
}

fn dns(workload: &Workload) -> Option<PodDNSConfig> {
    let (servers, searches, options) = &workload.dns;
    if servers.is_empty() && searches.is_empty() && options.is_empty() {
        return None;
    }
    let options: Vec<_> = options
        .iter()
        .map(|option| {
            let (name, value) = option
                .split_once(':')
                .map_or((option.as_str(), None), |(name, value)| (name, Some(value)));
            PodDNSConfigOption { name: Some(name.to_owned()), value: value.map(str::to_owned) }
        })
        .collect();
    // The resolver takes three servers; the cluster's own is one of them.
    let servers: Vec<_> = servers.iter().take(2).cloned().collect();
    Some(PodDNSConfig {
        nameservers: (!servers.is_empty()).then_some(servers),
        searches: (!searches.is_empty()).then(|| searches.clone()),
        options: (!options.is_empty()).then_some(options),
    })
}

fn security(lowering: &Lowering, workload: &Workload) -> PodSecurityContext {
    let posture = &workload.posture;
    let claims = lowering
        .containers()
        .flat_map(|(_, workload)| &workload.mounts)
        .any(|mount| matches!(mount.source, MountSource::Template | MountSource::Claim(_)));
    let fs_group = posture.fs_group.filter(|_| claims);
    let sysctls: Vec<_> = posture
        .sysctls
        .iter()
        .filter(|(name, _)| !(workload.host_network && name.starts_with("net.")))
        .map(|(name, value)| Sysctl { name: name.clone(), value: value.clone() })
        .collect();
    PodSecurityContext {
        supplemental_groups: (!posture.groups.is_empty()).then(|| posture.groups.clone()),
        fs_group,
        fs_group_change_policy: fs_group.map(|_| "OnRootMismatch".to_owned()),
        seccomp_profile: (!posture.unconfined && !posture.privileged).then(|| SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            localhost_profile: None,
        }),
        sysctls: (!sysctls.is_empty()).then_some(sysctls),
        ..PodSecurityContext::default()
    }
}

/// The volumes of the pod; one that several mounts use is there once.
fn volumes(lowering: &Lowering) -> Vec<Volume> {
    let mut volumes: Vec<Volume> = Vec::new();
    for mount in lowering.containers().flat_map(|(_, workload)| &workload.mounts) {
        if mount.source != MountSource::Template
            && !volumes.iter().any(|volume| volume.name == mount.volume)
        {
            volumes.push(volume(&mount.volume, &mount.source));
        }
    }
    volumes
}

fn volume(name: &str, source: &MountSource) -> Volume {
    let mut volume = Volume { name: name.to_owned(), ..Volume::default() };
    match source {
        MountSource::Template => {}
        MountSource::Claim(claim) => {
            volume.persistent_volume_claim = Some(PersistentVolumeClaimVolumeSource {
                claim_name: claim.clone(),
                read_only: None,
            });
        }
        MountSource::Empty { memory, size } => {
            volume.empty_dir = Some(EmptyDirVolumeSource {
                medium: memory.then(|| "Memory".to_owned()),
                size_limit: size.map(|size| Quantity(size.to_string())),
            });
        }
        MountSource::Config(data) => {
            volume.config_map = Some(ConfigMapVolumeSource {
                name: data.name.clone(),
                items: items(data),
                default_mode: data.mode,
                optional: None,
            });
        }
        MountSource::Secret(data) => {
            volume.secret = Some(SecretVolumeSource {
                secret_name: Some(data.name.clone()),
                items: items(data),
                default_mode: data.mode,
                optional: None,
            });
        }
        MountSource::HostPath(path) => {
            volume.host_path = Some(HostPathVolumeSource { path: path.clone(), type_: None });
        }
        MountSource::Image(reference) => {
            volume.image =
                Some(ImageVolumeSource { reference: Some(reference.clone()), pull_policy: None });
        }
        MountSource::Nfs { server, path } => {
            volume.nfs = Some(NFSVolumeSource {
                server: server.clone(),
                path: path.clone(),
                read_only: None,
            });
        }
    }
    volume
}

fn items(data: &DataSource) -> Option<Vec<KeyToPath>> {
    let items: Vec<_> = data
        .items
        .iter()
        .map(|(key, path)| KeyToPath { key: key.clone(), path: path.clone(), mode: None })
        .collect();
    (!items.is_empty()).then_some(items)
}

/// A token for the one container that asks the API about Jobs.
fn waiter_token() -> Volume {
    let token = VolumeProjection {
        service_account_token: Some(ServiceAccountTokenProjection {
            path: "token".to_owned(),
            expiration_seconds: Some(3600),
            audience: None,
        }),
        ..VolumeProjection::default()
    };
    let certificate = VolumeProjection {
        config_map: Some(ConfigMapProjection {
            name: "kube-root-ca.crt".to_owned(),
            items: Some(vec![KeyToPath {
                key: "ca.crt".to_owned(),
                path: "ca.crt".to_owned(),
                mode: None,
            }]),
            optional: None,
        }),
        ..VolumeProjection::default()
    };
    let namespace = VolumeProjection {
        downward_api: Some(DownwardAPIProjection {
            items: Some(vec![DownwardAPIVolumeFile {
                path: "namespace".to_owned(),
                field_ref: Some(ObjectFieldSelector {
                    field_path: "metadata.namespace".to_owned(),
                    api_version: None,
                }),
                ..DownwardAPIVolumeFile::default()
            }]),
        }),
        ..VolumeProjection::default()
    };
    Volume {
        name: container::WAITER_TOKEN.to_owned(),
        projected: Some(ProjectedVolumeSource {
            sources: Some(vec![token, certificate, namespace]),
            default_mode: None,
        }),
        ..Volume::default()
    }
}
