//! Varieties of one good from origins with rising supply curves, when the duty on
//! one of them changes.
//!
//! Buyers choose origins by the sourcing mechanism; how much they buy in all falls
//! with the price of the composite at a constant elasticity; each origin asks the
//! price at which its supply curve offers what it expects to sell.

use tradewinds_engine::{Simulation, baseline};
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::ln;

use super::{CaseError, RawCase, Report};
use crate::oracles::curves::{Curve, CurvesPlugin};
use crate::oracles::report::Work;
use crate::oracles::small::{GOOD, HOME, Market, flow, prices_and_sales, settle, user_price};

/// Years after which a world that still moves is given up.
const PATIENCE: u32 = 1000;

/// Runs a case.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let count = case.numbers("share")?.len();
    let share = case.each_within("share", count, "finite and above 0", |one| {
        one.is_finite() && one > 0.0
    })?;
    let elasticity = case.each_within("supply_elasticity", count, "above 0", |one| one > 0.0)?;
    let duty = |key: &str| {
        case.each_within(key, count, "finite and above -1", |rate| {
            rate.is_finite() && rate > -1.0
        })
    };
    let (before, after) = (duty("t0")?, duty("t1")?);
    let (sigma, eta) = (case.positive("sigma")?, case.positive("eta")?);
    let market = Market {
        home: 0.0,
        abroad: share.clone(),
        duty: before.clone(),
        sigma,
    };
    let least = elasticity.iter().fold(f64::INFINITY, |a, b| a.min(*b));
    let model = market.model(&after, 0.5 / (1.0 + sigma.max(eta) / least))?;
    let economy = model.economy.clone();
    let base: Vec<f64> = (0..count).map(|j| share[j] / (1.0 + before[j])).collect();
    let bought = share.iter().sum();
    let supply = (0..count).map(|j| {
        let curve = Curve::Constant {
            scale: base[j],
            elasticity: elasticity[j],
        };
        (economy.market(j + 1, GOOD), curve)
    });
    let demand = Curve::Constant {
        scale: bought,
        elasticity: -eta,
    };
    let mut wanted = Market::all_else(&economy);
    wanted.push((economy.market(HOME, GOOD), demand));
    let curves = CurvesPlugin {
        supply: supply.collect(),
        demand: wanted,
        ..CurvesPlugin::default()
    };
    let mut simulation = Simulation::new(model, (baseline, curves))?;
    settle(&mut simulation, PATIENCE, prices_and_sales)?;
    let mut report = Report::new(case, Work::by("customs, sourcing, expectations, trade"));
    let ticks = simulation.world().resource::<Clock>().index();
    report.work.add(&mut simulation, ticks);
    let flows: Vec<_> = (0..count).map(|j| flow(&simulation, j + 1)).collect();
    let by_origin = |value: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..count).map(value).collect() };
    let passed_on = |j: usize| ln(flows[j].landed) / ln((1.0 + after[j]) / (1.0 + before[j]));
    let found = [
        ("producer_price_hat", by_origin(&|j| flows[j].gate)),
        ("user_price_hat", by_origin(&|j| flows[j].landed)),
        ("P_hat", vec![user_price(&simulation)]),
        ("q_hat", by_origin(&|j| flows[j].quantity / base[j])),
        ("revenue", vec![flows.iter().map(|flow| flow.duty).sum()]),
        ("passthrough", by_origin(&passed_on)),
    ];
    let tolerance = case.tolerance("rel").unwrap_or(1e-8);
    for (field, values) in found {
        report.relative(case, ("agents", &[field]), &values, tolerance)?;
    }
    Ok(report)
}
