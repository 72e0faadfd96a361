//! Critical inputs in whole economies: what a cut of deliveries does to those who use them.

use bevy_app::App;
use bevy_ecs::prelude::*;
use tradewinds_engine::firm::{Firm, Rows};
use tradewinds_engine::model::Model;
use tradewinds_engine::production::{Materials, Output};
use tradewinds_engine::{Simulation, Tick, baseline};
use tradewinds_kernel::phase::Phase;
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::library::Library;
use tradewinds_runner::plan::Plan;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;

/// Inputs of the sector that makes cars.
const STEEL: usize = 0;
const APPAREL: usize = 1;
const CARS: usize = 2;

/// Materials of a tenth of a year, and no noise: the only shortage is the cut.
fn world(criticality: &[(usize, f64)]) -> Model {
    let case = Closed {
        is_retail: false,
        ..Closed::default()
    };
    let mut model = models::sticky(&case.build(), 3, 1);
    model.frictions.productivity_noise = 0.0;
    for (input, weight) in criticality {
        model.frictions.criticality[input * model.economy.sectors + CARS] = *weight;
    }
    model
}

/// No car maker of economy 0 is delivered an input: its orders are struck out before
/// anybody sees them.
fn without(input: usize) -> impl Fn(&mut App) + Send + Sync + 'static {
    let cut = move |model: Res<Model>, rows: Res<Rows>, mut materials: ResMut<Materials>| {
        let cell = model.economy.market(0, CARS);
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            materials.ordered[input * rows.firm_count() + firm] = 0.0;
        }
    };
    move |app: &mut App| {
        app.add_systems(Tick, cut.in_set(Phase::HireAndLend));
    }
}

/// Cars made in economy 0 after twelve weeks relative to the first, and the least stock of
/// any input of any firm. The run stops where an account does not close.
fn after_a_quarter(model: Model, input: usize) -> (f64, f64) {
    let cell = model.economy.market(0, CARS);
    let plugins = (baseline, without(input));
    let mut simulation = Simulation::new(model, plugins).expect("an ordered schedule");
    let mut made = Vec::new();
    for _ in 0..12 {
        models::run(&mut simulation, 1);
        let world = simulation.world_mut();
        let rows = world.resource::<Rows>();
        let firms = rows.firms[cell]..rows.firms[cell + 1];
        let mut outputs = world.query_filtered::<&Output, With<Firm>>();
        let output = outputs.iter(world).map(|output| output.0);
        made.push(output.skip(firms.start).take(firms.len()).sum::<f64>());
    }
    let stock = &simulation.world().resource::<Materials>().stock;
    let least = stock.iter().copied().fold(f64::INFINITY, f64::min);
    (made[11] / made[0], least)
}

const CLASSES: [(usize, f64); 2] = [(STEEL, 1.0), (APPAREL, 0.0)];

#[test]
fn cars_are_not_made_without_steel_and_are_made_without_clothes() {
    let (without_steel, least) = after_a_quarter(world(&CLASSES), STEEL);
    assert!(without_steel < 0.01, "{without_steel}");
    assert!(least >= 0.0, "{least}");
    let (without_clothes, least) = after_a_quarter(world(&CLASSES), APPAREL);
    assert!((without_clothes - 1.0).abs() < 0.03, "{without_clothes}");
    assert!(least >= 0.0, "{least}");
}

#[test]
fn half_of_the_cars_are_made_without_an_important_input() {
    let (left, least) = after_a_quarter(world(&[(STEEL, 0.5)]), STEEL);
    assert!((left - 0.5).abs() < 0.1, "{left}");
    assert!(least >= 0.0, "{least}");
}

#[test]
fn the_default_classes_name_inputs_and_users_of_the_world() {
    let experiment = Experiment::load(&Library::embedded(), "us-2025", &[]).expect("a file");
    let codes: Vec<&str> = (experiment.world.sectors.iter())
        .map(|code| code.as_str())
        .collect();
    let mut named = 0;
    for (name, _) in experiment.parameters.iter() {
        let Some(pair) = name.strip_prefix("input_criticality.") else {
            continue;
        };
        let (input, user) = pair.split_once("_into_").expect("an input and its user");
        assert!(codes.contains(&input) && codes.contains(&user), "{pair}");
        named += 1;
    }
    assert!(named > 20, "{named}");
    let plan = Plan::of(&experiment).expect("a plan");
    let model = plan.model(0, 0).expect("a model");
    let of = |input: &str, user: &str| {
        let at = |code: &str| codes.iter().position(|own| *own == code).expect("a sector");
        model.frictions.criticality[at(input) * codes.len() + at(user)]
    };
    assert!((of("steel_aluminium", "autos") - 1.0).abs() < 1e-15);
    assert!((of("electronics", "services") - 0.5).abs() < 1e-15);
    assert!(of("apparel_consumer", "autos").abs() < 1e-15);
}
