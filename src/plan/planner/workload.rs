//! The workload of a service.

use super::{Built, Planner, collect};
use crate::plan::hidden::{self, Hider};
use crate::{
    catalog::Class,
    compose::{Build, Service, Text},
    ledger,
    plan::{
        App, Draft, MountSource, Retention, Traces, Workload, account, annotations, autoscale,
        command, environment, hooks, image, names, placement, populate, posture, probes, process,
        resources, security, several, storage, unsupported,
    },
    settings::{ServiceSettings, Spread, WorkloadKind},
    text::{Code, Diagnostic, Origin, Sink},
};

impl Planner<'_> {
    pub(super) fn workload(
        &self,
        draft: &Draft,
        names_itself: bool,
        app: &mut App,
        sink: &mut Sink,
    ) -> Workload {
        let (service, settings, facts) = (draft.service, &draft.settings, draft.facts.as_ref());
        let mut traces = Traces::default();
        let judge = self.judge(draft);
        let context = self.context(draft, &judge);
        let mut variables = self.variables.get(draft.name).cloned().unwrap_or_default();
        hidden::provide(service, &context, &self.homes, &mut variables, sink);
        let mut storage = self.storage(draft, sink);
        if let Some(node) = self.nodes.get(draft.name) {
            ledger::report_service(draft.name, node, sink);
        }
        unsupported::report(draft.name, service, &variables, sink);
        collect(app, &storage, std::mem::take(&mut variables.secrets));
        self.models(service, &mut variables);
        let hider = Hider { secrets: &variables.values, known: &self.known };
        let image =
            image::resolve(service, &self.built_as(draft), settings, &self.said.images, sink);
        let (requests, limits) = resources::plan(draft.name, service, settings, facts, sink);
        let graceful = settings.graceful_seconds.as_ref().map_or(0, |said| said.value);
        let long = matches!(draft.kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet);
        let job = runs_once(draft);
        let serves = !draft.ports.is_empty() && long;
        let ends = draft.ends_on_each_node();
        if ends {
            unsupported::job_of_each_node(draft.name, service, sink);
        }
        let planned = probes::plan(service, draft.class, settings, facts, &draft.ports, &hider);
        let scales = scales(draft, &storage, names_itself);
        let replicas = self.replicas(draft, scales, &mut traces, sink);
        let asked: Vec<&str> = requests.iter().map(|(name, ..)| name.as_str()).collect();
        let autoscaling = autoscale::plan(draft, scales, &asked, sink);
        let (command, args) = process::plan(draft.name, service, &hider, &mut traces, sink);
        let mut hook = |point: &str, hooks: &[crate::compose::Hook]| {
            hooks::lifecycle(draft.name, point, hooks, (&hider, &judge), &mut traces, sink)
        };
        let post_start = hook("post_start", &service.post_start);
        let pre_stop = hook("pre_stop", &service.pre_stop);
        let graceful = if serves && self.said.kube_minor >= 30 { graceful } else { 0 };
        let pre_stop = pre_stop.map(|command| hooks::after_pause(draft, command, graceful, sink));
        let placed = placement::plan(draft.name, service, settings, &mut traces, sink);
        placement::trace_settings(settings, &mut traces);
        let exclusive = storage
            .mounts
            .iter()
            .any(|mount| matches!(mount.source, MountSource::Claim(_)) && !mount.read_only);
        let rollout = placement::rollout(
            draft.name,
            service,
            settings,
            draft.kind,
            exclusive,
            &mut traces,
            sink,
        );
        let runtime_class =
            placement::runtime_class(draft.name, service, settings, &mut traces, sink);
        let mut posture = posture::posture(service, settings, facts, &mut traces, sink, draft.name);
        security::harden(settings.security_level.as_ref(), &mut posture, &mut traces);
        let retain = settings.storage.retain.as_ref().is_none_or(|said| said.value);
        let attempts = attempts(service);
        trace(service, settings, &mut traces);
        let called = names_itself.then(|| self.own_name(draft));
        let hostname = hostname(draft, called, &mut traces, sink);
        let several = autoscaling.as_ref().map_or(replicas, |scaling| scaling.min) > 1;
        let populates = {
            let users = (self.input.project, &self.users);
            let own = populate::plan(draft, users, &storage.mounts, self.said, sink);
            std::mem::take(&mut storage.copies).into_iter().chain(own).collect()
        };
        Workload {
            kind: draft.kind,
            schedule: settings.schedule.as_ref().map(|said| said.value.clone()),
            replicas,
            autoscaling,
            image: image.reference,
            image_origin: image.origin,
            pull_policy: image.pull_policy,
            command,
            args,
            working_dir: service.working_dir.as_ref().map(|text| text.value.clone()),
            config: variables.config,
            env_from: account::env_from(draft, sink),
            env: variables.env,
            mounts: storage.mounts,
            claim_templates: storage.templates,
            file_sets: storage.file_sets.into_iter().filter(|set| set.service.is_some()).collect(),
            readiness: planned.readiness.filter(|_| !job && !ends),
            liveness: planned.liveness.filter(|_| !ends),
            startup: planned.startup.filter(|_| !ends),
            requests,
            limits,
            waits: self.waits(draft, sink),
            posture,
            account: account::plan(draft),
            reloader: settings.reloader.as_ref().is_some_and(|said| said.value),
            populates,
            grace: probes::seconds(service.stop_grace_period.as_ref()),
            graceful_seconds: graceful,
            hostname,
            host_aliases: unsupported::hosts(draft.name, service, &mut traces, sink),
            dns: dns(draft.name, service, sink),
            host_network: is_host(service.network_mode.as_ref()),
            host_pid: is_host(service.pid.as_ref()),
            host_ipc: is_host(service.ipc.as_ref()),
            stdin: service.stdin_open,
            tty: service.tty,
            disruption: settings
                .disruption
                .as_ref()
                .map(|said| said.value.clone())
                .filter(|_| several && draft.kind != WorkloadKind::Job),
            spread: settings
                .spread
                .as_ref()
                .map(|said| said.value)
                .filter(|_| several)
                .unwrap_or(Spread::None),
            rollout,
            same_node: None,
            placement: placed.placement,
            one_process_space: self.pods.shares_processes(draft.name),
            before_start: hooks::before_start(draft.name, service, (&hider, &judge), sink),
            compose_annotations: annotations::of_workload(draft.name, service, &judge, sink),
            compose_pod_annotations: annotations::of_pods(draft.name, service, &judge, sink),
            completions: completions(service).filter(|_| draft.kind == WorkloadKind::Job),
            retries: job && attempts.is_some(),
            node_selector: placed.selector,
            tolerations: settings
                .tolerations
                .as_ref()
                .map(|said| said.value.clone())
                .unwrap_or_default(),
            affinity: settings.affinity.as_ref().map(|said| said.value.clone()),
            priority_class: settings.priority_class.as_ref().map(|said| said.value.clone()),
            runtime_class,
            pod_labels: settings.pod_labels.clone(),
            pod_annotations: settings.pod_annotations.clone(),
            retention: if retain { Retention::Retain } else { Retention::Delete },
            backoff_limit: settings
                .schedule
                .as_ref()
                .and_then(|said| said.value.backoff_limit)
                .or(attempts.flatten()),
            pause: ends.then(|| self.said.helper_images.pause.clone()),
            post_start: post_start.filter(|_| !ends),
            pre_stop: pre_stop.filter(|_| !ends),
            traces,
        }
    }

    fn storage(&self, draft: &Draft, sink: &mut Sink) -> storage::Storage {
        let context = storage::Context {
            project: self.input.project,
            files: self.input.files,
            users: &self.users,
            stateful: &self.stateful,
            volumes: &self.said.volumes,
            settings: &draft.settings,
            facts: draft.facts.as_ref(),
            name: draft.name,
            built: draft.service.build.is_some()
                || draft
                    .service
                    .image
                    .as_ref()
                    .is_some_and(|image| self.built_images.contains(image.as_str())),
            kube_name: &draft.kube,
            kube_names: &self.kube_names,
            service: draft.service,
            known: &self.known,
            pulled: &|source| self.pulled(source),
            kube_minor: self.said.kube_minor,
        };
        storage::plan(&context, sink)
    }

    /// The reference under which a cluster pulls an image that is mounted: that of the service that
    /// builds it, whose settings hold for it too.
    fn pulled(&self, source: &Text) -> String {
        let mut drafts = self.drafts.iter().filter(|draft| draft.service.build.is_some());
        let is_same = |draft: &&Draft| {
            draft.service.image.as_ref().is_some_and(|image| image.value == source.value)
        };
        let images = &self.said.images;
        match drafts.find(is_same) {
            Some(draft) => {
                let name = self.built_as(draft);
                // What there is to say of it is said where the service runs it.
                let unsaid = &mut Sink::default();
                image::resolve(draft.service, &name, &draft.settings, images, unsaid).reference
            }
            None => {
                let built = self.built_images.contains(source.as_str());
                image::mounted(&source.value, built, images)
            }
        }
    }

    /// The names of the models that a service uses; where they run is for a person to say.
    fn models(&self, service: &Service, variables: &mut environment::Variables) {
        for (name, used) in service.models.iter() {
            let Some(model) = self.input.project.models.get(&name.value) else { continue };
            let Some(id) = model.model.as_ref().or(model.name.as_ref()) else { continue };
            let upper = name.value.to_uppercase().replace(['-', '.'], "_");
            let said = used.as_ref().and_then(|used| used.model_var.as_ref());
            let variable = said.map_or_else(|| format!("{upper}_MODEL"), |text| text.value.clone());
            let known = |config: &[(String, String, Origin)]| {
                config.iter().any(|(known, ..)| *known == variable)
            };
            if !known(&variables.config) {
                variables.config.push((variable, id.value.clone(), Origin::Input(id.span())));
            }
        }
    }

    /// The name under which a built image is pushed: services with the same build share the first's.
    pub(super) fn built_as(&self, draft: &Draft) -> String {
        let first = draft.service.build.as_ref().and_then(|build| self.built.get(&built(build)));
        first.map_or_else(|| draft.kube.clone(), |first| names::service(first))
    }

    fn replicas(&self, draft: &Draft, scales: bool, traces: &mut Traces, sink: &mut Sink) -> i64 {
        let service = draft.service;
        let said = draft.settings.replicas.as_ref();
        traces.said("replicas", said.filter(|said| said.weak));
        let compose = service
            .deploy
            .as_ref()
            .and_then(|deploy| deploy.replicas.as_ref())
            .or(service.scale.as_ref());
        if let Some(item) = compose {
            traces.at("replicas", item.span);
        }
        let known_single = draft.facts.as_ref().is_some_and(|facts| facts.singleton);
        let singleton = draft.settings.singleton.as_ref().map_or(known_single, |said| said.value);
        if let Some(strong) = said.filter(|said| !said.weak) {
            traces.said("replicas", Some(strong));
            let never = draft.settings.singleton.as_ref().is_some_and(|said| said.value);
            several::report(draft, strong.value, strong, sink);
            return if never { strong.value.min(1) } else { strong.value };
        }
        if let Some(item) = compose {
            if singleton && item.value > 1 {
                sink.push(
                    Diagnostic::new(
                        Code::Approximated,
                        format!("`{}` runs once: several would write the same data", draft.name),
                    )
                    .at(item.span)
                    .help(several::advice(draft)),
                );
            }
            return if singleton { item.value.min(1) } else { item.value };
        }
        let said = said.filter(|_| scales);
        if said.is_none() {
            traces.note("replicas", Origin::Rule("one pod where nobody says more"));
        }
        said.map_or(1, |said| said.value)
    }

    /// The name by which a service calls itself: the host name that Compose gives it, where its own
    /// text has that one, else the one of its Service.
    fn own_name(&self, draft: &Draft) -> String {
        let written = draft.service.hostname.as_ref().map(Text::as_str);
        let says = |host: &&str| {
            let mut made = self.mentions.made_by(draft.name).iter();
            made.any(|found| found.service == draft.name && found.host == *host)
        };
        let own = written.filter(|host| names::label(host) == *host).filter(says);
        own.unwrap_or(&draft.kube).to_owned()
    }

    /// The service whose pod a service runs in: itself, or its host.
    pub(super) fn pod_of<'b>(&'b self, name: &'b str) -> &'b str {
        self.pods.host(name).unwrap_or(name)
    }
}

