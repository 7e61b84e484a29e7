//! Which process runs: `entrypoint` and `command`.

use super::{Traces, command, probes};
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
    secrets: &probes::Secrets,
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
    traces.at("command", service.key("entrypoint"));
    if cleared(entrypoint) {
        traces.at("command", service.key("command"));
        return (arguments(words.as_ref(), secrets), None);
    }
    traces.at("args", service.key("command"));
    (arguments(entrypoint.as_ref(), secrets), arguments(words.as_ref(), secrets))
}

/// Words of a command with secrets by reference and everything else as it is.
fn arguments(words: Option<&Vec<Text>>, secrets: &probes::Secrets) -> Option<Vec<String>> {
    let words = words?;
    let escaped = words.iter().map(|word| {
        let mut text = command::escape(&word.value);
        for (name, value) in secrets {
            text = text.replace(value.as_str(), &format!("$({name})"));
        }
        text
    });
    Some(escaped.collect())
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
        let process = plan("web", &service, &[], &mut Traces::default(), &mut sink);
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
