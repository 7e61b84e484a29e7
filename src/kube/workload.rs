//! Deployments and their siblings.

use k8s_openapi::{
    api::{
        apps::v1::{
            DaemonSet, DaemonSetSpec, Deployment, DeploymentSpec, DeploymentStrategy,
            RollingUpdateDeployment, StatefulSet, StatefulSetPersistentVolumeClaimRetentionPolicy,
            StatefulSetSpec,
        },
        batch::v1::{
            CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec, PodFailurePolicy,
            PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule,
        },
        core::v1::PodTemplateSpec,
    },
    apimachinery::pkg::util::intstr::IntOrString,
};

use super::{Object, Role, lower::Lowering, pod, service, storage};
use crate::{
    plan::{MountSource, Retention, Workload},
    settings::WorkloadKind,
    text::Origin,
};

/// The object that runs a service.
pub(crate) fn workload(lowering: &Lowering, workload: &Workload) -> Object {
    let template = pod::template(lowering, workload);
    let mut object = match workload.kind {
        WorkloadKind::Deployment => {
            lowering.object(&deployment(lowering, workload, template), Role::Workload)
        }
        WorkloadKind::StatefulSet => {
            lowering.object(&stateful_set(lowering, workload, template), Role::Workload)
        }
        WorkloadKind::DaemonSet => lowering.object(&daemon_set(lowering, template), Role::Workload),
        WorkloadKind::Job => {
            let job = Job {
                metadata: lowering.meta(&lowering.service.name),
                spec: Some(job(lowering, workload, template)),
                ..Job::default()
            };
            lowering.object(&job, Role::Workload)
        }
        WorkloadKind::CronJob => {
            lowering.object(&cron_job(lowering, workload, template), Role::Workload)
        }
    };
    origins(&mut object, lowering, workload);
    object
}

