//! Image references: registry, repository, tag, digest.

use std::fmt;

/// Tags that name no version: what they mean changes under the same name.
const MOVING_TAGS: &[&str] = &[
    "alpine", "beta", "canary", "dev", "develop", "edge", "head", "latest", "main", "master",
    "nightly", "next", "rolling", "slim", "snapshot", "stable", "testing", "unstable",
];

/// An image reference, split into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The registry, where one is named: `ghcr.io`, `localhost:5000`.
    pub registry: Option<String>,
    /// The path below the registry: `library/postgres`, `postgres`, `team/app`.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// The digest with its algorithm: `sha256:…`.
    pub digest: Option<String>,
}

impl Reference {
    /// Splits a reference; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, digest) = match text.trim().split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text.trim(), None),
        };
        let (path, tag) = match name.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
            _ => (name, None),
        };
        let (registry, repository) = match path.split_once('/') {
            Some((first, rest)) if is_registry(first) => (Some(first), rest),
            _ => (None, path),
        };
        let whole =
            is_repository(repository) && tag.is_none_or(is_tag) && digest.is_none_or(is_digest);
        whole.then(|| Self {
            registry: registry.map(str::to_owned),
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Whether it names one version for good: a digest, or a tag that is not known to move.
    pub fn is_pinned(&self) -> bool {
        self.digest.is_some()
            || self.tag.as_deref().is_some_and(|tag| {
                !MOVING_TAGS.contains(&tag.split('-').next().unwrap_or(tag).to_lowercase().as_str())
            })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(registry) = &self.registry {
            write!(f, "{registry}/")?;
        }
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// Docker's rule: the first segment is a host if it has a dot or a port, or is `localhost`.
fn is_registry(segment: &str) -> bool {
    match segment.split_once(':') {
        Some((_, port)) => !port.is_empty() && port.chars().all(|c| c.is_ascii_digit()),
        None => segment == "localhost" || segment.contains('.'),
    }
}

fn is_repository(text: &str) -> bool {
    let legal =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    !text.is_empty() && text.split('/').all(|part| !part.is_empty() && part.chars().all(legal))
}

fn is_tag(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !text.is_empty() && text.len() <= 128 && text.chars().all(legal)
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        !algorithm.is_empty() && !hex.is_empty() && hex.chars().all(|c| c.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_references() {
        let of = |text: &str| {
            let reference = Reference::parse(text).unwrap();
            assert_eq!(reference.to_string(), text);
            let Reference { registry, repository, tag, digest } = reference;
            (registry.unwrap_or_default(), repository, tag.unwrap_or_default(), digest.is_some())
        };
        let parts = |r: &str, p: &str, t: &str, d| (r.to_owned(), p.to_owned(), t.to_owned(), d);
        assert_eq!(of("postgres"), parts("", "postgres", "", false));
        assert_eq!(of("team/app:1.2"), parts("", "team/app", "1.2", false));
        assert_eq!(of("localhost:5000/app"), parts("localhost:5000", "app", "", false));
        assert_eq!(of("ghcr.io/a/b:v1@sha256:ab"), parts("ghcr.io", "a/b", "v1", true));
    }

    #[test]
    fn what_is_no_reference() {
        for text in ["", ":", "Postgres", "a b", "app:", "app@", "a//b", "${IMAGE}", "app:x/y"] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }

    #[test]
    fn moving_tags_are_not_pinned() {
        let pinned = |text: &str| Reference::parse(text).unwrap().is_pinned();
        assert!(pinned("postgres:16"));
        assert!(pinned("minio/minio:RELEASE.2025-01-20T14-49-07Z"));
        assert!(pinned("app:latest@sha256:abcd"));
        for text in
            ["app", "app:latest", "app:nightly", "app:main", "nginx:alpine", "app:latest-pg16"]
        {
            assert!(!pinned(text), "{text}");
        }
    }
}
