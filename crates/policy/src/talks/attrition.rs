//! War of attrition with reputation: who gives way first, and when.
//!
//! Each side demands a share αᵢ of the surplus, α₀ + α > 1, and is with probability
//! zᵢ of a type that never yields. A yielding side keeps the other indifferent
//! between waiting and giving way, so it concedes with the hazard
//!
//! λᵢ = r₋ᵢ (1 − αᵢ) / (α₀ + α − 1),
//!
//! and the reputation of one that has not conceded grows as zᵢ e^(λᵢ t). Alone it
//! would be certain at Tᵢ = −ln zᵢ / λᵢ. The side with the longer T yields at once
//! with probability 1 − zᵢ z₋ᵢ^(−λᵢ/λ₋ᵢ), so that both are certain at the same
//! time (Abreu and Gul 2000). Talks, section 6.

use super::bargaining::{Pair, Side};

/// A war of attrition between two sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarOfAttrition {
    demands: Pair,
    rates: Pair,
    stubborn: Pair,
}

impl WarOfAttrition {
    /// From the demanded shares, discount rates \[per week\] and priors of a type
    /// that never yields. None unless the demands lie in (0, 1) and add to more
    /// than one, rates are above zero and priors in (0, 1).
    pub fn new(demands: Pair, rates: Pair, stubborn: Pair) -> Option<Self> {
        let is_open = |x: f64| x > 0.0 && x < 1.0;
        let both =
            |pair: Pair, holds: &dyn Fn(f64) -> bool| holds(pair.principal) && holds(pair.partner);
        let is_war = both(demands, &is_open)
            && both(stubborn, &is_open)
            && both(rates, &|rate| rate > 0.0)
            && demands.total() > 1.0;
        is_war.then_some(Self {
            demands,
            rates,
            stubborn,
        })
    }

    /// Hazard at which a side concedes \[per week\], λ.
    pub fn hazard(&self, side: Side) -> f64 {
        let conflict = self.demands.total() - 1.0;
        self.rates.of(side.other()) * (1.0 - self.demands.of(side)) / conflict
    }

    /// Weeks in which a side's reputation alone would reach certainty, T.
    pub fn time_to_certainty(&self, side: Side) -> f64 {
        -libm::log(self.stubborn.of(side)) / self.hazard(side)
    }

    /// Weeks after which neither side yields any more.
    pub fn end(&self) -> f64 {
        self.time_to_certainty(Side::Principal)
            .min(self.time_to_certainty(Side::Partner))
    }

    /// Probability that a side yields at once.
    pub fn yields_at_once(&self, side: Side) -> f64 {
        let (own, other) = (self.hazard(side), self.hazard(side.other()));
        let start = libm::pow(self.stubborn.of(side.other()), -own / other);
        (1.0 - self.stubborn.of(side) * start).max(0.0)
    }

    /// Probability that a side is of the type that never yields, after some weeks
    /// without a concession.
    pub fn reputation(&self, side: Side, weeks: f64) -> f64 {
        let start = self.stubborn.of(side) / (1.0 - self.yields_at_once(side));
        (start * libm::exp(self.hazard(side) * weeks.min(self.end()))).min(1.0)
    }

    /// Probability that a side has yielded within some weeks, if the other has not.
    pub fn yielded_within(&self, side: Side, weeks: f64) -> f64 {
        let waits = libm::exp(-self.hazard(side) * weeks.min(self.end()));
        1.0 - (1.0 - self.yields_at_once(side)) * waits
    }

    /// Weeks after which a side yields at a uniform draw, if the other has not; none
    /// for a side that never does.
    pub fn time_to_yield(&self, side: Side, uniform: f64) -> Option<f64> {
        let at_once = self.yields_at_once(side);
        if uniform < at_once {
            return Some(0.0);
        }
        let left = (1.0 - uniform) / (1.0 - at_once);
        let weeks = -libm::log(left) / self.hazard(side);
        (weeks < self.end()).then_some(weeks)
    }
}

