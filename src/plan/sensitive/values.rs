//! What a value says about itself: passwords in it, key material, tokens, chance.

/// The passwords in a text, told by where they stand: in a URL, after a name, in an address.
pub(crate) fn passwords(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    in_urls(text, &mut found);
    in_pairs(text, &mut found);
    in_tags(text, &mut found);
    in_address(text, &mut found);
    found.retain(|password| !is_placeholder(password));
    found
}

/// `scheme://user:password@host`.
fn in_urls<'a>(text: &'a str, found: &mut Vec<&'a str>) {
    for (at, _) in text.match_indices("://") {
        let rest = text.get(at + 3..).unwrap_or_default();
        let authority =
            rest.split(['/', '?', '#', ' ', '"', '\'', '\n', ',']).next().unwrap_or_default();
        let Some((user, host)) = authority.rsplit_once('@') else { continue };
        if let Some((_, password)) = user.split_once(':')
            && !host.is_empty()
        {
            found.push(password);
        }
    }
}

/// `password=…` in any notation: connection strings, queries, options, `"password": "…"`.
fn in_pairs<'a>(text: &'a str, found: &mut Vec<&'a str>) {
    for (at, sign) in text.match_indices(['=', ':']) {
        let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '\t']);
        let quoted = before.ends_with(['"', '\'']);
        let name = identifier(before.trim_end_matches(['"', '\'']));
        let after = text.get(at + 1..).unwrap_or_default();
        if after.starts_with(['=', ':', '/']) && sign == ":" || name.is_empty() {
            continue;
        }
        // A colon separates names from values only in JSON and YAML.
        let starts = before
            .strip_suffix(name)
            .is_some_and(|line| line.trim_end_matches([' ', '\t', '-']).ends_with('\n'));
        if sign == ":" && !quoted && !starts {
            continue;
        }
        let value = value(after);
        if super::names_a_secret(name) && !super::is_setting(name, value) && !is_call(value, after)
        {
            found.push(value);
        }
    }
}

/// `<password>…</password>`.
fn in_tags<'a>(text: &'a str, found: &mut Vec<&'a str>) {
    for (at, _) in text.match_indices('>') {
        let before = text.get(..at).unwrap_or_default();
        let name = identifier(before);
        let tag = before.strip_suffix(name).is_some_and(|rest| rest.ends_with('<'));
        let (value, end) =
            text.get(at + 1..).and_then(|rest| rest.split_once("</")).unwrap_or_default();
        if tag && end.starts_with(name) && super::names_a_secret(name) && !super::is_switch(value) {
            found.push(value.trim());
        }
    }
}

/// The word that ends a text.
fn identifier(text: &str) -> &str {
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || "_-.".contains(*c))
        .last()
        .map_or(text.len(), |(at, _)| at);
    text.get(start..).unwrap_or_default()
}

/// A value up to its closing quote, or to where values end.
fn value(text: &str) -> &str {
    let text = text.trim_start_matches([' ', '\t', '\\']);
    for quote in ['"', '\''] {
        if let Some(rest) = text.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or_default().trim_end_matches('\\');
        }
    }
    text.split([';', '&', ' ', '\t', '\n', '\r', ',', '"', '\'', '}', ')'])
        .next()
        .unwrap_or_default()
}

/// Whether a value is a call or an expression of some language.
fn is_call(value: &str, after: &str) -> bool {
    let quoted = after.trim_start_matches([' ', '\t', '\\']).starts_with(['"', '\'']);
    !quoted && value.contains(['(', '[', '{'])
}

/// `user:password@tcp(host)/name`, `user:password@host:1/name`, `user/password@host:1/name`.
fn in_address<'a>(text: &'a str, found: &mut Vec<&'a str>) {
    if text.contains([' ', '\n']) || text.contains("://") {
        return;
    }
    let Some((login, host)) = text.rsplit_once('@') else { return };
    let Some((user, password)) = login.split_once([':', '/']) else { return };
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    let end = host.find([':', '/', '(']).unwrap_or(host.len());
    let (name, rest) = host.split_at(end);
    let port = rest
        .strip_prefix(':')
        .and_then(|rest| rest.chars().next())
        .is_some_and(|c| c.is_ascii_digit());
    let known =
        name == "tcp" || name == "unix" || port || (rest.starts_with('/') && rest.len() > 1);
    if plain(user)
        && known
        && !name.starts_with("sha256")
        && user != "mailto"
        && !password.contains('/')
    {
        found.push(password);
    }
}

