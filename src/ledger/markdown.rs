//! The contract as a page of the documentation.

use std::fmt::Write;

use super::{Fate, rows};

const HEAD: &str = "\
# What becomes of each Compose key

This page is made from the table that c2k itself uses; `c2k explain KEY` shows the same.
Names that people choose and positions in lists are left out: `services.depends_on.condition` is
`services.web.depends_on.db.condition` in a file.

- **mapped**: it stands in fields of objects.
- **decides**: it decides which objects there are, or what is in them.
- **resolved on loading**: as Compose does; what it brings is mapped like anything else.
- **approximated**: the closest thing that Kubernetes has is used, and a warning says so.
- **refused**: Kubernetes has no counterpart; a warning says so, with what to do instead.
- **no meaning in a cluster**: it is about Docker on one machine; a note says so.

A value may change what becomes of its key, `user: app` for one, which needs a number; a warning says it then.
";

/// The page about the mapping, in Markdown.
pub fn page() -> String {
    format!("{HEAD}{}", table())
}

/// The tables by section.
fn table() -> String {
    let mut text = String::new();
    let mut last = "";
    for row in rows().filter(|row| !row.path.starts_with("x-")) {
        let section = section(row.path);
        if section != last {
            let _ = write!(
                text,
                "\n## {section}\n\n| key | | in Kubernetes | what differs, or what to do instead |\n|---|---|---|---|\n"
            );
            last = section;
        }
        let nothing = matches!(row.fate, Fate::Refused | Fate::Meaningless);
        let becomes = if nothing { "nothing" } else { row.becomes };
        let _ =
            writeln!(text, "| `{}` | {} | {becomes} | {} |", row.path, row.fate.word(), row.advice);
    }
    text
}

fn section(path: &str) -> &'static str {
    const BELOW: &[(&str, &str)] = &[
        ("services.deploy.", "Deployment (`services.*.deploy`)"),
        ("services.volumes.", "Mounts, configs and secrets of a service"),
        ("services.configs.", "Mounts, configs and secrets of a service"),
        ("services.secrets.", "Mounts, configs and secrets of a service"),
        ("services.depends_on.", "Parts of a service's attributes"),
    ];
    if let Some((_, title)) = BELOW.iter().find(|(start, _)| path.starts_with(start)) {
        return title;
    }
    match path.matches('.').count() {
        0 => "Top level",
        1 if path.starts_with("services.") => "Services",
        _ if path.starts_with("services.") => "Parts of a service's attributes",
        _ => "Networks, volumes, secrets, configs, models",
    }
}
