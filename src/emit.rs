//! Emitters: `{base, env → objects}` to files. They encode differences in their format's own way and
//! decide nothing.

mod bundle;
mod helm;

pub use bundle::{Bundle, SecretKeys, SecretMode, Tree, TreeFile, Variant};
pub use helm::{ChartOptions, helm};
