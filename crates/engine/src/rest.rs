//! Running to rest, and what the economy looks like there.
//!
//! At rest nothing changes from tick to tick, so levels of one tick stand for
//! the long run. Nominal items are rescaled to the world wage bill of the base
//! year, the numeraire of the direct solver.

use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::exp;

use crate::Simulation;
use crate::accounts::Breach;
use crate::customs::{DutiesCharged, RatesInForce};
use crate::firm::{Line, Owner, Rows};
use crate::household::{Income, LogCostOfLiving};
use crate::labour::{LabourRationing, Wages};
use crate::markup::FlooredMarkups;
use crate::model::Model;
use crate::pricing::LogPrice;
use crate::production::LogUnitCost;
use crate::sourcing::{LineWeights, MarketPrices};
use crate::trade::Shipments;

/// An economy at the end of a tick, relative to its base year.
#[derive(Debug, Clone, PartialEq)]
pub struct RestPoint {
    /// Wages, new over old, `[n][s]`.
    pub wage_hat: Vec<f64>,
    /// Wages weighted with base wage bills, new over old, `[n]`.
    pub average_wage_hat: Vec<f64>,
    /// Price of final spending, new over old, `[n]`.
    pub final_price_hat: Vec<f64>,
    /// Price of composites, duty paid, new over old, `[n][s]`.
    pub price_hat: Vec<f64>,
    /// Average wage over the price of final spending, new over old, `[n]`.
    pub real_wage_hat: Vec<f64>,
    /// Real income of all final users at base prices, new over old, `[n]`.
    pub welfare_hat: Vec<f64>,
    /// Income, new over old, `[n]`.
    pub income_hat: Vec<f64>,
    /// Duties and export taxes, `[n]`, USD bn a year.
    pub revenue: Vec<f64>,
    /// Employment, new over old, `[n][s]`.
    pub employment_hat: Vec<f64>,
    /// Spending at user prices, `[n][s]`, USD bn a year.
    pub spending: Vec<f64>,
    /// Sales at the factory gate, `[n][i][s]`, USD bn a year.
    pub sales: Vec<f64>,
    /// Price over unit cost, `[n][i][s]`, all lines of the flow together.
    pub markup: Vec<f64>,
    /// Price before import duty (trade cost and export tax included), new over old,
    /// `[n][i][s]`.
    pub border_price_hat: Vec<f64>,
    /// Prices set with the perceived elasticity at its floor, since the start.
    pub floored_markups: u64,
}

impl RestPoint {
    /// The economy as it stands.
    pub fn of(simulation: &mut Simulation) -> Self {
        let world = simulation.world_mut();
        let mut users = world.query::<(&Income, &LogCostOfLiving)>();
        let users: Vec<(f64, f64)> = users
            .iter(world)
            .map(|(income, index)| (income.0, index.0))
            .collect();
        let economy = world.resource::<Model>().economy.clone();
        let markup = markups(&economy, world);
        let dt = world.resource::<Clock>().dt();
        let wages: Vec<f64> = world
            .resource::<Wages>()
            .log_wage
            .iter()
            .map(|wage| exp(*wage))
            .collect();
        let employed = &world.resource::<LabourRationing>().employed;
        let bill: f64 = wages
            .iter()
            .zip(employed)
            .map(|(wage, labour)| wage * labour)
            .sum();
        let scale = economy.wage_bill.iter().sum::<f64>() / bill;
        let (income_hat, welfare_hat) = incomes(&economy, &users, scale);
        let average_wage_hat = average_wages(&economy, &wages, scale);
        let final_price_hat = ratio(&income_hat, &welfare_hat);
        let prices = world.resource::<MarketPrices>();
        let shipments = world.resource::<Shipments>();
        let scaled =
            |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value * scale).collect() };
        Self {
            wage_hat: scaled(&wages),
            real_wage_hat: ratio(&average_wage_hat, &final_price_hat),
            average_wage_hat,
            final_price_hat,
            price_hat: prices
                .log_composite
                .iter()
                .map(|price| scale * exp(*price))
                .collect(),
            welfare_hat,
            income_hat,
            revenue: revenue(&economy, world.resource::<DutiesCharged>(), scale / dt),
            employment_hat: (0..economy.markets())
                .map(|cell| match economy.wage_bill[cell] {
                    base if base > 0.0 => employed[cell] / base,
                    _ => 1.0,
                })
                .collect(),
            spending: scaled(&shipments.handed_over),
            sales: scaled(&shipments.value),
            markup,
            border_price_hat: border_prices(&economy, world, scale),
            floored_markups: world.resource::<FlooredMarkups>().0,
        }
    }

    /// The array reported under a name of the oracle family `EH`.
    pub fn reported(&self, field: &str) -> Option<&[f64]> {
        Some(match field {
            "what" => &self.wage_hat,
            "w_avg" => &self.average_wage_hat,
            "real_wage_hat" => &self.real_wage_hat,
            "Pc_hat" => &self.final_price_hat,
            "Phat" => &self.price_hat,
            "welfare_hat" => &self.welfare_hat,
            "Ihat" => &self.income_hat,
            "R" => &self.revenue,
            "Lhat" => &self.employment_hat,
            "X" => &self.spending,
            "M" => &self.sales,
            "mu" => &self.markup,
            "border_price_hat" => &self.border_price_hat,
            _ => return None,
        })
    }
}

