//! The type of a plain scalar, as Compose reads it.
