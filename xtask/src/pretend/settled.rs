//! Whether what was applied came up.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::objects::{at, list};

/// Everything that is in the cluster at one moment.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Objects by namespace.
    spaces: BTreeMap<String, Vec<Value>>,
}

impl State {
    /// The state of a list of objects; only some namespaces count.
    pub(super) fn of(objects: &[Value], spaces: &BTreeSet<String>) -> Self {
        let mut state = Self::default();
        for object in objects {
            let space = word(object, &["metadata", "namespace"]);
            if spaces.contains(&space) {
                state.spaces.entry(space).or_default().push(object.clone());
            }
        }
        state
    }

    fn within(&self, space: &str) -> &[Value] {
        self.spaces.get(space).map_or(&[], Vec::as_slice)
    }

    /// Claims that have no volume yet.
    pub(super) fn claims_without_volume(&self) -> impl Iterator<Item = &Value> {
        self.spaces.values().flatten().filter(|object| {
            is(object, "PersistentVolumeClaim") && word(object, &["status", "phase"]) != "Bound"
        })
    }

    /// A line for each object that is not as it should be: `Kind/name: why`.
    pub(super) fn waiting<'s>(&'s self, space: &'s str) -> impl Iterator<Item = String> + 's {
        self.within(space).iter().filter_map(move |object| {
            let why = self.lacks(space, object)?;
            Some(format!("{}/{}: {why}", kind(object), word(object, &["metadata", "name"])))
        })
    }

    /// How many objects of each kind are as they should be, and how many are not.
    pub(super) fn counts(&self, space: &str) -> BTreeMap<&'static str, (usize, usize)> {
        let mut counts = BTreeMap::new();
        for object in self.within(space) {
            let Some(name) = counted(kind(object)) else { continue };
            let (there, waiting): &mut (usize, usize) = counts.entry(name).or_default();
            *if self.lacks(space, object).is_some() { waiting } else { there } += 1;
        }
        counts
    }

    /// What an object lacks.
    fn lacks(&self, space: &str, object: &Value) -> Option<String> {
        let number = |path: &[&str]| at(object, path).and_then(Value::as_i64);
        let status = |name: &str| number(&["status", name]).unwrap_or(0);
        let wanted = number(&["spec", "replicas"]).unwrap_or(1);
        let seen = |count: i64| {
            (count != wanted)
                .then(|| format!("{count} of {wanted} pods{}", self.hint(space, object)))
        };
        match kind(object) {
            "Deployment" => seen(status("availableReplicas")),
            "StatefulSet" => seen(status("availableReplicas")),
            "DaemonSet" => {
                let (ready, all) = (status("numberReady"), status("desiredNumberScheduled"));
                (all == 0 || ready != all).then(|| format!("{ready} of {all} nodes"))
            }
            "Job" => (status("succeeded") == 0)
                .then(|| format!("not complete{}", self.hint(space, object))),
            "PersistentVolumeClaim" => {
                let phase = word(object, &["status", "phase"]);
                (phase != "Bound").then_some(phase)
            }
            "PodDisruptionBudget" => {
                let (pods, may) = (status("expectedPods"), status("disruptionsAllowed"));
                (pods < 2 || may < 1).then(|| format!("{pods} pods counted, {may} may go"))
            }
            "Service" => self.without_endpoint(space, object),
            _ => None,
        }
    }

    /// Whether a Service with a selector has no pod behind it.
    fn without_endpoint(&self, space: &str, service: &Value) -> Option<String> {
        let selector = at(service, &["spec", "selector"]).and_then(Value::as_object)?;
        let name = word(service, &["metadata", "name"]);
        let label = ["metadata", "labels", "kubernetes.io/service-name"];
        let mut slices = self
            .within(space)
            .iter()
            .filter(|object| is(object, "EndpointSlice") && word(object, &label) == name);
        let found = slices.any(|slice| !list(slice, &["endpoints"]).is_empty());
        (!found && !self.has_ended(space, selector)).then(|| "no endpoint".to_owned())
    }

    /// Whether the pods of a selector ended or are made by a schedule.
    fn has_ended(&self, space: &str, selector: &serde_json::Map<String, Value>) -> bool {
        let selects = |pod: &&Value| {
            let labels = at(pod, &["metadata", "labels"]);
            is(pod, "Pod")
                && selector
                    .iter()
                    .all(|(key, value)| labels.and_then(|labels| labels.get(key)) == Some(value))
        };
        let mut pods = self.within(space).iter().filter(selects).peekable();
        pods.peek().is_some() && pods.all(|pod| word(pod, &["status", "phase"]) == "Succeeded")
    }

    /// Why a pod of a workload is not scheduled.
    fn hint(&self, space: &str, object: &Value) -> String {
        let name = word(object, &["metadata", "labels", "app.kubernetes.io/name"]);
        let own = |pod: &&Value| {
            is(pod, "Pod") && word(pod, &["metadata", "labels", "app.kubernetes.io/name"]) == name
        };
        let pods = self.within(space).iter().filter(own);
        let conditions = pods.flat_map(|pod| list(pod, &["status", "conditions"]));
        let mut messages = conditions
            .filter(|condition| word(condition, &["status"]) == "False")
            .map(|condition| word(condition, &["message"]))
            .filter(|message| !message.is_empty());
        messages.next().map(|message| format!(": {message}")).unwrap_or_default()
    }
}

fn kind(object: &Value) -> &str {
    at(object, &["kind"]).and_then(Value::as_str).unwrap_or_default()
}

fn is(object: &Value, wanted: &str) -> bool {
    kind(object) == wanted
}

fn word(object: &Value, path: &[&str]) -> String {
    at(object, path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The name under which a kind is counted.
fn counted(kind: &str) -> Option<&'static str> {
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" => Some("workloads"),
        "Job" => Some("jobs"),
        "PersistentVolumeClaim" => Some("claims"),
        "PodDisruptionBudget" => Some("budgets"),
        "Service" => Some("services"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(objects: &[Value]) -> State {
        let mut objects = objects.to_vec();
        for object in &mut objects {
            object["metadata"]["namespace"] = "p-a".into();
        }
        State::of(&objects, &["p-a".to_owned()].into())
    }

    #[test]
    fn a_service_needs_a_pod_unless_its_pods_have_ended() {
        let service =
            json!({"kind": "Service", "metadata": {"name": "a"}, "spec": {"selector": {"x": "y"}}});
        let pod = |phase: &str| json!({"kind": "Pod", "metadata": {"name": "p", "labels": {"x": "y"}}, "status": {"phase": phase}});
        let slice = json!({"kind": "EndpointSlice",
            "metadata": {"name": "a-1", "labels": {"kubernetes.io/service-name": "a"}},
            "endpoints": [{"addresses": ["10.0.0.1"]}]});
        let lines = |objects: &[Value]| state(objects).waiting("p-a").collect::<Vec<_>>();
        assert_eq!(lines(&[service.clone(), pod("Pending")]), ["Service/a: no endpoint"]);
        assert!(lines(&[service.clone(), pod("Succeeded")]).is_empty());
        assert!(lines(&[service, slice]).is_empty());
    }
}
