//! What docker compose warns of, and whether c2k says it too.

use std::collections::BTreeSet;

/// A warning: the code that c2k has for it, and what it is about.
pub type Warning = (String, String);

/// A variable is not set.
pub const UNSET: &str = "C2K0204";
const BOOLEAN: &str = "C2K0206";
const OBSOLETE: &str = "C2K0224";
const SEVERAL: &str = "C2K0005";
const IGNORED: &str = "C2K0223";
const SWARM: &str = "C2K0225";

/// The warnings of docker compose, a line each; one that nobody knows stands for itself.
pub fn theirs<'t>(lines: impl Iterator<Item = &'t str>) -> BTreeSet<Warning> {
    lines.filter(|line| !line.is_empty() && !line.starts_with("Using ")).map(their).collect()
}

fn their(line: &str) -> Warning {
    let known = |code: &str, about: &str| (code.to_owned(), about.to_owned());
    if let Some((name, _)) = quoted(line, "The \"", "\" variable is not set.") {
        return known(UNSET, name);
    }
    if let Some((word, _)) = quoted(line, "\"", "\" for boolean is not supported") {
        return known(BOOLEAN, word);
    }
    if line.contains("the attribute `version` is obsolete") {
        return known(OBSOLETE, "version");
    }
    if let Some((path, _)) = line.split_once(": external.name is deprecated") {
        return known(OBSOLETE, path);
    }
    if let Some((kind, _)) = quoted(line, "Found multiple ", " files with supported names") {
        return known(SEVERAL, kind);
    }
    if let Some((service, rest)) = quoted(line, "service \"", "\": ") {
        let path = rest.split(": ").next().unwrap_or_default();
        return known(SWARM, &format!("services.{service}.{path}"));
    }
    if line.starts_with("service filtering is not applied") {
        return known(IGNORED, "services");
    }
    match line.split_once(": ") {
        Some((path, _))
            if ["configs.", "secrets.", "jobs."]
                .iter()
                .any(|section| path.starts_with(section)) =>
        {
            known(SWARM, path)
        }
        _ => known("unknown", line),
    }
}

fn quoted<'t>(line: &'t str, before: &str, after: &str) -> Option<(&'t str, &'t str)> {
    line.strip_prefix(before)?.split_once(after)
}

/// The warnings of c2k that docker compose has too, as far as c2k shows them.
pub fn ours(stderr: &str) -> BTreeSet<Warning> {
    let mut found = BTreeSet::new();
    let mut list = None;
    for line in stderr.lines() {
        let title = line.strip_prefix("warning[").or_else(|| line.strip_prefix("note["));
        if let Some((code, message)) = title.and_then(|title| title.split_once("]: ")) {
            found.extend(our(code, message));
            list = None;
        } else if let Some((_, rest)) = line.split_once(" more of ") {
            list = rest.split(' ').next();
        } else if let Some((code, _)) = quoted(line, "  [", "] ") {
            list = Some(code);
        } else if let (Some(code), Some(message)) = (list, line.strip_prefix("  ")) {
            found.extend(our(code, message.trim_start()));
        } else {
            list = None;
        }
    }
    found
}

fn our(code: &str, message: &str) -> Option<Warning> {
    let about = match code {
        UNSET | BOOLEAN | SWARM => message.split('`').nth(1)?,
        OBSOLETE if message.contains("`version`") => "version",
        OBSOLETE => message.split(": external.name").next()?.rsplit(": ").next()?,
        IGNORED if message.starts_with("services are not selected") => "services",
        SEVERAL => message.split("found multiple ").nth(1)?.split(' ').next()?,
        _ => return None,
    };
    Some((code.to_owned(), about.to_owned()))
}

/// What one side says and the other does not.
pub fn differences(ours: &BTreeSet<Warning>, theirs: &BTreeSet<Warning>) -> Vec<String> {
    let missing =
        theirs.difference(ours).map(|(code, about)| format!("not warned: {code} {about}"));
    let extra =
        ours.difference(theirs).map(|(code, about)| format!("warned alone: {code} {about}"));
    missing.chain(extra).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_read_alike() {
        let theirs = theirs(
            "The \"A\" variable is not set. Defaulting to a blank string.\n\
             service \"a\": deploy.mode: deploy.mode is only honored in Swarm mode\n\
             volumes.v: external.name is deprecated. Please set name and external: true\n\
             Found multiple config files with supported names: /a, /b\nUsing /a\n\
             service filtering is not applied when --no-interpolate is set\n"
                .lines(),
        );
        let ours = ours(
            "warning[C2K0204]: variable `A` is not set; an empty string takes its place\n\
             1 more of C2K0225 (for Docker Swarm only):\n  \
             compose.yaml:3:1: `services.a.deploy.mode` has an effect under Docker Swarm only\n\n\
             note[C2K0224]: volumes.v: external.name is deprecated. Please set name\n\
             warning[C2K0005]: found multiple config files with supported names: a, b\n\
             warning[C2K0222]: something of c2k's own\n\nleft out\n  \
             [C2K0223] silently ignored by Compose\n    \
             services are not selected without interpolation: all are printed\n",
        );
        assert_eq!(ours, theirs);
        assert_eq!(differences(&ours, &BTreeSet::new()).len(), 5);
    }
}
