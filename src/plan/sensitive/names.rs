//! What a variable's name says about its value.

use std::{collections::BTreeSet, sync::OnceLock};

/// A list of words.
struct Words {
    text: &'static str,
    set: OnceLock<BTreeSet<&'static str>>,
}

impl Words {
    const fn of(text: &'static str) -> Self {
        Self { text, set: OnceLock::new() }
    }

    fn has(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.text.split(' ').collect()).contains(word)
    }
}

/// Words that make a name a secret's, wherever they stand.
static SECRET_WORDS: Words = Words::of(
    "\
    PASSWORD PASSWORDS PASSWD PASS PWD PW PASSPHRASE PASSCODE SECRET SECRETS TOKEN APIKEY APIKEYS \
    CREDENTIAL CREDENTIALS CREDS SALT PEPPER PSK HMAC MNEMONIC HTPASSWD REQUIREPASS MASTERAUTH \
    USERPASS",
);

/// Words that make a name a secret's where they end it.
static LAST_WORDS: Words = Words::of(
    "\
    JWT TOKENS PIN BEARER IV",
);

/// How one word ends that is written without a sign between its parts: `ADMINPASSWORD`, `AUTHTOKEN`.
const GLUED: [&str; 14] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "AUTHKEY",
    "APPKEY",
    "SECRETKEY",
    "ACCESSKEY",
    "PRIVATEKEY",
    "ACCOUNTKEY",
    "MASTERKEY",
    "ENCRYPTIONKEY",
];

/// Beginnings of words that end in `PASS` or `PW`: `DBPASS`, `BINDPW`.
const GLUED_OWNERS: &str = "\
    DB ADMIN USER ROOT SMTP MAIL LDAP BIND MYSQL PG SQL REDIS MONGO KEY STORE RABBIT MQ FTP SSH \
    SVN API AUTH LOGIN CA PROXY VNC MQTT SA SYS ORACLE WEB SITE JMX DATABASE";

/// Words before `KEY` that make it a secret one.
static KEY_WORDS: Words = Words::of(
    "\
    API PRIVATE ACCESS SECRET ENCRYPTION ENCRYPT DECRYPTION SIGNING SIGNATURE SIGN MASTER APP \
    APPLICATION AUTH LICENSE LICENCE SSH TLS SSL SESSION COOKIE ACCOUNT STORAGE SHARED ADMIN \
    SERVICE SERVER CLIENT ROLE ANON JWT AES FERNET CIPHER VAULT UNSEAL RECOVERY BACKUP DEPLOY \
    INTEGRATION INGESTION CREDS CRYPT CRYPTO ENC PRESHARED SECURITY WEBHOOK HOOK OPENAI ANTHROPIC \
    GOOGLE STRIPE SENDGRID MAILGUN 256",
);

/// Words before `KEY` that make it a plain one.
static PLAIN_KEY_WORDS: Words = Words::of(
    "\
    PUBLIC PUB PUBLISHABLE SITE PRIMARY FOREIGN PARTITION ROUTING SORT CACHE HASH SHARD GROUP \
    INDEX MESSAGE OBJECT TOPIC QUEUE LABEL CONFIG STORE BUCKET FILE RECORD MAP HOT LOOKUP PATH",
);

/// Last words that say what a secret's name is about instead of holding one.
static HARMLESS_ENDINGS: Words = Words::of(
    "\
    FILE FILES HASHERS FILENAME PATH PATHS DIR DIRECTORY FOLDER LOCATION URL URLS URI ENDPOINT \
    ENDPOINTS ROUTE PAGE HOST PORT SERVER ADDRESS DOMAIN REGION NAMESPACE ENABLED ENABLE DISABLED \
    DISABLE REQUIRED OPTIONAL ALLOWED ALLOW VERIFY RESET CHECK CHANGE EXPIRE EXPIRES EXPIRED \
    EXPIRESIN EXPIRATION EXPIRY EXP TTL LIFETIME TIMEOUT DURATION INTERVAL AGE DAYS HOURS MINUTES \
    SECONDS SECS MS TIME VALIDITY LENGTH LEN SIZE BITS BYTES COUNT LIMIT MIN MAX ROUNDS \
    ITERATIONS COST ATTEMPTS RETRIES POLICY TYPE KIND MODE METHOD STRATEGY FORMAT VERSION CLASS \
    MODULE PROVIDER BACKEND ENGINE DRIVER STORE MANAGER NAME NAMES LABEL FIELD HEADER HEADERNAME \
    PREFIX SUFFIX COLUMN PARAM CLAIM CLAIMS SCOPE SCOPES ISSUER ISS AUDIENCE AUD SUBJECT \
    ALGORITHM ALGORITHMS ALGO ALG ENCODING ENCRYPTION ROTATION VALIDATION COMPLEXITY STRENGTH \
    HISTORY REGEX PATTERN HINT PROMPT TEMPLATE USER USERNAME USERS EMAIL LEVEL ALIAS CERT \
    CERTIFICATE READYPORT PROGRAM CMD COMMAND SCRIPT SOURCE INFO GRANT USAGE BUDGET STYLE COLOR \
    SECURE INSECURE SAMESITE HTTPONLY ADDR REALM CHARS CHARACTERS WINDOW STATUS",
);

