//! Autoscalers of pods.

use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, MetricSpec,
    MetricTarget, ResourceMetricSource,
};

use super::{Object, Role, lower::Lowering, workload::to_i32};
use crate::{plan::Workload, settings::WorkloadKind, yaml::read_typed};

/// The autoscaler of a service whose number of pods follows load.
pub(crate) fn autoscaler(lowering: &Lowering, workload: &Workload) -> Option<Object> {
    let scaling = workload.autoscaling.as_ref()?;
    let kind = match workload.kind {
        WorkloadKind::StatefulSet => "StatefulSet",
        _ => "Deployment",
    };
    let resources = [("cpu", scaling.cpu), ("memory", scaling.memory)];
    let mut metrics: Vec<MetricSpec> = resources
        .into_iter()
        .filter_map(|(name, used)| used.map(|percent| resource(name, percent)))
        .collect();
    metrics.extend(scaling.metrics.iter().filter_map(|metric| read_typed(metric).0));
    let resource = HorizontalPodAutoscaler {
        metadata: lowering.meta(&lowering.service.name),
        spec: Some(HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: kind.to_owned(),
                name: lowering.service.name.clone(),
            },
            min_replicas: Some(to_i32(scaling.min)),
            max_replicas: to_i32(scaling.max),
            metrics: Some(metrics),
            ..HorizontalPodAutoscalerSpec::default()
        }),
        ..HorizontalPodAutoscaler::default()
    };
    let mut object = lowering.object(&resource, Role::Autoscaling);
    object.origins.note("spec", &scaling.origin);
    Some(object)
}

fn resource(name: &str, percent: i64) -> MetricSpec {
    MetricSpec {
        type_: "Resource".to_owned(),
        resource: Some(ResourceMetricSource {
            name: name.to_owned(),
            target: MetricTarget {
                type_: "Utilization".to_owned(),
                average_utilization: Some(to_i32(percent)),
                ..MetricTarget::default()
            },
        }),
        ..MetricSpec::default()
    }
}
