//! Fields whose values have a name of their own, whatever differs, and strings that a chart says in
//! its own way.

use super::{
    facts::{ENVIRONMENT, NAME, PART_OF},
    names::go_string,
    row::Row,
    values::Entry,
    weave::{Weaver, block, field, hole, or_empty},
};
use crate::{
    emit::helm::labels,
    yaml::{Field, Map, Value},
};

impl Weaver<'_> {
    /// The keys of a mapping, with those that a chart has though no variant does.
    pub(super) fn wanted<'k>(&mut self, row: &Row<'k>) -> Vec<&'k str> {
        let mut keys = row.keys();
        let mut want = |key: &'static str, index: usize| {
            if !keys.contains(&key) {
                keys.insert(index.min(keys.len()), key);
            }
        };
        if self.in_pod() == Some(&[][..]) && self.facts.pull_secrets && !self.is_main() {
            want("imagePullSecrets", 0);
        }
        if self.in_template().is_some_and(|steps| steps == ["metadata"])
            && !self.at.configs.is_empty()
        {
            want("annotations", usize::MAX);
        }
        let steps = self.steps();
        if self.at.kind == "PersistentVolumeClaim" && steps == ["metadata"] {
            want("annotations", usize::MAX);
        }
        if self.at.kind == "StatefulSet" && steps == ["spec"] && self.is_main() {
            self.note_claims(row);
        }
        if self.steps() == self.claim_steps() && !self.at.path.is_empty() {
            want("storageClassName", 1);
        }
        if self.at.kind == "PodDisruptionBudget" && keys.contains(&"minAvailable") {
            // One line prints both.
            let other = row.under("maxUnavailable");
            let path = self.full(&self.path_of(&["maxUnavailable".to_owned()]));
            if other.first().is_none()
                || self.values.put(&path, Entry::of(&other, Value::Null).blank())
            {
                keys.retain(|key| *key != "maxUnavailable");
            }
        }
        if let Some([list, _]) = self.in_pod()
            && matches!(list.as_str(), "containers" | "initContainers")
        {
            self.at.image = self.image_value(row);
            // The line of the image gives both.
            let both = self.at.image.is_some();
            keys.retain(|key| !both || *key != "imagePullPolicy");
        }
        self.want_extras(&mut keys, row);
        keys
    }

    /// A field that is always made the same way.
    pub(super) fn known_field(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        if let (Some([_, _, last]), Some(_)) = (self.in_pod(), &self.at.image)
            && last == "image"
        {
            return self.image_field();
        }
        if let Some(known) = self.pod_field(key, row) {
            return Some(known);
        }
        if self.in_claim(&["storageClassName"]) {
            return self.storage_class(key, row);
        }
        if self.steps() == ["metadata", "annotations"]
            && let Some(kept) = self.claim_annotations(key, row)
        {
            return Some(kept);
        }
        if let Some(extra) = self.extra_field(key, row) {
            return Some(extra);
        }
        row.first()?;
        if key == ENVIRONMENT {
            let open = Some("with $.Values.environment".to_owned());
            return Some(field(key, hole(". | quote"), open));
        }
        let steps = self.steps();
        match (self.at.kind.as_str(), steps.as_slice()) {
            (_, ["metadata", "labels"]) => self.labels(key, row),
            ("Deployment" | "StatefulSet", ["spec", "replicas"])
                if row.all(|value| value.as_int().is_some()) =>
            {
                Some(self.replicas(key, row))
            }
            ("StatefulSet", ["spec", "persistentVolumeClaimRetentionPolicy"]) => {
                self.retention(key, row)
            }
            ("Ingress", ["spec", "tls"]) => {
                Some(self.optional(key, &self.path_of(&["tls".to_owned()]), row))
            }
            ("PodDisruptionBudget", ["spec", "minAvailable" | "maxUnavailable"]) => {
                self.budget(key, row)
            }
            ("ConfigMap", ["data"]) => self.variables(key, row),
            ("RoleBinding" | "ClusterRoleBinding", ["subjects", _, "namespace"]) => {
                Some(field(key, hole("$.Release.Namespace | quote"), None))
            }
            _ => None,
        }
    }

    /// A value that is always made the same way.
    pub(super) fn known_value(&mut self, row: &Row<'_>) -> Option<Value> {
        if let Some(known) = self.pod_value(row).or_else(|| self.mounted_image(row)) {
            return Some(known);
        }
        if self.in_claim(&["accessModes"]) {
            let path = self.claim_value("accessModes");
            return Some(self.hole_at(&path, row));
        }
        if self.steps().ends_with(&["persistentVolumeClaim", "claimName"]) {
            return self.claim_name(row);
        }
        if self.in_claim(&["resources", "requests", "storage"]) {
            let path = self.claim_value("size");
            return Some(self.hole_at(&path, row));
        }
        let external = self.at.is_external;
        match (self.at.kind.as_str(), self.steps().as_slice()) {
            ("Service", ["spec", "externalName"]) if external => {
                let name = self.refer(&["external".to_owned()]);
                return Some(hole(format!("{name} | quote")));
            }
            ("Ingress", ["spec", "rules", "[0]", "host"])
                if row.all(|value| value.as_str().is_some()) =>
            {
                let path = self.path_of(&["host".to_owned()]);
                if self.values.put(&self.full(&path), Entry::of(row, "".into()).blank()) {
                    let name = self.refer(&path);
                    let full = self.full(&path).join(".");
                    let help = go_string(&format!("{full}: the name that the outside uses"));
                    return Some(hole(format!("required {help} {name} | quote")));
                }
            }
            ("Job", ["metadata", "name"]) => {
                return Some(hole(self.facts.job_template(&self.at.name)));
            }
            _ => {}
        }
        row.agrees().then(|| self.selector(row.first()?)).flatten()
    }

    /// Labels that select pods, or those of pods.
    fn selector(&self, value: &Value) -> Option<Value> {
        let map = value.as_map()?;
        let own = |(key, value): (&str, &Value)| self.facts.is_project_label(key, value);
        let name = map.get(NAME)?.as_str()?;
        if !map.iter().any(|(key, value)| key == super::facts::INSTANCE && own((key, value))) {
            return None;
        }
        let part_of = map.iter().any(|(key, value)| key == PART_OF && own((key, value)));
        let template = self.facts.template(if part_of { "podLabels" } else { "selector" });
        let rest = map.iter().filter(|(key, value)| *key != NAME && !own((key, value)));
        let extra = labels::dict(rest)?;
        Some(block(format!("include {template} (list $ {}{extra})", go_string(name))))
    }

    /// A value that all variants agree on.
    pub(super) fn literal(&self, value: &Value) -> Value {
        let Some(text) = value.as_str() else { return value.clone() };
        let path = &self.at.path;
        let key = path.last().map(String::as_str).unwrap_or_default();
        if self.facts.is_project_label(key, value) {
            let is_part = key == PART_OF;
            let name = if is_part { self.facts.part_of("$") } else { self.facts.instance("$") };
            return hole(format!("{name} | quote"));
        }
        if let Some(short) = self.facts.secrets.get(text).filter(|_| self.names_secret(key)) {
            return hole(format!("$.Values.secrets.{short}.name | quote"));
        }
        if let Some((start, job)) = self.facts.job_in(text) {
            let (before, after) = (&text[..start], &text[start + job.len()..]);
            let escape = |text: &str| text.replace('%', "%%");
            let format = go_string(&format!("{}%s{}", escape(before), escape(after)));
            return hole(format!("printf {format} ({}) | quote", self.facts.job_template(job)));
        }
        let allowed = path.iter().any(|step| step == "resourceNames") && self.at.kind == "Role";
        if allowed && self.facts.jobs.contains(text) {
            return hole(format!("{} | quote", self.facts.job_template(text)));
        }
        value.clone()
    }

    /// Whether the field at hand holds the name of a Secret.
    fn names_secret(&self, key: &str) -> bool {
        let above = self.at.path.iter().rev().nth(1).map(String::as_str);
        let reference = matches!(above, Some("secretKeyRef" | "secretRef" | "secret"));
        key == "secretName" && above == Some("secret") || key == "name" && reference
    }

    fn labels(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let (name, extras) = labels::split(&self.facts, row)?;
        let extras: Vec<_> = extras.into_iter().map(|extra| extra.map(Value::from)).collect();
        let row = labels::row_of(&extras);
        let extra = match row.first() {
            Some(Value::Map(map)) if row.agrees() => labels::dict(map.iter())?,
            _ => {
                let path = self.path_of(&["labels".to_owned()]);
                self.values.put(&self.full(&path), Entry::of(&row, Map::new().into()));
                format!(" {}", self.refer(&path))
            }
        };
        let template = self.facts.template("labels");
        let name = go_string(&name);
        Some(field(key, block(format!("include {template} (list $ {name}{extra})")), None))
    }

    fn replicas(&mut self, key: &str, row: &Row<'_>) -> Field {
        let path = self.path_of(&["replicas".to_owned()]);
        let scaling = self.facts.scaled.get(&self.at.name).filter(|_| self.is_main());
        let scaled = scaling.is_some_and(|scaling| scaling.replaces(row));
        let row = if scaled { row.guarded() } else { row.clone() };
        self.values.put(&self.full(&path), Entry::of(&row, Value::Null));
        let name = self.refer(&path);
        let mut open = row.lacks().then(|| format!("if not (kindIs \"invalid\" {name})"));
        if scaled || open.is_none() && self.at.kind == "Deployment" && self.is_main() {
            self.toggle("autoscale");
            open = Some(format!("if not {}", self.refer(&["autoscale".to_owned()])));
        }
        field(key, hole(format!("{name} | int64")), open)
    }

    /// Either number of a disruption budget.
    fn budget(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let path = self.path_of(&[key.to_owned()]);
        let whole = self.at.prefix.clone();
        if !self.at.dot || !self.values.put(&self.full(&path), Entry::of(row, Value::Null).blank())
        {
            return None;
        }
        let both = "\"maxUnavailable\" \"minAvailable\"";
        let action = format!("toYaml (pick {} {both})", self.refer(&whole));
        self.toggle("disruption");
        Some(field("", block(action), None))
    }

    /// Whether claims outlive their StatefulSet.
    fn retention(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        if !row.lacks() || !row.agrees() {
            return None;
        }
        let path = vec!["persistence".to_owned(), "retain".to_owned()];
        let kept: Vec<_> = row.presence().iter().map(|flag| flag.map(|flag| !flag)).collect();
        self.values.put(&self.full(&path), Entry::flags(&kept));
        let open = format!("if not {}", self.refer(&path));
        Some(field(key, self.weave(&row.guarded()), Some(open)))
    }

    /// The variables of a service.
    fn variables(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let own = self.facts.own_configs.get(&self.at.name) == self.at.key.first();
        let words = row
            .present()
            .filter_map(Value::as_map)
            .all(|map| map.iter().all(|(_, value)| value.as_str().is_some()));
        if !own || !words || row.lacks() {
            return None;
        }
        let path = vec!["config".to_owned()];
        let entry = Entry::of(row, Map::new().into());
        self.values.put(&self.full(&path), entry.blank());
        let action = format!("include {} {}", self.facts.template("data"), self.refer(&path));
        Some(field(key, block(action), None))
    }

    fn storage_class(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        if row.present().any(|value| value.as_str().is_none_or(str::is_empty)) {
            return None;
        }
        let path = self.claim_value("storageClass");
        self.values.put(&self.full(&path), Entry::of(row, "".into()));
        let name = self.refer(&path);
        let open = format!("with {name} | default $.Values.global.storageClass");
        Some(field(key, hole(". | quote"), Some(open)))
    }

    /// Where the value of a claim is.
    fn claim_value(&self, word: &str) -> Vec<String> {
        if self.at.kind == "PersistentVolumeClaim" {
            return self.path_of(&[word.to_owned()]);
        }
        let template = self.at.path.get(2).map(String::as_str).unwrap_or_default();
        let template = template.trim_start_matches('[').trim_end_matches(']');
        let mut path = self.template_place(template);
        path.push(word.to_owned());
        path
    }

    /// Whether the field at hand is that one of a claim's specification.
    fn in_claim(&self, rest: &[&str]) -> bool {
        let claim = self.claim_steps();
        let steps = self.steps();
        !claim.is_empty() && steps.strip_prefix(claim.as_slice()).is_some_and(|tail| tail == rest)
    }

    /// The steps to the specification of the claim at hand.
    pub(super) fn claim_steps(&self) -> Vec<&str> {
        let steps = self.steps();
        match (self.at.kind.as_str(), steps.as_slice()) {
            ("PersistentVolumeClaim", ["spec", ..]) => vec!["spec"],
            ("StatefulSet", ["spec", "volumeClaimTemplates", claim, "spec", ..]) => {
                vec!["spec", "volumeClaimTemplates", claim, "spec"]
            }
            _ => Vec::new(),
        }
    }

    /// The path of the field at hand.
    pub(super) fn steps(&self) -> Vec<&str> {
        self.at.path.iter().map(String::as_str).collect()
    }

    /// The annotation by which a change of configuration restarts a pod.
    pub(super) fn checksum(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let names = self.at.configs.clone();
        let mut sources = Vec::new();
        for name in names {
            let own = self
                .facts
                .own_configs
                .get(&name)
                .is_some_and(|key| self.at.key.first() == Some(key));
            match self.facts.configs.get(&name) {
                _ if own => sources.push(self.refer(&["config".to_owned()])),
                Some(source) => sources.push(source.clone()),
                None => {}
            }
        }
        let more = self.pod_annotations(row);
        let source = match sources.as_slice() {
            // Nothing but what values say.
            [] => {
                let mut more = more?;
                key.clone_into(&mut more.key);
                more.value = block("toYaml .");
                return Some(more);
            }
            [one] => format!("{one} | toJson"),
            all => format!("list {} | toJson", all.join(" ")),
        };
        let mut map = Map::new();
        map.insert("checksum/config", hole(format!("{source} | sha256sum")));
        match more {
            Some(more) => map.fields.push(more),
            None => {
                if let Value::Map(own) = self.map(&or_empty(row)) {
                    map.fields.splice(..0, own.fields);
                }
            }
        }
        Some(field(key, Value::Map(map), None))
    }
}
