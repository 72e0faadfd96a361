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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::economy::{EconomyParts, FinalUser};

    /// Three unequal economies with balanced trade: each sells to and buys from every other what
    /// the smaller of the two sizes suggests.
    fn world() -> Economy {
        let size = [6.0, 3.0, 2.0];
        let mut origin_share = vec![0.0; 9];
        for n in 0..3 {
            for i in (0..3).filter(|i| *i != n) {
                origin_share[n * 3 + i] = 0.1 * f64::min(size[n], size[i]) / size[n];
            }
            origin_share[n * 4] = 1.0 - origin_share[n * 3..n * 3 + 3].iter().sum::<f64>();
        }
        let user = FinalUser {
            budget_share: vec![1.0; 3],
            labour_claim: vec![1.0; 3],
            profit_claim: vec![1.0; 3],
            revenue_claim: vec![1.0; 3],
            transfer_claim: vec![1.0; 3],
            is_retail: false,
        };
        let parts = EconomyParts {
            economies: 3,
            sectors: 1,
            spending: size.to_vec(),
            origin_share,
            import_duty: vec![0.0; 9],
            export_tax: vec![0.0; 9],
            markup: vec![1.0; 9],
            labour_cost_share: vec![0.6; 3],
            input_cost_share: vec![0.4; 3],
            wage_bill: size.map(|size| 0.6 * size).to_vec(),
            deficit: vec![0.0; 3],
            sigma: vec![5.0],
            eps: vec![3.0],
            eta: 1.0,
            rho: 0.5,
            users: vec![user],
            services: None,
            distribution_units: vec![0.0; 3],
            retail_markup: vec![0.0; 3],
            oligopoly: None,
        };
        Economy::new(parts).unwrap()
    }

    fn shock() -> Shock {
        let duty = vec![0.0, 0.5, 2.0, -0.2, 0.0, 0.1, 0.3, 0.0, 0.0];
        Shock {
            import_duty: Some(duty),
            deficit: Some(vec![0.05, -0.02, -0.03]),
            ..Shock::default()
        }
    }

    #[test]
    fn walking_to_the_law_in_parts_ends_where_the_direct_search_ends() {
        let economy = world();
        let direct = solve(&economy, &shock()).unwrap();
        let law = Law::new(&economy, &shock()).unwrap();
        let mut search = Search::new(&economy, law.clone());
        let walked = follow(&economy, &law, &mut search).unwrap();
        let state = search.state_at(&walked.point);
        let walked = Equilibrium::report(&economy, &law, state);
        for (found, expected) in walked.welfare_hat.iter().zip(&direct.welfare_hat) {
            assert!((found / expected - 1.0).abs() < 1e-12);
            assert!((expected - 1.0).abs() > 1e-3);
        }
    }

    #[test]
    fn newton_steps_alone_clear_the_labour_markets() {
        let economy = world();
        let direct = solve(&economy, &shock()).unwrap();
        let mut search = Search::new(&economy, Law::new(&economy, &shock()).unwrap());
        let polished = search.polish(vec![0.0; 3]);
        assert!(polished.gap <= GOAL.tolerance, "{polished:?}");
        for (found, expected) in polished.point.iter().zip(&direct.wage_hat) {
            assert!((crate::maths::exp(*found) / expected - 1.0).abs() < 1e-12);
        }
    }
}
