//! Price indices and shares with constant elasticity of substitution, in exact hats and logs.

use crate::maths::{exp, exp_m1, ln_1p};

/// Nearer to 1 than this, the elasticity is treated by a form without division by `1 - elasticity`.
const SERIES_BAND: f64 = 1e-6;

/// Log change of the price index over base `shares` (summing to 1) for log price changes.
///
/// Entries with a zero share are ignored; without any positive share the index does not move.
pub(crate) fn log_index<I>(terms: I, elasticity: f64) -> f64
where
    I: Iterator<Item = (f64, f64)> + Clone,
{
    let power = 1.0 - elasticity;
    let used = terms.filter(|(share, _)| *share > 0.0);
    if power.abs() < SERIES_BAND {
        return near_unit(used, power);
    }
    let largest = used
        .clone()
        .map(|(_, change)| power * change)
        .fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return 0.0;
    }
    let (mut total, mut sum) = (0.0, 0.0);
    for (share, change) in used {
        total += share;
        sum += share * exp_m1(power * change - largest);
    }
    // Shares sum to 1 only to rounding; measuring the sum keeps "no change" exactly no change.
    (largest + ln_1p(sum / total)) / power
}

/// The index at an elasticity within the series band: mean + (1 - e) variance / 2.
fn near_unit<I>(used: I, power: f64) -> f64
where
    I: Iterator<Item = (f64, f64)> + Clone,
{
    let (mut total, mut mean) = (0.0, 0.0);
    for (share, change) in used.clone() {
        total += share;
        mean += share * change;
    }
    if total <= 0.0 {
        return 0.0;
    }
    mean /= total;
    let variance: f64 = used
        .map(|(share, change)| share * (change - mean) * (change - mean))
        .sum::<f64>()
        / total;
    mean + 0.5 * power * variance
}

/// New share of one entry, given its base share and log changes of its price and of the index.
pub(crate) fn share(base: f64, log_price: f64, log_index: f64, elasticity: f64) -> f64 {
    if base > 0.0 {
        base * exp((1.0 - elasticity) * (log_price - log_index))
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(shares: &[f64], changes: &[f64], elasticity: f64) -> f64 {
        log_index(
            shares.iter().copied().zip(changes.iter().copied()),
            elasticity,
        )
    }

    #[test]
    fn equal_changes_move_the_index_by_the_same_amount() {
        for elasticity in [0.0, 0.5, 1.0, 1.0 + 1e-7, 3.0, 9.0] {
            let found = index(&[0.2, 0.3, 0.5], &[0.7, 0.7, 0.7], elasticity);
            assert!((found - 0.7).abs() < 1e-15, "{elasticity}: {found}");
        }
    }

    #[test]
    fn index_at_elasticity_three_equals_the_textbook_formula() {
        // Prices 2 and 1/2: (0.25 / 4 + 0.75 * 4)^(-1/2) = (49/16)^(-1/2) = 4/7.
        let two = std::f64::consts::LN_2;
        let found = index(&[0.25, 0.75], &[two, -two], 3.0);
        assert!((exp(found) - 4.0 / 7.0).abs() < 1e-15);
    }

    #[test]
    fn index_is_smooth_through_elasticity_one() {
        let (shares, changes) = ([0.4, 0.6], [0.5, -0.3]);
        let at_one = index(&shares, &changes, 1.0);
        for distance in [2e-6, 0.9e-6, 1e-9] {
            let above = index(&shares, &changes, 1.0 + distance);
            let below = index(&shares, &changes, 1.0 - distance);
            assert!((above + below - 2.0 * at_one).abs() < 1e-11, "{distance}");
            assert!((above - at_one).abs() < distance);
        }
    }

    #[test]
    fn prohibitive_prices_leave_a_finite_index() {
        let found = index(&[0.5, 0.5], &[800.0, 0.0], 4.0);
        assert!(
            (found - std::f64::consts::LN_2 / 3.0).abs() < 1e-12,
            "{found}"
        );
    }
}