/// Whether its pods end when their work is done.
pub(super) fn runs_once(draft: &Draft) -> bool {
    matches!(draft.kind, WorkloadKind::Job | WorkloadKind::CronJob)
}

/// What makes two builds the same.
pub(super) fn built(build: &Build) -> Built<'_> {
    [&build.context, &build.dockerfile, &build.target, &build.dockerfile_inline]
        .map(|part| part.as_ref().map(Text::as_str))
}

/// Whether several pods of a service work where nobody says that they do.
fn scales(draft: &Draft, storage: &storage::Storage, names_itself: bool) -> bool {
    let known = draft.facts.as_ref().is_some_and(|facts| facts.singleton);
    let words = command::words(draft.service.command.as_ref()).unwrap_or_default().join(" ");
    draft.class == Class::Web
        && draft.kind == WorkloadKind::Deployment
        && !draft.settings.singleton.as_ref().map_or(known, |said| said.value)
        && draft.service.container_name.is_none()
        // Under its name it means one process: a second one would be another cluster.
        && !names_itself
        && !storage.writes_claims()
        && !command::says_once(&words)
}

fn is_host(mode: Option<&Text>) -> bool {
    mode.is_some_and(|mode| mode.value == "host")
}

/// Where attributes come from that are taken over as they are.
fn trace(service: &Service, settings: &ServiceSettings, traces: &mut Traces) {
    for key in [
        "working_dir",
        "stdin_open",
        "tty",
        "stop_grace_period",
        "network_mode",
        "pid",
        "ipc",
        "dns",
        "dns_search",
        "domainname",
        "dns_opt",
        "pull_policy",
        "restart",
    ] {
        traces.at(key, service.key(key));
    }
    if let Some(deploy) = &service.deploy {
        traces.at("kind", deploy.key("mode"));
        if let Some(policy) = &deploy.restart_policy {
            traces.at("restart", policy.key("max_attempts"));
        }
    }
    traces.said("kind", settings.workload.as_ref());
    traces.said("schedule", settings.schedule.as_ref());
    traces.said("priority_class", settings.priority_class.as_ref());
    traces.said("spread", settings.spread.as_ref());
    traces.said("tolerations", settings.tolerations.as_ref());
    traces.said("affinity", settings.affinity.as_ref());
    traces.said("account", settings.service_account.as_ref());
    traces.said("env_from", settings.env_from.as_ref());
    traces.said("reloader", settings.reloader.as_ref());
    traces.said("disruption", settings.disruption.as_ref());
    traces.said("graceful_seconds", settings.graceful_seconds.as_ref());
    traces.said("retention", settings.storage.retain.as_ref());
    traces.said("network", settings.network.as_ref());
    if let Some(image) = &settings.image
        && image.value.pull_policy.is_some()
    {
        traces.said("pull_policy", settings.image.as_ref());
    }
}

