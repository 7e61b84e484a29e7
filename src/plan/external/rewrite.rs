//! `mode: environment`: variables name the store's own host, port and scheme.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use crate::{
    catalog::Class,
    compose::{Project, Service, Text},
    plan::{
        hosts::host_names,
        references::{self, Place},
    },
    settings::{External, ExternalMode, Resolver},
    text::{Code, Diagnostic, Sink},
    yaml::{Part, Template},
};

/// Schemes and what they are called with TLS.
const SCHEMES: &[(&str, &str)] = &[
    ("amqp", "amqps"),
    ("http", "https"),
    ("ldap", "ldaps"),
    ("mqtt", "mqtts"),
    ("nats", "tls"),
    ("redis", "rediss"),
    ("stomp", "stomps"),
    ("ws", "wss"),
];

/// Schemes that ask for TLS by a parameter.
const PARAMETERS: &[(&str, &str, &str)] = &[
    ("mongodb", "tls", "tls=true"),
    ("postgres", "sslmode", "sslmode=require"),
    ("postgresql", "sslmode", "sslmode=require"),
];

/// What names of variables that hold a host end in.
const HOST_NAMES: &[&str] = &[
    "HOSTNAME", "HOST", "SERVERS", "SERVER", "ADDRESS", "ADDR", "ENDPOINT", "BROKERS", "BROKER",
    "NODES", "URL", "URI",
];

/// The project with the addresses of stores in the variables that refer to them, where some store
/// is reached so.
pub(crate) fn with_addresses(
    project: &Project,
    settings: &Resolver,
    sink: &mut Sink,
) -> Option<Project> {
    let outside: BTreeMap<String, External> = project
        .services
        .iter()
        .filter_map(|(name, _)| {
            // Which class the service has is no matter for this setting.
            let said = settings.service(&name.value, Class::Store).external.clone()?.value;
            let named = said.mode == Some(ExternalMode::Environment) && said.host.is_some();
            named.then(|| (name.value.clone(), said))
        })
        .collect();
    if outside.is_empty() {
        return None;
    }
    let names: BTreeMap<String, String> = host_names(project)
        .into_iter()
        .filter(|(_, service)| outside.contains_key(service))
        .collect();
    let mut resolved = project.clone();
    for (name, service) in &mut resolved.services.items {
        if outside.contains_key(&name.value) {
            continue;
        }
        Rewriting { service: &name.value, names: &names, outside: &outside }.run(service, sink);
    }
    Some(resolved)
}

/// One service whose variables are rewritten.
struct Rewriting<'a> {
    service: &'a str,
    names: &'a BTreeMap<String, String>,
    outside: &'a BTreeMap<String, External>,
}

/// A replacement of a part of a text.
#[derive(Debug, PartialEq, Eq)]
struct Edit {
    at: Range<usize>,
    with: String,
}

impl Rewriting<'_> {
    fn run(&self, service: &mut Service, sink: &mut Sink) {
        let mut ports: BTreeMap<String, i64> = BTreeMap::new();
        for (key, value) in &mut service.environment.items {
            let Some(text) = value else { continue };
            let places = references::places(&text.value, self.names);
            let Some(first) = places.first() else { continue };
            let whole = first.end - first.start == text.value.len();
            let end = HOST_NAMES.iter().find_map(|end| key.value.strip_suffix(end));
            if whole {
                // A user or a database may be called as the service is.
                let Some(prefix) = end else { continue };
                if let Some(port) = self.outside.get(&first.reference.service).and_then(|e| e.port)
                {
                    ports.insert(format!("{prefix}PORT"), port);
                }
            }
            let mut edits = Vec::new();
            for place in &places {
                self.edit(key, text, place, &mut edits, sink);
            }
            *text = edited(text, &edits);
        }
        for (key, value) in &mut service.environment.items {
            let Some(text) = value else { continue };
            if let Some(port) = ports.get(&key.value)
                && text.value.parse::<i64>().is_ok()
            {
                let edit = Edit { at: 0..text.value.len(), with: port.to_string() };
                *text = edited(text, &[edit]);
            }
        }
        for word in service.command.iter().chain(&service.entrypoint).flatten() {
            if let Some(found) = references::find(&word.value, self.names).first() {
                let message =
                    format!("the command of `{}` still says `{}`", self.service, found.host);
                let found = Diagnostic::new(Code::Approximated, message).at(word.span());
                sink.push(found.help("let it read a variable, which is rewritten"));
            }
        }
    }

    fn edit(&self, key: &Text, text: &Text, place: &Place, edits: &mut Vec<Edit>, sink: &mut Sink) {
        let Some(external) = self.outside.get(&place.reference.service) else { return };
        let host = external.host.as_deref().unwrap_or_default();
        let after = text.value.get(place.end..).unwrap_or_default();
        let whole = place.end - place.start == text.value.len();
        let mut with = host.to_owned();
        let mut end = place.end;
        if let Some(digits) = after.strip_prefix(':').and_then(leading_digits) {
            end += 1 + digits;
            let port = external.port.or(place.reference.port);
            with += &port.map(|port| format!(":{port}")).unwrap_or_default();
        } else if let Some(port) = external.port.filter(|_| !whole) {
            with += &format!(":{port}");
        }
        edits.push(Edit { at: place.start..end, with });
        if external.tls
            && !whole
            && let Err(scheme) = secure(&text.value, place, edits)
        {
            let shown = if scheme.is_empty() { "it".to_owned() } else { format!("`{scheme}`") };
            let message = format!(
                "`{}` of `{}` does not ask for TLS: how {shown} does is not known",
                key.value, self.service
            );
            let found = Diagnostic::new(Code::Approximated, message).at(text.span());
            sink.push(found.help("write the value for this environment with `environment`"));
        }
    }
}

