//! Credentials of external stores that an existing Secret has.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    compose::Project,
    plan::{App, Draft, references, sensitive},
    text::{Code, Diagnostic, Origin, Sink},
};

/// The stores whose credentials are in Secrets of their own.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    stores: Vec<Store>,
}

#[derive(Debug)]
struct Store {
    secret: String,
    origin: Origin,
    name: String,
    /// Host names of the store, in the form that references are found by.
    hosts: BTreeMap<String, String>,
    /// Its own secret values.
    values: BTreeSet<String>,
}

impl Credentials {
    /// The stores among `drafts`.
    pub(crate) fn of(
        drafts: &[Draft],
        hosts: &BTreeMap<String, String>,
        project: &Project,
    ) -> Self {
        let mut stores = Vec::new();
        for draft in drafts.iter().filter(|draft| draft.external) {
            let Some(said) = &draft.settings.external else { continue };
            let Some(secret) = &said.value.credentials else { continue };
            let service = project.services.get(draft.name);
            let environment = service.into_iter().flat_map(|service| service.environment.iter());
            let secrets = environment.filter_map(|(key, value)| {
                let value = value.as_ref()?;
                sensitive::is_sensitive(&key.value, &value.value).then(|| value.value.clone())
            });
            stores.push(Store {
                secret: secret.clone(),
                origin: said.origin.clone(),
                name: draft.name.to_owned(),
                values: secrets.filter(|value| !value.is_empty()).collect(),
                hosts: hosts
                    .iter()
                    .filter(|(_, service)| *service == draft.name)
                    .map(|(host, service)| (host.clone(), service.clone()))
                    .collect(),
            });
        }
        Self { stores }
    }

    /// The Secret that has a secret value: of a store that `whole` names, or that has the value.
    pub(crate) fn home(&self, value: &str, whole: &str) -> Option<String> {
        let found = self.stores.iter().find(|store| {
            store.values.contains(value) || !references::find(whole, &store.hosts).is_empty()
        });
        found.map(|store| store.secret.clone())
    }
}

/// Takes the Secrets that exist already out of those that are the project's own, and says which keys
/// they need.
pub(crate) fn take(app: &mut App, credentials: &Credentials, sink: &mut Sink) {
    for store in &credentials.stores {
        let own = app.secrets.iter().position(|set| set.name == store.secret);
        let keys: Vec<String> = own.map_or_else(Vec::new, |at| {
            app.secrets.remove(at).entries.into_iter().map(|entry| entry.key).collect()
        });
        let message = if keys.is_empty() {
            format!("nothing reads the credentials of `{}` from `{}`", store.name, store.secret)
        } else {
            format!(
                "the Secret `{}` with credentials of `{}` must exist, with the keys {}",
                store.secret,
                store.name,
                keys.join(", ")
            )
        };
        let found = Diagnostic::new(Code::MustExist, message);
        sink.push(match store.origin {
            Origin::Input(span) => found.at(span),
            _ => found,
        });
    }
}
