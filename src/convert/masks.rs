//! What must not be seen in diagnostics.

use std::{collections::BTreeSet, ops::Range};

use rayon::prelude::*;

use super::Planned;
use crate::{
    plan,
    text::{FileId, Origin, Sources, Span},
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
    spans.retain(|span| !refers(sources.slice(*span)));
    spans.into_iter().for_each(|span| sources.hide(span));
    // What a project calls things is no secret, even where somebody made it a password too.
    let open = planned.iter().flat_map(|one| plan::names_of(&one.project)).collect();
    hide_values(planned, &open, sources);
    // The same variable may be written where no Secret is made of it: in a build argument, say.
    hide_named(&open, sources);
}

/// Hides the values of Secrets wherever the sources hold them: in a command, in a URL.
fn hide_values(planned: &[Planned], open: &BTreeSet<String>, sources: &mut Sources) {
    let entries = planned.iter().flat_map(|one| &one.app.secrets).flat_map(|set| &set.entries);
    let values: plan::SecretValues = entries
        .filter_map(|entry| std::str::from_utf8(&entry.value).ok())
        .map(str::trim)
        .filter(|value| value.len() >= 4 && !value.contains('\n') && !open.contains(*value))
        .map(str::to_owned)
        .collect();
    let mut spans = Vec::new();
    for (file, source) in sources.iter() {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let places = values.each(&source.text);
        spans.extend(
            places.map(|(at, value)| Span::new(file, offset(at), offset(at + value.len()))),
        );
        let inside = source.text.par_lines().filter(|line| line.len() < 4096);
        let passwords = inside.flat_map_iter(|line| plan::passwords_in_command(line));
        spans.par_extend(passwords.map(|password| span(file, &source.text, password)));
    }
    spans.into_iter().for_each(|span| sources.hide(span));
}

/// Where the sources hold any of the values.
fn places(values: &plan::SecretValues, sources: &Sources) -> Vec<Span> {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let all = sources.iter().flat_map(|(file, source)| {
        values
            .each(&source.text)
            .map(move |(at, value)| Span::new(file, offset(at), offset(at + value.len())))
    });
    all.collect()
}

/// Hides what stands behind a name that looks like a secret's, in files that may not even be YAML.
pub(crate) fn hide_by_name(sources: &mut Sources) {
    hide_named(&BTreeSet::new(), sources);
}

fn hide_named(open: &BTreeSet<String>, sources: &mut Sources) {
    let spans: Vec<Span> = sources
        .iter()
        .flat_map(|(file, source)| {
            let lines = source.text.par_lines();
            let found = lines.flat_map_iter(|line| {
                let whole = sensitive_part(line).map(|at| at..line.trim_end().len());
                whole.into_iter().chain(parts(line)).filter_map(|part| line.get(part))
            });
            found.map(|part| span(file, &source.text, part)).collect::<Vec<_>>()
        })
        .collect();
    // What is secret in one place is so in all.
    let values: plan::SecretValues = spans
        .iter()
        .map(|span| sources.slice(*span).trim_matches(['"', '\'', ' ', ',', '}']).to_owned())
        .filter(|value| plan::is_telling(value) && !open.contains(value))
        .collect();
    let spans: Vec<Span> = spans.into_iter().chain(places(&values, sources)).collect();
    let known: BTreeSet<Span> = sources.hidden().iter().copied().collect();
    for span in spans {
        if !known.contains(&span) {
            sources.hide(span);
        }
    }
}

/// The span of a part of a file's text.
fn span(file: FileId, text: &str, part: &str) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(file, offset(start), offset(start + part.len()))
}

/// The name and value of a line `NAME: value` or `NAME=value`, and where the value starts.
fn pair(line: &str) -> Option<(&str, &str, usize)> {
    let sign = line.find([':', '='])?;
    let name = line.get(..sign)?.trim_start_matches([' ', '\t', '-', '"', '\'', '{']).trim_end();
    let name = name.trim_end_matches(['"', '\'']);
    let rest = line.get(sign + 1..)?;
    let value = rest.trim_start();
    let at = sign + 1 + (rest.len() - value.len());
    let value = value.trim_end();
    let scalar = !value.is_empty() && !value.starts_with(['&', '*', '|', '>']);
    scalar.then(|| (name, value.trim_matches(['"', '\'']), at))
}

/// Where the value starts in a line `NAME: value` or `NAME=value` with a secret's name or value.
fn sensitive_part(line: &str) -> Option<usize> {
    let (name, value, at) = pair(line)?;
    (plan::is_sensitive(name, value) && !is_variable(value)).then_some(at)
}

/// Whether a value, or what is said of a name, is one variable without a default.
fn refers(text: &str) -> bool {
    let value = |text: &str| is_variable(text.trim().trim_matches(['"', '\'']));
    value(text) || text.split_once([':', '=']).is_some_and(|(_, text)| value(text))
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

/// The values of secrets' names that stand within a line: `{user: a, password: b}`.
fn parts(line: &str) -> Vec<Range<usize>> {
    let whole = pair(line).map(|(name, value, _)| (name, value));
    let word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let signs = line.match_indices([':', '=']).filter(|_| line.len() < 4096);
    let part = |at: usize| -> Option<Range<usize>> {
        let before = line.get(..at)?.trim_end_matches([' ', '"', '\'']);
        let name = before.rsplit(|c: char| !word(c)).next()?;
        let rest = line.get(at + 1..)?;
        let value = rest.trim_start_matches([' ', '"', '\'']);
        let start = at + 1 + (rest.len() - value.len());
        let end = value.find([',', '}', ']', '"', '\'']).unwrap_or(value.len());
        if value.starts_with("${") && is_variable(value.get(..=end).unwrap_or(value)) {
            return None;
        }
        let value = value.get(..end)?.trim_end();
        let judged = value.is_empty() || whole == Some((name, value));
        (!judged && plan::is_sensitive(name, value)).then(|| start..start + value.len())
    };
    signs.filter_map(|(at, _)| part(at)).collect()
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
        let line = "  options: {driver: x, splunk-token: geheim-9}";
        let found: Vec<_> = parts(line).into_iter().filter_map(|part| line.get(part)).collect();
        assert_eq!(found, ["geheim-9"]);
        assert_eq!(part("  DB_PASSWORD: ${PW:?say it}"), None);
        assert!(parts("  DB_PASSWORD: ${PW}").is_empty());
        assert!(refers("- \"DB_PASSWORD=${PW}\"") && !refers("DB_PASSWORD: ${PW:-geheim}"));
        assert_eq!(part("  DB_PASSWORD: ${PW:-geheim}"), Some("${PW:-geheim}"));
    }
}
