//! The whole way in memory: from a request to the objects of every environment.

mod masks;
mod places;

use std::{collections::BTreeMap, rc::Rc};

use crate::{
    catalog::Class,
    compose::{self, Project},
    emit::{Bundle, Custom, SecretKeys, Variant, taken_keys},
    kube,
    ledger::{Ledger, Standing, Verdict},
    load::{self, Files, Options, Variable},
    overlay,
    plan::{self, App},
    settings::{EnvironmentName, Flags, Resolver, SecretMode, environment_name, environment_names},
    text::{Code, Diagnostic, Failed, Sink, Sources, Span},
    yaml::Node,
};

pub(crate) use masks::hide_by_name as hide_secrets;
use places::{Place, Recorded, Side};

/// What to convert, for which environments, and to what.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the compose files are and what they are loaded with.
    pub load: Options,
    /// The environments that are asked for, by any of their names.
    pub environments: Vec<String>,
    /// What is made of the objects.
    pub target: Target,
    /// Settings of the command line.
    pub flags: Flags,
    /// Ignore the process environment in `load`.
    pub clean_env: bool,
    /// Note where each field of the objects comes from ([`kube::Object::origins`]).
    pub origins: bool,
}

/// What is made of the objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Target {
    /// Plain manifests of each environment, or of the base if none is asked for.
    #[default]
    Manifests,
    /// A base, and an overlay for each environment.
    Kustomize,
    /// A chart with a values file for each environment.
    Helm,
}

/// What came of a request.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The objects; none if the sink has errors.
    pub bundle: Option<Bundle>,
    /// The base, if it was asked for, and then the environments, as they were planned.
    pub planned: Vec<Planned>,
    /// The texts that were read, for rendering the diagnostics.
    pub sources: Sources,
    /// What there is to say about the input.
    pub sink: Sink,
    /// The files that were read, in order, relative to the working folder where they are below it.
    pub files: Vec<String>,
    /// The variables whose values came from the process environment.
    pub process_variables: Vec<String>,
    /// The override file that was found but left out somewhere, and for whom.
    pub left_out: Option<(String, Vec<String>)>,
    /// Absolute path of the project's folder.
    pub project_dir: String,
}

/// The base or one environment on its way.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The environment; none for the base.
    pub name: Option<EnvironmentName>,
    /// Its Compose project.
    pub project: Rc<Project>,
    /// The decisions.
    pub app: App,
    /// Its objects.
    pub objects: Rc<Vec<kube::Object>>,
    /// The environments whose own patches it has, itself last.
    pub patched_by: Vec<String>,
    /// What the user's own kustomizations changed.
    pub patched: Option<Patched>,
    /// What it was decoded from.
    source: Rc<Source>,
    /// What planning said of keys.
    said: Vec<Diagnostic>,
}

impl Planned {
    /// What became of each key of the project.
    pub fn ledger(&self) -> Ledger {
        Ledger::of(&self.source.tree, &standing(&self.project, &self.app), &self.said)
    }
}

/// The user's own kustomization of an environment, and what was before it.
#[derive(Debug, Clone)]
pub struct Patched {
    /// The objects before.
    pub generated: Rc<Vec<kube::Object>>,
    /// The namespace before.
    pub namespace: Option<String>,
    /// What the user wrote, the farthest extended environment's first, and what each did beside
    /// changing objects.
    pub parts: Vec<(String, overlay::Kustomization, overlay::Applied)>,
}

/// Converts a project in memory: reads through `files` only, writes nothing.
///
/// The bundle is there unless the diagnostics in the sink hold an error.
pub fn convert(request: &Request, files: &dyn Files) -> Outcome {
    let files = Recorded::new(files);
    let mut run = Run::new(request, &files);
    // Why it ended early is in the sink.
    let done = run.all();
    masks::hide(&run.planned, &mut run.outcome.sources);
    let mut outcome = run.outcome;
    outcome.planned = run.planned;
    outcome.files = files.read_files();
    if request.target == Target::Helm {
        refuse_taken_keys(&outcome.planned, &mut outcome.sink);
    }
    if done.is_ok() && !outcome.sink.has_errors() {
        outcome.bundle = Some(bundle(&outcome.planned, &outcome.sources));
    } else {
        masks::hide_by_name(&mut outcome.sources);
    }
    outcome
}

