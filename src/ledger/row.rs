//! Rows of the contract, and how a key finds its row.

use std::{collections::BTreeMap, sync::LazyLock};

use super::rows;
use crate::text::did_you_mean;

/// The rows by their paths.
static BY_PATH: LazyLock<BTreeMap<&str, &Row>> =
    LazyLock::new(|| rows().map(|row| (row.path, row)).collect());

/// What becomes of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The key's path; names that people choose and positions in lists are left out:
    /// `services.depends_on.condition`.
    pub path: &'static str,
    /// What becomes of it where its value needs no more than that.
    pub fate: Fate,
    /// The objects and fields where it stands, or what it decides.
    pub becomes: &'static str,
    /// What differs, or what to do instead; may be empty.
    pub advice: &'static str,
}

/// What becomes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stands in fields of objects.
    Field,
    /// It decides which objects there are, or what is in them.
    Decision,
    /// Loading resolves it, as Compose does.
    Loaded,
    /// The closest thing that Kubernetes has is used.
    Approximated,
    /// Kubernetes has no counterpart.
    Refused,
    /// It is about Docker on one machine, and nothing is lost without it.
    Meaningless,
}

impl Fate {
    /// The word of the documentation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Field => "mapped",
            Self::Decision => "decides",
            Self::Loaded => "resolved on loading",
            Self::Approximated => "approximated",
            Self::Refused => "refused",
            Self::Meaningless => "no meaning in a cluster",
        }
    }
}

/// Declares the rows of one type of the model. Taking the type apart makes that a new attribute does
/// not compile before a row says what becomes of it.
macro_rules! contract {
    ($name:ident: $type:ident at $base:literal { $($field:ident $key:literal $fate:ident $becomes:literal, $advice:literal;)* }) => {
        pub(super) const $name: &[$crate::ledger::Row] = &[$($crate::ledger::Row {
            path: concat!($base, $key),
            fate: $crate::ledger::Fate::$fate,
            becomes: $becomes,
            advice: $advice,
        },)*];

        const _: fn($crate::compose::$type) = |all| {
            let $crate::compose::$type { $($field: _,)* extensions: _, keys: _, span: _ } = all;
        };
    };
}

pub(super) use contract;

/// The row of a path, or of the nearest key above it that has one.
pub(super) fn nearest(path: &str) -> Option<&'static Row> {
    let mut path = path;
    loop {
        if let Some(row) = BY_PATH.get(path) {
            return Some(row);
        }
        path = path.get(..path.rfind('.')?)?;
    }
}

/// The row that a person means: `services.healthcheck.interval`, `healthcheck.interval`, `ports`, or
/// with a name as in a file, `services.web.ports`. Else the path that is spelled most like it.
pub fn find(key: &str) -> Result<&'static Row, Option<&'static str>> {
    let exact = |path: &str| BY_PATH.get(path).copied();
    let key = key.trim_matches('.');
    let unnamed = without_name(key);
    [key.to_owned(), format!("services.{key}"), unnamed]
        .iter()
        .find_map(|path| exact(path))
        .or_else(|| rows().find(|row| row.path.ends_with(&format!(".{key}"))))
        .ok_or_else(|| {
            let full = rows().map(|row| row.path);
            let short = rows().map(|row| row.path.strip_prefix("services.").unwrap_or(row.path));
            did_you_mean(key, full).or_else(|| did_you_mean(key, short))
        })
}

/// `services.web.ports` without the name.
fn without_name(key: &str) -> String {
    let mut parts = key.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(section), Some(_), Some(rest)) => format!("{section}.{rest}"),
        _ => key.to_owned(),
    }
}

/// The rows below a path, itself left out.
pub fn paths(below: &Row) -> impl Iterator<Item = &'static Row> {
    let start = format!("{}.", below.path);
    rows().filter(move |row| row.path.starts_with(&start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_as_people_write_them() {
        let path = |key| find(key).map(|row| row.path);
        assert_eq!(path("services.ports"), Ok("services.ports"));
        assert_eq!(path("ports"), Ok("services.ports"));
        assert_eq!(path("healthcheck.interval"), Ok("services.healthcheck.interval"));
        assert_eq!(path("services.web.ports"), Ok("services.ports"));
        assert_eq!(path("volumes.driver_opts"), Ok("volumes.driver_opts"));
        assert_eq!(path("restart_policy.window"), Ok("services.deploy.restart_policy.window"));
        assert_eq!(path("prots"), Err(Some("ports")));
        assert_eq!(path("nonsense"), Err(None));
    }

    #[test]
    fn rows_are_unique_and_say_what_to_do() {
        let mut seen = std::collections::BTreeSet::new();
        for row in rows() {
            assert!(seen.insert(row.path), "{} twice", row.path);
            let loss = matches!(row.fate, Fate::Approximated | Fate::Refused | Fate::Meaningless);
            assert!(!loss || !row.advice.is_empty(), "{}: no advice", row.path);
            assert!(loss || !row.becomes.is_empty(), "{}: becomes nothing", row.path);
        }
    }
}
