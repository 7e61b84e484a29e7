//! What the documentation of kustomize shows of each field, as kustomizations of our own.

use super::dice::Case;

const OBJECTS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: store, labels: {app: store, tier: front}}
spec:
  replicas: 2
  selector: {matchLabels: {app: store}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}
  template:
    metadata: {labels: {app: store}}
    spec:
      initContainers:
      - {name: wait, image: 'busybox:1.36', command: [sh, -c, 'sleep 1']}
      containers:
      - name: store
        image: registry.example.com/team/store:v1
        args: [--port=8080, --level=info]
        env: [{name: LEVEL, value: info}, {name: HOST, value: 'db.example.com:5432'}]
        envFrom: [{configMapRef: {name: settings}}]
        ports: [{containerPort: 8080}]
        volumeMounts: [{name: cache, mountPath: /cache}]
      - {name: logs, image: 'fluent:2'}
      volumes:
      - {name: cache, emptyDir: {}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, labels: {app: db}}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: 'postgres@sha256:0123'}]
---
apiVersion: v1
kind: Service
metadata: {name: store}
spec: {selector: {app: store}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {COLOUR: blue, HOST: shop.example.com, PORT: '81'}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: default, namespace: other}]
";

/// The kustomization and the files beside it.
type Example = (&'static str, &'static [(&'static str, &'static str)]);

