//! Reading: documents of a file as spanned trees.

use crate::{
    text::{Code, Diagnostic, Failed, FileId, Sink, Sources, Span},
    yaml::{Data, Node, compose::Composer},
};

/// Reads the single document of a file; an empty file is null.
///
/// More than one document is an error, at the start of the second.
pub fn parse(file: FileId, sources: &Sources, sink: &mut Sink) -> Result<Node, Failed> {
    let mut documents = parse_documents(file, sources, sink)?.into_iter();
    let first = documents.next();
    if let Some(second) = documents.next() {
        let several = Diagnostic::new(Code::YamlSyntax, "the file has more than one document")
            .at_with(second.span, "the second document")
            .help("remove the line `---`, or put the documents into files of their own");
        return Err(sink.fail(several));
    }
    Ok(first.unwrap_or_else(|| Node::new(Data::Null, Span::new(file, 0, 0))))
}

/// Reads all documents of a file, in order.
pub fn parse_documents(
    file: FileId,
    sources: &Sources,
    sink: &mut Sink,
) -> Result<Vec<Node>, Failed> {
    let Some(source) = sources.get(file) else {
        return Err(sink.fail(Diagnostic::new(Code::FileUnreadable, "file was not read")));
    };
    Composer::new(file, &source.text, sink).documents()
}

#[cfg(test)]
mod tests;
