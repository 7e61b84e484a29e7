//! The command line: arguments, the disk, the terminal. Nothing here decides about objects.

mod arguments;
mod config;
mod convert;
mod diff;
mod explain;
mod init;
mod lists;
mod messages;
mod secrets;
mod summary;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use clap::{
    CommandFactory, Parser,
    error::{ContextKind, ContextValue, ErrorKind},
};

use arguments::{Cli, Command, Generate};

use crate::text::did_you_mean;

/// How a run ended, as the process's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// A finding, or a loss with `--strict`.
    Findings,
    /// The input is wrong; nothing was written.
    BadInput,
    /// A bug of c2k.
    Bug,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::BadInput => 2,
            Self::Bug => 3,
        }
    }
}

/// Runs the command line of this process.
pub fn main() -> Exit {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        say(&format!("c2k has a bug, sorry ({place}). Nothing is wrong with your input.\n"));
        say("Please report it with the command and, if you can, the compose file.\n");
    }));
    std::panic::catch_unwind(run).unwrap_or(Exit::Bug)
}

fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(mut error) => {
            suggest_flag(&mut error);
            // A closed pipe is no news.
            let _ = error.print();
            return if error.use_stderr() { Exit::BadInput } else { Exit::Done };
        }
    };
    let Cli { compose, command } = cli;
    match command {
        Command::Convert(args) => convert::run(&compose, &args),
        Command::Config(args) => config::run(&compose, &args),
        Command::Secrets(args) => secrets::run(&compose, &args),
        Command::Images(args) => lists::images(&compose, &args),
        Command::Explain(args) => explain::run(&compose, &args),
        Command::Diff(args) => diff::run(&compose, &args),
        Command::Init(args) => init::run(&compose, &args),
        Command::Schema => lists::schema(),
        Command::Generate(what) => generate(&what),
    }
}

/// Names the flag that was meant where clap does not: swapped letters of a short one are too far off.
fn suggest_flag(error: &mut clap::Error) {
    let unknown = error.kind() == ErrorKind::UnknownArgument;
    let (true, None) = (unknown, error.get(ContextKind::SuggestedArg)) else { return };
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidArg) else { return };
    let command = Cli::command();
    let called = std::env::args().find_map(|word| command.find_subcommand(word));
    let own = called.into_iter().flat_map(clap::Command::get_arguments);
    let names = command.get_arguments().chain(own).filter_map(clap::Arg::get_long);
    if let Some(name) = did_you_mean(wrong.trim_start_matches('-'), names) {
        let flag = ContextValue::String(format!("--{name}"));
        error.insert(ContextKind::SuggestedArg, flag);
    }
}

fn generate(what: &Generate) -> Exit {
    let mut text = Vec::new();
    match what {
        Generate::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "c2k", &mut text);
        }
        Generate::Man => {
            if let Err(error) = clap_mangen::Man::new(Cli::command()).render(&mut text) {
                return complain(&error.to_string());
            }
        }
    }
    print(&text, Exit::Done)
}

/// Writes a result to standard output. A reader that has seen enough is no error.
fn print(text: &[u8], exit: Exit) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("cannot write the result: {error}"))
        }
        _ => exit,
    }
}

/// Writes a message to standard error, coloured where that is a terminal.
fn say(text: &str) {
    // Nobody is left to tell.
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Says what is wrong with the input where no place in it can be shown.
fn complain(message: &str) -> Exit {
    say(&format!("error: {message}\n"));
    Exit::BadInput
}
