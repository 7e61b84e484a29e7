//! Where the parts of a plan come from.

use std::collections::BTreeMap;

use crate::{
    settings::Said,
    text::{Origin, Span},
};

/// Where the parts of a workload come from, by the part's name; lowering knows their fields.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    parts: BTreeMap<String, Trace>,
}

/// Where a part comes from, and what was said about it in weaker places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The place that won.
    pub origin: Origin,
    /// The places that lost.
    pub lost: Vec<Origin>,
}

impl Traces {
    /// Notes where a part is written; what stands nowhere leaves it open.
    pub(crate) fn at(&mut self, part: impl Into<String>, span: Span) {
        if !span.is_none() {
            self.note(part, Origin::Input(span));
        }
    }

    /// Notes where a part comes from; what was noted before lost.
    pub(crate) fn note(&mut self, part: impl Into<String>, origin: Origin) {
        let part = part.into();
        let mut lost = Vec::new();
        if let Some(before) = self.parts.remove(&part) {
            lost.push(before.origin);
            lost.extend(before.lost);
        }
        lost.retain(|other| *other != origin);
        self.parts.insert(part, Trace { origin, lost });
    }

    /// Notes the setting that a part comes from.
    pub(crate) fn said<T>(&mut self, part: impl Into<String>, said: Option<&Said<T>>) {
        let Some(said) = said else { return };
        let part = part.into();
        self.note(part.clone(), said.origin.clone());
        if let Some(trace) = self.parts.get_mut(&part) {
            trace.lost.splice(0..0, said.lost.iter().cloned());
        }
    }

    /// Where a part comes from.
    pub fn get(&self, part: &str) -> Option<&Trace> {
        self.parts.get(part)
    }

    /// All parts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Trace)> {
        self.parts.iter().map(|(part, trace)| (part.as_str(), trace))
    }
}
