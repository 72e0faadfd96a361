//! Nash-in-Nash: every pair bargains with the terms of the other pairs as given.
//!
//! A solution is a fixed point of the map from all terms to the terms that each
//! pair would agree on in answer to them (Horn and Wolinsky 1988; Collard-Wexler,
//! Gowrisankaran and Lee 2019). It is sought by damped steps of all pairs
//! together, x ← x + d (f(x) − x), whose result does not depend on their order.
//! Talks, section 4.

/// How the fixed point is sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DampedIteration {
    /// Part of the way to the answer that is gone in a step, in (0, 1\].
    pub damping: f64,
    /// Largest distance of a term from its answer that counts as solved \[unit of
    /// the terms\].
    pub tolerance: f64,
    /// Steps after which the search ends.
    pub steps: u32,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedPoint {
    /// Terms of all pairs.
    pub terms: Vec<f64>,
    /// Largest distance of a term from its answer.
    pub residual: f64,
    /// Steps made.
    pub steps: u32,
    /// The residual is within the tolerance.
    pub is_solved: bool,
}

impl DampedIteration {
    /// Searches from `start`; `answer` gives the terms of a pair from its index and
    /// the terms of all.
    pub fn solve(&self, start: &[f64], answer: impl Fn(usize, &[f64]) -> f64) -> FixedPoint {
        let mut terms = start.to_vec();
        let mut steps = 0;
        loop {
            let answers: Vec<f64> = (0..terms.len()).map(|pair| answer(pair, &terms)).collect();
            let gaps = terms
                .iter()
                .zip(&answers)
                .map(|(term, to)| (to - term).abs());
            let residual = gaps.fold(0.0, f64::max);
            let is_solved = residual <= self.tolerance;
            if is_solved || steps >= self.steps {
                return FixedPoint {
                    terms,
                    residual,
                    steps,
                    is_solved,
                };
            }
            for (term, to) in terms.iter_mut().zip(answers) {
                *term += self.damping * (to - *term);
            }
            steps += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: DampedIteration = DampedIteration {
        damping: 0.5,
        tolerance: 1e-12,
        steps: 200,
    };

    #[test]
    fn pairs_with_linear_answers_meet_at_the_solution_of_their_equations() {
        // xᵢ = 10 − 0.8 × mean of the others: all equal 10 / 1.8.
        let answer = |pair: usize, terms: &[f64]| {
            let others = terms.iter().sum::<f64>() - terms[pair];
            10.0 - 0.8 * others / (terms.len() - 1) as f64
        };
        let found = HALF.solve(&[0.0, 3.0, 20.0, 7.0], answer);
        assert!(found.is_solved);
        assert!(found.terms.iter().all(|x| (x - 10.0 / 1.8).abs() < 1e-10));
    }

    #[test]
    fn damping_settles_answers_that_overshoot() {
        let answer = |pair: usize, terms: &[f64]| 12.0 - 1.2 * terms[1 - pair];
        let start = [4.0, 4.0];
        let free = DampedIteration {
            damping: 1.0,
            ..HALF
        };
        assert!(!free.solve(&start, answer).is_solved);
        let found = HALF.solve(&start, answer);
        assert!(found.is_solved && (found.terms[0] - 12.0 / 2.2).abs() < 1e-10);
    }

    #[test]
    fn wages_of_two_unions_follow_horn_and_wolinsky() {
        // Two suppliers of one firm, each sharing its own contribution equally:
        // worth of both 10, of one alone 7 (substitutes). Each price xᵢ solves
        // xᵢ = ½ (V(both) − V(other alone)) = 1.5, whatever the other is paid.
        let value = |n: usize| [0.0, 7.0, 10.0][n];
        let found = HALF.solve(&[0.0, 5.0], |_, _| 0.5 * (value(2) - value(1)));
        assert!((found.terms[0] - 1.5).abs() < 1e-9 && found.is_solved);
        // Joint talks would pay the two ½ V(both) = 5 > 3: lone talks pay less.
        assert!(found.terms.iter().sum::<f64>() < 0.5 * value(2));
    }

    #[test]
    fn a_search_that_runs_out_of_steps_says_so() {
        let short = DampedIteration { steps: 3, ..HALF };
        let found = short.solve(&[0.0], |_, terms| 1.0 + 0.99 * terms[0]);
        assert!(!found.is_solved && found.steps == 3 && found.residual > 0.5);
    }
}
