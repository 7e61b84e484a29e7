//! What must not be seen in diagnostics.

use std::collections::BTreeSet;

use super::Planned;
use crate::{
    plan,
    text::{Origin, Sources, Span},
};

/// Hides where the values of Secrets are written.
pub(super) fn hide(planned: &[Planned], sources: &mut Sources) {
    let entries = planned.iter().flat_map(|one| &one.app.secrets).flat_map(|set| &set.entries);
    let mut spans: Vec<Span> = entries
        .filter_map(|entry| match entry.origin {
            Origin::Input(span) => Some(span),
            _ => None,
        })
        .collect();
    spans.sort();
    spans.dedup();
    spans.into_iter().for_each(|span| sources.hide(span));
    hide_values(planned, sources);
    // The same variable may be written where no Secret is made of it: in a build argument, say.
    hide_by_name(sources);
}

/// Hides the values of Secrets wherever the sources hold them: in a command, in a URL.
fn hide_values(planned: &[Planned], sources: &mut Sources) {
    let entries = planned.iter().flat_map(|one| &one.app.secrets).flat_map(|set| &set.entries);
    let values: BTreeSet<&str> = entries
        .filter_map(|entry| std::str::from_utf8(&entry.value).ok())
        .map(str::trim)
        .filter(|value| value.len() >= 4 && !value.contains('\n'))
        .collect();
    let mut spans = Vec::new();
    for (file, source) in sources.iter() {
        for value in &values {
            let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let places = plan::find_secret(&source.text, value);
            spans.extend(places.map(|at| Span::new(file, offset(at), offset(at + value.len()))));
        }
        let inside = source.text.lines().filter(|line| line.len() < 4096);
        for password in inside.flat_map(|line| plan::passwords_in_command(line)) {
            let start = (password.as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize);
            let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            spans.push(Span::new(file, offset(start), offset(start + password.len())));
        }
    }
    spans.into_iter().for_each(|span| sources.hide(span));
}

/// Hides what stands behind a name that looks like a secret's, in files that may not even be YAML.
pub(crate) fn hide_by_name(sources: &mut Sources) {
    let spans: Vec<Span> = sources
        .iter()
        .flat_map(|(file, source)| {
            lines(&source.text)
                .filter_map(|(start, line)| sensitive_part(line).map(|at| (start, line, at)))
                .map(move |(start, line, at)| {
                    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                    Span::new(file, offset(start + at), offset(start + line.trim_end().len()))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let known: BTreeSet<Span> = sources.hidden().iter().copied().collect();
    for span in spans {
        if !known.contains(&span) {
            sources.hide(span);
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line)
    })
}

/// Where the value starts in a line `NAME: value` or `NAME=value` with a secret's name or value.
fn sensitive_part(line: &str) -> Option<usize> {
    let sign = line.find([':', '='])?;
    let name = line.get(..sign)?.trim_start_matches([' ', '\t', '-', '"', '\'', '{']).trim_end();
    let name = name.trim_end_matches(['"', '\'']);
    let rest = line.get(sign + 1..)?;
    let value = rest.trim_start();
    let at = sign + 1 + (rest.len() - value.len());
    let value = value.trim_end();
    if value.is_empty() || value.starts_with(['&', '*', '|', '>']) {
        return None;
    }
    let value = value.trim_matches(['"', '\'']);
    (plan::is_sensitive(name, value) && !is_variable(value)).then_some(at)
}

/// Whether a value is one variable without a default: `$NAME`, `${NAME}`, `${NAME:?message}`.
fn is_variable(value: &str) -> bool {
    let name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let Some(rest) = value.strip_prefix('$') else { return false };
    match rest.strip_prefix('{').map(|inner| inner.strip_suffix('}')) {
        None => name(rest),
        Some(None) => false,
        Some(Some(inner)) => {
            let inner = inner.split_once(":?").map_or(inner, |(name, _)| name);
            name(inner.split_once('?').map_or(inner, |(name, _)| name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_secret_names_are_found_in_any_form() {
        let part = |line: &'static str| sensitive_part(line).and_then(|at| line.get(at..));
        assert_eq!(part("  DB_PASSWORD: geheim"), Some("geheim"));
        assert_eq!(part("  - \"DB_PASSWORD=geheim\""), Some("geheim\""));
        assert_eq!(part("  URL: postgres://u:geheim@db/x"), Some("postgres://u:geheim@db/x"));
        assert_eq!(part("  image: nginx:1.27"), None);
        assert_eq!(part("  secrets:"), None);
        assert_eq!(part("  DB_PASSWORD: ${PW:?say it}"), None);
        assert_eq!(part("  DB_PASSWORD: ${PW:-geheim}"), Some("${PW:-geheim}"));
    }
}
