//! Cargo, called from a program that cargo itself started.

use std::{
    env,
    ffi::{OsStr, OsString},
    process::Command,
};

use crate::{Result, context, repository};

/// What cargo tells the programs that it starts about their package.
const TOLD: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_NAME"];

/// A call of cargo at the top of the repository, as a person would make it.
///
/// Without the variables of the calling package, since some build scripts run again when those
/// change.
pub fn command(args: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(args).current_dir(repository());
    for name in env::vars_os().map(|(name, _)| name).filter(is_told) {
        command.env_remove(name);
    }
    command
}

fn is_told(name: &OsString) -> bool {
    TOLD.iter().any(|told| name.to_string_lossy().starts_with(told))
}

/// Runs cargo with its output shown.
pub fn run(args: &[&str]) -> Result {
    run_with("CARGO_TERM_QUIET", "false", args)
}

/// Runs cargo with one variable set and its output shown.
pub fn run_with(name: &str, value: impl AsRef<OsStr>, args: &[&str]) -> Result {
    println!("cargo {}", args.join(" "));
    let status = context(command(args).env(name, value).status(), "cannot run cargo")?;
    if status.success() { Ok(()) } else { Err(format!("`cargo {}` failed", args.join(" "))) }
}
