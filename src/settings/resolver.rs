//! The resolver: all places read once, then one set of settings a service.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    EnvironmentName, Flags, HelperImages, Images, ProjectSettings, Said, ServiceSettings,
    chain::{Link, Reader},
    check::Checker,
    decode,
    kind::Place,
    labels,
    merge::{Layer, Merged, Speaker, merge},
    scalar,
    tier::{Tier, of_file},
};
use crate::{
    catalog::Class,
    compose::Project,
    load::Files,
    text::{Code, Diagnostic, Failed, Severity, Sink, Sources, did_you_mean},
    yaml::{Entry, Node},
};

/// What the cluster is taken to run where nobody says.
const KUBE_MINOR: u32 = 33;

/// The settings of a project in one environment.
#[derive(Debug, Clone)]
pub struct Resolver {
    environment: String,
    lineage: Vec<String>,
    named: Vec<String>,
    project: ProjectSettings,
    tiers: Vec<Tier>,
    dependencies: BTreeMap<String, Vec<String>>,
    /// What services have that nobody says anything about: most, and there may be thousands.
    silent: Arc<ServiceSettings>,
}

impl Resolver {
    /// Reads all places: environment files, `x-c2k`, labels and flags.
    pub fn new(
        project: &Project,
        environment: Option<&EnvironmentName>,
        flags: &Flags,
        files: &dyn Files,
        sources: &mut Sources,
        sink: &mut Sink,
    ) -> Result<Self, Failed> {
        let mut findings = Sink::default();
        let links = match environment {
            Some(name) => {
                let project_dir = project.folder.as_str();
                Reader { files, project_dir, sources, sink: &mut findings }.chain(&name.resolved)
            }
            None => Ok((Vec::new(), Vec::new())),
        };
        let flags = flags.nodes(sources, &mut findings);
        let mut in_compose = labels::read(project, sources, &mut findings);
        in_compose.push(extensions(project, sources, &mut findings));
        let parts = (links, flags);
        if let (Ok((links, _)), Ok(flags)) = &parts {
            check_names(project, links, flags, &mut findings);
        }
        let failed = findings.has_errors();
        sink.append(findings);
        let (Ok((links, named)), Ok(flags)) = parts else { return Err(Failed) };
        if failed {
            return Err(Failed);
        }
        let lineage = lineage(&links);
        let tiers = tiers(links, in_compose, flags);
        let said = merge(tiers.iter().filter_map(|tier| tier.all.as_ref()));
        Ok(Self {
            environment: environment.map(|name| name.resolved.clone()).unwrap_or_default(),
            lineage,
            named,
            project: said.as_ref().map(project_settings).unwrap_or_default(),
            dependencies: dependencies(project),
            tiers,
            silent: Arc::default(),
        })
    }

    /// The class that somebody said a service has.
    pub fn class(&self, service: &str) -> Option<Said<Class>> {
        let layers = self.tiers.iter().flat_map(|tier| tier.layers(service, None));
        let strong: Vec<&Layer> = layers.filter(|layer| !layer.weak).collect();
        merge(strong)?.word("class", decode::class)
    }

    /// The settings of a service of that class.
    pub fn service(&self, service: &str, class: Class) -> Arc<ServiceSettings> {
        let layers = self.tiers.iter().flat_map(|tier| tier.layers(service, Some(class)));
        let dependencies = self.dependencies.get(service).map(Vec::as_slice).unwrap_or_default();
        match merge(layers) {
            Some(said) => Arc::new(decode::service(&said, dependencies)),
            None => Arc::clone(&self.silent),
        }
    }

    /// The settings of the whole project.
    pub fn project(&self) -> &ProjectSettings {
        &self.project
    }

    /// The environment's resolved name; empty for the base.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The environments that it extends in words of the project's own, and itself last.
    pub fn named(&self) -> &[String] {
        &self.named
    }

    /// The environments it is made of, from the farthest extended one to itself.
    pub fn lineage(&self) -> &[String] {
        &self.lineage
    }
}

fn lineage(links: &[Link]) -> Vec<String> {
    let mut names: Vec<String> = links.iter().map(|link| link.name.clone()).collect();
    names.dedup();
    names
}

