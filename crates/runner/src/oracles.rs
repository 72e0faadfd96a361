//! Oracle cases run twice: through the direct solver and through the simulated
//! economy at rest.

use std::sync::Arc;

use bevy_ecs::prelude::With;
use tradewinds_engine::accounts::Breach;
use tradewinds_engine::customs::{RateCalendar, RateTable};
use tradewinds_engine::firm::{Firm, Line};
use tradewinds_engine::household::FinalBuyer;
use tradewinds_engine::importer::Importer;
use tradewinds_engine::model::{Frictions, LabourPool, Model, Population};
use tradewinds_engine::rest::{RestPoint, run_to_rest};
use tradewinds_engine::{BuildError, Simulation, baseline};
use tradewinds_equilibrium::oracle::{Case, FieldError, OracleError, compare, compare_with};
use tradewinds_equilibrium::{Economy, Labour, Shock, SolveError, solve};
use tradewinds_kernel::clock::TickLength;
use tradewinds_units::Date;

/// Years after which a simulated path counts as at rest.
const YEARS_TO_REST: u32 = 40;
/// Log change over a year below which a simulated path is at rest.
const AT_REST: f64 = 1e-9;

/// Why a case could not be run.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The direct solver found no equilibrium.
    #[error("the direct solver: {0}")]
    Solve(#[from] SolveError),
    /// The simulation could not be built.
    #[error("the simulation: {0}")]
    Build(#[from] BuildError),
    /// Accounts did not close.
    #[error("the simulation: {0}")]
    Breach(#[from] Breach),
    /// The case expects a field that is not reported.
    #[error("the case: {0}")]
    Oracle(#[from] OracleError),
}

/// How a case went.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// Name of the case.
    pub name: String,
    /// Largest error of the direct solver.
    pub solver: FieldError,
    /// Error allowed to the direct solver.
    pub solver_tolerance: f64,
    /// Largest error of the simulated path at rest.
    pub path: FieldError,
    /// Error allowed to the path.
    pub path_tolerance: f64,
    /// Systems run each tick.
    pub systems: usize,
    /// Agents: firms, lines, importers and final users.
    pub agents: usize,
    /// Ticks run.
    pub ticks: u32,
    /// Largest log change of a wage or price over the last year.
    pub yearly_change: f64,
}

impl CaseReport {
    /// Whether both errors are within their tolerances.
    pub fn passes(&self) -> bool {
        self.solver.error <= self.solver_tolerance && self.path.error <= self.path_tolerance
    }
}

/// Runs one case of the family `EH`.
///
/// # Errors
/// [`CaseError`] when either route cannot be run at all; a result outside its
/// tolerance is not an error but a report that does not pass.
pub fn run_case(
    case: &Case,
    firms_per_cell: usize,
    tick: TickLength,
) -> Result<CaseReport, CaseError> {
    let solver = worst(compare(case, &solve(&case.economy, &case.shock)?)?);
    let mut simulation = Simulation::new(oracle_model(case, firms_per_cell, tick), baseline)?;
    let settled = run_to_rest(&mut simulation, YEARS_TO_REST, AT_REST)?;
    let rest = RestPoint::of(&mut simulation);
    let path = worst(compare_with(case, |field| rest.reported(field))?);
    Ok(CaseReport {
        name: case.name.clone(),
        solver,
        solver_tolerance: case.solver_tolerance,
        path,
        path_tolerance: case.path_tolerance,
        systems: simulation.systems().len(),
        agents: count_agents(&mut simulation),
        ticks: settled.ticks,
        yearly_change: settled.yearly_change,
    })
}

fn worst(errors: Vec<FieldError>) -> FieldError {
    let none = FieldError {
        field: String::new(),
        error: 0.0,
        index: 0,
    };
    errors.into_iter().fold(none, |worst, next| {
        if next.error > worst.error || next.error.is_nan() {
            next
        } else {
            worst
        }
    })
}

fn count_agents(simulation: &mut Simulation) -> usize {
    let world = simulation.world_mut();
    world.query_filtered::<(), With<Firm>>().iter(world).count()
        + world.query_filtered::<(), With<Line>>().iter(world).count()
        + world
            .query_filtered::<(), With<Importer>>()
            .iter(world)
            .count()
        + world
            .query_filtered::<(), With<FinalBuyer>>()
            .iter(world)
            .count()
}

/// The frictionless model of a case.
pub fn oracle_model(case: &Case, firms_per_cell: usize, tick: TickLength) -> Model {
    let economy = &case.economy;
    let mut frictions = Frictions::oracle(economy.economies, economy.sectors);
    frictions.labour = match case.shock.labour {
        Labour::Mobile => LabourPool::Mobile,
        Labour::Fixed => LabourPool::FixedToSector,
    };
    Model {
        economy: Arc::new(economy.clone()),
        frictions,
        population: Population::uniform(firms_per_cell, economy.sectors),
        law: Arc::new(RateCalendar::constant(rates_of(economy, &case.shock))),
        start: Date::ZERO,
        tick,
        seed: 0,
        replication: 0,
    }
}

fn rates_of(economy: &Economy, shock: &Shock) -> RateTable {
    let duty = shock
        .import_duty
        .clone()
        .unwrap_or_else(|| economy.import_duty.clone());
    RateTable {
        statutory: duty.clone(),
        applied: duty.clone(),
        collected: duty,
        export_tax: shock
            .export_tax
            .clone()
            .unwrap_or_else(|| economy.export_tax.clone()),
        trade_cost: shock
            .cost_hat
            .clone()
            .unwrap_or_else(|| vec![1.0; economy.flows()]),
        by_measure: Vec::new(),
    }
}
