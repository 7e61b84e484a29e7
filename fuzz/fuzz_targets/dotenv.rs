#![no_main]
//! The readers of environment files: as `.env`, as `env_file` in both formats, as `label_file`.

use c2k::load::{Memory, Options};
use libfuzzer_sys::fuzz_target;

const PROJECT: &str = "services:
  a: {image: 'x:${A:-${B}}', env_file: [c.env], label_file: c.env, environment: [A, B=$C]}
  b: {image: x, env_file: [{path: c.env, format: raw}]}
";

fuzz_target!(|text: &str| {
    let files = Memory::default().with("compose.yaml", PROJECT).with("c.env", text);
    c2k_fuzz::load(&files, &Options::default());
    let files = files.with(".env", text);
    c2k_fuzz::load(&files, &Options::default());
});
