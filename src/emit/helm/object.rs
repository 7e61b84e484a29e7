//! Objects to the files of a chart's `templates/`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    facts::Facts,
    guards::{join_guards, operand},
    labels::{self, row_of},
    names::{self, camel},
    row::{Row, Slot},
    values::Entry,
    weave::{Scope, Weaver, block, field, hole},
};
use crate::{
    emit::{Bundle, names::FileNames},
    kube::{Object, Role},
    yaml::{Map, Value, emit_template},
};

/// An object in all variants.
#[derive(Debug)]
pub(super) struct Family<'a> {
    /// The object in the variants that have it.
    pub(super) objects: Vec<Option<&'a Object>>,
    /// Its name below `templates/`.
    pub(super) file: String,
}

impl<'a> Family<'a> {
    /// The object where it is first.
    pub(super) fn first(&self) -> Option<&'a Object> {
        self.objects.iter().flatten().next().copied()
    }

    /// The service it belongs to.
    pub(super) fn service(&self) -> Option<&'a str> {
        self.first()?.service.as_deref()
    }

    fn has(&self, variant: usize) -> bool {
        self.objects.get(variant).is_some_and(Option::is_some)
    }
}

/// All objects of a bundle but Namespaces, each in all variants, ordered by name and kind.
pub(super) fn families(bundle: &Bundle) -> Vec<Family<'_>> {
    let variants = std::iter::once(&bundle.base).chain(&bundle.environments);
    let count = 1 + bundle.environments.len();
    let mut families: BTreeMap<(&str, &str, &str), Vec<Option<&Object>>> = BTreeMap::new();
    for (index, variant) in variants.enumerate() {
        for object in variant.objects.iter().filter(|object| object.kind() != "Namespace") {
            let key = (object.name(), object.kind(), object.api_version());
            let family = families.entry(key).or_insert_with(|| vec![None; count]);
            if let Some(place) = family.get_mut(index) {
                *place = Some(object);
            }
        }
    }
    let rows: Vec<Vec<Option<&Object>>> = families.into_values().collect();
    let firsts: Vec<&Object> =
        rows.iter().filter_map(|row| row.iter().flatten().next().copied()).collect();
    let files = FileNames::default().take_all(&firsts);
    rows.into_iter().zip(files).map(|(objects, file)| Family { objects, file }).collect()
}

/// A service that is outside of the cluster in some variants.
#[derive(Debug, Clone, Default)]
pub(super) struct External {
    /// The name of the Service that says so.
    pub(super) name: String,
    /// Where it is, for the variants that have the Service.
    pub(super) flags: Vec<Option<bool>>,
    /// Its hosts, if all are known by a name.
    pub(super) hosts: Vec<Option<String>>,
}

/// The services that leave the cluster somewhere.
pub(super) fn externals(families: &[Family<'_>]) -> BTreeMap<String, External> {
    let mut externals = BTreeMap::new();
    for family in families {
        let Some(object) = family.first().filter(|object| object.kind() == "Service") else {
            continue;
        };
        let Some(service) = object.service.clone() else { continue };
        let outside = |object: &Object| object.value.at(&["spec", "selector"]).is_none();
        let flags: Vec<_> = family.objects.iter().map(|object| object.map(outside)).collect();
        if !flags.contains(&Some(true)) || !flags.contains(&Some(false)) {
            continue;
        }
        let host = |object: &&Object| {
            let host = object.value.at(&["spec", "externalName"])?.as_str()?;
            Some(host.to_owned()).filter(|host| !host.is_empty())
        };
        let hosts = family.objects.iter().map(|object| object.as_ref().and_then(host)).collect();
        let name = object.name().to_owned();
        externals.entry(service).or_insert(External { name, flags, hosts });
    }
    externals
}

/// What is known of the services of a project.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// Their keys among the values, and those of objects that belong to none.
    pub(super) keys: BTreeMap<String, String>,
    /// Where they are at all.
    pub(super) enabled: BTreeMap<String, Vec<bool>>,
    /// Where they are outside of the cluster.
    pub(super) externals: BTreeMap<String, External>,
}

