//! Which process runs: `entrypoint` and `command`.

use super::{Traces, hidden::Hider};
use crate::{
    compose::{Service, Text},
    text::{Code, Diagnostic, Sink},
};

/// `command` and `args` of a container.
pub(crate) type Process = (Option<Vec<String>>, Option<Vec<String>>);

/// What replaces the image's entrypoint and command.
///
/// An empty list clears the image's, which Kubernetes cannot say: then the other one has to do.
pub(crate) fn plan(
    name: &str,
    service: &Service,
    hider: &Hider,
    traces: &mut Traces,
    sink: &mut Sink,
) -> Process {
    let given = |words: &Option<Vec<Text>>| words.as_ref().is_some_and(|words| !words.is_empty());
    let cleared = |words: &Option<Vec<Text>>| words.as_ref().is_some_and(Vec::is_empty);
    let (entrypoint, words) = (&service.entrypoint, &service.command);
    let clears_in_vain = (cleared(entrypoint) && !given(words))
        || (cleared(words) && !given(entrypoint) && !cleared(entrypoint));
    if clears_in_vain {
        let key = if cleared(entrypoint) { "entrypoint" } else { "command" };
        sink.push(
            Diagnostic::new(
                Code::LeftOut,
                format!("`{key}` of `{name}` clears the image's, which Kubernetes cannot"),
            )
            .at(service.key(key))
            .help("write the whole `entrypoint`"),
        );
    }
    let arguments = |words: &Option<Vec<Text>>| words.as_ref().map(|words| hider.arguments(words));
    traces.at("command", service.key("entrypoint"));
    if cleared(entrypoint) {
        traces.at("command", service.key("command"));
        return (arguments(words), None);
    }
    traces.at("args", service.key("command"));
    (arguments(entrypoint), arguments(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::Decode;

    fn planned(entrypoint: Option<&[&str]>, words: Option<&[&str]>) -> (Process, usize) {
        let texts = |words: &[&str]| words.iter().map(|word| Text::bare(*word)).collect();
        let service = Service {
            entrypoint: entrypoint.map(texts),
            command: words.map(texts),
            ..Service::absent()
        };
        let mut sink = Sink::default();
        let known = crate::plan::known::Known::default();
        let hider = Hider { secrets: &[], known: &known };
        let process = plan("web", &service, &hider, &mut Traces::default(), &mut sink);
        (process, sink.iter().count())
    }

    #[test]
    fn cleared_entrypoints_leave_the_command_as_the_process() {
        let owned = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect());
        assert_eq!(planned(Some(&[]), Some(&["run"])), ((owned(&["run"]), None), 0));
        assert_eq!(planned(Some(&["sh"]), Some(&[])), ((owned(&["sh"]), owned(&[])), 0));
        assert_eq!(planned(None, Some(&[])).1, 1);
        assert_eq!(planned(Some(&[]), None).1, 1);
        assert_eq!(planned(None, Some(&["$(date)"])), ((None, owned(&["$$(date)"])), 0));
    }
}
