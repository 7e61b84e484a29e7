//! What the fuzz targets share: a project in memory, loaded and shown.

use c2k::{
    compose,
    load::{self, Memory, Options},
    text::{Sink, Sources, Style, render},
    yaml,
};

/// Loads the project as `c2k config` does, and prints what came of it.
///
/// A project that is refused has a reason, and every message can be shown.
pub fn load(files: &Memory, options: &Options) {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let loaded = load::load(files, options, &mut sources, &mut sink);
    show(&sink, &sources);
    match loaded {
        Ok(loaded) => drop(yaml::emit(&compose::config(&loaded.tree))),
        Err(_) => assert!(sink.has_errors(), "refused without a word"),
    }
}

/// Renders every message.
pub fn show(sink: &Sink, sources: &Sources) {
    for diagnostic in sink.iter() {
        drop(render(diagnostic, sources, Style::Plain));
    }
}
