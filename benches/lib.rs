//! Timed models by size.

pub mod by_hand;
pub mod cells;
pub mod default_world;
pub mod machine;
pub mod reprice;
pub mod same_economics;
