//! The tree's README.

use std::fmt::Write as _;

use crate::emit::{Bundle, Custom, SecretMode};

/// A few lines on what is here and how to use it.
pub(super) fn text(bundle: &Bundle) -> String {
    let mut text = format!(
        "# {}\n\nWritten by c2k. `base/` holds what all environments share, `overlays/<env>/` only what differs.\n",
        bundle.project
    );
    if bundle.environments.is_empty() {
        text.push_str("\n    kubectl apply -k base\n");
        return text;
    }
    text.push_str("\n| environment | command | Secrets |\n|---|---|---|\n");
    for environment in &bundle.environments {
        let name = &environment.environment;
        let folder = match &environment.custom {
            Some(_) => format!("overlays/{name}/{}/secrets", Custom::FOLDER),
            None => format!("overlays/{name}/secrets"),
        };
        let secrets = match environment.secret_mode {
            _ if environment.secrets.is_empty() => "none".to_owned(),
            SecretMode::Literal => {
                format!("values in `{folder}/`, which git ignores: for local use")
            }
            SecretMode::Reference => {
                let names: Vec<_> =
                    environment.secrets.iter().map(|secret| format!("`{}`", secret.name)).collect();
                format!("{} must exist: see `{folder}/`", names.join(", "))
            }
            SecretMode::External => "made by External Secrets".to_owned(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {name} | `kubectl apply -k overlays/{name}` | {secrets} |");
    }
    text
}
