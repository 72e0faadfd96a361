//! Coupled relaxations through systems on the schedule of a tick: how fast the
//! error of taking them one after another falls with the tick.
//!
//! Each variable belongs to an agent and has a system of its own, in the phase in
//! which agents form expectations, that moves it by its exact share towards where
//! the others pull it, with what earlier systems of the tick have left.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_engine::{Simulation, Tick};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::phase::Phase;

use super::{CaseError, RawCase, Report};
use crate::oracles::report::Work;
use crate::oracles::small::Market;

/// Error below which ratios of errors are rounding.
const ROUNDING: f64 = 1e-11;

/// d x / dt = A (x − target).
#[derive(Resource, Debug, Clone)]
struct Coupled {
    rates: Vec<Vec<f64>>,
    start: Vec<f64>,
    target: Vec<f64>,
}

/// Number of a variable.
#[derive(Component, Debug, Clone, Copy)]
struct Variable(usize);

/// Its value.
#[derive(Component, Debug, Clone, Copy)]
struct Level(f64);

impl Plugin for Coupled {
    fn build(&self, app: &mut App) {
        for (number, start) in self.start.iter().enumerate() {
            app.world_mut().spawn((Variable(number), Level(*start)));
        }
        app.insert_resource(self.clone());
        for turn in 0..self.start.len() {
            let relax = move |coupled: Res<Coupled>,
                              clock: Res<Clock>,
                              mut levels: Query<(&Variable, &mut Level)>| {
                coupled.relax(turn, &clock, &mut levels);
            };
            let order = Turn(turn);
            app.add_systems(Tick, relax.in_set(Phase::FormExpectations).in_set(order));
            if turn > 0 {
                app.edit_schedule(Tick, |schedule| {
                    schedule.configure_sets(Turn(turn - 1).before(Turn(turn)));
                });
            }
        }
    }
}

/// The order in which variables move within a tick.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Turn(usize);

impl Coupled {
    fn relax(&self, turn: usize, clock: &Clock, levels: &mut Query<(&Variable, &mut Level)>) {
        let pull: f64 = levels
            .iter()
            .map(|(number, level)| self.rates[turn][number.0] * (level.0 - self.target[number.0]))
            .sum();
        let speed = -self.rates[turn][turn];
        let years = match speed {
            0.0 => clock.dt(),
            _ => clock.closing_share(speed) / speed,
        };
        for (number, mut level) in levels {
            if number.0 == turn {
                level.0 += pull * years;
            }
        }
    }

    /// Values at points of time, variable by variable, with a number of ticks a year.
    fn path(&self, per_year: u32, years: &[f64], work: &mut Work) -> Result<Vec<f64>, CaseError> {
        let market = Market {
            home: 1.0,
            abroad: Vec::new(),
            duty: Vec::new(),
            sigma: 4.0,
        };
        let mut model = market.model(&[], 0.5)?;
        model.tick = TickLength::PerYear(per_year);
        let mut simulation = Simulation::new(model, self.clone())?;
        let mut path = Vec::new();
        let mut ticks = 0_u32;
        for at in years {
            while f64::from(ticks) < (at * f64::from(per_year)).round() {
                simulation.step()?;
                ticks += 1;
            }
            let world = simulation.world_mut();
            let mut levels = world.query::<(&Variable, &Level)>();
            let mut now: Vec<(usize, f64)> = levels
                .iter(world)
                .map(|(number, level)| (number.0, level.0))
                .collect();
            now.sort_by_key(|(number, _)| *number);
            path.extend(now.into_iter().map(|(_, level)| level));
        }
        work.systems = simulation.systems().len();
        work.agents = self.start.len();
        work.ticks += u64::from(ticks);
        Ok(path)
    }
}

/// Runs a case at 52, 104 and 208 ticks a year.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let rates = case.square("A")?;
    let count = rates.len();
    let coupled = Coupled {
        start: case.numbers_of("x0", count)?,
        target: case.numbers_of("target", count)?,
        rates,
    };
    let mut years = case.numbers("t")?;
    years.sort_by(f64::total_cmp);
    let mut report = Report::new(case, Work::by("systems on the schedule of a tick"));
    let weekly = coupled.path(52, &years, &mut report.work)?;
    let half = coupled.path(104, &years, &mut report.work)?;
    let quarter = coupled.path(208, &years, &mut report.work)?;
    let limit: Vec<f64> = quarter
        .iter()
        .zip(&half)
        .map(|(quarter, half)| 2.0 * quarter - half)
        .collect();
    let weekly_tolerance = case.tolerance("rel_dt52").unwrap_or(1e-3);
    let limit_tolerance = case.tolerance("richardson_rel").unwrap_or(1e-5);
    report.relative(case, ("52 ticks", &["x"]), &weekly, weekly_tolerance)?;
    report.relative(case, ("limit", &["x"]), &limit, limit_tolerance)?;
    let exact = case.expected(&["x"]).unwrap_or_default();
    let error = |path: &[f64]| {
        let gaps = path.iter().zip(&exact);
        gaps.map(|(found, exact)| (found - exact.unwrap_or(*found)).abs())
            .fold(0.0, f64::max)
    };
    let errors = [error(&weekly), error(&half), error(&quarter)];
    for (at, pair) in errors.windows(2).enumerate() {
        if pair[1] > ROUNDING {
            let field = format!("ratio of errors, halving {}", at + 1);
            report.state("halving", &field, (pair[0] / pair[1] - 2.0).abs(), 0.2);
        }
    }
    Ok(report)
}
