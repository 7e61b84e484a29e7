//! YAML in both directions.
//!
//! [`parse`] reads documents to [`Node`]s, which know where they stand; [`emit`] writes [`Value`]s,
//! the one output tree of manifests, Kustomize files and charts.

mod compose;
mod emit;
mod merge_key;
mod node;
mod parse;
mod quote;
mod scalar;
mod syntax;
mod tag;
mod timestamp;
mod typed;
mod value;

pub use emit::{emit, emit_documents, emit_template};
pub use node::{Data, Entry, Key, Link, Node, Part, Tag, Template};
pub use parse::{parse, parse_documents};
pub(crate) use typed::read_typed;

pub use typed::Problem;
pub use value::{Field, Guard, Hole, Map, Value};
