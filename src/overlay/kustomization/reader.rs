//! Reading a kustomization file and everything that it names.

use std::collections::BTreeMap;

use super::{
    Kustomization, Replicas, Resource,
    fields::Labels,
    generators,
    images::ImageRule,
    patches::{self, Patch},
    place, refused, replacements,
};
use crate::{
    load::{Files, paths},
    text::{Code, Diagnostic, Failed, FileId, Sink, Sources, Span},
    yaml::{self, Data, Map, Node, Value},
};

/// How deep folders of resources and components may name each other.
const DEPTH: usize = 16;

/// The names that kustomize looks for in a folder.
const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Reads the kustomization in a folder; none where there is none.
pub fn read(
    folder: &str,
    files: &dyn Files,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Result<Option<Kustomization>, Failed> {
    let there = |name: &&&str| files.stat(&paths::join(folder, name)).is_some_and(|stat| stat.file);
    if !NAMES.iter().any(|name| there(&name)) {
        return Ok(None);
    }
    let mut reader = Reader {
        files,
        sources,
        sink,
        root: paths::parent(&paths::parent(&paths::clean(folder))),
        folder: folder.to_owned(),
        read: BTreeMap::new(),
        secret_files: Vec::new(),
        open: Vec::new(),
    };
    let mut read = reader.kustomization(folder, "Kustomization", Span::NONE)?;
    (read.files, read.secret_files) = (reader.read, reader.secret_files);
    sink.check()?;
    Ok(Some(read))
}

/// Reads the files of one kustomization.
pub(super) struct Reader<'a> {
    files: &'a dyn Files,
    pub(super) sources: &'a mut Sources,
    pub(super) sink: &'a mut Sink,
    folder: String,
    /// The project's folder.
    root: String,
    read: BTreeMap<String, String>,
    pub(super) secret_files: Vec<String>,
    open: Vec<String>,
}

