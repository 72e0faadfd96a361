//! Halving the tick halves the error: time is continuous, ticks are steps through it.

use std::sync::Arc;

use bevy_ecs::prelude::With;
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::household::LogCostOfLiving;
use tradewinds_engine::importer::{LogStorePrice, SHELVES, Shelf};
use tradewinds_engine::labour::Wages;
use tradewinds_engine::model::Model;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::{TickLength, closing_share};
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;
use tradewinds_units::Date;

/// Variables of a path.
const NAMES: [&str; 4] = ["border prices", "store prices", "wages", "cost of living"];

/// A sticky economy without noise whose first importer adds a duty on a date.
fn model(economy: &Economy, tick: TickLength, date: Date, duty: f64) -> Model {
    let mut model = models::sticky(economy, 1, 5);
    model.frictions.productivity_noise = 0.0;
    model.population.size_tail = None;
    model.tick = tick;
    let shock = models::added_duty(economy, 0, duty);
    model.law = if date > models::START {
        models::from_date(economy, &shock, date)
    } else {
        Arc::new(RateCalendar::constant(models::rates(economy, &shock)))
    };
    model
}

/// As [`model`], with enough firms and importers for their clocks to average
/// out: what is left of chance must be small against the error of a tick.
fn with_clocks(economy: &Economy, ticks: u32) -> Model {
    let mut model = model(economy, TickLength::PerYear(ticks), models::START, 0.25);
    model.population.firms_per_cell = 3000;
    model.population.importer_shares = vec![1.0 / 5000.0; 5000];
    model
}

/// As [`model`], with prices reset every tick: everything but the clocks, and
/// nothing left to chance.
fn without_clocks(economy: &Economy, days: u32, date: Date, duty: f64) -> Model {
    let mut model = model(economy, TickLength::Days(days), date, duty);
    model.frictions.border_reset.fill(f64::INFINITY);
    model.frictions.producer_reset.fill(f64::INFINITY);
    model.frictions.store_reset.fill(f64::INFINITY);
    model
}

/// Means over the world at equal times: after every `ticks` ticks.
fn path(model: Model, ticks: u32, points: usize) -> Vec<[f64; 4]> {
    let mut simulation = models::simulate(model);
    (0..points)
        .map(|_| {
            models::run(&mut simulation, ticks);
            let world = simulation.world_mut();
            let mut users = world.query::<&LogCostOfLiving>();
            let living = users.iter(world).next().map_or(0.0, |index| index.0);
            // What stands on the shelves at the moment, as the prices at the border do.
            let mut shelves = world.query_filtered::<&LogStorePrice, With<Shelf>>();
            let imports = shelves.iter(world).skip(1).step_by(SHELVES);
            let on_the_shelves: Vec<f64> = imports.map(|price| price.0).collect();
            let prices = world.resource::<MarketPrices>();
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            [
                mean(&prices.log_gate),
                mean(&on_the_shelves),
                mean(&world.resource::<Wages>().log_wage),
                living,
            ]
        })
        .collect()
}

/// Root of the sum of squared differences of two paths, by variable.
fn distance(one: &[[f64; 4]], other: &[[f64; 4]]) -> [f64; 4] {
    let mut squares = [0.0_f64; 4];
    for (one, other) in one.iter().zip(other) {
        for (at, square) in squares.iter_mut().enumerate() {
            *square += (one[at] - other[at]).powi(2);
        }
    }
    squares.map(f64::sqrt)
}

/// The distances between the paths of ticks that halve each time. An error in
/// proportion to the tick makes each half the one before, one in proportion to its
/// square a quarter. Plans at the middle of a tick (decision 51) take most of the
/// first order away, so what is left lies between the two.
fn steps(paths: &[Vec<[f64; 4]>]) -> Vec<[f64; 4]> {
    paths
        .windows(2)
        .map(|pair| distance(&pair[0], &pair[1]))
        .collect()
}

fn assert_ratio(finer: &[f64; 4], coarser: &[f64; 4], (low, high): (f64, f64)) {
    for at in 0..4 {
        let ratio = coarser[at] / finer[at];
        assert!(ratio > low && ratio < high, "{}: {ratio}", NAMES[at]);
    }
}

/// What an error may shrink by where the tick is halved.
const BETWEEN_FIRST_AND_SECOND_ORDER: (f64, f64) = (1.8, 4.2);

fn assert_halves(paths: &[Vec<[f64; 4]>]) {
    for pair in steps(paths).windows(2) {
        assert_ratio(&pair[1], &pair[0], BETWEEN_FIRST_AND_SECOND_ORDER);
    }
}

fn economy() -> Economy {
    Closed {
        economies: 2,
        sectors: 2,
        seed: 61,
        ..Closed::default()
    }
    .build()
}

/// Paths of two years with ticks of eight, four, two days and one.
fn calendar_paths(date: Date, duty: f64) -> Vec<Vec<[f64; 4]>> {
    let economy = economy();
    [8, 4, 2, 1]
        .map(|days| path(without_clocks(&economy, days, date, duty), 96 / days, 8))
        .to_vec()
}

#[test]
fn halving_the_tick_twice_halves_the_error_of_sticky_prices_each_time_or_better() {
    let economy = economy();
    let paths = [52, 104, 208, 416].map(|ticks| path(with_clocks(&economy, ticks), ticks / 4, 4));
    // The error of store prices is small enough for chance and the square of the tick to show.
    for pair in steps(&paths).windows(2) {
        assert_ratio(&pair[1], &pair[0], BETWEEN_FIRST_AND_SECOND_ORDER);
    }
}

/// From four days on.
#[test]
fn halving_the_tick_halves_the_error_or_better_after_a_date_at_the_end_of_a_tick() {
    assert_halves(&calendar_paths(Date::constant(2001, 2, 2), 0.25)[1..]);
}

#[test]
fn halving_the_tick_halves_the_error_or_better_after_a_small_change_inside_a_tick() {
    for day in [27, 31] {
        assert_halves(&calendar_paths(Date::constant(2001, 1, day), 0.02)[1..]);
    }
}

/// A large change enters its tick at the mean rate, and what is not linear in
/// the rate then depends on where in the tick the date falls: in proportion to
/// the tick still, but with a factor that differs between ticks.
#[test]
fn halving_the_tick_twice_quarters_the_error_or_better_after_a_large_change_inside_a_tick() {
    for day in [27, 29, 31] {
        let steps = steps(&calendar_paths(Date::constant(2001, 1, day), 0.25));
        assert_ratio(&steps[2], &steps[0], (3.2, 16.5));
    }
}

#[test]
fn a_pure_relaxation_does_not_depend_on_the_tick() {
    for speed in [0.1, 2.0, 13.0, 400.0] {
        for ticks in [12, 52, 365] {
            let kept = 1.0 - closing_share(speed, 1.0 / f64::from(ticks));
            let left = kept.powi(ticks);
            assert!((left - (-speed).exp()).abs() < 1e-12, "{speed} {ticks}");
        }
    }
}
