//! Passwords in command lines, told by the option or the place that they stand at.

use super::{names_a_secret, values};

/// Programs whose `-pPASSWORD` is one word.
const GLUED_P: &[&str] = &[
    "mysql",
    "mysqladmin",
    "mysqldump",
    "mysqlshow",
    "mysqlcheck",
    "mysqlimport",
    "mariadb",
    "mariadb-admin",
    "mariadb-dump",
];

/// Short options before a password, by program.
const SHORT: &[(&str, &str)] = &[
    ("redis-cli", "-a"),
    ("valkey-cli", "-a"),
    ("mongo", "-p"),
    ("mongosh", "-p"),
    ("mongodump", "-p"),
    ("mongoimport", "-p"),
    ("mongorestore", "-p"),
    ("sqlcmd", "-P"),
    ("rabbitmqadmin", "-p"),
    ("cypher-shell", "-p"),
    ("ldapsearch", "-w"),
    ("ldapwhoami", "-w"),
    ("ldapadd", "-w"),
    ("cqlsh", "-p"),
    ("mosquitto_pub", "-P"),
    ("mosquitto_sub", "-P"),
    ("impala-shell", "-p"),
    ("beeline", "-p"),
    ("sshpass", "-p"),
];

/// The passwords in the words of a command; words may be lines of a shell.
pub(crate) fn in_command<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut found: Vec<&str> = words.iter().flat_map(|word| values::passwords(word)).collect();
    let tokens: Vec<&str> = words.iter().flat_map(|word| tokens(word)).collect();
    let mut program = "";
    for (at, token) in tokens.iter().enumerate() {
        let name = token.rsplit('/').next().unwrap_or(token);
        let next = || tokens.get(at + 1).copied().unwrap_or_default();
        if GLUED_P.contains(&name)
            || SHORT.iter().any(|(known, _)| *known == name)
            || matches!(name, "curl" | "mc")
        {
            program = name;
        }
        if GLUED_P.contains(&program)
            && let Some(password) = token.strip_prefix("-p")
        {
            found.push(unquoted(password));
        } else if SHORT.contains(&(program, token)) {
            found.push(next());
        } else if let Some(option) = token.strip_prefix("--").or_else(|| token.strip_prefix('-'))
            && !option.contains('=')
            && names_a_secret(option)
            && !super::is_setting(option, next())
            && !next().starts_with('-')
        {
            found.push(next());
        } else if matches!(name, "requirepass" | "masterauth") {
            found.push(next());
        } else if program == "curl" && matches!(*token, "-u" | "--user") {
            found.extend(next().split_once(':').map(|(_, password)| password));
        } else if program == "mc" && matches!((*token, next()), ("alias", "set") | ("host", "add"))
        {
            found.extend(tokens.get(at + 5).copied());
        }
    }
    found.retain(|password| {
        let plain = !password.contains(['$', '(', '`', '|', '>', ';']);
        plain
            && !values::is_placeholder(password)
            && !super::is_switch(password)
            && !values::is_path(password)
    });
    found
}

/// The words of a line without their quotes.
fn tokens(line: &str) -> impl Iterator<Item = &str> {
    line.split_whitespace().map(unquoted).filter(|token| !token.is_empty())
}

fn unquoted(token: &str) -> &str {
    let token = token.trim_start_matches(['"', '\'', '(', '[', '\\']);
    token.trim_end_matches(['"', '\'', '(', '[', '\\', ';', ')', ',', ']'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_well_known_programs() {
        for (words, password) in [
            (vec!["mysqladmin", "ping", "-uroot", "-pgeheim"], "geheim"),
            (vec!["redis-server", "--requirepass", "geheim"], "geheim"),
            (vec!["sh", "-c", "redis-cli -a geheim ping | grep PONG"], "geheim"),
            (vec!["sh", "-c", "/opt/sqlcmd -S x -U sa -P \"geheim\" -Q 'SELECT 1'"], "geheim"),
            (vec!["curl", "-u", "elastic:geheim", "http://es:9200"], "geheim"),
            (
                vec!["/bin/sh", "-c", "mc alias set s3 http://minio:9000 me geheim; mc mb s3/x"],
                "geheim",
            ),
            (vec!["server", "--db-password=geheim"], "geheim"),
            (vec!["[\"redis-cli\", \"-a\", \"geheim\", \"ping\"]"], "geheim"),
        ] {
            assert_eq!(in_command(&words), [password], "{words:?}");
        }
    }

    #[test]
    fn options_that_are_no_passwords() {
        for words in [
            vec!["nc", "-p", "8080"],
            vec!["mysqladmin", "ping", "-p$MYSQL_ROOT_PASSWORD"],
            vec!["server", "--token-file", "/run/x", "--password", "--other"],
            vec!["redis-server", "--appendonly", "yes"],
            vec!["server", "--max-input-tokens", "3048", "--max-total-tokens=4096"],
            vec!["mysqladmin ping --password=\"$(cat /run/secrets/db-password)\" --silent"],
            vec!["mysqladmin ping --password=\"$(cat \"/run/secrets/db password\")\""],
            vec!["mysql -u root --password $(cat secret-of-db)"],
        ] {
            assert_eq!(in_command(&words), <[&str; 0]>::default(), "{words:?}");
        }
    }
}
