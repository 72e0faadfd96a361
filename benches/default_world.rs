//! The default model at any size: the embedded experiment with its default
//! parameters, the scenario after its baseline, records included.

use std::fmt::Display;
use std::sync::Arc;

use tradewinds_engine::model::Model;
use tradewinds_engine::observe::{ObservePlugin, Watch};
use tradewinds_engine::{Simulation, baseline};
use tradewinds_policy::Practice;
use tradewinds_runner::calibrate;
use tradewinds_runner::ensemble::Plan;
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::library::Library;
use tradewinds_runner::rates::SectorRates;

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
    let parameters = &plan.draws[0];
    let parameter = |name: &str| worked(parameters.get(name));
    let schedule = &plan.scenarios[scenario].schedule;
    let schedule = schedule.with_practice(Practice {
        preference_uptake: parameter("preference_uptake"),
        claim_scale: parameter("claim_scale"),
        ..schedule.practice().clone()
    });
    let rates = SectorRates::new(&plan.world, &plan.mix, &schedule, plan.span, &plan.measures);
    let model = Model {
        economy: Arc::new(worked(calibrate::economy(&plan.world, parameters))),
        frictions: worked(calibrate::frictions(&plan.world, parameters)),
        population: worked(calibrate::population(
            &plan.world,
            parameters,
            plan.firms_per_cell,
            plan.importer_shares.clone(),
        )),
        law: Arc::new(rates.calendar(&plan.world, parameter("collection_gap"))),
        start: plan.span.start,
        tick: plan.tick,
        seed: plan.seed,
        replication: 0,
    };
    let watch = Watch {
        economies: plan.watched.clone(),
        period: plan.period,
        firms: plan.firms,
        labels: plan.labels(scenario),
    };
    worked(Simulation::new(model, (baseline, ObservePlugin(watch))))
}

fn worked<T, E: Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
