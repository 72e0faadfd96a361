//! Experiments: scenarios, draws and replications, in parallel.

pub mod calibrate;
pub mod check;
pub mod closure;
pub mod design;
pub mod duty_query;
pub mod ensemble;
pub mod experiment;
pub mod launch;
pub mod ledger;
pub mod library;
pub mod oracles;
mod others;
pub mod outcomes;
pub mod parameters;
pub mod plan;
pub mod prior;
pub mod profile;
pub mod rates;
pub mod record;
pub mod replicate;
pub mod report_text;
pub mod rest_point;
pub mod run_tables;
pub mod scenario;
pub mod schedule;
pub mod series;
pub mod summary;
