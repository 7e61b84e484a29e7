//! Files of the project that containers mount: read, checked and keyed.

use super::{known::Known, sensitive};
use crate::load::Files;

/// Most bytes of one ConfigMap, less some room for its metadata (the API server's limit is 1 MiB).
const MOST_BYTES: u64 = 1_000_000;

/// Most files of one folder that become a ConfigMap.
const MOST_FILES: usize = 200;

/// What lies at the source of a bind mount.
pub(crate) enum Found {
    /// Nothing.
    Missing,
    /// A socket or device.
    Special,
    /// More than a ConfigMap holds.
    TooLarge,
    /// A folder without files.
    Empty,
    /// One file.
    File(Content),
    /// The files of a folder, by their path below it.
    Folder(Vec<(String, Content)>),
}

/// A file's content.
pub(crate) struct Content {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Whether the owner may execute it.
    pub(crate) executable: bool,
}

/// Reads what lies at an absolute path.
pub(crate) fn read(files: &dyn Files, path: &str) -> Found {
    let Some(stat) = files.stat(path) else { return Found::Missing };
    if stat.file {
        if stat.size > MOST_BYTES {
            return Found::TooLarge;
        }
        return match files.read(path) {
            Ok(bytes) => Found::File(Content { bytes, executable: stat.executable }),
            Err(_) => Found::Missing,
        };
    }
    if !stat.folder {
        return Found::Special;
    }
    let mut found = Vec::new();
    let mut total = 0;
    if !walk(files, path, "", &mut found, &mut total) {
        return Found::TooLarge;
    }
    if found.is_empty() { Found::Empty } else { Found::Folder(found) }
}

/// Collects the files below a folder; false when there are too many or they are too large.
fn walk(
    files: &dyn Files,
    root: &str,
    below: &str,
    found: &mut Vec<(String, Content)>,
    total: &mut u64,
) -> bool {
    let folder = if below.is_empty() { root.to_owned() } else { format!("{root}/{below}") };
    let Ok(names) = files.list(&folder) else { return true };
    for name in names {
        let relative = if below.is_empty() { name } else { format!("{below}/{name}") };
        let path = format!("{root}/{relative}");
        let Some(stat) = files.stat(&path) else { continue };
        if stat.folder {
            if name_of(&relative) == ".git"
                || name_of(&relative) == "node_modules"
                || relative.matches('/').count() > 8
            {
                return false;
            }
            if !walk(files, root, &relative, found, total) {
                return false;
            }
        } else if stat.file {
            *total += stat.size;
            if *total > MOST_BYTES || found.len() >= MOST_FILES {
                return false;
            }
            if let Ok(bytes) = files.read(&path) {
                found.push((relative, Content { bytes, executable: stat.executable }));
            }
        }
    }
    true
}

/// The last part of a path.
fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Whether a file holds secrets, by its name or content.
pub(crate) fn is_secret(path: &str, bytes: &[u8], known: &Known) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let by_name = name == ".env"
        || name.starts_with(".env.")
        || [".key", ".p12", ".pfx", ".jks", ".keystore", ".htpasswd", ".pgpass"]
            .iter()
            .any(|end| name.ends_with(end))
        || ["id_rsa", "id_ed25519", ".netrc"].contains(&name.as_str())
        || (sensitive::names_a_secret(name.split('.').next().unwrap_or_default())
            && name.rsplit('.').next() != Some("sh"));
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    by_name
        || sensitive::is_key_material(text)
        || text.lines().any(|line| line_has_secret(line.trim()))
        || known.is_in_file(text)
}

/// Whether a line of a configuration file sets a password or has a URL with one.
fn line_has_secret(line: &str) -> bool {
    if line.starts_with('#')
        || line.starts_with("//")
        || line.starts_with(';')
        || line.starts_with("--")
    {
        return false;
    }
    if line.len() < 4096 && (sensitive::holds_secret(line) || in_statement(line)) {
        return true;
    }
    let Some((name, value)) = line.split_once(['=', ':', ' ']) else { return false };
    let value = value.split(" #").next().unwrap_or_default();
    let value = value.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'']);
    let name = name.trim().trim_matches(['"', '\'']);
    let constant = !value.is_empty() && !value.contains(['$', '{', '(', '<', ' ', '%', '/']);
    constant
        && name.len() < 40
        && !name.contains(' ')
        && sensitive::is_sensitive(name, value)
        && value.len() >= 6
}

/// Whether a statement of SQL sets a password: `IDENTIFIED BY '…'`, `PASSWORD '…'`.
fn in_statement(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    ["identified by '", "password '", "password = '", "identified by \""].iter().any(|start| {
        lower.find(start).and_then(|at| lower.get(at + start.len()..)).is_some_and(|rest| {
            let password = rest.split(['\'', '"']).next().unwrap_or_default();
            !sensitive::is_placeholder(password)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_with_passwords_is_secret() {
        assert!(is_secret(
            "a.conf",
            b"requirepass hunter22\npassword=hunter22\n",
            &Known::default()
        ));
        assert!(is_secret("tls/server.key", b"", &Known::default()));
        assert!(!is_secret(
            "nginx.conf",
            b"server { listen 80; proxy_set_header X $token; }",
            &Known::default()
        ));
        assert!(!is_secret("app.yml", b"password: ${DB_PASSWORD}\n", &Known::default()));
        assert!(is_secret(
            "app.yml",
            b"secretAccessKey: geheim # of MinIO/S3\n",
            &Known::default()
        ));
    }
}
