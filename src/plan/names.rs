//! Kubernetes names from Compose names.

/// A DNS label (RFC 1123) from a name: lower case, `-` for what is not allowed, at most 63 characters.
pub(crate) fn label(name: &str) -> String {
    let mut text: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    text.truncate(63);
    let text = text.trim_matches('-');
    if text.is_empty() { "x".to_owned() } else { text.to_owned() }
}

/// A name for a Service: a DNS label (RFC 1035) that starts with a letter.
pub(crate) fn service(name: &str) -> String {
    let label = label(name);
    if label.starts_with(|c: char| c.is_ascii_alphabetic()) {
        label
    } else {
        let mut text = format!("s-{label}");
        text.truncate(63);
        text.trim_end_matches('-').to_owned()
    }
}

/// The longest name of a StatefulSet: its pods have it in a label (`controller-revision-hash`), with
/// a dash and a hash of up to ten characters behind.
const LONGEST_STATEFUL: usize = 52;

/// The name of a service that a StatefulSet runs.
pub(crate) fn stateful(name: String) -> String {
    if name.len() <= LONGEST_STATEFUL {
        return name;
    }
    let start: String = name.chars().take(LONGEST_STATEFUL - 6).collect();
    format!("{}-{:05x}", start.trim_end_matches('-'), hash(&name) & 0xf_ffff)
}

/// `first-second`; a first part that is too long is shortened, and told from others by a hash.
pub(crate) fn joined(first: &str, second: &str) -> String {
    let room = 62_usize.saturating_sub(second.len());
    if first.chars().count() <= room {
        return format!("{first}-{second}");
    }
    let start: String = first.chars().take(room.saturating_sub(6)).collect();
    format!("{}-{:05x}-{second}", start.trim_end_matches('-'), hash(first) & 0xf_ffff)
}

/// FNV-1a: short names must differ, not resist anybody.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A key of a ConfigMap or Secret from a path: `conf.d/site.conf` → `conf.d_site.conf`.
pub(crate) fn key(path: &str) -> String {
    let text: String = path
        .trim_start_matches("./")
        .trim_matches('/')
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .collect();
    match text.as_str() {
        "" | "." | ".." => "file".to_owned(),
        _ if text.starts_with("..") => format!("file{text}"),
        _ => text.chars().take(253).collect(),
    }
}

/// Whether a text may be the value of a label.
pub(crate) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_qualified(text)
}

/// Whether a text may be the key of a label or an annotation.
pub(crate) fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => {
            let part = |part: &str| !part.is_empty() && label(part) == part && part.len() <= 63;
            prefix.len() <= 253 && prefix.split('.').all(part) && is_qualified(name)
        }
        None => is_qualified(text),
    }
}

fn is_qualified(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let ends = |c: char| c.is_ascii_alphanumeric();
    (1..=63).contains(&text.len())
        && text.chars().all(inner)
        && text.starts_with(ends)
        && text.ends_with(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels() {
        assert_eq!(label("My_App.web"), "my-app-web");
        assert_eq!(service("1db"), "s-1db");
        assert_eq!(joined(&"a".repeat(80), "config").len(), 63);
        assert_eq!(joined("web", "config"), "web-config");
        let long = |end: &str| joined(&format!("{}{end}", "a".repeat(70)), "config");
        assert_ne!(long("1"), long("2"));
    }

    #[test]
    fn keys_keep_what_kubernetes_allows() {
        assert_eq!(key("./conf.d/my site.conf"), "conf.d_my_site.conf");
        assert_eq!(key(".."), "file");
    }
}
