//! Random objects and kustomizations, the same for the same seed.

use serde_json::{Map, Value as Json, json};

/// One case.
pub(super) struct Case {
    /// What the names of its objects start with.
    pub(super) prefix: String,
    /// The objects, as YAML.
    pub(super) objects: String,
    /// The files, by their paths.
    pub(super) files: Vec<(String, String)>,
}

impl Case {
    pub(super) fn text(&self) -> String {
        let files = self.files.iter().map(|(path, text)| format!("# {path}\n{text}\n"));
        format!("# objects\n{}\n{}", self.objects, files.collect::<String>())
    }
}

/// A source of chance (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5555)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// Some of the words, each once, in any order.
    fn some<'a>(&mut self, words: &[&'a str]) -> Vec<&'a str> {
        let mut words = words.to_vec();
        let mut chosen = Vec::new();
        for _ in 0..self.below(words.len() + 1) {
            chosen.push(words.remove(self.below(words.len())));
        }
        chosen
    }

    fn map(&mut self, keys: &[&str], values: &[&str]) -> Json {
        let keys = self.some(keys);
        Json::Object(keys.into_iter().map(|key| (key.to_owned(), self.of(values).into())).collect())
    }

    fn named(&mut self, key: &str, names: &[&str], item: fn(&mut Self) -> Json) -> Json {
        let names = self.some(names);
        let items = names.into_iter().map(|name| {
            let mut object = item(self);
            object[key] = name.into();
            object
        });
        items.collect()
    }

    fn env(&mut self) -> Json {
        match self.below(4) {
            0 => json!({"valueFrom": {"fieldRef": {"fieldPath": self.of(&["a", "b"])}}}),
            1 => json!({}),
            _ => json!({"value": self.of(&["1", "x", "true", ""])}),
        }
    }

    fn mount(&mut self) -> Json {
        json!({"name": self.of(&["v", "w"])})
    }

    fn volume(&mut self) -> Json {
        match self.below(3) {
            0 => json!({"emptyDir": {}}),
            1 => {
                json!({"configMap": {"name": "c", "items": [{"key": "a", "path": self.of(&["x", "y"])}]}})
            }
            _ => json!({"hostPath": {"path": self.of(&["/x", "/y"])}}),
        }
    }

    fn ports(&mut self, key: &str) -> Json {
        let mut seen = Vec::new();
        let mut items = Vec::new();
        // A list has protocols or it has none: see `protocols_must_be_said_alike`.
        let with = self.chance(50);
        for _ in 0..self.below(4) {
            let (port, protocol) = (80 + self.below(3), self.of(&["TCP", "UDP"]));
            if seen.contains(&(port, if with { protocol } else { "" })) {
                continue;
            }
            seen.push((port, if with { protocol } else { "" }));
            let mut item = json!({key: port});
            if with {
                item["protocol"] = protocol.into();
            }
            if self.chance(50) {
                item["name"] = self.of(&["a", "b"]).into();
            }
            items.push(item);
        }
        items.into()
    }

    fn container(&mut self) -> Json {
        let mut container =
            json!({"image": self.of(&["nginx:1", "r:5/a/b:2", "nginx@sha256:00", "x"])});
        if self.chance(60) {
            container["env"] = self.named("name", &["A", "B", "C", "D"], Self::env);
        }
        if self.chance(40) {
            container["volumeMounts"] = self.named("mountPath", &["/a", "/b", "/c"], Self::mount);
        }
        if self.chance(40) {
            container["ports"] = self.ports("containerPort");
        }
        if self.chance(40) {
            container["args"] = json!(self.some(&["-a", "-b", "-c"]));
        }
        if self.chance(30) {
            container["resources"] = json!({"limits": self.map(&["cpu", "memory"], &["1", "2"])});
        }
        container
    }

    fn toleration(&mut self) -> Json {
        json!({"key": self.of(&["a", "b"]), "operator": self.of(&["Exists", "Equal"])})
    }

    fn pod(&mut self) -> Json {
        let mut pod = json!({});
        let names: &[&str] = &["web", "side", "log"];
        pod["containers"] = self.named("name", names, Self::container);
        if self.chance(50) {
            pod["volumes"] = self.named("name", &["v", "w", "z"], Self::volume);
        }
        if self.chance(30) {
            pod["initContainers"] = self.named("name", names, Self::container);
        }
        if self.chance(30) {
            pod["tolerations"] = (0..self.below(3)).map(|_| self.toleration()).collect();
        }
        if self.chance(30) {
            pod["nodeSelector"] = self.map(&["a", "b"], &["1", "x"]);
        }
        if self.chance(20) {
            pod["hostAliases"] = self.named(
                "ip",
                &["1.1.1.1", "2.2.2.2"],
                |dice| json!({"hostnames": dice.some(&["a", "b"])}),
            );
        }
        if self.chance(20) {
            pod["imagePullSecrets"] = self.named("name", &["p", "q"], |_| json!({}));
        }
        if self.chance(25) {
            pod["topologySpreadConstraints"] = self.named("topologyKey", &["zone", "host"], |dice| {
                json!({"whenUnsatisfiable": dice.of(&["DoNotSchedule", "ScheduleAnyway"]), "maxSkew": dice.below(3),
                    "labelSelector": {"matchLabels": {"app": "web"}}})
            });
        }
        if self.chance(40) {
            pod["securityContext"] =
                json!({"runAsUser": self.below(3), "runAsNonRoot": self.chance(50)});
        }
        pod
    }

    fn metadata(&mut self, name: &str) -> Json {
        let mut metadata = json!({"name": name});
        if self.chance(60) {
            metadata["labels"] = self.map(&["app", "tier"], &["web", "db"]);
        }
        if self.chance(40) {
            metadata["annotations"] = self.map(&["a/b", "c"], &["1", "x y"]);
        }
        if self.chance(15) {
            metadata["finalizers"] = json!(self.some(&["f/a", "f/b"]));
        }
        metadata
    }

    fn deployment(&mut self, name: &str) -> Json {
        let mut spec = json!({"replicas": self.below(4), "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": self.pod()}});
        if self.chance(40) {
            spec["strategy"] = if self.chance(50) {
                json!({"type": "Recreate"})
            } else {
                json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": self.below(3)}})
            };
        }
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": self.metadata(name), "spec": spec})
    }

    fn service(&mut self, name: &str) -> Json {
        json!({"apiVersion": "v1", "kind": "Service", "metadata": self.metadata(name),
            "spec": {"selector": {"app": "web"}, "ports": self.ports("port")}})
    }

    fn config(&mut self, name: &str) -> Json {
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": self.metadata(name),
            "data": self.map(&["A", "B", "C"], &["1", "x", "a.b:c"])})
    }

    fn cron_job(&mut self, name: &str) -> Json {
        json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": self.metadata(name),
            "spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": {"spec": self.pod()}}}}})
    }

    pub(super) fn case(&mut self, number: usize) -> Case {
        let prefix = format!("c{number}-");
        let name = |of: &str| format!("{prefix}{of}");
        let mut objects = vec![
            self.deployment(&name("web")),
            self.service(&name("svc")),
            self.config(&name("conf")),
        ];
        if self.chance(30) {
            objects.push(self.cron_job(&name("cron")));
        }
        if self.chance(20) {
            objects.push(
                json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                "metadata": {"name": name("bind")},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
                "subjects": [{"kind": "ServiceAccount", "name": self.of(&["default", "other"])}]}),
            );
        }
        let mut files = Vec::new();
        let mut root = Map::new();
        match number % 8 {
            0..=2 => self.strategic(&prefix, &objects, &mut root, &mut files),
            3 => self.operations(&prefix, &objects, &mut root),
            4 => self.fields(&prefix, &mut root),
            5 => self.generators(&prefix, &mut root, &mut files),
            6 => self.replacements(&prefix, &mut root),
            _ => {
                self.strategic(&prefix, &objects, &mut root, &mut files);
                self.fields(&prefix, &mut root);
                self.component(&prefix, &mut root, &mut files);
            }
        }
        files.push(("kustomization.yaml".to_owned(), yaml(&Json::Object(root))));
        let objects: Vec<_> = objects.iter().map(yaml).collect();
        Case { prefix, objects: objects.join("---\n"), files }
    }

    /// A patch that makes something of an object what another random object is there.
    fn patch_of(&mut self, object: &Json) -> Json {
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        let other = match object["kind"].as_str().unwrap() {
            "Deployment" => self.deployment(&name),
            "Service" => self.service(&name),
            "CronJob" => self.cron_job(&name),
            _ => self.config(&name),
        };
        let mut patch = json!({"apiVersion": object["apiVersion"], "kind": object["kind"], "metadata": {"name": name}});
        for (key, value) in other.as_object().unwrap() {
            if key == "metadata" || self.chance(80) {
                let changed = self.sprinkle(value, true);
                match (patch.get_mut(key), changed) {
                    (Some(Json::Object(old)), Json::Object(new)) => {
                        old.extend(
                            new.into_iter().filter(|(key, _)| key != "name" && key != "$patch"),
                        );
                    }
                    (Some(_), _) => {}
                    (None, changed) => patch[key] = changed,
                }
            }
        }
        if self.chance(2) {
            patch["$patch"] = self.of(&["delete", "replace", "merge"]).into();
        }
        patch
    }

    /// Leaves parts out, and adds nulls and directives.
    fn sprinkle(&mut self, value: &Json, top: bool) -> Json {
        match value {
            Json::Object(map) => {
                let mut result = Map::new();
                for (key, value) in map {
                    let merge_key = matches!(
                        key.as_str(),
                        "name"
                            | "mountPath"
                            | "ip"
                            | "containerPort"
                            | "port"
                            | "protocol"
                            | "topologyKey"
                            | "whenUnsatisfiable"
                    );
                    if merge_key {
                        result.insert(key.clone(), value.clone());
                    } else if self.chance(6) {
                        result.insert(key.clone(), Json::Null);
                    } else if self.chance(75) {
                        result.insert(key.clone(), self.sprinkle(value, false));
                    }
                }
                if !top && self.chance(4) {
                    result.insert(
                        "$patch".to_owned(),
                        self.of(&["delete", "replace", "merge"]).into(),
                    );
                }
                Json::Object(result)
            }
            Json::Array(items) => {
                let mut items: Vec<_> =
                    items.iter().map(|item| self.sprinkle(item, false)).collect();
                if items.iter().all(Json::is_object) && !items.is_empty() && self.chance(4) {
                    items.insert(0, json!({"$patch": self.of(&["delete", "replace"])}));
                }
                items.into()
            }
            // Sometimes of another shape, which both refuse.
            Json::Number(_) if self.chance(2) => json!([]),
            other => other.clone(),
        }
    }

    fn strategic(
        &mut self,
        prefix: &str,
        objects: &[Json],
        root: &mut Map<String, Json>,
        files: &mut Vec<(String, String)>,
    ) {
        let mut entries = Vec::new();
        for number in 0..=self.below(2) {
            let object = &objects[self.below(objects.len().min(4))];
            if object["kind"] == "RoleBinding" {
                continue;
            }
            let mut patch = self.patch_of(object);
            let mut entry = json!({});
            if self.chance(25) {
                entry["target"] = self.target(prefix, object);
                if self.chance(50) {
                    patch["metadata"]["name"] = "any".into();
                }
            }
            if self.chance(10) {
                patch["metadata"]["name"] = format!("{prefix}nobody").into();
            }
            if self.chance(50) {
                entry["patch"] = yaml(&patch).into();
            } else {
                let path = format!("p{number}.yaml");
                entry["path"] = path.as_str().into();
                files.push((path, yaml(&patch)));
            }
            entries.push(entry);
        }
        root.insert("patches".to_owned(), entries.into());
    }

    fn target(&mut self, prefix: &str, object: &Json) -> Json {
        let kind = object["kind"].as_str().unwrap();
        let mut target = json!({"kind": kind});
        match self.below(5) {
            0 => target["name"] = object["metadata"]["name"].clone(),
            1 => target["name"] = format!("{prefix}.*").into(),
            2 => {
                target["labelSelector"] =
                    self.of(&["app=web", "app in (web,db)", "!nothing", "tier!=web"]).into();
            }
            3 => target["annotationSelector"] = self.of(&["c=1", "!c"]).into(),
            _ => {}
        }
        if self.chance(20) {
            target["group"] = self.of(&["apps", "", "batch"]).into();
            target["version"] = self.of(&["v1", "v.*"]).into();
        }
        target
    }

    fn operations(&mut self, prefix: &str, objects: &[Json], root: &mut Map<String, Json>) {
        let object = &objects[self.below(2)];
        let mut current = object.clone();
        let mut operations = Vec::new();
        for _ in 0..=self.below(3) {
            let operation = self.operation(&current);
            let parsed: json_patch::PatchOperation =
                serde_json::from_value(operation.clone()).unwrap();
            let failed = json_patch::patch(&mut current, &[parsed]).is_err();
            operations.push(operation);
            if failed {
                break;
            }
        }
        let target = self.target(prefix, object);
        let patch = if self.chance(50) {
            yaml(&operations.into())
        } else {
            Json::from(operations).to_string()
        };
        root.insert("patches".to_owned(), json!([{"target": target, "patch": patch}]));
    }

    fn operation(&mut self, object: &Json) -> Json {
        let mut paths = Vec::new();
        collect(object, &mut String::new(), &mut paths);
        paths.retain(|path| path.starts_with("/spec/") || path.starts_with("/metadata/labels"));
        if paths.is_empty() {
            paths.push("/spec".to_owned());
        }
        let mut path = paths[self.below(paths.len())].clone();
        let from = paths[self.below(paths.len())].clone();
        let value = match self.below(4) {
            0 => json!("text"),
            1 => json!(7),
            2 => json!({"name": "new"}),
            _ => object.pointer(&from).cloned().unwrap_or_default(),
        };
        let list_end = path.rfind('/').map(|at| format!("{}/-", &path[..at]));
        match self.below(10) {
            0 | 1 => json!({"op": "replace", "path": path, "value": value}),
            2 | 3 => json!({"op": "remove", "path": path}),
            4 => {
                if let Some(end) = list_end.filter(|_| self.chance(60)) {
                    path = end;
                }
                json!({"op": "add", "path": path, "value": value})
            }
            5 => json!({"op": "add", "path": format!("{path}/new"), "value": value}),
            6 => json!({"op": "copy", "from": from, "path": path}),
            7 => json!({"op": "move", "from": from, "path": path}),
            8 => json!({"op": "test", "path": path, "value": object.pointer(&path)}),
            _ => json!({"op": "test", "path": path, "value": value}),
        }
    }

    fn fields(&mut self, prefix: &str, root: &mut Map<String, Json>) {
        if self.chance(40) {
            root.insert("namespace".to_owned(), self.of(&["shop", "default"]).into());
        }
        if self.chance(50) {
            let entry = json!({"pairs": self.map(&["team", "app", "x/y"], &["1", "a"]),
                "includeSelectors": self.chance(30), "includeTemplates": self.chance(50)});
            root.insert("labels".to_owned(), json!([entry]));
        }
        if self.chance(40) {
            root.insert("commonAnnotations".to_owned(), self.map(&["note", "c"], &["1", "a b"]));
        }
        if self.chance(40) {
            let name = self.of(&["web", "web", "web", "svc"]);
            root.insert(
                "replicas".to_owned(),
                json!([{"name": format!("{prefix}{name}"), "count": self.below(5)}]),
            );
        }
        if self.chance(60) {
            let mut entry = json!({"name": self.of(&["nginx", "r:5/a/b", "x", "ngin."])});
            for (key, values) in [
                ("newName", ["m/nginx", "q:1/z"]),
                ("newTag", ["9", "1.2"]),
                ("digest", ["sha256:11", "sha256:22"]),
            ] {
                if self.chance(50) {
                    entry[key] = self.of(&values).into();
                }
            }
            if entry.as_object().unwrap().len() == 1 {
                entry["newTag"] = "3".into();
            }
            root.insert("images".to_owned(), json!([entry]));
        }
    }

    fn generators(
        &mut self,
        prefix: &str,
        root: &mut Map<String, Json>,
        files: &mut Vec<(String, String)>,
    ) {
        let exists = self.chance(60);
        let name = format!("{prefix}{}", if exists { "conf" } else { "fresh" });
        let behavior = match self.below(10) {
            0 => "create",
            1 if !exists => "merge",
            _ if exists => self.of(&["merge", "replace"]),
            _ => "create",
        };
        let mut entry = json!({"name": name, "behavior": behavior});
        let literals = ["A=1", "B=x=y", "D=\"quoted\"", "E='a b'", "F="];
        entry["literals"] = json!(self.some(&literals));
        if self.chance(50) {
            files.push((
                "files/conf.txt".to_owned(),
                self.of(&["a\nb\n", "", "x: {{ y }}\n"]).to_owned(),
            ));
            entry["files"] = json!([self.of(&["files/conf.txt", "other=files/conf.txt"])]);
        }
        if self.chance(40) {
            files.push(("vars.env".to_owned(), "# comment\n\nV=1\n  W=\"a b\" \nX=\n".to_owned()));
            entry["envs"] = json!(["vars.env"]);
        }
        if self.chance(40) {
            entry["options"] = json!({"labels": self.map(&["app", "g"], &["1", "2"]), "annotations": self.map(&["c"], &["g"])});
        }
        root.insert("configMapGenerator".to_owned(), json!([entry]));
        if self.chance(40) {
            let secret = json!({"name": format!("{prefix}sec"), "literals": self.some(&["P=1", "Q=ä", "R= x "])});
            root.insert("secretGenerator".to_owned(), json!([secret]));
        }
        if self.chance(40) {
            root.insert("generatorOptions".to_owned(), json!({"labels": self.map(&["app", "h"], &["3"]), "disableNameSuffixHash": self.chance(50)}));
        }
        if self.chance(30) {
            let patch = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"A": "patched"}});
            root.insert("patches".to_owned(), json!([{"patch": yaml(&patch)}]));
        }
    }

    fn replacements(&mut self, prefix: &str, root: &mut Map<String, Json>) {
        let name = |of: &str| format!("{prefix}{of}");
        let source = match self.below(4) {
            0 => {
                json!({"kind": "ConfigMap", "name": name("conf"), "fieldPath": self.of(&["data.A", "data.B", "metadata.name"])})
            }
            1 => {
                json!({"kind": "Deployment", "name": name("web"), "fieldPath": self.of(&["spec.replicas", "spec.template.spec.containers.0.image", "metadata.labels.app", "spec.template.spec.containers.[name=web].image"])})
            }
            2 => {
                json!({"kind": "Service", "fieldPath": self.of(&["metadata.name", "spec.ports.0.port", "spec.selector"])})
            }
            _ => {
                json!({"kind": "ConfigMap", "fieldPath": "data.A", "options": {"delimiter": ".", "index": self.below(2)}})
            }
        };
        let path = self.of(&[
            "metadata.labels.app",
            "spec.template.spec.containers.[name=web].image",
            "spec.template.spec.containers.*.image",
            "spec.template.spec.containers.0.image",
            "spec.replicas",
            "metadata.annotations.[a.b/c]",
            "spec.template.metadata.labels.new",
            "spec.template.spec.containers.[name=web].env.[name=A].value",
        ]);
        let mut target = json!({"select": {"kind": "Deployment"}, "fieldPaths": [path]});
        if self.chance(50) {
            target["options"] = json!({"create": true});
        } else if self.chance(30) {
            target["options"] = json!({"delimiter": ":", "index": self.below(4)});
        }
        if self.chance(15) {
            target["reject"] = json!([{"name": name(self.of(&["web", "other"]))}]);
        }
        root.insert("replacements".to_owned(), json!([{"source": source, "targets": [target]}]));
    }

    fn component(
        &mut self,
        prefix: &str,
        root: &mut Map<String, Json>,
        files: &mut Vec<(String, String)>,
    ) {
        let mut component = Map::new();
        component.insert("apiVersion".to_owned(), "kustomize.config.k8s.io/v1alpha1".into());
        component.insert("kind".to_owned(), "Component".into());
        component.insert("resources".to_owned(), json!(["extra.yaml"]));
        self.fields(prefix, &mut component);
        files.push(("part/kustomization.yaml".to_owned(), yaml(&Json::Object(component))));
        files.push(("part/extra.yaml".to_owned(), yaml(&self.config(&format!("{prefix}extra")))));
        root.insert("components".to_owned(), json!(["part"]));
    }
}

/// JSON pointers to everything below a value.
fn collect(value: &Json, path: &mut String, found: &mut Vec<String>) {
    let mut below = |part: &str, value: &Json, path: &mut String| {
        let length = path.len();
        path.push('/');
        path.push_str(&part.replace('~', "~0").replace('/', "~1"));
        found.push(path.clone());
        collect(value, path, found);
        path.truncate(length);
    };
    match value {
        Json::Object(map) => map.iter().for_each(|(key, value)| below(key, value, path)),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| below(&at.to_string(), value, path));
        }
        _ => {}
    }
}

fn yaml(value: &Json) -> String {
    crate::yaml::emit(&crate::yaml::Value::from(value.clone()))
}
