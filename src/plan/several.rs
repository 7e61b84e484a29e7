//! Several pods of an image that is known to run as one.

use super::Draft;
use crate::{
    settings::Said,
    text::{Code, Diagnostic, Sink},
};

/// Whether somebody confirms that several pods are meant, or the image is not known to be one.
fn is_meant(draft: &Draft) -> bool {
    draft.settings.singleton.is_some() || !draft.facts.as_ref().is_some_and(|facts| facts.singleton)
}

/// Reports a setting by which there are several pods that know nothing of each other.
pub(crate) fn report<T>(draft: &Draft, most: i64, said: &Said<T>, sink: &mut Sink) {
    if most < 2 || said.weak || is_meant(draft) {
        return;
    }
    let message = format!(
        "`{}` has up to {most} pods, each with data of its own: they know nothing of each other",
        draft.name
    );
    sink.push(Diagnostic::new(Code::SeveralOfOne, message).at(said.span()).help(advice(draft)));
}

/// What to do where several pods are wanted.
pub(crate) fn advice(draft: &Draft) -> &'static str {
    if draft.facts.as_ref().is_some_and(|facts| facts.clusters) {
        "several can form a cluster, which they never do by themselves: configure it, then say `singleton: false`"
    } else if draft.facts.as_ref().is_some_and(|facts| facts.singleton) {
        "its image forms no cluster: leave it at one, or say with `external` where one is that does"
    } else {
        "where its image forms a cluster by itself, say `singleton: false`"
    }
}
