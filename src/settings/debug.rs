//! Variables whose values are for development, and what they are in production.

/// Names that say by a word where a program runs.
const STAGES: &[&str] = &[
    "NODE_ENV",
    "RAILS_ENV",
    "RACK_ENV",
    "APP_ENV",
    "FLASK_ENV",
    "MIX_ENV",
    "GO_ENV",
    "ENVIRONMENT",
    "ASPNETCORE_ENVIRONMENT",
    "DOTNET_ENVIRONMENT",
];

/// Pairs of words: for development, in production.
const WORDS: &[(&str, &str)] = &[("development", "production"), ("dev", "prod")];

/// Pairs of switches: on, off.
const SWITCHES: &[(&str, &str)] = &[("1", "0"), ("true", "false"), ("yes", "no"), ("on", "off")];

/// Pairs of levels of a log.
const LEVELS: &[(&str, &str)] = &[("debug", "info"), ("trace", "info")];

/// What a variable is in production, where its value is one for development: `DEBUG=True` gives
/// `False`. How a program reads it is not known, so nobody but its owner may set it.
pub fn production_value(name: &str, value: &str) -> Option<String> {
    let name = name.to_ascii_uppercase();
    let pairs = if STAGES.contains(&name.as_str()) {
        WORDS
    } else if name == "DEBUG" || name.ends_with("_DEBUG") {
        SWITCHES
    } else if name.ends_with("LOG_LEVEL") || name.ends_with("LOGLEVEL") {
        LEVELS
    } else if name == "GIN_MODE" {
        &[("debug", "release")]
    } else {
        return None;
    };
    let (_, there) = pairs.iter().find(|(here, _)| value.eq_ignore_ascii_case(here))?;
    let mut letters = value.chars().filter(char::is_ascii_alphabetic);
    let capital = letters.next().is_some_and(|first| first.is_ascii_uppercase());
    let loud = capital && letters.next().is_some_and(|second| second.is_ascii_uppercase());
    Some(match (capital, loud) {
        (_, true) => there.to_ascii_uppercase(),
        (true, _) => {
            let (first, rest) = there.split_at_checked(1).unwrap_or((there, ""));
            first.to_ascii_uppercase() + rest
        }
        _ => (*there).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::production_value;

    #[test]
    fn values_for_development_have_one_for_production_in_the_same_letters() {
        for (name, here, there) in [
            ("DEBUG", "True", "False"),
            ("FLASK_DEBUG", "1", "0"),
            ("NODE_ENV", "development", "production"),
            ("ASPNETCORE_ENVIRONMENT", "Development", "Production"),
            ("log_level", "DEBUG", "INFO"),
            ("GIN_MODE", "debug", "release"),
        ] {
            assert_eq!(production_value(name, here).as_deref(), Some(there), "{name}");
        }
        for (name, value) in [("DEBUG", "false"), ("DEBUG", "app:*"), ("NODE_ENV", "production")] {
            assert_eq!(production_value(name, value), None, "{name}");
        }
    }
}
