//! Counts of what passes, recorded in the repository, so that a change that makes one worse fails.
//!
//! A line is `name >= number` where more is better, `name <= number` where less is; the numbers
//! only ever move one way.

use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

use crate::{Result, context, repository};

/// Which way a count gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    More,
    /// Less is better.
    Less,
}

/// What a run counted, by name.
#[derive(Debug, Default)]
pub struct Counts {
    counted: BTreeMap<String, (Better, usize)>,
}

impl Counts {
    /// Adds to a count, which is made where it is new, also by adding nothing.
    pub fn add(&mut self, name: &str, better: Better, number: usize) {
        self.counted.entry(name.to_owned()).or_insert((better, 0)).1 += number;
    }

    /// The value of a count.
    pub fn get(&self, name: &str) -> usize {
        self.counted.get(name).map_or(0, |(_, number)| *number)
    }

    /// The counts whose names begin with `prefix`, without it.
    pub fn below(&self, prefix: &str) -> impl Iterator<Item = (&str, usize)> {
        let named = self.counted.iter();
        named.filter_map(move |(name, (_, number))| Some((name.strip_prefix(prefix)?, *number)))
    }

    /// Compares with the recorded counts, or with `record` replaces those of the same names.
    pub fn settle(&self, record: bool) -> Result {
        let recorded = read()?;
        if record {
            return self.record(recorded);
        }
        let mut worse = Vec::new();
        for (name, (better, number)) in &self.counted {
            match recorded.get(name) {
                Some((_, before)) if is_worse(*better, *number, *before) => {
                    worse.push(format!("{name}: {before} recorded, {number} now"));
                }
                Some((_, before)) if before != number => {
                    println!("{name} is better than recorded: {before}, now {number}; `--record`");
                }
                _ => {}
            }
        }
        if worse.is_empty() { Ok(()) } else { Err(format!("worse counts:\n{}", worse.join("\n"))) }
    }

    fn record(&self, mut recorded: BTreeMap<String, (Better, usize)>) -> Result {
        recorded.extend(self.counted.iter().map(|(name, count)| (name.clone(), *count)));
        let mut text = "# Recorded by `cargo xtask corpus --record` and `cargo xtask conformance \
                        --record`.\n"
            .to_owned();
        for (name, (better, number)) in recorded {
            let sign = if better == Better::More { ">=" } else { "<=" };
            context(writeln!(text, "{name} {sign} {number}"), "counts")?;
        }
        context(fs::write(path(), text), path().display())
    }
}

fn is_worse(better: Better, number: usize, before: usize) -> bool {
    match better {
        Better::More => number < before,
        Better::Less => number > before,
    }
}

fn path() -> PathBuf {
    repository().join("tests/judges/counts.txt")
}

fn read() -> Result<BTreeMap<String, (Better, usize)>> {
    let text = fs::read_to_string(path()).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| parse(line).ok_or(format!("{}: `{line}`", path().display()))).collect()
}

fn parse(line: &str) -> Option<(String, (Better, usize))> {
    let mut words = line.split_whitespace();
    let name = words.next()?.to_owned();
    let better = match words.next()? {
        ">=" => Better::More,
        "<=" => Better::Less,
        _ => return None,
    };
    Some((name, (better, words.next()?.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_which_way_is_better() {
        assert_eq!(parse("a.b >= 3"), Some(("a.b".to_owned(), (Better::More, 3))));
        assert_eq!(parse("a.b <= 3"), Some(("a.b".to_owned(), (Better::Less, 3))));
        assert_eq!(parse("a.b 3"), None);
        assert!(is_worse(Better::More, 2, 3) && is_worse(Better::Less, 4, 3));
        assert!(!is_worse(Better::More, 3, 3));
    }
}
