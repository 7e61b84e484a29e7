#![no_main]
//! The whole loader: files divided by lines that begin with `%%%`, in the order of `NAMES`.

use c2k::load::{Memory, Options};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 5] = ["compose.yaml", "compose.override.yaml", "b.yaml", "c.env", ".env"];

fuzz_target!(|text: &str| {
    let mut files = Memory::default();
    for (name, part) in NAMES.iter().zip(text.split("\n%%%\n")) {
        files = files.with(*name, part);
    }
    let mut options = Options { discover_override: true, ..Options::default() };
    c2k_fuzz::load(&files, &options);
    options.config = true;
    options.skip.normalization = true;
    c2k_fuzz::load(&files, &options);
});
