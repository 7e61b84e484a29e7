//! Patches on objects, and the difference of two object sets.
