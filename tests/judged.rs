//! Tests judged by real tools.
