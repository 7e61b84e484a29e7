//! Secrets in commands and healthchecks: each becomes a variable that a Secret holds.

use std::ops::Range;

use super::{
    Env, EnvSource, command,
    environment::{Context, Variables},
    known::{self, Homes, Known},
    names,
    secret_values::find_all,
    sensitive,
};
use crate::{
    compose::{Service, Text},
    text::{Code, Diagnostic, Origin, Severity, Sink},
    yaml::Part,
};

/// Gives the container a variable for every secret that stands in its commands, and says so.
pub(crate) fn provide(
    service: &Service,
    context: &Context,
    homes: &Homes,
    variables: &mut Variables,
    sink: &mut Sink,
) {
    let mut said = false;
    for words in known::commands(service) {
        let plain: Vec<&str> = words.iter().map(Text::as_str).collect();
        let inside = sensitive::in_command(&plain);
        // A user's name may be the password too, so names that speak of secrets come first.
        provide_parts(words, context, variables, &|name, value| {
            sensitive::is_sensitive(name, value)
        });
        provide_parts(words, context, variables, &|_, value| inside.contains(&value));
        let mut values: Vec<&str> = inside;
        values.extend(plain.iter().flat_map(|word| context.judge.known.all_in(word)));
        for value in values {
            let span = words
                .iter()
                .find(|word| word.value.contains(value))
                .map_or(service.span, Text::span);
            if !variables.values.iter().any(|(_, known)| known == value) {
                provide_value(value, &Origin::Input(span), context, homes, variables);
            }
            if !said {
                said = true;
                let message = format!(
                    "a command of `{}` holds a secret; it reads it from a Secret instead",
                    context.service
                );
                sink.push(
                    Diagnostic::new(Code::Approximated, message)
                        .severity(Severity::Note)
                        .at(span)
                        .help(
                            "take it from the environment in the image's own way, where it has one",
                        ),
                );
            }
        }
    }
}

/// The variables of a command's template keep their identity.
fn provide_parts(
    words: &[Text],
    context: &Context,
    variables: &mut Variables,
    is_secret: &dyn Fn(&str, &str) -> bool,
) {
    for word in words {
        for part in word.template.iter().flat_map(|template| &template.parts) {
            let Part::Variable { name, value, .. } = part else { continue };
            let known = variables.values.iter().any(|(_, known)| known == value);
            if value.is_empty() || known || !is_secret(name, value) {
                continue;
            }
            if let Some(home) = context.shared.home(name, context.project, context.service) {
                let free = free_name(name, value, context, variables);
                context.refer(&free, name, value, &home, &Origin::Input(word.span()), variables);
            }
        }
    }
}

fn provide_value(
    value: &str,
    origin: &Origin,
    context: &Context,
    homes: &Homes,
    variables: &mut Variables,
) {
    if let Some((secret, key)) = homes.of(value) {
        let name = free_name(key, value, context, variables);
        let source = EnvSource::Secret { name: secret.to_owned(), key: key.to_owned() };
        variables.env.insert(0, Env { name: name.clone(), source, origin: origin.clone() });
        variables.values.push((name, value.to_owned()));
    } else {
        let wanted =
            format!("{}_PASSWORD", context.service.replace(['-', '.'], "_").to_ascii_uppercase());
        let name = free_name(&wanted, value, context, variables);
        let home = names::joined(context.service, "secret");
        context.refer(&name, &name, value, &home, origin, variables);
    }
    variables.sort();
}

/// A name that no variable of the container has yet.
fn free_name(wanted: &str, value: &str, context: &Context, variables: &Variables) -> String {
    let taken = |name: &str| {
        variables.env.iter().any(|env| env.name == name)
            || variables.config.iter().any(|(known, ..)| known == name)
            || context.taken.contains(name)
    };
    let name = if wanted.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{wanted}")
    } else {
        wanted.to_owned()
    };
    if variables.values.iter().any(|(known, other)| *known == name && other == value)
        || !taken(&name)
    {
        return name;
    }
    let mut number = 2;
    while taken(&format!("{name}_{number}")) {
        number += 1;
    }
    format!("{name}_{number}")
}

/// Puts variables in the place of the secrets in commands.
pub(crate) struct Hider<'a> {
    /// The variables of the container and their values.
    pub(crate) secrets: &'a [(String, String)],
    /// Which values are secrets wherever they stand.
    pub(crate) known: &'a Known,
}

/// A secret in a word, and the variable that holds it.
struct Found<'a> {
    range: Range<usize>,
    name: &'a str,
}

impl<'a> Hider<'a> {
    /// Words of a container's command, where `$(NAME)` is expanded.
    pub(crate) fn arguments(&self, words: &[Text]) -> Vec<String> {
        let plain: Vec<&str> = words.iter().map(Text::as_str).collect();
        let found = self.find(&plain);
        plain.iter().zip(found).map(|(word, found)| arguments(word, &found)).collect()
    }

    /// A command that expands nothing: where it holds a secret, a shell does.
    pub(crate) fn exec(&self, words: &[&str]) -> Vec<String> {
        let found = self.find(words);
        let own = |word: &&str| (*word).to_owned();
        if found.iter().all(Vec::is_empty) {
            return words.iter().map(own).collect();
        }
        // The command is a shell's already.
        if let [.., "-c", _] = words
            && words.len() == 3
            && words.first().is_some_and(|shell| shell.ends_with("sh"))
        {
            return words.iter().zip(&found).map(|(word, found)| shell_line(word, found)).collect();
        }
        let line: Vec<String> =
            words.iter().zip(&found).map(|(word, found)| shell_word(word, found)).collect();
        vec!["/bin/sh".to_owned(), "-c".to_owned(), line.join(" ")]
    }