fn deployment(lowering: &Lowering, workload: &Workload, template: PodTemplateSpec) -> Deployment {
    let rollout = workload.rollout.as_ref();
    let exclusive = workload
        .mounts
        .iter()
        .any(|mount| matches!(mount.source, MountSource::Claim(_)) && !mount.read_only);
    let recreate = rollout.map_or(exclusive, |rollout| rollout.recreate);
    let surge = rollout.and_then(|rollout| rollout.max_surge.clone());
    let unavailable = rollout.and_then(|rollout| rollout.max_unavailable.clone());
    let rolling = (surge.is_some() || unavailable.is_some()).then(|| RollingUpdateDeployment {
        max_surge: surge.as_deref().map(int_or_string),
        max_unavailable: unavailable.as_deref().map(int_or_string),
    });
    let strategy = if recreate {
        Some(DeploymentStrategy { type_: Some("Recreate".to_owned()), rolling_update: None })
    } else {
        rolling.map(|rolling| DeploymentStrategy {
            type_: Some("RollingUpdate".to_owned()),
            rolling_update: Some(rolling),
        })
    };
    Deployment {
        metadata: lowering.meta(&lowering.service.name),
        spec: Some(DeploymentSpec {
            replicas: Some(to_i32(workload.replicas)),
            selector: lowering.label_selector(),
            strategy,
            min_ready_seconds: rollout.and_then(|rollout| rollout.min_ready_seconds).map(to_i32),
            template,
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn stateful_set(
    lowering: &Lowering,
    workload: &Workload,
    template: PodTemplateSpec,
) -> StatefulSet {
    let delete = workload.retention == Retention::Delete && !workload.claim_templates.is_empty();
    let retention = delete.then(|| StatefulSetPersistentVolumeClaimRetentionPolicy {
        when_deleted: Some("Delete".to_owned()),
        when_scaled: Some("Retain".to_owned()),
    });
    let claims: Vec<_> = workload
        .claim_templates
        .iter()
        .map(|claim| storage::template(claim, lowering.selector()))
        .collect();
    StatefulSet {
        metadata: lowering.meta(&lowering.service.name),
        spec: Some(StatefulSetSpec {
            service_name: Some(service::governing(lowering.service)),
            replicas: Some(to_i32(workload.replicas)),
            persistent_volume_claim_retention_policy: retention,
            selector: lowering.label_selector(),
            template,
            volume_claim_templates: (!claims.is_empty()).then_some(claims),
            ..StatefulSetSpec::default()
        }),
        ..StatefulSet::default()
    }
}

fn daemon_set(lowering: &Lowering, template: PodTemplateSpec) -> DaemonSet {
    DaemonSet {
        metadata: lowering.meta(&lowering.service.name),
        spec: Some(DaemonSetSpec {
            selector: lowering.label_selector(),
            template,
            ..DaemonSetSpec::default()
        }),
        ..DaemonSet::default()
    }
}

/// A Job fails at once when its main container fails, but is patient with what it waits for.
fn job(lowering: &Lowering, workload: &Workload, template: PodTemplateSpec) -> JobSpec {
    let rule = PodFailurePolicyRule {
        action: "FailJob".to_owned(),
        on_exit_codes: Some(PodFailurePolicyOnExitCodesRequirement {
            container_name: Some(lowering.service.name.clone()),
            operator: "NotIn".to_owned(),
            values: vec![0],
        }),
        on_pod_conditions: None,
    };
    JobSpec {
        backoff_limit: Some(workload.backoff_limit.map_or(6, to_i32)),
        pod_failure_policy: Some(PodFailurePolicy { rules: vec![rule] }),
        template,
        ..JobSpec::default()
    }
}

fn cron_job(lowering: &Lowering, workload: &Workload, template: PodTemplateSpec) -> CronJob {
    let schedule = workload.schedule.as_ref();
    CronJob {
        metadata: lowering.meta(&lowering.service.name),
        spec: Some(CronJobSpec {
            schedule: schedule.map(|schedule| schedule.cron.clone()).unwrap_or_default(),
            time_zone: schedule.and_then(|schedule| schedule.time_zone.clone()),
            concurrency_policy: Some(
                schedule
                    .and_then(|schedule| schedule.concurrency.clone())
                    .unwrap_or_else(|| "Forbid".to_owned()),
            ),
            job_template: JobTemplateSpec {
                metadata: None,
                spec: Some(job(lowering, workload, template)),
            },
            ..CronJobSpec::default()
        }),
        ..CronJob::default()
    }
}

/// Notes where the fields that people ask about come from.
fn origins(object: &mut Object, lowering: &Lowering, workload: &Workload) {
    let container = format!("spec.template.spec.containers[{}]", lowering.service.name);
    let origins = &mut object.origins;
    origins.note(format!("{container}.image"), workload.image_origin.clone());
    for env in &workload.env {
        origins.note(format!("{container}.env[{}]", env.name), env.origin.clone());
    }
    for mount in &workload.mounts {
        origins.note(format!("{container}.volumeMounts[{}]", mount.path), mount.origin.clone());
        origins.note(format!("spec.template.spec.volumes[{}]", mount.volume), mount.origin.clone());
    }
    for port in &lowering.service.ports {
        origins.note(format!("{container}.ports[{}]", port.port), port.origin.clone());
    }
    for (kind, amounts) in [("requests", &workload.requests), ("limits", &workload.limits)] {
        for (name, _, origin) in amounts {
            origins.note(format!("{container}.resources.{kind}.{name}"), origin.clone());
        }
    }
    let probes = [
        ("readinessProbe", &workload.readiness),
        ("livenessProbe", &workload.liveness),
        ("startupProbe", &workload.startup),
    ];
    for (name, probe) in probes {
        if let Some(probe) = probe {
            origins.note(format!("{container}.{name}"), probe.origin.clone());
        }
    }
    for rule in ["automountServiceAccountToken", "enableServiceLinks", "securityContext"] {
        origins
            .note(format!("spec.template.spec.{rule}"), Origin::Rule("what is safe for every pod"));
    }
}

/// Kubernetes counts in 32 bits; more is never meant.
pub(crate) fn to_i32(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// `2` or `25%`.
pub(crate) fn int_or_string(text: &str) -> IntOrString {
    text.parse().map_or_else(|_| IntOrString::String(text.to_owned()), IntOrString::Int)
}
