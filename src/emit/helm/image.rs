//! Images as values: registry, repository, tag and digest.

use crate::yaml::{Map, Value};

/// The parts of an image's reference, which the chart's `image` template joins again.
pub(super) fn parts(reference: &str) -> Value {
    let (rest, digest) = split(reference.split_once('@'), reference);
    let (rest, tag) = match rest.rsplit_once(':') {
        // An empty tag is no tag, but it is what was written.
        Some((rest, tag)) if !tag.contains('/') && !tag.is_empty() => (rest, Some(tag)),
        _ => (rest, None),
    };
    let (registry, repository) = match rest.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
            (Some(host), path)
        }
        _ => (None, rest),
    };
    let parts = [
        ("registry", registry),
        ("repository", Some(repository)),
        ("tag", tag),
        ("digest", digest),
    ];
    let map: Map = parts.into_iter().filter_map(|(key, part)| Some((key, part?))).collect();
    Value::Map(map)
}

fn split<'t>(parts: Option<(&'t str, &'t str)>, all: &'t str) -> (&'t str, Option<&'t str>) {
    parts.map_or((all, None), |(rest, part)| (rest, Some(part)))
}

/// The last part of the repository's path.
pub(super) fn short_name(image: &Value) -> &str {
    let repository = image.get("repository").and_then(Value::as_str).unwrap_or_default();
    repository.rsplit('/').next().unwrap_or_default()
}

/// The reference that parts are of, if they are an image's.
pub(super) fn reference(image: &Value) -> Option<String> {
    let part = |key: &str| image.get(key).and_then(Value::as_str);
    let repository = part("repository")?;
    let registry = part("registry").map(|host| format!("{host}/")).unwrap_or_default();
    let tag = part("tag").map(|tag| format!(":{tag}")).unwrap_or_default();
    let digest = part("digest").map(|digest| format!("@{digest}")).unwrap_or_default();
    Some(format!("{registry}{repository}{tag}{digest}"))
}

/// The tag, if it has one.
pub(super) fn tag(image: &Value) -> Option<&str> {
    image.get("tag").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_reference_is_taken_apart_where_its_parts_are() {
        let text = |reference: &str| {
            let map = parts(reference);
            let part = |key| map.get(key).and_then(|v| v.as_str()).unwrap_or("-").to_owned();
            ["registry", "repository", "tag", "digest"].map(part).join(" ")
        };
        assert_eq!(text("redis"), "- redis - -");
        assert_eq!(text("bitnami/redis:7"), "- bitnami/redis 7 -");
        assert_eq!(text("localhost:5000/web"), "localhost:5000 web - -");
        assert_eq!(text("ghcr.io/a/b:1@sha256:ab"), "ghcr.io a/b 1 sha256:ab");
    }
}
