//! The direct solver: the law is taken from its base to the shock, in one step if that works.

use crate::economy::Economy;
use crate::equilibrium::Equilibrium;
use crate::fixed_point::Outcome;
use crate::search::{GOAL, Search};
use crate::shock::{Law, Shock, SolveError};

/// First part of the way from the base law to the new one, where the whole way is too much.
const FIRST_STEP: f64 = 0.25;
/// Shortest part of the way tried.
const SHORTEST_STEP: f64 = 1.0 / 256.0;

/// The rest point of `economy` after `shock`, in exact hats.
///
/// Prices, spending and incomes are solved exactly at given wages; wages are found by Anderson
/// mixing, then by Newton-Krylov steps, then by following the law from base to shock in parts.
///
/// # Errors
/// [`SolveError::Shape`], [`SolveError::Range`] or [`SolveError::Deficit`] for a shock that does not
/// fit the economy, [`SolveError::NotConverged`] if labour markets cannot be brought into balance.
pub fn solve(economy: &Economy, shock: &Shock) -> Result<Equilibrium, SolveError> {
    let law = Law::new(economy, shock)?;
    let mut search = Search::new(economy, law.clone());
    let mut outcome = search.run(vec![0.0; search.unknowns()]);
    if outcome.gap > GOAL.acceptable {
        outcome = follow(economy, &law, &mut search)?;
    }
    let state = search.state_at(&outcome.point);
    let mut equilibrium = Equilibrium::report(economy, &law, state);
    equilibrium.labour_gap = outcome.gap;
    equilibrium.evaluations = search.evaluations();
    Ok(equilibrium)
}

/// Walks from the base law to the new one, halving the part of the way where a search fails.
fn follow(economy: &Economy, law: &Law, search: &mut Search<'_>) -> Result<Outcome, SolveError> {
    let (mut way, mut step) = (0.0, FIRST_STEP);
    let mut outcome = Outcome {
        point: vec![0.0; search.unknowns()],
        gap: f64::INFINITY,
    };
    while way < 1.0 {
        let next = f64::min(way + step, 1.0);
        search.turn_to(if next < 1.0 {
            law.part_way(economy, next)
        } else {
            law.clone()
        });
        let trial = search.run(outcome.point.clone());
        if trial.gap <= GOAL.acceptable {
            outcome = trial;
            way = next;
            step *= 1.5;
        } else if step > SHORTEST_STEP {
            step *= 0.5;
        } else {
            return Err(SolveError::NotConverged {
                gap: trial.gap,
                evaluations: search.evaluations(),
            });
        }
    }
    Ok(outcome)
}
