//! The loader: from options to one canonical project, file by file and document by document.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Files, Loaded, Options, adopted, canonical, consistency, defaults,
    interpolate::{self, Interpolation, Usage, Variables},
    merge::Merger,
    normalize,
    paths::{self, Resolver},
    prune,
    reset::Resets,
    schema, swarm, unicity,
};
use crate::{
    text::{Code, Diagnostic, Failed, FileId, Sink, Sources, Span},
    yaml::{Data, Node},
};

/// How many nodes `include` and `extends` may copy.
const MAX_NODES: usize = 400_000;
/// Paths that are no local files.
const REMOTE: [&str; 7] =
    ["oci://", "https://", "http://", "git://", "ssh://", "github.com/", "git@"];

/// The state of one load.
pub(super) struct Loader<'a> {
    /// Where files come from.
    pub(super) files: &'a dyn Files,
    /// What to load.
    pub(super) options: &'a Options,
    /// The texts that were read.
    pub(super) sources: &'a mut Sources,
    /// Where problems go.
    pub(super) sink: &'a mut Sink,
    /// The absolute working folder.
    pub(super) working_dir: String,
    /// What interpolation used.
    pub(super) usage: Usage,
    /// The environment files whose values are hidden already.
    pub(super) hidden: BTreeSet<FileId>,
    /// The absolute folder of the project.
    pub(super) project_dir: String,
    /// The files that were read, by path.
    pub(super) ids: BTreeMap<String, FileId>,
    /// Their paths, in order.
    pub(super) read: Vec<String>,
    /// Documents that were parsed and not used yet.
    pub(super) parsed: BTreeMap<FileId, Vec<Node>>,
    /// How many files were loaded, includes counted each time.
    pub(super) loads: usize,
    /// How many bytes they had.
    pub(super) bytes: usize,
    nodes: usize,
}

/// What a file is loaded in.
#[derive(Debug, Clone)]
pub(super) struct Context {
    /// The absolute folder that relative paths start from.
    pub(super) folder: String,
    /// The same as paths get it: of an included project, seen from the one that includes it.
    pub(super) base: String,
    /// The variables.
    pub(super) environment: Arc<Variables>,
    /// The files on the way here.
    pub(super) included: Vec<String>,
}

impl<'a> Loader<'a> {
    /// A loader that has read nothing.
    pub(super) fn new(
        files: &'a dyn Files,
        options: &'a Options,
        sources: &'a mut Sources,
        sink: &'a mut Sink,
    ) -> Self {
        let working_dir = files.working_dir();
        Self {
            files,
            options,
            sources,
            sink,
            project_dir: working_dir.clone(),
            working_dir,
            usage: Usage::default(),
            hidden: BTreeSet::new(),
            ids: BTreeMap::new(),
            read: Vec::new(),
            parsed: BTreeMap::new(),
            loads: 0,
            bytes: 0,
            nodes: 0,
        }
    }

    /// Where the project is.
    pub(super) fn located(mut self) -> Result<super::Located, Failed> {
        let (files, _) = self.locate()?;
        Ok(super::Located { project_dir: self.project_dir, files })
    }

    /// Loads the project.
    pub(super) fn run(mut self) -> Result<Loaded, Failed> {
        let (files, mut variables) = self.locate()?;
        let name = self.project_name(&files, &variables)?;
        variables.insert(
            "COMPOSE_PROJECT_NAME".to_owned(),
            super::Variable { value: name.clone(), span: Span::NONE },
        );
        let environment = Arc::new(variables);
        let context = Context {
            folder: self.project_dir.clone(),
            base: self.project_dir.clone(),
            environment: environment.clone(),
            included: Vec::new(),
        };
        let mut tree = self.model(&files, &context)?;
        if tree.as_map().is_none_or(<[_]>::is_empty) {
            return Err(self.fail(Code::EmptyProject, "empty compose file", tree.span));
        }
        self.finish(&mut tree, &name, &environment)
    }

