//! No cycle is left: stocks, expectations, wages, capacity and suppliers feed back
//! on each other, and what a passing shock leaves behind must die away.
//!
//! The default world runs for twenty years without noise. The amplitude of a series
//! over some years is half of the distance between its highest and lowest value.

use std::sync::Arc;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::household::{BudgetSystems, FinalBuyer, Spending};
use tradewinds_engine::labour::LabourRationing;
use tradewinds_engine::model::Model;
use tradewinds_engine::{Simulation, Tick, baseline};
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_tests::fixtures::{models, real};
use tradewinds_units::Date;

/// Weeks a year, for counting.
const YEAR: u32 = 52;

/// All final users spend more for a while.
#[derive(Resource, Debug, Clone, Copy)]
struct Impulse {
    /// Share of spending added.
    size: f64,
    /// How long, years.
    years: f64,
}

impl Plugin for Impulse {
    fn build(&self, app: &mut App) {
        app.insert_resource(*self)
            .add_systems(Tick, spend_more.in_set(Phase::Trade).before(BudgetSystems));
    }
}

fn spend_more(
    clock: Res<Clock>,
    impulse: Res<Impulse>,
    mut users: Query<&mut Spending, With<FinalBuyer>>,
) {
    if clock.years_at_end() <= impulse.years {
        for mut spending in &mut users {
            spending.0 *= 1.0 + impulse.size;
        }
    }
}

/// The default world without noise, under the rates of its base year.
fn quiet() -> Model {
    let mut plan = real::plan(&real::no_new_measures(), 1, 1, 22);
    plan.draws[0]
        .set("productivity_noise", 0.0)
        .expect("a parameter");
    let mut model = real::model(&plan, 0);
    let rates = models::rates(&model.economy, &Shock::default());
    model.law = Arc::new(RateCalendar::constant(rates));
    model
}

/// Employment by economy over the base year's, and last that of the world.
fn employment(simulation: &Simulation, economy: &Economy) -> Vec<f64> {
    let employed = &simulation.world().resource::<LabourRationing>().employed;
    let ratio = |cells: std::ops::Range<usize>| {
        let at_rest: f64 = economy.wage_bill[cells.clone()].iter().sum();
        employed[cells].iter().sum::<f64>() / at_rest
    };
    let by_economy = (0..economy.economies).map(|n| economy.market(n, 0)..economy.market(n + 1, 0));
    (by_economy.chain(std::iter::once(0..economy.markets())))
        .map(ratio)
        .collect()
}

/// Amplitude of employment over some years, by economy and of the world.
fn amplitude(simulation: &mut Simulation, economy: &Economy, years: u32) -> Vec<f64> {
    let mut span: Vec<(f64, f64)> = vec![(f64::INFINITY, f64::NEG_INFINITY); economy.economies + 1];
    for _ in 0..years * YEAR {
        models::run(simulation, 1);
        for (span, now) in span.iter_mut().zip(employment(simulation, economy)) {
            *span = (span.0.min(now), span.1.max(now));
        }
    }
    span.iter().map(|(low, high)| (high - low) / 2.0).collect()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// Amplitudes of years 0 to 5 and 15 to 20.
fn early_and_late(simulation: &mut Simulation, economy: &Economy) -> [Vec<f64>; 2] {
    let early = amplitude(simulation, economy, 5);
    models::run(simulation, 10 * YEAR);
    [early, amplitude(simulation, economy, 5)]
}

/// The world keeps less than a hundredth of its swing, economies less than a share
/// of the largest.
fn assert_quiet(early: &[f64], late: &[f64], by_economy: f64) {
    let world = late[late.len() - 1] / early[early.len() - 1];
    assert!(world < 0.01, "the world keeps {world} of its swing");
    let economies = largest(late) / largest(early);
    assert!(
        economies < by_economy,
        "economies keep {economies} of the largest swing"
    );
}

#[test]
fn a_year_of_more_spending_leaves_no_cycle_behind() {
    let model = quiet();
    let economy = model.economy.clone();
    let impulse = Impulse {
        size: 0.01,
        years: 1.0,
    };
    let with_impulse = move |app: &mut App| {
        baseline(app);
        app.add_plugins(impulse);
    };
    let mut simulation =
        Simulation::new(model, with_impulse).unwrap_or_else(|error| panic!("{error}"));
    let [early, late] = early_and_late(&mut simulation, &economy);
    assert!(largest(&early) > 0.01, "nothing happened: {early:?}");
    assert_quiet(&early, &late, 0.01);
}

/// A duty moves money between economies, which trade brings back over decades: what
/// is left of its small swing is more than of one that all economies share.
#[test]
fn a_duty_of_one_month_leaves_no_cycle_behind() {
    let mut model = quiet();
    let economy = model.economy.clone();
    let rates = |duty: f64| models::rates(&economy, &models::added_duty(&economy, 0, duty));
    model.law = Arc::new(RateCalendar::new(vec![
        (model.start, rates(0.1)),
        (Date::constant(2025, 1, 29), rates(0.0)),
    ]));
    let mut simulation = models::simulate(model);
    let [early, late] = early_and_late(&mut simulation, &economy);
    assert!(largest(&early) > 1e-4, "nothing happened: {early:?}");
    assert_quiet(&early, &late, 0.05);
}
