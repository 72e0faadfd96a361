//! Experiments: scenarios, draws and replications, in parallel.

pub mod calibrate;
pub mod ensemble;
pub mod oracles;
pub mod outcomes;
pub mod parameters;
pub mod rates;
pub mod series;
