//! Pages of the documentation that are made from code. `C2K_BLESS=1` makes them again.

use std::path::Path;

fn same(page: &str, want: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    if std::env::var_os("C2K_BLESS").is_some() {
        std::fs::write(&path, want).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == want, "docs/{page} differs: `C2K_BLESS=1 cargo test --test all docs`");
}

#[test]
fn the_mapping_table_is_the_contract_in_code() {
    same("mapping.md", &c2k::ledger::markdown_page());
}

#[test]
fn the_table_of_labels_is_the_one_in_code() {
    same("labels.md", &c2k::settings::labels_page());
}
