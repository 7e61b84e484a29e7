use super::*;
use crate::{
    kube::Role,
    load::Memory,
    text::{Sources, Style, render},
    yaml::{self},
};

const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: 'registry.example.com/web:1', env: [{name: A, value: '1'}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web-config}
data: {A: '1', B: '2'}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: migrate, image: 'web:1'}]}}}
";

pub(super) fn objects(text: &str) -> Vec<Object> {
    let mut sources = Sources::default();
    let file = sources.add("objects", text);
    let nodes = yaml::parse_documents(file, &sources, &mut Sink::default()).unwrap();
    let values = nodes.iter().map(|node| place::to_value(node, &sources));
    values.map(|value| Object::new(value, Role::Workload, None)).collect()
}

struct Run {
    objects: Vec<Object>,
    messages: String,
    files: BTreeMap<String, String>,
}

fn run(kustomization: &str, others: &[(&str, &str)]) -> Run {
    let mut files = Memory::default().with("overlays/x/kustomization.yaml", kustomization);
    for (path, text) in others {
        files.add(&format!("overlays/x/{path}"), *text);
    }
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let mut objects = objects(WEB);
    let mut copies = BTreeMap::new();
    if let Ok(Some(read)) = read("overlays/x", &files, &mut sources, &mut sink)
        && let Ok(applied) = read.apply(&mut objects, &mut sink)
    {
        let jobs = BTreeMap::from([("migrate".to_owned(), "migrate-12345678".to_owned())]);
        let to = CopyTo { folder: "x".to_owned(), below: "generated".to_owned() };
        for file in copied(&read, &applied, &to, &jobs, &sources) {
            copies.insert(file.path, file.text);
        }
    }
    let messages = sink.iter().map(|one| render(one, &sources, Style::Plain)).collect();
    Run { objects, messages, files: copies }
}

impl Run {
    #[track_caller]
    fn at(&self, kind: &str, path: &[&str]) -> Option<&Value> {
        assert_eq!(self.messages, "");
        self.objects.iter().find(|object| object.kind() == kind)?.value.at(path)
    }
}

#[track_caller]
fn refused(kustomization: &str, others: &[(&str, &str)], lines: &[&str]) {
    let run = run(kustomization, others);
    for line in lines {
        assert!(run.messages.contains(line), "{line}\n{}", run.messages);
    }
}

#[test]
fn unsupported_and_unknown_fields_are_named() {
    refused(
        "namePrefix: a-\nimagse: []\n",
        &[],
        &["`namePrefix` is not applied", "break the names", "did you mean `images`?"],
    );
    refused("patchesStrategicMerge: [a.yaml]\n", &[], &["write `patches` with `path`"]);
    refused("resources: [../../base]\n", &[], &["c2k's own objects are there already"]);
    refused("resources: ['https://example.com/x.yaml']\n", &[], &["copy it to a file beside"]);
}

#[test]
fn what_matches_nothing_is_an_error_at_its_line() {
    refused(
        "patches:\n- target: {kind: Deployment, name: wbe}\n  patch: '- {op: remove, path: /spec}'\n",
        &[],
        &[
            "no object has kind `Deployment`, name `wbe`",
            "kustomization.yaml:2:11",
            "did you mean `web`?",
        ],
    );
    let short = "patches:\n- target: {kind: Job}\n  patch: '[{op: remove, path: /spec}]'\n";
    refused(short, &[], &["a patch that begins with `[` is JSON"]);
    let patch = "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: web}\n";
    refused(
        "patches: [{path: p.yaml}]\n",
        &[("p.yaml", patch)],
        &["there is no Deployment `web`", "p.yaml:3:12", "there is one with `apiVersion: apps/v1`"],
    );
    refused("images: [{name: wbe, newTag: '2'}]\n", &[], &["no image is called `wbe`"]);
    refused("replicas: [{name: migrate, count: 2}]\n", &[], &["nothing called `migrate`"]);
    refused(
        "configMapGenerator: [{name: web-conf, behavior: merge, literals: [A=2]}]\n",
        &[],
        &["there is no ConfigMap `web-conf`"],
    );
}

#[test]
fn the_strict_check_points_into_the_patch() {
    let patch = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        env:
        - name: A
          valueFrom: {fieldRef: {fieldPath: metadata.name}}
        imagePulPolicy: Always
";
    refused(
        "patches: [{path: p.yaml}]\n",
        &[("p.yaml", patch)],
        &[
            "p.yaml:12:9",
            "did you mean `imagePullPolicy`?",
            "`spec.template.spec.containers.env` `A` has both `value` and `valueFrom`",
            "p.yaml:11:11",
        ],
    );
    let inline = "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/replicaz\n      value: 1\n";
    refused(inline, &[], &["kustomization.yaml:5:13", "did you mean `replicas`?"]);
}

#[test]
fn fields_act_in_the_order_of_kustomize() {
    let run = run(
        "namespace: shop
labels: [{pairs: {team: a}}]
images: [{name: registry.example.com/web, newTag: '2'}]
replicas: [{name: web, count: 3}]
configMapGenerator: [{name: web-config, behavior: merge, literals: [A=2]}]
replacements:
- source: {kind: ConfigMap, name: web-config, fieldPath: data.A}
  targets:
  - select: {kind: Deployment}
    fieldPaths: ['spec.template.spec.containers.[name=web].env.[name=A].value']
",
        &[],
    );
    let text = |kind, path: &[&str]| run.at(kind, path).and_then(Value::as_str);
    assert_eq!(text("Deployment", &["metadata", "namespace"]), Some("shop"));
    assert_eq!(text("Deployment", &["metadata", "labels", "team"]), Some("a"));
    assert_eq!(run.at("Deployment", &["spec", "replicas"]), Some(&Value::Int(3)));
    assert_eq!(text("ConfigMap", &["data", "B"]), Some("2"));
    let container = run.at("Deployment", &["spec", "template", "spec", "containers"]).unwrap();
    let container = &container.as_seq().unwrap()[0];
    assert_eq!(container.get("image").unwrap().as_str(), Some("registry.example.com/web:2"));
    let value = container.get("env").unwrap().as_seq().unwrap()[0].get("value").unwrap();
    assert_eq!(value.as_str(), Some("2"));
}

