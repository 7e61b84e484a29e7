use clap::CommandFactory;

use super::arguments::Cli;

#[test]
fn the_arguments_are_consistent() {
    Cli::command().debug_assert();
}
