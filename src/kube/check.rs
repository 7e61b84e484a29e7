//! Strict checking of objects that somebody else had a hand in: unknown fields, wrong types, missing
//! fields, and fields that exclude each other.

mod unions;

use k8s_openapi::{
    api::{
        apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
        autoscaling::v2::HorizontalPodAutoscaler,
        batch::v1::{CronJob, Job},
        core::v1::{
            ConfigMap, Endpoints, LimitRange, Namespace, PersistentVolume, PersistentVolumeClaim,
            Pod, ResourceQuota, Secret, Service, ServiceAccount,
        },
        discovery::v1::EndpointSlice,
        networking::v1::{Ingress, IngressClass, NetworkPolicy},
        policy::v1::PodDisruptionBudget,
        rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
        scheduling::v1::PriorityClass,
        storage::v1::StorageClass,
    },
    serde::{Serialize, de::DeserializeOwned},
};

use crate::yaml::{Value, read_typed};

pub use crate::yaml::Problem;

/// Checks an object against the types of the API; kinds that c2k does not know pass.
pub fn check(object: &Value) -> Vec<Problem> {
    let text = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
    macro_rules! kinds {
        ($($version:literal $($kind:ident)*;)*) => {
            match (text("apiVersion"), text("kind")) {
                $($(($version, stringify!($kind)) => strictly::<$kind>(object),)*)*
                _ => Vec::new(),
            }
        };
    }
    kinds! {
        "v1" ConfigMap Endpoints LimitRange Namespace PersistentVolume PersistentVolumeClaim Pod
            ResourceQuota Secret Service ServiceAccount;
        "apps/v1" DaemonSet Deployment ReplicaSet StatefulSet;
        "autoscaling/v2" HorizontalPodAutoscaler;
        "batch/v1" CronJob Job;
        "discovery.k8s.io/v1" EndpointSlice;
        "networking.k8s.io/v1" Ingress IngressClass NetworkPolicy;
        "policy/v1" PodDisruptionBudget;
        "rbac.authorization.k8s.io/v1" ClusterRole ClusterRoleBinding Role RoleBinding;
        "scheduling.k8s.io/v1" PriorityClass;
        "storage.k8s.io/v1" StorageClass;
    }
}

fn strictly<T: DeserializeOwned + Serialize>(object: &Value) -> Vec<Problem> {
    let (read, mut problems) = read_typed::<T>(object);
    if let Some(read) = read
        && let Ok(written) = serde_json::to_value(&read)
    {
        missing(object, &Value::from(written), &mut Vec::new(), &mut problems);
    }
    problems.extend(unions::problems(object));
    problems
}

/// Fields that the types write always, and that the object does not have.
fn missing(object: &Value, written: &Value, path: &mut Vec<String>, problems: &mut Vec<Problem>) {
    match (object, written) {
        (Value::Map(object), Value::Map(written)) => {
            for (key, value) in written.iter() {
                path.push(key.to_owned());
                match object.get(key) {
                    Some(own) => missing(own, value, path, problems),
                    None if is_empty(value) => problems.push(Problem {
                        path: path.clone(),
                        message: format!("`{}` is missing", path.join(".")),
                        help: None,
                    }),
                    None => {}
                }
                path.pop();
            }
        }
        (Value::Seq(object), Value::Seq(written)) => {
            for (object, written) in object.iter().zip(written) {
                missing(object, written, path, problems);
            }
        }
        _ => {}
    }
}

/// Whether this is what the types write for a field that was not there.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Int(0) | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Seq(items) => items.is_empty(),
        Value::Map(map) => map.iter().all(|(_, value)| is_empty(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn pod(spec: Json) -> Vec<String> {
        let object =
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec});
        let text = |problem: Problem| match problem.help {
            Some(help) => format!("{} ({help})", problem.message),
            None => problem.message,
        };
        check(&object.into()).into_iter().map(text).collect()
    }

    #[test]
    fn unknown_fields_have_a_suggestion() {
        let found =
            pod(json!({"containers": [{"name": "a", "image": "b", "imagePullPolcy": "Always"}]}));
        let expected =
            "there is no field `spec.containers.imagePullPolcy` (did you mean `imagePullPolicy`?)";
        assert_eq!(found, [expected]);
        let found = pod(json!({"containers": [], "$retainKeys": []}));
        assert_eq!(found, ["there is no field `spec.$retainKeys`"]);
    }

    #[test]
    fn required_fields_and_types_are_checked() {
        assert_eq!(
            pod(json!({"containers": [{"image": "b"}]})),
            ["`spec.containers.name` is missing"]
        );
        assert_eq!(
            pod(json!({"containers": [{"name": "a", "image": 5}]})),
            ["`spec.containers.image` has to be a string, not the number 5"]
        );
        assert_eq!(
            pod(json!({"containers": {"name": "a"}})),
            ["`spec.containers` has to be a list, not a mapping"]
        );
    }

    #[test]
    fn what_excludes_each_other_is_found() {
        let found = pod(json!({"containers": [{"name": "a", "image": "b", "env": [
            {"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}],
            "volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}}]}));
        assert_eq!(
            found,
            [
                "`spec.containers.env` `A` has both `value` and `valueFrom` (remove one of them in the patch, for example `value: null`)",
                "`spec.volumes` `v` has both `emptyDir` and `hostPath` (remove one of them in the patch, for example `emptyDir: null`)",
            ]
        );
    }

    #[test]
    fn what_the_server_takes_passes() {
        let found = pod(json!({"containers": [{"name": "a", "image": "b",
            "resources": {"limits": {"cpu": 2, "memory": "1Gi"}},
            "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 5},
            "ports": [{"containerPort": 80}], "args": null}],
            "volumes": [{"name": "v", "emptyDir": {}}]}));
        assert_eq!(found, Vec::<String>::new());
        let custom = json!({"apiVersion": "example.com/v1", "kind": "Thing", "spec": {"a": 1}});
        assert_eq!(check(&custom.into()), []);
    }
}
