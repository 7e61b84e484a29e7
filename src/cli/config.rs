//! `c2k config`.

mod forms;

use std::collections::BTreeSet;

use super::{
    Exit,
    arguments::{ComposeArgs, ConfigArgs, Format},
    complain, lists, messages, print,
};
use crate::{
    compose,
    load::{self, Disk, Loaded, Skip, WrittenVariable, written_variables},
    text::{Code, Diagnostic, Severity, Sink, Sources},
    yaml::{Map, Node, Value},
};

/// Prints the canonical model.
pub(super) fn run(compose: &ComposeArgs, args: &ConfigArgs) -> Exit {
    // Names of resources need no files of variables, and are of all services.
    let names = args.services || args.volumes || args.networks || args.models;
    let typed = names && !args.services || args.profiles || args.images || args.environment;
    let as_written = args.no_interpolate || args.variables;
    let mut options = compose.options(&[]);
    options.skip = Skip {
        interpolation: as_written,
        normalization: args.no_normalize,
        path_resolution: args.no_path_resolution,
        env_resolution: args.no_env_resolution || args.variables || names,
        consistency: args.no_consistency,
        container_names: names || typed,
        validation: args.variables,
        pruning: false,
        project: as_written && !typed,
    };
    let selects = !options.skip.project;
    options.config = true;
    if selects && !names {
        options.services.clone_from(&args.names);
    }
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let loaded = load::load(&Disk, &options, &mut sources, &mut sink);
    if !selects && !args.names.is_empty() {
        let message = "services are not selected without interpolation: all are printed";
        sink.push(Diagnostic::new(Code::SilentlyIgnored, message));
    }
    crate::convert::hide_secrets(&mut sources);
    messages::report(&sink, &sources, Severity::Note);
    let Ok(loaded) = loaded else { return Exit::BadInput };
    if sink.has_errors() {
        return Exit::BadInput;
    }
    if args.quiet {
        return Exit::Done;
    }
    let text = text(&loaded, args);
    match &args.output {
        None => print(text.as_bytes(), Exit::Done),
        Some(path) => match std::fs::write(path, text) {
            Ok(()) => Exit::Done,
            Err(error) => complain(&format!("cannot write `{}`: {error}", path.display())),
        },
    }
}

fn text(loaded: &Loaded, args: &ConfigArgs) -> String {
    let tree = &loaded.tree;
    if args.services {
        lines(names(tree, "services"))
    } else if args.volumes {
        lines(names(tree, "volumes"))
    } else if args.networks {
        lines(names(tree, "networks"))
    } else if args.images {
        lines(images(tree, &loaded.name))
    } else if args.profiles {
        let mut found = profiles(tree.get("services"));
        found.append(&mut profiles(Some(&loaded.disabled)));
        lines(found)
    } else if args.models {
        lines(models(tree))
    } else if args.variables {
        variables(tree, args.format)
    } else if args.environment {
        lines(loaded.environment.iter().map(|(name, value)| format!("{name}={value}")))
    } else {
        let as_written = args.no_interpolate;
        let model = if as_written { compose::config_as_written } else { compose::config };
        match args.format {
            None | Some(Format::Yaml) if as_written => lists::yaml(&model(tree)),
            None | Some(Format::Yaml) => lists::yaml(&forms::yaml(model(tree))),
            Some(Format::Json) if as_written => lists::json(&model(tree)) + "\n",
            Some(Format::Json) => lists::json(&forms::json(model(tree))) + "\n",
        }
    }
}

fn lines(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().map(|item| item + "\n").collect()
}

fn names(tree: &Node, section: &str) -> BTreeSet<String> {
    let entries = tree.get(section).and_then(Node::as_map).unwrap_or_default();
    entries.iter().map(|entry| entry.key.name.clone()).collect()
}

/// The images of services and jobs, an image each, and those of their hooks.
///
/// One without an image has the one that its build makes.
fn images(tree: &Node, project: &str) -> Vec<String> {
    let mut found = Vec::new();
    let sections =
        ["services", "jobs"].into_iter().filter_map(|section| tree.get(section)?.as_map());
    for service in sections.flatten() {
        let own = match service.value.get("image").and_then(Node::as_str) {
            Some(image) if !image.is_empty() => image.to_owned(),
            _ => format!("{project}-{}", service.key.name),
        };
        let hooks = service.value.get("pre_start").and_then(Node::as_seq).unwrap_or_default();
        let images = hooks.iter().filter_map(|hook| hook.get("image")?.as_str());
        found.extend(images.filter(|image| !image.is_empty() && *image != own).map(str::to_owned));
        found.push(own);
    }
    found.sort();
    found
}

fn models(tree: &Node) -> BTreeSet<String> {
    let models = tree.get("models").and_then(Node::as_map).unwrap_or_default();
    models
        .iter()
        .filter_map(|model| model.value.get("model")?.as_str())
        .map(str::to_owned)
        .collect()
}

fn profiles(services: Option<&Node>) -> BTreeSet<String> {
    let services = services.and_then(Node::as_map).unwrap_or_default();
    let lists = services.iter().filter_map(|service| service.value.get("profiles")?.as_seq());
    lists.flatten().filter_map(Node::as_str).map(str::to_owned).collect()
}

/// The variables of the files: a table, or what the format says.
fn variables(tree: &Node, format: Option<Format>) -> String {
    let found = written_variables(tree);
    let rows = found.iter();
    match format {
        None => table(rows.map(|(name, variable)| {
            let WrittenVariable { default, alternative, required } = variable;
            [name.clone(), required.to_string(), default.clone(), alternative.clone()]
        })),
        Some(Format::Yaml) => {
            variable_map(rows, ["name", "defaultvalue", "presencevalue", "required"], lists::yaml)
        }
        Some(Format::Json) => {
            variable_map(rows, ["Name", "DefaultValue", "PresenceValue", "Required"], |value| {
                lists::json(value) + "\n"
            })
        }
    }
}

fn variable_map<'v>(
    rows: impl Iterator<Item = (&'v String, &'v WrittenVariable)>,
    keys: [&str; 4],
    print: impl Fn(&Value) -> String,
) -> String {
    let [name_key, default_key, alternative_key, required_key] = keys;
    let mut all = Map::new();
    for (name, variable) in rows {
        let mut row = Map::new();
        row.insert(name_key, Value::String(name.clone()));
        row.insert(default_key, Value::String(variable.default.clone()));
        row.insert(alternative_key, Value::String(variable.alternative.clone()));
        row.insert(required_key, Value::Bool(variable.required));
        all.insert(name.as_str(), row);
    }
    print(&Value::Map(all))
}

/// Columns of at least 20 characters, three apart.
fn table(rows: impl Iterator<Item = [String; 4]>) -> String {
    let head = ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count() + 3).max().unwrap_or_default().max(20)
    };
    let [first, second, third] = [0, 1, 2].map(width);
    let line = |[name, required, default, alternative]: &[String; 4]| {
        format!("{name:first$}{required:second$}{default:third$}{alternative}\n")
    };
    rows.iter().map(line).collect()
}
