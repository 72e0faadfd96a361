//! The value of a firm whose profit depends on a regime that may change: of the only
//! firm of a small world, as markets for shares price it.

use std::sync::Arc;

use tradewinds_engine::customs::{RateCalendar, RateTable};
use tradewinds_engine::equity::{Equities, EquityRule};
use tradewinds_engine::model::{Frictions, Model, Population};
use tradewinds_engine::regimes::{GivenRegimes, RegimeSource};
use tradewinds_engine::{Simulation, baseline};
use tradewinds_equilibrium::{Economy, EconomyParts, FinalUser};
use tradewinds_kernel::clock::TickLength;
use tradewinds_kernel::present_value::present_value;
use tradewinds_units::Date;

use super::{CaseError, RawCase, Report};
use crate::oracles::case::InputError;
use crate::oracles::report::Work;

/// Runs a case.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let switching = case.square("Q")?;
    let count = switching.len();
    let profit = case.numbers_of("profit", count)?;
    let discount = case.numbers_of("r", count)?;
    let growth = case.within("g", "finite", f64::is_finite)?;
    // Regimes without a finite value are refused before a world is built for them.
    present_value(&profit, &switching, &discount, growth).map_err(|error| InputError::Range {
        key: "inputs.Q, r, g".to_owned(),
        found: error.to_string(),
        range: "regimes with a finite value",
    })?;
    let given = GivenRegimes {
        switching: switching.concat(),
        discount,
        profit,
        weight: Vec::new(),
    };
    // The value in each regime is what the firm is worth while it lasts.
    let value: Vec<f64> = (0..count)
        .map(|regime| priced(&given, growth, regime))
        .collect();
    let mut report = Report::new(case, Work::by("a firm priced in markets for shares"));
    let tolerance = case.tolerance("rel").unwrap_or(1e-10);
    report.relative(case, ("value", &["V"]), &value, tolerance)?;
    Ok(report)
}

/// What the only firm is worth after a day in a regime.
fn priced(given: &GivenRegimes, growth: f64, regime: usize) -> f64 {
    let economy = one_firm();
    let mut frictions = Frictions::oracle(1, 1);
    let mut weight = vec![0.0; given.discount.len()];
    weight[regime] = 1.0;
    let given = GivenRegimes {
        weight,
        ..given.clone()
    };
    frictions.equity = EquityRule {
        is_on: true,
        regimes: RegimeSource::Given(Arc::new(given)),
        safe_rate: 0.08,
        growth,
        ..EquityRule::none()
    };
    let rates = RateTable {
        statutory: vec![0.0],
        applied: vec![0.0],
        collected: vec![0.0],
        once_arrived: Vec::new(),
        export_tax: vec![0.0],
        trade_cost: vec![1.0],
        by_measure: Vec::new(),
        quotas: Vec::new(),
        refunds: Vec::new(),
    };
    let model = Model {
        economy: Arc::new(economy),
        frictions,
        population: Population::uniform(1, 1),
        law: Arc::new(RateCalendar::constant(rates)),
        talks: None,
        start: Date::constant(2001, 1, 1),
        tick: TickLength::Days(1),
        seed: 0,
        replication: 0,
    };
    let mut simulation = Simulation::new(model, baseline).unwrap_or_else(|error| panic!("{error}"));
    (simulation.step()).unwrap_or_else(|breach| panic!("{breach}"));
    simulation.world().resource::<Equities>().value[0]
}

/// One firm that sells at home with a markup.
fn one_firm() -> Economy {
    let parts = EconomyParts {
        economies: 1,
        sectors: 1,
        spending: vec![1.25],
        origin_share: vec![1.0],
        import_duty: vec![0.0],
        export_tax: vec![0.0],
        markup: vec![1.25],
        labour_cost_share: vec![1.0],
        input_cost_share: vec![0.0],
        wage_bill: vec![1.0],
        deficit: vec![0.0],
        sigma: vec![3.0],
        eps: vec![2.0],
        eta: 0.9,
        rho: 0.7,
        users: vec![FinalUser {
            budget_share: vec![1.0],
            labour_claim: vec![1.0],
            profit_claim: vec![1.0],
            revenue_claim: vec![1.0],
            transfer_claim: vec![1.0],
            is_retail: false,
        }],
        services: None,
        distribution_units: vec![0.0],
        retail_markup: vec![0.0],
        oligopoly: None,
    };
    Economy::new(parts).unwrap_or_else(|error| panic!("{error}"))
}
