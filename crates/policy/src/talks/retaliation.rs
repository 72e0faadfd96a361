//! Retaliation: whether a partner answers a duty, how much of it, when, and what the principal does then.
//!
//! logit P = k₀ + k₁ power − k₂ dependence − k₃ security + k₄ anger + k₅ self-image
//!
//! is the expected share of the principal's duty that is matched. The level is one of
//! a few shares, drawn between the two around P so that its mean is P. It comes into
//! force after a gamma lag of the institution. Talks, section 10.

use super::choice::{happens, logistic};
use super::distribution::gamma_quantile;

/// Weights of retaliation, in log odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetaliationWeights {
    /// Constant, k₀.
    pub constant: f64,
    /// Of power, k₁.
    pub power: f64,
    /// Of dependence on the principal's market, k₂; enters with a minus.
    pub dependence: f64,
    /// Of dependence on its security, k₃; enters with a minus.
    pub security: f64,
    /// Of anger at home, k₄.
    pub anger: f64,
    /// Of the self-image as a power, k₅.
    pub self_image: f64,
}

/// What moves a government to retaliate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetaliationTraits {
    /// Size times market power, 0 to about 1.
    pub power: f64,
    /// Exports to the principal over GDP.
    pub dependence: f64,
    /// Dependence on the principal's security, 0 to 1.
    pub security: f64,
    /// Anger at home over the duty, 0 to 1.
    pub anger: f64,
    /// Self-image as a power, 0 to 1.
    pub self_image: f64,
}

impl RetaliationWeights {
    /// Expected share of the duty that is matched, 0 to 1.
    pub fn expected_match(&self, traits: &RetaliationTraits) -> f64 {
        logistic(
            self.constant + self.power * traits.power
                - self.dependence * traits.dependence
                - self.security * traits.security
                + self.anger * traits.anger
                + self.self_image * traits.self_image,
        )
    }
}

/// How a government retaliates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetaliationStyle {
    /// Matches in full and at once.
    Equaliser,
    /// Matches in part at once, and holds a second list.
    Partial,
    /// Adopts lists that it suspends.
    SlowSuspending,
    /// Protests only.
    Abstainer,
}

impl RetaliationStyle {
    /// Whether duties of a level come into force; otherwise they are adopted and held.
    pub fn enters_into_force(self, level: f64) -> bool {
        level > 0.0 && matches!(self, Self::Equaliser | Self::Partial)
    }
}

/// The level of match between two neighbours of `levels` (ascending), drawn at a
/// uniform draw so that its mean is `expected`; the nearest end outside them.
pub fn match_level(expected: f64, levels: &[f64], uniform: f64) -> f64 {
    let Some(above) = levels.iter().position(|level| *level >= expected) else {
        return levels.last().copied().unwrap_or(0.0);
    };
    if above == 0 {
        return levels[0];
    }
    let (low, high) = (levels[above - 1], levels[above]);
    if happens((expected - low) / (high - low), uniform) {
        high
    } else {
        low
    }
}

/// Days from the principal's duty to the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnswerLag {
    /// Mean \[days\].
    pub mean_days: f64,
    /// Shape of the gamma distribution.
    pub shape: f64,
}

impl AnswerLag {
    /// Lag at a uniform draw \[days\].
    pub fn days(&self, uniform: f64) -> f64 {
        gamma_quantile(uniform, self.shape, self.mean_days)
    }
}

/// What the principal does to those that retaliate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Escalation {
    /// Chance that it raises its duty after a full match.
    pub after_full: f64,
    /// Chance after a match in part.
    pub after_part: f64,
    /// Rise \[share of customs value\].
    pub step: f64,
}

impl Escalation {
    /// Chance of a rise after a match of a level from 0 to 1; zero without match.
    pub fn probability(&self, level: f64) -> f64 {
        if level <= 0.0 {
            0.0
        } else if level < 1.0 {
            self.after_part
        } else {
            self.after_full
        }
    }

    /// The principal's rate after a match, at a uniform draw \[share of customs value\].
    pub fn next_rate(&self, rate: f64, level: f64, uniform: f64) -> f64 {
        if happens(self.probability(level), uniform) {
            rate + self.step
        } else {
            rate
        }
    }
}