/// Prior of a type that never yields after some reversals, each of which takes it
/// down by a factor (the likelihood of a reversal under that type over its average).
pub fn after_reversals(stubborn: f64, factor: f64, reversals: u32) -> f64 {
    stubborn * libm::pow(factor, f64::from(reversals))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: [Side; 2] = [Side::Principal, Side::Partner];

    fn pair(principal: f64, partner: f64) -> Pair {
        Pair { principal, partner }
    }

    fn war() -> WarOfAttrition {
        WarOfAttrition::new(pair(0.65, 0.55), pair(0.02, 0.03), pair(0.15, 0.1)).unwrap()
    }

    #[test]
    fn waiting_and_giving_way_are_worth_the_same() {
        // Waiting dt wins the other's concession with λ dt and costs r (1 − α other) dt.
        for side in SIDES {
            let other = side.other();
            let give_way = 1.0 - war().demands.of(side);
            let prize = war().demands.of(other) - give_way;
            let gain = war().hazard(side) * prize;
            assert!((gain - war().rates.of(other) * give_way).abs() < 1e-15);
        }
        assert!((war().hazard(Side::Principal) - 0.03 * 0.35 / 0.2).abs() < 1e-15);
    }

    #[test]
    fn both_reputations_are_certain_at_the_end() {
        for side in SIDES {
            assert!((war().reputation(side, war().end()) - 1.0).abs() < 1e-12);
            let yielded = war().yielded_within(side, war().end());
            let stubborn = war().stubborn.of(side);
            assert!((yielded - (1.0 - stubborn)).abs() < 1e-12);
        }
    }

    #[test]
    fn only_the_side_with_the_longer_way_to_certainty_yields_at_once() {
        let (slow, fast) =
            if war().time_to_certainty(Side::Principal) > war().time_to_certainty(Side::Partner) {
                (Side::Principal, Side::Partner)
            } else {
                (Side::Partner, Side::Principal)
            };
        assert!(war().yields_at_once(slow) > 0.01);
        assert!(war().yields_at_once(fast).abs() < 1e-15);
        assert!((war().end() - war().time_to_certainty(fast)).abs() < 1e-12);
    }

    #[test]
    fn equal_sides_never_yield_at_once() {
        let even = WarOfAttrition::new(pair(0.6, 0.6), pair(0.02, 0.02), pair(0.1, 0.1)).unwrap();
        assert!(even.yields_at_once(Side::Partner).abs() < 1e-12);
        let end = -libm::log(0.1) / (0.02 * 0.4 / 0.2);
        assert!((even.end() - end).abs() < 1e-9);
    }

    #[test]
    fn times_to_yield_invert_their_distribution() {
        let side = Side::Partner;
        for uniform in [0.2, 0.5, 0.8] {
            let weeks = war().time_to_yield(side, uniform).unwrap();
            if weeks > 0.0 {
                assert!((war().yielded_within(side, weeks) - uniform).abs() < 1e-12);
            }
        }
        assert_eq!(war().time_to_yield(side, 0.95), None);
        assert!(war().time_to_yield(side, 0.85).is_some());
    }

    #[test]
    fn reversals_make_a_side_yield_sooner() {
        let stubborn = after_reversals(0.15, 0.7, 3);
        assert!((stubborn - 0.15 * 0.343).abs() < 1e-12);
        let after =
            WarOfAttrition::new(pair(0.65, 0.55), pair(0.02, 0.03), pair(stubborn, 0.1)).unwrap();
        let side = Side::Principal;
        assert!(after.yields_at_once(side) > war().yields_at_once(side));
    }

    #[test]
    fn demands_that_fit_together_are_no_war() {
        let rates = pair(0.02, 0.03);
        assert!(WarOfAttrition::new(pair(0.5, 0.5), rates, pair(0.1, 0.1)).is_none());
        assert!(WarOfAttrition::new(pair(0.6, 0.6), rates, pair(0.0, 0.1)).is_none());
    }
}