/// Words at a name's start that make its value a number or a switch.
static SWITCH_STARTS: Words = Words::of(
    "\
    MAX MIN NUM ENABLE DISABLE ALLOW USE REQUIRE SKIP HAS IS ENFORCE HIDE SHOW",
);

/// How sure a name makes of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    /// It says that the value is no secret: `KEY_ID`, `IMAGE_DIGEST`.
    Plain,
    /// It says nothing.
    Nothing,
    /// It speaks of some key; whether that is a secret one, the value shows.
    Perhaps,
    /// It says that the value is a secret.
    Secret,
}

/// What a name says about its value.
pub(crate) fn says(name: &str) -> Says {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((last, before)) = trimmed(&words).split_last() else { return Says::Nothing };
    let has = |word: &str| words.contains(&word);
    if HARMLESS_ENDINGS.has(last) || has("PUBLIC") || has("PUBLISHABLE") {
        return Says::Plain;
    }
    let previous = before.last().copied().unwrap_or_default();
    if *last == "ID" || *last == "IDS" {
        // Whoever has an access key's id has half of what a login needs; a secret's id is one.
        let pair = (before.iter().nth_back(1).copied().unwrap_or_default(), previous);
        return if pair == ("ACCESS", "KEY") || previous == "SECRET" {
            Says::Secret
        } else {
            Says::Plain
        };
    }
    if words.iter().any(|word| SECRET_WORDS.has(word) || is_glued(word)) || LAST_WORDS.has(last) {
        return Says::Secret;
    }
    let mut pairs = words.iter().zip(words.iter().skip(1));
    if pairs.any(|(word, next)| {
        (is_key(next) && KEY_WORDS.has(word)) || (*word, *next) == ("ERLANG", "COOKIE")
    }) {
        return Says::Secret;
    }
    if is_key(last) {
        return if PLAIN_KEY_WORDS.has(previous) { Says::Plain } else { Says::Perhaps };
    }
    if matches!(*last, "AUTH" | "DSN" | "LOGIN" | "AUTHENTICATION") {
        Says::Perhaps
    } else {
        Says::Nothing
    }
}

/// Whether a name is that of a secret.
pub(crate) fn names_a_secret(name: &str) -> bool {
    says(name) == Says::Secret
}

/// Whether a name starts with a word that asks for a number or a switch: `MAX_TOKEN`.
pub(crate) fn asks_for_a_switch(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| SWITCH_STARTS.has(word))
}

/// Whether a name says that its value identifies something: such values look like chance, but are open.
pub(crate) fn identifies(name: &str) -> bool {
    static OPEN: Words = Words::of(
        "\
    ID IDS UUID GUID HASH DIGEST CHECKSUM SHA SHA1 SHA256 SHA512 MD5 COMMIT REVISION REV REF \
    VERSION TAG BUILD FINGERPRINT THUMBPRINT ADDRESS ADDRESSES PUBLIC CERT CERTIFICATE CA IMAGE \
    NODE NODES PEER PEERS MODEL CLASS URL FILE PATH DIR NAME ETAG ARN TRACE WALLET CONTRACT \
    RELEASE FEATURES CIPHER CIPHERS OPTS PREFIX",
    );
    words(name).iter().any(|word| OPEN.has(word))
}

/// Numbers at the end only count: `TOKEN_2`.
fn trimmed<'w, 'a>(words: &'w [&'a str]) -> &'w [&'a str] {
    match words.split_last() {
        Some((last, before)) if !before.is_empty() && last.chars().all(|c| c.is_ascii_digit()) => {
            trimmed(before)
        }
        _ => words,
    }
}

fn is_key(word: &str) -> bool {
    matches!(word, "KEY" | "KEYS" | "KEYBASE")
}

fn is_glued(word: &str) -> bool {
    let owner = |end: &str| {
        word.strip_suffix(end)
            .is_some_and(|owner| GLUED_OWNERS.split(' ').any(|known| owner.ends_with(known)))
    };
    GLUED.iter().any(|end| word.ends_with(end)) || owner("PASS") || owner("PWD") || owner("PW")
}

/// The words of a name, in upper case: `DB_PASSWORD`, `dbPassword`, `db.password` alike.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_uppercase());
        }
        lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "PGPASSWORD",
            "API_KEY",
            "JWT_SECRET",
            "MYSQL_PWD",
            "GITHUB_TOKEN",
            "LDAP_BINDPW",
            "DBPASS",
            "NGROK_AUTHTOKEN",
            "AWS_ACCESS_KEY_ID",
            "TOKEN_2",
            "RABBITMQ_ERLANG_COOKIE",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in [
            "PASSWORD_FILE",
            "TOKEN_EXPIRE",
            "KEYBOARD",
            "PUBLIC_KEY",
            "PWDIR",
            "COMPASS",
            "KEY",
            "JWT_ALGORITHM",
            "KEY_ID",
            "BYPASS",
            "ROUTING_KEY",
            "MAX_TOKENS_PER_REQUEST_LIMIT",
        ] {
            assert!(!names_a_secret(name), "{name}");
        }
    }
}