/// How long an economy ran until it was at rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settled {
    /// Ticks run.
    pub ticks: u32,
    /// Largest log change of a wage or price over the last year.
    pub yearly_change: f64,
}

/// Runs until the largest log change of a wage or composite price over a year is
/// below `tolerance`, or for `years` at the most.
///
/// # Errors
/// The [`Breach`] when an account does not close.
pub fn run_to_rest(
    simulation: &mut Simulation,
    years: u32,
    tolerance: f64,
) -> Result<Settled, Breach> {
    let ticks = (1.0 / simulation.world().resource::<Clock>().dt()).round() as u32;
    let mut before = log_prices(simulation);
    let mut settled = Settled {
        ticks: 0,
        yearly_change: f64::INFINITY,
    };
    for _ in 0..years {
        for _ in 0..ticks {
            simulation.step()?;
        }
        settled.ticks += ticks;
        let now = log_prices(simulation);
        settled.yearly_change = now
            .iter()
            .zip(&before)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        if settled.yearly_change < tolerance {
            break;
        }
        before = now;
    }
    Ok(settled)
}

fn log_prices(simulation: &Simulation) -> Vec<f64> {
    let world = simulation.world();
    let mut values = world.resource::<Wages>().log_wage.clone();
    values.extend(&world.resource::<MarketPrices>().log_composite);
    values
}

fn incomes(economy: &Economy, users: &[(f64, f64)], scale: f64) -> (Vec<f64>, Vec<f64>) {
    let accounts = economy.accounts();
    let per_economy = economy.users.len();
    (0..economy.economies)
        .map(|n| {
            let rows = &users[n * per_economy..(n + 1) * per_economy];
            let income: f64 = rows.iter().map(|(income, _)| income).sum();
            let real: f64 = rows
                .iter()
                .map(|(income, index)| income * exp(-index))
                .sum();
            (
                scale * income / accounts.income[n],
                real / accounts.income[n],
            )
        })
        .unzip()
}

/// Value over cost of what is sold, by flow; the base markup where nothing is.
fn markups(economy: &Economy, world: &mut World) -> Vec<f64> {
    let mut firms = world.query::<&LogUnitCost>();
    let cost: Vec<f64> = firms.iter(world).map(|cost| cost.0).collect();
    let mut lines = world.query_filtered::<(&LogPrice, &Owner), With<Line>>();
    let inverse: Vec<f64> = (lines.iter(world))
        .map(|(price, owner)| exp(cost[owner.0 as usize] - price.0))
        .collect();
    let (rows, weights) = (world.resource::<Rows>(), world.resource::<LineWeights>());
    let mut markup = economy.markup.clone();
    for n in 0..economy.economies {
        for i in 0..economy.economies {
            for s in 0..economy.sectors {
                let row = Rows::flow(economy, n, i, s);
                let span = rows.lines[row]..rows.lines[row + 1];
                let value: f64 = weights.weight[span.clone()].iter().sum();
                let cost: f64 = span.map(|line| weights.weight[line] * inverse[line]).sum();
                if cost > 0.0 {
                    markup[economy.flow(n, i, s)] = value / cost;
                }
            }
        }
    }
    markup
}

fn border_prices(economy: &Economy, world: &World, scale: f64) -> Vec<f64> {
    let rates = world.resource::<RatesInForce>();
    let landed = &world.resource::<MarketPrices>().log_landed;
    let before_duty = |(flow, landed): (usize, &f64)| {
        let duty = (1.0 + rates.rates.collected[flow]) / (1.0 + economy.import_duty[flow]);
        scale * exp(*landed) / duty
    };
    landed.iter().enumerate().map(before_duty).collect()
}

fn average_wages(economy: &Economy, wages: &[f64], scale: f64) -> Vec<f64> {
    let per_economy = |n: usize| {
        let cells = economy.market(n, 0)..economy.market(n + 1, 0);
        let base: f64 = economy.wage_bill[cells.clone()].iter().sum();
        let bill: f64 = cells
            .map(|cell| wages[cell] * economy.wage_bill[cell])
            .sum();
        scale * bill / base
    };
    (0..economy.economies).map(per_economy).collect()
}

fn revenue(economy: &Economy, duties: &DutiesCharged, scale: f64) -> Vec<f64> {
    let mut revenue = vec![0.0; economy.economies];
    for n in 0..economy.economies {
        for i in 0..economy.economies {
            for s in 0..economy.sectors {
                let flow = economy.flow(n, i, s);
                revenue[n] += scale * duties.import_duty[flow];
                revenue[i] += scale * duties.export_tax[flow];
            }
        }
    }
    revenue
}

fn ratio(new: &[f64], old: &[f64]) -> Vec<f64> {
    new.iter().zip(old).map(|(new, old)| new / old).collect()
}
