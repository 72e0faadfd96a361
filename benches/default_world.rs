//! The default model at any size: the embedded experiment with its default
//! parameters, the scenario after its baseline, records included.

use std::fmt::Display;

use tradewinds_engine::observe::ObservePlugin;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_runner::ensemble::Plan;
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::library::Library;

/// The experiment that `tradewinds run` runs when none is named.
const EXPERIMENT: &str = "us-2025";

/// The default experiment with another number of firms, its parameters at
/// their defaults in each of a number of replications.
///
/// # Panics
/// When the embedded files do not fit together.
pub fn plan(firms_per_cell: usize, replications: usize) -> Plan {
    let experiment = worked(Experiment::load(&Library::embedded(), EXPERIMENT, &[]));
    let mut plan = worked(Plan::of(&experiment));
    plan.firms_per_cell = firms_per_cell;
    plan.draws = vec![experiment.parameters.clone(); replications];
    plan
}

/// The run of the scenario after the baseline before its first tick, with
/// every mechanism, the audits and the records.
///
/// # Panics
/// When world and parameters do not make a model.
pub fn simulation(plan: &Plan) -> Simulation {
    let scenario = plan.baseline + 1;
    let model = worked(plan.model(0, scenario));
    let watch = plan.watch(scenario);
    worked(Simulation::new(model, (baseline, ObservePlugin(watch))))
}

fn worked<T, E: Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