    /// A line of a shell.
    pub(crate) fn line(&self, line: &str) -> String {
        self.find(&[line]).first().map_or_else(|| line.to_owned(), |found| shell_line(line, found))
    }

    /// Where secrets stand in each word, in order and apart from each other.
    fn find(&self, words: &[&str]) -> Vec<Vec<Found<'a>>> {
        let inside = sensitive::in_command(words);
        let known = |value: &str| self.known.has(value);
        words
            .iter()
            .map(|word| {
                let mut found = Vec::new();
                for (name, value) in self.secrets.iter().filter(|(_, value)| !value.is_empty()) {
                    let placed = inside
                        .iter()
                        .filter(|password| *password == value)
                        .filter_map(|password| offset(word, password));
                    let anywhere =
                        known(value).then(|| find_all(word, value)).into_iter().flatten();
                    found.extend(
                        placed
                            .chain(anywhere)
                            .map(|at| Found { range: at..at + value.len(), name: name.as_str() }),
                    );
                }
                // The longest of those that start first; none that overlap.
                found.sort_by_key(|found| (found.range.start, usize::MAX - found.range.end));
                let mut end = 0;
                found.retain(|found| {
                    let free = found.range.start >= end;
                    if free {
                        end = found.range.end;
                    }
                    free
                });
                found
            })
            .collect()
    }
}

/// Where a part of a text starts in it, if it is a part of it.
fn offset(text: &str, part: &str) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (text.get(at..at + part.len()) == Some(part)).then_some(at)
}

fn arguments(word: &str, found: &[Found]) -> String {
    let mut line = String::new();
    let mut at = 0;
    for one in found {
        line.push_str(&command::escape_before(word.get(at..one.range.start).unwrap_or_default()));
        line.push_str(&format!("$({})", one.name));
        at = one.range.end;
    }
    line.push_str(&command::escape(word.get(at..).unwrap_or_default()));
    line
}

/// A word as a shell reads it back, with variables in the place of secrets.
fn shell_word(word: &str, found: &[Found]) -> String {
    if found.is_empty() {
        return command::quote(word);
    }
    let literal = |text: &str| -> String {
        text.chars()
            .flat_map(|c| if "\"\\`$".contains(c) { vec!['\\', c] } else { vec![c] })
            .collect()
    };
    let mut line = String::from("\"");
    let mut at = 0;
    for one in found {
        line.push_str(&literal(word.get(at..one.range.start).unwrap_or_default()));
        line.push_str(&format!("${{{}}}", one.name));
        at = one.range.end;
    }
    line.push_str(&literal(word.get(at..).unwrap_or_default()));
    line.push('"');
    line
}

/// A shell's line with variables in the place of secrets, each quoted as its place wants it.
fn shell_line(text: &str, found: &[Found]) -> String {
    let mut line = String::new();
    let mut quote = None;
    let mut escaped = false;
    let mut found = found.iter().peekable();
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        if let Some(one) = found.next_if(|one| one.range.start == at) {
            let name = one.name;
            line.push_str(&match quote {
                None => format!("\"${{{name}}}\""),
                Some('\'') => format!("'\"${{{name}}}\"'"),
                Some(_) => format!("${{{name}}}"),
            });
            skip = one.range.end;
            continue;
        }
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        line.push(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hide(words: &[&str]) -> Vec<String> {
        let secrets = [
            ("PW".to_owned(), "hunter22hunter".to_owned()),
            ("WEAK".to_owned(), "root".to_owned()),
        ];
        let known = Known::with(&["hunter22hunter"]);
        Hider { secrets: &secrets, known: &known }.exec(words)
    }

    #[test]
    fn a_secret_in_a_command_becomes_its_variable() {
        assert_eq!(
            hide(&["redis-cli", "-a", "hunter22hunter", "ping"]),
            ["/bin/sh", "-c", "redis-cli -a \"${PW}\" ping"]
        );
        assert_eq!(
            hide(&["bash", "-c", "a 'x hunter22hunter' \"hunter22hunter\""]),
            ["bash", "-c", "a 'x '\"${PW}\"'' \"${PW}\""]
        );
    }

    #[test]
    fn a_word_is_a_secret_only_where_passwords_stand() {
        assert_eq!(
            hide(&["mysqladmin", "-uroot", "-proot"]),
            ["/bin/sh", "-c", "mysqladmin -uroot \"-p${WEAK}\""]
        );
        assert_eq!(hide(&["ls", "/root"]), ["ls", "/root"]);
    }

    #[test]
    fn arguments_keep_their_dollars() {
        let secrets = [("PW".to_owned(), "hunter22hunter".to_owned())];
        let known = Known::with(&["hunter22hunter"]);
        let words = ["a$hunter22hunter$(date)", "$$"].map(Text::bare);
        let hidden = Hider { secrets: &secrets, known: &known }.arguments(&words);
        assert_eq!(hidden, ["a$$$(PW)$$(date)", "$$$"]);
    }
}
