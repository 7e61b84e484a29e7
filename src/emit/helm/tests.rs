//! A small stack, and the text of the chart that is written of it.

mod prose;
mod scaling;
mod secrets;
mod stores;
mod values;
mod workloads;

use serde_json::Value as Json;

use super::*;
use crate::{
    emit::{Bundle, SecretKeys, SecretMode, Tree, Variant},
    kube::{Object, Role},
};

/// The objects of a store: in the cluster with a claim, or outside of it.
const STORE: &str = "
apiVersion: v1
kind: Service
metadata: {name: my-db, labels: LABELS(my-db)}
spec:
  selector: {app.kubernetes.io/name: my-db, app.kubernetes.io/instance: shop}
  ports: [{name: postgres, port: 5432}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: my-db, labels: LABELS(my-db)}
spec:
  serviceName: my-db
  replicas: 1
  template:
    metadata: {labels: {app.kubernetes.io/name: my-db, app.kubernetes.io/instance: shop}}
    spec:
      containers:
        - name: my-db
          image: postgres:16
          env: [{name: POSTGRES_PASSWORD, valueFrom: {secretKeyRef: {name: shop-shared, key: PW}}}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";

const OUTSIDE: &str = "
apiVersion: v1
kind: Service
metadata: {name: my-db, labels: LABELS(my-db)}
spec: {type: ExternalName, externalName: db.example.com}
";

/// The objects of a program, with places for what differs.
const PROGRAM: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: web-config, labels: LABELS(web)}
data: {LEVEL: 'LOG', TEMPLATE: '{{ .Name }}'}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, labels: LABELS(migrate)}
spec:
  template:
    spec:
      containers: [{name: migrate, image: 'example.com:5000/web:1.0'}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: LABELS(web)}
spec:
  replicas: COUNT
  template:
    metadata: {labels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: shop}}
    spec:
      initContainers:
        - {name: wait-migrate, image: 'kubectl:1', command: [kubectl, wait, job/migrate]}
      containers:
        - name: web
          image: example.com:5000/web:1.0
          envFrom: [{configMapRef: {name: web-config}}]
          MORE
";

const SECRET: &str = "
apiVersion: v1
kind: Secret
metadata: {name: shop-shared, labels: LABELS()}
stringData: {PW: geheim}
";

fn objects(environment: &str, yaml: &str) -> Vec<Object> {
    let mark = match environment {
        "" => String::new(),
        name => format!(", c2k.dev/environment: {name}"),
    };
    let labels = format!(
        "app.kubernetes.io/instance: shop, app.kubernetes.io/part-of: shop, \
         app.kubernetes.io/managed-by: c2k{mark}}}"
    );
    let yaml = yaml.replace("LABELS()", &format!("{{{labels}"));
    let yaml = yaml
        .replace("LABELS(", "{app.kubernetes.io/name: ")
        .replace(")}\n", &format!(", {labels}}}\n"));
    let documents: Vec<Json> = serde_saphyr::from_multiple(&yaml).unwrap();
    let object = |value: Json| {
        let object = Object::new(value.into(), Role::Other, None);
        let label = object.value.at(&["metadata", "labels", facts::NAME]);
        let service = label.and_then(Value::as_str).map(str::to_owned);
        let role = match object.kind() {
            "ConfigMap" => Role::Environment,
            "Deployment" | "StatefulSet" | "Job" => Role::Workload,
            _ => Role::Other,
        };
        Object { service, role, ..object }
    };
    documents.into_iter().map(object).collect()
}

fn variant(environment: &str, parts: &[&str]) -> Variant {
    let secrets =
        vec![SecretKeys { name: "shop-shared".into(), keys: vec!["PW".into()], service: None }];
    Variant {
        environment: environment.to_owned(),
        objects: objects(environment, &parts.join("---")).into(),
        secret_mode: SecretMode::default(),
        secrets,
        namespace: None,
        custom: None,
    }
}

fn program(level: &str, count: &str, more: &str) -> String {
    PROGRAM.replace("LOG", level).replace("COUNT", count).replace("MORE", more)
}

fn chart() -> Tree {
    let base = program("debug", "1", "workingDir: /srv");
    let dev = program("debug", "1", "tty: true");
    let resources = "resources: {limits: {memory: 64Mi}}\n          workingDir: /srv";
    let production = program("info", "2", resources);
    let bundle = Bundle {
        project: "shop".to_owned(),
        base: variant("", &[STORE, &base]),
        environments: vec![
            variant("dev", &[STORE, &dev, SECRET]),
            variant("production", &[OUTSIDE, &production]),
        ],
    };
    helm(&bundle, &ChartOptions::default())
}

fn text(path: &str) -> String {
    let tree = chart();
    let file = tree.files.get(&format!("shop/{path}"));
    file.unwrap_or_else(|| panic!("no {path}: {:?}", tree.files.keys())).text.clone()
}
