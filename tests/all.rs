//! Tests that need only Rust.

mod cli;