impl<'a> Weaver<'a> {
    /// The text of the template of an object.
    pub(super) fn template(&mut self, family: &Family<'a>, values: &[Option<Value>]) -> String {
        let Some(first) = family.first() else { return String::new() };
        let row =
            Row(values.iter().map(|value| value.as_ref().map_or(Slot::Absent, Slot::Is)).collect());
        if first.kind() == "Secret" {
            return self.secret(first, values);
        }
        let row = self.live(&row);
        let mut conditions = self.conditions(first, &row);
        let body = join_guards(&emit_template(&self.weave(&row.guarded())));
        let key = self.at.key.join(".");
        let with = self.at.dot && (self.at.used || conditions.len() > 1);
        if !with && self.at.dot {
            conditions = conditions
                .iter()
                .map(|condition| condition.replacen('.', &format!(".Values.{key}."), 1))
                .collect();
        }
        let condition = match conditions.as_slice() {
            [] => return body,
            [one] => one.clone(),
            all => {
                format!("and {}", all.iter().map(|one| operand(one)).collect::<Vec<_>>().join(" "))
            }
        };
        let text = format!("{{{{- if {condition} }}}}\n{body}{{{{- end }}}}\n");
        if with { format!("{{{{- with .Values.{key} }}}}\n{text}{{{{- end }}}}\n") } else { text }
    }

    /// What must hold for an object to be there.
    fn conditions(&mut self, object: &Object, row: &Row<'_>) -> Vec<String> {
        let mut conditions = Vec::new();
        if self.at.dot {
            conditions.push(".enabled".to_owned());
        }
        let own = self.facts.own_configs.get(object.name()) == self.at.key.first();
        if let Some(open) = self.existence(object, row, own) {
            conditions.push(open.trim_start_matches("if ").to_owned());
        }
        conditions.extend(self.claim_conditions());
        if object.role == Role::Access && matches!(object.kind(), "Role" | "RoleBinding") {
            self.values.put(&["rbac", "create"].map(str::to_owned), Entry::constant(true));
            conditions.push("$.Values.rbac.create".to_owned());
        }
        conditions
    }

    fn existence(&mut self, object: &Object, row: &Row<'_>, own: bool) -> Option<String> {
        if !row.lacks() {
            return None;
        }
        if let Some(open) = self.shared_condition(row) {
            return Some(open);
        }
        let map_value = match object.kind() {
            "ConfigMap" if own => Some("config"),
            "PodDisruptionBudget" if self.at.prefix == ["disruption"] => Some("disruption"),
            _ => None,
        };
        // What the base has would be inherited where it is absent.
        let inherited = matches!(row.0.first(), Some(Slot::Is(_)));
        if let Some(name) = map_value.filter(|_| !inherited) {
            let path = vec![name.to_owned()];
            if is_switched_by_values(row) {
                return Some(format!("if {}", self.refer(&path)));
            }
        }
        let mut path = self.at.prefix.clone();
        path.push("enabled".to_owned());
        let full = self.full(&path);
        if !self.values.put(&full, Entry::switch(row)) {
            path.insert(0, camel(object.kind()));
            let full = self.full(&path);
            self.values.put(&full, Entry::switch(row));
        }
        Some(format!("if {}", self.refer(&path)))
    }