/// A project that was loaded, with what there was to say about it.
type LoadedProject = (Option<Rc<Source>>, Sink);

/// A project, and the tree that it was decoded from.
#[derive(Debug)]
struct Source {
    project: Rc<Project>,
    tree: Node,
}

/// One conversion.
struct Run<'a> {
    request: &'a Request,
    options: Options,
    files: &'a dyn Files,
    outcome: Outcome,
    planned: Vec<Planned>,
    /// Environments without files of their own share one project.
    loaded: BTreeMap<Side, LoadedProject>,
}

impl<'a> Run<'a> {
    fn new(request: &'a Request, files: &'a dyn Files) -> Self {
        let mut options = request.load.clone();
        if request.clean_env {
            options.environment.clear();
        }
        let (outcome, planned) = (Outcome::default(), Vec::new());
        Self { request, options, files, outcome, planned, loaded: BTreeMap::new() }
    }

    fn all(&mut self) -> Result<(), Failed> {
        let Some(place) = Place::find(self.files, &self.options) else {
            // The loader says what is wrong with the place.
            return self.project(&Side::default()).and(Err(Failed));
        };
        self.outcome.project_dir.clone_from(&place.project_dir);
        let names = self.names(&place)?;
        let with_base = self.request.target != Target::Manifests || names.is_empty();
        let mut failed = false;
        if with_base {
            failed |= self.base(&place, &names).is_err();
        }
        for name in names {
            failed |= self.environment(&place, name).is_err();
        }
        if failed { Err(Failed) } else { Ok(()) }
    }

    /// The environments: those that are asked for; a tree or a chart has all where none is.
    fn names(&mut self, place: &Place) -> Result<Vec<EnvironmentName>, Failed> {
        let mut asked = self.request.environments.clone();
        if asked.is_empty() && self.request.target != Target::Manifests {
            asked = environment_names(self.files, &place.shown_dir);
        }
        let mut names: Vec<EnvironmentName> = Vec::new();
        let mut failed = false;
        for asked in &asked {
            let sink = &mut self.outcome.sink;
            match environment_name(asked, self.files, &place.shown_dir, sink) {
                Ok(name) if names.iter().any(|known| known.resolved == name.resolved) => {}
                Ok(name) => names.push(name),
                Err(Failed) => failed = true,
            }
        }
        if failed { Err(Failed) } else { Ok(names) }
    }

    fn base(&mut self, place: &Place, names: &[EnvironmentName]) -> Result<(), Failed> {
        let alone = self.request.target == Target::Manifests;
        let side = Side { with_override: alone, ..Side::default() };
        if !alone {
            self.note_left_out(place, "the base");
        }
        let mut project = self.try_project(&side);
        if project.0.is_none()
            && let Some(first) = names.first()
            && let Ok(side) = place.side(first, self.files, &self.options, &mut Sink::default())
        {
            // Some bases are complete only with the file of an environment.
            let other = self.try_project(&side);
            if other.0.is_some() {
                project = other;
            }
        }
        let (project, sink) = project;
        self.outcome.sink.append(sink);
        let project = project.ok_or(Failed)?;
        let mut sink = Sink::default();
        let planned = self.plan(&project, None, &mut sink);
        // What is said of the base is said of the environments too, with their settings.
        if alone || sink.has_errors() {
            self.outcome.sink.append(sink);
        }
        let mut planned = planned?;
        if !alone {
            planned.app.secret_mode = SecretMode::Reference;
        }
        planned.objects = kube::lower(&planned.app).into();
        self.planned.push(planned);
        Ok(())
    }

    fn environment(&mut self, place: &Place, name: EnvironmentName) -> Result<(), Failed> {
        let side = place.side(&name, self.files, &self.options, &mut self.outcome.sink)?;
        if !side.with_override {
            self.note_left_out(place, &name.resolved);
        }
        let project = self.project(&side)?;
        let mut sink = Sink::default();
        let planned = self.plan(&project, Some(name), &mut sink);
        self.outcome.sink.append(sink);
        let mut planned = planned?;
        planned.objects = kube::lower(&planned.app).into();
        for name in planned.patched_by.clone() {
            self.patch(place, name, &mut planned)?;
        }
        self.planned.push(planned);
        Ok(())
    }

