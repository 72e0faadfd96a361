//! Back-down: when markets, approval or a call make the principal pause a threat.
//!
//! Stress is a weighted sum of sizes over those of a crisis, as
//!
//! z = 0.4 drawdown / 10 % + 0.4 rise of yields / 40 bp + 0.2 (volatility − 20) / 30,
//!
//! from ten days, five days and the day before; and
//!
//! logit P = g₀ + g₁ z + g₂ 1{stocks down and yields up} + g₃ fall of approval
//!   + g₄ 1{call with a token concession} − g₅ resolve.
//!
//! Stress also makes the principal impatient: r (1 + z) in talks. Talks, section 9.

use super::choice::logistic;

/// What markets show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarketStress {
    /// Fall of share prices over ten days, positive \[share\].
    pub drawdown: f64,
    /// Rise of the ten-year yield over five days \[basis points\].
    pub yield_rise: f64,
    /// Index of implied volatility \[points\].
    pub volatility: f64,
}

/// Weights of the stress index and the sizes that count as one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StressIndex {
    /// Weight of a drawdown of `drawdown_unit`.
    pub drawdown: f64,
    /// Drawdown that counts as one \[share\].
    pub drawdown_unit: f64,
    /// Weight of a rise of yields by `yield_unit`.
    pub yield_rise: f64,
    /// Rise that counts as one \[basis points\].
    pub yield_unit: f64,
    /// Weight of volatility `volatility_unit` above `volatility_calm`.
    pub volatility: f64,
    /// Volatility of calm days \[points\].
    pub volatility_calm: f64,
    /// Excess that counts as one \[points\].
    pub volatility_unit: f64,
}

impl StressIndex {
    /// The index z; about 0 on calm days and 1 in a crisis.
    pub fn of(&self, market: &MarketStress) -> f64 {
        self.drawdown * market.drawdown / self.drawdown_unit
            + self.yield_rise * market.yield_rise / self.yield_unit
            + self.volatility * (market.volatility - self.volatility_calm) / self.volatility_unit
    }
}

impl MarketStress {
    /// Stocks fall while yields rise: no safe haven is left.
    pub fn is_joint(&self) -> bool {
        self.drawdown > 0.0 && self.yield_rise > 0.0
    }
}

/// Weights of back-down, in log odds per step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackDownWeights {
    /// Constant, g₀.
    pub constant: f64,
    /// Of the stress index, g₁.
    pub stress: f64,
    /// Of stocks down with yields up, g₂.
    pub joint: f64,
    /// Of a point of approval lost in the week, g₃.
    pub approval: f64,
    /// Of a call of the partner's leader with a token concession, g₄.
    pub call: f64,
    /// Of resolve, g₅; enters with a minus.
    pub resolve: f64,
}

/// What the principal looks at besides markets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackDownState {
    /// Stress index z.
    pub stress: f64,
    /// Stocks down and yields up.
    pub is_joint: bool,
    /// Approval lost in the week \[points\], negative when gained.
    pub approval_lost: f64,
    /// The partner's leader called with a token concession.
    pub has_call: bool,
    /// Resolve, 0 to 1.
    pub resolve: f64,
}

impl BackDownWeights {
    /// Probability of a back-down in a step.
    pub fn probability(&self, state: &BackDownState) -> f64 {
        let flag = |is_so: bool| if is_so { 1.0 } else { 0.0 };
        logistic(
            self.constant
                + self.stress * state.stress
                + self.joint * flag(state.is_joint)
                + self.approval * state.approval_lost
                + self.call * flag(state.has_call)
                - self.resolve * state.resolve,
        )
    }
}

/// Impatience of the principal under stress \[per week\]: r (1 + z), for z above zero.
pub fn impatience_under_stress(rate: f64, stress: f64) -> f64 {
    rate * (1.0 + stress.max(0.0))
}

/// Back-down on standardised regressors, as estimated: log odds per day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardisedBackDown {
    /// Constant.
    pub constant: f64,
    /// Slope, mean and standard deviation of the rise of yields \[basis points\].
    pub yield_rise: Standardised,
    /// Slope, mean and standard deviation of volatility \[points\].
    pub volatility: Standardised,
}

/// A standardised regressor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standardised {
    /// Log odds per standard deviation.
    pub slope: f64,
    /// Mean of the sample.
    pub mean: f64,
    /// Standard deviation of the sample.
    pub deviation: f64,
}

impl Standardised {
    fn effect(&self, value: f64) -> f64 {
        self.slope * (value - self.mean) / self.deviation
    }
}

impl StandardisedBackDown {
    /// Probability on a day, from the closes before it.
    pub fn probability(&self, yield_rise: f64, volatility: f64) -> f64 {
        let yields = self.yield_rise.effect(yield_rise);
        logistic(self.constant + yields + self.volatility.effect(volatility))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: StressIndex = StressIndex {
        drawdown: 0.4,
        drawdown_unit: 0.1,
        yield_rise: 0.4,
        yield_unit: 40.0,
        volatility: 0.2,
        volatility_calm: 20.0,
        volatility_unit: 30.0,
    };
    const WEIGHTS: BackDownWeights = BackDownWeights {
        constant: -2.3,
        stress: 1.9,
        joint: 1.0,
        approval: 0.5,
        call: 1.5,
        resolve: 1.0,
    };
    const CALM: BackDownState = BackDownState {
        stress: 0.0,
        is_joint: false,
        approval_lost: 0.0,
        has_call: false,
        resolve: 0.5,
    };

    #[test]
    fn each_unit_of_stress_counts_its_weight() {
        let crisis = MarketStress {
            drawdown: 0.1,
            yield_rise: 40.0,
            volatility: 50.0,
        };
        assert!((INDEX.of(&crisis) - 1.0).abs() < 1e-12);
        let calm = MarketStress {
            drawdown: 0.0,
            yield_rise: 0.0,
            volatility: 20.0,
        };
        assert!(INDEX.of(&calm).abs() < 1e-12);
        assert!(crisis.is_joint() && !calm.is_joint());
    }

    #[test]
    fn every_reason_moves_the_log_odds_by_its_weight() {
        use crate::talks::choice::log_odds;
        let odds = |state: &BackDownState| log_odds(WEIGHTS.probability(state));
        assert!((odds(&CALM) + 2.8).abs() < 1e-12);
        let all = BackDownState {
            stress: 1.0,
            is_joint: true,
            approval_lost: 2.0,
            has_call: true,
            resolve: 0.0,
        };
        assert!((odds(&all) - (-2.3 + 1.9 + 1.0 + 1.0 + 1.5)).abs() < 1e-12);
    }

    #[test]
    fn the_estimate_gives_its_fitted_chances() {
        let regressor = |slope, mean, deviation| Standardised {
            slope,
            mean,
            deviation,
        };
        let fit = StandardisedBackDown {
            constant: -2.7,
            yield_rise: regressor(0.35, -1.7, 11.8),
            volatility: regressor(0.55, 23.7, 8.1),
        };
        // Volatility of 52.3 with yields 20 bp up in three days: about one half.
        assert!((fit.probability(20.0, 52.3) - 0.48).abs() < 0.03);
        // A day like the mean: below the mean chance of 0.079, as chances are convex.
        assert!((fit.probability(-1.7, 23.7) - 0.063).abs() < 0.001);
    }

    #[test]
    fn stress_makes_impatient_and_calm_does_not_make_patient() {
        assert!((impatience_under_stress(0.02, 1.0) - 0.04).abs() < 1e-15);
        assert!((impatience_under_stress(0.02, -0.3) - 0.02).abs() < 1e-15);
    }
}
