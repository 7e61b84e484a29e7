//! The plan of a whole project.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    App, ExternalEndpoint, Retention, SecretSet, ServicePlan, WaitTarget, Workload, classify,
    command,
    draft::{self, Draft},
    environment::{self, Variables},
    hidden::{self, Hider},
    hosts::{self, Mentions},
    image,
    known::{Homes, Known},
    names, posture, probes, resources, same_node,
    sensitive::{self, Judge},
    storage, unsupported,
};
use crate::{
    catalog::Class,
    compose::{Project, Service, Text},
    ledger,
    load::Files,
    settings::{
        ProjectSettings, Public, Resolver, SecretMode, SecretModeSetting, Spread, Wait, WaitFor,
        WorkloadKind,
    },
    text::{Failed, Sink},
    yaml::Node,
};

/// What a plan is made from.
pub struct Input<'a> {
    /// The project, with all services that its profiles enable.
    pub project: &'a Project,
    /// The canonical tree that the project was decoded from.
    pub tree: &'a Node,
    /// The settings of the environment.
    pub settings: &'a Resolver,
    /// The project's files.
    pub files: &'a dyn Files,
}

/// Plans an application; what is approximated or left out goes to the sink.
pub fn plan(input: &Input, sink: &mut Sink) -> Result<App, Failed> {
    let project = input.project;
    let said = input.settings.project();
    let hosts = hosts::host_names(project);
    let mentions = Mentions::of(project, &hosts, input.files);
    let awaited = classify::awaited(project);
    let services: BTreeSet<&str> = project.services.iter().map(|(name, _)| name.as_str()).collect();
    let users = storage::Users::of(project, &services);
    let mut drafts = Vec::new();
    for (name, service) in project.services.iter() {
        if let Some(draft) =
            draft::draft(input, &name.value, service, &users, &mentions, &awaited, sink)
        {
            drafts.push(draft);
        }
    }
    unsupported::collisions(
        drafts.iter().map(|draft| (draft.name, draft.kube.as_str(), draft.service.span)),
        sink,
    );
    let planned = drafts.iter().map(|draft| draft.name).collect();
    hosts::report_dangling(project, &hosts, &planned, sink);
    sink.check()?;
    ledger::report_project(input.tree, sink);
    let planner = Planner::new(input, said, &drafts, &hosts, &mentions);
    Ok(planner.run(sink))
}

struct Planner<'a> {
    input: &'a Input<'a>,
    said: &'a ProjectSettings,
    drafts: &'a [Draft<'a>],
    /// Where each service stands in `drafts`.
    places: BTreeMap<&'a str, usize>,
    /// The names that the services have in the cluster.
    kube_names: BTreeSet<&'a str>,
    hosts: &'a BTreeMap<String, String>,
    /// The host names that lead to each service.
    names: BTreeMap<&'a str, Vec<&'a str>>,
    mentions: &'a Mentions,
    users: storage::Users,
    stateful: BTreeMap<String, (bool, String)>,
    shared: environment::Shared,
    known: Known,
    variables: BTreeMap<String, Variables>,
    homes: Homes,
    project: String,
}

