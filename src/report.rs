//! What came of a conversion, for people and for programs: services and their objects, and what was
//! approximated or left out.

mod json;
mod losses;
mod markdown;
mod places;
mod services;

pub use json::json;
pub use losses::{Group, Loss, losses, verdict as is_loss};
pub use markdown::markdown;
pub use places::{excerpt, place};
pub use services::{ServiceRow, rows};
