//! Fields of pods: waits, variables, and the pods of Jobs.

use super::{
    guards::join_guards,
    names::camel,
    row::{Row, Slot},
    weave::{Weaver, block, field},
};
use crate::yaml::{Field, Guard, Map, Value, emit_template};

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
            [list, item, rest @ ..] if matches!(list.as_str(), "containers" | "initContainers") => {
                (item.trim_matches(['[', ']']) == self.at.main).then_some(rest)
            }
            _ => None,
        }
    }

    /// A pod's field that is always made the same way.
    pub(super) fn pod_field(&mut self, key: &str, row: &Row<'_>) -> Option<Field> {
        match self.in_template()?.as_slice() {
            ["metadata", "annotations"] => self.checksum(key, row),
            ["spec", "imagePullSecrets"] if self.facts.pull_secrets => {
                let open = Some("with $.Values.global.imagePullSecrets".to_owned());
                Some(field(key, block("toYaml ."), open))
            }
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
        let field = self.optional("value", &path, &row);
        let open = field.guards().first().map(|Guard { open }| open.clone());
        let map: Map = [("name", Value::from(key)), ("value", field.value)].into_iter().collect();
        Some((map.into(), open))
    }
}

/// Whether a template can write a variable's name after a dot.
fn is_word(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
