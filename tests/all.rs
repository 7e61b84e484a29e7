//! Tests that need only Rust.

#![allow(clippy::panic, clippy::unwrap_used)]

mod cli;
mod contract;
mod docs;
mod handwritten;
mod operations;
mod origins;
mod pods;
mod storage;
