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
/// A deficit below this multiple of the wage bill is taken for rounding in the accounts.
const ROUNDING: f64 = 1e-12;
/// Largest log gap reported while searching, where one side of a market is missing or negative.
const WIDEST: f64 = 60.0;

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
    /// Size of the wage response to a log gap of labour, `[n][s]`.
    caution: Vec<f64>,
    /// Size of the wage response to a log gap of trade, `[n]`.
    trade_caution: Vec<f64>,
    evaluations: usize,
}

impl<'a> Search<'a> {
    pub(crate) fn new(economy: &'a Economy, law: Law) -> Self {
        let (caution, trade_caution) = (labour_cautions(economy), trade_cautions(economy));
        let mut search = Self {
            economy,
            law,
            log_price: Vec::new(),
            spending: Vec::new(),
            caution,
            trade_caution,
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

    fn wages(&self) -> usize {
        match self.law.labour {
            Labour::Mobile => self.economy.economies,
            Labour::Fixed => self.economy.markets(),
        }
    }

    pub(crate) fn unknowns(&self) -> usize {
        self.wages()
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
        let polished = self.polish(outcome.point.clone());
        if polished.gap < outcome.gap {
            polished
        } else {
            outcome
        }
    }

    /// Newton steps from `start`, with fresh guesses of prices and spending.
    pub(crate) fn polish(&mut self, start: Vec<f64>) -> Outcome {
        self.forget();
        newton_krylov(|point| self.gaps(point), start, GOAL)
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
        let (wages, markups) = point.split_at(self.wages());
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

    /// One gap per wage: labour demand over supply by sector relative to the whole economy, and
    /// exports over imports for the economy, since demand less supply of labour equals exports less
    /// imports plus the deficit. Relative to trade the gap stays visible when trade is tiny.
    fn labour_gaps(&self, point: &[f64], state: &State) -> Vec<f64> {
        let economy = self.economy;
        let demand = |market: usize| {
            state.prices.labour_share[market] * state.receipts.production_cost[market]
        };
        let supply = |market: usize| economy.wage_bill[market] * exp(state.log_wage[market]);
        let world = ln((0..economy.markets()).map(supply).sum::<f64>()
            / economy.accounts().wages.iter().sum::<f64>());
        let trade = self.trade_gaps(state);
        let external = |n: usize| self.trade_caution[n] * trade[n] - world;
        if self.law.labour == Labour::Mobile {
            return (0..economy.economies).map(external).collect();
        }
        let mut gaps = vec![0.0; economy.markets()];
        for n in 0..economy.economies {
            let markets = economy.market(n, 0)..economy.market(n, 0) + economy.sectors;
            let whole = log_ratio(
                markets.clone().map(demand).sum(),
                markets.clone().map(supply).sum(),
            );
            for market in markets {
                gaps[market] = if economy.wage_bill[market] > 0.0 {
                    self.caution[market] * (log_ratio(demand(market), supply(market)) - whole)
                        + external(n)
                } else {
                    -point[market]
                };
            }
        }
        gaps
    }

    /// Log of exports plus deficit over imports, by economy; 0 where there is neither.
    fn trade_gaps(&self, state: &State) -> Vec<f64> {
        let economy = self.economy;
        // A deficit that is only rounding would outweigh trade behind prohibitive duties.
        let wages = &economy.accounts().wages;
        let real = |(deficit, wages): (&f64, &f64)| {
            if deficit.abs() > ROUNDING * wages {
                *deficit
            } else {
                0.0
            }
        };
        let deficit: Vec<f64> = self.law.deficit.iter().zip(wages).map(real).collect();
        let mut earned: Vec<f64> = deficit.iter().map(|deficit| deficit.max(0.0)).collect();
        let mut spent: Vec<f64> = deficit.iter().map(|deficit| (-deficit).max(0.0)).collect();
        for (n, spent) in spent.iter_mut().enumerate() {
            for (i, earned) in earned.iter_mut().enumerate().filter(|(i, _)| *i != n) {
                for s in 0..economy.sectors {
                    let flow = economy.flow(n, i, s);
                    let border = state.receipts.sales[flow] * (1.0 + self.law.export_tax[flow]);
                    *earned += border;
                    *spent += border;
                }
            }
        }
        earned
            .into_iter()
            .zip(spent)
            .map(|(earned, spent)| log_ratio(earned, spent))
            .collect()
    }

    fn add_markup_gaps(&self, point: &[f64], state: &State, gaps: &mut Vec<f64>) {
        let Some(oligopoly) = &self.economy.oligopoly else {
            return;
        };
        let wanted = markups::bertrand(self.economy, oligopoly, &state.prices.origin_share).values;
        let has = &point[self.wages()..];
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

/// Log of the ratio of two sides of a market, kept finite where a side is missing.
fn log_ratio(above: f64, below: f64) -> f64 {
    match (above > 0.0, below > 0.0) {
        (true, true) => ln(above / below).clamp(-WIDEST, WIDEST),
        (true, false) => WIDEST,
        (false, true) => -WIDEST,
        (false, false) => 0.0,
    }
}

/// How much a sector wage moves per log gap: the inverse of a rough elasticity of labour demand, 1
/// plus (sigma - 1) times the share of each sale that buyers can take elsewhere.
fn labour_cautions(economy: &Economy) -> Vec<f64> {
    let accounts = economy.accounts();
    let mut elasticity = vec![1.0; economy.markets()];
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
    elasticity.iter().map(|value| 1.0 / value).collect()
}

/// How much the wage of an economy moves per log gap of trade: the inverse of a rough elasticity, 1
/// for incomes plus what foreign buyers and buyers at home shift between home and foreign goods.
fn trade_cautions(economy: &Economy) -> Vec<f64> {
    let mut traded = vec![0.0; economy.economies];
    let mut shifted = vec![0.0; economy.economies];
    for n in 0..economy.economies {
        for i in (0..economy.economies).filter(|i| *i != n) {
            for s in 0..economy.sectors {
                let flow = economy.flow(n, i, s);
                let sales = economy.accounts().sales[flow];
                let at_home =
                    (economy.eps[s] - 1.0).max(0.0) * economy.origin_share[economy.flow(n, n, s)];
                let abroad = (economy.sigma[s] - 1.0).max(0.0) * (1.0 - economy.origin_share[flow]);
                traded[n] += sales;
                shifted[n] += sales * at_home;
                traded[i] += sales;
                shifted[i] += sales * abroad;
            }
        }
    }
    // Half of `traded` is each side, and the two sides add up.
    let caution = |(shifted, traded): (&f64, &f64)| {
        if *traded > 0.0 {
            1.0 / (1.0 + 2.0 * shifted / traded)
        } else {
            1.0
        }
    };
    shifted.iter().zip(&traded).map(caution).collect()
}
