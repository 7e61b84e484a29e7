//! Compose's labels and annotations as annotations.

use super::{Annotation, names, sensitive::Judge};
use crate::{
    compose::{Options, Service},
    text::{Code, Diagnostic, Origin, Sink},
};

/// Labels that other parts read as settings, or that are about Docker itself.
const SETTINGS: &[&str] = &["kompose.", "traefik.", "caddy", "com.docker.compose."];

/// Annotations of the pods: the service's annotations and labels.
pub(crate) fn of_pods(
    name: &str,
    service: &Service,
    judge: &Judge,
    sink: &mut Sink,
) -> Vec<Annotation> {
    let mut found = Vec::new();
    add(name, &service.labels, judge, &mut found, sink);
    add(name, &service.annotations, judge, &mut found, sink);
    found
}

/// Annotations of the workload: `deploy.labels`.
pub(crate) fn of_workload(
    name: &str,
    service: &Service,
    judge: &Judge,
    sink: &mut Sink,
) -> Vec<Annotation> {
    let mut found = Vec::new();
    if let Some(deploy) = &service.deploy {
        add(name, &deploy.labels, judge, &mut found, sink);
    }
    found
}

fn add(name: &str, pairs: &Options, judge: &Judge, found: &mut Vec<Annotation>, sink: &mut Sink) {
    for (key, value) in pairs.iter() {
        if SETTINGS.iter().any(|start| key.value.starts_with(start)) {
            continue;
        }
        let why = if !names::is_label_key(&key.value) {
            "an annotation's key is letters, digits, `-`, `_`, `.`, with at most one `/`"
        } else if holds_secret(judge, &key.value, &value.value) {
            "it looks like a secret, and everyone who sees the pod sees its annotations"
        } else {
            found.retain(|known: &Annotation| known.key != key.value);
            found.push(Annotation {
                key: key.value.clone(),
                value: value.value.clone(),
                origin: Origin::Input(key.span()),
            });
            continue;
        };
        let message = format!("the label `{}` of `{name}` was left out", key.value);
        sink.push(Diagnostic::new(Code::LeftOut, message).at(key.span()).help(why));
    }
}

/// Whether a value is a secret, or a secret of the project stands in it.
pub(crate) fn holds_secret(judge: &Judge, key: &str, value: &str) -> bool {
    judge.is_sensitive(key, value) || !judge.known.all_in(value).is_empty()
}
