//! Summaries of samples: moments, quantiles, intervals, ranks, regressions,
//! least squares of curves, likelihoods.
//!
//! Everything here is a pure function of its inputs in their order. Feed
//! replications in the order of their numbers and the result does not depend
//! on how many threads produced them.

mod components;
mod curves;
mod distribution;
mod garch;
mod minimum;
mod moments;
mod quantiles;
mod ranks;
mod regression;
mod serial;
mod sketch;

pub use components::VarianceComponents;
pub use curves::{CurveError, CurveFit, fit_curve};
pub use distribution::{normal_quantile, student_quantile, student_tails};
pub use garch::{Garch, GarchFit};
pub use minimum::{Minimum, covariance_at, minimise};
pub use moments::{Interval, Moments};
pub use quantiles::{StreamingQuantiles, quantile, quantiles};
pub use ranks::{correlation, rank_correlation, ranks};
pub use regression::{Regression, RegressionError, least_squares, slope, without_fixed_effects};
pub use serial::{SerialRegression, automatic_lags, least_squares_serial};
pub use sketch::LogSketch;