/// Whether a text stands for a value that somebody else fills in.
pub(crate) fn is_placeholder(text: &str) -> bool {
    text.is_empty()
        || text.starts_with(['$', '<', '{', '[', '*', '%'])
        || text.chars().all(|c| matches!(c, 'x' | 'X' | '.' | '*' | '-'))
}

/// Whether a text is a path of a file system.
pub(crate) fn is_path(text: &str) -> bool {
    let rooted = ["/", "./", "../", "~/", "file:"].iter().any(|start| text.starts_with(start));
    let mixed = |part: &str| {
        part.len() >= 16
            && part.contains(|c: char| c.is_ascii_uppercase())
            && part.contains(|c: char| c.is_ascii_lowercase())
            && part.contains(|c: char| c.is_ascii_digit())
    };
    let file = [".key", ".pem", ".crt", ".json", ".jks", ".p12", ".pfx", ".txt", ".yml", ".yaml"]
        .iter()
        .any(|end| text.ends_with(end));
    (rooted || (file && text.contains('/')))
        && text.chars().all(|c| c.is_alphanumeric() || "._/-:,@~".contains(c))
        && !text.split('/').any(mixed)
}

/// Whether a text is a private key, or something that is as good as one.
pub(crate) fn is_key_material(text: &str) -> bool {
    (text.contains("-----BEGIN") && text.contains("PRIVATE KEY"))
        || text.contains("AGE-SECRET-KEY-1")
        || text.contains("PuTTY-User-Key-File")
}

/// Tokens that services give out with a beginning of their own, and the least that follows it.
const TOKENS: &[(&str, usize)] = &[
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("github_pat_", 22),
    ("glpat-", 16),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xoxa-", 20),
    ("xapp-", 20),
    ("sk_live_", 12),
    ("sk_test_", 12),
    ("rk_live_", 12),
    ("whsec_", 12),
    ("sk-", 20),
    ("AIza", 30),
    ("AKIA", 16),
    ("hf_", 24),
    ("npm_", 30),
    ("dckr_pat_", 16),
    ("SG.", 30),
    ("tskey-", 16),
    ("dop_v1_", 30),
    ("shpat_", 24),
    ("pypi-", 40),
    ("hvs.", 20),
    ("glsa_", 20),
    ("ATATT", 40),
    ("eyJhbGciOi", 40),
    ("ya29.", 20),
    ("$2a$", 50),
    ("$2b$", 50),
    ("$2y$", 50),
    ("$apr1$", 20),
    ("$argon2", 30),
    ("$6$", 40),
];

/// Bytes of the shortest text that holds a token: `sk_live_`, `whsec_` or `Bearer` and what follows.
const SHORTEST_TOKEN: usize = 18;

/// Addresses that let in whoever knows them.
const OPEN_DOORS: &[&str] = &[
    "hooks.slack.com/services/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "webhook.office.com/",
];

/// Whether a text holds a token of a known kind.
pub(crate) fn is_token(text: &str) -> bool {
    if text.len() < SHORTEST_TOKEN {
        return false;
    }
    let long = |rest: &str, least: usize| {
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "_-./+$=,".contains(*c)).count()
            >= least
    };
    let mut before = ' ';
    let words = text
        .char_indices()
        .filter(|(_, first)| !std::mem::replace(&mut before, *first).is_ascii_alphanumeric());
    words.map(|(at, first)| (first, text.get(at..).unwrap_or_default())).any(|(first, word)| {
        TOKENS
            .iter()
            .filter(|(start, _)| start.starts_with(first))
            .any(|(start, least)| word.strip_prefix(start).is_some_and(|rest| long(rest, *least)))
    }) || OPEN_DOORS.iter().any(|door| {
        text.split_once(door).is_some_and(|(_, rest)| !is_placeholder(rest) && long(rest, 16))
    }) || ["Bearer ", "Basic "]
        .iter()
        .any(|kind| text.strip_prefix(kind).is_some_and(|rest| long(rest, 12)))
}

