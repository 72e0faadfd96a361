//! Waiting for news: why no deal is made before a dated event of which both sides hope.
//!
//! After an event in t weeks each side expects a share sᵢ of the surplus, and a deal
//! now must leave each what waiting is worth, e^(−rᵢ t) sᵢ. There is none while
//!
//! e^(−r₀ t) s₀ + e^(−r t) s > 1,
//!
//! which for patient sides is the condition that beliefs add to more than one
//! (Yildiz 2003, 2004). Talks, section 6.

use super::bargaining::{Pair, discount_factor};

/// Shares that the sides expect after an event: bargaining weights, each raised by
/// that side's optimism and kept within 0 to 1.
pub fn hoped_shares(partner_weight: f64, optimism: Pair) -> Pair {
    Pair {
        principal: (1.0 - partner_weight + optimism.principal).clamp(0.0, 1.0),
        partner: (partner_weight + optimism.partner).clamp(0.0, 1.0),
    }
}

/// Whether the sides wait for an event in some `weeks`, from the shares they expect
/// after it and their discount rates \[per week\].
pub fn waits_for_news(expected: Pair, rates: Pair, weeks: f64) -> bool {
    let worth = |share: f64, rate: f64| share * discount_factor(rate, 7.0 * weeks);
    let principal = worth(expected.principal, rates.principal);
    principal + worth(expected.partner, rates.partner) > 1.0
}

/// Longest time before an event for which it stops talks of equally patient sides
/// \[weeks\]: ln(sum of expected shares) / r; zero without joint optimism.
pub fn longest_wait(expected: Pair, rate: f64) -> f64 {
    (libm::log(expected.total()) / rate).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(value: f64) -> Pair {
        Pair {
            principal: value,
            partner: value,
        }
    }

    #[test]
    fn beliefs_that_add_to_one_never_stop_a_deal() {
        let fair = hoped_shares(0.4, both(0.0));
        assert!((fair.total() - 1.0).abs() < 1e-15);
        assert!(!waits_for_news(fair, both(0.0), 3.0));
        assert!(longest_wait(fair, 0.02).abs() < 1e-12);
    }

    #[test]
    fn joint_optimism_stops_patient_sides() {
        let hopeful = hoped_shares(0.4, both(0.05));
        assert!((hopeful.total() - 1.1).abs() < 1e-12);
        assert!(waits_for_news(hopeful, both(0.0), 50.0));
        // One side's hope alone is met by the other's fear.
        let mixed = hoped_shares(
            0.4,
            Pair {
                principal: 0.05,
                partner: -0.05,
            },
        );
        assert!(!waits_for_news(mixed, both(0.001), 1.0));
    }

    #[test]
    fn sides_deal_early_and_stop_when_the_event_is_near() {
        let hopeful = hoped_shares(0.4, both(0.05));
        let longest = longest_wait(hopeful, 0.02);
        assert!((longest - libm::log(1.1) / 0.02).abs() < 1e-12);
        assert!(waits_for_news(hopeful, both(0.02), longest - 0.01));
        assert!(!waits_for_news(hopeful, both(0.02), longest + 0.01));
    }
}
