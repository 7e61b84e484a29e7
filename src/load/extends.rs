//! `extends`: services that take over another service's attributes.

use std::collections::BTreeMap;

use super::{
    interpolate::Variables,
    merge::Merger,
    paths::{self, Resolver},
    project::{Context, Loader},
    reset::Resets,
    tree, unicity,
};
use crate::{
    text::{Code, Diagnostic, Failed, FileId, Span},
    yaml::{Data, Entry, Link, Node},
};

/// How many services may extend each other in a row.
const MAX_DEPTH: usize = 64;

/// The services of one document, or of one file that is extended.
#[derive(Debug)]
pub(super) struct Table {
    services: Vec<Entry>,
    names: BTreeMap<String, usize>,
    done: Vec<bool>,
    resets: Resets,
    /// The file's name in messages.
    file: String,
    /// What `extends.file` is relative to.
    folder: String,
}

/// Services by name: table and place.
type Place = (usize, usize);

impl Table {
    fn new(services: Vec<Entry>, resets: Resets, file: String, folder: String) -> Self {
        let names =
            services.iter().enumerate().map(|(at, entry)| (entry.key.name.clone(), at)).collect();
        let done = vec![false; services.len()];
        Self { services, names, done, resets, file, folder }
    }
}

/// Where an `extends` leads.
struct Target {
    service: String,
    file: Option<String>,
    span: Span,
}

/// Resolves the extends of one document.
pub(super) struct Extension<'l, 'a> {
    loader: &'l mut Loader<'a>,
    environment: &'l Variables,
    /// The folder of the document, which paths of other files are made relative to.
    folder: &'l str,
    tables: Vec<Table>,
    by_file: BTreeMap<FileId, usize>,
}

impl Loader<'_> {
    /// Applies the extends of a document's services and jobs.
    pub(super) fn extend(
        &mut self,
        document: &mut Node,
        resets: &Resets,
        file: FileId,
        context: &Context,
    ) -> Result<(), Failed> {
        for section in tree::CONTAINERS {
            if let Some(node) = document.get_mut(section) {
                if node.as_map().is_none() {
                    // A later file cannot leave a section empty to keep the earlier one's.
                    let message = format!("`{section}` must be a mapping, not a {}", node.kind());
                    return Err(self.fail(Code::Schema, message, node.span));
                }
                self.extend_section(node, resets, file, context)?;
            }
        }
        Ok(())
    }

    fn extend_section(
        &mut self,
        section: &mut Node,
        resets: &Resets,
        file: FileId,
        context: &Context,
    ) -> Result<(), Failed> {
        let Data::Map(entries) = &mut section.data else { return Ok(()) };
        if !entries.iter().any(|entry| entry.value.get("extends").is_some()) {
            return Ok(());
        }
        let name = self.name_of(file);
        let table =
            Table::new(std::mem::take(entries), resets.clone(), name, context.folder.clone());
        let mut extension = Extension {
            loader: self,
            environment: &context.environment,
            folder: &context.folder,
            tables: vec![table],
            by_file: BTreeMap::new(),
        };
        *entries = extension.run()?;
        Ok(())
    }
}

impl Extension<'_, '_> {
    /// The services of the first table, extended.
    fn run(&mut self) -> Result<Vec<Entry>, Failed> {
        let count = self.tables.first().map_or(0, |table| table.services.len());
        for at in 0..count {
            self.resolve((0, at), &mut Vec::new())?;
        }
        Ok(self
            .tables
            .first_mut()
            .map(|table| std::mem::take(&mut table.services))
            .unwrap_or_default())
    }

    /// Resolves one service in place.
    fn resolve(&mut self, place: Place, trail: &mut Vec<Place>) -> Result<(), Failed> {
        let Some(table) = self.tables.get(place.0) else { return Ok(()) };
        if table.done.get(place.1).copied().unwrap_or(true) {
            return Ok(());
        }
        let Some(target) = self.target(place)? else {
            self.finish(place, None);
            return Ok(());
        };
        if trail.contains(&place) {
            return Err(self.circle(trail, place, target.span));
        }
        if trail.len() >= MAX_DEPTH {
            let message = "services extend each other too deeply";
            return Err(self.loader.fail(Code::TooLarge, message, target.span));
        }
        trail.push(place);
        let base = self.base(place, &target)?;
        self.resolve(base, trail)?;
        trail.pop();
        let merged = self.merged(place, base, target.span)?;
        self.finish(place, Some(merged));
        Ok(())
    }

    fn finish(&mut self, (table, at): Place, service: Option<Node>) {
        let Some(table) = self.tables.get_mut(table) else { return };
        if let Some(done) = table.done.get_mut(at) {
            *done = true;
        }
        if let (Some(entry), Some(service)) = (table.services.get_mut(at), service) {
            entry.value = service;
        }
    }

    fn entry(&self, (table, at): Place) -> Option<&Entry> {
        self.tables.get(table)?.services.get(at)
    }

    /// What a service extends.
    fn target(&mut self, place: Place) -> Result<Option<Target>, Failed> {
        let Some(entry) = self.entry(place) else { return Ok(None) };
        let Some(extends) = entry.value.get("extends").filter(|node| !node.is_null()) else {
            return Ok(None);
        };
        let span = extends.span;
        if let Some(service) = extends.as_str() {
            return Ok(Some(Target { service: service.to_owned(), file: None, span }));
        }
        let text = |name: &str| extends.get(name).and_then(Node::as_str).map(str::to_owned);
        match (extends.as_map(), text("service")) {
            (Some(_), Some(service)) => Ok(Some(Target { service, file: text("file"), span })),
            (Some(_), None) => {
                let message = format!("extends.{}.service is required", entry.key.name);
                Err(self.loader.fail(Code::Schema, message, span))
            }
            (None, _) => {
                let message = format!(
                    "services.{}.extends must be a string or mapping, not a {}",
                    entry.key.name,
                    extends.kind()
                );
                Err(self.loader.fail(Code::Schema, message, span))
            }
        }
    }

