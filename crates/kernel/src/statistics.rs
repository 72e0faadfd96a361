//! Summaries of samples: moments, quantiles, intervals, ranks, regressions.
//!
//! Everything here is a pure function of its inputs in their order. Feed
//! replications in the order of their numbers and the result does not depend
//! on how many threads produced them.

mod components;
mod distribution;
mod moments;
mod quantiles;
mod ranks;
mod regression;
mod sketch;

pub use components::VarianceComponents;
pub use distribution::{normal_quantile, student_quantile};
pub use moments::{Interval, Moments};
pub use quantiles::{StreamingQuantiles, quantile, quantiles};
pub use ranks::{correlation, rank_correlation, ranks};
pub use regression::{Regression, RegressionError, least_squares, without_fixed_effects};
pub use sketch::LogSketch;
