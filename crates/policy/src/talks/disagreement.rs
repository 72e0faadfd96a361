//! The disagreement point: what each side has while no deal is signed.
//!
//! While talks go on a government has the flow at the rates of the pause; when
//! the deadline passes without extension, the flow at the announced rates. A
//! link between trade and security lowers the point of the partner:
//!
//! D = flow − g × GDP × dependence × P(link).
//!
//! Talks, section 3.

use super::bargaining::discount_factor;

/// Flows of one side without a deal \[USD bn a year\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disagreement {
    /// While talks go on.
    pub impasse: f64,
    /// After the deadline.
    pub reversion: f64,
}

/// What a side expects of the deadline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedDeadline {
    /// Days until it.
    pub days_left: f64,
    /// Believed probability that it is extended, 0 to 1.
    pub extension: f64,
    /// Discount rate of the side \[per week\].
    pub rate_per_week: f64,
}

impl Disagreement {
    /// The flow of today: impasse before the deadline, reversion from it on.
    pub fn today(&self, days_left: f64) -> f64 {
        if days_left > 0.0 {
            self.impasse
        } else {
            self.reversion
        }
    }

    /// The constant flow worth as much as impasse until the deadline and then
    /// reversion, or impasse again when the deadline is extended; with
    /// δ = e^(−r d/7), (1 − δ) impasse + δ (reversion + P(extension) (impasse −
    /// reversion)). It is [`Self::today`] for a side that is wholly impatient.
    pub fn lasting(&self, deadline: ExpectedDeadline) -> f64 {
        let weight = discount_factor(deadline.rate_per_week, deadline.days_left.max(0.0));
        let after = deadline.extension * self.impasse + (1.0 - deadline.extension) * self.reversion;
        (1.0 - weight) * self.impasse + weight * after
    }
}

/// The tie of a partner's security to its trade policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SecurityLink {
    /// Loss from weaker ties of a wholly dependent government \[share of GDP a year\].
    pub loss: f64,
    /// Probability that ties are put on the table.
    pub probability: f64,
}

impl SecurityLink {
    /// By how much the link lowers the disagreement point of a government with a
    /// security `dependence` from 0 to 1, in the unit of `gdp` \[a year\].
    pub fn expected_loss(&self, dependence: f64, gdp: f64) -> f64 {
        self.loss * gdp * dependence * self.probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talks::bargaining::{Pair, transferable_split};

    const FLOWS: Disagreement = Disagreement {
        impasse: -2.0,
        reversion: -10.0,
    };

    fn deadline(days_left: f64, extension: f64) -> ExpectedDeadline {
        ExpectedDeadline {
            days_left,
            extension,
            rate_per_week: 0.03,
        }
    }

    #[test]
    fn the_point_moves_from_impasse_to_reversion_at_the_deadline() {
        assert!((FLOWS.today(1.0) + 2.0).abs() < 1e-15);
        assert!((FLOWS.today(0.0) + 10.0).abs() < 1e-15);
        assert!((FLOWS.lasting(deadline(0.0, 0.0)) + 10.0).abs() < 1e-12);
        assert!((FLOWS.lasting(deadline(1e6, 0.0)) + 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_certain_extension_takes_the_threat_away() {
        assert!((FLOWS.lasting(deadline(10.0, 1.0)) + 2.0).abs() < 1e-12);
        let (far, near) = (deadline(70.0, 0.5), deadline(7.0, 0.5));
        assert!(FLOWS.lasting(near) < FLOWS.lasting(far));
    }

    #[test]
    fn a_wholly_impatient_side_looks_at_today_alone() {
        let impatient = ExpectedDeadline {
            rate_per_week: 1e3,
            ..deadline(7.0, 0.0)
        };
        assert!((FLOWS.lasting(impatient) - FLOWS.today(7.0)).abs() < 1e-12);
    }

    #[test]
    fn a_link_to_security_lowers_what_a_dependent_partner_gets() {
        let link = SecurityLink {
            loss: 0.01,
            probability: 0.3,
        };
        let loss = link.expected_loss(0.95, 4026.0);
        assert!((loss - 0.01 * 4026.0 * 0.95 * 0.3).abs() < 1e-12);
        let at = |partner| {
            let point = Pair {
                principal: 0.0,
                partner,
            };
            transferable_split(20.0, point, 0.4).unwrap()
        };
        // Of a dollar less in disagreement the partner loses 1 − w in the deal.
        let fall = at(-2.0).partner - at(-2.0 - loss).partner;
        assert!((fall - 0.6 * loss).abs() < 1e-9);
    }
}
