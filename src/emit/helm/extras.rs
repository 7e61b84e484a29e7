//! What a person may set though no environment does: scheduling, probes, more variables, volumes
//! and containers of a service's own workload.

use super::{
    container,
    names::go_string,
    placement::ACCOUNT,
    row::Row,
    values::{Cell, Entry},
    weave::{Weaver, block, field, hole, or_empty},
};
use crate::{
    emit::helm::facts::{NAME, PART_OF},
    yaml::{Field, Guard, Map, Value},
};

/// Lists of a pod that values may lengthen, and by what.
const POD_LISTS: &[(&str, &str)] = &[
    ("containers", "extraContainers"),
    ("initContainers", "extraInitContainers"),
    ("volumes", "extraVolumes"),
];

impl Weaver<'_> {
    /// Whether the object at hand is its service's own workload.
    pub(super) fn is_main(&self) -> bool {
        self.at.key.len() == 1 && self.at.belongs && self.at.prefix.is_empty()
    }

    /// Adds to the keys of a mapping those that its service's values may set.
    pub(super) fn want_extras(&mut self, keys: &mut Vec<&str>, row: &Row<'_>) {
        if !self.is_main() {
            return self.want_of_service(keys);
        }
        if self.in_pod() == Some(&[][..]) {
            self.want_pod(keys, row);
            before(keys, "initContainers", "containers");
            after(keys, "volumes", &["containers"]);
        }
        if self.in_main_container() == Some(&[][..]) {
            after(keys, "envFrom", &["image", "name"]);
            after(keys, "env", &["envFrom"]);
            self.want_container(keys, row);
            after(keys, "volumeMounts", &[]);
            before(keys, container::LINE, "volumeMounts");
        }
        if self.in_template().is_some_and(|steps| steps == ["metadata"]) {
            after(keys, "annotations", &[]);
        }
    }

    /// The same for objects beside the workload.
    fn want_of_service(&self, keys: &mut Vec<&str>) {
        let steps = self.steps();
        let plain = self.at.external.is_none();
        match (self.at.kind.as_str(), steps.as_slice()) {
            ("Service", ["spec"])
                if plain
                    && self.at.prefix == ["service"]
                    && !keys.contains(&"clusterIP")
                    && !keys.contains(&"type") =>
            {
                keys.insert(0, "type");
            }
            ("Service", ["metadata"]) if plain && self.at.prefix == ["service"] => {
                after(keys, "annotations", &[]);
            }
            ("Ingress", ["metadata"]) => after(keys, "annotations", &[]),
            ("Ingress", ["spec"]) if !keys.contains(&"ingressClassName") => {
                keys.insert(0, "ingressClassName");
            }
            _ => {}
        }
    }

    /// A field that the service's values may set.
    pub(super) fn extra_field(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        if !self.is_main() {
            return self.extra_of_service(key, row);
        }
        if key == container::LINE {
            return Some(self.container_line());
        }
        if row.first().is_none()
            && let Some((open, action)) = self.extra_items()
        {
            return Some(field(key, block(action), Some(open)));
        }
        if let Some(template) = self.in_template() {
            match template.as_slice() {
                ["metadata", "labels"] => return self.pod_labels(key, row),
                ["spec", ACCOUNT] => return Some(self.pod_line(row)),
                ["spec", "automountServiceAccountToken"]
                    if row.all(|value| *value == Value::Bool(false)) && !row.lacks() =>
                {
                    let account = self.refer(&["serviceAccount".to_owned()]);
                    let action = format!("({account}).automount | default false");
                    return Some(field(key, hole(action), None));
                }
                _ => {}
            }
        }
        None
    }

    fn extra_of_service(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let steps = self.steps();
        let found = match (self.at.kind.as_str(), steps.as_slice()) {
            ("Service", ["spec", "type"]) if row.first().is_none() => {
                self.toggle("service");
                Some(field(key, hole("."), Some("with (.service).type".to_owned())))
            }
            ("Service", ["metadata", "annotations"]) if row.first().is_none() => {
                let open = Some("with (.service).annotations".to_owned());
                Some(field(key, block("toYaml ."), open))
            }
            ("Ingress", ["spec", "ingressClassName"]) if self.at.belongs => {
                let path = self.path_of(&["className".to_owned()]);
                if row.first().is_some() {
                    return Some(self.optional(key, &path, row));
                }
                self.values.put(&self.full(&path), Entry::constant(""));
                let open = format!("with {}", self.refer(&path));
                Some(field(key, hole(". | quote"), Some(open)))
            }
            ("Ingress", ["metadata", "annotations"]) if self.at.belongs => {
                let path = self.path_of(&["annotations".to_owned()]);
                if row.first().is_some() {
                    return Some(self.optional(key, &path, row));
                }
                self.values.put(&self.full(&path), Entry::constant(Map::new()));
                let open = format!("with {}", self.refer(&path));
                Some(field(key, block("toYaml ."), Some(open)))
            }
            _ => None,
        };
        self.at.used |= found.is_some();
        found
    }

    /// Labels of the service's pods.
    fn pod_labels(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let name = row.first()?.get(NAME)?.as_str()?.to_owned();
        let own = |(key, value): (&str, &Value)| {
            key == NAME && value.as_str() == Some(&name) || self.facts.is_project_label(key, value)
        };
        let known = |value: &Value| {
            let labels = value.as_map();
            labels.is_some_and(|map| {
                map.get(PART_OF).is_some() && map.iter().filter(|f| own(*f)).count() == 3
            })
        };
        if row.lacks() || !row.all(known) {
            return None;
        }
        let rest = |value: &Value| {
            let labels = value.as_map().into_iter().flat_map(Map::iter).filter(|f| !own(*f));
            labels.map(|(key, value)| (key.to_owned(), value.clone())).collect::<Map>().into()
        };
        let entry = Entry::map(row, Map::new().into(), rest);
        let path = vec!["podLabels".to_owned()];
        let some = |cell: &Cell| matches!(cell, Cell::Is(Value::Map(map)) if !map.is_empty());
        if entry.cells.iter().any(some) {
            self.values.put(&self.full(&path), entry);
        }
        self.toggle("podLabels");
        let template = self.facts.template("podLabels");
        let labels = self.refer(&path);
        let action = format!("include {template} (list $ {} {labels})", go_string(&name));
        Some(field(key, block(action), None))
    }

    /// The pod's annotations but the checksum: as a whole, with those of the values.
    pub(super) fn pod_annotations(&mut self, row: &Row<'_>) -> Option<Field> {
        if !self.is_main() || !row.all(|value| self.facts.is_plain(value)) {
            return None;
        }
        self.toggle("podAnnotations");
        let path = vec!["podAnnotations".to_owned()];
        if row.first().is_some() {
            let row = or_empty(row);
            self.values.put(&self.full(&path), Entry::of(&row, Map::new().into()));
        }
        let open = format!("with {}", self.refer(&path));
        Some(field("", block("toYaml ."), Some(open)))
    }

    /// What lengthens the list at hand: the opening action, and the action that gives items.
    pub(super) fn extra_items(&mut self) -> Option<(String, String)> {
        if self.at.kind == "NetworkPolicy" {
            return self.more_rules();
        }
        if !self.is_main() {
            return self.more_subjects();
        }
        let of_pod = |weaver: &Self| {
            let [list] = weaver.in_pod()? else { return None };
            POD_LISTS.iter().find(|(key, _)| key == list).map(|(_, name)| *name)
        };
        if let Some(name) = of_pod(self) {
            self.toggle(name);
            if name == "extraVolumes" {
                return Some(self.more_volumes());
            }
            return Some((format!("with {}", self.refer(&[name.to_owned()])), "toYaml .".into()));
        }
        let list = match self.in_main_container()? {
            [list] => list.clone(),
            _ => return None,
        };
        match list.as_str() {
            "volumeMounts" => {
                self.toggle("extraVolumeMounts");
                let name = self.refer(&["extraVolumeMounts".to_owned()]);
                Some((format!("with {name}"), "toYaml .".to_owned()))
            }
            "envFrom" => {
                self.toggle("envFrom");
                let name = self.refer(&["envFrom".to_owned()]);
                Some((format!("with {name}"), "toYaml .".to_owned()))
            }
            "env" => {
                self.toggle("env");
                let name = self.refer(&["env".to_owned()]);
                let known = self.values.below(&self.full(&["env".to_owned()]));
                let action = format!("include {} .", self.facts.template("env"));
                if known.is_empty() {
                    return Some((format!("with {name}"), action));
                }
                let known: Vec<_> = known.iter().map(|key| go_string(key)).collect();
                Some((format!("with omit {name} {}", known.join(" ")), action))
            }
            _ => None,
        }
    }

    /// Rules that a service's values add to its policy: their own, and for those ways in that no
    /// environment has.
    fn more_rules(&mut self) -> Option<(String, String)> {
        let of_service = self.at.dot && self.at.prefix == ["networkPolicy"];
        if self.steps() != ["spec", "ingress"] || !of_service {
            return None;
        }
        self.toggle("networkPolicy");
        self.at.used = true;
        let template = self.facts.template("rules");
        if !self.helpers.contains(&template) {
            let text = include_str!("../templates/rules.tpl").replace("CHART", self.facts.chart);
            self.helpers.push_str(&text);
        }
        let ways = self.facts.ways.get(&self.at.name).map_or("\"\"", String::as_str);
        Some((format!("with include {template} (list . {ways})"), ".".to_owned()))
    }

    /// A list's last item: what values add to it.
    pub(super) fn extra_item(&mut self) -> Option<(Value, String)> {
        let (open, action) = self.extra_items()?;
        let condition = open.trim_start_matches("with ").to_owned();
        Some((Value::Guarded(Box::new(Guard { open }), Box::new(block(action))), condition))
    }
}

/// Puts a key after the first of these that is there, or at the end.
fn after(keys: &mut Vec<&str>, key: &'static str, others: &[&str]) {
    if keys.contains(&key) {
        return;
    }
    let place = others.iter().find_map(|other| keys.iter().position(|known| known == other));
    keys.insert(place.map_or(keys.len(), |place| place + 1), key);
}

/// Puts a key before another, or at the end.
fn before(keys: &mut Vec<&str>, key: &'static str, other: &str) {
    if !keys.contains(&key) {
        let place = keys.iter().position(|known| *known == other);
        keys.insert(place.unwrap_or(keys.len()), key);
    }
}