const EXAMPLES: [Example; 16] = [
    // images: another name, tag, digest.
    (
        "images:
- {name: registry.example.com/team/store, newName: mirror.example.com/store, newTag: v2}
- {name: busybox, newTag: '1.37'}
- {name: fluent, newName: fluent-bit}
- {name: postgres, digest: 'sha256:4567'}",
        &[],
    ),
    // replicas: of two kinds, and where none are said.
    ("replicas: [{name: store, count: 5}, {name: db, count: 3}]", &[]),
    // labels: on metadata only, on templates, on selectors.
    (
        "labels:
- pairs: {owner: team}
- {pairs: {part: shop}, includeTemplates: true}
- {pairs: {env: eu}, includeSelectors: true}",
        &[],
    ),
    ("commonAnnotations: {contact: 'team@example.com', number: '1'}", &[]),
    // namespace: on objects and on the subjects of bindings.
    ("namespace: eu", &[]),
    // A sidecar more, one removed, a variable removed, one changed.
    (
        "patches: [{path: sidecar.yaml}]",
        &[(
            "sidecar.yaml",
            "apiVersion: apps/v1
kind: Deployment
metadata: {name: store}
spec:
  template:
    spec:
      containers:
      - {name: proxy, image: 'proxy:1'}
      - {name: logs, $patch: delete}
      - name: store
        env: [{name: LEVEL, $patch: delete}, {name: HOST, value: other}]
",
        )],
    ),
    // A mapping and a list replaced whole.
    (
        "patches: [{path: whole.yaml}]",
        &[(
            "whole.yaml",
            "apiVersion: apps/v1
kind: Deployment
metadata: {name: store}
spec:
  strategy: {$patch: replace, type: Recreate}
  template:
    spec:
      containers:
      - $patch: replace
      - {name: only, image: 'only:1'}
",
        )],
    ),
    // An object deleted, a field removed by null, a list without merge key.
    (
        "patches:
- patch: '{apiVersion: v1, kind: Service, metadata: {name: store}, $patch: delete}'
- patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {COLOUR: null, NEW: x}}'
- patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: store}, spec: {template: {spec: {initContainers: [{name: wait, command: [\"true\"]}]}}}}'",
        &[],
    ),
    // Operations for every workload whose name fits.
    (
        "patches:
- target: {group: apps, version: v1, kind: Deployment|StatefulSet, name: 'st.*'}
  patch: |-
    - {op: add, path: /spec/template/spec/priorityClassName, value: high}
    - {op: test, path: /spec/template/spec/containers/0/name, value: store}
    - {op: add, path: /spec/template/spec/containers/0/args/-, value: --more}
    - {op: add, path: /metadata/labels/example.com~1team, value: a}
    - {op: move, from: /spec/strategy/rollingUpdate, path: /spec/template/metadata/annotations}
    - {op: remove, path: /spec/template/metadata/annotations}
- target: {kind: StatefulSet}
  path: scale.yaml",
        &[("scale.yaml", "- {op: add, path: /spec/replicas, value: 3}\n")],
    ),
    (
        "patches:
- target: {labelSelector: 'app in (store, db), tier=front'}
  patch: '{kind: any, apiVersion: any, metadata: {name: any, annotations: {seen: \"yes\"}}}'
- target: {kind: Deployment}
  patch: '[{\"op\": \"replace\", \"path\": \"/spec/replicas\", \"value\": 7}]'",
        &[],
    ),
    // Generators that add to what is there, take its place, or are new.
    (
        "configMapGenerator:
- {name: settings, behavior: merge, literals: [COLOUR=red, NEW=1]}
- {name: page, files: [page.html, other=page.html], options: {disableNameSuffixHash: true, labels: {a: b}}}
secretGenerator:
- {name: tokens, type: Opaque, envs: [tokens.env], options: {annotations: {a: b}}}",
        &[("page.html", "<p>\n  hello\n</p>\n"), ("tokens.env", "# none\nTOKEN=a=b\nEMPTY=\n")],
    ),
    (
        "generatorOptions: {labels: {generated: 'yes'}}
configMapGenerator: [{name: settings, behavior: replace, literals: [ONLY=this]}]",
        &[],
    ),
    // A part of a value, to a part of others.
    (
        "replacements:
- source: {kind: ConfigMap, name: settings, fieldPath: data.HOST, options: {delimiter: ., index: 1}}
  targets:
  - select: {kind: Deployment, name: store}
    fieldPaths: ['spec.template.spec.containers.[name=store].image']
    options: {delimiter: /, index: 0}
  - select: {kind: Deployment}
    reject: [{name: db}]
    fieldPaths: ['spec.template.spec.containers.[name=store].env.[name=HOST].value']
    options: {delimiter: ':', index: 0}",
        &[],
    ),
    (
        "replacements:
- source: {kind: ConfigMap, name: settings, fieldPath: data.PORT}
  targets:
  - select: {kind: Service}
    fieldPaths: [spec.ports.0.port, 'metadata.annotations.[example.com/port]']
    options: {create: true}
- path: more.yaml",
        &[(
            "more.yaml",
            "source: {kind: Service, fieldPath: metadata.name}
targets:
- select: {kind: StatefulSet}
  fieldPaths: [metadata.labels.app, 'spec.template.spec.containers.*.name']
",
        )],
    ),
    // Components, in their order.
    (
        "components: [cached, watched]
namespace: eu
images: [{name: cache, newTag: '8'}]",
        &[
            (
                "cached/kustomization.yaml",
                "apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [cache.yaml]
configMapGenerator: [{name: settings, behavior: merge, literals: [CACHE=on]}]
patches: [{path: store.yaml}]
",
            ),
            (
                "cached/cache.yaml",
                "apiVersion: apps/v1
kind: Deployment
metadata: {name: cache, labels: {app: cache}}
spec:
  selector: {matchLabels: {app: cache}}
  template:
    metadata: {labels: {app: cache}}
    spec: {containers: [{name: cache, image: 'cache:7'}]}
",
            ),
            (
                "cached/store.yaml",
                "apiVersion: apps/v1
kind: Deployment
metadata: {name: store}
spec: {template: {spec: {containers: [{name: store, env: [{name: CACHE, value: cache}]}]}}}
",
            ),
            (
                "watched/kustomization.yaml",
                "apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
labels: [{pairs: {watched: 'yes'}}]
patches:
- target: {kind: Deployment}
  patch: '- {op: add, path: /spec/revisionHistoryLimit, value: 3}'
",
            ),
        ],
    ),
    // More resources, from a folder of its own too.
    (
        "resources: [extra]
commonAnnotations: {a: b}",
        &[
            ("extra/kustomization.yaml", "resources: [account.yaml]\nlabels: [{pairs: {of: extra}}]\n"),
            ("extra/account.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n"),
        ],
    ),
];

pub(super) fn cases() -> impl Iterator<Item = Case> {
    EXAMPLES.into_iter().map(|(root, others)| {
        let mut files: Vec<_> =
            others.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        files.push(("kustomization.yaml".to_owned(), root.to_owned()));
        Case { prefix: String::new(), objects: OBJECTS.to_owned(), files }
    })
}
