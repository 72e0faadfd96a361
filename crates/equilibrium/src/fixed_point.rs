//! Search for the point where a vector of gaps vanishes: Anderson mixing, then Newton-Krylov.

use crate::gmres::{self, Stopping};

/// A search that ended, well or not.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// Best point found.
    pub(crate) point: Vec<f64>,
    /// Largest gap there.
    pub(crate) gap: f64,
}

/// When a search may stop.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    /// Gap to aim at.
    pub(crate) tolerance: f64,
    /// Gap accepted when rounding stops further progress.
    pub(crate) acceptable: f64,
    /// Evaluations at most.
    pub(crate) evaluations: usize,
}

const MEMORY: usize = 12;
/// Longest move of any entry in one step (log points).
const LONGEST: f64 = 1.0;
/// Evaluations without a better point after which a small gap counts as rounding.
const PATIENCE: usize = 12;

/// Moves along `gap(x)` with mixing over the last steps (Walker and Ni 2011), from `start`.
///
/// A gap much above the best so far, or not finite, sends the search back to the best point with a
/// shorter step and an empty memory.
pub(crate) fn anderson(
    mut gap: impl FnMut(&[f64]) -> Vec<f64>,
    start: Vec<f64>,
    goal: Goal,
) -> Outcome {
    let mut point = start;
    let mut best = Outcome {
        point: point.clone(),
        gap: f64::INFINITY,
    };
    let mut best_gap: Vec<f64> = Vec::new();
    let mut memory = Memory::default();
    let (mut damping, mut since_best) = (1.0_f64, 0);
    for _ in 0..goal.evaluations {
        let mut gaps = gap(&point);
        let size = largest(&gaps);
        since_best += 1;
        if size < best.gap {
            best = Outcome {
                point: point.clone(),
                gap: size,
            };
            best_gap.clone_from(&gaps);
            damping = (1.4 * damping).min(1.0);
            since_best = 0;
        } else if best_gap.is_empty() {
            return best;
        } else if size >= 10.0 * best.gap || since_best > PATIENCE {
            damping = (0.5 * damping).max(0.02);
            memory = Memory::default();
            point.clone_from(&best.point);
            gaps.clone_from(&best_gap);
        }
        if best.gap <= goal.tolerance || (best.gap <= goal.acceptable && since_best >= PATIENCE) {
            break;
        }
        let step = memory.mix(&point, &gaps);
        let shrink = damping * (LONGEST / largest(&step).max(LONGEST));
        gmres::add(&mut point, shrink, &step);
    }
    best
}

/// Differences of successive points and gaps.
#[derive(Default)]
struct Memory {
    points: Vec<Vec<f64>>,
    gaps: Vec<Vec<f64>>,
    last: Option<(Vec<f64>, Vec<f64>)>,
}

impl Memory {
    /// The step that leads to the point with the smallest gap if the recent past were linear.
    fn mix(&mut self, point: &[f64], gap: &[f64]) -> Vec<f64> {
        if let Some((old_point, old_gap)) = self.last.replace((point.to_vec(), gap.to_vec())) {
            self.points.push(difference(point, &old_point));
            self.gaps.push(difference(gap, &old_gap));
            if self.points.len() > MEMORY.min(point.len()) {
                self.points.remove(0);
                self.gaps.remove(0);
            }
        }
        let mut step = gap.to_vec();
        // Newest first, so that nearly parallel old differences are the ones dropped.
        let mut basis: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
        for (moved, changed) in self.points.iter().zip(&self.gaps).rev() {
            let (mut moved, mut changed) = (moved.clone(), changed.clone());
            let before = gmres::norm(&changed);
            for (other_move, other) in &basis {
                let overlap = gmres::dot(&changed, other);
                gmres::add(&mut changed, -overlap, other);
                gmres::add(&mut moved, -overlap, other_move);
            }
            let length = gmres::norm(&changed);
            if length > 1e-8 * before {
                changed
                    .iter_mut()
                    .chain(moved.iter_mut())
                    .for_each(|value| *value /= length);
                basis.push((moved, changed));
            }
        }
        for (moved, changed) in &basis {
            let weight = gmres::dot(gap, changed);
            gmres::add(&mut step, -weight, moved);
            gmres::add(&mut step, -weight, changed);
        }
        step
    }
}