/// Tit for tat of strength p: p times the other's last rate and 1 − p times the rate
/// one would choose without it \[shares of customs value\].
pub fn tit_for_tat(strength: f64, other_last: f64, own_choice: f64) -> f64 {
    strength * other_last + (1.0 - strength) * own_choice
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talks::choice::log_odds;

    const WEIGHTS: RetaliationWeights = RetaliationWeights {
        constant: -4.2,
        power: 1.6,
        dependence: 1.0,
        security: 2.3,
        anger: 3.8,
        self_image: 2.8,
    };
    const LEVELS: [f64; 4] = [0.0, 0.25, 0.5, 1.0];

    #[test]
    fn every_trait_enters_with_its_sign() {
        let traits = RetaliationTraits {
            power: 0.5,
            dependence: 0.1,
            security: 0.2,
            anger: 0.3,
            self_image: 0.4,
        };
        let odds = -4.2 + 0.8 - 0.1 - 0.46 + 1.14 + 1.12;
        assert!((log_odds(WEIGHTS.expected_match(&traits)) - odds).abs() < 1e-12);
    }

    #[test]
    fn a_proud_power_matches_and_a_protected_ally_does_not() {
        let power = RetaliationTraits {
            power: 1.0,
            dependence: 0.03,
            security: 0.0,
            anger: 0.8,
            self_image: 1.0,
        };
        let ally = RetaliationTraits {
            power: 0.46,
            dependence: 0.037,
            security: 0.95,
            anger: 0.4,
            self_image: 0.3,
        };
        assert!(WEIGHTS.expected_match(&power) > 0.9);
        assert!(WEIGHTS.expected_match(&ally) < 0.1);
    }

    #[test]
    fn levels_average_to_the_expected_match() {
        for expected in [0.0, 0.1, 0.25, 0.4, 0.8, 1.0] {
            let n = 4000;
            let at = |i: i32| match_level(expected, &LEVELS, (f64::from(i) + 0.5) / f64::from(n));
            let mean = (0..n).map(at).sum::<f64>() / f64::from(n);
            assert!((mean - expected).abs() < 1e-3, "{expected}: {mean}");
        }
        assert!((match_level(0.8, &LEVELS, 0.7) - 0.5).abs() < 1e-15);
        assert!((match_level(1.4, &LEVELS, 0.7) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_union_that_votes_answers_later() {
        let lag = |mean_days| AnswerLag {
            mean_days,
            shape: 2.0,
        };
        assert!(lag(1.0).days(0.9) < 3.0);
        let median = lag(45.0).days(0.5);
        assert!((36.0..40.0).contains(&median), "{median}");
        assert!(RetaliationStyle::Equaliser.enters_into_force(1.0));
        assert!(!RetaliationStyle::SlowSuspending.enters_into_force(1.0));
        assert!(!RetaliationStyle::Partial.enters_into_force(0.0));
    }

    #[test]
    fn full_matches_are_escalated_and_silence_is_not() {
        let escalation = Escalation {
            after_full: 0.75,
            after_part: 0.25,
            step: 0.45,
        };
        let twice = escalation.next_rate(escalation.next_rate(0.34, 1.0, 0.5), 1.0, 0.5);
        assert!((twice - 1.24).abs() < 1e-12);
        assert!((escalation.next_rate(0.34, 0.5, 0.5) - 0.34).abs() < 1e-15);
        assert!(escalation.probability(0.0).abs() < 1e-15);
    }

    #[test]
    fn tit_for_tat_draws_rates_together() {
        assert!((tit_for_tat(0.7, 0.5, 0.1) - 0.38).abs() < 1e-12);
        let (mut one, mut other) = (0.5, 0.0);
        for _ in 0..60 {
            (one, other) = (tit_for_tat(0.7, other, 0.1), tit_for_tat(0.7, one, 0.1));
        }
        assert!((one - 0.1).abs() < 1e-8 && (other - 0.1).abs() < 1e-8);
    }
}
