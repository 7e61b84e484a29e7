//! c2k.
fn main() {}
