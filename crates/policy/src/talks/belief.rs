//! Beliefs: of a chance by counts, and of an opponent's type by Bayes' rule.
//!
//! A chance has a Beta(a, b) belief: a, b count hits and misses, mean a / (a + b).
//! Types θ have probabilities; after an event e they are
//! P(θ | e) ∝ P(θ) P(e | θ), with the likelihoods of a table. Talks, sections
//! 4, 6, 9 and 11.

use crate::error::PolicyError;

/// Belief of a chance, as of an extension or of a claim to be true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaBelief {
    /// Hits counted so far with the prior's, > 0.
    pub hits: f64,
    /// Misses counted so far with the prior's, > 0.
    pub misses: f64,
}

impl BetaBelief {
    /// Expected chance.
    pub fn mean(&self) -> f64 {
        self.hits / (self.hits + self.misses)
    }

    /// Variance of the chance.
    pub fn variance(&self) -> f64 {
        let count = self.hits + self.misses;
        self.hits * self.misses / (count * count * (count + 1.0))
    }

    /// The belief after one more trial.
    pub fn after(&self, is_hit: bool) -> Self {
        let mut next = *self;
        if is_hit {
            next.hits += 1.0;
        } else {
            next.misses += 1.0;
        }
        next
    }
}

/// Belief in a statement after one side reported it, from the share of such reports
/// that prove right (Bayes' rule with equal chances of false reports either way).
/// A share of one half says nothing.
pub fn after_report(prior: f64, hit_rate: f64) -> f64 {
    let both = prior * hit_rate + (1.0 - prior) * (1.0 - hit_rate);
    if both > 0.0 {
        prior * hit_rate / both
    } else {
        prior
    }
}

/// Probability of each event in a step, by type of opponent.
#[derive(Debug, Clone, PartialEq)]
pub struct EventLikelihoods {
    rows: Vec<Vec<f64>>,
}

impl EventLikelihoods {
    /// One row per type, one column per event.
    ///
    /// # Errors
    /// [`PolicyError::Likelihoods`] for every row that differs in length from the
    /// first, holds a number outside 0 to 1, or does not add to one within 1e-9.
    pub fn new(rows: Vec<Vec<f64>>) -> Result<Self, Vec<PolicyError>> {
        let events = rows.first().map_or(0, Vec::len);
        let wrong = |(row, chances): (usize, &Vec<f64>)| {
            let sum: f64 = chances.iter().sum();
            let is_probability = chances.iter().all(|p| (0.0..=1.0).contains(p));
            let is_row = chances.len() == events && is_probability && (sum - 1.0).abs() <= 1e-9;
            (!is_row).then_some(PolicyError::Likelihoods { row, sum })
        };
        let errors: Vec<_> = rows.iter().enumerate().filter_map(wrong).collect();
        if errors.is_empty() {
            Ok(Self { rows })
        } else {
            Err(errors)
        }
    }

    /// Belief over types after an event. It stays when the event is impossible
    /// under every type that was believed possible.
    ///
    /// # Panics
    /// When there are more types in `prior` than rows, or no such event.
    pub fn after(&self, prior: &[f64], event: usize) -> Vec<f64> {
        let joint: Vec<f64> = (prior.iter().enumerate())
            .map(|(kind, belief)| belief * self.rows[kind][event])
            .collect();
        let total: f64 = joint.iter().sum();
        if total > 0.0 {
            joint.iter().map(|joint| joint / total).collect()
        } else {
            prior.to_vec()
        }
    }

    /// Probability of an event under a belief over types.
    ///
    /// # Panics
    /// As [`Self::after`].
    pub fn expected(&self, belief: &[f64], event: usize) -> f64 {
        let rows = belief.iter().enumerate();
        rows.map(|(kind, belief)| belief * self.rows[kind][event])
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealer_or_punisher() -> EventLikelihoods {
        EventLikelihoods::new(vec![vec![0.6, 0.3, 0.1], vec![0.2, 0.3, 0.5]]).unwrap()
    }

    #[test]
    fn a_beta_belief_counts() {
        let belief = BetaBelief {
            hits: 4.0,
            misses: 3.0,
        };
        assert!((belief.mean() - 4.0 / 7.0).abs() < 1e-15);
        assert!((belief.after(false).mean() - 0.5).abs() < 1e-15);
        assert!((belief.variance() - 12.0 / (49.0 * 8.0)).abs() < 1e-15);
        assert!(belief.after(true).variance() < belief.variance());
    }

    #[test]
    fn a_report_right_half_of_the_time_says_nothing() {
        assert!((after_report(0.3, 0.5) - 0.3).abs() < 1e-15);
        assert!((after_report(0.5, 0.8) - 0.8).abs() < 1e-15);
        assert!((after_report(0.3, 1.0) - 1.0).abs() < 1e-15);
        assert!((after_report(0.0, 0.0)).abs() < 1e-15);
    }

    #[test]
    fn types_are_weighed_by_what_they_would_have_done() {
        let table = dealer_or_punisher();
        let after = table.after(&[0.5, 0.5], 0);
        assert!((after[0] - 0.75).abs() < 1e-15);
        let same = table.after(&[0.2, 0.8], 1);
        assert!((same[0] - 0.2).abs() < 1e-15);
        assert!((table.expected(&[0.5, 0.5], 2) - 0.3).abs() < 1e-15);
    }

    #[test]
    fn the_order_of_events_does_not_matter() {
        let table = dealer_or_punisher();
        let prior = [0.4, 0.6];
        let one = table.after(&table.after(&prior, 0), 2);
        let other = table.after(&table.after(&prior, 2), 0);
        assert!((one[0] - other[0]).abs() < 1e-15);
    }

    #[test]
    fn beliefs_are_a_martingale() {
        let table = dealer_or_punisher();
        let prior = [0.35, 0.65];
        let mean: f64 = (0..3)
            .map(|event| table.expected(&prior, event) * table.after(&prior, event)[0])
            .sum();
        assert!((mean - 0.35).abs() < 1e-15);
    }

    #[test]
    fn an_impossible_event_leaves_the_belief() {
        let table = EventLikelihoods::new(vec![vec![1.0, 0.0], vec![0.5, 0.5]]).unwrap();
        assert!((table.after(&[1.0, 0.0], 1)[0] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_table_that_is_no_probability_is_refused() {
        let short = EventLikelihoods::new(vec![vec![0.5, 0.5], vec![1.0]]);
        assert!(matches!(
            short.unwrap_err()[..],
            [PolicyError::Likelihoods { row: 1, .. }]
        ));
        assert!(EventLikelihoods::new(vec![vec![0.5, 0.4]]).is_err());
        assert!(EventLikelihoods::new(vec![vec![1.5, -0.5]]).is_err());
        let both = EventLikelihoods::new(vec![vec![0.5], vec![0.7]]);
        assert_eq!(both.unwrap_err().len(), 2);
    }
}
