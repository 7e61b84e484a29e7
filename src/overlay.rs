//! Patches on objects, and the difference of two object sets.
//!
//! Patches act as `kustomize build` applies them, so that an overlay that c2k writes gives the very
//! objects that c2k has. Nothing here reads files or knows of formats.

mod difference;
mod equal;
mod json;
mod json_difference;
mod keys;
mod kustomization;
mod merge;
mod merge_lists;
mod seal;
mod walk;

#[cfg(test)]
pub(crate) use difference::tests::object as any_object;
pub use difference::{Difference, Patch, difference, patch_between};
#[cfg(test)]
pub(crate) use equal::rename;
pub use equal::{canonical, same};
pub use json::{Op, Operation, PatchError, json6902};
pub use json_difference::json_difference;
pub use keys::merge_keys;
pub use kustomization::{
    Applied, CopiedFile, CopyTo, Kustomization, copied, read as read_kustomization, value_of,
};
pub use merge::{MergeError, strategic_merge};
pub use seal::{Seal, SealMode, rename_jobs, seal};
pub(crate) use walk::{IMAGES, at_mut, images};
pub use walk::{config_maps_used, pod_template, secrets_used};
