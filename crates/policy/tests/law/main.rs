//! The law on the books against hand-derived cases and public trackers.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod book;
mod cases;
mod reforms;
mod trackers;
