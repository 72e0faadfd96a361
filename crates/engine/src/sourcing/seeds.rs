//! New origins: links without trade in the base year that may open.
//!
//! Where an economy sells a good somewhere but not in a market that buys it, its
//! link to that market starts with a seed, a small share of the market. The other
//! shares are made to sum to one with it and nothing else changes: the seed counts
//! as the base share of its link in [`crate::two_speed`], so that a new origin
//! grows at the speed of sourcing once others become dear. One line of the largest
//! firm of the origin serves it.

use tradewinds_equilibrium::Economy;

use crate::model::Model;

/// Shares and sales of links with which a run starts, `[n][i][s]`; those of the base
/// year where no link opens.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Share of spending, duty paid.
    pub share: Vec<f64>,
    /// Sales at the factory gate, USD bn a year.
    pub sales: Vec<f64>,
}

/// The most of what an origin sells that a seed may be: a small origin cannot start with
/// a share of a large market.
const MOST_OF_SALES: f64 = 0.01;

impl Opening {
    /// The links of a model.
    pub fn of(model: &Model) -> Self {
        Self::with_seeds(&model.economy, &model.frictions.sourcing.seed)
    }

    fn with_seeds(economy: &Economy, seed: &[f64]) -> Self {
        let mut opening = Self {
            share: economy.origin_share.clone(),
            sales: economy.accounts().sales.clone(),
        };
        for (s, seed) in seed.iter().enumerate().filter(|(_, seed)| **seed > 0.0) {
            for n in 0..economy.economies {
                opening.seed(economy, (n, s), *seed);
            }
        }
        opening
    }

    fn seed(&mut self, economy: &Economy, (n, s): (usize, usize), seed: f64) {
        let market = economy.market(n, s);
        let new: Vec<usize> = (0..economy.economies)
            .filter(|i| can_open(economy, (n, *i, s)))
            .map(|i| economy.flow(n, i, s))
            .collect();
        if new.is_empty() {
            return;
        }
        let mut total = 1.0;
        for flow in &new {
            let cells = economy.markets();
            let sold: f64 = (0..economy.economies)
                .map(|buyer| self.sales[buyer * cells + flow % cells])
                .sum();
            let share = seed.min(MOST_OF_SALES * sold / economy.spending[market]);
            self.share[*flow] = share;
            total += share;
        }
        for flow in (0..economy.economies).map(|i| economy.flow(n, i, s)) {
            self.share[flow] /= total;
            let taxes = (1.0 + economy.import_duty[flow]) * (1.0 + economy.export_tax[flow]);
            self.sales[flow] = self.share[flow] * economy.spending[market] / taxes;
        }
    }
}

/// Whether a link without trade may open: goods that are bought in the market and made
/// by the origin.
fn can_open(economy: &Economy, (n, i, s): (usize, usize, usize)) -> bool {
    n != i
        && economy.services != Some(s)
        && economy.origin_share[economy.flow(n, i, s)] <= 0.0
        && economy.spending[economy.market(n, s)] > 0.0
        && economy.accounts().production_cost[economy.market(i, s)] > 0.0
}

#[cfg(test)]
mod tests {
    use tradewinds_equilibrium::{EconomyParts, FinalUser};

    use super::*;

    /// Three economies and a good: the first buys from the second, the third sells
    /// at home only.
    fn economy() -> Economy {
        let mut parts = EconomyParts {
            economies: 3,
            sectors: 1,
            spending: vec![1.0; 3],
            origin_share: vec![0.0; 9],
            import_duty: vec![0.0; 9],
            export_tax: vec![0.0; 9],
            markup: vec![1.0; 9],
            labour_cost_share: vec![1.0; 3],
            input_cost_share: vec![0.0; 3],
            wage_bill: vec![0.6, 1.4, 1.0],
            deficit: vec![0.4, -0.4, 0.0],
            sigma: vec![4.0],
            eps: vec![2.0],
            eta: 1.0,
            rho: 1.0,
            users: vec![FinalUser {
                budget_share: vec![1.0; 3],
                labour_claim: vec![1.0; 3],
                profit_claim: vec![1.0; 3],
                revenue_claim: vec![1.0; 3],
                transfer_claim: vec![1.0; 3],
                is_retail: false,
            }],
            services: None,
            distribution_units: vec![0.0; 3],
            retail_markup: vec![0.0; 3],
            oligopoly: None,
        };
        for (n, i, share) in [(0, 0, 0.6), (0, 1, 0.4), (1, 1, 1.0), (2, 2, 1.0)] {
            let flow = parts.flow(n, i, 0);
            parts.origin_share[flow] = share;
        }
        Economy::new(parts).unwrap()
    }

    #[test]
    fn without_a_seed_the_base_year_stands() {
        let economy = economy();
        let opening = Opening::with_seeds(&economy, &[0.0]);
        assert_eq!(opening.share, economy.origin_share);
        assert_eq!(opening.sales, economy.accounts().sales);
    }

    #[test]
    fn a_seed_comes_out_of_the_shares_of_its_market() {
        let economy = economy();
        let opening = Opening::with_seeds(&economy, &[1e-3]);
        let share = |n, i| opening.share[economy.flow(n, i, 0)];
        assert!((share(0, 2) - 1e-3 / 1.001).abs() < 1e-15);
        assert!((share(0, 1) - 0.4 / 1.001).abs() < 1e-15);
        for n in 0..3 {
            let total: f64 = (0..3).map(|i| share(n, i)).sum();
            assert!((total - 1.0).abs() < 1e-15, "{n}");
        }
        let sold: f64 = opening.sales.iter().sum();
        assert!((sold - 3.0).abs() < 1e-14);
    }

    #[test]
    fn services_and_what_is_not_made_stay_closed() {
        let mut parts = economy().into_parts();
        parts.services = Some(0);
        let services = Economy::new(parts).unwrap();
        let opening = Opening::with_seeds(&services, &[1e-3]);
        assert_eq!(opening.share, services.origin_share);
        assert!(!can_open(&economy(), (0, 1, 0)), "has trade");
        assert!(can_open(&economy(), (0, 2, 0)));
    }
}
