//! Commands: Compose's `entrypoint` and `command` as Kubernetes' `command` and `args`.

use crate::compose::{Service, Text};

/// Escapes text so that Kubernetes' expansion of `$(NAME)` gives it back as it is.
///
/// Kubernetes reads `$$` as one dollar sign and `$(NAME)` as a variable; any other `$` stays.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        escaped.push(c);
        if c == '$' && matches!(characters.peek(), Some('$' | '(')) {
            escaped.push('$');
            // The dollar after this one was the first of a pair; it starts a pair of its own next.
        }
    }
    escaped
}

/// Escapes text that stands before a reference `$(NAME)`.
pub(crate) fn escape_before(text: &str) -> String {
    let mut escaped = escape(&format!("{text}$("));
    escaped.truncate(escaped.len().saturating_sub("$$(".len()));
    escaped
}

/// The plain words of a command.
pub(crate) fn words(command: Option<&Vec<Text>>) -> Option<Vec<String>> {
    command.map(|words| words.iter().map(|word| word.value.clone()).collect())
}

/// A word as a POSIX shell reads it back.
pub(crate) fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Whether a service runs a client or a tool of its image, not the image's server.
///
/// `redis-cli`, `pg_dump` or `sleep` in a database's image listen nowhere and keep nothing.
pub(crate) fn is_client(service: &Service) -> bool {
    const TOOLS: &[&str] = &[
        "sleep",
        "tail",
        "cat",
        "true",
        "false",
        "echo",
        "cron",
        "crond",
        "curl",
        "wget",
        "nc",
        "psql",
        "pg_isready",
        "pg_dump",
        "pg_dumpall",
        "pg_restore",
        "mysql",
        "mysqladmin",
        "mysqldump",
        "mariadb",
        "mariadb-dump",
        "mongo",
        "mongosh",
        "mongodump",
        "mongorestore",
    ];
    let said = service.entrypoint.iter().chain(&service.command).flatten();
    let words: Vec<&str> = said.map(Text::as_str).collect();
    let line = match words.as_slice() {
        [shell, "-c", script, ..] if is_shell(shell) => script,
        [first, ..] => first,
        [] => return false,
    };
    // Of a script only a single command is understood: the server may be its last line.
    let program = line.split_whitespace().next().unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or_default();
    !line.contains([';', '&', '|', '\n']) && (TOOLS.contains(&program) || program.ends_with("-cli"))
}

fn is_shell(word: &str) -> bool {
    matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"))
}

/// Whether a command runs once and ends, by what it says.
pub(crate) fn says_once(text: &str) -> bool {
    const ONCE: &[&str] = &[
        "init",
        "migrate",
        "migration",
        "migrations",
        "seed",
        "setup",
        "bootstrap",
        "createbuckets",
        "createbucket",
        "install",
    ];
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| ONCE.contains(&word.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kubernetes' expansion without any variable defined that matters.
    fn expand(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if rest.starts_with('(') && rest.contains(')') {
                out.push_str("<expanded>");
                rest = &rest[rest.find(')').unwrap() + 1..];
            } else {
                out.push('$');
            }
        }
        out + rest
    }

    #[test]
    fn escaped_text_survives_expansion() {
        for text in ["$(date)", "a$b", "$$", "$$(x)", "$$$", "cost $5", "${X}", "$", "end$"] {
            assert_eq!(expand(&escape(text)), text, "{text}");
        }
    }

    #[test]
    fn words_that_say_once() {
        assert!(says_once("python manage.py migrate"));
        assert!(!says_once("nginx -g daemon off"));
    }
}
