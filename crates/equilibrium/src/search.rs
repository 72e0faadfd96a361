//! The search for wages (and oligopoly markups) at which every labour market clears.

use crate::accounts::{Receipts, Terms};
use crate::economy::Economy;
use crate::expenditure::SpendingSystem;
use crate::final_demand::{FinalDemand, StorePrices};
use crate::fixed_point::{Goal, Outcome, anderson, newton_krylov};
use crate::markups;
use crate::maths::{exp, ln};
use crate::prices::{Drivers, Prices};
use crate::shock::{Labour, Law};

pub(crate) const GOAL: Goal = Goal {
    tolerance: 1e-13,
    acceptable: 2e-12,
    evaluations: 150,
};
/// Labour demand is never taken below this multiple of supply while searching.
const LEAST_DEMAND: f64 = 1e-6;

/// A world at given wages and markups: prices, final demand, spending, receipts.
pub(crate) struct State {
    pub(crate) log_wage: Vec<f64>,
    pub(crate) markup: Vec<f64>,
    pub(crate) prices: Prices,
    pub(crate) demand: FinalDemand,
    pub(crate) spending: Vec<f64>,
    pub(crate) receipts: Receipts,
}

/// Unknowns are log changes of wages, `[n]` or `[n][s]`, then (oligopoly) of markups `[n][i][s]`.
pub(crate) struct Search<'a> {
    economy: &'a Economy,
    law: Law,
    /// Log price `[n][s]` of the last world computed, the first guess for the next.
    log_price: Vec<f64>,
    /// Spending `[n][s]` of the last world computed.
    spending: Vec<f64>,
    /// Size of the wage response to a log gap, per wage.
    caution: Vec<f64>,
    evaluations: usize,
}

impl<'a> Search<'a> {
    pub(crate) fn new(economy: &'a Economy, law: Law) -> Self {
        let caution = cautions(economy, law.labour);
        let mut search = Self {
            economy,
            law,
            log_price: Vec::new(),
            spending: Vec::new(),
            caution,
            evaluations: 0,
        };
        search.forget();
        search
    }

    /// Continues under another law (with the same mobility of labour).
    pub(crate) fn turn_to(&mut self, law: Law) {
        self.law = law;
        self.forget();
    }

    /// Goes back to base prices and spending as first guesses.
    fn forget(&mut self) {
        self.log_price = vec![0.0; self.economy.markets()];
        self.spending.clone_from(&self.economy.spending);
    }

    pub(crate) fn evaluations(&self) -> usize {
        self.evaluations
    }

    pub(crate) fn unknowns(&self) -> usize {
        self.caution.len()
            + if self.economy.oligopoly.is_some() {
                self.economy.flows()
            } else {
                0
            }
    }

    /// Searches from `start`; the outcome's gap tells whether anything was found.
    pub(crate) fn run(&mut self, start: Vec<f64>) -> Outcome {
        let outcome = anderson(|point| self.gaps(point), start, GOAL);
        if outcome.gap <= GOAL.acceptable {
            return outcome;
        }
        self.forget();
        let polished = newton_krylov(|point| self.gaps(point), outcome.point.clone(), GOAL);
        if polished.gap < outcome.gap {
            polished
        } else {
            outcome
        }
    }

    /// Log gaps between labour demand and supply, and between the markups firms want and have.
    ///
    /// Labour demand sums to the wage bill of the world at any wages, so all gaps vanish together
    /// only where the world wage bill is the base one: the numeraire needs no equation of its own.
    fn gaps(&mut self, point: &[f64]) -> Vec<f64> {
        self.evaluations += 1;
        let state = self.state_at(point);
        let mut gaps = self.labour_gaps(point, &state);
        self.add_markup_gaps(point, &state, &mut gaps);
        if gaps.iter().all(|gap| gap.is_finite()) {
            self.log_price = state.prices.log_price;
            self.spending = state.spending;
        } else {
            self.forget();
        }
        gaps
    }

