//! Whether a namespace that enforces the Pod Security level which c2k records admits the pods.

use serde_json::{Value, json};

use crate::{
    Result,
    apiserver::{ApiServer, Verdict},
    c2k::{C2k, Call},
    files,
    objects::{self, Object, list},
};

/// The levels of Kubernetes, from the weakest.
const LEVELS: [&str; 3] = ["privileged", "baseline", "restricted"];

/// Asks c2k for a Namespace object, where it records the level.
const NAMESPACE: [&str; 4] = ["--namespace", "pods", "--set", "createNamespace=true"];

/// What became of the pods of one project in one environment.
#[derive(Debug, Default)]
pub struct Admission {
    /// The recorded level, none where nothing was written.
    pub level: Option<String>,
    /// How many pods the server would create.
    pub admitted: usize,
    /// A line for each pod that it would not create.
    pub refused: Vec<String>,
    /// A line where the server admits every pod at a stricter level too.
    pub weak: Vec<String>,
}

/// Converts a project with a namespace, and puts a bare pod of every template before the server.
///
/// Of a Deployment that breaks a level the server accepts the object and refuses only the pods, so
/// the objects themselves show nothing.
pub fn admission(
    server: &ApiServer,
    c2k: &C2k,
    project: &Call,
    env: Option<&str>,
) -> Result<Admission> {
    let out = files::temporary()?;
    let place = out.path().join("k8s");
    let mut call = project.clone();
    call.args.extend(NAMESPACE.map(str::to_owned));
    let ended = c2k.convert(&call, "manifests", env, &place)?;
    if !place.is_dir() {
        // Where nothing is left to write there are no pods.
        return if matches!(ended.code, Some(0 | 1)) {
            Ok(Admission::default())
        } else {
            Err(format!("not converted with a namespace:\n{}", ended.stderr))
        };
    }
    of_objects(server, &objects::read(&place)?)
}

fn of_objects(server: &ApiServer, objects: &[Object]) -> Result<Admission> {
    let label = ["metadata", "labels", "pod-security.kubernetes.io/enforce"];
    let namespace = objects.iter().find(|object| object.kind() == "Namespace");
    let level = namespace.ok_or("no Namespace was written")?.text_at(&label);
    let pods: Vec<_> = objects.iter().filter_map(|object| Some((object, pod(object)?))).collect();
    let mut found = Admission { level: Some(level.to_owned()), ..Admission::default() };
    for (object, pod) in &pods {
        match server.admit(level, pod)? {
            Verdict::Accepted(_) => found.admitted += 1,
            Verdict::Refused(why) => {
                found.refused.push(format!("{level}: {}/{}: {why}", object.kind(), object.name()));
            }
        }
    }
    let stricter = LEVELS.iter().position(|known| *known == level).map(|at| at + 1);
    if let Some(stricter) = stricter.and_then(|at| LEVELS.get(at)) {
        let mut all = !pods.is_empty();
        for (_, pod) in &pods {
            all &= matches!(server.admit(stricter, pod)?, Verdict::Accepted(_));
        }
        if all {
            found.weak.push(format!("{level} is recorded, {stricter} admits every pod"));
        }
    }
    Ok(found)
}

/// The pod that the controller of a workload makes of its template.
fn pod(object: &Object) -> Option<Value> {
    let template = object.pod_template()?;
    let mut metadata = template.get("metadata").cloned().unwrap_or_else(|| json!({}));
    let mut spec = template.get("spec")?.clone();
    metadata["name"] = object.name().into();
    let fields = spec.as_object_mut()?;
    // Admission looks these objects up, which are the cluster's own.
    fields.remove("priorityClassName");
    fields.remove("runtimeClassName");
    let claims = list(&object.value, &["spec", "volumeClaimTemplates"]).iter().map(|claim| {
        let name = objects::at(claim, &["metadata", "name"]);
        json!({"name": name, "persistentVolumeClaim": {"claimName": name}})
    });
    let mut volumes = list(template, &["spec", "volumes"]).to_vec();
    volumes.extend(claims);
    fields.insert("volumes".to_owned(), volumes.into());
    Some(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_has_the_volumes_of_claim_templates() {
        let text = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    metadata: {labels: {app: db}}
    spec: {priorityClassName: high, containers: [], volumes: [{name: tmp, emptyDir: {}}]}
  volumeClaimTemplates: [{metadata: {name: data}}]
";
        let object = &objects::parse(text, "x").unwrap()[0];
        let pod = pod(object).unwrap();
        assert_eq!(pod["metadata"], json!({"name": "db", "labels": {"app": "db"}}));
        assert_eq!(pod["spec"]["volumes"][1]["persistentVolumeClaim"]["claimName"], "data");
        assert!(pod["spec"].get("priorityClassName").is_none());
    }
}