fn leading_digits(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then_some(end)
}

/// Makes the URL around a place one with TLS; else gives its scheme, empty where it has none.
fn secure(text: &str, place: &Place, edits: &mut Vec<Edit>) -> Result<(), String> {
    let before = text.get(..place.start).unwrap_or_default();
    let ends = |c: char| c.is_whitespace() || "\"'<>|".contains(c);
    let begin = before.rfind(ends).map_or(0, |at| at + 1);
    let Some(mark) = before.get(begin..).and_then(|url| url.rfind("://")) else {
        return Err(String::new());
    };
    let mark = begin + mark;
    let outside = |c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c));
    let start = before.get(..mark).and_then(|text| text.rfind(outside)).map_or(0, |at| at + 1);
    let scheme = text.get(start..mark).unwrap_or_default();
    let plain = scheme.split('+').next().unwrap_or_default();
    if SCHEMES.iter().any(|(_, secure)| *secure == plain) {
        return Ok(());
    }
    if let Some((_, secure)) = SCHEMES.iter().find(|(name, _)| *name == scheme) {
        edits.push(Edit { at: start..mark, with: (*secure).to_owned() });
        return Ok(());
    }
    // A driver behind a plus sign may call the parameter otherwise.
    let Some((_, name, parameter)) = PARAMETERS.iter().find(|(known, ..)| *known == scheme) else {
        return Err(scheme.to_owned());
    };
    let rest = text.get(place.end..).unwrap_or_default();
    let end = place.end + rest.find(ends).unwrap_or(rest.len());
    let url = text.get(mark..end).unwrap_or_default();
    if !url.contains(&format!("{name}=")) {
        let joint = if url.contains('?') { '&' } else { '?' };
        edits.push(Edit { at: end..end, with: format!("{joint}{parameter}") });
    }
    Ok(())
}

/// A text after edits; the variables of its template that no edit touches keep their identity.
fn edited(text: &Text, edits: &[Edit]) -> Text {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.at.start, edit.at.end));
    sorted.dedup();
    let template = text.template.as_ref().map(|template| {
        let mut parts = Vec::new();
        let mut offset = 0;
        for part in &template.parts {
            let (Part::Literal(value) | Part::Variable { value, .. }) = part;
            let range = offset..offset + value.len();
            offset = range.end;
            let own: Vec<&Edit> = sorted
                .iter()
                .copied()
                .filter(|edit| {
                    let starts = range.contains(&edit.at.start);
                    // What is added at the end belongs to the last part.
                    let appends = edit.at.is_empty()
                        && edit.at.start == text.value.len()
                        && range.end == text.value.len();
                    (starts && edit.at.end <= range.end) || appends
                })
                .collect();
            if own.is_empty() {
                parts.push(part.clone());
                continue;
            }
            let moved = own.iter().map(|edit| Edit {
                at: edit.at.start - range.start..edit.at.end - range.start,
                with: edit.with.clone(),
            });
            let only_appends = own.iter().all(|edit| edit.at.is_empty());
            let moved: Vec<Edit> = moved.collect();
            match part {
                Part::Variable { .. } if only_appends => {
                    parts.push(part.clone());
                    parts.push(Part::Literal(own.iter().map(|edit| edit.with.as_str()).collect()));
                }
                _ => parts.push(Part::Literal(apply(value, &moved.iter().collect::<Vec<_>>()))),
            }
        }
        Template { parts }
    });
    let value = apply(&text.value, &sorted);
    // An edit over several parts is in none of them.
    let whole = |template: &Template| {
        let parts = template.parts.iter();
        let texts = parts.map(|part| match part {
            Part::Literal(value) | Part::Variable { value, .. } => value.as_str(),
        });
        texts.collect::<String>() == value
    };
    Text { template: template.filter(whole).map(Arc::new), value, span: text.span }
}

