//! Deployments and their siblings.

use k8s_openapi::{
    api::{
        apps::v1::{
            DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy, Deployment, DeploymentSpec,
            DeploymentStrategy, RollingUpdateDaemonSet, RollingUpdateDeployment, StatefulSet,
            StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec,
        },
        batch::v1::{
            CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec, PodFailurePolicy,
            PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule,
        },
        core::v1::PodTemplateSpec,
    },
    apimachinery::pkg::{apis::meta::v1::ObjectMeta, util::intstr::IntOrString},
};

use super::{Object, Role, lower::Lowering, pod, service, storage, traces};
use crate::{
    plan::{MountSource, Retention, Workload},
    settings::WorkloadKind,
};

/// The annotation by which a reloader controller knows whose pods to restart.
const RELOADER: &str = "reloader.stakater.com/auto";

/// Whether a reloader controller restarts the pods of a workload.
pub(crate) fn is_reloaded(object: &Object) -> bool {
    object.value.at(&["metadata", "annotations", RELOADER]).is_some()
}

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
        WorkloadKind::DaemonSet => {
            lowering.object(&daemon_set(lowering, workload, template), Role::Workload)
        }
        WorkloadKind::Job => {
            let job = Job {
                metadata: metadata(lowering, workload),
                spec: Some(job(lowering, workload, template)),
                ..Job::default()
            };
            lowering.object(&job, Role::Workload)
        }
        WorkloadKind::CronJob => {
            lowering.object(&cron_job(lowering, workload, template), Role::Workload)
        }
    };
    let pod = match workload.kind {
        WorkloadKind::CronJob => "spec.jobTemplate.spec.template.spec",
        _ => "spec.template.spec",
    };
    traces::workload(&mut object, lowering, workload, pod);
    for claim in lowering.claims() {
        object
            .origins
            .note(format_args!("spec.volumeClaimTemplates[{}]", claim.name), &claim.origin);
    }
    object
}

/// Metadata of the workload, with the annotations that Compose says.
fn metadata(lowering: &Lowering, workload: &Workload) -> ObjectMeta {
    let mut meta = lowering.meta(&lowering.service.name);
    for annotation in &workload.compose_annotations {
        meta.annotations
            .get_or_insert_default()
            .entry(annotation.key.clone())
            .or_insert_with(|| annotation.value.clone());
    }
    if workload.reloader {
        let annotations = meta.annotations.get_or_insert_default();
        annotations.insert(RELOADER.to_owned(), "true".to_owned());
    }
    meta
}

/// The number of pods; an autoscaler has its own.
fn replicas(workload: &Workload) -> Option<i32> {
    workload.autoscaling.is_none().then(|| to_i32(workload.replicas))
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
        metadata: metadata(lowering, workload),
        spec: Some(DeploymentSpec {
            replicas: replicas(workload),
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
    let claims: Vec<_> = lowering.claims().collect();
    let delete = workload.retention == Retention::Delete && !claims.is_empty();
    let retention = delete.then(|| StatefulSetPersistentVolumeClaimRetentionPolicy {
        when_deleted: Some("Delete".to_owned()),
        when_scaled: Some("Retain".to_owned()),
    });
    let claims: Vec<_> =
        claims.into_iter().map(|claim| storage::template(claim, lowering.selector())).collect();
    StatefulSet {
        metadata: metadata(lowering, workload),
        spec: Some(StatefulSetSpec {
            service_name: Some(service::governing(lowering.service)),
            replicas: replicas(workload),
            min_ready_seconds: workload
                .rollout
                .as_ref()
                .and_then(|rollout| rollout.min_ready_seconds)
                .map(to_i32),
            persistent_volume_claim_retention_policy: retention,
            selector: lowering.label_selector(),
            template,
            volume_claim_templates: (!claims.is_empty()).then_some(claims),
            ..StatefulSetSpec::default()
        }),
        ..StatefulSet::default()
    }
}

fn daemon_set(lowering: &Lowering, workload: &Workload, template: PodTemplateSpec) -> DaemonSet {
    let rollout = workload.rollout.as_ref();
    let rolling = rollout.map(|rollout| RollingUpdateDaemonSet {
        max_surge: rollout.max_surge.as_deref().map(int_or_string),
        max_unavailable: rollout.max_unavailable.as_deref().map(int_or_string),
    });
    let rolling =
        rolling.filter(|rolling| rolling.max_surge.is_some() || rolling.max_unavailable.is_some());
    DaemonSet {
        metadata: metadata(lowering, workload),
        spec: Some(DaemonSetSpec {
            selector: lowering.label_selector(),
            min_ready_seconds: rollout.and_then(|rollout| rollout.min_ready_seconds).map(to_i32),
            update_strategy: rolling.map(|rolling| DaemonSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(rolling),
            }),
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
        completions: workload.completions.map(to_i32),
        parallelism: workload.completions.map(to_i32),
        backoff_limit: Some(workload.backoff_limit.map_or(6, to_i32)),
        // Where Compose says to try again, a failure of the container is no reason to give up.
        pod_failure_policy: (!workload.retries).then(|| PodFailurePolicy { rules: vec![rule] }),
        template,
        ..JobSpec::default()
    }
}

fn cron_job(lowering: &Lowering, workload: &Workload, template: PodTemplateSpec) -> CronJob {
    let schedule = workload.schedule.as_ref();
    CronJob {
        metadata: metadata(lowering, workload),
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

/// Kubernetes counts in 32 bits; more is never meant.
pub(crate) fn to_i32(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// `2` or `25%`.
pub(crate) fn int_or_string(text: &str) -> IntOrString {
    text.parse().map_or_else(|_| IntOrString::String(text.to_owned()), IntOrString::Int)
}
