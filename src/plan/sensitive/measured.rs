//! Precision and recall of the judgement, measured on variables that were labelled by hand.

use super::is_sensitive;

/// `secret NAME VALUE` or `open NAME VALUE`, a line each.
const LABELLED: &str = include_str!("labelled.txt");

#[test]
fn precision_and_recall_of_sensitive_variables() {
    let (mut hits, mut wrong, mut missed, mut count) = (0_u32, Vec::new(), Vec::new(), 0);
    for line in LABELLED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (label, rest) = line.split_once(' ').unwrap();
        let (name, value) = rest.split_once(' ').unwrap();
        assert!(["secret", "open"].contains(&label), "{line}");
        count += 1;
        match (label == "secret", is_sensitive(name, &value.replace("\\n", "\n"))) {
            (true, true) => hits += 1,
            (true, false) => missed.push(line),
            (false, true) => wrong.push(line),
            (false, false) => {}
        }
    }
    let number = |lines: &[&str]| u32::try_from(lines.len()).map_or(f64::MAX, f64::from);
    let share = |others: &[&str]| f64::from(hits) / (f64::from(hits) + number(others));
    let (precision, recall) = (share(&wrong), share(&missed));
    let figures = format!(
        "{count} variables, precision {precision:.4}, recall {recall:.4}\nwrongly secret: {wrong:#?}\nmissed: \
         {missed:#?}"
    );
    assert!(count >= 600, "{figures}");
    assert!(precision >= 0.97 && recall >= 0.97, "{figures}");
}
