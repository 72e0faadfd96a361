//! Experience-weighted attraction: learning which offers pay.
//!
//! With decay φ, weight δ on what other options would have paid, and growth κ of
//! experience, after payoffs u and a choice a,
//!
//! N' = φ (1 − κ) N + 1,
//! Aₖ' = (φ N Aₖ + (δ + (1 − δ) 1{k = a}) uₖ) / N'
//!
//! (Camerer and Ho 1999). δ = 0 reinforces what was tried, δ = 1 with κ = 0 is
//! fictitious play. Attractions enter a logit choice. Talks, section 11.

use super::choice::quantal_response;

/// How options gain attraction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttractionRule {
    /// Decay of past attractions, φ, 0 to 1.
    pub decay: f64,
    /// Weight on forgone payoffs, δ, 0 to 1.
    pub forgone: f64,
    /// κ from 0 (attractions are averages) to 1 (they are sums).
    pub cumulation: f64,
}

/// Attractions of a player's options.
#[derive(Debug, Clone, PartialEq)]
pub struct Attractions {
    /// Attraction of each option \[unit of payoff\].
    pub values: Vec<f64>,
    /// Experience N, counted in observations.
    pub experience: f64,
}

impl AttractionRule {
    /// Attractions after the payoff of every option in a round, of which `chosen` was
    /// taken.
    pub fn after(&self, past: &Attractions, payoffs: &[f64], chosen: usize) -> Attractions {
        let experience = self.decay * (1.0 - self.cumulation) * past.experience + 1.0;
        let kept = self.decay * past.experience;
        let update = |(option, value): (usize, &f64)| {
            let weight = if option == chosen { 1.0 } else { self.forgone };
            (kept * value + weight * payoffs[option]) / experience
        };
        Attractions {
            values: past.values.iter().enumerate().map(update).collect(),
            experience,
        }
    }
}

impl Attractions {
    /// Probability of each option, with a precision \[per unit of payoff\].
    pub fn choice(&self, precision: f64) -> Vec<f64> {
        quantal_response(&self.values, precision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: AttractionRule = AttractionRule {
        decay: 0.9,
        forgone: 0.5,
        cumulation: 0.0,
    };

    fn start() -> Attractions {
        Attractions {
            values: vec![0.0, 0.0],
            experience: 1.0,
        }
    }

    #[test]
    fn one_round_follows_the_formula() {
        let next = RULE.after(&start(), &[2.0, 4.0], 0);
        assert!((next.experience - 1.9).abs() < 1e-15);
        assert!((next.values[0] - 2.0 / 1.9).abs() < 1e-12);
        assert!((next.values[1] - 2.0 / 1.9).abs() < 1e-12);
    }

    #[test]
    fn full_weight_on_forgone_payoffs_is_the_weighted_mean_of_fictitious_play() {
        let rule = AttractionRule {
            forgone: 1.0,
            decay: 1.0,
            ..RULE
        };
        let empty = Attractions {
            experience: 0.0,
            ..start()
        };
        let paid = [[1.0, 5.0], [3.0, 0.0], [8.0, 1.0]];
        let last = paid
            .iter()
            .fold(empty, |past, payoffs| rule.after(&past, payoffs, 0));
        assert!((last.values[0] - 4.0).abs() < 1e-12);
        assert!((last.values[1] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn cumulation_without_forgone_payoffs_is_reinforcement() {
        let rule = AttractionRule {
            decay: 0.9,
            forgone: 0.0,
            cumulation: 1.0,
        };
        let one = rule.after(&start(), &[2.0, 4.0], 1);
        let two = rule.after(&one, &[2.0, 4.0], 1);
        assert!(two.values[0].abs() < 1e-15);
        assert!((two.values[1] - (0.9 * 4.0 + 4.0)).abs() < 1e-12);
    }

    #[test]
    fn steady_payoffs_are_learned_and_chosen() {
        let last = (0..300).fold(start(), |past, _| RULE.after(&past, &[1.0, 2.0], 1));
        assert!((last.values[1] - 2.0).abs() < 1e-9 && (last.values[0] - 0.5).abs() < 1e-9);
        assert!(last.choice(10.0)[1] > 0.999);
    }
}
