//! Where an output field comes from.

use super::Span;

/// Where a field of an object, or a decision, comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A place in a compose file, an environment file or a settings file.
    Input(Span),
    /// The image catalogue's entry of that name.
    Catalog(String),
    /// A rule of c2k, named in a few words.
    Rule(&'static str),
    /// A command line flag.
    Flag(String),
}
