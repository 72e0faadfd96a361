//! Family `EH`: general equilibrium, through the direct solver and through the
//! simulated economy at rest.

use std::sync::Arc;

use tradewinds_engine::customs::{RateCalendar, RateTable};
use tradewinds_engine::markup::MarkupRule;
use tradewinds_engine::model::{Frictions, LabourPool, Model, Population};
use tradewinds_engine::rest::{RestPoint, run_to_rest};
use tradewinds_engine::{Simulation, baseline};
use tradewinds_equilibrium::oracle::{Case, FieldError, compare, compare_with, read_case};
use tradewinds_equilibrium::{Economy, Labour, Shock, solve};
use tradewinds_kernel::clock::TickLength;
use tradewinds_units::Date;

use super::Options;
use super::case::RawCase;
use super::report::{CaseError, Check, Report, Work};

/// Years after which a simulated path counts as at rest.
const YEARS_TO_REST: u32 = 40;
/// Log change over a year below which a simulated path is at rest.
const AT_REST: f64 = 1e-9;
/// Agents at most in a cell of an oligopoly.
const MOST_OLIGOPOLISTS: usize = 200;

/// Runs a case of the family.
pub(super) fn run(raw: &RawCase, options: Options) -> Result<Report, CaseError> {
    let case = read_case(&raw.value)?;
    let mut report = Report::new(raw, Work::by("all mechanisms, to rest"));
    let solved = compare(&case, &solve(&case.economy, &case.shock)?)?;
    report.add("solver", solved, case.solver_tolerance);
    let model = oracle_model(&case, options.firms_per_cell, options.tick);
    let mut simulation = Simulation::new(model, baseline)?;
    let settled = run_to_rest(&mut simulation, YEARS_TO_REST, AT_REST)?;
    let rest = RestPoint::of(&mut simulation);
    let at_rest = compare_with(&case, |field| rest.reported(field))?;
    report.add("path", at_rest, case.path_tolerance);
    report.work.add(&mut simulation, settled.ticks);
    Ok(report)
}

impl Report {
    fn add(&mut self, route: &'static str, errors: Vec<FieldError>, tolerance: f64) {
        self.checks.extend(errors.into_iter().map(|found| Check {
            route,
            field: found.field,
            index: found.index,
            error: found.error,
            tolerance,
        }));
    }
}

/// The frictionless model of a case. Oligopolists are as many agents as the case has
/// firms, each standing for its part where their number is not whole.
pub fn oracle_model(case: &Case, firms_per_cell: usize, tick: TickLength) -> Model {
    let economy = &case.economy;
    let mut frictions = Frictions::oracle(economy.economies, economy.sectors);
    frictions.labour = match case.shock.labour {
        Labour::Mobile => LabourPool::Mobile,
        Labour::Fixed => LabourPool::FixedToSector,
    };
    let mut population = Population::uniform(firms_per_cell, economy.sectors);
    if let Some(oligopoly) = &economy.oligopoly {
        let agents = |firms: &f64| (firms.round() as usize).clamp(1, MOST_OLIGOPOLISTS);
        let agents: Vec<usize> = oligopoly.firms.iter().map(agents).collect();
        frictions.markups = MarkupRule::of(economy, oligopoly, &agents);
        population.firm_elasticity.clone_from(&oligopoly.sigma_f);
        population.firms_by_cell = Some(agents);
    }
    Model {
        economy: Arc::new(economy.clone()),
        frictions,
        population,
        law: Arc::new(RateCalendar::constant(rates_of(economy, &case.shock))),
        talks: None,
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
        once_arrived: Vec::new(),
        export_tax: shock
            .export_tax
            .clone()
            .unwrap_or_else(|| economy.export_tax.clone()),
        trade_cost: shock
            .cost_hat
            .clone()
            .unwrap_or_else(|| vec![1.0; economy.flows()]),
        by_measure: Vec::new(),
        quotas: Vec::new(),
        refunds: Vec::new(),
    }
}