    /// The steps after all files are merged.
    fn finish(
        mut self,
        tree: &mut Node,
        name: &str,
        variables: &Variables,
    ) -> Result<Loaded, Failed> {
        let skip = self.options.skip;
        if self.options.config && !skip.project {
            swarm::note(tree, self.sink);
        }
        let place = tree.entry("name").map_or(Span::NONE, |entry| entry.value.span);
        if !(skip.project && skip.normalization) {
            tree.set("name", Node::string(name, place));
        }
        if !skip.env_resolution && !skip.project {
            self.resolve_null_variables(tree, variables);
        }
        let environment: BTreeMap<String, String> = variables
            .iter()
            .map(|(name, variable)| (name.clone(), variable.value.clone()))
            .collect();
        if !skip.normalization {
            // A model that is printed as it is written takes no values.
            let none = BTreeMap::new();
            let values = if skip.project { &none } else { &environment };
            normalize::normalise(tree, name, values, self.options.config, self.sink);
        }
        let nothing = Node::new(Data::Map(Vec::new()), Span::NONE);
        let mut disabled = nothing.clone();
        if !skip.project {
            disabled = self.project(tree, variables)?;
        }
        self.sink.check()?;
        if tree.get("services").is_none() && !skip.project {
            tree.set("services", Node::new(Data::Map(Vec::new()), tree.span));
        }
        Ok(Loaded {
            tree: std::mem::replace(tree, nothing),
            disabled,
            name: name.to_owned(),
            project_dir: self.project_dir,
            files: self.read,
            environment,
            variables: self.usage.used,
        })
    }

    /// From the model to the project: types, profiles, selection; the services that are disabled.
    fn project(&mut self, tree: &mut Node, variables: &Variables) -> Result<Node, Failed> {
        let skip = self.options.skip;
        canonical::bind(tree, self.sink);
        self.sink.check()?;
        let active = self.profiles(variables);
        let mut disabled = Self::split_by_profile(tree, &active);
        if !skip.consistency {
            consistency::check(tree, &disabled, self.sink);
            self.sink.check()?;
            canonical::replicas(tree);
        }
        self.enable(tree, &mut disabled, &active)?;
        // The files of services that are not selected must be there too.
        self.resolve_env_files(tree, variables)?;
        self.select(tree)?;
        if !(skip.consistency || skip.container_names) {
            consistency::container_names(tree, self.sink);
        }
        if !skip.pruning {
            prune::prune(tree);
        }
        Ok(disabled.services)
    }

    fn profiles(&self, variables: &Variables) -> BTreeSet<String> {
        if !self.options.profiles.is_empty() {
            return self.options.profiles.iter().cloned().collect();
        }
        let list = variables.get("COMPOSE_PROFILES").map_or("", |list| list.value.as_str());
        list.split(',').map(|name| name.trim().to_owned()).collect()
    }

    /// Finds the compose files and reads the environment.
    fn locate(&mut self) -> Result<(Vec<String>, Variables), Failed> {
        let mut variables = self.process_environment();
        let start = match (&self.options.project_directory, self.options.files.first()) {
            (Some(folder), _) => paths::join(&self.working_dir, folder),
            (None, Some(file)) if file != "-" => {
                paths::parent(&paths::join(&self.working_dir, file))
            }
            _ => self.working_dir.clone(),
        };
        self.add_project_env(&start, &mut variables)?;
        let mut files = self.compose_files(&start, &variables)?;
        if self.options.project_directory.is_some() {
            self.project_dir = start;
        } else if let Some(first) = files.first().filter(|first| *first != "-") {
            self.project_dir = paths::parent(first);
        }
        let folder = self.project_dir.clone();
        self.add_project_env(&folder, &mut variables)?;
        let more = self.options.more_files.iter();
        files.extend(more.map(|path| paths::join(&self.working_dir, path)));
        Ok((files, variables))
    }

    /// Adds what the environment files of a folder say under what is known.
    fn add_project_env(&mut self, folder: &str, variables: &mut Variables) -> Result<(), Failed> {
        let files = self.project_env_files(folder);
        for (name, variable) in self.read_env_files(&files, variables)? {
            variables.entry(name).or_insert(variable);
        }
        Ok(())
    }