/// The places from weakest to strongest; see `Places` in the documentation of settings.
fn tiers(links: Vec<Link>, in_compose: Vec<Tier>, flags: Vec<(String, Node)>) -> Vec<Tier> {
    let (mut defaults, mut settings): (Vec<_>, Vec<_>) =
        links.into_iter().map(|link| of_file(&link.node, &link.speaker)).unzip();
    let (mut top, mut single) = (Vec::new(), Vec::new());
    for (name, node) in flags {
        let (weak, mut strong) = of_file(&node, &Speaker::Flag(name));
        defaults.push(weak);
        // All flags are one place, in which a service's entry beats the top level.
        single.push(Tier { services: std::mem::take(&mut strong.services), ..Tier::default() });
        top.push(strong);
    }
    defaults.extend(in_compose);
    defaults.append(&mut settings);
    defaults.append(&mut top);
    defaults.append(&mut single);
    defaults
}

/// `x-c2k` of the project and of its services.
fn extensions(project: &Project, sources: &Sources, sink: &mut Sink) -> Tier {
    let mut tier = Tier::default();
    let mut layer = |entries: &[Entry], place| {
        let entry = entries.iter().find(|entry| entry.key.name == "x-c2k")?;
        let node = Some(&entry.value).filter(|node| !node.is_null())?;
        let node = Checker::new(sources, sink).settings(node, place);
        Some(Layer { node, speaker: Speaker::File, weak: false })
    };
    tier.all = layer(&project.extensions, Place::Project);
    for (name, service) in project.services.iter() {
        if let Some(layer) = layer(&service.extensions, Place::Service) {
            tier.services.insert(name.value.clone(), layer);
        }
    }
    tier
}

fn dependencies(project: &Project) -> BTreeMap<String, Vec<String>> {
    let services = project.services.iter();
    let named = services.map(|(name, service)| {
        let names = service.depends_on.iter().map(|(name, _)| name.value.clone()).collect();
        (name.value.clone(), names)
    });
    named.collect()
}

fn project_settings(said: &Merged) -> ProjectSettings {
    let text = |key: &str| said.word(key, |word| Some(word.to_owned()));
    ProjectSettings {
        domain: text("domain"),
        namespace: text("namespace"),
        create_namespace: said.boolean("createNamespace").unwrap_or_default(),
        kube_minor: said
            .text("kubeVersion")
            .and_then(|version| scalar::minor(&version))
            .unwrap_or(KUBE_MINOR),
        images: said.get("images").map(images).unwrap_or_default(),
        helper_images: said.get("helperImages").map(helpers).unwrap_or_default(),
        public_type: said
            .text("publicType")
            .as_deref()
            .and_then(decode::public_type)
            .unwrap_or_default(),
        ingress_class: said.text("ingressClass"),
        gateway: said.read("gateway", decode::gateway),
        volumes: said
            .get("volumes")
            .into_iter()
            .flat_map(Merged::entries)
            .map(|(name, volume)| (name.to_owned(), decode::storage(volume)))
            .collect(),
    }
}

fn images(said: &Merged) -> Images {
    Images {
        registry: said.text("registry"),
        tag: said.text("tag"),
        pull_secrets: said.texts("pullSecrets"),
        prefix: said.table("prefix"),
    }
}

fn helpers(said: &Merged) -> HelperImages {
    let HelperImages { wait, kubectl, proxy, pause } = HelperImages::default();
    HelperImages {
        wait: said.text("wait").unwrap_or(wait),
        kubectl: said.text("kubectl").unwrap_or(kubectl),
        proxy: said.text("proxy").unwrap_or(proxy),
        pause: said.text("pause").unwrap_or(pause),
    }
}

/// Settings for services and volumes that the project does not have.
fn check_names(project: &Project, links: &[Link], flags: &[(String, Node)], sink: &mut Sink) {
    let services: BTreeSet<&str> = project.services.iter().map(|(name, _)| name.as_str()).collect();
    let volumes: BTreeSet<&str> = project.volumes.iter().map(|(name, _)| name.as_str()).collect();
    let in_flags = flags.iter().map(|(_, node)| node);
    for node in links.iter().map(|link| &link.node).chain(in_flags) {
        for (key, what, known) in
            [("services", "service", &services), ("volumes", "volume", &volumes)]
        {
            for entry in node.get(key).and_then(Node::as_map).unwrap_or_default() {
                if !known.contains(entry.key.name.as_str()) {
                    sink.push(nowhere(entry, what, known));
                }
            }
        }
    }
}

/// A name near a known one is a slip; another may be of a profile that is not active.
fn nowhere(entry: &Entry, what: &str, known: &BTreeSet<&str>) -> Diagnostic {
    let name = &entry.key.name;
    let message = format!("there is no {what} `{name}` here");
    let diagnostic = Diagnostic::new(Code::SettingForUnknown, message).at(entry.key.span);
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => diagnostic.suggest(Some(near)),
        None => diagnostic
            .severity(Severity::Warning)
            .help(format!("its settings have no effect; is the {what} of an inactive profile?")),
    }
}
