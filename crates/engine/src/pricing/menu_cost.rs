//! The band of prices that are not worth changing.
//!
//! With x the log of a price over the desired one and elasticity σ, profit over
//! its maximum is σ e^((1 − σ) x) − (σ − 1) e^(−σ x). A firm that pays the share
//! F of maximum profit to change its price changes it where the loss exceeds F:
//! below the lower and above the upper root of loss = F. For small F both are
//! near √(2 F / (σ (σ − 1))).

use tradewinds_kernel::maths::exp;

/// Halvings of an interval that holds a root; more than a double can tell.
const HALVINGS: usize = 200;

/// Log of the price over the desired price between which a price stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InactionBand {
    /// Lower end, not above 0.
    pub low: f64,
    /// Upper end, not below 0; infinite where the cost exceeds all profit.
    pub high: f64,
}

impl InactionBand {
    /// The band of a menu cost (share of maximum profit, 0 or more) before
    /// demand of an elasticity above 1.
    pub fn of(elasticity: f64, menu_cost: f64) -> Self {
        let excess = |x: f64| profit_lost(elasticity, x) - menu_cost;
        let (low, high) = if menu_cost <= 0.0 {
            (0.0, 0.0)
        } else if menu_cost >= 1.0 {
            (root(excess, -1.0), f64::INFINITY)
        } else {
            (root(excess, -1.0), root(excess, 1.0))
        };
        Self { low, high }
    }

    /// Whether a log price relative to the desired one is worth changing.
    #[inline]
    pub fn is_left_by(&self, log_gap: f64) -> bool {
        log_gap < self.low || log_gap > self.high
    }
}

/// Share of the maximum profit that is lost at a log price relative to the best.
fn profit_lost(elasticity: f64, x: f64) -> f64 {
    let kept = elasticity * exp((1.0 - elasticity) * x) - (elasticity - 1.0) * exp(-elasticity * x);
    1.0 - kept
}

/// The root on one side of zero, where the function is negative.
fn root(excess: impl Fn(f64) -> f64, side: f64) -> f64 {
    let (mut inside, mut outside) = (0.0, side * 0.01);
    while excess(outside) < 0.0 {
        inside = outside;
        outside *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (inside + outside);
        if excess(middle) < 0.0 {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    0.5 * (inside + outside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_at_both_ends_of_the_band_is_the_menu_cost() {
        for (elasticity, cost) in [(5.0, 0.01), (1.5, 0.2), (12.0, 1e-4)] {
            let band = InactionBand::of(elasticity, cost);
            for end in [band.low, band.high] {
                assert!((profit_lost(elasticity, end) / cost - 1.0).abs() < 1e-10);
            }
            assert!(band.low < 0.0 && band.high > 0.0);
        }
    }

    #[test]
    fn a_price_is_left_sooner_when_it_is_too_low() {
        let band = InactionBand::of(5.0, 0.01);
        assert!((band.low + 0.030_213_606_556_394_62).abs() < 1e-12);
        assert!((band.high - 0.033_228_101_460_332_615).abs() < 1e-12);
        assert!(band.is_left_by(-0.031) && !band.is_left_by(0.031));
    }

    #[test]
    fn without_a_menu_cost_every_gap_is_closed_and_none_at_an_infinite_one() {
        assert!(InactionBand::of(5.0, 0.0).is_left_by(1e-12));
        assert!(!InactionBand::of(5.0, 1.0).is_left_by(50.0));
    }
}
