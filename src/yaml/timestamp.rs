//! Dates and times in plain scalars, in and out as Go's `time` package has them.

/// The time that a plain scalar denotes, in Go's notation, if it is one.
pub(super) fn timestamp(text: &str) -> Option<String> {
    // Most numbers end here: only a year of four digits and a hyphen start a time.
    if text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    let mut cursor = Cursor { rest: text };
    let year = cursor.digits(4, 4)?;
    cursor.eat(b"-")?;
    let month = cursor.digits(1, 2)?;
    cursor.eat(b"-")?;
    let day = cursor.digits(1, 2)?;
    if day == 0 || day > days_in(year, month)? {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if cursor.rest.is_empty() {
        return Some(format!("{date} 00:00:00 +0000 UTC"));
    }
    let zoned = cursor.eat(b"Tt ")? != b' ';
    let clock = clock(&mut cursor)?;
    let zone = if zoned { zone(&mut cursor)? } else { UTC.to_owned() };
    cursor.rest.is_empty().then(|| format!("{date} {clock} {zone}"))
}

/// How Go prints the zone of a time in UTC.
const UTC: &str = "+0000 UTC";

/// `15:04:05` with an optional fraction, whose trailing zeros Go drops.
fn clock(cursor: &mut Cursor<'_>) -> Option<String> {
    let hour = cursor.digits(1, 2).filter(|&hour| hour < 24)?;
    cursor.eat(b":")?;
    let minute = cursor.digits(1, 2).filter(|&minute| minute < 60)?;
    cursor.eat(b":")?;
    let second = cursor.digits(1, 2).filter(|&second| second < 60)?;
    let fraction = fraction(cursor);
    Some(format!("{hour:02}:{minute:02}:{second:02}{fraction}"))
}

/// The fraction of a second, to nanoseconds.
fn fraction(cursor: &mut Cursor<'_>) -> String {
    let after = cursor.rest.strip_prefix(['.', ',']).unwrap_or_default();
    let length = after.bytes().take_while(u8::is_ascii_digit).count();
    let (Some(digits), Some(rest)) = (after.get(..length.min(9)), after.get(length..)) else {
        return String::new();
    };
    if digits.is_empty() {
        return String::new();
    }
    cursor.rest = rest;
    match digits.trim_end_matches('0') {
        "" => String::new(),
        digits => format!(".{digits}"),
    }
}

/// `Z` or `-05:00`.
fn zone(cursor: &mut Cursor<'_>) -> Option<String> {
    let sign = match cursor.eat(b"Z+-")? {
        b'Z' => return Some(UTC.to_owned()),
        b'-' => '-',
        _ => '+',
    };
    let hours = cursor.digits(2, 2).filter(|&hours| hours <= 24)?;
    cursor.eat(b":")?;
    let minutes = cursor.digits(2, 2).filter(|&minutes| minutes <= 60)?;
    let total = hours * 60 + minutes;
    if total == 0 {
        return Some(UTC.to_owned());
    }
    let offset = format!("{sign}{:02}{:02}", total / 60, total % 60);
    Some(format!("{offset} {offset}"))
}

/// The days of a month, if there is such a month.
fn days_in(year: u32, month: u32) -> Option<u32> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    Some(match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    })
}

/// What is left to read.
struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    /// Takes one of the bytes.
    fn eat(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = *self.rest.as_bytes().first()?;
        self.rest = bytes.contains(&byte).then(|| self.rest.get(1..))??;
        Some(byte)
    }

    /// Takes a number of `least` to `most` digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let length = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, rest) = (self.rest.get(..length)?, self.rest.get(length..)?);
        if length < least {
            return None;
        }
        self.rest = rest;
        number.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn times_as_go_prints_them() {
        for (text, want) in [
            ("2001-01-01", Some("2001-01-01 00:00:00 +0000 UTC")),
            ("2001-1-2", Some("2001-01-02 00:00:00 +0000 UTC")),
            ("2001-12-14t21:59:43.10-05:00", Some("2001-12-14 21:59:43.1 -0500 -0500")),
            ("2001-12-14T21:59:43Z", Some("2001-12-14 21:59:43 +0000 UTC")),
            ("2001-12-14T21:59:43+00:00", Some("2001-12-14 21:59:43 +0000 UTC")),
            ("2001-12-14 21:59:43", Some("2001-12-14 21:59:43 +0000 UTC")),
            ("2001-12-14 21:59:43Z", None),
            ("2001-12-14T21:59:43", None),
            ("2024-02-29", Some("2024-02-29 00:00:00 +0000 UTC")),
            ("2023-02-29", None),
            ("2023-13-01", None),
            ("2023-00-01", None),
            ("2023-1-1-", None),
            ("2023-1", None),
            ("1234-5678", None),
        ] {
            assert_eq!(timestamp(text).as_deref(), want, "{text}");
        }
    }
}