    /// The service that is extended.
    fn base(&mut self, place: Place, target: &Target) -> Result<Place, Failed> {
        let table = match &target.file {
            Some(file) => self.table_of(place, file, target.span)?,
            None => place.0,
        };
        let wanted = &target.service;
        let Some(found) = self.tables.get(table) else { return Err(Failed) };
        if let Some(at) = found.names.get(wanted) {
            return Ok((table, *at));
        }
        let name = self.entry(place).map(|entry| entry.key.name.clone()).unwrap_or_default();
        let message = if found.services.is_empty() && target.file.is_some() {
            format!("cannot extend service \"{name}\" in {}: no services section", found.file)
        } else {
            format!(
                "cannot extend service \"{name}\" in {}: service \"{wanted}\" not found",
                found.file
            )
        };
        let names = found.names.keys().map(String::as_str);
        let diagnostic = Diagnostic::new(Code::ExtendsNotFound, message)
            .at(target.span)
            .suggest(crate::text::did_you_mean(wanted, names));
        Err(self.loader.sink.fail(diagnostic))
    }

    /// The table of another file, read on first use.
    fn table_of(&mut self, place: Place, file: &str, span: Span) -> Result<usize, Failed> {
        let folder = self.tables.get(place.0).map(|table| table.folder.clone()).unwrap_or_default();
        let path = self.loader.local_path(&folder, file, span)?;
        if self.loader.files.stat(&path).is_none() {
            let message = format!("open {}: no such file or directory", self.loader.shown(&path));
            return Err(self.loader.fail(Code::ExtendsNotFound, message, span));
        }
        let id = self.loader.read_file(&path, span)?;
        if let Some(table) = self.by_file.get(&id) {
            return Ok(*table);
        }
        let table = self.extended_file(id, &path)?;
        self.tables.push(table);
        self.by_file.insert(id, self.tables.len() - 1);
        Ok(self.tables.len() - 1)
    }

    /// The services of a file, canonical, their paths as the document would write them.
    fn extended_file(&mut self, file: FileId, path: &str) -> Result<Table, Failed> {
        let mut whole = Node::new(Data::Map(Vec::new()), Span::new(file, 0, 0));
        let mut resets = Resets::default();
        for mut document in self.loader.documents(file, path)? {
            resets = self.loader.prepare(&mut document, file, self.environment)?;
            resets.apply(&mut whole);
            whole = Merger::at(&[], self.loader.sink).merge(whole, document);
            unicity::enforce(&mut whole, self.loader.sink);
            self.loader.canonical(&mut whole);
        }
        let base = paths::relative(self.folder, &paths::parent(path));
        let home = self.loader.home();
        let mut resolver =
            Resolver { folder: &base, home: home.as_deref(), sink: self.loader.sink };
        resolver.resolve(&mut whole);
        self.loader.sink.check()?;
        let services = match whole.remove("services").map(|services| services.data) {
            Some(Data::Map(services)) => services,
            _ => Vec::new(),
        };
        let folder = self.folder.to_owned();
        Ok(Table::new(services, resets, self.loader.name_of(file), folder))
    }

    fn merged(&mut self, place: Place, base: Place, span: Span) -> Result<Node, Failed> {
        let (Some(over), Some(source)) = (self.entry(place), self.entry(base)) else {
            return Err(Failed);
        };
        let (name, mut over, mut source) =
            (over.key.name.clone(), over.value.clone(), source.value.clone());
        if source.is_null() {
            return Ok(over);
        }
        over.remove("extends");
        self.loader.count_nodes(tree::size(&source), span)?;
        if let Some(resets) = self
            .tables
            .get(place.0)
            .and_then(|table| table.resets.below(&["services", name.as_str()]))
            && !resets.keeps(&mut source)
        {
            return Ok(over);
        }
        mark(&mut source, &Link::Extends(span));
        Ok(Merger::at(&["services", name.as_str()], self.loader.sink).merge(source, over))
    }

    fn circle(&mut self, trail: &[Place], place: Place, span: Span) -> Failed {
        let mut message = "services extend each other in a circle: ".to_owned();
        let start = trail.iter().position(|one| *one == place).unwrap_or_default();
        for one in trail.iter().skip(start).chain([&place]) {
            let name = self.entry(*one).map_or("", |entry| entry.key.name.as_str());
            let file = self.tables.get(one.0).map_or("", |table| table.file.as_str());
            if !message.ends_with(": ") {
                message.push_str(" extends ");
            }
            message.extend(["`", name, "` in ", file]);
        }
        self.loader.fail(Code::ExtendsCycle, message, span)
    }
}

/// Adds a link to the way that every node of a tree came.
pub(super) fn mark(node: &mut Node, link: &Link) {
    node.chain.push(link.clone());
    match &mut node.data {
        Data::Seq(items) => items.iter_mut().for_each(|item| mark(item, link)),
        Data::Map(entries) => entries.iter_mut().for_each(|entry| mark(&mut entry.value, link)),
        _ => {}
    }
}
