//! Rules of talks against published figures, and rules that need each other.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod presets;
mod together;