impl<'a> Planner<'a> {
    fn new(
        input: &'a Input<'a>,
        said: &'a ProjectSettings,
        drafts: &'a [Draft<'a>],
        hosts: &'a BTreeMap<String, String>,
        mentions: &'a Mentions,
    ) -> Self {
        let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (host, service) in hosts {
            names.entry(service).or_default().push(host);
        }
        let running: BTreeSet<&str> =
            drafts.iter().filter(|draft| !draft.external).map(|draft| draft.name).collect();
        let by_name: BTreeMap<&str, &Draft> =
            drafts.iter().map(|draft| (draft.name, draft)).collect();
        let known =
            Known::of(input.project, &running, input.files, &judged(&by_name, &Known::default()));
        let shared = environment::Shared::of(input.project, &running, &judged(&by_name, &known));
        let mut planner = Self {
            input,
            said,
            drafts,
            places: drafts.iter().enumerate().map(|(at, draft)| (draft.name, at)).collect(),
            kube_names: drafts.iter().map(|draft| draft.kube.as_str()).collect(),
            hosts,
            names,
            mentions,
            users: storage::Users::of(input.project, &running),
            stateful: drafts
                .iter()
                .filter(|draft| !draft.external)
                .map(|draft| {
                    (
                        draft.name.to_owned(),
                        (draft.kind == WorkloadKind::StatefulSet, draft.kube.clone()),
                    )
                })
                .collect(),
            shared,
            known,
            variables: BTreeMap::new(),
            homes: Homes::default(),
            project: names::label(&input.project.name),
        };
        planner.plan_variables();
        planner
    }

    /// Decides about the variables of all services, since the command of one may hold the secret
    /// of another.
    fn plan_variables(&mut self) {
        for draft in self.drafts.iter().filter(|draft| !draft.external) {
            let judge = self.judge(draft);
            let context = self.context(draft, &judge);
            let environment = &draft.service.environment.items;
            let variables = environment::plan(environment, &draft.settings, &context);
            for set in &variables.secrets {
                for entry in &set.entries {
                    self.homes.add(&entry.value, &set.name, &entry.key);
                }
            }
            self.variables.insert(draft.name.to_owned(), variables);
        }
    }

    fn judge<'d>(&'d self, draft: &'d Draft) -> Judge<'d> {
        Judge { facts: draft.facts.as_ref(), settings: &draft.settings, known: &self.known }
    }

    fn context<'d>(&'d self, draft: &'d Draft, judge: &'d Judge<'d>) -> environment::Context<'d> {
        environment::Context {
            project: &self.project,
            service: &draft.kube,
            judge,
            shared: &self.shared,
            taken: environment::taken(&draft.service.environment.items),
        }
    }

    fn place_of(&self, service: &str) -> Option<usize> {
        self.places.get(service).copied()
    }

    fn run(&self, sink: &mut Sink) -> App {
        let first = self.drafts.iter().find_map(|draft| draft.settings.secret_mode.as_ref());
        let mut app = App {
            project: self.project.clone(),
            environment: self.input.settings.environment().to_owned(),
            namespace: self.said.namespace.as_ref().map(|said| said.value.clone()),
            create_namespace: self.said.create_namespace,
            kube_minor: self.said.kube_minor,
            services: Vec::new(),
            claims: Vec::new(),
            secrets: Vec::new(),
            secret_mode: match first.map(|said| &said.value) {
                None | Some(SecretModeSetting::Literal) => SecretMode::Literal,
                Some(SecretModeSetting::Reference) => SecretMode::Reference,
                Some(SecretModeSetting::ExternalSecrets { .. }) => SecretMode::External,
            },
            file_sets: Vec::new(),
            helper_images: self.said.helper_images.clone(),
            pull_secrets: self.said.images.pull_secrets.clone(),
            ingress_class: self.said.ingress_class.clone(),
        };
        for draft in self.drafts {
            let service = self.service(draft, &mut app, sink);
            app.services.push(service);
        }
        app.secrets = join_secrets(app.secrets);
        keep_first(&mut app.claims, |claim| &claim.name);
        keep_first(&mut app.file_sets, |set| &set.name);
        same_node::decide(&mut app);
        app
    }

    fn service(&self, draft: &Draft, app: &mut App, sink: &mut Sink) -> ServicePlan {
        let settings = &draft.settings;
        let external = settings.external.as_ref().filter(|_| draft.external);
        let names_itself = self.mentions.made_by(draft.name).iter().any(|found| {
            found.service == draft.name
                && (found.port.is_some() || draft.kind == WorkloadKind::StatefulSet)
        });
        let workload = external.is_none().then(|| self.workload(draft, names_itself, app, sink));
        let mut ports = draft.ports.clone();
        if settings.lockdown.as_ref().is_some_and(|said| said.value) {
            for port in &mut ports {
                port.hidden = matches!(port.port, 9229 | 5678 | 5005 | 2345);
            }
        }
        let needs = self.needs(draft);
        ServicePlan {
            name: draft.kube.clone(),
            compose_name: draft.name.to_owned(),
            span: draft.service.span,
            class: draft.class,
            component: draft.facts.as_ref().and_then(|facts| facts.component.clone()),
            workload,
            external: external.map(|said| ExternalEndpoint {
                host: said.value.host.clone(),
                addresses: said.value.addresses.clone(),
                port: said.value.port,
                origin: said.origin.clone(),
            }),
            public: if external.is_some() { Vec::new() } else { self.public(draft) },
            ports,
            service_type: settings.service_type.as_ref().map(|said| said.value),
            service_annotations: settings.service_annotations.clone(),
            aliases: self.aliases(draft),
            names_itself,
            networks: draft
                .service
                .networks
                .iter()
                .map(|(name, _)| names::label(&name.value))
                .collect(),
            needs,
            network: settings.network.as_ref().map(|said| said.value.clone()),
            labels: settings.labels.clone(),
            annotations: settings.annotations.clone(),
        }
    }

    /// Services that a service depends on or refers to, by their Kubernetes names.
    fn needs(&self, draft: &Draft) -> Vec<String> {
        let depends = draft.service.depends_on.iter().map(|(name, _)| name.value.as_str());
        let refers = self.mentions.made_by(draft.name).iter().map(|found| found.service.as_str());
        let names = depends.chain(refers).filter(|name| *name != draft.name);
        let places: BTreeSet<usize> = names.filter_map(|name| self.place_of(name)).collect();
        places
            .into_iter()
            .filter_map(|at| self.drafts.get(at))
            .map(|other| other.kube.clone())
            .collect()
    }

    /// Names besides its own that others use for a service.
    fn aliases(&self, draft: &Draft) -> Vec<String> {
        let said = draft
            .service
            .networks
            .iter()
            .filter_map(|(_, network)| network.as_ref())
            .flat_map(|network| &network.aliases)
            .map(|text| text.value.as_str());
        let names = self.names.get(draft.name).into_iter().flatten().copied();
        let mut aliases: Vec<String> = names
            .filter(|host| self.mentions.is_used_by_others(host, draft.name))
            .chain(said)
            .filter(|host| names::service(host) == **host && *host != draft.kube)
            .filter(|host| !self.kube_names.contains(host))
            .filter(|host| self.hosts.get(*host).is_some_and(|service| service == draft.name))
            .map(str::to_owned)
            .collect();
        aliases.sort();
        aliases.dedup();
        aliases
    }

    /// Ways in: what is said, else the domain for what Compose publishes over HTTP.
    fn public(&self, draft: &Draft) -> Vec<Public> {
        if let Some(said) = &draft.settings.public {
            return said.value.iter().map(|public| self.completed(public, draft)).collect();
        }
        let published = draft.ports.iter().any(|port| port.http && port.published.is_some());
        let main = draft.settings.main.as_ref().is_some_and(|said| said.value);
        if self.said.domain.is_some() && draft.class == Class::Web && (published || main) {
            vec![self.completed(&Public::default(), draft)]
        } else {
            Vec::new()
        }
    }

    fn completed(&self, public: &Public, draft: &Draft) -> Public {
        let mut public = public.clone();
        let main = draft.settings.main.as_ref().is_some_and(|said| said.value);
        if public.host.is_none() {
            public.host = self.said.domain.as_ref().map(|said| {
                if main { said.value.clone() } else { format!("{}.{}", draft.kube, said.value) }
            });
        }
        public.kind = Some(public.kind.unwrap_or(self.said.public_type));
        public.class = public.class.or_else(|| self.said.ingress_class.clone());
        public
    }

    fn workload(
        &self,
        draft: &Draft,
        names_itself: bool,
        app: &mut App,
        sink: &mut Sink,
    ) -> Workload {
        let (service, settings, facts) = (draft.service, &draft.settings, draft.facts.as_ref());
        let judge = self.judge(draft);
        let context = self.context(draft, &judge);
        let mut variables = self.variables.get(draft.name).cloned().unwrap_or_default();
        hidden::provide(service, &context, &self.homes, &mut variables, sink);
        let hider = Hider { secrets: &variables.values, known: &self.known };
        let storage = storage::plan(
            &storage::Context {
                project: self.input.project,
                files: self.input.files,
                users: &self.users,
                stateful: &self.stateful,
                volumes: &self.said.volumes,
                settings,
                facts,
                name: draft.name,
                kube_name: &draft.kube,
                service,
                known: &self.known,
            },
            sink,
        );
        if let Some(node) = self.input.tree.get("services").and_then(|all| all.get(draft.name)) {
            ledger::report_service(draft.name, node, sink);
        }
        unsupported::report(draft.name, service, &variables, sink);
        collect(app, &storage, variables.secrets.clone());
        let built_as = self.built_as(draft);
        let image = image::resolve(service, &built_as, settings, &self.said.images, sink);
        let (requests, limits) = resources::plan(service, settings, facts);
        let graceful = settings.graceful_seconds.as_ref().map_or(0, |said| said.value);
        let serves = !draft.ports.is_empty()
            && matches!(draft.kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet);
        let planned = probes::plan(service, draft.class, settings, facts, &draft.ports, &hider);
        let replicas = self.replicas(draft, &storage, names_itself);
        let hook = |hooks: &[crate::compose::Hook]| {
            hooks.first().map(|hook| {
                let words: Vec<&str> = hook.command.iter().map(Text::as_str).collect();
                hider.exec(&words)
            })
        };
        let retain = settings.storage.retain.as_ref().is_none_or(|said| said.value);
        Workload {
            kind: draft.kind,
            schedule: settings.schedule.as_ref().map(|said| said.value.clone()),
            replicas,
            image: image.reference,
            image_origin: image.origin,
            pull_policy: image.pull_policy,
            command: service.entrypoint.as_ref().map(|words| hider.arguments(words)),
            args: service.command.as_ref().map(|words| hider.arguments(words)),
            working_dir: service.working_dir.as_ref().map(|text| text.value.clone()),
            config: variables.config,
            env: variables.env,
            mounts: storage.mounts,
            claim_templates: storage.templates,
            file_sets: storage
                .file_sets
                .iter()
                .filter(|set| set.service.is_some())
                .cloned()
                .collect(),
            readiness: planned
                .readiness
                .filter(|_| !matches!(draft.kind, WorkloadKind::Job | WorkloadKind::CronJob)),
            liveness: planned.liveness,
            startup: planned.startup,
            requests,
            limits,
            waits: self.waits(draft),
            posture: posture::posture(service, settings, facts, sink, draft.name),
            grace: probes::seconds(service.stop_grace_period.as_ref()),
            graceful_seconds: if serves && self.said.kube_minor >= 30 { graceful } else { 0 },
            hostname: hostname(draft, names_itself),
            host_aliases: unsupported::hosts(service),
            dns: dns(service),
            host_network: service.network_mode.as_ref().is_some_and(|mode| mode.value == "host"),
            host_pid: service.pid.as_ref().is_some_and(|mode| mode.value == "host"),
            host_ipc: service.ipc.as_ref().is_some_and(|mode| mode.value == "host"),
            stdin: service.stdin_open,
            tty: service.tty,
            disruption: settings
                .disruption
                .as_ref()
                .map(|said| said.value.clone())
                .filter(|_| replicas > 1 && draft.kind != WorkloadKind::Job),
            spread: settings
                .spread
                .as_ref()
                .map(|said| said.value)
                .filter(|_| replicas > 1)
                .unwrap_or(Spread::None),
            rollout: settings.rollout.as_ref().map(|said| said.value.clone()),
            same_node: None,
            node_selector: settings.node_selector.clone(),
            priority_class: settings.priority_class.as_ref().map(|said| said.value.clone()),
            runtime_class: settings.runtime_class.as_ref().map(|said| said.value.clone()),
            pod_labels: settings.pod_labels.clone(),
            pod_annotations: settings.pod_annotations.clone(),
            retention: if retain { Retention::Retain } else { Retention::Delete },
            backoff_limit: settings.schedule.as_ref().and_then(|said| said.value.backoff_limit),
            post_start: hook(&service.post_start),
            pre_stop: hook(&service.pre_stop),
        }
    }

    /// The name under which a built image is pushed: services with the same build share the first's.
    fn built_as(&self, draft: &Draft) -> String {
        let Some(build) = &draft.service.build else { return draft.kube.clone() };
        let same = |other: &crate::compose::Build| {
            other.context == build.context
                && other.dockerfile == build.dockerfile
                && other.target == build.target
                && other.dockerfile_inline == build.dockerfile_inline
        };
        self.input
            .project
            .services
            .iter()
            .find(|(_, service)| {
                service.image.is_none() && service.build.as_ref().is_some_and(same)
            })
            .map_or_else(|| draft.kube.clone(), |(name, _)| names::service(&name.value))
    }

    fn replicas(&self, draft: &Draft, storage: &storage::Storage, names_itself: bool) -> i64 {
        let service = draft.service;
        let said = draft.settings.replicas.as_ref();
        let compose = service
            .deploy
            .as_ref()
            .and_then(|deploy| deploy.replicas.as_ref())
            .or(service.scale.as_ref())
            .map(|item| item.value);
        let known_single = draft.facts.as_ref().is_some_and(|facts| facts.singleton);
        let singleton = draft.settings.singleton.as_ref().map_or(known_single, |said| said.value);
        if let Some(strong) = said.filter(|said| !said.weak) {
            return if draft.settings.singleton.as_ref().is_some_and(|said| said.value) {
                strong.value.min(1)
            } else {
                strong.value
            };
        }
        if let Some(replicas) = compose {
            return if singleton { replicas.min(1) } else { replicas };
        }
        let words = command::words(service.command.as_ref()).unwrap_or_default().join(" ");
        let scales = draft.class == Class::Web
            && draft.kind == WorkloadKind::Deployment
            && !singleton
            && service.container_name.is_none()
            // Under its name it means one process: a second one would be another cluster.
            && !names_itself
            && !storage.writes_claims()
            && !command::says_once(&words);
        said.filter(|_| scales).map_or(1, |said| said.value)
    }

    fn waits(&self, draft: &Draft) -> Vec<WaitTarget> {
        let mut waits = Vec::new();
        for (name, dependency) in draft.service.depends_on.iter() {
            let other = self.place_of(&name.value).and_then(|at| self.drafts.get(at));
            let Some(other) = other else { continue };
            let most = match draft.settings.wait_for.as_ref().map(|said| &said.value) {
                Some(WaitFor::All(wait)) => *wait,
                Some(WaitFor::Each(each)) => each.get(other.name).copied().unwrap_or(Wait::Ready),
                None => Wait::Ready,
            };
            let most = if draft.kind == WorkloadKind::Job { Wait::Ready } else { most };
            let condition =
                dependency.condition.as_ref().map_or("service_started", |text| text.as_str());
            match condition {
                "service_completed_successfully"
                    if most >= Wait::Completed
                        && other.kind == WorkloadKind::Job
                        && !other.external =>
                {
                    waits.push(WaitTarget::Job { service: other.kube.clone() });
                }
                "service_healthy"
                    if most >= Wait::Ready
                        && other.kind != WorkloadKind::Job
                        && !other.external =>
                {
                    if let Some(port) = other.ports.iter().find(|port| port.protocol == "TCP") {
                        waits.push(WaitTarget::Port {
                            service: other.kube.clone(),
                            port: port.port,
                        });
                    }
                }
                _ => {}
            }
        }
        waits
    }
}

