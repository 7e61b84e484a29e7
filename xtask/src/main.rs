//! Development commands of c2k.
fn main() {}
