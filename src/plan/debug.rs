//! Settings for development that reach an environment which is locked down.

use super::Draft;
use crate::{
    settings::production_value,
    text::{Code, Diagnostic, Sink},
};

/// Reports variables with values for development; none is changed, since only the program's owner
/// knows how it reads them (to `getenv`, `DEBUG=false` is set too).
pub(crate) fn report(draft: &Draft, sink: &mut Sink) {
    for (name, value) in draft.service.environment.iter() {
        let Some(value) = value else { continue };
        let Some(there) = production_value(&name.value, &value.value) else { continue };
        if draft.settings.environment.contains_key(&name.value) {
            continue;
        }
        let message = format!("`{}` of `{}` has a value for development", name.value, draft.name);
        sink.push(Diagnostic::new(Code::DebugSetting, message).at(name.span()).help(format!(
            "if the program takes it so: `services: {{{}: {{environment: {{{}: \"{there}\"}}}}}}`",
            draft.name, name.value
        )));
    }
}
