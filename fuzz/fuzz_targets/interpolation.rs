#![no_main]
//! Interpolation: the text is a value, a default in an environment file, and a listed variable.

use c2k::load::{Memory, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // What YAML cannot hold in quotes is the YAML reader's business.
    let quoted: String = text.chars().filter(|c| !c.is_control()).collect();
    let quoted = quoted.replace('\'', "''");
    let project = format!(
        "name: '{quoted}'\nservices:\n  a:\n    image: x\n    command: ['{quoted}']\n    \
         cpus: '{quoted}'\n    ports: ['{quoted}']\n    environment: ['A={quoted}', '{quoted}']\n"
    );
    let mut options = Options::default();
    for (name, value) in [("A", "a"), ("B", "${A}"), ("EMPTY", ""), ("N", "1")] {
        options.environment.insert(name.to_owned(), value.to_owned());
    }
    let files = Memory::default().with("compose.yaml", project);
    c2k_fuzz::load(&files, &options);
    options.skip.interpolation = true;
    c2k_fuzz::load(&files, &options);
});
