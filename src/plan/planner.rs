//! The plan of a whole project.

mod surroundings;
mod waits;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    App, SecretSet, ServicePlan, classify, debug,
    draft::{self, Draft},
    environment::{self, Variables},
    external::{self, Credentials},
    hosts::{self, Mentions},
    known::{Homes, Known},
    names, populate, same_node,
    sensitive::{self, Judge},
    sharing::{self, Pods},
    storage, unsupported,
};
use crate::{
    catalog::Class,
    compose::{Project, Service, Text},
    ledger,
    load::Files,
    settings::{
        ProjectSettings, Public, Resolver, SecretMode, SecretModeSetting, SecurityLevel,
        ServiceType, WorkloadKind,
    },
    text::{Code, Diagnostic, Failed, Origin, Sink},
    yaml::Node,
};

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The project, with all services that its profiles enable.
    pub project: &'a Project,
    /// The canonical tree that the project was decoded from.
    pub tree: &'a Node,
    /// The settings of the environment.
    pub settings: &'a Resolver,
    /// The project's files.
    pub files: &'a dyn Files,
    /// Whether it is wanted where each field of the objects comes from.
    pub origins_wanted: bool,
}

/// Plans an application; what is approximated or left out goes to the sink.
pub fn plan(input: &Input, sink: &mut Sink) -> Result<App, Failed> {
    let borrowed = sharing::with_borrowed_mounts(input.project, sink);
    let project = borrowed.as_ref().unwrap_or(input.project);
    let addressed = external::with_addresses(project, input.settings, sink);
    let project = addressed.as_ref().unwrap_or(project);
    let said = input.settings.project();
    let mounted = storage::with_driver_mounts(project, said, input.files);
    let project = mounted.as_ref().unwrap_or(project);
    let input = &Input { project, ..*input };
    let hosts = hosts::host_names(project);
    let mentions = Mentions::of(project, &hosts, input.files);
    let awaited = classify::awaited(project);
    let services: BTreeSet<&str> = project.services.iter().map(|(name, _)| name.as_str()).collect();
    let users = storage::Users::of(project, &services);
    let mut drafts = Vec::with_capacity(project.services.items.len());
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
    storage::report_targets(&drafts, sink);
    populate::report(&drafts, said, sink);
    sink.check()?;
    ledger::report_project(input.tree, sink);
    unsupported::unused(project, sink);
    unsupported::volumes(project, sink);
    let pods = Pods::of(input, &mut drafts, sink);
    let planner = Planner::new(input, said, &drafts, &hosts, &mentions, &pods);
    let app = planner.run(sink);
    sink.check()?;
    Ok(app)
}

/// What makes two builds the same: context, Dockerfile, target, inline Dockerfile.
type Built<'a> = [Option<&'a str>; 4];

