//! Duties on inputs without any substitution: costs pushed through the
//! input-output tables.
//!
//! The small world has two economies and twice as many sectors as the case: the
//! home economy makes the first half from all of them and buys the second half
//! abroad, so that a producer may use any mix of a home good and its imported
//! twin. Nothing is substituted, wages and prices abroad are fixed, markups are
//! none; what is left is production passing costs on and customs taking duties.

use std::sync::Arc;

use tradewinds_engine::model::{Frictions, Model, Population};
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::maths::exp_m1;
use tradewinds_units::Date;

use super::{CaseError, RawCase, Report};
use crate::oracles::case::InputError;
use crate::oracles::report::Work;
use crate::oracles::small::{blank, constant_law, prices, settle};

const HOME: usize = 0;
const ABROAD: usize = 1;

/// Runs a case: cost shares of home and imported inputs, duties on the latter.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let home = case.square("A_dom")?;
    let imported = case.square("A_imp")?;
    // A subsidy of the whole price leaves none to pass on.
    let duty = case.each_within("t", home.len(), "finite and above -1", |rate| {
        rate.is_finite() && rate > -1.0
    })?;
    if imported.len() != home.len() {
        return Err(InputError::Length {
            key: "inputs.A_imp".to_owned(),
            found: imported.len(),
            expected: home.len(),
        }
        .into());
    }
    let economy = economy(&home, &imported)?;
    let sectors = home.len();
    let mut law = vec![0.0; economy.flows()];
    for (k, rate) in duty.iter().enumerate() {
        law[economy.flow(HOME, ABROAD, sectors + k)] = *rate;
    }
    let mut frictions = Frictions::oracle(2, 2 * sectors);
    frictions.wage_speed = 0.0;
    frictions.unemployment = vec![0.5; 2];
    let model = Model {
        law: Arc::new(constant_law(&economy, law)),
        talks: None,
        frictions,
        population: Population::uniform(1, 2 * sectors),
        economy: Arc::new(economy),
        start: Date::ZERO,
        tick: TickLength::PerYear(52),
        seed: 0,
        replication: 0,
    };
    let mut simulation = Simulation::new(model, baseline)?;
    settle(&mut simulation, 20, prices)?;
    let market = simulation.world().resource::<MarketPrices>();
    let push: Vec<f64> = (0..sectors)
        .map(|s| exp_m1(market.log_composite[s]))
        .collect();
    let mut report = Report::new(case, Work::by("production, customs, sourcing"));
    let ticks = simulation.world().resource::<Clock>().index();
    report.work.add(&mut simulation, ticks);
    let tolerance = case.tolerance("rel").unwrap_or(1e-10);
    report.relative(case, ("agents", &["dp"]), &push, tolerance)?;
    Ok(report)
}

/// The world of the case: rows of the tables are inputs, columns users.
fn economy(home: &[Vec<f64>], imported: &[Vec<f64>]) -> Result<Economy, CaseError> {
    let goods = home.len();
    let sectors = 2 * goods;
    let output = gross_output(home)?;
    let mut parts = blank(2, sectors);
    for s in 0..goods {
        let mut labour = 1.0;
        for k in 0..goods {
            let (own, foreign) = (parts.input(HOME, k, s), parts.input(HOME, goods + k, s));
            parts.input_cost_share[own] = home[k][s];
            parts.input_cost_share[foreign] = imported[k][s];
            labour -= home[k][s] + imported[k][s];
        }
        parts.labour_cost_share[s] = labour;
        parts.wage_bill[s] = labour * output[s];
        parts.spending[s] = output[s];
        let own = parts.flow(HOME, HOME, s);
        parts.origin_share[own] = 1.0;
        parts.users[0].budget_share[s] = 1.0 / goods as f64;
    }
    let mut bought_abroad = 0.0;
    for k in 0..goods {
        let used: f64 = (0..goods).map(|s| imported[k][s] * output[s]).sum();
        let (there, here) = (
            parts.market(ABROAD, goods + k),
            parts.market(HOME, goods + k),
        );
        bought_abroad += used;
        parts.spending[here] = used;
        parts.spending[there] = 1.0;
        parts.labour_cost_share[there] = 1.0;
        parts.wage_bill[there] = 1.0 + used;
        for buyer in [HOME, ABROAD] {
            let flow = parts.flow(buyer, ABROAD, goods + k);
            parts.origin_share[flow] = 1.0;
        }
        parts.users[0].budget_share[there] = 1.0 / goods as f64;
    }
    parts.deficit = vec![bought_abroad, -bought_abroad];
    Economy::new(parts).map_err(|error| CaseError::World(error.to_string()))
}

/// Output of every good for one unit of final demand of each: the sum of what is
/// used at every round of production.
fn gross_output(home: &[Vec<f64>]) -> Result<Vec<f64>, CaseError> {
    const ROUNDS: usize = 100_000;
    let goods = home.len();
    let mut output = vec![1.0; goods];
    for _ in 0..ROUNDS {
        let next: Vec<f64> = (0..goods)
            .map(|k| 1.0 + (0..goods).map(|s| home[k][s] * output[s]).sum::<f64>())
            .collect();
        let moved = next
            .iter()
            .zip(&output)
            .any(|(next, last)| (next - last).abs() > 1e-14 * next.abs());
        output = next;
        if !moved {
            return Ok(output);
        }
    }
    let why = "the home inputs of a good cost more than the good";
    Err(CaseError::World(why.to_owned()))
}
