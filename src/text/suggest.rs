//! "Did you mean": the nearest known name.

/// The candidate nearest to `name`, if it is at most two edits away.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2 && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours; letter case is ignored.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let width = b.len() + 1;
    let mut rows: Vec<Vec<usize>> = vec![(0..width).collect()];
    for (i, &from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &into) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let above = rows.last().map_or(usize::MAX, |above| at(above, j + 1));
            let corner = rows.last().map_or(usize::MAX, |above| at(above, j));
            let mut best = (above + 1).min(at(&row, j) + 1).min(corner + usize::from(from != into));
            let swapped =
                i > 0 && j > 0 && a.get(i - 1) == Some(&into) && b.get(j - 1) == Some(&from);
            if swapped && let Some(before) = rows.len().checked_sub(2).and_then(|at| rows.get(at)) {
                best = best.min(at(before, j - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last().copied()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_within_two_edits() {
        let names = ["ports", "image", "environment"];
        assert_eq!(did_you_mean("prots", names), Some("ports"));
        assert_eq!(did_you_mean("enviroment", names), Some("environment"));
        assert_eq!(did_you_mean("volumes", names), None);
    }
}
