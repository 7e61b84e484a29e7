//! Sizes in bytes: `1.5g`, `64mb`, `1024`.

/// The number of bytes that a size stands for; units are binary and letter case is ignored.
pub fn parse(size: &str) -> Result<i64, String> {
    if let Ok(number) = size.parse() {
        return Ok(number);
    }
    let invalid = || format!("invalid size: '{size}'");
    let Some(last) = size.rfind(|c: char| c.is_ascii_digit() || c == '.') else {
        return Err(invalid());
    };
    let (number, rest) = size.split_at(last + 1);
    // One blank may stand between the number and its unit; a second one counts to the number.
    let (number, unit) = match rest.rfind(' ') {
        Some(0) => (number, rest.get(1..).unwrap_or_default()),
        Some(at) => (size.get(..last + 1 + at).unwrap_or(number), ""),
        None => (number, rest),
    };
    let value: f64 = decimal(number)
        .ok_or_else(|| format!("strconv.ParseFloat: parsing {number:?}: invalid syntax"))?;
    if value < 0.0 {
        return Err(invalid());
    }
    let factor = factor(&unit.to_lowercase())
        .ok_or_else(|| format!("invalid suffix: '{}'", unit.to_lowercase()))?;
    // Sizes beyond 2^53 lose digits in the reference too, and those beyond 2^63 their meaning.
    let bytes = value * factor;
    #[allow(clippy::cast_possible_truncation)]
    Ok(if bytes < 2_f64.powi(63) { bytes as i64 } else { i64::MIN })
}

fn decimal(number: &str) -> Option<f64> {
    let ok = !number.is_empty()
        && number
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    if ok { number.parse().ok() } else { None }
}

/// The factor of a unit in lower case.
fn factor(unit: &str) -> Option<f64> {
    let mut letters = unit.chars();
    let Some(first) = letters.next() else { return Some(1.0) };
    let rest = letters.as_str();
    if first == 'b' {
        return rest.is_empty().then_some(1.0);
    }
    let power = "kmgtp".find(first)? + 1;
    if !matches!(rest, "" | "b" | "ib") {
        return None;
    }
    Some(1024_f64.powi(i32::try_from(power).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_binary() {
        assert_eq!(parse("1k"), Ok(1024));
        assert_eq!(parse("1.5GiB"), Ok(1_610_612_736));
        assert_eq!(parse(".5g"), Ok(536_870_912));
        assert_eq!(parse("1 m"), Ok(1_048_576));
        assert_eq!(parse("1.5"), Ok(1));
        assert_eq!(parse("12b"), Ok(12));
    }

    #[test]
    fn what_is_no_size() {
        assert_eq!(parse("1x"), Err("invalid suffix: 'x'".to_owned()));
        assert_eq!(parse("1gi"), Err("invalid suffix: 'gi'".to_owned()));
        assert_eq!(parse("abc"), Err("invalid size: 'abc'".to_owned()));
        assert_eq!(parse("-1m"), Err("invalid size: '-1m'".to_owned()));
        assert_eq!(
            parse("1  m"),
            Err("strconv.ParseFloat: parsing \"1 \": invalid syntax".to_owned())
        );
    }
}
