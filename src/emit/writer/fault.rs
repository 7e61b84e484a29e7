//! Where a test can let a run end: before every operation on a file.

use std::io;

/// Fails where a test wants the run to end here.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "in tests it fails")]
pub(super) fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) use injected::{kill_at, killed, step};

#[cfg(test)]
mod injected {
    use std::cell::Cell;

    use super::io;

    thread_local! {
        static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    }

    /// Lets the run end before its operation of that number, from 0; none lets it go on for ever.
    pub(in super::super) fn kill_at(operation: Option<usize>) {
        LEFT.set(operation);
    }

    /// Whether the run was ended.
    pub(in super::super) fn killed() -> bool {
        LEFT.get() == Some(0)
    }

    pub(in super::super) fn step() -> io::Result<()> {
        match LEFT.get() {
            Some(0) => Err(io::Error::other("killed")),
            Some(left) => {
                LEFT.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }
}
