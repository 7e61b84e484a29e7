#![no_main]
//! The YAML reader.

use c2k::{
    text::{Sink, Sources},
    yaml,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let file = sources.add("compose.yaml", text.to_owned());
    let read = yaml::parse_documents(file, &sources, &mut sink);
    assert!(read.is_ok() || sink.has_errors(), "refused without a word");
    c2k_fuzz::show(&sink, &sources);
});
