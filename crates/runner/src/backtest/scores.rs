//! Scores of forecasts: continuous ranked probability, coverage, differences.

use tradewinds_kernel::maths::exp;
use tradewinds_kernel::statistics::normal_quantile;

/// Central intervals that are scored, by their probability.
pub const LEVELS: [f64; 2] = [0.5, 0.9];

/// A normal forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
}

/// Continuous ranked probability score of an ensemble, in the unit of its members:
/// the fair estimator, whose expectation does not depend on the number of members
/// (Ferro 2014, Quarterly Journal of the Royal Meteorological Society 140). Not a
/// number with fewer than two.
pub fn ensemble_score(sorted: &[f64], recorded: f64) -> f64 {
    let members = sorted.len() as f64;
    let distance: f64 = sorted.iter().map(|member| (member - recorded).abs()).sum();
    let spread: f64 = (sorted.iter().enumerate())
        .map(|(at, member)| (2.0 * at as f64 - members + 1.0) * member)
        .sum();
    distance / members - spread / (members * (members - 1.0))
}

/// Continuous ranked probability score of a normal forecast, in its unit (Gneiting
/// and Raftery 2007, JASA 102).
pub fn normal_score(forecast: Normal, recorded: f64) -> f64 {
    use std::f64::consts::{FRAC_1_SQRT_2, PI};
    let z = (recorded - forecast.mean) / forecast.deviation;
    let below = 0.5 * libm::erfc(-z * FRAC_1_SQRT_2);
    let density = exp(-0.5 * z * z) / (2.0 * PI).sqrt();
    forecast.deviation * (z * (2.0 * below - 1.0) + 2.0 * density - 1.0 / PI.sqrt())
}

/// Quantile of an ensemble at the position p (n + 1), so that one more draw from where
/// the members come from lies below it with probability p, however few they are.
pub fn ensemble_quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let at = (p * (sorted.len() + 1) as f64 - 1.0).clamp(0.0, last as f64);
    let below = (at.floor() as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64)
}

/// Whether the recorded value lies in each central interval of an ensemble.
pub fn ensemble_covers(sorted: &[f64], recorded: f64) -> [bool; LEVELS.len()] {
    LEVELS.map(|level| {
        let tail = 0.5 * (1.0 - level);
        let (low, high) = (
            ensemble_quantile(sorted, tail),
            ensemble_quantile(sorted, 1.0 - tail),
        );
        (low..=high).contains(&recorded)
    })
}

/// Whether the recorded value lies in each central interval of a normal forecast.
pub fn normal_covers(forecast: Normal, recorded: f64) -> [bool; LEVELS.len()] {
    LEVELS.map(|level| {
        let half = normal_quantile(0.5 * (1.0 + level)) * forecast.deviation;
        (recorded - forecast.mean).abs() <= half
    })
}

/// Standard error of the mean of differences between two scores, given with the
/// number of their week: autocovariances of differences up to `lags` weeks apart,
/// Bartlett weights, factor n/(n − 1) (Diebold and Mariano 1995; Newey and West
/// 1987). Weeks without a forecast leave gaps and no pairs. Not a number with fewer
/// than two.
pub fn error_of_mean(differences: &[(i64, f64)], lags: usize) -> f64 {
    let count = differences.len() as f64;
    let mean = differences.iter().map(|(_, value)| value).sum::<f64>() / count;
    let at = |lag: usize| -> f64 {
        let pairs = differences.iter().filter_map(|(week, value)| {
            let other = week + lag as i64;
            let found = differences.binary_search_by_key(&other, |(week, _)| *week);
            let later = found.ok().map(|at| differences[at].1)?;
            Some((value - mean) * (later - mean))
        });
        pairs.sum()
    };
    let own = at(0);
    let weighted = (1..=lags).map(|lag| {
        let weight = 1.0 - lag as f64 / (lags as f64 + 1.0);
        2.0 * weight * at(lag)
    });
    let sum = own + weighted.sum::<f64>();
    // Gaps can make the weighted sum negative.
    let sum = if sum > 0.0 { sum } else { own };
    (sum / (count * (count - 1.0))).sqrt()
}
