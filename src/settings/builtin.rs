//! The environments that come with c2k.

/// Their names.
pub(super) const NAMES: [&str; 3] = ["dev", "staging", "production"];

/// The text of a built-in environment.
pub(super) fn text(name: &str) -> Option<&'static str> {
    match name {
        "dev" => Some(include_str!("../../overlays/dev/environment.yaml")),
        "staging" => Some(include_str!("../../overlays/staging/environment.yaml")),
        "production" => Some(include_str!("../../overlays/production/environment.yaml")),
        _ => None,
    }
}

/// How origins call a built-in environment.
pub(super) fn rule(name: &str) -> &'static str {
    match name {
        "dev" => "built-in environment `dev`",
        "staging" => "built-in environment `staging`",
        _ => "built-in environment `production`",
    }
}

/// Other names of a built-in environment.
pub(super) fn aliases(name: &str) -> &'static [&'static str] {
    match name {
        "dev" => &["development", "local"],
        "staging" => &["test", "qa", "stage"],
        "production" => &["prod"],
        _ => &[],
    }
}

/// The built-in environment that an alias stands for.
pub(super) fn resolve(alias: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|name| aliases(name).contains(&alias))
}
