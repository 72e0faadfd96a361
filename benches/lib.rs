//! Timed models by size.

pub mod default_world;
pub mod machine;