impl Reader<'_> {
    fn kustomization(
        &mut self,
        folder: &str,
        kind: &str,
        span: Span,
    ) -> Result<Kustomization, Failed> {
        let folder = paths::clean(folder);
        if self.open.contains(&folder) || self.open.len() >= DEPTH {
            return Err(self.fail(format!("`{folder}` names itself, over others"), span));
        }
        self.open.push(folder.clone());
        let outer = std::mem::replace(&mut self.folder, folder.clone());
        let result = self.read_folder(&folder, kind, span);
        self.folder = outer;
        self.open.pop();
        result
    }

    fn read_folder(
        &mut self,
        folder: &str,
        kind: &str,
        span: Span,
    ) -> Result<Kustomization, Failed> {
        let places: Vec<_> = NAMES.iter().map(|name| paths::join(folder, name)).collect();
        let is_file = |path: &&String| self.files.stat(path).is_some_and(|stat| stat.file);
        let mut there: Vec<String> = places.iter().filter(is_file).cloned().collect();
        if there.len() > 1 {
            let message = format!("`{folder}` has several kustomization files");
            return Err(self.fail(message, span));
        }
        let Some(file) = there.pop() else {
            return Err(self.fail(format!("`{folder}` has no kustomization.yaml"), span));
        };
        let node = self.document(&file, span)?;
        self.check_head(&node, kind);
        refused::check(&node, self.sink);
        let result = Kustomization {
            folder: folder.to_owned(),
            files: BTreeMap::new(),
            file,
            resources_at: node.get("resources").map(|node| node.span),
            secret_files: Vec::new(),
            resources: self.resources(&node),
            components: self.components(&node),
            generators: generators::read(self, &node),
            patches: self.patches(&node),
            namespace: self.optional_text(&node, "namespace"),
            labels: self.labels(&node),
            annotations: node
                .get("commonAnnotations")
                .map(|node| self.strings(node, "commonAnnotations"))
                .unwrap_or_default(),
            replicas: self.replicas(&node),
            images: self.images(&node),
            replacements: replacements::read(self, &node),
        };
        Ok(result)
    }

    fn check_head(&mut self, node: &Node, kind: &str) {
        let versions = ["kustomize.config.k8s.io/v1beta1", "kustomize.config.k8s.io/v1alpha1"];
        let wanted = if kind == "Component" { versions.get(1) } else { versions.first() };
        for (key, wanted) in [("apiVersion", wanted.copied().unwrap_or_default()), ("kind", kind)] {
            let Some(said) = node.get(key) else { continue };
            if said.as_str() != Some(wanted) {
                self.problem(format!("`{key}` must be `{wanted}` here"), said.span);
            }
        }
        if kind == "Component" && node.get("kind").is_none() {
            self.problem("a component says `kind: Component`".to_owned(), node.span);
        }
        if !matches!(node.data, Data::Map(_) | Data::Null) {
            self.problem(format!("a kustomization is a mapping, not a {}", node.kind()), node.span);
        }
    }

    fn resources(&mut self, node: &Node) -> Vec<Resource> {
        let mut found = Vec::new();
        for (path, span) in self.texts(node, "resources") {
            let Some(place) = self.local(&path, span) else { continue };
            if self.files.stat(&place).is_some_and(|stat| stat.folder) {
                if let Ok(other) = self.kustomization(&place, "Kustomization", span) {
                    found.push(Resource::Folder(Box::new(other), span));
                }
                continue;
            }
            let Ok(nodes) = self.documents(&path, span) else { continue };
            for node in nodes.into_iter().filter(|node| !node.is_null()) {
                let value = place::to_value(&node, self.sources);
                let named = value.at(&["metadata", "name"]).and_then(Value::as_str).is_some();
                if !named || value.get("kind").is_none() || value.get("apiVersion").is_none() {
                    let message = "a resource has `apiVersion`, `kind` and `metadata.name`";
                    self.problem(message.to_owned(), node.span);
                    continue;
                }
                found.push(Resource::Object { value, node });
            }
        }
        found
    }

    fn components(&mut self, node: &Node) -> Vec<Kustomization> {
        let mut found = Vec::new();
        for (path, span) in self.texts(node, "components") {
            let Some(place) = self.local(&path, span) else { continue };
            found.extend(self.kustomization(&place, "Component", span).ok());
        }
        found
    }

    fn patches(&mut self, node: &Node) -> Vec<Patch> {
        let entries: Vec<Node> = self.entries(node, "patches").to_vec();
        entries.iter().filter_map(|entry| patches::read(self, entry)).collect()
    }

    fn labels(&mut self, node: &Node) -> Vec<Labels> {
        let entries: Vec<Node> = self.entries(node, "labels").to_vec();
        let mut found = Vec::new();
        for entry in &entries {
            let known = ["pairs", "includeSelectors", "includeTemplates"];
            refused::check_entry(entry, "an entry of `labels`", &known, self.sink);
            let pairs = entry.get("pairs").map(|pairs| self.strings(pairs, "pairs"));
            found.push(Labels {
                pairs: pairs.unwrap_or_default(),
                selectors: self.flag(entry, "includeSelectors"),
                templates: self.flag(entry, "includeTemplates"),
                span: entry.span,
            });
        }
        found
    }

    fn replicas(&mut self, node: &Node) -> Vec<Replicas> {
        let entries: Vec<Node> = self.entries(node, "replicas").to_vec();
        let mut found = Vec::new();
        for entry in &entries {
            refused::check_entry(entry, "an entry of `replicas`", &["name", "count"], self.sink);
            let name = self.text(entry, "name");
            let count = match entry.get("count").map(|node| &node.data) {
                Some(Data::Int(count)) => i64::try_from(*count).ok(),
                _ => None,
            };
            match (name, count) {
                (Some(name), Some(count)) => {
                    found.push(Replicas { name, count, span: entry.span });
                }
                (Some(_), None) => self.problem("`count` is a number".to_owned(), entry.span),
                _ => {}
            }
        }
        found
    }

    fn images(&mut self, node: &Node) -> Vec<ImageRule> {
        let entries: Vec<Node> = self.entries(node, "images").to_vec();
        entries.iter().filter_map(|entry| ImageRule::read(self, entry)).collect()
    }

    /// The entries of a list of mappings.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, key: &str) -> &'n [Node] {
        let Some(list) = node.get(key).filter(|list| !list.is_null()) else { return &[] };
        let Some(items) = list.as_seq() else {
            self.problem(format!("`{key}` is a list, not a {}", list.kind()), list.span);
            return &[];
        };
        if let Some(other) = items.iter().find(|item| item.as_map().is_none()) {
            self.problem(format!("an entry of `{key}` is a mapping"), other.span);
            return &[];
        }
        items
    }

    /// The texts of a list, with their places.
    pub(super) fn texts(&mut self, node: &Node, key: &str) -> Vec<(String, Span)> {
        let Some(list) = node.get(key).filter(|list| !list.is_null()) else { return Vec::new() };
        let Some(items) = list.as_seq() else {
            self.problem(format!("`{key}` is a list, not a {}", list.kind()), list.span);
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            match item.as_str() {
                Some(text) => found.push((text.to_owned(), item.span)),
                None => self.problem(format!("an item of `{key}` is a string"), item.span),
            }
        }
        found
    }

    /// The text under a key that must be there.
    pub(super) fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        if node.get(key).is_none() {
            self.problem(format!("`{key}` is missing"), node.span);
        }
        self.optional_text(node, key)
    }

    /// The text under a key.
    pub(super) fn optional_text(&mut self, node: &Node, key: &str) -> Option<String> {
        let value = node.get(key).filter(|value| !value.is_null())?;
        match place::to_value(value, self.sources) {
            Value::String(text) => Some(text),
            Value::Int(number) => Some(number.to_string()),
            Value::Float(_) => Some(self.sources.slice(value.span).to_owned()),
            _ => {
                self.problem(format!("`{key}` is a string, not a {}", value.kind()), value.span);
                None
            }
        }
    }

    /// Whether a key is `true`.
    pub(super) fn flag(&mut self, node: &Node, key: &str) -> bool {
        match node.get(key).map(|value| (&value.data, value.span)) {
            None | Some((Data::Null, _)) => false,
            Some((Data::Bool(value), _)) => *value,
            Some((_, span)) => {
                self.problem(format!("`{key}` is `true` or `false`"), span);
                false
            }
        }
    }

    /// A mapping of texts.
    pub(super) fn strings(&mut self, node: &Node, what: &str) -> Map {
        let mut found = Map::new();
        let Some(entries) = node.as_map() else {
            self.problem(format!("`{what}` is a mapping, not a {}", node.kind()), node.span);
            return found;
        };
        for entry in entries {
            match &entry.value.data {
                Data::String(text) => found.insert(entry.key.name.as_str(), text.as_str()),
                _ => {
                    let message =
                        format!("`{}` must be a string: put it in quotes", entry.key.name);
                    self.problem(message, entry.value.span);
                }
            }
        }
        found
    }

    /// The path of a local file or folder as it is shown; none, with an error, for others.
    fn local(&mut self, path: &str, span: Span) -> Option<String> {
        if paths::is_absolute(path) || path.contains("://") || path.starts_with("git@") {
            let message = format!("`{path}` is not below the project");
            let remote = Diagnostic::new(Code::KustomizeUnsupported, message).at(span);
            self.sink.push(remote.help("copy it to a file beside, and name that"));
            return None;
        }
        let place = paths::join(&self.folder, path);
        if self.files.stat(&place).is_none() {
            let message = format!("`{path}` does not exist");
            let missing = Diagnostic::new(Code::KustomizationInvalid, message).at(span);
            let base = path.trim_end_matches('/').ends_with("base");
            self.sink.push(if base {
                missing.help("c2k's own objects are there already: leave it out")
            } else {
                missing
            });
            return None;
        }
        let inside = match self.root.as_str() {
            "." => !place.starts_with("../") && !place.starts_with('/'),
            root => place.starts_with(&format!("{root}/")),
        };
        if !inside {
            let message = format!("`{path}` lies outside of the project");
            self.problem(message, span);
            return None;
        }
        Some(place)
    }

    /// The text of a file below the folder.
    pub(super) fn content(&mut self, path: &str, span: Span) -> Option<(String, String)> {
        let place = self.local(path, span)?;
        let prefix = format!("{}/", self.folder);
        if !place.starts_with(&prefix) {
            let message = format!("`{path}` lies outside of `{}`", self.folder);
            let outside = Diagnostic::new(Code::KustomizationInvalid, message).at(span);
            self.sink.push(outside.help("kustomize reads files below the folder only"));
            return None;
        }
        let bytes = match self.files.read(&place) {
            Ok(bytes) => bytes,
            Err(error) => {
                let message = format!("cannot read `{place}`: {error}");
                self.sink.push(Diagnostic::new(Code::FileUnreadable, message).at(span));
                return None;
            }
        };
        let Ok(text) = String::from_utf8(bytes) else {
            let message = format!("`{place}` is not UTF-8");
            self.sink.push(Diagnostic::new(Code::NotUtf8, message).at(span));
            return None;
        };
        self.read.insert(place.clone(), text.clone());
        Some((place, text))
    }

    /// The documents of a file.
    pub(super) fn documents(&mut self, path: &str, span: Span) -> Result<Vec<Node>, Failed> {
        let (place, text) = self.content(path, span).ok_or(Failed)?;
        let file = self.sources.add(place, text);
        self.parse(file)
    }

    fn document(&mut self, place: &str, span: Span) -> Result<Node, Failed> {
        let name = paths::base_name(place).to_owned();
        let nodes = self.documents(&name, span)?;
        let [node] = nodes.as_slice() else {
            return Err(self.fail(format!("`{place}` has to be one document"), span));
        };
        Ok(node.clone())
    }

    pub(super) fn parse(&mut self, file: FileId) -> Result<Vec<Node>, Failed> {
        yaml::parse_documents(file, self.sources, self.sink)
    }

    /// The documents of a patch that stands in the kustomization itself.
    pub(super) fn inline(&mut self, node: &Node) -> Result<Vec<Node>, Failed> {
        let text = node.as_str().unwrap_or_default().to_owned();
        let name = format!("{}/kustomization.yaml (patch)", self.folder);
        let file = self.sources.add(name, text.as_str());
        let mut nodes = self.parse(file)?;
        for inner in &mut nodes {
            place::rebase(inner, &text, self.sources, node.span);
        }
        Ok(nodes)
    }

    pub(super) fn problem(&mut self, message: String, span: Span) {
        self.sink.push(Diagnostic::new(Code::KustomizationInvalid, message).at(span));
    }

    fn fail(&mut self, message: String, span: Span) -> Failed {
        self.sink.fail(Diagnostic::new(Code::KustomizationInvalid, message).at(span))
    }
}
