//! The mapping contract on recorded projects: every key is on record, and the record is true.
//!
//! The data lies outside of the repository (`C2K_SHARED`, else `../shared`), so these tests are run on
//! their own: `cargo test --test all contract -- --ignored`.

mod data;
mod evidence;
mod facts;