    /// The row of an object, with nothing said where its service is off.
    fn live<'r>(&self, row: &Row<'r>) -> Row<'r> {
        let Some(enabled) = &self.at.enabled else { return row.clone() };
        let slots = row.0.iter().zip(enabled).map(|(slot, on)| if *on { *slot } else { Slot::Off });
        Row(slots.collect())
    }

    /// A Secret, which is there only where its values are given.
    fn secret(&mut self, object: &Object, values: &[Option<Value>]) -> String {
        let short = self.facts.secrets.get(object.name()).cloned().unwrap_or_default();
        let mut values = values.to_vec();
        let mut entries = Vec::new();
        for (key, word) in [("stringData", "values"), ("data", "data")] {
            let take = |value: &mut Option<Value>| value.as_mut()?.as_map_mut()?.remove(key);
            let data: Vec<_> = values.iter_mut().map(take).collect();
            if data.iter().all(Option::is_none) {
                continue;
            }
            let path = vec!["secrets".to_owned(), short.clone(), word.to_owned()];
            let entry = Entry::of(&row_of(&data), Map::new().into()).blank();
            self.secret_values.put(&path, entry);
            self.values.put(&path, Entry::constant(Map::new()));
            entries.push((key, format!(".Values.{}", path.join("."))));
        }
        (self.at.dot, self.at.key) = (false, vec!["secrets".to_owned(), short.clone()]);
        let mut value = self.weave(&row_of(&values));
        if let Value::Map(map) = &mut value {
            if let Some(metadata) = map.get_mut("metadata").and_then(Value::as_map_mut) {
                metadata.insert("name", hole(format!("$.Values.secrets.{short}.name | quote")));
            }
            for (key, name) in &entries {
                let open = (entries.len() > 1).then(|| format!("if {name}"));
                let action = format!("include {} {name}", self.facts.template("data"));
                map.fields.push(field(key, block(action), open));
            }
        }
        let body = emit_template(&value);
        let names: Vec<_> = entries.into_iter().map(|(_, name)| name).collect();
        let condition = match names.as_slice() {
            [] => {
                let path = vec!["enabled".to_owned()];
                self.switch(&path, &row_of(&values)).trim_start_matches("if ").to_owned()
            }
            [one] => one.clone(),
            all => format!("or {}", all.join(" ")),
        };
        format!("{{{{- if {condition} }}}}\n{body}{{{{- end }}}}\n")
    }

    /// Sets the scope for an object.
    pub(super) fn enter(&mut self, family: &Family<'a>, services: &Services, prefix: Vec<String>) {
        let keys = &services.keys;
        let Some(first) = family.first() else { return };
        let service = first.service.as_deref();
        let key = match service {
            Some(service) => keys.get(service).cloned().unwrap_or_else(|| camel(service)),
            None => keys.get(&shared_name(first)).cloned().unwrap_or_else(|| camel(first.name())),
        };
        let pod = super::pod_spec(&first.value);
        let containers = pod.and_then(|pod| pod.get("containers")).and_then(Value::as_seq);
        let own = |item: &&Value| {
            service.is_some() && item.get("name").and_then(Value::as_str) == Some(first.name())
        };
        let early = pod.and_then(|pod| pod.get("initContainers")).and_then(Value::as_seq);
        // The service's own container is one that ends first where its work is done on each node.
        let ending = early.and_then(|early| early.iter().find(own));
        let main = ending.or_else(|| containers?.first()).and_then(|main| main.get("name"));
        let single = |object: &&Object| {
            let claims = object.value.at(&["spec", "volumeClaimTemplates"]).and_then(Value::as_seq);
            claims.is_none_or(|claims| claims.len() == 1)
        };
        let external = service.and_then(|service| services.externals.get(service));
        let mut configs = BTreeSet::new();
        family
            .objects
            .iter()
            .flatten()
            .filter_map(|object| super::pod_spec(&object.value))
            .for_each(|pod| config_maps(pod, &mut configs));
        configs.retain(|name| self.facts.configs.contains_key(name));
        let is_claim = service.is_none() && first.kind() == "PersistentVolumeClaim";
        self.at = Scope {
            key: if is_claim { vec!["volumes".to_owned(), key] } else { vec![key] },
            prefix,
            kind: first.kind().to_owned(),
            name: first.name().to_owned(),
            dot: service.is_some(),
            belongs: service.is_some(),
            main: main.and_then(Value::as_str).unwrap_or_default().to_owned(),
            main_ends: ending.is_some(),
            single_claim: family.objects.iter().flatten().all(single),
            configs: configs.into_iter().collect(),
            enabled: service.and_then(|service| services.enabled.get(service).cloned()),
            external: external.map(|external| external.flags.clone()),
            is_external: external.is_some_and(|external| {
                let named = |(flag, host): (&Option<bool>, &Option<String>)| {
                    (*flag == Some(true)) == host.is_some()
                };
                external.name == first.name()
                    && external.flags.iter().zip(&external.hosts).all(named)
            }),
            ..Scope::default()
        };
    }
}