#[test]
fn components_and_folders_of_resources_are_read() {
    let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {c: d}}]\n";
    let run = run(
        "resources: [more]\ncomponents: [feature]\n",
        &[
            ("feature/kustomization.yaml", component),
            ("more/kustomization.yaml", "resources: [s.yaml]\nnamespace: other\n"),
            (
                "more/s.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n",
            ),
        ],
    );
    let text = |kind, path: &[&str]| run.at(kind, path).and_then(Value::as_str);
    assert_eq!(text("Service", &["metadata", "namespace"]), Some("other"));
    assert_eq!(text("Service", &["metadata", "labels", "c"]), Some("d"));
    assert_eq!(text("Job", &["metadata", "labels", "c"]), Some("d"));
    refused("components: [../x]\n", &[], &["names itself"]);
}

#[test]
fn copies_get_the_generated_resource_and_the_names_of_jobs() {
    let patch =
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec: {backoffLimit: 1}\n";
    let of = |kustomization: &str| {
        let run = run(
            kustomization,
            &[
                ("p.yaml", patch),
                ("r.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: r}\n"),
            ],
        );
        assert_eq!(run.messages, "");
        run.files
    };
    let end = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    let files = of("patches: [{path: p.yaml}]\n");
    assert!(files["overlays/x/p.yaml"].contains("{name: migrate-12345678}"));
    let at = "overlays/x/kustomization.yaml";
    assert_eq!(end(&files[at]), "resources:\n- generated\npatches: [{path: p.yaml}]\n");
    let files = of("resources:\n  - r.yaml\npatches: [{path: p.yaml}]\n");
    assert_eq!(
        end(&files[at]),
        "resources:\n  - generated\n  - r.yaml\npatches: [{path: p.yaml}]\n"
    );
    let files = of("resources: [r.yaml]\n");
    assert_eq!(end(&files[at]), "resources: [generated, r.yaml]\n");
    let files = of("resources:\npatches: [{path: p.yaml}]\n");
    assert_eq!(end(&files[at]), "resources:\n- generated\npatches: [{path: p.yaml}]\n");
}

#[test]
fn patched_fields_know_the_patch() {
    let run = run(
        "patches:\n- target: {kind: Deployment}\n  patch: '- {op: replace, path: /spec/replicas, value: 2}'\n",
        &[],
    );
    let web = run.objects.iter().find(|object| object.kind() == "Deployment").unwrap();
    assert!(matches!(web.origins.find("spec.replicas"), Some(crate::text::Origin::Input(_))));
    assert!(web.origins.find("spec.template").is_none());
}

#[test]
fn what_kustomize_does_not_do_is_refused() {
    let item = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, $patch: replace, image: x}]}}}\n";
    refused(
        "patches: [{path: p.yaml}]\n",
        &[("p.yaml", item)],
        &["`spec.template.spec.containers`: `$patch: replace` of an item of a list does nothing"],
    );
    let component = "kind: Component\nlabels: [{pairs: {team: a}, includeSelectors: true}]\n";
    let labels =
        |value: &str| format!("components: [part]\nlabels: [{{pairs: {{team: {value}}}}}]\n");
    refused(
        &labels("b"),
        &[("part/kustomization.yaml", component)],
        &["puts `team` into selectors with another value", "kustomization.yaml:2:10"],
    );
    assert_eq!(run(&labels("a"), &[("part/kustomization.yaml", component)]).messages, "");
}

#[test]
fn a_patch_with_a_target_may_name_any_kind() {
    let patch = "{apiVersion: any, kind: any, metadata: {name: any, labels: {a: b}}}";
    let run = run(&format!("patches: [{{target: {{name: web}}, patch: '{patch}'}}]\n"), &[]);
    let text = |path: &[&str]| run.at("Deployment", path).and_then(Value::as_str);
    assert_eq!(text(&["apiVersion"]), Some("apps/v1"));
    assert_eq!(text(&["metadata", "name"]), Some("web"));
    assert_eq!(text(&["metadata", "labels", "a"]), Some("b"));
}

#[test]
fn a_patch_of_one_place_of_a_shared_label_is_refused() {
    let component = "kind: Component\nlabels: [{pairs: {team: a}, includeTemplates: true}]\n";
    let patch = |places: &str| {
        format!(
            "components: [part]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {{name: web, labels: {{team: b}}}}\n{places}"
        )
    };
    let files = [("part/kustomization.yaml", component)];
    refused(
        &patch(""),
        &files,
        &["changes `team` in one place of Deployment `web`", "patch all of its places"],
    );
    let all = patch("    spec: {template: {metadata: {labels: {team: b}}}}\n");
    let pods = run(&all, &files);
    let label = pods.at("Deployment", &["spec", "template", "metadata", "labels", "team"]);
    assert_eq!(label.and_then(Value::as_str), Some("b"));
}