/// Adds what a service brings to the application; what several bring is there several times.
fn collect(app: &mut App, storage: &storage::Storage, secrets: Vec<SecretSet>) {
    app.claims.extend(storage.claims.iter().cloned());
    app.file_sets.extend(storage.file_sets.iter().filter(|set| set.service.is_none()).cloned());
    app.secrets.extend(storage.secrets.iter().cloned().chain(secrets));
}

/// Keeps of each name the first, in one pass over the many.
fn keep_first<T>(all: &mut Vec<T>, name: impl Fn(&T) -> &str) {
    let mut seen = BTreeSet::new();
    all.retain(|one| seen.insert(name(one).to_owned()));
}

/// Joins the Secrets of one name, sorted by name.
fn join_secrets(sets: Vec<SecretSet>) -> Vec<SecretSet> {
    let mut joined: BTreeMap<String, SecretSet> = BTreeMap::new();
    for set in sets {
        let Some(known) = joined.get_mut(&set.name) else {
            joined.insert(set.name.clone(), set);
            continue;
        };
        for entry in set.entries {
            if !known.entries.iter().any(|other| other.key == entry.key) {
                known.entries.push(entry);
            }
        }
    }
    joined.into_values().collect()
}

/// Judges variables by what is known about their services.
fn judged<'a>(
    drafts: &'a BTreeMap<&str, &Draft>,
    known: &'a Known,
) -> impl Fn(&str, &str, &str) -> bool + 'a {
    move |service, key, value| {
        drafts.get(service).map_or_else(
            || sensitive::is_sensitive(key, value),
            |draft| {
                Judge { facts: draft.facts.as_ref(), settings: &draft.settings, known }
                    .is_sensitive(key, value)
            },
        )
    }
}

/// A process that calls itself by its service's name must find itself there (operation rule 3).
fn hostname(draft: &Draft, names_itself: bool) -> Option<String> {
    let written = draft
        .service
        .hostname
        .as_ref()
        .map(|text| text.value.clone())
        .filter(|name| names::label(name) == *name);
    let itself =
        (names_itself && draft.kind == WorkloadKind::Deployment).then(|| draft.kube.clone());
    itself.or(written.filter(|_| draft.kind != WorkloadKind::StatefulSet))
}

fn dns(service: &Service) -> (Vec<String>, Vec<String>, Vec<String>) {
    let values = |texts: &[Text]| texts.iter().map(|text| text.value.clone()).collect();
    (values(&service.dns), values(&service.dns_search), values(&service.dns_opt))
}
