//! What the solver reports: the new world relative to the old.

use crate::accounts::Incomes;
use crate::economy::Economy;
use crate::markups;
use crate::maths::exp;
use crate::search::{State, wages_by_economy};
use crate::shock::Law;

/// One class of final users in the new world.
#[derive(Clone, Debug, PartialEq)]
pub struct UserOutcome {
    /// Price index at the prices this user pays, new over old, `[n]`.
    pub price_index_hat: Vec<f64>,
    /// Spending, `[n]` (USD bn a year).
    pub spending: Vec<f64>,
    /// Spending over price index, new over old, `[n]`; 1 where the user spends nothing.
    pub welfare_hat: Vec<f64>,
}

/// The world after a shock. Names of the oracle family `EH` are given in brackets.
///
/// Nominal items are in the numeraire of the solver: the world wage bill is that of the base year.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium {
    /// Wages, new over old, `[n][s]` (`what`).
    pub wage_hat: Vec<f64>,
    /// Wages averaged with base wage bills, new over old, `[n]` (`w_avg`).
    pub average_wage_hat: Vec<f64>,
    /// Price of final spending of all users, new over old, `[n]` (`Pc_hat`): income over real income.
    pub final_price_hat: Vec<f64>,
    /// Price of the composite at user (ex-store) prices, new over old, `[n][s]` (`Phat`).
    pub price_hat: Vec<f64>,
    /// Cost of production, new over old, `[i][s]`.
    pub production_cost_hat: Vec<f64>,
    /// Average wage over the price of final spending, new over old, `[n]` (`real_wage_hat`).
    pub real_wage_hat: Vec<f64>,
    /// Real income of all final users at base prices, new over old, `[n]` (`welfare_hat`).
    pub welfare_hat: Vec<f64>,
    /// Income, new over old, `[n]` (`Ihat`).
    pub income_hat: Vec<f64>,
    /// Income, `[n]` (USD bn a year).
    pub income: Vec<f64>,
    /// Import duty and export tax, `[n]` (`R`, USD bn a year).
    pub revenue: Vec<f64>,
    /// Profits of retail, `[n]` (USD bn a year).
    pub retail_profit: Vec<f64>,
    /// Employment, new over old, `[n][s]` (`Lhat`); 1 where there was none.
    pub employment_hat: Vec<f64>,
    /// Spending at user prices, `[n][s]` (`X`, USD bn a year).
    pub spending: Vec<f64>,
    /// Revenue kept by the sellers of i in n, `[n][i][s]` (`M`, USD bn a year).
    pub sales: Vec<f64>,
    /// Share of each origin in spending, `[n][i][s]`.
    pub origin_share: Vec<f64>,
    /// Share of labour in cost, `[n][s]`.
    pub labour_cost_share: Vec<f64>,
    /// Share of input k in the cost of s, `[n][k][s]`.
    pub input_cost_share: Vec<f64>,
    /// Markups, `[n][i][s]` (`mu`).
    pub markup: Vec<f64>,
    /// Price before import duty (freight and export tax included), new over old, `[n][i][s]`
    /// (`border_price_hat`).
    pub border_price_hat: Vec<f64>,
    /// Every class of final users, in the order of the economy.
    pub users: Vec<UserOutcome>,
    /// Markups at which the floor on the perceived elasticity was used.
    pub floored_markups: usize,
    /// Largest remaining log gap of a labour market (scaled by its slope) or of a markup.
    pub labour_gap: f64,
    /// Worlds computed on the way.
    pub evaluations: usize,
}

