//! Reading: events of the parser composed to spanned trees.

use crate::{
    text::{Failed, FileId, Sink, Sources},
    yaml::Node,
};

/// Reads the single document of a file; an empty file is null.
pub fn parse(file: FileId, sources: &Sources, sink: &mut Sink) -> Result<Node, Failed> {
    let _ = (file, sources, sink);
    Err(Failed)
}

/// Reads all documents of a file, in order.
pub fn parse_documents(
    file: FileId,
    sources: &Sources,
    sink: &mut Sink,
) -> Result<Vec<Node>, Failed> {
    let _ = (file, sources, sink);
    Err(Failed)
}