    /// The world at the given unknowns.
    pub(crate) fn state_at(&self, point: &[f64]) -> State {
        let economy = self.economy;
        let (wages, markups) = point.split_at(self.caution.len());
        let log_wage: Vec<f64> = match self.law.labour {
            Labour::Fixed => wages.to_vec(),
            Labour::Mobile => (0..economy.markets())
                .map(|market| wages[market / economy.sectors])
                .collect(),
        };
        let mut markup = economy.markup.clone();
        let mut log_wedge = self.law.log_wedge.clone();
        for (flow, change) in markups.iter().enumerate() {
            markup[flow] *= exp(*change);
            log_wedge[flow] += change;
        }
        let prices = Prices::solve(
            economy,
            Drivers {
                log_wage: &log_wage,
                log_wedge: &log_wedge,
            },
            &self.log_price,
        );
        let stores = StorePrices::new(economy, &prices.log_price, &prices.units);
        let demand = FinalDemand::new(economy, &prices.log_price, &stores);
        let terms = Terms {
            import_duty: &self.law.import_duty,
            export_tax: &self.law.export_tax,
            markup: &markup,
        };
        let mut spending = self.spending.clone();
        let wages = wages_by_economy(economy, &log_wage);
        SpendingSystem::new(economy, &prices, &demand, terms).solve(
            &wages,
            &self.law.deficit,
            &mut spending,
        );
        let receipts = Receipts::new(economy, &spending, &prices.origin_share, terms);
        State {
            log_wage,
            markup,
            prices,
            demand,
            spending,
            receipts,
        }
    }

    fn labour_gaps(&self, point: &[f64], state: &State) -> Vec<f64> {
        let economy = self.economy;
        let demand = |market: usize| {
            state.prices.labour_share[market] * state.receipts.production_cost[market]
        };
        let supply = |market: usize| economy.wage_bill[market] * exp(state.log_wage[market]);
        let world = ln((0..economy.markets()).map(supply).sum::<f64>()
            / economy.accounts().wages.iter().sum::<f64>());
        let gap = |unknown: usize, demand: f64, supply: f64| {
            if supply > 0.0 {
                self.caution[unknown] * (ln((demand / supply).max(LEAST_DEMAND)) - world)
            } else {
                -point[unknown]
            }
        };
        match self.law.labour {
            Labour::Fixed => (0..economy.markets())
                .map(|market| gap(market, demand(market), supply(market)))
                .collect(),
            Labour::Mobile => (0..economy.economies)
                .map(|n| {
                    let markets = economy.market(n, 0)..economy.market(n, 0) + economy.sectors;
                    gap(
                        n,
                        markets.clone().map(demand).sum(),
                        markets.map(supply).sum(),
                    )
                })
                .collect(),
        }
    }

    fn add_markup_gaps(&self, point: &[f64], state: &State, gaps: &mut Vec<f64>) {
        let Some(oligopoly) = &self.economy.oligopoly else {
            return;
        };
        let wanted = markups::bertrand(self.economy, oligopoly, &state.prices.origin_share).values;
        let has = &point[self.caution.len()..];
        for (flow, change) in has.iter().enumerate() {
            let is_used = self.economy.origin_share[flow] > 0.0;
            gaps.push(if is_used {
                ln(wanted[flow] / self.economy.markup[flow]) - change
            } else {
                0.0
            });
        }
    }
}

/// Wage bill of each economy when wages change but employment does not, `[n]` (USD bn a year).
pub(crate) fn wages_by_economy(economy: &Economy, log_wage: &[f64]) -> Vec<f64> {
    let bill = |market: usize| economy.wage_bill[market] * exp(log_wage[market]);
    (0..economy.economies)
        .map(|n| {
            (0..economy.sectors)
                .map(|s| bill(economy.market(n, s)))
                .sum()
        })
        .collect()
}

/// How much a wage moves per log gap: the inverse of a rough elasticity of labour demand, which is 1
/// plus (sigma - 1) times the share of each sale that buyers can take elsewhere.
fn cautions(economy: &Economy, labour: Labour) -> Vec<f64> {
    let accounts = economy.accounts();
    let mut elasticity = vec![0.0; economy.markets()];
    for n in 0..economy.economies {
        for i in 0..economy.economies {
            for s in 0..economy.sectors {
                let (flow, seller) = (economy.flow(n, i, s), economy.market(i, s));
                if accounts.production_cost[seller] > 0.0 {
                    let weight = accounts.sales[flow]
                        / economy.markup[flow]
                        / accounts.production_cost[seller];
                    let away =
                        (economy.sigma[s] - 1.0).max(0.0) * (1.0 - economy.origin_share[flow]);
                    elasticity[seller] += weight * away * economy.labour_cost_share[seller];
                }
            }
        }
    }
    match labour {
        Labour::Fixed => elasticity.iter().map(|value| 1.0 / (1.0 + value)).collect(),
        Labour::Mobile => (0..economy.economies)
            .map(|n| {
                let weighted =
                    |s| economy.wage_bill[economy.market(n, s)] * elasticity[economy.market(n, s)];
                1.0 / (1.0 + (0..economy.sectors).map(weighted).sum::<f64>() / accounts.wages[n])
            })
            .collect(),
    }
}