impl Equilibrium {
    /// Turns a solved state into hats and levels.
    pub(crate) fn report(economy: &Economy, law: &Law, state: State) -> Self {
        let accounts = economy.accounts();
        let wages = wages_by_economy(economy, &state.log_wage);
        let average_wage_hat = ratio(&wages, &accounts.wages);
        let incomes = Incomes::new(
            economy,
            &state.demand,
            (wages, &state.receipts),
            &law.deficit,
        );
        let users = user_outcomes(economy, &state, &incomes);
        let income_hat = ratio(&incomes.income, &accounts.income);
        let welfare_hat = welfare(economy, &users);
        let final_price_hat = ratio(&income_hat, &welfare_hat);
        Self {
            real_wage_hat: ratio(&average_wage_hat, &final_price_hat),
            employment_hat: employment(economy, &state),
            border_price_hat: border_prices(economy, law, &state),
            floored_markups: economy.oligopoly.as_ref().map_or(0, |oligopoly| {
                markups::bertrand(economy, oligopoly, &state.prices.origin_share).floored
            }),
            wage_hat: exponentials(&state.log_wage),
            price_hat: exponentials(&state.prices.log_price),
            production_cost_hat: exponentials(&state.prices.log_cost),
            average_wage_hat,
            final_price_hat,
            welfare_hat,
            income_hat,
            income: incomes.income,
            revenue: state.receipts.revenue,
            retail_profit: incomes.retail_profit,
            spending: state.spending,
            sales: state.receipts.sales,
            origin_share: state.prices.origin_share,
            labour_cost_share: state.prices.labour_share,
            input_cost_share: state.prices.input_share,
            markup: state.markup,
            users,
            labour_gap: 0.0,
            evaluations: 0,
        }
    }
}

fn user_outcomes(economy: &Economy, state: &State, incomes: &Incomes) -> Vec<UserOutcome> {
    let outcome = |user: usize| {
        let price_index_hat = exponentials(&state.demand.log_price_index[user]);
        let base = &economy.accounts().user_spending[user];
        let spending = incomes.user_spending[user].clone();
        let real = |n: usize| {
            if base[n] > 0.0 {
                spending[n] / base[n] / price_index_hat[n]
            } else {
                1.0
            }
        };
        let welfare_hat = (0..economy.economies).map(real).collect();
        UserOutcome {
            price_index_hat,
            spending,
            welfare_hat,
        }
    };
    (0..economy.users.len()).map(outcome).collect()
}

/// Real spending of all users at base prices over their base spending, `[n]`.
fn welfare(economy: &Economy, users: &[UserOutcome]) -> Vec<f64> {
    let base = &economy.accounts().user_spending;
    let mean = |n: usize| {
        let real: f64 = users
            .iter()
            .zip(base)
            .map(|(user, base)| user.welfare_hat[n] * base[n])
            .sum();
        real / base.iter().map(|base| base[n]).sum::<f64>()
    };
    (0..economy.economies).map(mean).collect()
}

fn employment(economy: &Economy, state: &State) -> Vec<f64> {
    let hat = |market: usize| {
        let base = economy.wage_bill[market] * exp(state.log_wage[market]);
        if base > 0.0 {
            state.prices.labour_share[market] * state.receipts.production_cost[market] / base
        } else {
            1.0
        }
    };
    (0..economy.markets()).map(hat).collect()
}

fn border_prices(economy: &Economy, law: &Law, state: &State) -> Vec<f64> {
    let mut hats = vec![1.0; economy.flows()];
    for n in 0..economy.economies {
        for i in 0..economy.economies {
            for s in 0..economy.sectors {
                let flow = economy.flow(n, i, s);
                let duty = (1.0 + law.import_duty[flow]) / (1.0 + economy.import_duty[flow]);
                let markup = state.markup[flow] / economy.markup[flow];
                hats[flow] = exp(state.prices.log_cost[economy.market(i, s)] + law.log_wedge[flow])
                    * markup
                    / duty;
            }
        }
    }
    hats
}

fn exponentials(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| exp(*value)).collect()
}

fn ratio(new: &[f64], old: &[f64]) -> Vec<f64> {
    new.iter().zip(old).map(|(new, old)| new / old).collect()
}
