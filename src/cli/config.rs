//! `c2k config`.

use std::{collections::BTreeSet, fmt::Write};

use super::{
    Exit,
    arguments::{ComposeArgs, ConfigArgs, Format},
    complain, lists, messages, print,
};
use crate::{
    compose,
    load::{self, Disk, Loaded, Skip},
    text::{Severity, Sink, Sources},
    yaml::Node,
};

/// Prints the canonical model.
pub(super) fn run(compose: &ComposeArgs, args: &ConfigArgs) -> Exit {
    let mut options = compose.options(&[]);
    options.services.clone_from(&args.names);
    options.swarm_notes = true;
    options.skip = Skip {
        interpolation: args.no_interpolate,
        normalization: args.no_normalize,
        path_resolution: args.no_path_resolution,
        env_resolution: args.no_env_resolution,
        consistency: args.no_consistency,
        pruning: false,
    };
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let loaded = load::load(&Disk, &options, &mut sources, &mut sink);
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
    } else if args.environment {
        variables(loaded)
    } else {
        let value = compose::config(tree);
        match args.format {
            Format::Yaml => lists::yaml(&value),
            Format::Json => lists::json(&value) + "\n",
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

/// A service without an image has the one that its build makes.
fn images(tree: &Node, project: &str) -> BTreeSet<String> {
    let services = tree.get("services").and_then(Node::as_map).unwrap_or_default();
    let image = |entry: &crate::yaml::Entry| match entry.value.get("image").and_then(Node::as_str) {
        Some(image) => image.to_owned(),
        None => format!("{project}-{}", entry.key.name),
    };
    services.iter().map(image).collect()
}

fn profiles(services: Option<&Node>) -> BTreeSet<String> {
    let services = services.and_then(Node::as_map).unwrap_or_default();
    let lists = services.iter().filter_map(|service| service.value.get("profiles")?.as_seq());
    lists.flatten().filter_map(Node::as_str).map(str::to_owned).collect()
}

fn variables(loaded: &Loaded) -> String {
    let mut text = String::new();
    for (name, variable) in &loaded.variables {
        let _ = writeln!(text, "{name}={}", variable.value);
    }
    text
}
