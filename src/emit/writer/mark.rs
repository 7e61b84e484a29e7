//! Whether a file with secret values is still as c2k wrote it.
//!
//! A hash of a short password would give it away, and a list of times would be another file that
//! differs from run to run. So the file itself says it: c2k sets the fraction of the second of its
//! last change, which any later change replaces. Where a file system keeps no fractions, nothing is
//! known, and the file counts as changed.

use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The fraction in nanoseconds; file systems keep at least tenths of microseconds.
const FRACTION: u32 = 314_159_200;

/// Marks a file as written by c2k.
pub(super) fn set(file: &File) {
    let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) else { return };
    // Never a time to come.
    let second = now.as_secs().saturating_sub(1);
    // A file without the mark counts as changed by hand, which is safe.
    let _ = file.set_modified(UNIX_EPOCH + Duration::new(second, FRACTION));
}

/// Whether nobody changed the file since c2k wrote it.
pub(super) fn is_set(path: &Path) -> bool {
    let changed = fs::metadata(path).and_then(|data| data.modified());
    let since = changed.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.is_some_and(|since| since.subsec_nanos() == FRACTION)
}
