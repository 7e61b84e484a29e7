//! Settings and patches of chance for one environment of a project.

use serde_json::Value;

use crate::{
    Result,
    objects::{self, Object, at, list},
    random::Random,
};

/// Settings of the whole project, a line or a block each.
const PROJECT: &[&str] = &[
    "domain: judged.example.com",
    "domain: judged.example.com\npublicType: gateway\ngateway: {name: public, namespace: gateways}",
    "domain: judged.example.com\ningressClass: nginx",
    "namespace: judged",
    "namespace: judged\ncreateNamespace: true",
    "images: {registry: registry.example.com/team, tag: 1.2.3, pullSecrets: [pull]}",
    "images: {prefix: {docker.io: mirror.example.com/hub}}",
    "helperImages: {wait: mirror.example.com/busybox:1.36}",
    "secretMode: literal",
    "secretMode: reference",
    "secretMode: {store: vault, kind: ClusterSecretStore, path: teams/judged}",
    "network: {policy: compose}",
    "network: {policy: strict, ingressFrom: {team: edge}, monitoringFrom: {team: eyes}}",
    "lockdown: true",
    "replicas: 2",
    "labels: {team: judged}",
    "annotations: {team.example.com/owner: judged}",
    "podLabels: {tier: judged}",
    "podAnnotations: {team.example.com/owner: judged}",
    "resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 1Gi}}",
    "disruption: {maxUnavailable: 1}",
    "disruption: false",
    "spread: zone",
    "rollout: {maxSurge: 1, maxUnavailable: 0, minReadySeconds: 5}",
    "waitFor: none",
    "waitFor: ready",
    "storage: {size: 3Gi, class: fast, retain: false}",
    "reloader: true",
    "serviceAccount: {name: judged, create: true}",
    "serviceAccount: existing",
    "securityLevel: restricted",
    "nodeSelector: {disk: ssd}",
    "tolerations: [{key: spot, operator: Exists, effect: NoSchedule}]",
    "priorityClass: high",
    "gracefulSeconds: 3",
    "unpinnedImages: allow",
    "environment: {JUDGED: 'yes', NODE: {fieldRef: spec.nodeName}, LOG_LEVEL: null}",
    "autoscale: {min: 2, max: 5}",
    "defaults: {web: {replicas: 3}, store: {storage: {size: 2Gi}}}",
    "extends: staging",
    "extends: production",
    "extends: dev",
    "binds: skip",
];

/// Settings of one service.
const SERVICE: &[&str] = &[
    "enabled: false",
    "replicas: 3",
    "singleton: true",
    "autoscale: {min: 1, max: 4, cpu: 60, memory: 80}",
    "autoscale: false",
    "image: registry.example.com/judged:9.9",
    "image: {tag: 9.9, pullPolicy: Always}",
    "environment: {OWN: {secret: own, key: k}, MORE: {configMap: own, key: k}}",
    "envFrom: [{secret: own}, {configMap: own, prefix: OWN_}]",
    "secretMode: literal",
    "resources: {requests: {cpu: 250m}, limits: {nvidia.com/gpu: 1}}",
    "public: true",
    "public: {host: one.example.com, path: /api, tls: {issuer: letsencrypt}, sticky: true}",
    "public: [{host: a.example.com}, {type: loadbalancer}]",
    "public: {type: nodeport}",
    "public: {host: b.example.com, type: gateway}",
    "service: {type: Headless, annotations: {a.example.com/b: c}}",
    "external: outside.example.com",
    "external: {host: outside.example.com, port: 1234}",
    "external: {host: outside.example.com, port: 1234, mode: environment, tls: true}",
    "external: {host: outside.example.com, mode: externalname, credentials: outside}",
    "external: {addresses: [10.0.0.1, 'fd00::1']}",
    "probes: {readiness: false, liveness: {http: {path: /live, port: 8080}, periodSeconds: 7}}",
    "user: 1234",
    "fsGroup: 1234",
    "readOnlyRootFilesystem: true",
    "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: disk, operator: Exists}]}}]}}",
    "runtimeClass: gvisor",
    "class: worker",
    "schedule: '*/5 * * * *'",
    "workload: deployment",
    "workload: statefulset",
    "securityLevel: baseline",
    "waitFor: completed",
];

/// Settings of one volume.
const VOLUME: &[&str] = &[
    "size: 7Gi",
    "class: slow",
    "emptyDir: true",
    "existingClaim: judged",
    "accessMode: ReadWriteMany",
    "subPath: below",
];

/// What one environment of a project gets.
pub(super) struct Chance {
    random: Random,
}

impl Chance {
    /// The chance of a project and a seed.
    pub(super) fn of(project: &str, seed: u64) -> Self {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = project.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
        Self { random: Random::new(hash ^ seed) }
    }

    /// An environment file; `model` is the project as Compose prints it, where that is known.
    pub(super) fn settings(&mut self, model: Option<&str>) -> Result<String> {
        let model = model.map(objects::yaml).transpose()?.unwrap_or_default();
        let mut text = block(&self.some(PROJECT, 6), "");
        // Ways in by a Gateway need one.
        if !text.contains("gateway:") {
            text.push_str("gateway: public\n");
        }
        for (key, pool) in [("services", SERVICE), ("volumes", VOLUME)] {
            let names = model.get(key).and_then(Value::as_object).into_iter().flatten();
            let mut part = String::new();
            for (name, _) in names {
                let lines = if self.random.once_in(2) { self.some(pool, 3) } else { Vec::new() };
                if !lines.is_empty() {
                    part +=
                        &format!("  {}:\n{}", Value::from(name.as_str()), block(&lines, "    "));
                }
            }
            if !part.is_empty() {
                text += &format!("{key}:\n{part}");
            }
        }
        Ok(text)
    }

