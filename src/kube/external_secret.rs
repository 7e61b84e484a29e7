//! Secrets whose values a store of external-secrets.io has.

use serde_json::json;

use super::{Object, Role, lower::Whole};
use crate::settings::SecretMode;

/// An ExternalSecret for each Secret of the project, where a store has the values.
pub(crate) fn external_secrets(whole: &Whole) -> Vec<Object> {
    let app = whole.app;
    let Some(store) = app.secret_store.as_ref().filter(|_| app.secret_mode == SecretMode::External)
    else {
        return Vec::new();
    };
    let sets = app.secrets.iter();
    sets.map(|set| {
        let mut keys: Vec<&str> = set.entries.iter().map(|entry| entry.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        let data: Vec<_> = keys
            .into_iter()
            .map(|key| {
                let remote = format!("{}/{}/{key}", store.path.trim_end_matches('/'), set.name);
                json!({"secretKey": key, "remoteRef": {"key": remote}})
            })
            .collect();
        let resource = json!({
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": whole.meta(&set.name, set.service.as_deref()),
            "spec": {
                "refreshInterval": "1h",
                "secretStoreRef": {"kind": store.kind, "name": store.name},
                "target": {"name": set.name},
                "data": data,
            },
        });
        let mut made = whole.object(&resource, Role::Other, set.service.as_deref());
        made.origins.note("spec", &store.origin);
        made
    })
    .collect()
}
