//! CES price indices with shares at base prices.

use tradewinds_kernel::maths::{exp, ln};

/// Elasticities closer to one than this use the Cobb-Douglas limit.
pub(super) const NEAR_ONE: f64 = 1e-9;

/// Log of a CES index with shares at base prices, from pairs of share and log
/// price; shares sum to one and the elasticity may be one.
pub fn log_ces(elasticity: f64, terms: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let slope = 1.0 - elasticity;
    if slope.abs() < NEAR_ONE {
        return terms.map(|(share, log_price)| share * log_price).sum();
    }
    let largest = terms
        .clone()
        .map(|(_, log_price)| slope * log_price)
        .fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = terms
        .map(|(share, log_price)| share * exp(slope * log_price - largest))
        .sum();
    (ln(total) + largest) / slope
}

/// Log prices of imports and of the composite when the two tiers are passed once, at
/// elasticities between origins and between domestic goods and imports, from the share
/// in spending and the log price of domestic goods and of the goods of each foreign
/// origin. Where nothing is imported the price of imports stays.
pub fn log_tiers(
    (between_origins, of_imports): (f64, f64),
    (own, domestic): (f64, f64),
    origins: impl Iterator<Item = (f64, f64)> + Clone,
) -> (f64, f64) {
    let foreign = 1.0 - own;
    if foreign <= 0.0 {
        return (0.0, domestic);
    }
    let within = origins.map(|(share, log_price)| (share / foreign, log_price));
    let import = log_ces(between_origins, within);
    let both = [(own, domestic), (foreign, import)].into_iter();
    let composite = match own > 0.0 {
        true => log_ces(of_imports, both),
        false => import,
    };
    (import, composite)
}

/// Prices raised to 1 − e once, for many CES indices over the same goods.
pub struct CesTerms<'a> {
    slope: f64,
    log_prices: &'a [f64],
    /// Largest of slope × log price, taken out of the powers against overflow.
    largest: f64,
    powers: Vec<f64>,
}

impl<'a> CesTerms<'a> {
    /// Terms of goods with these log prices.
    pub fn new(elasticity: f64, log_prices: &'a [f64]) -> Self {
        let slope = 1.0 - elasticity;
        let largest = log_prices
            .iter()
            .map(|price| slope * price)
            .fold(f64::NEG_INFINITY, f64::max);
        let powers = log_prices
            .iter()
            .map(|price| exp(slope * price - largest))
            .collect();
        Self {
            slope,
            log_prices,
            largest,
            powers,
        }
    }

    /// Log of the index with base shares by good, and one more good with its
    /// own share and log price (a share of zero leaves it out). See [`log_ces`].
    pub fn log_index(&self, share: impl Fn(usize) -> f64, (more, log_price): (f64, f64)) -> f64 {
        if self.slope.abs() < NEAR_ONE {
            let goods = self.log_prices.iter().enumerate();
            return more * log_price + goods.map(|(k, price)| share(k) * price).sum::<f64>();
        }
        let goods = self.powers.iter().enumerate();
        let mut total: f64 = goods.map(|(k, power)| share(k) * power).sum();
        if more > 0.0 {
            total += more * exp(self.slope * log_price - self.largest);
        }
        (ln(total) + self.largest) / self.slope
    }

    /// Power of a good's price up to the scale of
    /// [`CesTerms::relative_power_scale`]: the product is (p / P)^(1 − e).
    pub fn power(&self, k: usize) -> f64 {
        self.powers[k]
    }

    /// What turns powers of prices into powers of prices relative to an index.
    pub fn relative_power_scale(&self, log_index: f64) -> f64 {
        exp(self.largest - self.slope * log_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(elasticity: f64) -> f64 {
        log_ces(elasticity, [(0.3, 0.2), (0.7, -0.1)].into_iter())
    }

    #[test]
    fn a_uniform_change_moves_the_index_one_for_one() {
        for elasticity in [0.3, 1.0, 1.0 + 1e-7, 6.0] {
            let moved = log_ces(elasticity, [(0.3, 0.4), (0.7, 0.4)].into_iter());
            assert!((moved - 0.4).abs() < 1e-9, "{elasticity}: {moved}");
        }
    }

    #[test]
    fn the_index_is_continuous_at_an_elasticity_of_one() {
        assert!((index(1.0 + 1e-6) - index(1.0)).abs() < 1e-7);
        assert!((index(1.0) - (0.3 * 0.2 - 0.7 * 0.1)).abs() < 1e-15);
    }

    #[test]
    fn both_tiers_pass_on_a_change_of_all_prices_one_for_one() {
        let origins = [(0.3, 0.2), (0.1, 0.2)];
        let (import, composite) = log_tiers((4.0, 1.5), (0.6, 0.2), origins.into_iter());
        assert!((import - 0.2).abs() < 1e-15 && (composite - 0.2).abs() < 1e-15);
        let (_, alone) = log_tiers((4.0, 1.5), (1.0, 0.1), [].into_iter());
        assert!((alone - 0.1).abs() < 1e-15);
    }

    #[test]
    fn the_index_falls_when_goods_are_closer_substitutes() {
        assert!(index(6.0) < index(2.0) && index(2.0) < index(0.5));
    }
}
