//! Interpolation of whole documents, and the types that interpolated attributes have.

use super::{Substitution, Usage, Variables, diagnostic};
use crate::{
    load::booleans,
    text::{Code, Diagnostic, Sink},
    yaml::{Data, Entry, Node},
};

/// The type that an attribute's text is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cast {
    Int,
    Float,
    Bool,
}

/// The type of the attribute at a path; `[]` stands for a list's items.
fn cast_at(path: &[&str]) -> Option<Cast> {
    match path {
        ["services", _, "pre_start", _, rest @ ..] => cast_in_container(rest),
        ["services", _, rest @ ..] => cast_in_service(rest),
        ["jobs", _, rest @ ..] => cast_in_workload(rest),
        ["networks", _, "external" | "internal" | "attachable" | "enable_ipv4" | "enable_ipv6"]
        | ["volumes" | "secrets" | "configs", _, "external"] => Some(Cast::Bool),
        _ => None,
    }
}

fn cast_in_service(path: &[&str]) -> Option<Cast> {
    match path {
        ["scale"]
        | ["deploy", "replicas"]
        | ["deploy", "update_config" | "rollback_config", "parallelism"]
        | ["deploy", "restart_policy", "max_attempts"]
        | ["deploy", "placement", "max_replicas_per_node"] => Some(Cast::Int),
        ["deploy", "update_config" | "rollback_config", "max_failure_ratio"] => Some(Cast::Float),
        _ => cast_in_workload(path),
    }
}

/// What services and jobs have in common.
fn cast_in_workload(path: &[&str]) -> Option<Cast> {
    match path {
        ["healthcheck", "retries"] | ["ports", "[]", "target"] => Some(Cast::Int),
        ["stdin_open" | "tty"]
        | ["depends_on", _, "required" | "restart"]
        | ["healthcheck", "disable"] => Some(Cast::Bool),
        _ => cast_in_container(path),
    }
}

/// What hooks before the start have too.
fn cast_in_container(path: &[&str]) -> Option<Cast> {
    match path {
        [
            "cpu_count" | "cpu_period" | "cpu_quota" | "cpu_rt_period" | "cpu_rt_runtime"
            | "cpu_shares" | "oom_score_adj" | "pids_limit",
        ]
        | ["ulimits", _]
        | ["ulimits", _, "hard" | "soft"] => Some(Cast::Int),
        ["cpu_percent" | "cpus"] => Some(Cast::Float),
        ["init" | "oom_kill_disable" | "privileged" | "read_only"]
        | ["volumes", "[]", "read_only"]
        | ["volumes", "[]", "volume", "nocopy"] => Some(Cast::Bool),
        _ => None,
    }
}

/// Interpolates every string of a document.
pub(in crate::load) struct Interpolation<'a> {
    /// Where variables are looked up.
    pub(in crate::load) layers: &'a [&'a Variables],
    /// What is used and missed.
    pub(in crate::load) usage: &'a mut Usage,
    /// Where problems go.
    pub(in crate::load) sink: &'a mut Sink,
}

impl Interpolation<'_> {
    /// Interpolates a document in place; problems go to the sink.
    pub(in crate::load) fn document(&mut self, document: &mut Node) {
        self.walk(document, &mut Vec::new());
    }

    fn walk<'t>(&mut self, node: &'t mut Node, path: &mut Vec<&'t str>) {
        if matches!(node.data, Data::String(_)) {
            return self.scalar(node, path);
        }
        match &mut node.data {
            Data::Seq(items) => {
                path.push("[]");
                for item in items {
                    self.walk(item, path);
                }
                path.pop();
            }
            Data::Map(entries) => {
                for Entry { key, value } in entries {
                    path.push(&key.name);
                    self.walk(value, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    fn scalar(&mut self, node: &mut Node, path: &[&str]) {
        let Data::String(text) = &node.data else { return };
        if text.contains('$') {
            let mut substitution =
                Substitution { layers: self.layers, usage: self.usage, place: node.span };
            match substitution.run(text) {
                Ok((text, template)) => {
                    node.data = Data::String(text);
                    node.template = template.map(Into::into);
                }
                Err(problem) => {
                    self.sink.push(diagnostic(&problem, &path.join(".")).at(node.span));
                    return;
                }
            }
            self.usage.warn(node.span, self.sink);
        }
        if let Some(cast) = cast_at(path) {
            self.cast(node, cast, path);
        }
    }

    fn cast(&mut self, node: &mut Node, cast: Cast, path: &[&str]) {
        let Data::String(text) = &node.data else { return };
        let data = match cast {
            Cast::Int => text.parse::<i64>().ok().map(|number| Data::Int(number.into())),
            Cast::Float => text.parse().ok().map(Data::Float),
            Cast::Bool => booleans::read(text, node.span, self.sink).map(Data::Bool),
        };
        if let Some(data) = data {
            node.data = data;
            return;
        }
        let wanted = match cast {
            Cast::Int => "an integer",
            Cast::Float => "a number",
            Cast::Bool => "a boolean",
        };
        // The value of a variable may be a secret; what is written in the file is shown anyway.
        let path = path.join(".");
        let message = match &node.template {
            Some(_) => format!("`{path}` is not {wanted} after interpolation"),
            None => format!("`{path}`: `{text}` is not {wanted}"),
        };
        self.sink.push(Diagnostic::new(Code::CastFailed, message).at(node.span));
    }
}
