//! Kimball demand of Klenow and Willis: the dearer a good, the more elastic.
//!
//! With u the log price relative to the price of the sector, θ the elasticity
//! at u = 0 and ξ the superelasticity,
//!
//! quantity = \[1 − ξ u\]^(θ/ξ), elasticity E = θ / (1 − ξ u), markup E/(E − 1).
//!
//! Near the price at which demand ends, and below the price at which the
//! elasticity would fall to its floor, demand goes on with the elasticity reached
//! (20 θ and 1.05), so that sales stay positive and prices finite.

use tradewinds_kernel::maths::{exp, ln, ln_1p};

use super::{BestPrice, ELASTICITY_FLOOR, log_markup};

/// Superelasticities below this are CES.
const NEAR_ZERO: f64 = 1e-9;
/// Largest elasticity, relative to that at base prices.
const STEEPEST: f64 = 20.0;
/// Log error at which a best price is found.
const PRECISION: f64 = 1e-15;
/// Newton steps at most; four are usual.
const STEPS: usize = 60;

/// Demand for one of many goods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KimballDemand {
    /// Elasticity of demand at the price of the sector, above 1.
    elasticity: f64,
    superelasticity: f64,
    /// Log relative prices between which the elasticity varies.
    low: f64,
    high: f64,
}

impl KimballDemand {
    /// Demand with this elasticity (above 1) and superelasticity (0 or more) at
    /// the price of the sector.
    pub fn new(elasticity: f64, superelasticity: f64) -> Self {
        let bound = |reached: f64| (1.0 - elasticity / reached) / superelasticity;
        let varies = superelasticity > NEAR_ZERO;
        let floor = ELASTICITY_FLOOR.min(elasticity);
        Self {
            elasticity,
            superelasticity,
            low: if varies {
                bound(floor)
            } else {
                f64::NEG_INFINITY
            },
            high: if varies {
                bound(STEEPEST * elasticity)
            } else {
                f64::INFINITY
            },
        }
    }

    /// Elasticity at the price of the sector.
    pub fn base_elasticity(&self) -> f64 {
        self.elasticity
    }

    /// Elasticity at a log relative price.
    #[inline]
    pub fn elasticity(&self, log_price: f64) -> f64 {
        let within = log_price.clamp(self.low, self.high);
        self.elasticity / (1.0 - self.superelasticity * within)
    }

    /// Log of the value sold at a log relative price, relative to price one.
    #[inline]
    pub fn log_value(&self, log_price: f64) -> f64 {
        if self.superelasticity <= NEAR_ZERO {
            return (1.0 - self.elasticity) * log_price;
        }
        let within = log_price.clamp(self.low, self.high);
        let quantity =
            self.elasticity / self.superelasticity * ln_1p(-self.superelasticity * within);
        log_price + quantity - self.elasticity(within) * (log_price - within)
    }

    /// The best log price relative to the sector for a log cost; at cost 0 the
    /// best price is that of the sector.
    ///
    /// Solves u = cost + ln \[E/(E − 1)\] − ln \[θ/(θ − 1)\].
    pub fn best_price(&self, log_cost: f64) -> BestPrice {
        let slope = self.superelasticity / (self.elasticity - 1.0);
        let relative_markup =
            |at: f64| log_markup(self.elasticity(at)) - log_markup(self.elasticity);
        if self.superelasticity <= NEAR_ZERO {
            return BestPrice {
                log_price: log_cost,
                is_floored: false,
            };
        }
        let at_low = log_cost + relative_markup(self.low);
        let at_high = log_cost + relative_markup(self.high);
        if at_low <= self.low || at_high >= self.high {
            let is_floored = at_low <= self.low;
            return BestPrice {
                log_price: if is_floored { at_low } else { at_high },
                is_floored,
            };
        }
        // Inside, the relative markup is −ln(1 + slope × u); the excess is concave
        // in u, so Newton's steps from the left converge from the left.
        let mut price = if log_cost > 0.0 {
            0.0
        } else {
            self.low.max(log_cost)
        };
        for _ in 0..STEPS {
            let excess = price + ln_1p(slope * price) - log_cost;
            let step = excess / (1.0 + slope / (1.0 + slope * price));
            price -= step;
            if step.abs() <= PRECISION * price.abs() {
                break;
            }
        }
        BestPrice {
            log_price: price,
            is_floored: false,
        }
    }

