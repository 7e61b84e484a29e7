//! A small stack, and the text of the chart that is written of it.

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

#[test]
fn environments_say_only_what_differs() {
    insta::assert_snapshot!(text("values-dev.yaml"), @r#"
    environment: dev
    web:
      tty: true
      workingDir: ""
    "#);
    insta::assert_snapshot!(text("values-production.yaml"), @r"
    environment: production
    myDb:
      external: db.example.com
    web:
      replicas: 2
      config:
        LEVEL: info
      resources:
        limits:
          memory: 64Mi
    ");
}

#[test]
fn what_a_person_wants_to_change_is_a_value() {
    insta::assert_snapshot!(text("values.yaml"), @r#"
    # -- Label on every object; set by values-<env>.yaml
    environment: ""

    global:
      # -- Labels on every object of a service
      labels: {}
      # -- Registry put in front of every image, for mirrors
      imageRegistry: ""
      # -- Secrets to pull images with
      imagePullSecrets: []
      # -- Storage class of every claim that names none
      storageClass: ""

    # -- Secrets that the stack reads. Give `values` only from a file that is not in git
    # (secrets-<env>.yaml); without it a Secret of that name must exist.
    secrets:
      shared:
        # keys: PW
        name: shop-shared
        values: {}

    # Services. What a key is stands where it is first. All of them understand more:
    # defaults:
    #   autoscale: min, max, cpu and memory in percent of requests; replaces `replicas`
    #   env: More variables: a string, or a Kubernetes `valueFrom`
    #   probes: Kubernetes' probes: liveness, readiness, startup
    #   disruption: maxUnavailable or minAvailable of a disruption budget
    #   metrics: A ServiceMonitor: enabled, port, path, interval, labels
    #   podSecurityContext: Kubernetes' security context of the pod
    #   securityContext: Kubernetes' security context of the container
    #   serviceAccountName: An existing ServiceAccount
    #   podAnnotations: More annotations of pods
    #   nodeSelector: As in Kubernetes
    #   tolerations: As in Kubernetes
    #   affinity: As in Kubernetes
    #   topologySpreadConstraints: As in Kubernetes
    #   priorityClassName: As in Kubernetes
    #   runtimeClassName: As in Kubernetes
    #   hostAliases: As in Kubernetes
    #   extraVolumes: More volumes of the pod
    #   extraVolumeMounts: Where the container mounts them
    #   extraInitContainers: More init containers
    #   extraContainers: More containers beside the service's own
    migrate:
      # -- Whether the service is there at all
      enabled: true
      # -- registry, repository, tag, digest, pullPolicy
      image:
        registry: example.com:5000
        repository: web
        tag: "1.0"
      # -- Kubernetes' requests and limits
      resources: {}

    myDb:
      enabled: true
      # -- Host name outside of the cluster; nothing of the service runs in it then
      external: ""
      image:
        repository: postgres
        tag: "16"
      # -- How many pods run
      replicas: 1
      resources: {}
      # -- Claims: size, storageClass, retain
      persistence:
        storageClass: ""
        size: 1Gi

    web:
      enabled: true
      image:
        registry: example.com:5000
        repository: web
        tag: "1.0"
      replicas: 1
      # -- Variables that are no secrets
      config:
        LEVEL: debug
        TEMPLATE: "{{ .Name }}"
      resources: {}
      # -- What a starting pod waits for
      waitFor:
        migrate: true
      workingDir: /srv

    helperImages:
      kubectl:
        repository: kubectl
        tag: "1"
      test:
        repository: busybox
        tag: "1.36"
    "#);
}

#[test]
fn workloads_ask_for_what_differs() {
    insta::assert_snapshot!(text("templates/web-deployment.yaml"), @r#"
    {{- with .Values.web }}
    {{- if .enabled }}
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      labels: {{- include "shop.labels" (list $ "web") | nindent 4 }}
    spec:
      {{- if not .autoscale }}
      replicas: {{ .replicas | int64 }}
      {{- end }}
      template:
        metadata:
          labels: {{- include "shop.selector" (list $ "web") | nindent 8 }}
          annotations:
            checksum/config: {{ .config | toJson | sha256sum }}
            {{- with .podAnnotations }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
        spec:
          {{- with $.Values.global.imagePullSecrets }}
          imagePullSecrets: {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- with pick . "affinity" "hostAliases" "nodeSelector" "priorityClassName" "runtimeClassName" "serviceAccountName" "tolerations" "topologySpreadConstraints" }}
          {{- toYaml . | nindent 6 }}
          {{- end }}
          {{- with .podSecurityContext }}
          securityContext: {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- if or .waitFor.migrate .extraInitContainers }}
          initContainers:
            {{- if .waitFor.migrate }}
            - name: wait-migrate
              image: {{ include "shop.image" (list $ $.Values.helperImages.kubectl) | quote }}
              command:
                - kubectl
                - wait
                - {{ printf "job/%s" (include "shop.migrateJob" $) | quote }}
            {{- end }}
            {{- with .extraInitContainers }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
          {{- end }}
          containers:
            - name: web
              {{- with .securityContext }}
              securityContext: {{- toYaml . | nindent 12 }}
              {{- end }}
              image: {{ include "shop.image" (list $ .image) | quote }}
              {{- with .image.pullPolicy }}
              imagePullPolicy: {{ . }}
              {{- end }}
              envFrom:
                - configMapRef:
                    name: web-config
              {{- with .env }}
              env: {{- include "shop.env" . | nindent 12 }}
              {{- end }}
              {{- with .resources }}
              resources: {{- toYaml . | nindent 12 }}
              {{- end }}
              {{- with .probes }}
              {{- include "shop.probes" . | nindent 10 }}
              {{- end }}
              {{- with .tty }}
              tty: {{ . | toJson }}
              {{- end }}
              {{- with .workingDir }}
              workingDir: {{ . | quote }}
              {{- end }}
              {{- with .extraVolumeMounts }}
              volumeMounts: {{- toYaml . | nindent 12 }}
              {{- end }}
            {{- with .extraContainers }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
          {{- with .extraVolumes }}
          volumes: {{- toYaml . | nindent 8 }}
          {{- end }}
    {{- end }}
    {{- end }}
    "#);
}

#[test]
fn a_store_is_in_the_cluster_or_outside() {
    insta::assert_snapshot!(text("templates/my-db-service.yaml"), @r#"
    {{- with .Values.myDb }}
    {{- if .enabled }}
    apiVersion: v1
    kind: Service
    metadata:
      name: my-db
      labels: {{- include "shop.labels" (list $ "my-db") | nindent 4 }}
    spec:
      {{- if .external }}
      type: ExternalName
      externalName: {{ .external | quote }}
      {{- else }}
      selector: {{- include "shop.selector" (list $ "my-db") | nindent 4 }}
      ports:
        - name: postgres
          port: 5432
      {{- end }}
    {{- end }}
    {{- end }}
    "#);
    insta::assert_snapshot!(text("templates/my-db-statefulset.yaml"), @r#"
    {{- with .Values.myDb }}
    {{- if and .enabled (not .external) }}
    apiVersion: apps/v1
    kind: StatefulSet
    metadata:
      name: my-db
      labels: {{- include "shop.labels" (list $ "my-db") | nindent 4 }}
    spec:
      serviceName: my-db
      replicas: {{ .replicas | int64 }}
      template:
        metadata:
          labels: {{- include "shop.selector" (list $ "my-db") | nindent 8 }}
          {{- with .podAnnotations }}
          annotations: {{- toYaml . | nindent 8 }}
          {{- end }}
        spec:
          {{- with $.Values.global.imagePullSecrets }}
          imagePullSecrets: {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- with pick . "affinity" "hostAliases" "nodeSelector" "priorityClassName" "runtimeClassName" "serviceAccountName" "tolerations" "topologySpreadConstraints" }}
          {{- toYaml . | nindent 6 }}
          {{- end }}
          {{- with .podSecurityContext }}
          securityContext: {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- with .extraInitContainers }}
          initContainers: {{- toYaml . | nindent 8 }}
          {{- end }}
          containers:
            - name: my-db
              {{- with .securityContext }}
              securityContext: {{- toYaml . | nindent 12 }}
              {{- end }}
              image: {{ include "shop.image" (list $ .image) | quote }}
              {{- with .image.pullPolicy }}
              imagePullPolicy: {{ . }}
              {{- end }}
              env:
                - name: POSTGRES_PASSWORD
                  valueFrom:
                    secretKeyRef:
                      name: {{ $.Values.secrets.shared.name | quote }}
                      key: PW
                {{- with .env }}
                {{- include "shop.env" . | nindent 12 }}
                {{- end }}
              {{- with .resources }}
              resources: {{- toYaml . | nindent 12 }}
              {{- end }}
              {{- with .probes }}
              {{- include "shop.probes" . | nindent 10 }}
              {{- end }}
              {{- with .extraVolumeMounts }}
              volumeMounts: {{- toYaml . | nindent 12 }}
              {{- end }}
            {{- with .extraContainers }}
            {{- toYaml . | nindent 8 }}
            {{- end }}
          {{- with .extraVolumes }}
          volumes: {{- toYaml . | nindent 8 }}
          {{- end }}
      volumeClaimTemplates:
        - metadata:
            name: data
          spec:
            accessModes:
              - ReadWriteOnce
            {{- with .persistence.storageClass | default $.Values.global.storageClass }}
            storageClassName: {{ . | quote }}
            {{- end }}
            resources:
              requests:
                storage: {{ .persistence.size | quote }}
    {{- end }}
    {{- end }}
    "#);
}

#[test]
fn variables_are_a_mapping_of_values() {
    insta::assert_snapshot!(text("templates/web-config-configmap.yaml"), @r#"
    {{- with .Values.web }}
    {{- if .enabled }}
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-config
      labels: {{- include "shop.labels" (list $ "web") | nindent 4 }}
    data: {{- include "shop.data" .config | nindent 2 }}
    {{- end }}
    {{- end }}
    "#);
}

#[test]
fn values_of_secrets_are_in_files_of_their_own() {
    let tree = chart();
    let secret: Vec<_> = tree.files.iter().filter(|(_, file)| file.secret).collect();
    assert!(matches!(secret.as_slice(), [(path, _)] if *path == "shop/secrets-dev.yaml"));
    let open = tree.files.values().filter(|file| !file.secret);
    assert!(open.clone().all(|file| !file.text.contains("geheim")));
    insta::assert_snapshot!(text("templates/shop-shared-secret.yaml"), @r#"
    {{- if .Values.secrets.shared.values }}
    apiVersion: v1
    kind: Secret
    metadata:
      name: {{ $.Values.secrets.shared.name | quote }}
      labels: {{- include "shop.labels" (list $ "") | nindent 4 }}
    stringData: {{- include "shop.data" .Values.secrets.shared.values | nindent 2 }}
    {{- end }}
    "#);
}

#[test]
fn jobs_are_named_by_what_they_do() {
    let helpers = text("templates/_helpers.tpl");
    let (_, job) = helpers.split_once("{{/* The pod of Job migrate. */}}\n").unwrap();
    insta::assert_snapshot!(job, @r#"
    {{- define "shop.migratePod" -}}
    {{- with .Values.migrate -}}
    spec:
      {{- with $.Values.global.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 4 }}
      {{- end }}
      {{- with pick . "affinity" "hostAliases" "nodeSelector" "priorityClassName" "runtimeClassName" "serviceAccountName" "tolerations" "topologySpreadConstraints" }}
      {{- toYaml . | nindent 2 }}
      {{- end }}
      {{- with .podSecurityContext }}
      securityContext: {{- toYaml . | nindent 4 }}
      {{- end }}
      {{- with .extraInitContainers }}
      initContainers: {{- toYaml . | nindent 4 }}
      {{- end }}
      containers:
        - name: migrate
          {{- with .securityContext }}
          securityContext: {{- toYaml . | nindent 8 }}
          {{- end }}
          image: {{ include "shop.image" (list $ .image) | quote }}
          {{- with .image.pullPolicy }}
          imagePullPolicy: {{ . }}
          {{- end }}
          {{- with .env }}
          env: {{- include "shop.env" . | nindent 8 }}
          {{- end }}
          {{- with .resources }}
          resources: {{- toYaml . | nindent 8 }}
          {{- end }}
          {{- with .probes }}
          {{- include "shop.probes" . | nindent 6 }}
          {{- end }}
          {{- with .extraVolumeMounts }}
          volumeMounts: {{- toYaml . | nindent 8 }}
          {{- end }}
        {{- with .extraContainers }}
        {{- toYaml . | nindent 4 }}
        {{- end }}
      {{- with .extraVolumes }}
      volumes: {{- toYaml . | nindent 4 }}
      {{- end }}
    {{- end }}
    {{- end }}

    {{/* Its name: another for another pod, since a Job cannot be changed. */}}
    {{- define "shop.migrateJob" -}}
    migrate-{{ include "shop.migratePod" . | sha256sum | trunc 8 }}
    {{- end }}
    "#);
    insta::assert_snapshot!(text("templates/migrate-job.yaml"), @r#"
    {{- if .Values.migrate.enabled }}
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: {{ include "shop.migrateJob" $ }}
      labels: {{- include "shop.labels" (list $ "migrate") | nindent 4 }}
    spec:
      template: {{- include "shop.migratePod" $ | nindent 4 }}
    {{- end }}
    "#);
}

#[test]
fn prose_tells_keys_and_secrets() {
    insta::assert_snapshot!(text("README.md"), @r#"
    # shop

    A chart of the shop stack, written by c2k from its compose file. Install it once per
    namespace, under the name `shop`:

    ```sh
    helm upgrade --install shop . -f values-dev.yaml
    ```

    | environment | files |
    |---|---|
    | dev | `values-dev.yaml` |
    | production | `values-production.yaml` |

    Each service has its values under a key of its own:

    | service | key |
    |---|---|
    | migrate | `migrate` |
    | my-db | `myDb` |
    | web | `web` |

    Unless a file gives their values, these Secrets must exist:

    | value | Secret | keys |
    |---|---|---|
    | `secrets.shared` | `shop-shared` | PW |

    ## Values

    Keys of services in camelCase stand for the Compose names above. A mapping is merged with that of
    `values.yaml`; `null` removes a key, such as `probes.readiness.exec` when another check replaces it.

    | key | default | what it is |
    |---|---|---|
    | `environment` | `""` |  |
    | `global.labels` | `{}` | Labels on every object of a service |
    | `global.imageRegistry` | `""` | Registry put in front of every image, for mirrors |
    | `global.imagePullSecrets` | `[]` | Secrets to pull images with |
    | `global.storageClass` | `""` | Storage class of every claim that names none |
    | `secrets.shared.name` | `shop-shared` |  |
    | `secrets.shared.values` | `{}` |  |
    | `migrate.enabled` | `true` | Whether the service is there at all |
    | `migrate.image` | see values.yaml | registry, repository, tag, digest, pullPolicy |
    | `migrate.resources` | `{}` | Kubernetes' requests and limits |
    | `myDb.enabled` | `true` | Whether the service is there at all |
    | `myDb.external` | `""` | Host name outside of the cluster; nothing of the service runs in it then |
    | `myDb.image` | see values.yaml | registry, repository, tag, digest, pullPolicy |
    | `myDb.replicas` | `1` | How many pods run |
    | `myDb.resources` | `{}` | Kubernetes' requests and limits |
    | `myDb.persistence.storageClass` | `""` | Claims: size, storageClass, retain |
    | `myDb.persistence.size` | `1Gi` | Claims: size, storageClass, retain |
    | `web.enabled` | `true` | Whether the service is there at all |
    | `web.image` | see values.yaml | registry, repository, tag, digest, pullPolicy |
    | `web.replicas` | `1` | How many pods run |
    | `web.config` | see values.yaml | Variables that are no secrets |
    | `web.resources` | `{}` | Kubernetes' requests and limits |
    | `web.waitFor.migrate` | `true` | What a starting pod waits for |
    | `web.tty` |  |  |
    | `web.workingDir` | `/srv` |  |
    | `helperImages.kubectl` | see values.yaml |  |
    | `helperImages.test` | see values.yaml |  |

    Beyond these, services understand:

    | key | what it is | services |
    |---|---|---|
    | `autoscale` | min, max, cpu and memory in percent of requests; replaces `replicas` | web |
    | `env` | More variables: a string, or a Kubernetes `valueFrom` | all |
    | `probes` | Kubernetes' probes: liveness, readiness, startup | all |
    | `disruption` | maxUnavailable or minAvailable of a disruption budget | myDb, web |
    | `metrics` | A ServiceMonitor: enabled, port, path, interval, labels | myDb |
    | `podSecurityContext` | Kubernetes' security context of the pod | all |
    | `securityContext` | Kubernetes' security context of the container | all |
    | `serviceAccountName` | An existing ServiceAccount | all |
    | `podAnnotations` | More annotations of pods | myDb, web |
    | `nodeSelector` | As in Kubernetes | all |
    | `tolerations` | As in Kubernetes | all |
    | `affinity` | As in Kubernetes | all |
    | `topologySpreadConstraints` | As in Kubernetes | all |
    | `priorityClassName` | As in Kubernetes | all |
    | `runtimeClassName` | As in Kubernetes | all |
    | `hostAliases` | As in Kubernetes | all |
    | `extraVolumes` | More volumes of the pod | all |
    | `extraVolumeMounts` | Where the container mounts them | all |
    | `extraInitContainers` | More init containers | all |
    | `extraContainers` | More containers beside the service's own | all |

    A store that another chart runs is reached by `external`, the name of its Service. Installing files
    of more than 256 KiB needs server-side apply, which Helm 4 does by itself.
    "#);
    insta::assert_snapshot!(text("templates/NOTES.txt"), @r"
    {{ .Chart.Name }} {{ .Chart.Version }} is installed as {{ .Release.Name }} in {{ .Release.Namespace }}{{ with .Values.environment }} for {{ . }}{{ end }}.
    {{- if and .Values.myDb.enabled (not .Values.myDb.external) }}
    my-db: kubectl port-forward --namespace {{ .Release.Namespace }} service/my-db 5432
    {{- end }}
    {{- if not .Values.secrets.shared.values }}
    Secret {{ .Values.secrets.shared.name }} must exist, with the keys PW.
    {{- end }}
    ");
}
