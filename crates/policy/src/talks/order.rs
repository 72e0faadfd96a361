//! The order in which a principal meets its partners.
//!
//! score = o₁ dependence + o₂ size + o₃ readiness − o₄ issues + o₅ press salience,
//! with each trait standardised over partners; the next partner is drawn with
//! probability ∝ exp(score / T), without return (Plackett and Luce). Talks,
//! section 4.

use super::choice::{chosen, quantal_response};

/// What makes a partner come early or late, standardised over partners.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct OrderTraits {
    /// Exports to the principal over GDP.
    pub dependence: f64,
    /// Size in the principal's imports.
    pub size: f64,
    /// Part of the preparation done.
    pub readiness: f64,
    /// Share of issues that are hard.
    pub issues: f64,
    /// Salience in the principal's press.
    pub salience: f64,
}

/// Weights of the score, per standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderWeights {
    /// Of dependence, o₁.
    pub dependence: f64,
    /// Of size, o₂.
    pub size: f64,
    /// Of readiness, o₃.
    pub readiness: f64,
    /// Of hard issues, o₄; enters with a minus.
    pub issues: f64,
    /// Of salience, o₅.
    pub salience: f64,
    /// Temperature T > 0; near 0 the highest score comes first for certain.
    pub temperature: f64,
}

impl OrderWeights {
    /// Score of a partner; the priority of its file in the queue.
    pub fn score(&self, traits: &OrderTraits) -> f64 {
        self.dependence * traits.dependence + self.size * traits.size - self.issues * traits.issues
            + self.readiness * traits.readiness
            + self.salience * traits.salience
    }

    /// Probability of each partner to be met first, from scores.
    pub fn first(&self, scores: &[f64]) -> Vec<f64> {
        quantal_response(scores, 1.0 / self.temperature)
    }

    /// Partners in the order in which they are met, with one uniform draw for each
    /// place.
    pub fn sequence(&self, scores: &[f64], uniforms: &[f64]) -> Vec<usize> {
        let mut left = scores.to_vec();
        let mut order = Vec::with_capacity(scores.len());
        for uniform in uniforms.iter().take(scores.len()) {
            if let Some(next) = chosen(&self.first(&left), *uniform) {
                order.push(next);
                left[next] = f64::NEG_INFINITY;
            }
        }
        order
    }
}

/// Values less their mean, over their standard deviation; zeros when all are equal.
pub fn standardised(values: &[f64]) -> Vec<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let deviation = (squares / count).sqrt();
    let scaled = |value: &f64| {
        if deviation > 0.0 {
            (value - mean) / deviation
        } else {
            0.0
        }
    };
    values.iter().map(scaled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: OrderWeights = OrderWeights {
        dependence: 0.5,
        size: -0.1,
        readiness: 0.45,
        issues: -0.6,
        salience: 0.75,
        temperature: 1.0,
    };

    #[test]
    fn the_weight_of_issues_enters_with_a_minus() {
        let traits = OrderTraits {
            dependence: 1.0,
            size: 2.0,
            readiness: 3.0,
            issues: 4.0,
            salience: 5.0,
        };
        let by_hand = 0.5 - 0.2 + 1.35 + 2.4 + 3.75;
        assert!((WEIGHTS.score(&traits) - by_hand).abs() < 1e-12);
    }

    #[test]
    fn the_first_place_has_logit_probabilities() {
        let first = WEIGHTS.first(&[1.0, 0.0]);
        assert!((first[0] / first[1] - libm::exp(1.0)).abs() < 1e-12);
        let hot = OrderWeights {
            temperature: 1e9,
            ..WEIGHTS
        };
        assert!((hot.first(&[5.0, 0.0])[0] - 0.5).abs() < 1e-8);
    }

    #[test]
    fn a_sequence_meets_everyone_once() {
        let order = WEIGHTS.sequence(&[0.3, 2.0, -1.0, 0.3], &[0.99, 0.0, 0.5, 0.7]);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3]);
        assert_eq!(order[0], 3);
    }

    #[test]
    fn a_cold_rule_follows_the_scores() {
        let cold = OrderWeights {
            temperature: 1e-3,
            ..WEIGHTS
        };
        let order = cold.sequence(&[0.3, 2.0, -1.0], &[0.5, 0.5, 0.5]);
        assert_eq!(order, [1, 0, 2]);
    }

    #[test]
    fn standardised_traits_have_mean_zero_and_spread_one() {
        let scaled = standardised(&[1.0, 2.0, 6.0]);
        assert!(scaled.iter().sum::<f64>().abs() < 1e-12);
        let squares: f64 = scaled.iter().map(|v| v * v).sum();
        assert!((squares / 3.0 - 1.0).abs() < 1e-12);
        assert!(standardised(&[2.0, 2.0])[0].abs() < 1e-15);
    }
}
