//! The rules behind fields that nobody says: what c2k puts into every object of a kind.

use super::Object;
use crate::text::Origin;

/// Kind (empty: every kind), field, rule.
const RULES: &[(&str, &str, &str)] = &[
    ("", "apiVersion", "the version of the API that has the kind"),
    ("", "kind", "what the object is for"),
    ("", "metadata.name", "the name of what it belongs to"),
    ("", "metadata.labels", "labels of every object"),
    ("", "metadata.annotations", "the settings `annotations` and `public`"),
    ("", "metadata.namespace", "the setting `namespace`"),
    ("ConfigMap", "data", "what the service's variables or files hold"),
    ("ConfigMap", "binaryData", "what the service's files hold"),
    ("Secret", "type", "a Secret with keys of its own"),
    ("Secret", "data", "what the service's variables or files hold"),
    ("Secret", "stringData", "what the service's variables or files hold"),
    ("PersistentVolumeClaim", "spec", "the setting `storage`"),
    ("Service", "spec.selector", "the labels that tell the service's pods from others"),
    ("Service", "spec.type", "how the service is reached"),
    ("Service", "spec.clusterIP", "a headless Service: names lead to pods"),
    ("Service", "spec.publishNotReadyAddresses", "pods find each other before they are ready"),
    ("Service", "spec.ports", "the ports that the service is reached at"),
    ("Service", "spec.externalName", "the setting `external`"),
    ("EndpointSlice", "addressType", "the setting `external`"),
    ("EndpointSlice", "endpoints", "the setting `external`"),
    ("EndpointSlice", "ports", "the setting `external`"),
    ("ServiceAccount", "automountServiceAccountToken", "what is safe for every pod"),
    ("Role", "rules", "what waiting for Jobs needs"),
    ("RoleBinding", "roleRef", "what waiting for Jobs needs"),
    ("RoleBinding", "subjects", "what waiting for Jobs needs"),
    ("NetworkPolicy", "spec", "the setting `network`"),
    ("HorizontalPodAutoscaler", "spec", "the setting `autoscale`"),
    ("HTTPRoute", "spec", "the setting `public`"),
    ("ExternalSecret", "spec", "the setting `secretMode`"),
    ("Service", "spec.loadBalancerSourceRanges", "the setting `service`"),
    ("Service", "spec.sessionAffinity", "the setting `public`"),
    ("Service", "spec.ipFamilyPolicy", "the setting `external`"),
    ("Service", "spec.ipFamilies", "the setting `external`"),
    ("Ingress", "spec", "the setting `public`"),
    ("PodDisruptionBudget", "spec", "the setting `disruption`"),
    ("Deployment", "spec.minReadySeconds", "the setting `rollout`"),
    ("StatefulSet", "spec.minReadySeconds", "the setting `rollout`"),
    ("StatefulSet", "spec.volumeClaimTemplates", "the setting `storage`"),
    ("StatefulSet", "spec.persistentVolumeClaimRetentionPolicy", "the setting `storage.retain`"),
    ("CronJob", "spec.concurrencyPolicy", "runs do not overlap"),
    ("CronJob", "spec.schedule", "the setting `schedule`"),
    ("CronJob", "spec.timeZone", "the setting `schedule`"),
    ("CronJob", "spec.jobTemplate.spec.backoffLimit", "the setting `schedule`"),
    (
        "CronJob",
        "spec.jobTemplate.spec.podFailurePolicy",
        "a Job fails at once when its own container fails",
    ),
];

/// Parts of a pod's spec.
const POD: &[(&str, &str)] = &[
    ("volumes", "what containers mount"),
    ("dnsPolicy", "pods in the node's network still find the cluster's names"),
    ("tolerations", "nodes of the control plane are closed to other pods"),
    ("nodeSelector", "the setting `nodeSelector`"),
    ("runtimeClassName", "the setting `runtimeClass`"),
    ("containers", "the service"),
];

/// Notes the rules of fields that have no origin of their own.
pub(super) fn note(object: &mut Object) {
    if !object.origins.are_noted() {
        return;
    }
    let kind = object.kind().to_owned();
    for (of, path, rule) in RULES {
        if (of.is_empty() || *of == kind) && !object.origins.has(path) {
            object.origins.note(path, &Origin::Rule(rule));
        }
    }
    for pod in ["spec.template.spec", "spec.jobTemplate.spec.template.spec"] {
        for (field, rule) in POD {
            let path = format!("{pod}.{field}");
            if !object.origins.has(&path) {
                object.origins.note(path, &Origin::Rule(rule));
            }
        }
    }
}