    /// Applies the user's own kustomization of an environment, where there is one.
    fn patch(&mut self, place: &Place, name: String, planned: &mut Planned) -> Result<(), Failed> {
        let folder = &places::below(&place.shown_dir, &format!("overlays/{name}"));
        let mut sink = Sink::default();
        let sources = &mut self.outcome.sources;
        let read = overlay::read_kustomization(folder, self.files, sources, &mut sink);
        let result = read.and_then(|read| {
            let Some(kustomization) = read.filter(|read| !read.is_empty()) else { return Ok(()) };
            let generated = Rc::clone(&planned.objects);
            let namespace = planned.app.namespace.clone();
            let applied = kustomization.apply(Rc::make_mut(&mut planned.objects), &mut sink)?;
            if applied.namespace.is_some() {
                planned.app.namespace.clone_from(&applied.namespace);
            }
            let first = Patched { generated, namespace, parts: Vec::new() };
            let patched = planned.patched.get_or_insert(first);
            patched.parts.push((name, kustomization, applied));
            Ok(())
        });
        self.outcome.sink.append(sink);
        result
    }

    fn plan(
        &mut self,
        source: &Rc<Source>,
        name: Option<EnvironmentName>,
        sink: &mut Sink,
    ) -> Result<Planned, Failed> {
        let (flags, sources) = (&self.request.flags, &mut self.outcome.sources);
        let Source { project, tree } = &**source;
        let settings = Resolver::new(project, name.as_ref(), flags, self.files, sources, sink)?;
        let input = plan::Input {
            project,
            tree,
            settings: &settings,
            files: self.files,
            origins_wanted: self.request.origins,
        };
        let app = plan::plan(&input, sink)?;
        note_stores(&app, &settings, sink);
        sink.check()?;
        let said = sink.iter().filter(|said| Verdict::of(said.code).is_some()).cloned().collect();
        let (project, source) = (Rc::clone(project), Rc::clone(source));
        let (patched_by, objects) = (settings.named().to_vec(), Rc::default());
        Ok(Planned { name, app, objects, project, patched_by, patched: None, source, said })
    }

    fn project(&mut self, side: &Side) -> Result<Rc<Source>, Failed> {
        let (project, sink) = self.try_project(side);
        self.outcome.sink.append(sink);
        project.ok_or(Failed)
    }

    fn try_project(&mut self, side: &Side) -> LoadedProject {
        if let Some(known) = self.loaded.get(side) {
            return known.clone();
        }
        let mut sink = Sink::default();
        let options = side.options(&self.options);
        let loaded = load::load(self.files, &options, &mut self.outcome.sources, &mut sink);
        let project = loaded.and_then(|loaded| {
            self.note_variables(&loaded.variables);
            let project = Rc::new(compose::decode(&loaded, &mut sink)?);
            Ok(Source { project, tree: loaded.tree })
        });
        let found = (project.ok().map(Rc::new), sink);
        self.loaded.insert(side.clone(), found.clone());
        found
    }

    fn note_variables(&mut self, variables: &BTreeMap<String, Variable>) {
        let process = variables.iter().filter(|(name, variable)| {
            variable.span.is_none() && self.options.environment.contains_key(*name)
        });
        for (name, _) in process {
            if let Err(at) = self.outcome.process_variables.binary_search(name) {
                self.outcome.process_variables.insert(at, name.clone());
            }
        }
    }

    fn note_left_out(&mut self, place: &Place, whom: &str) {
        let Some(file) = &place.override_file else { return };
        let (_, names) = self.outcome.left_out.get_or_insert_with(|| (file.clone(), Vec::new()));
        names.push(whom.to_owned());
    }
}