fn apply(text: &str, edits: &[&Edit]) -> String {
    let (mut result, mut at) = (String::new(), 0);
    for edit in edits {
        if edit.at.start < at {
            continue;
        }
        result.push_str(text.get(at..edit.at.start).unwrap_or_default());
        result.push_str(&edit.with);
        at = edit.at.end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(key: &str, value: &str, tls: bool, port: Option<i64>) -> (String, usize) {
        let names = ["db", "cache"].map(|name| (name.to_owned(), name.to_owned())).into();
        let external =
            External { host: Some("h.example.com".to_owned()), port, tls, ..External::default() };
        let outside = ["db", "cache"].map(|name| (name.to_owned(), external.clone())).into();
        let mut sink = Sink::default();
        let text = Text::bare(value);
        let rewriting = Rewriting { service: "web", names: &names, outside: &outside };
        let mut edits = Vec::new();
        for place in references::places(value, &names) {
            rewriting.edit(&Text::bare(key), &text, &place, &mut edits, &mut sink);
        }
        (edited(&text, &edits).value, sink.iter().count())
    }

    #[test]
    fn host_port_and_scheme_change_together() {
        let plain = |value: &str| rewritten("URL", value, false, None).0;
        assert_eq!(plain("postgres://db:pw@db:5432/db"), "postgres://db:pw@h.example.com:5432/db");
        assert_eq!(plain("db"), "h.example.com");
        let moved = |value: &str| rewritten("URL", value, false, Some(6432)).0;
        assert_eq!(moved("postgres://u@db/app"), "postgres://u@h.example.com:6432/app");
        assert_eq!(moved("db:5432,cache:6379"), "h.example.com:6432,h.example.com:6432");
        let secure = |value: &str| rewritten("URL", value, true, None);
        assert_eq!(secure("redis://cache:6379/0").0, "rediss://h.example.com:6379/0");
        assert_eq!(
            secure("postgres://u:p@db/app?a=b").0,
            "postgres://u:p@h.example.com/app?a=b&sslmode=require"
        );
        assert_eq!(secure("https://db").0, "https://h.example.com");
        assert_eq!(secure("mysql://u:p@db/app"), ("mysql://u:p@h.example.com/app".to_owned(), 1));
        assert_eq!(secure("db:5432"), ("h.example.com:5432".to_owned(), 1));
    }

    #[test]
    fn variables_that_are_not_touched_stay_variables() {
        let variable = Part::Variable {
            name: "PW".to_owned(),
            value: "secret".to_owned(),
            span: crate::text::Span::NONE,
            default: false,
        };
        let parts = vec![
            Part::Literal("postgres://u:".to_owned()),
            variable.clone(),
            Part::Literal("@db/app".to_owned()),
        ];
        let text = Text {
            value: "postgres://u:secret@db/app".to_owned(),
            span: None,
            template: Some(Arc::new(Template { parts })),
        };
        let at = text.value.find("db").unwrap();
        let edits = [
            Edit { at: at..at + 2, with: "h".to_owned() },
            Edit { at: text.value.len()..text.value.len(), with: "?x=y".to_owned() },
        ];
        let edited = edited(&text, &edits);
        assert_eq!(edited.value, "postgres://u:secret@h/app?x=y");
        let parts = &edited.template.unwrap().parts;
        assert_eq!(parts[1], variable);
        assert_eq!(parts[2], Part::Literal("@h/app?x=y".to_owned()));
    }
}
