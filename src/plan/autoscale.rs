//! Pods by load, instead of a fixed number.

use super::{Autoscaling, Draft, several};
use crate::{
    settings::{Autoscale, Said, WorkloadKind},
    text::{Code, Diagnostic, Sink},
};

/// CPU in percent of the request, where no metric is said.
const USUAL_CPU: i64 = 70;

/// What a service's pods are scaled by; `scales` is whether several pods of it work at all, and
/// `requests` are the resources that it asks for.
pub(crate) fn plan(
    draft: &Draft,
    scales: bool,
    requests: &[&str],
    sink: &mut Sink,
) -> Option<Autoscaling> {
    let said = draft.settings.autoscale.as_ref()?;
    let wanted = &said.value;
    if *wanted == Autoscale::default() {
        return None;
    }
    let long = matches!(draft.kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet);
    let never = draft.settings.singleton.as_ref().is_some_and(|said| said.value);
    if said.weak && !scales {
        return None;
    }
    if !long || never {
        let message = format!("`{}` is not scaled by load", draft.name);
        let help = if never { "it is a `singleton`" } else { "it is no workload with replicas" };
        sink.push(Diagnostic::new(Code::LeftOut, message).at(said.span()).help(help));
        return None;
    }
    let planned = bounded(draft, said, wanted, sink)?;
    several::report(draft, planned.max, said, sink);
    for (resource, used) in [("cpu", planned.cpu), ("memory", planned.memory)] {
        if used.is_some() && !requests.contains(&resource) {
            let message = format!(
                "`{}` is scaled by its {resource}, of which it requests nothing",
                draft.name
            );
            let help = format!("say `resources: {{requests: {{{resource}: …}}}}`");
            sink.push(Diagnostic::new(Code::NoRequest, message).at(said.span()).help(help));
        }
    }
    Some(planned)
}

fn bounded(
    draft: &Draft,
    said: &Said<Autoscale>,
    wanted: &Autoscale,
    sink: &mut Sink,
) -> Option<Autoscaling> {
    let wrong = |message: String| Diagnostic::new(Code::BadSetting, message).at(said.span());
    let Some(max) = wanted.max else {
        sink.push(wrong(format!("`autoscale` of `{}` needs `max`, the most pods", draft.name)));
        return None;
    };
    let min = wanted.min.unwrap_or(1);
    if min > max {
        sink.push(wrong(format!("`autoscale` of `{}` has `min` over `max`", draft.name)));
        return None;
    }
    let silent = wanted.memory.is_none() && wanted.metrics.is_empty();
    Some(Autoscaling {
        min,
        max,
        cpu: wanted.cpu.or(silent.then_some(USUAL_CPU)),
        memory: wanted.memory,
        metrics: wanted.metrics.clone(),
        origin: said.origin.clone(),
    })
}
