//! The type of a plain scalar, as Compose reads it.
//!
//! Compose reads YAML with go-yaml, whose rules lie between YAML 1.1 and 1.2: `yes` is a string, but
//! `017` is octal, `1_000` a number and `2024-01-01` a time. This is the only place that knows them.

use super::timestamp::timestamp;
use crate::yaml::Data;

/// The data of a plain scalar without a tag.
pub(super) fn resolve(text: &str) -> Data {
    word(text).or_else(|| number(text)).unwrap_or_else(|| Data::String(text.to_owned()))
}

/// Whether a plain scalar is anything but a string.
pub(super) fn is_typed(text: &str) -> bool {
    !matches!(resolve(text), Data::String(_))
}

/// The fixed words for null, booleans and the numbers that have no digits.
fn word(text: &str) -> Option<Data> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Data::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Data::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Data::Float(f64::NEG_INFINITY),
        "-0" => Data::Float(-0.0),
        _ => return None,
    })
}

/// Numbers and times: what starts with a digit, a sign or a dot.
fn number(text: &str) -> Option<Data> {
    match text.bytes().next()? {
        b'.' => float(text).map(Data::Float),
        b'0'..=b'9' | b'+' | b'-' => {
            if let Some(time) = timestamp(text) {
                return Some(Data::Timestamp(time));
            }
            let plain: String = text.chars().filter(|&character| character != '_').collect();
            integer(&plain).map(Data::Int).or_else(|| float(&plain).map(Data::Float))
        }
        _ => None,
    }
}

/// An integer with the bases of Go: `0x`, `0o`, `0b` and a leading zero for octal.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits, signed) = match text.strip_prefix('-') {
        Some(rest) => (true, rest, true),
        None => text.strip_prefix('+').map_or((false, text, false), |rest| (false, rest, true)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(rest) = lower.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (8, rest)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (2, rest)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, lower.get(1..)?)
    } else {
        (10, lower.as_str())
    };
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if negative { -magnitude } else { magnitude };
    // Go reads a number with a sign as int64 only.
    let fits = if signed { i64::try_from(value).is_ok() } else { true };
    fits.then_some(value)
}

/// A float in decimal notation; one that overflows is none, as in Go.
fn float(text: &str) -> Option<f64> {
    let decimal = text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if !decimal {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        text::{Sink, Sources},
        yaml::parse,
    };

    /// A short notation of the data: its type's letter and its value.
    fn show(text: &str) -> String {
        match resolve(text) {
            Data::Null => "null".into(),
            Data::Bool(value) => format!("b {value}"),
            Data::Int(value) => format!("i {value}"),
            Data::Float(value) => format!("f {value:?}"),
            Data::Timestamp(value) => format!("t {value}"),
            Data::String(value) => format!("s {value}"),
            Data::Seq(_) | Data::Map(_) => "?".into(),
        }
    }

    #[test]
    fn types_of_plain_scalars() {
        for (text, want) in [
            ("", "null"),
            ("~", "null"),
            ("Null", "null"),
            ("nULL", "s nULL"),
            ("true", "b true"),
            ("FALSE", "b false"),
            ("tRUE", "s tRUE"),
            ("yes", "s yes"),
            ("on", "s on"),
            ("y", "s y"),
            ("0", "i 0"),
            ("-0", "f -0.0"),
            ("+5", "i 5"),
            ("017", "i 15"),
            ("0o17", "i 15"),
            ("0o8", "s 0o8"),
            ("08", "f 8.0"),
            ("0x1F", "i 31"),
            ("-0x1f", "i -31"),
            ("0x", "s 0x"),
            ("0x-1", "s 0x-1"),
            ("0b11", "i 3"),
            ("1_000", "i 1000"),
            ("18446744073709551615", "i 18446744073709551615"),
            ("18446744073709551616", "f 1.8446744073709552e19"),
            ("-9223372036854775808", "i -9223372036854775808"),
            ("-9223372036854775809", "f -9.223372036854776e18"),
            ("1.5", "f 1.5"),
            ("5.", "f 5.0"),
            (".5", "f 0.5"),
            (".", "s ."),
            ("..", "s .."),
            ("-", "s -"),
            ("-.5", "f -0.5"),
            ("1e3", "f 1000.0"),
            ("1e999", "s 1e999"),
            ("1e", "s 1e"),
            ("inf", "s inf"),
            (".inf", "f inf"),
            ("-.INF", "f -inf"),
            (".nan", "f NaN"),
            ("22:22", "s 22:22"),
            ("1.2.3", "s 1.2.3"),
            ("1,000", "s 1,000"),
            ("2024-01-01", "t 2024-01-01 00:00:00 +0000 UTC"),
            ("3.8", "f 3.8"),
            ("512m", "s 512m"),
        ] {
            assert_eq!(show(text), want, "{text}");
        }
    }

    /// What the reference made of each scalar as the value of an environment variable.
    #[test]
    #[ignore = "needs the conformance data: cargo xtask conformance"]
    fn types_as_the_reference_reads_them() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/conformance/tables/yaml_scalars.json");
        let rows: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut wrong = Vec::new();
        for row in rows.as_array().unwrap() {
            let yaml = row["yaml"].as_str().unwrap();
            let mut sources = Sources::default();
            let file = sources.add("compose.yaml", format!("x: {yaml}\n"));
            let got = parse(file, &sources, &mut Sink::default());
            let data = got.ok().and_then(|node| node.get("x").map(|x| x.data.clone()));
            let right = match (&data, &row["json"]) {
                (Some(Data::Null), json) => json.is_null() && row.get("error").is_none(),
                (Some(Data::Bool(value)), json) => json.as_bool() == Some(*value),
                (Some(Data::Int(value)), _) => row["as_env"] == value.to_string(),
                (Some(Data::Float(value)), json) if value.is_finite() => {
                    json.as_f64().is_some_and(|want| (want - value).abs() <= want.abs() * 1e-15)
                }
                // Compose fails on these later.
                (Some(Data::Float(_)) | None, _) => row.get("error").is_some(),
                (Some(Data::Timestamp(text)), _) => row["as_env"] == *text,
                (Some(Data::String(text)), json) => json == text,
                (Some(Data::Seq(_) | Data::Map(_)), _) => false,
            };
            if !right {
                wrong.push(format!("{yaml}: {data:?}, not {row}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
