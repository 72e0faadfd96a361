//! Timed models by size.
