//! Tests that need more than one crate, and the economies they run on.

pub mod fixtures;
