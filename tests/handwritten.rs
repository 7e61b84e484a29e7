//! The table that compares the chart of a sample with one written by hand says what is there.

use std::{fs, path::Path};

/// The lines of a template, its `if`s, and its `with`s and `range`s, as the table has them.
fn counted(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let actions: Vec<&str> = text.split("{{").skip(1).collect();
    let count = |words: &[&str]| {
        let begins = |action: &&&str| {
            let action = action.trim_start_matches(['-', ' ']);
            let action = action.strip_prefix("else ").unwrap_or(action);
            words.iter().any(|word| action.starts_with(word))
        };
        actions.iter().filter(begins).count()
    };
    format!("{}, {}, {}", text.lines().count(), count(&["if "]), count(&["with ", "range "]))
}

#[test]
fn the_table_beside_the_chart_written_by_hand_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (hand, ours) =
        (root.join("tests/handwritten/shop"), root.join("samples/shop/expected/helm/shop"));
    let table = fs::read_to_string(root.join("tests/handwritten/README.md")).unwrap();
    for (row, file) in [
        ("Deployment (`catalog`)", "catalog-deployment.yaml"),
        ("StatefulSet (`db`)", "db-statefulset.yaml"),
        ("Ingress", "gateway-ingress.yaml"),
        ("`_helpers.tpl`", "_helpers.tpl"),
    ] {
        let [hand, ours] = [&hand, &ours].map(|chart| counted(&chart.join("templates").join(file)));
        let wanted = format!("| {row} | {hand} | {ours} |");
        assert!(table.contains(&wanted), "tests/handwritten/README.md should say `{wanted}`");
    }
    let [hand, ours] = [&hand, &ours]
        .map(|chart| fs::read_to_string(chart.join("values.yaml")).unwrap().lines().count());
    let words: Vec<&str> = table.lines().filter(|line| line.contains("lines, values")).collect();
    let said = words.first().copied().unwrap_or_default();
    assert!(
        said.contains(&format!("| {hand}, ")) && said.contains(&format!("| {ours}, ")),
        "{said}"
    );
}
