//! The mapping contract: what becomes of every key of a Compose project.
//!
//! One table ([`rows`]) says it for each key; `c2k explain`, the documentation and the diagnostics
//! about what is left out are made from it. [`Ledger`] is the record of one conversion: for each key
//! that is there, whether it was mapped, approximated or refused.

mod deploy;
mod markdown;
mod mounts;
mod project;
mod record;
mod row;
mod said;
mod service;
mod walk;

pub use markdown::page as markdown_page;
pub use record::{Entry, Ledger, Standing, Verdict};
pub use row::{Fate, Row, find, paths};
pub(crate) use said::{report_project, report_service};

/// Every row of the contract, in order of the documentation.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let tables = [project::TABLES, service::TABLES, deploy::TABLES, mounts::TABLES];
    tables.into_iter().flatten().copied().flatten()
}