    fn project_name(&mut self, files: &[String], variables: &Variables) -> Result<String, Failed> {
        let given = self
            .options
            .project_name
            .clone()
            .or_else(|| {
                variables.get("COMPOSE_PROJECT_NAME").map(|variable| variable.value.clone())
            })
            .filter(|name| !name.is_empty());
        let written = self.written_name(files, variables)?;
        let place = written.as_ref().map_or(Span::NONE, |(_, place)| *place);
        if let Some(name) = given {
            if normal_name(&name) != name {
                let message = format!(
                    "invalid project name \"{name}\": must consist only of lowercase alphanumeric \
                     characters, hyphens, and underscores as well as start with a letter or number"
                );
                return Err(self.fail(Code::BadProjectName, message, Span::NONE));
            }
            return Ok(name);
        }
        let name = match written {
            Some((name, _)) if self.options.skip.normalization => name,
            Some((name, _)) => normal_name(&name),
            None => normal_name(paths::base_name(&self.project_dir)),
        };
        if name.is_empty() {
            let message = "project name must not be empty";
            return Err(self.fail(Code::BadProjectName, message, place));
        }
        Ok(name)
    }

    /// The last `name:` of the files, interpolated.
    fn written_name(
        &mut self,
        files: &[String],
        variables: &Variables,
    ) -> Result<Option<(String, Span)>, Failed> {
        let mut last = None;
        for path in files {
            let file = self.compose_file(path, Span::NONE)?;
            let documents = self.parse(file)?;
            let named = self.options.project_name.as_ref().is_some_and(|name| !name.is_empty());
            if let Some(name) = documents.first().and_then(|document| document.get("name"))
                && let (Data::Timestamp(_), false) = (&name.data, named)
            {
                return Err(self.fail(
                    Code::Schema,
                    "`name` must be a string, not a date",
                    name.span,
                ));
            }
            for document in &documents {
                if let Some(name) = document.get("name")
                    && let Some(text) = name.as_str().filter(|text| !text.is_empty())
                {
                    last = Some((text.to_owned(), name.span));
                }
            }
            self.parsed.insert(file, documents);
        }
        let Some((name, place)) = last else { return Ok(None) };
        if self.options.skip.interpolation {
            return Ok(Some((name, place)));
        }
        let layers = [variables];
        let mut substitution =
            interpolate::Substitution { layers: &layers, usage: &mut self.usage, place };
        let result = substitution.run(&name);
        self.usage.warn(place, self.sink);
        match result {
            Ok((name, _)) => Ok(Some((name, place))),
            Err(problem) => {
                Err(self.sink.fail(interpolate::diagnostic(&problem, "name").at(place)))
            }
        }
    }

    /// The model of files that are merged, with defaults, checked, its paths resolved.
    pub(super) fn model(&mut self, files: &[String], context: &Context) -> Result<Node, Failed> {
        let mut model = Node::new(Data::Map(Vec::new()), Span::NONE);
        for path in files {
            let file = self.compose_file(path, Span::NONE)?;
            if model.span.is_none() {
                model.span = Span::new(file, 0, 0);
            }
            let mut context = context.clone();
            context.included.push(path.clone());
            let documents = self.documents(file, path)?;
            for document in documents {
                model = self.document(model, document, file, &context)?;
            }
        }
        defaults::set(&mut model);
        if !self.options.skip.validation {
            consistency::check_logical(&model, self.sink);
        }
        let top = context.included.is_empty();
        if !(top && self.options.skip.path_resolution) {
            let home = self.home();
            let mut resolver =
                Resolver { folder: &context.base, home: home.as_deref(), sink: self.sink };
            resolver.resolve(&mut model);
        }
        if !self.options.skip.project {
            self.resolve_listed_variables(&mut model, &context.environment);
        }
        self.sink.check()?;
        Ok(model)
    }

