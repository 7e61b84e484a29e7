//! Fields of pods: images, waits, resources, a graceful end, spreading.

use super::{
    guards::join_guards,
    names::camel,
    row::{Row, Slot},
    values::{Cell, Entry},
    weave::{Weaver, block, field, hole},
};
use crate::yaml::{Field, Guard, Map, Value, emit_template};

/// Seconds that Kubernetes gives a pod to end.
const GRACE: i64 = 30;

impl Weaver<'_> {
    /// The path of the field at hand below the pod's template, if it is in one.
    pub(super) fn in_template(&self) -> Option<Vec<&str>> {
        let steps = self.steps();
        let template: &[&str] = match self.at.kind.as_str() {
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => &["spec", "template"],
            "CronJob" => &["spec", "jobTemplate", "spec", "template"],
            _ => return None,
        };
        steps.strip_prefix(template).map(<[&str]>::to_vec)
    }

    /// The path of the field at hand below the pod's specification, if it is in one.
    pub(super) fn in_pod(&self) -> Option<&[String]> {
        let depth = self
            .in_template()?
            .first()
            .filter(|step| **step == "spec")
            .map(|_| if self.at.kind == "CronJob" { 5 } else { 3 })?;
        self.at.path.get(depth..)
    }

    /// The path of the field at hand below the pod's main container, if it is in it.
    pub(super) fn in_main_container(&self) -> Option<&[String]> {
        match self.in_pod()? {
            [list, item, rest @ ..] if list == "containers" => {
                (item.trim_matches(['[', ']']) == self.at.main).then_some(rest)
            }
            _ => None,
        }
    }

    /// A pod's field that is always made the same way.
    pub(super) fn pod_field(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let template = self.in_template()?;
        match template.as_slice() {
            ["metadata", "annotations"] => return self.checksum(key, row),
            ["spec", "imagePullSecrets"] if self.facts.pull_secrets => {
                let open = Some("with $.Values.global.imagePullSecrets".to_owned());
                return Some(field(key, block("toYaml ."), open));
            }
            ["spec", "terminationGracePeriodSeconds"] => return self.grace_period(key, row),
            _ => {}
        }
        match self.in_main_container()? {
            [field] if field == "lifecycle" => self.graceful_end(key, row),
            _ => None,
        }
    }

    /// A pod's value that is always made the same way.
    pub(super) fn pod_value(&mut self, row: &Row<'_>) -> Option<Value> {
        let whole = self.in_template()?.is_empty() && self.at.kind == "Job";
        whole.then(|| self.job_pod(row))
    }

    /// A Job's pod is a named template, since the Job's name has its hash.
    fn job_pod(&mut self, row: &Row<'_>) -> Value {
        let used = std::mem::replace(&mut self.at.used, false);
        let body = join_guards(&emit_template(&self.map(row)));
        let job = camel(&self.at.name);
        let pod = self.facts.template(&format!("{job}Pod"));
        let name = self.facts.template(&format!("{job}Job"));
        let body = if std::mem::replace(&mut self.at.used, used) {
            let key = self.at.key.join(".");
            format!("{{{{- with .Values.{key} -}}}}\n{body}{{{{- end }}}}\n")
        } else {
            body
        };
        let stem: String = self.at.name.chars().take(63 - 9).collect();
        let stem = stem.trim_end_matches(['-', '.']);
        self.helpers.push_str(&format!(
            "\n{{{{/* The pod of Job {object}. */}}}}\n{{{{- define {pod} -}}}}\n{body}{{{{- end }}}}\n\n\
             {{{{/* Its name: another for another pod, since a Job cannot be changed. */}}}}\n\
             {{{{- define {name} -}}}}\n{stem}-{{{{ include {pod} . | sha256sum | trunc 8 }}}}\n{{{{- end }}}}\n",
            object = self.at.name,
        ));
        block(format!("include {pod} $"))
    }

    /// An item of a pod's list that is always made the same way: waits and variables.
    pub(super) fn known_item(
        &mut self,
        key: &str,
        row: &Row<'_>,
    ) -> Option<(Value, Option<String>)> {
        let list = self.at.path.iter().rev().nth(1)?.clone();
        match list.as_str() {
            "initContainers" => self.wait(key, row),
            "volumeClaimTemplates" => self.claim_template(key, row),
            "volumes" => self.claim_volume(row),
            "env" if row.lacks() => self.variable(key, row),
            _ => None,
        }
    }

    fn wait(&mut self, key: &str, row: &Row<'_>) -> Option<(Value, Option<String>)> {
        let dependency = key.strip_prefix("wait-")?;
        if self.at.kind == "Job" && !row.lacks() {
            return None;
        }
        let path = vec!["waitFor".to_owned(), camel(dependency)];
        let open = self.switch(&path, row);
        self.at.waits.push((row.presence(), open.clone()));
        Some((self.weave(&row.guarded()), Some(open)))
    }

    /// A plain variable that only some variants set.
    fn variable(&mut self, key: &str, row: &Row<'_>) -> Option<(Value, Option<String>)> {
        let value = |item: &Value| {
            item.as_map().filter(|map| map.len() == 2).and(item.get("value")).is_some()
        };
        if !row.all(value) {
            return None;
        }
        let slots = row.0.iter().map(|slot| match slot {
            Slot::Is(item) => item.get("value").map_or(Slot::Absent, Slot::Is),
            slot => *slot,
        });
        let row = Row(slots.collect());
        let word = if is_word(key) { key.to_owned() } else { camel(key) };
        let path = self.path_of(&["env".to_owned(), word]);
        if !self.values.is_free(&self.full(&path)) {
            return None;
        }
        let Field { value, guards, .. } = self.optional("value", &path, &row);
        let map: Map = [("name", Value::from(key)), ("value", value)].into_iter().collect();
        let open = guards.into_iter().next().map(|Guard { open }| open);
        Some((map.into(), open))
    }

    /// The pause before a container ends, if that is all that differs in its hooks.
    fn graceful_end(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let seconds = graceful_seconds(row)?;
        let path = vec!["gracefulSeconds".to_owned()];
        let cells = seconds.iter().map(|n| n.map_or(Cell::Off, |n| Cell::Is(n.into())));
        let entry = Entry { cells: cells.collect(), empty: 0.into(), blank: true };
        if !self.values.put(&self.full(&path), entry) {
            return None;
        }
        self.at.grace = Some(seconds);
        let nested = ["seconds", "sleep", "preStop"]
            .into_iter()
            .fold(hole("."), |value, key| Value::Map([(key, value)].into_iter().collect()));
        let open = format!("with {} | int64", self.refer(&path));
        Some(field(key, nested, Some(open)))
    }

    /// The time a pod has to end, if it is a fixed one and the pause.
    fn grace_period(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        let seconds = self.at.grace.clone()?;
        let name = "gracefulSeconds".to_owned();
        let fixed = |slot: &Slot<'_>, pause: &Option<i64>| match (slot, pause) {
            (Slot::Off, _) => Some(None),
            (Slot::Is(value), Some(pause)) => Some(Some(value.as_int()? - pause)),
            (Slot::Absent, Some(0)) if row.lacks() => Some(Some(GRACE)),
            _ => None,
        };
        let all: Vec<Option<i64>> = row
            .0
            .iter()
            .zip(&seconds)
            .map(|(slot, pause)| fixed(slot, pause))
            .collect::<Option<_>>()?;
        let fixed = all.iter().flatten().next().copied()?;
        if all.iter().flatten().any(|other| *other != fixed) {
            return None;
        }
        // With a default of its own, the field is not written where there is no pause.
        let unwritten = |(slot, pause): (&Slot<'_>, &Option<i64>)| {
            (*slot == Slot::Absent) == (*pause == Some(0)) || *slot == Slot::Off
        };
        if row.lacks() && !row.0.iter().zip(&seconds).all(unwritten) {
            return None;
        }
        let name = self.refer(&[name]);
        if row.lacks() {
            let open = Some(format!("with {name} | int64"));
            return Some(field(key, hole(format!("add {fixed} .")), open));
        }
        Some(field(key, hole(format!("add {fixed} {name}")), None))
    }
}

/// The seconds of each variant, if its hooks are nothing but a pause, or nothing.
fn graceful_seconds(row: &Row<'_>) -> Option<Vec<Option<i64>>> {
    let seconds = |value: &Value| {
        let single = |value: &Value| value.as_map().is_some_and(|map| map.len() == 1);
        let stop = value.get("preStop").filter(|stop| single(value) && single(stop))?;
        let sleep = stop.get("sleep").filter(|sleep| single(sleep))?;
        sleep.get("seconds")?.as_int().filter(|seconds| *seconds > 0)
    };
    let slots = row.0.iter().map(|slot| match slot {
        Slot::Off => Some(None),
        Slot::Absent => Some(Some(0)),
        Slot::Is(value) => seconds(value).map(Some),
    });
    slots.collect()
}

/// Whether a template can write a variable's name after a dot.
fn is_word(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
