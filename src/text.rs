//! Source files, spans into them, and diagnostics.
//!
//! Every later phase points at the input through [`Span`] and reports through [`Sink`]; nothing else
//! writes a message about the user's input.

mod code;
mod diagnostic;
mod excerpt;
mod origin;
mod render;
mod source;
mod suggest;

pub use code::Code;
pub use diagnostic::{Diagnostic, Failed, Label, Severity, Sink};
pub use origin::Origin;
pub use render::{Style, render};
pub use source::{FileId, Position, Source, Sources, Span};
pub use suggest::did_you_mean;
