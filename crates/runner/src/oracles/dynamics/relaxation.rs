//! A relaxation, and noise that returns to its mean: what firms expect to sell when
//! demand has changed, and their productivity.

use tradewinds_engine::firm::{BaseLogProductivity, Firm, LogProductivity};
use tradewinds_engine::model::Model;
use tradewinds_engine::production::ExpectedSales;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_kernel::clock::TickLength;

use super::{CaseError, RawCase, Report, Times};
use crate::oracles::curves::{Curve, CurvesPlugin};
use crate::oracles::report::Work;
use crate::oracles::small::{GOOD, HOME, Market, TICKS};

/// A market of home firms alone, at base-year demand for ever.
fn steady(per_year: u32, firms: usize) -> Result<(Model, CurvesPlugin), CaseError> {
    let market = Market {
        home: 1.0,
        abroad: Vec::new(),
        duty: Vec::new(),
        sigma: 4.0,
    };
    let mut model = market.model(&[], 0.5)?;
    model.tick = TickLength::PerYear(per_year);
    model.population.firms_per_cell = firms;
    let good = Curve::Constant {
        scale: 1.0,
        elasticity: 0.0,
    };
    let mut demand = Market::all_else(&model.economy);
    demand.push((model.economy.market(HOME, GOOD), good));
    let curves = CurvesPlugin {
        demand,
        ..CurvesPlugin::default()
    };
    Ok((model, curves))
}

/// What a firm expects to sell follows what it sells, at any tick alike.
///
/// The value of the case is a deviation of expected sales from steady demand, in a
/// unit in which it begins at half of demand.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let (start, target) = (case.number("x0")?, case.number("target")?);
    let speed = case.within("kappa", "not negative", |speed| speed >= 0.0)?;
    let times = Times::read(case)?;
    let unit = match (start - target).abs() {
        0.0 => 1.0,
        gap => 0.5 / gap,
    };
    let mut report = Report::new(case, Work::by("expected sales"));
    let tolerance = case.tolerance("rel").unwrap_or(1e-12);
    for (route, finer) in [("agents", 1), ("half ticks", 2)] {
        let per_year = finer * times.per_year;
        let (mut model, curves) = steady(per_year, 1)?;
        model.frictions.sales_expectation = speed;
        let mut simulation = Simulation::new(model, (baseline, curves))?;
        let world = simulation.world_mut();
        let mut firms = world.query::<&mut ExpectedSales>();
        for mut firm in firms.iter_mut(world).take(1) {
            firm.0 = 1.0 + unit * (start - target);
        }
        let expected = |simulation: &mut Simulation| {
            let world = simulation.world_mut();
            let mut firms = world.query::<&ExpectedSales>();
            let first = firms.iter(world).next().map_or(f64::NAN, |firm| firm.0);
            target + (first - 1.0) / unit
        };
        let path = path(&mut simulation, &times.ticks(per_year), expected)?;
        let last = times.ticks(per_year).into_iter().max().unwrap_or(0);
        report.work.add(&mut simulation, last);
        report.relative(case, (route, &["x"]), &path, tolerance)?;
    }
    Ok(report)
}

/// Productivity of many firms that start alike: its mean and variance over time.
pub(super) fn noise(case: &RawCase) -> Result<Report, CaseError> {
    const FIRMS: usize = 40_000;
    let (start, mean) = (case.number("x0")?, case.number("mean")?);
    let (speed, volatility) = (case.positive("kappa")?, case.positive("vol")?);
    let times = Times::read(case)?;
    let (mut model, curves) = steady(times.per_year.max(TICKS), FIRMS)?;
    let per_year = times.per_year.max(TICKS);
    model.frictions.productivity_noise = volatility / (2.0 * speed).sqrt();
    model.frictions.productivity_reversion = speed;
    let mut simulation = Simulation::new(model, (baseline, curves))?;
    let world = simulation.world_mut();
    let mut firms = world.query::<(&mut LogProductivity, &BaseLogProductivity)>();
    for (mut level, base) in firms.iter_mut(world) {
        level.0 = base.0 + start - mean;
    }
    let deviations = |simulation: &mut Simulation| -> Vec<f64> {
        let world = simulation.world_mut();
        let mut firms =
            world.query_filtered::<(&LogProductivity, &BaseLogProductivity), bevy_ecs::prelude::With<Firm>>();
        let all = firms.iter(world);
        all.map(|(level, base)| level.0 - base.0).collect()
    };
    let ticks = times.ticks(per_year);
    let samples = path(&mut simulation, &ticks, deviations)?;
    let mut report = Report::new(case, Work::by("productivity of firms"));
    let last = ticks.into_iter().max().unwrap_or(0);
    report.work.add(&mut simulation, last);
    let (wanted_mean, wanted_variance) = (case.expected(&["mean"]), case.expected(&["var"]));
    for (at, sample) in samples.iter().enumerate() {
        let count = sample.len() as f64;
        let average = sample.iter().sum::<f64>() / count;
        let squares = sample.iter().map(|one| (one - average) * (one - average));
        let variance = squares.sum::<f64>() / (count - 1.0);
        let expected = |values: &Option<Vec<Option<f64>>>| {
            let value = values.as_ref().and_then(|values| values.get(at).copied());
            value.flatten().unwrap_or(f64::NAN)
        };
        let (mean_there, variance_there) = (expected(&wanted_mean), expected(&wanted_variance));
        let of_mean = (mean + average - mean_there).abs() / (variance_there / count).sqrt();
        let of_variance = (variance / variance_there - 1.0).abs() * (0.5 * (count - 1.0)).sqrt();
        let field = |name: &str| format!("{name} at {} years, in standard errors", times.years[at]);
        report.state("agents", &field("mean"), of_mean, 4.0);
        report.state("agents", &field("var"), of_variance, 4.0);
    }
    Ok(report)
}

/// What is seen after each number of ticks, in the order of the points of time.
fn path<T: Clone>(
    simulation: &mut Simulation,
    ticks: &[u32],
    see: impl Fn(&mut Simulation) -> T,
) -> Result<Vec<T>, CaseError> {
    let last = ticks.iter().copied().max().unwrap_or(0);
    let mut seen = vec![see(simulation)];
    for _ in 0..last {
        simulation.step()?;
        seen.push(see(simulation));
    }
    Ok(ticks
        .iter()
        .map(|tick| seen[*tick as usize].clone())
        .collect())
}
