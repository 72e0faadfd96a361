//! Experiments: scenarios, draws and replications, in parallel.

pub mod oracles;
