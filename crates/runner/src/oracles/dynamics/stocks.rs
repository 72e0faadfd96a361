//! Stocks of importers: what stands on the shelves, and buying ahead of a duty.
//!
//! One importer economy buys all of a good abroad, at constant sales. Customs,
//! stocks and their cost, beliefs, buying ahead and store prices are those of the
//! engine.

use std::sync::Arc;

use bevy_ecs::prelude::With;
use tradewinds_engine::beliefs::{Announced, BeliefRule, Outlook, Text};
use tradewinds_engine::customs::{RateCalendar, RateTable};
use tradewinds_engine::importer::{LogStorePrice, SHELVES, Shelf, StorePrices};
use tradewinds_engine::model::Model;
use tradewinds_engine::stocks::{CostBasis, ImportStocks};
use tradewinds_engine::{Simulation, baseline};
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::maths::exp;

use super::{CaseError, RawCase, Report, Times};
use crate::oracles::case::InputError;
use crate::oracles::curves::{Curve, CurvesPlugin};
use crate::oracles::report::Work;
use crate::oracles::small::{GOOD, HOME, Market, TICKS};

const ABROAD: usize = 1;
/// Importers of a market, each with a clock of its own for its store price.
const IMPORTERS: usize = 20_000;

/// The market, with a cover of stocks of the importers, at base duties.
fn importers(cover: f64) -> Result<(Model, CurvesPlugin), CaseError> {
    let market = Market {
        home: 0.0,
        abroad: vec![1.0],
        duty: vec![0.0],
        sigma: 4.0,
    };
    let mut model = market.model(&[0.0], 0.5)?;
    let mut parts = Economy::clone(&model.economy).into_parts();
    parts.users[0].is_retail = true;
    let economy = Economy::new(parts).map_err(|error| CaseError::World(error.to_string()))?;
    let mut demand = Market::all_else(&economy);
    let good = Curve::Constant {
        scale: 1.0,
        elasticity: 0.0,
    };
    demand.push((economy.market(HOME, GOOD), good));
    model.frictions.stocks.cover[GOOD] = cover;
    model.economy = Arc::new(economy);
    let curves = CurvesPlugin {
        demand,
        ..CurvesPlugin::default()
    };
    Ok((model, curves))
}

/// The rates of a model with another duty on the good.
fn with_duty(model: &Model, duty: f64) -> RateTable {
    let mut table = model.law.last().clone();
    let flow = model.economy.flow(HOME, ABROAD, GOOD);
    for rates in [
        &mut table.statutory,
        &mut table.applied,
        &mut table.collected,
    ] {
        rates[flow] = duty;
    }
    table
}

/// The mean store price after landed cost jumps by a duty in the first tick.
pub(super) fn store_path(case: &RawCase) -> Result<Report, CaseError> {
    let jump = case.within("x", "finite and above -1", |x| x.is_finite() && x > -1.0)?;
    let cover = case.positive("stock_cover_years")?;
    let hazard = case.within("reset_rate", "above 0", |rate| rate > 0.0)?;
    let basis = match case.word("basis")? {
        "wac" => CostBasis::WeightedAverage,
        "fifo" => CostBasis::FirstInFirstOut,
        "replacement" => CostBasis::Replacement,
        other => {
            return Err(InputError::Range {
                key: "inputs.basis".to_owned(),
                found: other.to_owned(),
                range: "wac, fifo or replacement",
            }
            .into());
        }
    };
    let times = Times::read(case)?;
    let per_year = TICKS.max(times.per_year);
    let per_year = per_year.next_multiple_of(times.per_year);
    let (mut model, curves) = importers(cover)?;
    model.tick = TickLength::PerYear(per_year);
    model.frictions.stocks.basis = basis;
    model.frictions.store_reset = vec![hazard; model.economy.sectors];
    model.population.importer_shares = vec![1.0 / IMPORTERS as f64; IMPORTERS];
    model.law = Arc::new(RateCalendar::constant(with_duty(&model, jump)));
    let market = model.economy.market(HOME, GOOD);
    let mut simulation = Simulation::new(model, (baseline, curves))?;
    let ticks = times.ticks(per_year);
    let last = ticks.iter().copied().max().unwrap_or(0);
    let mut path = vec![1.0];
    for _ in 0..last {
        simulation.step()?;
        path.push(on_the_shelves(&mut simulation, market));
    }
    let found: Vec<f64> = ticks.iter().map(|tick| path[*tick as usize]).collect();
    let mut report = Report::new(case, Work::by("customs, stocks, store prices"));
    report.work.add(&mut simulation, last);
    // The error allowed at a weekly tick falls with the tick.
    let weekly = case.tolerance("rel_dt52").unwrap_or(5e-3);
    report.relative(case, ("agents", &["P"]), &found, weekly)?;
    Ok(report)
}