/// Whether the objects differ in nothing but the values by whose presence they are there.
fn is_switched_by_values(row: &Row<'_>) -> bool {
    let mut rests = Vec::new();
    for value in row.present() {
        let mut rest = value.clone();
        let mut given = false;
        for (above, keys) in
            [("spec", &["minAvailable", "maxUnavailable"][..]), ("metadata", &["labels"])]
        {
            let map =
                rest.as_map_mut().and_then(|map| map.get_mut(above)).and_then(Value::as_map_mut);
            if let Some(map) = map {
                keys.iter().for_each(|key| given |= map.remove(key).is_some() && *key != "labels");
            }
        }
        let data = rest.as_map_mut().and_then(|map| map.remove("data"));
        given |= data.as_ref().and_then(Value::as_map).is_some_and(|data| !data.is_empty());
        if !given {
            return false;
        }
        rests.push(rest);
    }
    rests.windows(2).all(|pair| pair.first() == pair.last())
}

/// The key by which an object of no service is found among the keys of services.
pub(super) fn shared_name(object: &Object) -> String {
    format!("{} shared", object.name())
}

/// The names of the ConfigMaps that a pod reads.
fn config_maps(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Map(map) => {
            for (key, value) in map.iter() {
                if matches!(key, "configMapRef" | "configMapKeyRef" | "configMap") {
                    let name = value.get("name").and_then(Value::as_str);
                    names.extend(name.map(str::to_owned));
                }
                config_maps(value, names);
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| config_maps(item, names)),
        _ => {}
    }
}

/// What is known of a project, and the keys of its services and of objects that belong to none.
pub(super) fn facts<'a>(
    bundle: &'a Bundle,
    chart: &'a str,
    families: &[Family<'a>],
) -> (Facts<'a>, BTreeMap<String, String>) {
    let mut services: Vec<String> = Vec::new();
    for name in families.iter().filter_map(Family::service) {
        if !services.iter().any(|known| known == name) {
            services.push(name.to_owned());
        }
    }
    let mut ids: Vec<_> = services.into_iter().map(|name| (name.clone(), name)).collect();
    for object in families.iter().filter_map(Family::first) {
        let id = (shared_name(object), object.name().to_owned());
        if object.service.is_none() && object.kind() != "Secret" && !ids.contains(&id) {
            ids.push(id);
        }
    }
    let keys = names::keys(&ids);
    let mut facts = Facts { project: &bundle.project, chart, ..Facts::default() };
    facts.environments = std::iter::once("")
        .chain(bundle.environments.iter().map(|v| v.environment.as_str()))
        .collect();
    for (index, variant) in std::iter::once(&bundle.base).chain(&bundle.environments).enumerate() {
        let objects = variant.objects.iter().filter(|object| object.kind() != "Namespace");
        let labels = labels::common(&facts, index, objects.map(|object| &object.value));
        facts.labels.push(labels);
    }
    for object in families.iter().filter_map(Family::first) {
        if object.kind() == "Job" {
            facts.jobs.insert(object.name().to_owned());
        }
    }
    (facts, keys)
}

/// Whether an object is there in a variant.
pub(super) fn enabled(families: &[Family<'_>], service: &str, count: usize) -> Vec<bool> {
    let own: Vec<_> = families.iter().filter(|family| family.service() == Some(service)).collect();
    (0..count).map(|variant| own.iter().any(|family| family.has(variant))).collect()
}
