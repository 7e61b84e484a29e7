//! What c2k says about the input, and the sink that collects it.

use std::collections::BTreeMap;

use super::{Code, Span};

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Note,
    /// Converted differently than the user may expect, or left out.
    Warning,
    /// A finding that must be dealt with before going live: output is written, exit code 1.
    Finding,
    /// The input is wrong: nothing is written, exit code 2.
    Error,
}

/// A place in the input and what to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty.
    pub text: String,
}

/// One message about the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of problem.
    pub code: Code,
    /// How bad it is; from the code unless raised or lowered.
    pub severity: Severity,
    /// What is wrong, in one line: lower case, no full stop, names in backticks.
    pub message: String,
    /// Where it is.
    pub primary: Option<Label>,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of `code` with the code's own severity.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: None,
            labels: Vec::new(),
            help: None,
        }
    }

    /// Sets where the problem is; a span that points nowhere leaves the place open.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        if !span.is_none() {
            self.primary = Some(Label { span, text: String::new() });
        }
        self
    }

    /// Sets where the problem is, with a text beside the underline.
    #[must_use]
    pub fn at_with(mut self, span: Span, text: impl Into<String>) -> Self {
        if !span.is_none() {
            self.primary = Some(Label { span, text: text.into() });
        }
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        if !span.is_none() {
            self.labels.push(Label { span, text: text.into() });
        }
        self
    }

    /// Sets what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds "did you mean" to the help where there is a suggestion.
    #[must_use]
    pub fn suggest(self, suggestion: Option<&str>) -> Self {
        match suggestion {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// Changes the severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// The phase could not go on; why is in the sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

/// Collects the diagnostics of a run, in the order they were found.
#[derive(Debug, Clone, Default)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
    /// Where the diagnostics of a place and code are, so that thousands are compared with few.
    places: BTreeMap<(Code, Span), Vec<usize>>,
}

impl Sink {
    /// Adds a diagnostic; one that says the same of the same place is kept once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let span = diagnostic.primary.as_ref().map_or(Span::NONE, |label| label.span);
        let places = self.places.entry((diagnostic.code, span)).or_default();
        if !places.iter().any(|at| self.diagnostics.get(*at) == Some(&diagnostic)) {
            places.push(self.diagnostics.len());
            self.diagnostics.push(diagnostic);
        }
    }

    /// Adds an error and returns the value that ends the phase.
    pub fn fail(&mut self, diagnostic: Diagnostic) -> Failed {
        self.push(diagnostic);
        Failed
    }

    /// Adds all of another sink's diagnostics.
    pub fn append(&mut self, other: Self) {
        for diagnostic in other.diagnostics {
            self.push(diagnostic);
        }
    }

    /// Drops the diagnostics that do not pass.
    pub fn retain(&mut self, pass: impl Fn(&Diagnostic) -> bool) {
        let all = std::mem::take(self).diagnostics;
        all.into_iter().filter(pass).for_each(|diagnostic| self.push(diagnostic));
    }

    /// The worst severity so far.
    pub fn worst(&self) -> Option<Severity> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.severity).max()
    }

    /// Whether an error was found.
    pub fn has_errors(&self) -> bool {
        self.worst() == Some(Severity::Error)
    }

    /// `Err` if an error was found.
    pub fn check(&self) -> Result<(), Failed> {
        if self.has_errors() { Err(Failed) } else { Ok(()) }
    }

    /// The diagnostics in the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }
}