/// How often a Job tries again: none where nobody says it, no number where there is no bound.
#[allow(clippy::option_option)]
pub(super) fn attempts(service: &Service) -> Option<Option<i64>> {
    let policy = service.deploy.as_ref().and_then(|deploy| deploy.restart_policy.as_ref());
    if let Some(policy) = policy {
        let condition = policy.condition.as_ref().map_or("any", Text::as_str);
        return matches!(condition, "on-failure" | "any").then_some(policy.max_attempts);
    }
    let restart = service.restart.as_ref()?.value.as_str();
    let number = restart.strip_prefix("on-failure")?;
    Some(number.strip_prefix(':').and_then(|number| number.parse().ok()))
}

/// Pods of a Job that Compose counts.
fn completions(service: &Service) -> Option<i64> {
    let deploy = service.deploy.as_ref()?;
    let job = deploy.mode.as_ref().is_some_and(|mode| mode.value == "replicated-job");
    deploy.replicas.as_ref().filter(|_| job).map(|item| item.value)
}

/// The host name of the pod: a process that calls itself by a name must find itself there (operation
/// rule 3), else what Compose says.
fn hostname(
    draft: &Draft,
    called: Option<String>,
    traces: &mut Traces,
    sink: &mut Sink,
) -> Option<String> {
    if let Some(called) = called.filter(|_| draft.kind == WorkloadKind::Deployment) {
        let rule = "a process that calls itself by its service's name must find itself there";
        traces.note("hostname", Origin::Rule(rule));
        return Some(called);
    }
    let written = draft.service.hostname.as_ref()?;
    let why = if draft.kind == WorkloadKind::StatefulSet {
        "pods of a StatefulSet have host names of their own"
    } else if names::label(&written.value) != written.value {
        "a pod's host name is lower-case letters, digits and hyphens, without dots"
    } else {
        traces.at("hostname", written.span());
        return Some(written.value.clone());
    };
    let message = format!("the host name `{}` of `{}` was left out", written.value, draft.name);
    sink.push(Diagnostic::new(Code::LeftOut, message).at(written.span()).help(why));
    None
}

/// Name servers, search domains and options of the resolver.
fn dns(name: &str, service: &Service, sink: &mut Sink) -> (Vec<String>, Vec<String>, Vec<String>) {
    let values =
        |texts: &[Text]| -> Vec<String> { texts.iter().map(|text| text.value.clone()).collect() };
    if let Some(third) = service.dns.get(2) {
        sink.push(
            Diagnostic::new(
                Code::Approximated,
                format!("`{name}` asks the cluster's name server and the first two of its own"),
            )
            .at(third.span())
            .help("a resolver takes three"),
        );
    }
    let mut searches = values(&service.dns_search);
    searches.extend(service.domainname.iter().map(|text| text.value.clone()));
    (values(&service.dns), searches, values(&service.dns_opt))
}