const INNER: Stopping = Stopping {
    tolerance: 1e-3,
    directions: 60,
    restarts: 2,
};
const NEWTON_STEPS: usize = 40;

/// Newton steps whose linear systems are solved by finite differences along Krylov directions, with
/// a search along each step for a smaller gap.
pub(crate) fn newton_krylov(
    mut gap: impl FnMut(&[f64]) -> Vec<f64>,
    start: Vec<f64>,
    goal: Goal,
) -> Outcome {
    let mut best = Outcome {
        gap: f64::INFINITY,
        point: start,
    };
    let mut gaps = gap(&best.point);
    best.gap = largest(&gaps);
    for _ in 0..NEWTON_STEPS {
        if best.gap <= goal.tolerance || !best.gap.is_finite() {
            break;
        }
        let step = newton_direction(&mut gap, &best.point, &gaps);
        let mut length = (LONGEST / largest(&step).max(LONGEST)).min(1.0);
        let mut improved = false;
        while length > 1e-4 && !improved {
            let mut point = best.point.clone();
            gmres::add(&mut point, length, &step);
            let trial = gap(&point);
            if gmres::norm(&trial) < (1.0 - 1e-4 * length) * gmres::norm(&gaps) {
                best = Outcome {
                    gap: largest(&trial),
                    point,
                };
                gaps = trial;
                improved = true;
            }
            length *= 0.5;
        }
        if !improved {
            break;
        }
    }
    best
}

fn newton_direction(
    gap: &mut impl FnMut(&[f64]) -> Vec<f64>,
    point: &[f64],
    gaps: &[f64],
) -> Vec<f64> {
    let gap = std::cell::RefCell::new(gap);
    // Gaps shrink along themselves, so minus the identity is the first guess of the derivative.
    let action = |direction: &[f64]| {
        let step = 1e-7 / largest(direction).max(f64::MIN_POSITIVE);
        let mut moved = point.to_vec();
        gmres::add(&mut moved, step, direction);
        let mut change = difference(gaps, &(gap.borrow_mut())(&moved));
        change.iter_mut().for_each(|value| *value /= step);
        change
    };
    let mut step = vec![0.0; point.len()];
    gmres::solve(action, |_| {}, gaps, (&mut step, INNER));
    step
}

fn difference(left: &[f64], right: &[f64]) -> Vec<f64> {
    left.iter().zip(right).map(|(a, b)| a - b).collect()
}

/// Largest absolute value; infinite if any entry is not finite.
pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| {
        if value.is_finite() {
            value.abs().max(largest)
        } else {
            f64::INFINITY
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOAL: Goal = Goal {
        tolerance: 1e-13,
        acceptable: 1e-12,
        evaluations: 200,
    };

    /// Gaps of a coupled system with root (1, 2, 3), steep enough that plain steps diverge.
    fn gaps(x: &[f64]) -> Vec<f64> {
        let d: Vec<f64> = x
            .iter()
            .zip([1.0, 2.0, 3.0])
            .map(|(value, root)| value - root)
            .collect();
        vec![
            -3.0 * d[0] + 0.5 * d[1] * d[2],
            -2.5 * d[1] + d[0],
            -d[2] * (1.0 + d[2] * d[2]) - d[0],
        ]
    }

    #[test]
    fn both_searches_find_the_root_of_a_coupled_system() {
        for outcome in [
            anderson(gaps, vec![0.0; 3], GOAL),
            newton_krylov(gaps, vec![0.0; 3], GOAL),
        ] {
            assert!(outcome.gap <= 1e-13, "{outcome:?}");
            for (found, root) in outcome.point.iter().zip([1.0, 2.0, 3.0]) {
                assert!((found - root).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_start_at_the_root_is_returned_after_one_evaluation() {
        let mut count = 0;
        let counted = |x: &[f64]| {
            count += 1;
            gaps(x)
        };
        let outcome = anderson(counted, vec![1.0, 2.0, 3.0], GOAL);
        assert_eq!((count, outcome.point), (1, vec![1.0, 2.0, 3.0]));
    }
}
