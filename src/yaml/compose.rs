//! The composer: events of the parser become trees, aliases and merge keys are resolved.

use std::{borrow::Cow, collections::BTreeMap};

use granit_parser::{Event, Parser, ScalarStyle, StrInput, Tag as EventTag};

use super::{merge_key, scalar, syntax, tag};
use crate::{
    text::{Code, Diagnostic, Failed, FileId, Sink, Span},
    yaml::{Data, Entry, Key, Link, Node},
};

/// How deep nodes may nest, aliases expanded. Later phases recurse over the tree.
const MAX_DEPTH: usize = 200;
/// How many nodes the aliases of one document may copy beyond as many as are written.
const MAX_COPIES: usize = 100_000;
/// How many nodes may be kept for aliases; anchors in anchors keep theirs several times.
const MAX_ANCHORED: usize = 1_000_000;
/// How many errors of one file are reported.
const MAX_ERRORS: usize = 100;
/// Text of this many bytes weighs as much as a node.
const BYTES_PER_NODE: usize = 128;

/// An event and where it stands.
type Located<'a> = (Event<'a>, granit_parser::Span);

/// A node that an alias can refer to.
struct Anchor {
    node: Node,
    weight: usize,
    height: usize,
}

/// A node with its size, which limits how often it is copied.
pub(super) struct Composed {
    /// The node.
    pub(super) node: Node,
    /// Its nodes and text.
    pub(super) weight: usize,
    /// How many levels of nodes are below it.
    pub(super) height: usize,
}

/// Turns the events of one file into trees.
pub(super) struct Composer<'a> {
    file: FileId,
    text: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    sink: &'a mut Sink,
    anchors: BTreeMap<usize, Anchor>,
    copies: usize,
    anchored: usize,
    nodes: usize,
    errors: usize,
}

impl<'a> Composer<'a> {
    /// A composer for the text of a file.
    pub(super) fn new(file: FileId, text: &'a str, sink: &'a mut Sink) -> Self {
        let options = granit_parser::options! {
            emit_unresolved_aliases: true,
            emit_comments: false,
            flow_nesting_limit: MAX_DEPTH + 1,
            block_nesting_limit: MAX_DEPTH + 1,
        };
        let parser = Parser::new_from_str_with_options(text, options);
        Self {
            file,
            text,
            parser,
            sink,
            anchors: BTreeMap::new(),
            copies: 0,
            anchored: 0,
            nodes: 0,
            errors: 0,
        }
    }

    /// All documents of the file.
    pub(super) fn documents(mut self) -> Result<Vec<Node>, Failed> {
        let mut documents = Vec::new();
        loop {
            match self.next()?.0 {
                Event::StreamEnd => break,
                Event::DocumentStart(..) => {
                    self.anchors.clear();
                    (self.copies, self.anchored, self.nodes) = (0, 0, 0);
                    let first = self.next()?;
                    documents.push(self.node(first, 0)?.node);
                }
                _ => {}
            }
        }
        if self.errors > 0 { Err(Failed) } else { Ok(documents) }
    }