    /// Log price P at which the values of goods, base share × value at p/P, add
    /// up to one, searched from `start`; base shares sum to `total`.
    pub fn log_index(
        &self,
        goods: impl Iterator<Item = (f64, f64)> + Clone,
        total: f64,
        start: f64,
    ) -> f64 {
        let prices = goods.clone().map(|(_, price)| price);
        let (mut low, mut high) = prices.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), p| {
            (a.min(p), b.max(p))
        });
        let mut index = start.clamp(low, high);
        for _ in 0..STEPS {
            let (mut value, mut slope) = (0.0, 0.0);
            for (share, price) in goods.clone() {
                let sold = share * exp(self.log_value(price - index));
                value += sold;
                slope += sold * (self.elasticity(price - index) - 1.0);
            }
            if value > total {
                high = index;
            } else {
                low = index;
            }
            let newton = index - ln(value / total) * value / slope;
            let next = if newton >= low && newton <= high {
                newton
            } else {
                0.5 * (low + high)
            };
            let step = next - index;
            index = next;
            if step.abs() <= PRECISION {
                break;
            }
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_small_cost_rise_is_passed_on_when_the_superelasticity_is_one_less() {
        let demand = KimballDemand::new(5.0, 4.0);
        let best = demand.best_price(1e-7).log_price;
        assert!((best / 1e-7 - 0.5).abs() < 1e-6);
        let best = demand.best_price(ln(1.1)).log_price;
        assert!((exp(best) - 1.049_399_721_835_999_4).abs() < 1e-12);
    }

    #[test]
    fn the_elasticity_is_the_slope_of_demand_also_beyond_the_bounds() {
        let demand = KimballDemand::new(4.0, 3.0);
        for price in [-2.0, -0.9, -0.3, 0.0, 0.2, 0.33, 0.8] {
            let h = 1e-6;
            let slope = (demand.log_value(price + h) - demand.log_value(price - h)) / (2.0 * h);
            let expected = 1.0 - demand.elasticity(price);
            assert!(
                (slope - expected).abs() < 2e-4 * expected.abs(),
                "{price}: {slope}"
            );
        }
    }

    #[test]
    fn the_best_price_satisfies_its_first_order_condition_at_any_cost() {
        let demand = KimballDemand::new(4.0, 3.0);
        for cost in [-5.0, -1.0, -0.2, -1e-9, 0.0, 1e-9, 0.1, 0.4, 3.0] {
            let best = demand.best_price(cost);
            let markup = log_markup(demand.elasticity(best.log_price)) - log_markup(4.0);
            assert!((best.log_price - cost - markup).abs() < 1e-14, "{cost}");
            assert_eq!(best.is_floored, cost < -3.0, "{cost}");
        }
    }

    #[test]
    fn the_index_moves_one_for_one_with_all_prices_and_is_ces_in_the_limit() {
        let goods = |by: f64| [(0.3, 0.2 + by), (0.7, -0.1 + by)].into_iter();
        for superelasticity in [0.0, 1e-7, 2.0, 6.0] {
            let demand = KimballDemand::new(5.0, superelasticity);
            let (at, moved) = (
                demand.log_index(goods(0.0), 1.0, 0.0),
                demand.log_index(goods(0.4), 1.0, 0.0),
            );
            assert!((moved - at - 0.4).abs() < 1e-14, "{moved} {at}");
        }
        let ces = ln(0.3 * exp(-4.0 * 0.2) + 0.7 * exp(4.0 * 0.1)) / -4.0;
        let nearly = KimballDemand::new(5.0, 1e-7).log_index(goods(0.0), 1.0, 0.0);
        assert!((nearly - ces).abs() < 1e-7);
    }
}
