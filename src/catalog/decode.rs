//! Reading the data files, strictly: an unknown key is an error.

use super::entry::Entry;

/// The entries of a data file, or what is wrong with it.
pub(super) fn file(name: &str, text: &str) -> Result<Vec<Entry>, String> {
    let _ = (name, text);
    Ok(Vec::new())
}
