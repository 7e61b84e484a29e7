//! Emitters: `{base, env → objects}` to files. They encode differences in their format's own way and
//! decide nothing.

mod bundle;
mod claims;
mod kustomize;
mod manifests;
mod names;
mod package;
mod writer;

pub use bundle::{Bundle, Custom, SecretKeys, SecretMode, Tree, TreeFile, Variant};
pub use claims::{Claims, claims};
#[cfg(test)]
pub(crate) use kustomize::decoded;
pub use kustomize::kustomize;
pub use manifests::{manifests, sealed, stream};
pub use package::{PackageFile, package};
pub use writer::{STATE_FILE, WriteOptions, WriteReport, compare, write};
mod helm;

pub use helm::{ChartOptions, chart_name, helm, taken_keys};
