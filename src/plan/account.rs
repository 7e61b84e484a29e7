//! The accounts that pods run under, and what is taken from objects that exist.

use super::{Account, Draft};
use crate::{
    settings::EnvFrom,
    text::{Code, Diagnostic, Sink},
};

/// The account of a service's pods, where a setting names one.
pub(crate) fn plan(draft: &Draft) -> Option<Account> {
    let said = draft.settings.service_account.as_ref()?;
    let wanted = &said.value;
    Some(Account {
        name: wanted.name.clone().unwrap_or_else(|| draft.kube.clone()),
        create: wanted.create,
        annotations: wanted.annotations.clone(),
        automount: wanted.automount,
        origin: said.origin.clone(),
    })
}

/// The existing objects whose keys become variables of a service.
pub(crate) fn env_from(draft: &Draft, sink: &mut Sink) -> Vec<EnvFrom> {
    let Some(said) = &draft.settings.env_from else { return Vec::new() };
    for item in &said.value {
        if item.config_map.is_some() == item.secret.is_some() {
            let message = format!("`envFrom` of `{}` names one object an item", draft.name);
            let wrong = Diagnostic::new(Code::BadSetting, message).at(said.span());
            sink.push(wrong.help("`{configMap: NAME}` or `{secret: NAME}`"));
        }
    }
    said.value.clone()
}
