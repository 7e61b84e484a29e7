//! Claims: what their values may say, whether they are objects of their own or templates of a
//! `StatefulSet`.

use std::collections::BTreeMap;

use super::{
    names::{camel, go_string},
    object::{Family, Services, shared_name},
    prefix::Prefixes,
    row::Row,
    values::Entry,
    weave::{Weaver, field, hole},
};
use crate::yaml::{Field, Guard, Map, Value};

/// Where the values of a claim are that is an object of its own.
#[derive(Debug, Clone)]
pub(super) struct ClaimPlace {
    /// Their path.
    path: Vec<String>,
    /// Whether one workload alone mounts it.
    alone: bool,
    /// Whether every variant has it that has its service.
    steady: bool,
}

/// Where the values of each claim are.
pub(super) fn places(families: &[Family<'_>], services: &Services) -> BTreeMap<String, ClaimPlace> {
    let mut users: BTreeMap<&str, usize> = BTreeMap::new();
    for object in families.iter().filter_map(Family::first) {
        let volumes = super::pod_spec(&object.value).and_then(|pod| pod.get("volumes"));
        for volume in volumes.and_then(Value::as_seq).unwrap_or_default() {
            let name = volume.at(&["persistentVolumeClaim", "claimName"]).and_then(Value::as_str);
            if let Some(name) = name {
                *users.entry(name).or_default() += 1;
            }
        }
    }
    let mut prefixes = Prefixes::default();
    let mut places = BTreeMap::new();
    for family in families {
        let Some(object) = family.first() else { continue };
        let prefix = prefixes.of(object);
        if object.kind() != "PersistentVolumeClaim" {
            continue;
        }
        let key = object.service.clone().unwrap_or_else(|| shared_name(object));
        let key = services.keys.get(&key).cloned().unwrap_or_else(|| camel(object.name()));
        let shared = object.service.is_none().then(|| "volumes".to_owned());
        let path = shared.into_iter().chain([key]).chain(prefix).collect();
        let there = object.service.as_ref().and_then(|service| services.enabled.get(service));
        let steady = family
            .objects
            .iter()
            .enumerate()
            .all(|(variant, object)| object.is_some() || !there.is_none_or(|on| on[variant]));
        let alone = users.get(object.name()) == Some(&1) && object.service.is_some();
        places.insert(object.name().to_owned(), ClaimPlace { path, alone, steady });
    }
    places
}

impl Weaver<'_> {
    /// Notes the claim templates of a StatefulSet whose values say whether they are claims at all.
    pub(super) fn note_claims(&mut self, row: &Row<'_>) {
        let templates = row.under("volumeClaimTemplates");
        if row.lacks() || !templates.is_seq() {
            return;
        }
        let items = templates.items().unwrap_or_default();
        for (name, _) in items.iter().filter(|(_, item)| !item.lacks()) {
            let path = self.template_place(name);
            let put = |weaver: &mut Self, word: &str, value: Value| {
                let path: Vec<_> = path.iter().cloned().chain([word.to_owned()]).collect();
                weaver.values.put(&weaver.full(&path), Entry::constant(value))
            };
            if put(self, "enabled", true.into()) && put(self, "existingClaim", "".into()) {
                self.at.claims.push(name.clone());
            }
        }
    }

    /// Where the values of a claim template are.
    pub(super) fn template_place(&self, name: &str) -> Vec<String> {
        let own = (!self.at.single_claim).then(|| camel(name));
        std::iter::once("persistence".to_owned()).chain(own).collect()
    }

    /// A claim template, which is there unless the values name something else.
    pub(super) fn claim_template(
        &mut self,
        name: &str,
        row: &Row<'_>,
    ) -> Option<(Value, Option<String>)> {
        self.at.claims.iter().find(|own| *own == name)?;
        let place = self.template_place(name);
        let place = self.refer(&place);
        let open = format!("if and {place}.enabled (not {place}.existingClaim)");
        Some((self.weave(row), Some(open)))
    }

    /// What lengthens the volumes of a pod: volumes in the place of claims, and those of the values.
    pub(super) fn more_volumes(&mut self) -> (String, String) {
        let more = self.refer(&["extraVolumes".to_owned()]);
        if self.at.claims.is_empty() {
            return (format!("with {more}"), "toYaml .".to_owned());
        }
        let names = self.at.claims.clone();
        let claims = names.iter().map(|name| {
            let place = self.template_place(name);
            format!("{} {}", go_string(name), self.refer(&place))
        });
        let claims = claims.collect::<Vec<_>>().join(" ");
        let template = self.facts.template("volumes");
        (format!("with include {template} (list (dict {claims}) {more})"), ".".to_owned())
    }

    /// The name of a value of a claim that is an object of its own.
    fn claim_value_of(&mut self, claim: &str, word: &str) -> Option<String> {
        let place = self.facts.claims.get(claim).filter(|place| place.steady)?;
        let path = place.path.iter().cloned().chain([word.to_owned()]).collect::<Vec<_>>();
        let own = self.at.dot.then(|| path.strip_prefix(self.at.key.as_slice())).flatten();
        match own.map(<[String]>::to_vec) {
            Some(rest) => Some(self.refer(&rest)),
            None => Some(format!("$.Values.{}", path.join("."))),
        }
    }

    /// What must hold for a claim to be made.
    pub(super) fn claim_conditions(&mut self) -> Vec<String> {
        let name = self.at.name.clone();
        let Some(place) = self.facts.claims.get(&name).filter(|place| place.steady).cloned() else {
            return Vec::new();
        };
        if self.at.kind != "PersistentVolumeClaim" {
            return Vec::new();
        }
        let mut conditions = Vec::new();
        let words =
            [("enabled", Value::from(true)), ("existingClaim", "".into()), ("retain", true.into())];
        for (word, value) in words.into_iter().filter(|(word, _)| place.alone || *word != "enabled")
        {
            let path: Vec<_> = place.path.iter().cloned().chain([word.to_owned()]).collect();
            self.values.put(&path, Entry::constant(value));
            let value = self.claim_value_of(&name, word).unwrap_or_default();
            match word {
                "enabled" => conditions.push(value),
                "existingClaim" => conditions.push(format!("not {value}")),
                _ => {}
            }
        }
        conditions
    }

    /// Keeps a claim when the release goes, which a person may not want.
    pub(super) fn claim_annotations(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let own = self.at.kind == "PersistentVolumeClaim" && row.first().is_none();
        let name = self.at.name.clone();
        let retain = self.claim_value_of(&name, "retain").filter(|_| own)?;
        let keep: Map = [("helm.sh/resource-policy", "keep")].into_iter().collect();
        Some(field(key, keep.into(), Some(format!("if {retain}"))))
    }

    /// The name of a claim that a pod mounts.
    pub(super) fn claim_name(&mut self, row: &Row<'_>) -> Option<Value> {
        let name = row.first().filter(|_| row.agrees())?.as_str()?.to_owned();
        let existing = self.claim_value_of(&name, "existingClaim")?;
        Some(hole(format!("{existing} | default {} | quote", go_string(&name))))
    }

    /// A volume from a claim that the pod alone mounts: a claim or, without it, what does not last.
    pub(super) fn claim_volume(&mut self, row: &Row<'_>) -> Option<(Value, Option<String>)> {
        let claim = row.under("persistentVolumeClaim");
        let name = claim.under("claimName");
        let name = name.first().filter(|_| !row.lacks() && !claim.lacks() && name.agrees());
        let name = name?.as_str()?.to_owned();
        self.facts.claims.get(&name).filter(|place| place.alone)?;
        let enabled = self.claim_value_of(&name, "enabled")?;
        let Value::Map(mut volume) = self.weave(row) else { return None };
        for field in volume.fields.iter_mut().filter(|field| field.key == "persistentVolumeClaim") {
            field.guard(Guard { open: format!("if {enabled}") });
        }
        volume.fields.push(field("emptyDir", Map::new().into(), Some(format!("if not {enabled}"))));
        Some((volume.into(), None))
    }
}
