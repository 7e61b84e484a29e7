//! What pods wait for before they start.

use std::collections::BTreeSet;

use super::{
    Planner,
    workload::{attempts, runs_once},
};
use crate::{
    compose::Text,
    plan::{Draft, WaitTarget, external},
    settings::{PolicyMode, Wait, WaitFor, WorkloadKind},
    text::{Code, Diagnostic, Sink},
};

impl Planner<'_> {
    /// What must be there before a service's pod starts.
    pub(super) fn waits(&self, draft: &Draft, sink: &mut Sink) -> Vec<WaitTarget> {
        let mut waits = Vec::new();
        for (name, dependency) in draft.service.depends_on.iter() {
            let other = self.place_of(&name.value).and_then(|at| self.drafts.get(at));
            let Some(other) = other else { continue };
            // What starts together cannot wait for each other.
            if self.pod_of(draft.name) == self.pod_of(other.name) {
                continue;
            }
            let most = self.most(draft, other);
            let condition = dependency.condition.as_ref();
            let once = other.kind == WorkloadKind::Job;
            match condition.map_or("service_started", |text| text.as_str()) {
                "service_completed_successfully" if other.ends_on_each_node() => sink.push(
                    Diagnostic::new(
                        Code::Approximated,
                        format!(
                            "`{}` does not wait for `{}`, which runs on each node",
                            draft.name, other.name
                        ),
                    )
                    .at(condition.map_or(dependency.span, Text::span))
                    .help("let the program try again until the work is done"),
                ),
                "service_completed_successfully" if most >= Wait::Completed && once => {
                    waits.push(WaitTarget::Job { service: other.kube.clone() });
                }
                "service_healthy" if most >= Wait::Ready && !once => {
                    match self.asked_port(draft, other) {
                        Some(port) => waits.push(WaitTarget::Port {
                            service: other.kube.clone(),
                            places: external::places(other, port),
                        }),
                        None => sink.push(
                            Diagnostic::new(
                                Code::Approximated,
                                format!(
                                    "`{}` does not wait for `{}`, which has no port",
                                    draft.name, other.name
                                ),
                            )
                            .at(condition.map_or(dependency.span, Text::span))
                            .help("let the program try again, or name a port with `expose`"),
                        ),
                    }
                }
                _ => {}
            }
        }
        waits.extend(self.patience(draft, &waits));
        waits
    }

    /// Whom a Job gives a minute to answer, since its first failure is its last: what Compose starts
    /// before it. One that waits for nobody asks those whom it mentions where network policies are
    /// made: a pod may run before the rules that let it in reach the node (Kubernetes, "Network
    /// Policies", pod lifecycle).
    fn patience(&self, draft: &Draft, waits: &[WaitTarget]) -> Option<WaitTarget> {
        if !runs_once(draft) || attempts(draft.service).is_some() {
            return None;
        }
        let started = draft.service.depends_on.iter().filter(|(_, dependency)| {
            let condition = dependency.condition.as_ref();
            condition.is_none_or(|condition| condition.as_str() == "service_started")
        });
        let places = self.answers(draft, started.map(|(name, _)| name.value.as_str()));
        let policies = draft.settings.network.as_ref();
        let policies = policies.is_some_and(|said| said.value.policy != PolicyMode::None);
        let places = if places.is_empty() && waits.is_empty() && policies {
            let mentioned = self.mentions.made_by(draft.name).iter();
            self.answers(draft, mentioned.map(|found| found.service.as_str()))
        } else {
            places
        };
        (!places.is_empty()).then_some(WaitTarget::Start { places })
    }

    /// Where services that keep running in pods of their own answer.
    fn answers<'n>(
        &self,
        draft: &Draft,
        names: impl Iterator<Item = &'n str>,
    ) -> Vec<(String, i64)> {
        let names: BTreeSet<&str> = names.collect();
        let others = names.into_iter().filter_map(|name| self.drafts.get(self.place_of(name)?));
        let apart = others.filter(|other| {
            !runs_once(other) && self.pod_of(other.name) != self.pod_of(draft.name)
        });
        let answers = |other: &Draft| Some(external::places(other, self.asked_port(draft, other)?));
        apart.filter_map(answers).flatten().collect()
    }

    /// The TCP port at which a service is asked whether it answers: the one that who asks refers to,
    /// else its first.
    fn asked_port(&self, draft: &Draft, other: &Draft) -> Option<i64> {
        let made = self.mentions.made_by(draft.name).iter();
        let named: Vec<i64> = made
            .filter(|found| found.service == other.name)
            .filter_map(|found| found.port)
            .collect();
        let tcp = || other.ports.iter().filter(|port| port.protocol == "TCP").map(|port| port.port);
        tcp().find(|port| named.contains(port)).or_else(|| tcp().next())
    }

    /// What a service waits for at most.
    fn most(&self, draft: &Draft, other: &Draft) -> Wait {
        if draft.kind == WorkloadKind::Job {
            return Wait::Ready;
        }
        match draft.settings.wait_for.as_ref().map(|said| &said.value) {
            Some(WaitFor::All(wait)) => *wait,
            Some(WaitFor::Each(each)) => each.get(other.name).copied().unwrap_or(Wait::Ready),
            None => Wait::Ready,
        }
    }
}