    /// Merges one document into the model.
    fn document(
        &mut self,
        mut model: Node,
        mut document: Node,
        file: FileId,
        context: &Context,
    ) -> Result<Node, Failed> {
        let resets = self.prepare(&mut document, file, &context.environment)?;
        self.include(&mut document, &resets, context)?;
        resets.apply(&mut model);
        self.extend(&mut document, &resets, file, context)?;
        self.sink.check()?;
        let span = model.span;
        let mut merged = Merger::at(&[], self.sink).merge(model, document);
        merged.span = span;
        unicity::enforce(&mut merged, self.sink);
        self.sink.check()?;
        if !self.options.skip.validation {
            schema::validate(&merged, self.sink);
            self.sink.check()?;
        }
        if !self.options.skip.validation
            && let Some(version) = merged.remove("version")
        {
            let message = "the attribute `version` is obsolete and ignored";
            let diagnostic = Diagnostic::new(Code::Obsolete, message).at(version.span);
            self.sink.push(diagnostic.help("remove it"));
        }
        self.canonical(&mut merged);
        self.sink.check()?;
        Ok(merged)
    }

    /// Long forms, and unicity again, since ranges of ports may now collide.
    pub(super) fn canonical(&mut self, tree: &mut Node) {
        if self.options.skip.interpolation {
            // What holds a variable cannot be parsed yet, and stays as it is.
            let mut scratch = Sink::default();
            canonical::canonicalise(tree, &mut scratch);
            scratch.retain(|diagnostic| diagnostic.code != Code::BadValue);
            self.sink.append(scratch);
        } else {
            canonical::canonicalise(tree, self.sink);
        }
        unicity::enforce(tree, self.sink);
    }

    /// The first steps with a document: what it resets, and its variables.
    pub(super) fn prepare(
        &mut self,
        document: &mut Node,
        file: FileId,
        environment: &Variables,
    ) -> Result<Resets, Failed> {
        if document.as_map().is_none() {
            let message = "top-level object must be a mapping";
            let span = if document.is_null() { Span::new(file, 0, 0) } else { document.span };
            return Err(self.fail(Code::TopLevelNotMapping, message, span));
        }
        let resets = Resets::collect(document);
        if !self.options.skip.interpolation {
            let layers = [environment];
            Interpolation { layers: &layers, usage: &mut self.usage, sink: self.sink }
                .document(document);
            self.sink.check()?;
        }
        adopted::rename(document, self.sink);
        Ok(resets)
    }

    /// A path of this machine, absolute; others are refused.
    pub(super) fn local_path(
        &mut self,
        folder: &str,
        path: &str,
        span: Span,
    ) -> Result<String, Failed> {
        if REMOTE.iter().any(|prefix| path.starts_with(prefix)) {
            let message = format!("`{path}` is a remote file");
            return Err(self.fail(Code::RemoteFile, message, span));
        }
        Ok(match (path.strip_prefix("~/"), self.home()) {
            (Some(rest), Some(home)) => paths::join(&home, rest),
            _ => paths::join(folder, path),
        })
    }

    /// The home folder.
    pub(super) fn home(&self) -> Option<String> {
        self.options.environment.get("HOME").filter(|home| !home.is_empty()).cloned()
    }

    /// A path as messages show it: relative where it is below the working folder.
    pub(super) fn shown(&self, path: &str) -> String {
        let below = path.strip_prefix(self.working_dir.trim_end_matches('/'));
        match below.and_then(|rest| rest.strip_prefix('/')) {
            Some(rest) if !rest.is_empty() => rest.to_owned(),
            _ => path.to_owned(),
        }
    }

    /// The name of a file in messages.
    pub(super) fn name_of(&self, file: FileId) -> String {
        self.sources.get(file).map(|source| source.name.clone()).unwrap_or_default()
    }

    /// Counts copied nodes against the limit.
    pub(super) fn count_nodes(&mut self, nodes: usize, span: Span) -> Result<(), Failed> {
        self.nodes += nodes;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = "include and extends make the project too large";
        Err(self.fail(Code::TooLarge, message, span))
    }

    /// Reports an error.
    pub(super) fn fail(&mut self, code: Code, message: impl Into<String>, span: Span) -> Failed {
        self.sink.fail(Diagnostic::new(code, message).at(span))
    }
}

/// The name in lower case, without characters that a project name may not have.
fn normal_name(name: &str) -> String {
    let kept: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
        .collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}
