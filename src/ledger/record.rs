//! The record of one conversion: what became of each key that is there.

use std::collections::BTreeMap;

use super::{
    row::{Fate, Row},
    walk::{self, Key},
};
use crate::{
    text::{Code, Diagnostic, Severity, Span},
    yaml::Node,
};

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The cluster does what it asks for.
    Mapped,
    /// The cluster does something close.
    Approximated,
    /// The cluster does nothing of it.
    Refused,
}

impl Verdict {
    /// The word of the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mapped => "mapped",
            Self::Approximated => "approximated",
            Self::Refused => "refused",
        }
    }

    /// What a diagnostic of that code says about the key it points at.
    pub(crate) fn of(code: Code) -> Option<Self> {
        use Code as C;
        match code {
            C::LeftOut
            | C::HostPath
            | C::DevelopmentMount
            | C::BindUnreadable
            | C::BindTooLarge
            | C::PortNotNumber
            | C::Refused
            | C::SilentlyIgnored => Some(Self::Refused),
            C::Approximated | C::NameChanged | C::SharedVolume | C::CommandCut => {
                Some(Self::Approximated)
            }
            _ => None,
        }
    }
}

/// Whether a service runs in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Runs,
    /// It runs elsewhere, as a setting says.
    Outside,
    /// It is left out.
    LeftOut,
}

/// What became of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key's path: `services.web.ports[0].target`.
    pub path: String,
    /// The service that it belongs to.
    pub service: Option<String>,
    /// Where it is written.
    pub span: Span,
    /// The key and its value; the key alone where the value is of another file.
    pub region: Span,
    /// The value.
    pub value: Span,
    /// Whether a person wrote it, not loading.
    pub written: bool,
    /// What became of it.
    pub verdict: Verdict,
    /// The row that says so; none for extensions.
    pub row: Option<&'static Row>,
    /// Where it stands, or why not and what to do.
    pub note: String,
}

/// The record of one conversion.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Every key, a key before those below it.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// The record of a canonical tree: the contract says what becomes of a key, unless a diagnostic
    /// says otherwise of its value.
    pub fn of(tree: &Node, standing: &BTreeMap<String, Standing>, said: &[Diagnostic]) -> Self {
        let mut ledger = Self::default();
        walk::keys(tree, &mut |key| {
            let standing = key.service.and_then(|name| standing.get(name)).copied();
            ledger.entries.push(entry(key, standing.unwrap_or(Standing::Runs)));
            true
        });
        ledger.hear(said);
        ledger
    }

    /// The verdict about a service's key and all that is below it: the worst.
    pub fn verdict(&self, path: &str) -> Option<Verdict> {
        let below = |entry: &&Entry| {
            entry
                .path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.entries.iter().filter(below).map(|entry| entry.verdict).max()
    }

    /// Takes in what was said about values.
    fn hear(&mut self, said: &[Diagnostic]) {
        for diagnostic in said {
            let Some(verdict) = Verdict::of(diagnostic.code) else { continue };
            let Some(label) = &diagnostic.primary else { continue };
            let holds = |entry: &Entry| {
                contains(entry.region, label.span) || contains(entry.value, label.span)
            };
            // The innermost key is what was meant; the same text may be in several services.
            let innermost = self
                .entries
                .iter()
                .filter(|entry| holds(entry))
                .map(|entry| entry.region.end - entry.region.start)
                .min();
            let note = match &diagnostic.help {
                Some(help) => format!("{}: {help}", diagnostic.message),
                None => diagnostic.message.clone(),
            };
            for entry in &mut self.entries {
                let size = entry.region.end.saturating_sub(entry.region.start);
                let within = contains(label.span, entry.region) && label.span != entry.span;
                if (holds(entry) && Some(size) == innermost) || within {
                    if diagnostic.severity > Severity::Note || verdict == Verdict::Refused {
                        entry.verdict = entry.verdict.max(verdict);
                    }
                    entry.note.clone_from(&note);
                }
            }
        }
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

fn entry(key: &Key, standing: Standing) -> Entry {
    let asks_nothing = walk::asks_nothing(&key.generic, key.value);
    let (verdict, note) = match (standing, key.row) {
        (Standing::Outside, _) => {
            (Verdict::Refused, "the service runs outside of the cluster, as a setting says")
        }
        (Standing::LeftOut, _) => (Verdict::Refused, "the service is left out"),
        (Standing::Runs, None) => (Verdict::Mapped, "an extension, which Compose ignores too"),
        (Standing::Runs, Some(row)) => match row.fate {
            _ if asks_nothing && row.path == key.generic => {
                (Verdict::Mapped, "it asks for what is so in every cluster")
            }
            Fate::Field | Fate::Decision | Fate::Loaded => (Verdict::Mapped, row.becomes),
            Fate::Approximated => (Verdict::Approximated, row.advice),
            Fate::Refused | Fate::Meaningless => (Verdict::Refused, row.advice),
        },
    };
    Entry {
        path: key.path.clone(),
        service: key.service.map(str::to_owned),
        span: key.span,
        region: key.region,
        value: key.value.span,
        written: key.written,
        verdict,
        row: key.row,
        note: note.to_owned(),
    }
}