/// Whether a text looks like chance: what generators of passwords and keys make.
pub(crate) fn looks_random(text: &str) -> bool {
    let text = text.trim();
    if !(20..=512).contains(&text.len())
        || !text.chars().all(|c| c.is_ascii_alphanumeric() || "+/=_-!@#%^*~".contains(c))
        || is_path(text)
        || is_uuid(text)
        || text.starts_with("0x")
        || text.contains('@')
    {
        return false;
    }
    let count = |of: fn(&char) -> bool| text.chars().filter(of).count();
    let (digits, upper, lower) = (
        count(char::is_ascii_digit),
        count(char::is_ascii_uppercase),
        count(char::is_ascii_lowercase),
    );
    let hex = text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        || text.chars().all(|c| c.is_ascii_digit() || ('A'..='F').contains(&c));
    if hex {
        return text.len() >= 32 && digits > 0 && upper + lower >= 4 && entropy(text) >= 3.0;
    }
    let classes = [digits, upper, lower].iter().filter(|n| **n > 0).count();
    classes >= 2
        && digits >= 2
        && entropy(text) >= 3.6
        && changes(text) * 10 >= text.len() * if classes == 3 { 3 } else { 4 }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| {
            if matches!(at, 8 | 13 | 18 | 23) { c == '-' } else { c.is_ascii_hexdigit() }
        })
}

/// How often the kind of character changes: words and identifiers change rarely.
fn changes(text: &str) -> usize {
    let kind = |c: char| match c {
        '0'..='9' => 0,
        'A'..='Z' => 1,
        'a'..='z' => 2,
        _ => 3,
    };
    text.chars().zip(text.chars().skip(1)).filter(|(a, b)| kind(*a) != kind(*b)).count()
}

/// Shannon's entropy in bits for each character.
fn entropy(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    for c in text.chars() {
        *counts.entry(c).or_insert(0_u32) += 1;
    }
    let total = f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
    counts.values().map(|count| f64::from(*count) / total).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_by_where_they_stand() {
        for (text, password) in [
            ("postgres://app:secret@db:5432/app", "secret"),
            ("Server=db;Database=x;User Id=sa;Password=Pass@word1;Encrypt=no", "Pass@word1"),
            ("jdbc:sqlserver://db:1433;user=sa;password=Geheim1", "Geheim1"),
            ("host=db user=app password=geheim sslmode=disable", "geheim"),
            ("jdbc:mysql://db/app?user=app&password=geheim", "geheim"),
            ("root:geheim@tcp(db:3306)/app", "geheim"),
            ("app/geheim@db:1521/XE", "geheim"),
            ("-Xmx1g -Dspring.datasource.password=geheim", "geheim"),
            ("{\"user\": \"a\", \"password\": \"geheim\"}", "geheim"),
            ("AccountName=a;AccountKey=abc123==", "abc123=="),
            ("<user>a</user><password>geheim</password>", "geheim"),
        ] {
            assert_eq!(passwords(text), [password], "{text}");
        }
    }

    #[test]
    fn texts_without_passwords() {
        for text in [
            "postgres://app@db:5432/app",
            "http://web:8080/a@b",
            "postgres://app:${PASSWORD}@db/app",
            "nginx:1.27@sha256:abcdef",
            "mailto:someone@example.com/x",
            "Password=;User=x",
            "password=$PGPASSWORD",
            "password_file=/run/secrets/x",
            "token = read(x)",
            "admin@example.com",
        ] {
            assert_eq!(passwords(text), <[&str; 0]>::default(), "{text}");
        }
    }

    #[test]
    fn chance_is_told_from_words() {
        for text in [
            "f34be427ebb29de8d88c107a71546019685ed8b241d8f2ed",
            "J5brHrAXFLQSif0K9dkW2xQ",
            "7qs98zzkew1adoq6e5ym0x3iqxsso",
        ] {
            assert!(looks_random(text), "{text}");
        }
        for text in [
            "com.example.SomeVeryLongClassName2",
            "/usr/share/java/monitoring-interceptors-7",
            "6168db8d-dc58-4094-af24-483278923590",
            "intfloat/multilingual-e5-large-instruct",
            "SASL_PLAINTEXT_AND_SSL_LISTENER_2",
            "my_source_connect_offsets_v2_0",
            "2024-01-01T00:00:00Z-2024",
        ] {
            assert!(!looks_random(text), "{text}");
        }
    }
}