struct Planner<'a> {
    input: &'a Input<'a>,
    said: &'a ProjectSettings,
    drafts: &'a [Draft<'a>],
    /// The services' nodes in the tree.
    nodes: BTreeMap<&'a str, &'a Node>,
    /// The first service of each build.
    built: BTreeMap<Built<'a>, &'a str>,
    /// The images that the project builds under a name of its own.
    built_images: BTreeSet<&'a str>,
    /// Where each service stands in `drafts`.
    places: BTreeMap<&'a str, usize>,
    /// The names that the services have in the cluster.
    kube_names: BTreeSet<&'a str>,
    hosts: &'a BTreeMap<String, String>,
    /// The host names that lead to each service.
    names: BTreeMap<&'a str, Vec<&'a str>>,
    mentions: &'a Mentions,
    pods: &'a Pods,
    users: storage::Users,
    stateful: BTreeMap<String, (bool, String)>,
    shared: environment::Shared,
    credentials: Credentials,
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
        pods: &'a Pods,
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
        let services = input.tree.get("services").and_then(Node::as_map).unwrap_or_default();
        let builds = input.project.services.iter().filter(|(_, service)| service.build.is_some());
        let built_images =
            builds.filter_map(|(_, service)| service.image.as_ref().map(Text::as_str)).collect();
        let mut built = BTreeMap::new();
        for (name, service) in input.project.services.iter() {
            if let Some(build) = service.build.as_ref().filter(|_| service.image.is_none()) {
                built.entry(workload::built(build)).or_insert(name.as_str());
            }
        }
        let mut planner = Self {
            built,
            built_images,
            input,
            said,
            drafts,
            nodes: services.iter().map(|entry| (entry.key.name.as_str(), &entry.value)).collect(),
            places: drafts.iter().enumerate().map(|(at, draft)| (draft.name, at)).collect(),
            kube_names: drafts.iter().map(|draft| draft.kube.as_str()).collect(),
            hosts,
            names,
            mentions,
            pods,
            users: storage::Users::of(input.project, &running),
            stateful: drafts
                .iter()
                .filter(|draft| !draft.external)
                .map(|draft| {
                    // Claims are named after the StatefulSet that makes them.
                    let host = pods.host(draft.name).and_then(|host| by_name.get(host));
                    let kube = host.map_or(&draft.kube, |host| &host.kube).clone();
                    (draft.name.to_owned(), (draft.kind == WorkloadKind::StatefulSet, kube))
                })
                .collect(),
            shared,
            credentials: Credentials::of(drafts, hosts, input.project),
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
            credentials: &self.credentials,
            taken: environment::taken(&draft.service.environment.items),
        }
    }

    fn place_of(&self, service: &str) -> Option<usize> {
        self.places.get(service).copied()
    }

    fn run(&self, sink: &mut Sink) -> App {
        let mut app = App {
            project: self.project.clone(),
            project_origin: self
                .input
                .project
                .keys
                .get("name")
                .map_or(Origin::Rule("the name of the project's folder"), |span| {
                    Origin::Input(*span)
                }),
            environment: self.input.settings.environment().to_owned(),
            namespace: self.said.namespace.as_ref().map(|said| said.value.clone()),
            create_namespace: self.said.create_namespace,
            kube_minor: self.said.kube_minor,
            services: Vec::new(),
            claims: Vec::new(),
            secrets: Vec::new(),
            secret_mode: match self.secret_mode().map(|said| &said.value) {
                None | Some(SecretModeSetting::Literal) => SecretMode::Literal,
                Some(SecretModeSetting::Reference) => SecretMode::Reference,
                Some(SecretModeSetting::ExternalSecrets { .. }) => SecretMode::External,
            },
            file_sets: Vec::new(),
            helper_images: self.said.helper_images.clone(),
            pull_secrets: self.said.images.pull_secrets.clone(),
            ingress_class: self.said.ingress_class.clone(),
            origins_wanted: self.input.origins_wanted,
            gateway: self.said.gateway.as_ref().map(|said| said.value.clone()),
            secret_store: self.secret_store(sink),
            security_level: SecurityLevel::Restricted,
        };
        app.services.reserve_exact(self.drafts.len());
        for draft in self.drafts {
            let service = self.service(draft, &mut app, sink);
            app.services.push(service);
        }
        app.secrets = join_secrets(app.secrets);
        external::take_credentials(&mut app, &self.credentials, sink);
        keep_first(&mut app.claims, |claim| &claim.name);
        keep_first(&mut app.file_sets, |set| &set.name);
        same_node::decide(&mut app);
        Self::unite(&mut app);
        self.judge_security(&mut app, sink);
        self.need_gateway(&app, sink);
        app
    }

    /// The service whose pod a service runs in.
    fn host(&self, draft: &Draft) -> Option<&Draft<'_>> {
        self.drafts.get(self.place_of(self.pods.host(draft.name)?)?)
    }

    /// Moves the workloads that run in another service's pod there.
    fn unite(app: &mut App) {
        let members: Vec<(String, String)> = app
            .services
            .iter()
            .filter_map(|service| Some((service.name.clone(), service.in_pod_of.clone()?)))
            .collect();
        for (member, host) in members {
            let Some(at) = app.services.iter().position(|service| service.name == member) else {
                continue;
            };
            let Some(service) = app.services.get_mut(at) else { continue };
            let mut companion = service.clone();
            service.workload = None;
            if let Some(host) = app.services.iter_mut().find(|service| service.name == host) {
                sharing::move_in(host, &mut companion);
                if let (Some(pod), Some(own)) = (&mut host.workload, &companion.workload) {
                    pod.same_node = pod.same_node.take().or_else(|| own.same_node.clone());
                }
                host.companions.push(companion);
            }
        }
    }

    fn service(&self, draft: &Draft, app: &mut App, sink: &mut Sink) -> ServicePlan {
        let settings = &draft.settings;
        let endpoint = external::endpoint(draft, sink);
        let names_itself = self.mentions.made_by(draft.name).iter().any(|found| {
            found.service == draft.name
                && (found.port.is_some() || draft.kind == WorkloadKind::StatefulSet)
        });
        let workload = match &endpoint {
            None => Some(self.workload(draft, names_itself, app, sink)),
            Some(endpoint) => self.outside(draft, endpoint, sink),
        };
        let mut ports = surroundings::served(draft, endpoint.as_ref(), workload.as_ref());
        if settings.lockdown.as_ref().is_some_and(|said| said.value) {
            debug::report(draft, sink);
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
            in_pod_of: self.host(draft).map(|host| host.kube.clone()),
            companions: Vec::new(),
            isolated: draft.service.network_mode.as_ref().is_some_and(|mode| mode.value == "none"),
            called: self.called(draft),
            service_type_origin: self.endpoint_mode(draft).map(|(_, origin)| origin),
            public_origin: settings
                .public
                .as_ref()
                .map(|said| said.origin.clone())
                .or_else(|| self.said.domain.as_ref().map(|said| said.origin.clone())),
            public: if endpoint.is_some() { Vec::new() } else { self.public(draft) },
            external: endpoint,
            ports,
            metrics: draft
                .facts
                .as_ref()
                .filter(|_| !draft.external)
                .and_then(|facts| facts.metrics)
                .map(i64::from),
            service_type: self.endpoint_mode(draft).map(|(kind, _)| kind),
            service_annotations: settings.service_annotations.clone(),
            source_ranges: settings
                .source_ranges
                .as_ref()
                .map(|said| said.value.clone())
                .unwrap_or_default(),
            aliases: self.aliases(draft, sink),
            alias_origins: alias_origins(draft.service),
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

    /// Whether others call a service by one of its names.
    fn called(&self, draft: &Draft) -> bool {
        self.mentions.received_by(draft.name).iter().any(|(from, _)| from != draft.name)
    }

    /// The type of the Service: a setting, else headless for `dnsrr`.
    fn endpoint_mode(&self, draft: &Draft) -> Option<(ServiceType, Origin)> {
        if let Some(said) = &draft.settings.service_type {
            return Some((said.value, said.origin.clone()));
        }
        let mode = draft.service.deploy.as_ref()?.endpoint_mode.as_ref()?;
        let kind = match mode.value.as_str() {
            "dnsrr" => ServiceType::Headless,
            _ => ServiceType::ClusterIp,
        };
        Some((kind, Origin::Input(mode.span())))
    }

    /// Names besides its own that others use for a service.
    fn aliases(&self, draft: &Draft, sink: &mut Sink) -> Vec<String> {
        let said = draft
            .service
            .networks
            .iter()
            .filter_map(|(_, network)| network.as_ref())
            .flat_map(|network| &network.aliases)
            .map(|text| text.value.as_str());
        self.impossible_names(draft, sink);
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

    /// Names that others use for a service, and that no Service can have.
    fn impossible_names(&self, draft: &Draft, sink: &mut Sink) {
        let service = draft.service;
        let networks = service.networks.iter().filter_map(|(_, network)| network.as_ref());
        let aliases = networks.flat_map(|network| &network.aliases);
        let named = service.container_name.iter().chain(&service.hostname);
        let named = named.filter(|text| self.mentions.is_used_by_others(&text.value, draft.name));
        for text in aliases.chain(named) {
            if names::service(&text.value) != text.value {
                sink.push(
                    Diagnostic::new(
                        Code::LeftOut,
                        format!(
                            "`{}` cannot be a name of `{}` in a cluster",
                            text.value, draft.name
                        ),
                    )
                    .at(text.span())
                    .help(format!("let others call it `{}`", draft.kube)),
                );
            }
        }
    }

    /// Ways in: what is said, else the domain for what Compose publishes over HTTP.
    fn public(&self, draft: &Draft) -> Vec<Public> {
        if let Some(said) = &draft.settings.public {
            return said.value.iter().map(|public| self.completed(public, draft)).collect();
        }
        let published =
            draft.ports.iter().any(|port| port.http && port.published.is_some() && !port.local);
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
}

/// Where the further names of a service are written.
fn alias_origins(service: &Service) -> Vec<(String, Origin)> {
    let networks = service.networks.iter().filter_map(|(_, network)| network.as_ref());
    let aliases = networks.flat_map(|network| &network.aliases);
    let named = aliases.chain(&service.container_name).chain(&service.hostname);
    named.map(|text| (text.value.clone(), Origin::Input(text.span()))).collect()
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
) -> impl Fn(&str, &str, &Text) -> bool + 'a {
    move |service, key, text| {
        drafts.get(service).map_or_else(
            || sensitive::is_sensitive(key, &text.value),
            |draft| {
                Judge { facts: draft.facts.as_ref(), settings: &draft.settings, known }
                    .keeps(key, text)
            },
        )
    }
}