    /// The next event; a syntax error ends the file.
    fn next(&mut self) -> Result<Located<'a>, Failed> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                Err(self.sink.fail(syntax::diagnostic(&error, self.file, self.text)))
            }
            None => Ok((Event::StreamEnd, granit_parser::Span::default())),
        }
    }

    /// Reports an error that does not hinder reading on.
    pub(super) fn error(&mut self, diagnostic: Diagnostic) {
        self.errors += 1;
        if self.errors <= MAX_ERRORS {
            self.sink.push(diagnostic);
        }
    }

    /// The span of an event, in this file.
    fn span(&self, span: granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        let end = range.end.min(self.text.len());
        let at = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Span::new(self.file, at(range.start.min(end)), at(end))
    }

    /// The node that starts with an event.
    fn node(&mut self, (event, place): Located<'a>, depth: usize) -> Result<Composed, Failed> {
        let span = self.span(place);
        self.nodes += 1;
        if depth > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let weight = 1 + text.len() / BYTES_PER_NODE;
                let node = self.scalar(text, style, tag.as_deref(), span);
                self.keep(anchor, Composed { node, weight, height: 0 })
            }
            Event::SequenceStart(_, anchor, tag) => {
                let mut composed = self.sequence(span, depth)?;
                composed.node.tag = tag.as_deref().and_then(tag::compose_tag);
                self.keep(anchor, composed)
            }
            Event::MappingStart(_, anchor, tag) => {
                let mut composed = self.mapping(span, depth)?;
                composed.node.tag = tag.as_deref().and_then(tag::compose_tag);
                self.keep(anchor, composed)
            }
            Event::Alias(id) => self.alias(id, span, depth),
            Event::UnresolvedAlias(name) => Ok(self.unknown_alias(&name, span)),
            _ => Ok(Composed { node: Node::new(Data::Null, span), weight: 1, height: 0 }),
        }
    }

    /// Keeps a node for the aliases that may refer to it.
    fn keep(&mut self, anchor: usize, composed: Composed) -> Result<Composed, Failed> {
        if anchor != 0 {
            let Composed { node, weight, height } = &composed;
            self.anchored = self.anchored.saturating_add(*weight);
            if self.anchored > MAX_ANCHORED {
                return Err(self.bomb(node.span));
            }
            let anchored = Anchor { node: node.clone(), weight: *weight, height: *height };
            self.anchors.insert(anchor, anchored);
        }
        Ok(composed)
    }

    /// A scalar of any style.
    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        tag: Option<&EventTag>,
        span: Span,
    ) -> Node {
        let text = self.without_added_newline(text, style, span);
        let span = self.without_end_of_line(span);
        if let Some(tag) = tag {
            return match tag::scalar(&text, style == ScalarStyle::Plain, tag) {
                Ok(data) => Node { tag: tag::compose_tag(tag), ..Node::new(data, span) },
                Err(message) => {
                    self.error(Diagnostic::new(Code::YamlSyntax, message).at(span));
                    Node::new(Data::Null, span)
                }
            };
        }
        let data = match style {
            ScalarStyle::Plain => scalar::resolve(&text),
            _ => Data::String(text.into_owned()),
        };
        Node::new(data, span)
    }

    /// A block scalar that the end of the file cuts has no newline at its end; the parser adds one.
    fn without_added_newline(
        &self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        span: Span,
    ) -> Cow<'a, str> {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if !block || (span.end as usize) < self.text.len() || self.text.ends_with(['\n', '\r']) {
            return text;
        }
        let last_line = self.text.rsplit('\n').next().unwrap_or_default();
        match text.strip_suffix('\n') {
            Some(cut) if !last_line.trim().is_empty() => Cow::Owned(cut.to_owned()),
            _ => text,
        }
    }

    /// A span that ends with the text of its last line: that of a block scalar ends below it.
    fn without_end_of_line(&self, span: Span) -> Span {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let blank = text.len() - text.trim_ascii_end().len();
        Span { end: span.end - u32::try_from(blank).unwrap_or(0), ..span }
    }

    /// The items of a list up to its end.
    fn sequence(&mut self, start: Span, depth: usize) -> Result<Composed, Failed> {
        let (mut items, mut weight, mut height) = (Vec::new(), 1, 0);
        let mut last = None;
        let end = loop {
            let (event, place) = self.next()?;
            if matches!(event, Event::SequenceEnd | Event::StreamEnd) {
                break self.span(place);
            }
            let item = self.node((event, place), depth + 1)?;
            last = Some(written(&item.node, self.span(place)));
            weight += item.weight;
            height = height.max(item.height + 1);
            items.push(item.node);
        };
        let span = self.collection_span(start, last, end);
        Ok(Composed { node: Node::new(Data::Seq(items), span), weight, height })
    }

    /// The entries of a mapping up to its end, merge keys resolved.
    fn mapping(&mut self, start: Span, depth: usize) -> Result<Composed, Failed> {
        let mut entries = merge_key::Entries::default();
        let (mut weight, mut height) = (1, 0);
        let mut last = None;
        let end = loop {
            let (event, place) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                break self.span(place);
            }
            let (key, merges) = self.key((event, place), depth + 1)?;
            let value = self.next()?;
            let place = self.span(value.1);
            let value = self.node(value, depth + 1)?;
            weight += value.weight + key.name.len() / BYTES_PER_NODE;
            height = height.max(value.height + 1);
            last = Some(written(&value.node, place));
            entries.push(Entry { key, value: value.node }, merges);
        };
        let span = self.collection_span(start, last, end);
        let entries = entries.finish(self);
        Ok(Composed { node: Node::new(Data::Map(entries), span), weight, height })
    }

    /// The key that an event is, and whether it is a merge key.
    fn key(&mut self, (event, place): Located<'a>, depth: usize) -> Result<(Key, bool), Failed> {
        let span = self.span(place);
        if let Event::Scalar(text, style, 0, None) = event {
            let plain = style == ScalarStyle::Plain;
            if plain && scalar::is_typed(&text) {
                self.non_string_key(&text, span);
            }
            let merges = plain && text == "<<";
            return Ok((Key { name: text.into_owned(), span }, merges));
        }
        let merge_tag = event.tag().is_some_and(tag::is_merge);
        let node = self.node((event, place), depth)?.node;
        let name = if let Data::String(name) = node.data {
            name
        } else {
            self.unreadable_key(&node, span);
            format!("<{}>", node.kind())
        };
        let merges = merge_tag && name == "<<";
        Ok((Key { name, span }, merges))
    }

    /// Reports a key that is no string.
    fn non_string_key(&mut self, text: &str, span: Span) {
        let text = if text.is_empty() { "null" } else { text };
        let diagnostic =
            Diagnostic::new(Code::NonStringKey, format!("key `{text}` is not a string")).at(span);
        self.error(diagnostic.help(format!("write `\"{text}\":`")));
    }

    /// Reports a key that is a list or mapping, or a tagged scalar that is no string.
    fn unreadable_key(&mut self, node: &Node, span: Span) {
        let message = format!("a {} cannot be a key", node.kind());
        let help =
            "keys are strings; a value that starts with `{` or `[` needs quotes if it is a string";
        self.error(Diagnostic::new(Code::NonStringKey, message).at(span).help(help));
    }

    /// A collection's span: the parser ends a block at the next token, so the last child counts.
    fn collection_span(&self, start: Span, last: Option<Span>, end: Span) -> Span {
        let closed = self.text.get(end.start as usize..end.end as usize);
        match (closed, last) {
            (Some("]" | "}"), _) => start.to(end),
            (_, Some(last)) => start.to(last),
            _ => start,
        }
    }

    /// A copy of the node that an alias refers to.
    fn alias(&mut self, id: usize, span: Span, depth: usize) -> Result<Composed, Failed> {
        let Some(anchor) = self.anchors.get(&id) else {
            let name = self.text.get(span.start as usize + 1..span.end as usize);
            let message = format!("alias `*{}` stands in its own node", name.unwrap_or_default());
            self.error(Diagnostic::new(Code::UnknownAlias, message).at(span));
            return Ok(Composed { node: Node::new(Data::Null, span), weight: 1, height: 0 });
        };
        let (weight, height) = (anchor.weight, anchor.height);
        if depth + height > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        self.copies = self.copies.saturating_add(weight);
        if self.copies > MAX_COPIES + self.nodes {
            return Err(self.bomb(span));
        }
        let mut node = anchor.node.clone();
        node.chain.push(Link::Alias(span));
        Ok(Composed { node, weight, height })
    }

    /// Reports an alias without an anchor; null takes its place.
    fn unknown_alias(&mut self, name: &str, span: Span) -> Composed {
        let message = format!("alias `*{name}` has no anchor before it");
        let help = format!(
            "name the value that is meant with `&{name}`, or put `\"*{name}\"` in quotes if a string is meant"
        );
        self.error(Diagnostic::new(Code::UnknownAlias, message).at(span).help(help));
        Composed { node: Node::new(Data::Null, span), weight: 1, height: 0 }
    }

    /// Reports aliases that stand for too many nodes, which ends the file.
    fn bomb(&mut self, span: Span) -> Failed {
        let message = "the aliases of the document expand to too many nodes";
        let diagnostic = Diagnostic::new(Code::AliasBomb, message)
            .at_with(span, "the limit is reached here")
            .help("write fewer aliases of aliases");
        self.sink.fail(diagnostic)
    }

    /// Reports nodes nested too deeply, which ends the file.
    fn too_deep(&mut self, span: Span) -> Failed {
        self.sink.fail(syntax::too_deep(span))
    }
}

/// Where a child of a collection is written: an alias stands elsewhere than its node.
fn written(node: &Node, event: Span) -> Span {
    if node.span.start < event.start { event } else { node.span }
}
