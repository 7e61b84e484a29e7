//! Durations: `1m30s`, `1.5h`, `2w`.

/// The number of nanoseconds that a duration stands for.
pub fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (negative, body) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    if body == "0" {
        return Ok(0);
    }
    if body.is_empty() {
        return Err(invalid());
    }
    let mut rest = body;
    let mut sum: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(invalid());
        }
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {text:?}"));
        }
        let size = unit_size(unit)
            .ok_or_else(|| format!("time: unknown unit {unit:?} in duration {text:?}"))?;
        sum = sum
            .checked_add(part(whole, fraction, size).ok_or_else(invalid)?)
            .ok_or_else(invalid)?;
        rest = tail;
    }
    i64::try_from(if negative { -sum } else { sum }).map_err(|_| invalid())
}

/// One number with its unit, in nanoseconds.
fn part(whole: &str, fraction: &str, unit: i128) -> Option<i128> {
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nanos = whole.checked_mul(unit)?;
    let mut scale = unit;
    for digit in fraction.bytes() {
        scale /= 10;
        nanos = nanos.checked_add(i128::from(digit - b'0') * scale)?;
    }
    Some(nanos)
}

fn unit_size(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        "w" => 604_800_000_000_000,
        _ => return None,
    })
}

/// A duration as Go prints it: `1h5m30.02s`, `24h0m0s`, `500ms`.
pub fn format(nanoseconds: i64) -> String {
    let total = nanoseconds.unsigned_abs();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    if total == 0 {
        return "0s".to_owned();
    }
    if total < 1_000_000_000 {
        let (unit, size) = match total {
            0..1_000 => ("ns", 1),
            1_000..1_000_000 => ("\u{b5}s", 1_000),
            _ => ("ms", 1_000_000),
        };
        return format!("{sign}{}{unit}", decimal(total, size));
    }
    let seconds = decimal(total % 60_000_000_000, 1_000_000_000);
    let minutes = total / 60_000_000_000;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, _) => format!("{sign}{minutes}m{seconds}s"),
        _ => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// `value / unit` with as many decimals as it needs.
fn decimal(value: u64, unit: u64) -> String {
    let (whole, rest) = (value / unit, value % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let width = usize::try_from(unit.ilog10()).unwrap_or_default();
    let fraction = format!("{rest:0width$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        parse(text).map_or_else(|error| error, format)
    }

    #[test]
    fn printed_as_go_does() {
        for (text, printed) in [
            ("1h5m30s20ms", "1h5m30.02s"),
            ("1.5h", "1h30m0s"),
            ("100us", "100\u{b5}s"),
            ("2w", "336h0m0s"),
            ("1d12h", "36h0m0s"),
            ("-1s", "-1s"),
            (".5s", "500ms"),
            ("0", "0s"),
            ("1m1h", "1h1m0s"),
        ] {
            assert_eq!(again(text), printed);
        }
    }

    #[test]
    fn what_is_no_duration() {
        assert_eq!(again("10"), "time: missing unit in duration \"10\"");
        assert_eq!(again("1S"), "time: unknown unit \"S\" in duration \"1S\"");
        assert_eq!(again(""), "time: invalid duration \"\"");
    }
}
