//! The law on the books against hand-derived cases and public trackers.

mod book;
mod cases;
mod reforms;
mod trackers;
