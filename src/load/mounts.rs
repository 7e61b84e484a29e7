//! Short volume syntax: `data:/var/lib:ro`, `./conf:/etc/app`.

/// What a short specification mounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)]
pub struct MountSpec {
    /// Whether a path of the machine is mounted, not a volume.
    pub bind: bool,
    /// The volume's name or the path; none for an anonymous volume.
    pub source: Option<String>,
    /// The path in the container, as written.
    pub target: String,
    /// Not writable.
    pub read_only: bool,
    /// Do not copy the image's content.
    pub nocopy: bool,
    /// `z` or `Z`.
    pub selinux: Option<String>,
    /// Propagation of mounts below.
    pub propagation: Option<String>,
    /// Whether the specification is so short that no options are recorded.
    pub tiny: bool,
}

/// Reads a short specification.
pub fn parse(spec: &str) -> Result<MountSpec, String> {
    if spec.is_empty() {
        return Err("invalid empty volume spec".to_owned());
    }
    if spec.chars().count() <= 2 {
        return Ok(MountSpec { target: spec.to_owned(), tiny: true, ..MountSpec::default() });
    }
    let sections = sections(spec).map_err(|problem| format!("invalid spec: {spec}: {problem}"))?;
    let mut mount = MountSpec::default();
    let mut sections = sections.into_iter();
    match (sections.next(), sections.next(), sections.next()) {
        (Some(target), None, _) => mount.target = target,
        (Some(source), Some(target), options) => {
            mount.bind = is_path(&source);
            mount.source = Some(source);
            mount.target = target;
            for option in options.unwrap_or_default().split(',') {
                mount.option(option);
            }
        }
        _ => {}
    }
    Ok(mount)
}

impl MountSpec {
    fn option(&mut self, option: &str) {
        match option {
            "ro" => self.read_only = true,
            "rw" => self.read_only = false,
            "nocopy" => self.nocopy = true,
            "z" | "Z" => self.selinux = Some(option.to_owned()),
            "private" | "shared" | "slave" | "rprivate" | "rshared" | "rslave" => {
                self.propagation = Some(option.to_owned());
            }
            // Others are for platforms that Compose no longer serves; it ignores them too.
            _ => {}
        }
    }
}

/// The sections between colons; a colon inside of `${…}` or after a drive letter does not count.
fn sections(spec: &str) -> Result<Vec<String>, &'static str> {
    let mut sections: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut depth = 0_usize;
    let mut previous = '\0';
    for c in spec.chars() {
        match c {
            '{' if previous == '$' || depth > 0 => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ':' if depth == 0 && !is_drive(&current) => {
                if current.is_empty() {
                    return Err("empty section between colons");
                }
                if sections.len() == 2 {
                    return Err("too many colons");
                }
                sections.push(std::mem::take(&mut current));
                previous = c;
                continue;
            }
            _ => {}
        }
        current.push(c);
        previous = c;
    }
    if current.is_empty() {
        return Err("empty section between colons");
    }
    sections.push(current);
    Ok(sections)
}

/// Whether a section is a single letter, as a Windows drive is.
fn is_drive(section: &str) -> bool {
    let mut letters = section.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

/// Whether a source is a path of the machine.
fn is_path(source: &str) -> bool {
    if source.starts_with(['.', '/', '~']) || source.starts_with("\\\\") {
        return true;
    }
    let mut letters = source.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next() == Some(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_and_binds() {
        let mount = parse("vol:/d:ro,nocopy").unwrap();
        assert_eq!(mount.source.as_deref(), Some("vol"));
        assert!(!mount.bind && mount.read_only && mount.nocopy);
        let mount = parse("C:\\a:D:\\b:Z").unwrap();
        assert_eq!((mount.source.as_deref(), mount.target.as_str()), (Some("C:\\a"), "D:\\b"));
        assert!(mount.bind);
        assert_eq!(mount.selinux.as_deref(), Some("Z"));
        assert_eq!(parse("v:/d").unwrap().target, "v:/d");
        assert_eq!(parse("/tmp:/t/${TIME:-12:30}/p").unwrap().target, "/t/${TIME:-12:30}/p");
    }

    #[test]
    fn malformed() {
        assert_eq!(parse(""), Err("invalid empty volume spec".to_owned()));
        let empty = "invalid spec: vol:/d:: empty section between colons";
        assert_eq!(parse("vol:/d:"), Err(empty.to_owned()));
        assert_eq!(
            parse("vol:/d:ro:x"),
            Err("invalid spec: vol:/d:ro:x: too many colons".to_owned())
        );
    }
}
