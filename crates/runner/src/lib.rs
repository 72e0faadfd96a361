//! Experiments: scenarios, draws and replications, in parallel.
