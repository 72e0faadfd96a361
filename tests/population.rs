//! How many agents stand for an economy does not decide what happens in it.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::firm::{BaseLogProductivity, Firm, LogProductivity, Rows};
use tradewinds_engine::importer::StorePrices;
use tradewinds_engine::labour::{LabourRationing, Wages};
use tradewinds_engine::model::{Model, Population};
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::trade::Shipments;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_equilibrium::Economy;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;

/// Two economies with two sectors each: four cells of firms.
fn economy() -> Economy {
    Closed {
        economies: 2,
        sectors: 2,
        seed: 71,
        ..Closed::default()
    }
    .build()
}

/// A sticky, noisy economy whose first importer adds 25 points.
fn model(economy: &Economy, firms_per_cell: usize, seed: u64) -> Model {
    let mut model = models::sticky(economy, firms_per_cell, seed);
    model.population.size_tail = None;
    model.population.importer_shares = vec![1.0 / 40.0; 40];
    let shock = models::added_duty(economy, 0, 0.25);
    model.law = Arc::new(RateCalendar::constant(models::rates(economy, &shock)));
    model
}

/// What the two sizes must agree about half a year later: the price at the
/// gate of what economy 1 sells to economy 0, the import price there, and the
/// log change of import value.
fn outcomes(model: Model) -> [f64; 3] {
    let economy = model.economy.clone();
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 26);
    let world = simulation.world();
    let prices = world.resource::<MarketPrices>();
    let flow = economy.flow(0, 1, 0);
    let value = world.resource::<Shipments>().value[flow] / economy.accounts().sales[flow];
    [prices.log_gate[flow], prices.log_import[0], value.ln()]
}

fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares / (count - 1.0))
}

#[test]
fn a_thousand_and_a_hundred_thousand_firms_agree_within_sampling_error() {
    // Student's t with 9 degrees of freedom exceeds 5.63 in absolute value with
    // probability 3.3e-4: three outcomes fail by chance once in a thousand seeds.
    const CRITICAL: f64 = 5.63;
    const SEEDS: usize = 10;
    let economy = economy();
    let small: Vec<[f64; 3]> = (0..SEEDS)
        .map(|seed| outcomes(model(&economy, 250, seed as u64)))
        .collect();
    let large = outcomes(model(&economy, 25_000, 100));
    for at in 0..3 {
        let values: Vec<f64> = small.iter().map(|found| found[at]).collect();
        let (mean, variance) = mean_and_variance(&values);
        // The large population has a hundredth of the variance of a small one.
        let error = (variance * (1.0 / SEEDS as f64 + 0.01)).sqrt();
        assert!((large[at] - mean).abs() < CRITICAL * error, "outcome {at}");
        assert!(error > 0.0 && error < 3e-3, "no power: {error}");
    }
}

/// Gives the first, second … group of `clones` firms of each cell its own
/// productivity.
fn unequal_firms(clones: usize) -> impl Fn(&mut App) {
    move |app: &mut App| {
        let world = app.world_mut();
        let cells = world.resource::<Rows>().firms.clone();
        let cell_of = |row: usize| cells.partition_point(|first| *first <= row) - 1;
        let mut firms =
            world.query_filtered::<(&mut LogProductivity, &mut BaseLogProductivity), With<Firm>>();
        for (row, (mut now, mut base)) in firms.iter_mut(world).enumerate() {
            let cell = cell_of(row);
            let group = (row - cells[cell]) / clones;
            let level = 0.07 * ((group * 7 + cell * 3) % 5) as f64 - 0.1;
            now.0 += level;
            base.0 += level;
        }
    }
}

/// Every price, wage, flow and job, after each quarter of two years.
fn aggregates(simulation: &mut Simulation) -> Vec<f64> {
    let mut values = Vec::new();
    for _ in 0..8 {
        models::run(simulation, 13);
        let world = simulation.world();
        let prices = world.resource::<MarketPrices>();
        values.extend(&prices.log_gate);
        values.extend(&prices.log_composite);
        values.extend(&world.resource::<StorePrices>().log_price);
        values.extend(&world.resource::<Wages>().log_wage);
        values.extend(&world.resource::<LabourRationing>().employed);
        values.extend(&world.resource::<Shipments>().value);
    }
    values
}

#[test]
fn splitting_every_firm_into_clones_changes_no_aggregate() {
    let economy = economy();
    let run = |clones: usize| {
        let mut model = model(&economy, 5 * clones, 3);
        model.frictions.border_reset = vec![f64::INFINITY; economy.sectors];
        model.frictions.producer_reset = vec![f64::INFINITY; economy.sectors];
        model.frictions.productivity_noise = 0.0;
        // Selling abroad is the same firms' business, however many they are.
        model.population = Population {
            importer_shares: model.population.importer_shares.clone(),
            ..Population::uniform(5 * clones, economy.sectors)
        };
        let mechanisms = (baseline, unequal_firms(clones));
        aggregates(&mut Simulation::new(model, mechanisms).expect("an ordered schedule"))
    };
    let whole = run(1);
    for clones in [2, 8] {
        let split = run(clones);
        for (whole, split) in whole.iter().zip(&split) {
            assert!(
                (whole - split).abs() < 1e-10 * whole.abs().max(1.0),
                "{whole} {split}"
            );
        }
    }
    assert!(
        whole
            .iter()
            .any(|value| value.abs() > 0.05 && value.abs() < 0.3),
        "nothing happened"
    );
}

#[test]
fn clones_with_clocks_of_their_own_agree_within_sampling_error() {
    // Welch's t with at least 15 degrees of freedom exceeds 4.9 with probability
    // below 2e-4: three outcomes fail by chance less than once in a thousand seeds.
    const CRITICAL: f64 = 4.9;
    const SEEDS: u64 = 16;
    let economy = economy();
    let sample = |clones: usize| -> Vec<[f64; 3]> {
        (0..SEEDS)
            .map(|seed| {
                let mut model = model(&economy, 40 * clones, seed + 1000 * clones as u64);
                model.population.exporter_share = vec![1.0; economy.sectors];
                outcomes(model)
            })
            .collect()
    };
    let (whole, split) = (sample(1), sample(10));
    for at in 0..3 {
        let of = |sample: &[[f64; 3]]| {
            mean_and_variance(&sample.iter().map(|found| found[at]).collect::<Vec<_>>())
        };
        let ((one, wide), (other, narrow)) = (of(&whole), of(&split));
        let error = ((wide + narrow) / SEEDS as f64).sqrt();
        assert!(
            (one - other).abs() < CRITICAL * error,
            "outcome {at}: {one} {other} {error}"
        );
    }
}
