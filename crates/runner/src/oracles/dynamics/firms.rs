//! The price index of many firms whose productivity is drawn: how far it is from
//! the index of infinitely many.
//!
//! Productivity forgets its past every tick, so that every tick draws the firms
//! anew; prices, weights and the index are those of pricing and sourcing.

use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_equilibrium::Economy;

use super::{CaseError, RawCase, Report};
use crate::oracles::case::InputError;
use crate::oracles::curves::{Curve, CurvesPlugin};
use crate::oracles::report::Work;
use crate::oracles::small::{GOOD, HOME, Market};

/// Runs at the least: the spread over so many is known to about one and a half per
/// cent.
const LEAST_RUNS: f64 = 2000.0;
/// Draws of all firms that are left out: prices follow costs within the tick.
const WARM_UP: u32 = 1;

/// Runs a case.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let sigma = case.within("sigma", "finite, not negative and not 1", |sigma| {
        sigma.is_finite() && sigma >= 0.0 && (sigma - 1.0).abs() > 1e-6
    })?;
    let spread = case.positive("s")?;
    let counts = case.numbers("N")?;
    let runs = case.tolerance("runs").unwrap_or(0.0).max(LEAST_RUNS) as u32;
    let rows = case.value["expected"]["rows"].as_array().cloned();
    let rows = rows.filter(|rows| rows.len() == counts.len());
    let rows = rows.ok_or_else(|| InputError::Shape {
        key: "expected.rows".to_owned(),
        expected: "a list as long as `inputs.N`",
    })?;
    let mut report = Report::new(case, Work::by("productivity of firms, pricing, sourcing"));
    let of_sd = case.tolerance("sd_ratio").unwrap_or(0.1);
    let mut points = Vec::new();
    for (count, row) in counts.iter().zip(&rows) {
        let expected = |key: &str| row[key].as_f64().unwrap_or(f64::NAN);
        let limit = expected("lnP_inf");
        let index = index(sigma, spread, *count as usize, runs, &mut report.work)?;
        let gaps: Vec<f64> = index.iter().map(|one| one - limit).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let squares = |from: f64| gaps.iter().map(|gap| square(gap - from)).sum::<f64>();
        let sd = (squares(mean) / (gaps.len() - 1) as f64).sqrt();
        let root_mean_square = (squares(0.0) / gaps.len() as f64).sqrt();
        points.push((libm::log(*count), libm::log(root_mean_square)));
        let field = |name: &str| format!("{name} of {count} firms");
        report.state(
            "agents",
            &field("sd ratio"),
            (sd / expected("sd") - 1.0).abs(),
            of_sd,
        );
        // The mean of the runs is itself a draw: in standard errors.
        let error = (mean - expected("bias")).abs() / (sd / f64::from(runs).sqrt());
        report.state("mean", &field("bias, in standard errors"), error, 4.0);
    }
    let tolerance = case.tolerance("slope").unwrap_or(0.05);
    if points.len() > 1 {
        report.absolute(case, ("slope", &["slope"]), &[slope(&points)], tolerance)?;
    }
    Ok(report)
}

/// Logs of the index in each run.
fn index(
    sigma: f64,
    spread: f64,
    firms: usize,
    runs: u32,
    work: &mut Work,
) -> Result<Vec<f64>, CaseError> {
    let market = Market {
        home: 1.0,
        abroad: Vec::new(),
        duty: Vec::new(),
        sigma: 4.0,
    };
    let mut model = market.model(&[], 0.5)?;
    model.population.firms_per_cell = firms;
    model.population.firm_elasticity = vec![sigma; model.economy.sectors];
    model.frictions.productivity_noise = spread;
    model.frictions.productivity_reversion = f64::INFINITY;
    let mut demand = Market::all_else(&model.economy);
    demand.push(constant(&model.economy));
    let curves = CurvesPlugin {
        demand,
        ..CurvesPlugin::default()
    };
    let own = model.economy.flow(HOME, HOME, GOOD);
    let mut simulation = Simulation::new(model, (baseline, curves))?;
    let mut found = Vec::new();
    for tick in 0..runs + WARM_UP {
        simulation.step()?;
        if tick >= WARM_UP {
            found.push(simulation.world().resource::<MarketPrices>().log_gate[own]);
        }
    }
    work.add(&mut simulation, runs + WARM_UP);
    Ok(found)
}

fn constant(economy: &Economy) -> (usize, Curve) {
    let good = Curve::Constant {
        scale: 1.0,
        elasticity: 0.0,
    };
    (economy.market(HOME, GOOD), good)
}

/// Slope of the line through points that is nearest to them.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let across = points.iter().map(|point| (point.0 - x) * (point.1 - y));
    let along = points.iter().map(|point| square(point.0 - x));
    across.sum::<f64>() / along.sum::<f64>()
}

fn square(value: f64) -> f64 {
    value * value
}
