//! The binary `c2k`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(c2k::cli::main().code())
}