    /// At most `most` of the pool's blocks, no key twice.
    fn some<'a>(&mut self, pool: &[&'a str], most: usize) -> Vec<&'a str> {
        let mut kept: Vec<&str> = Vec::new();
        for block in self.random.some(pool, 0, most) {
            let keys = |text: &'a str| text.lines().filter_map(|line| line.split(':').next());
            let taken: Vec<&str> = kept.iter().flat_map(|other| keys(other)).collect();
            if !keys(block).any(|key| taken.contains(&key)) {
                kept.push(block);
            }
        }
        kept
    }

    /// A kustomization for objects that settings gave.
    pub(super) fn kustomization(&mut self, objects: &[Object]) -> String {
        let mut text = String::new();
        for line in self.random.some(
            &[
                "labels: [{pairs: {more: judged}, includeTemplates: true}]",
                "commonAnnotations: {judged.example.com/by: chance}",
                "configMapGenerator: [{name: judged-more, literals: [A=1, B=two]}]",
                "namespace: elsewhere",
            ],
            0,
            2,
        ) {
            text += &format!("{line}\n");
        }
        text += &self.counts(objects);
        let mut patches = String::new();
        for object in objects.iter().filter(|object| object.pod_template().is_some()) {
            if self.random.once_in(3) {
                patches += &self.patch(object);
            }
        }
        for kind in ["NetworkPolicy", "PodDisruptionBudget", "Ingress"] {
            let found = objects.iter().find(|object| object.kind() == kind);
            if let Some(object) = found.filter(|_| self.random.once_in(6)) {
                patches += &format!(
                    "- patch: '{{apiVersion: {}, kind: {kind}, metadata: {{name: {}}}, $patch: delete}}'\n",
                    object.api_version(),
                    object.name()
                );
            }
        }
        if !patches.is_empty() {
            text += &format!("patches:\n{patches}");
        }
        if text.is_empty() {
            "commonAnnotations: {judged.example.com/by: chance}\n".to_owned()
        } else {
            text
        }
    }

    /// Images and replicas of objects that are there.
    fn counts(&mut self, objects: &[Object]) -> String {
        let mut text = String::new();
        let scaled = |object: &&Object| {
            matches!(object.kind(), "Deployment" | "StatefulSet")
                && at(&object.value, &["spec", "replicas"]).is_some()
        };
        if let Some(object) = objects.iter().find(scaled).filter(|_| self.random.once_in(3)) {
            text += &format!("replicas: [{{name: {}, count: 4}}]\n", object.name());
        }
        let image = objects.iter().find_map(main_image);
        if let Some(image) = image.filter(|_| self.random.once_in(3)) {
            let (name, _) = image.split_once('@').unwrap_or((image, ""));
            let slash = name.rfind('/').map_or(0, |at| at + 1);
            let end = name.get(slash..).and_then(|rest| rest.find(':')).map(|at| at + slash);
            let name = name.get(..end.unwrap_or(name.len())).unwrap_or(name);
            text += &format!("images: [{{name: {name}, newTag: judged}}]\n");
        }
        text
    }

    fn patch(&mut self, object: &Object) -> String {
        let (kind, name) = (object.kind(), object.name());
        let pod =
            if kind == "CronJob" { "/spec/jobTemplate/spec/template" } else { "/spec/template" };
        // The hash in a Job's name is not known before.
        let name = if kind == "Job" { format!("{}.*", short(name)) } else { name.to_owned() };
        let target = format!("- target: {{kind: {kind}, name: {name}}}\n  patch: ");
        let merge = |spec: &str| {
            let inner = if kind == "CronJob" {
                format!("{{jobTemplate: {{spec: {{template: {{spec: {spec}}}}}}}}}")
            } else {
                format!("{{template: {{spec: {spec}}}}}")
            };
            format!(
                "'{{apiVersion: {}, kind: {kind}, metadata: {{name: x}}, spec: {inner}}}'\n",
                object.api_version()
            )
        };
        let main = main_name(object).unwrap_or_default();
        target
            + &match self.random.below(6) {
                0 => merge("{priorityClassName: patched}"),
                1 => merge(&format!(
                    "{{containers: [{{name: {main}, env: [{{name: PATCHED, value: x}}]}}]}}"
                )),
                2 => merge(&format!("{{containers: [{{name: {main}, resources: null}}]}}")),
                3 => merge(
                    "{initContainers: [{name: first, image: \"busybox:1.36\", command: [sh]}]}",
                ),
                4 => format!(
                    "'[{{\"op\": \"add\", \"path\": \"{pod}/spec/terminationGracePeriodSeconds\", \"value\": 99}}]'\n"
                ),
                _ => format!(
                    "'[{{\"op\": \"replace\", \"path\": \"{pod}/spec/containers/0/image\", \"value\": \"patched:1\"}}]'\n"
                ),
            }
    }
}

fn block(blocks: &[&str], indent: &str) -> String {
    let lines = blocks.iter().flat_map(|block| block.lines());
    lines.map(|line| format!("{indent}{line}\n")).collect()
}

fn main_name(object: &Object) -> Option<&str> {
    container(object)?.get("name")?.as_str()
}

fn main_image(object: &Object) -> Option<&str> {
    container(object)?.get("image")?.as_str()
}

fn container(object: &Object) -> Option<&Value> {
    list(object.pod_template()?, &["spec", "containers"]).first()
}

/// The name of a Job without the hash of its template.
fn short(name: &str) -> &str {
    name.rsplit_once('-').map_or(name, |(short, _)| short)
}
