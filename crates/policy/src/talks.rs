//! Talks between governments: decision rules without agents, files or random numbers.

pub mod bargaining;
pub mod belief;
pub mod choice;
pub mod coalition;
pub mod dilemma;
pub mod disagreement;
pub mod distribution;
pub mod divide;
pub mod issue;
pub mod nash_in_nash;
pub mod order;
pub mod package;
pub mod peers;
pub mod preset;