/// Refuses services that cannot have a section of their own in a chart's values.
fn refuse_taken_keys(planned: &[Planned], sink: &mut Sink) {
    let mut spans: BTreeMap<&str, Span> = BTreeMap::new();
    for service in planned.iter().flat_map(|one| &one.app.services) {
        spans.entry(&service.name).or_insert(service.span);
    }
    for (service, key, other) in taken_keys(spans.keys().copied()) {
        let message = match other {
            Some(other) => format!(
                "services `{other}` and `{service}` would share the key `{key}` of a chart's values"
            ),
            None => {
                format!("service `{service}` has the key `{key}`, which every chart needs itself")
            }
        };
        let found = Diagnostic::new(Code::NameCollision, message);
        let found = found.help("rename the service");
        sink.push(match spans.get(service) {
            Some(span) => found.at(*span),
            None => found,
        });
    }
}

/// Which services run in the cluster.
fn standing(project: &Project, app: &App) -> BTreeMap<String, Standing> {
    let planned =
        app.services.iter().map(|one| (one.compose_name.as_str(), one.external.is_none()));
    let runs: BTreeMap<&str, bool> = planned.collect();
    let of = |name: &str| match runs.get(name) {
        Some(true) => Standing::Runs,
        Some(false) => Standing::Outside,
        None => Standing::LeftOut,
    };
    project.services.iter().map(|(name, _)| (name.value.clone(), of(name.as_str()))).collect()
}

/// A database that runs in a production cluster must be meant.
fn note_stores(app: &App, settings: &Resolver, sink: &mut Sink) {
    let is = |name: &str| settings.lineage().iter().any(|own| own == name);
    if !is("production") || is("staging") {
        return;
    }
    for service in &app.services {
        let runs = service.workload.is_some() && service.external.is_none();
        let database = service.class == Class::Store && runs;
        let meant = settings.service(&service.compose_name, service.class).workload.is_some();
        if database && !meant {
            let message = format!("`{}` keeps its data in the cluster", service.compose_name);
            let help = format!(
                "say where it runs (`services: {{{0}: {{external: <host>}}}}`), or that this is meant (`workload: statefulset`)",
                service.compose_name
            );
            let finding = Diagnostic::new(Code::StoreInCluster, message).at(service.span);
            sink.push(finding.help(help));
        }
    }
}

fn bundle(planned: &[Planned], sources: &Sources) -> Bundle {
    let mut bundle = Bundle::default();
    for one in planned {
        bundle.project.clone_from(&one.app.project);
        let variant = variant(one, sources);
        if one.name.is_some() {
            bundle.environments.push(variant);
        } else {
            bundle.base = variant;
        }
    }
    bundle
}

fn variant(planned: &Planned, sources: &Sources) -> Variant {
    let app = &planned.app;
    let secrets = app.secrets.iter().map(|set| {
        let mut keys: Vec<String> = set.entries.iter().map(|entry| entry.key.clone()).collect();
        keys.sort();
        keys.dedup();
        SecretKeys { name: set.name.clone(), keys, service: set.service.clone() }
    });
    Variant {
        environment: app.environment.clone(),
        objects: Rc::clone(&planned.objects),
        secret_mode: app.secret_mode,
        secrets: secrets.collect(),
        namespace: app.namespace.clone(),
        custom: planned.patched.as_ref().map(|patched| custom(planned, patched, sources)),
    }
}

fn custom(planned: &Planned, patched: &Patched, sources: &Sources) -> Custom {
    let mut objects = planned.objects.to_vec();
    let jobs = overlay::seal(&mut objects, overlay::SealMode::Kustomize);
    let Patched { generated, namespace, parts } = patched;
    let own = &planned.app.environment;
    let mut below = Custom::FOLDER.to_owned();
    let mut files = Vec::new();
    for (index, (name, kustomization, applied)) in parts.iter().enumerate() {
        let last = index + 1 == parts.len();
        // Beside the environment's own folder, so that paths in it lead to the same places.
        let folder = if last { own.clone() } else { format!("{own}.{name}") };
        let first = index == 0 && !last;
        let seen = if first { format!("../{own}/{below}") } else { below };
        let to = overlay::CopyTo { folder, below: seen };
        files.extend(overlay::copied(kustomization, applied, &to, &jobs, sources));
        below = format!("../{}", to.folder);
    }
    Custom { generated: generated.clone(), namespace: namespace.clone(), files, jobs }
}

#[cfg(test)]
mod tests;