/// Mean price of imports on the shelves of a market, relative to the base year.
fn on_the_shelves(simulation: &mut Simulation, market: usize) -> f64 {
    let world = simulation.world_mut();
    let base = world.resource::<StorePrices>().base[market];
    let mut shelves = world.query_filtered::<&LogStorePrice, With<Shelf>>();
    let first = market * IMPORTERS * SHELVES;
    let own = shelves.iter(world).skip(first).take(IMPORTERS * SHELVES);
    let imported = own.skip(1).step_by(SHELVES);
    imported.map(|price| exp(price.0)).sum::<f64>() / (IMPORTERS as f64 * base)
}

/// What an importer is told, and what it costs to act on it.
#[derive(Debug, Clone, Copy)]
struct News {
    duty: f64,
    holding_cost: f64,
    lead: f64,
    surge: f64,
    probability: f64,
}

/// What an importer did about it, in years of sales.
#[derive(Debug, Clone, Copy)]
struct Answer {
    /// Bought ahead.
    extra: f64,
    /// Years without orders afterwards.
    idle: f64,
}

impl News {
    fn answer(self, work: &mut Work) -> Result<Answer, CaseError> {
        let (mut model, curves) = importers(0.1)?;
        let flow = model.economy.flow(HOME, ABROAD, GOOD);
        model.frictions.ahead.holding_cost = vec![self.holding_cost; model.economy.sectors];
        model.frictions.ahead.surge = self.surge;
        // Announcements seen before are so many that one more teaches nothing.
        const SEEN: f64 = 1e12;
        model.frictions.beliefs = BeliefRule {
            prior_carried_out: self.probability * SEEN,
            prior_withdrawn: (1.0 - self.probability) * SEEN,
            plan: 1.0,
        };
        let clock = Clock::new(model.start, model.tick);
        let announced_for = (self.lead * f64::from(TICKS)).round() as u32;
        let effective = clock.date_of(announced_for);
        let outlook = Outlook::new(vec![Announced {
            known_from: model.start,
            known_until: effective,
            text: Text::Law,
            effective,
            flow: flow as u32,
            change: self.duty,
            step: self.duty,
        }]);
        let before = model.law.last().clone();
        let after = with_duty(&model, self.duty);
        let law = RateCalendar::new(vec![(model.start, before), (effective, after)]);
        model.law = Arc::new(law.with_outlook(outlook));
        let mut simulation = Simulation::new(model, (baseline, curves))?;
        let mut answer = Answer {
            extra: 0.0,
            idle: 0.0,
        };
        let dt = 1.0 / f64::from(TICKS);
        let after = TICKS * (2 + (2.0 * self.surge * self.lead).ceil() as u32);
        for tick in 0..announced_for + after {
            simulation.step()?;
            let stocks = simulation.world().resource::<ImportStocks>();
            let link = stocks.link_of(flow);
            let link = link.ok_or_else(|| CaseError::World("no stock is held".to_owned()))?;
            answer.extra = answer.extra.max(stocks.ahead[link]);
            if tick >= announced_for {
                answer.idle += (1.0 - stocks.ordered[link]).max(0.0) * dt;
            }
        }
        work.add(&mut simulation, announced_for + after);
        Ok(answer)
    }
}

/// An announced duty and an importer that stocks up before it.
pub(super) fn front_loading(case: &RawCase) -> Result<Report, CaseError> {
    let share = |key: &str| case.within(key, "from 0 to 1", |one| (0.0..=1.0).contains(&one));
    let sales = case.positive("q")?;
    let news = News {
        duty: case.positive("tariff")?,
        holding_cost: case.positive("hold_rate")?,
        lead: case.positive("lead")?,
        surge: case.positive("surge")?,
        probability: share("prob")?,
    };
    let mut report = Report::new(case, Work::by("beliefs, buying ahead, stocks, customs"));
    let found = news.answer(&mut report.work)?;
    // Told long before, the importer stocks all it would ever want.
    let longest = News { lead: 30.0, ..news };
    let cover = longest.answer(&mut report.work)?.extra * (1.0 + news.surge) / news.surge;
    let tolerance = 2.0 / f64::from(TICKS);
    for (field, value) in [
        ("H_star", cover),
        ("build_time", found.extra / news.surge),
        ("extra_stock", found.extra * sales),
        ("zero_import_time", found.idle),
    ] {
        report.absolute(case, ("agents", &[field]), &[value], tolerance)?;
    }
    Ok(report)
}
