//! The tick as a list: every system in its phase.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use tradewinds_engine::accounts::AuditOf;
use tradewinds_engine::customs::{RateCalendar, RateTable};
use tradewinds_engine::model::{Frictions, Model, Population};
use tradewinds_engine::observe::{Labels, ObservePlugin, Watch};
use tradewinds_engine::{BuildError, Simulation, Tick, baseline};
use tradewinds_kernel::clock::TickLength;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::Date;
use tradewinds_world::World;

use crate::calibrate::{self, CalibrationError};
use crate::parameters::Parameters;

/// Which parameters the model of a schedule has; the systems are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Without frictions, as the oracle cases run it.
    Oracle,
    /// With frictions, as experiments run it.
    Full,
}

/// The systems of one phase, in the order in which they run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseSystems {
    /// The phase.
    pub phase: Phase,
    /// Names of systems by module, as in `pricing::reset_prices`.
    pub systems: Vec<String>,
}

/// Why a schedule cannot be listed.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A world and parameters that do not make a model.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// The order of systems is ambiguous.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Lists the tick as it runs in `mode`, records included.
///
/// # Errors
/// [`ScheduleError`], for parameters that do not fit the world.
pub fn list(
    world: &World,
    parameters: &Parameters,
    mode: Mode,
) -> Result<Vec<PhaseSystems>, ScheduleError> {
    let model = model(world, parameters, mode)?;
    let watch = Watch {
        economies: vec![0],
        period: 1,
        firms: false,
        labels: Labels {
            scenarios: vec![String::new()].into(),
            scenario: 0,
            economies: world.economies.iter().map(ToString::to_string).collect(),
            sectors: world.sectors.iter().map(ToString::to_string).collect(),
            users: calibrate::user_names().into(),
            measures: vec![String::new()].into(),
            quotas: vec![String::new()].into(),
        },
    };
    let simulation = Simulation::new(model, (baseline, ObservePlugin(watch), mark_phases))?;
    Ok(by_phase(&simulation.systems()))
}

fn model(world: &World, parameters: &Parameters, mode: Mode) -> Result<Model, CalibrationError> {
    let (economies, sectors) = (world.economy_count(), world.sector_count());
    let (frictions, population) = match mode {
        Mode::Oracle => (
            Frictions::oracle(economies, sectors),
            Population::uniform(1, sectors),
        ),
        Mode::Full => (
            calibrate::frictions(world, parameters)?,
            calibrate::population(world, parameters, 2, vec![1.0])?,
        ),
    };
    let rates = RateTable {
        statutory: world.duty_rate.clone(),
        applied: world.duty_rate.clone(),
        collected: world.duty_rate.clone(),
        once_arrived: Vec::new(),
        export_tax: vec![0.0; world.fob.len()],
        trade_cost: vec![1.0; world.fob.len()],
        by_measure: Vec::new(),
        quotas: Vec::new(),
        refunds: Vec::new(),
    };
    Ok(Model {
        economy: Arc::new(calibrate::economy(world, parameters)?),
        frictions,
        population,
        law: Arc::new(RateCalendar::constant(rates)),
        talks: None,
        start: Date::ZERO,
        tick: TickLength::Days(7),
        seed: 0,
        replication: 0,
    })
}

/// Part of the names of systems that only stand before a phase.
const MARKER: &str = "schedule::opens";

/// Puts a marker before each phase, after all that belongs to the one before.
fn mark_phases(app: &mut App) {
    app.edit_schedule(Tick, |schedule| {
        for (at, phase) in Phase::ALL.into_iter().enumerate() {
            let marker = opens.before(phase);
            match at.checked_sub(1) {
                Some(before) => schedule.add_systems(marker.after(AuditOf(Phase::ALL[before]))),
                None => schedule.add_systems(marker),
            };
        }
    });
}

fn opens() {}

fn by_phase(names: &[String]) -> Vec<PhaseSystems> {
    let mut phases = Phase::ALL.into_iter();
    let mut listed: Vec<PhaseSystems> = Vec::new();
    for name in names {
        if name.contains(MARKER) {
            listed.extend(phases.next().map(|phase| PhaseSystems {
                phase,
                systems: Vec::new(),
            }));
        } else if let Some(last) = listed.last_mut() {
            last.systems.push(short(name));
        }
    }
    listed
}

/// `pricing::reset_prices` of `tradewinds_engine::pricing::reset_prices`; a
/// closure goes by the function or the plugin that holds it.
pub(crate) fn short(name: &str) -> String {
    let name = name.replace("::{{closure}}", "");
    let plugin = name
        .strip_prefix('<')
        .and_then(|rest| rest.split_once(" as "));
    let name = plugin.map_or(name.as_str(), |(plugin, _)| plugin);
    let parts: Vec<&str> = name.split("::").collect();
    parts[parts.len().saturating_sub(2)..].join("::")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;

    fn phases(mode: Mode) -> Vec<PhaseSystems> {
        let library = Library::embedded();
        let experiment = Experiment::load(&library, "us-2025", &[]).unwrap();
        list(&experiment.world, &experiment.parameters, mode).unwrap()
    }

    #[test]
    fn both_modes_list_the_same_systems_in_the_same_order() {
        assert_eq!(phases(Mode::Oracle), phases(Mode::Full));
    }

    #[test]
    fn every_phase_is_listed_once_in_order_with_its_audit_at_its_end() {
        let listed = phases(Mode::Full);
        let order: Vec<Phase> = listed.iter().map(|one| one.phase).collect();
        assert_eq!(order, Phase::ALL);
        for one in &listed {
            let last = one.systems.last().unwrap();
            assert_eq!(*last, format!("accounts::audit({:?})", one.phase));
        }
        let of = |phase: Phase| {
            &listed
                .iter()
                .find(|one| one.phase == phase)
                .unwrap()
                .systems
        };
        assert!(of(Phase::EnactPolicy).contains(&"customs::enact_rates".to_owned()));
        assert!(of(Phase::Settle).contains(&"labour::pay_wages".to_owned()));
        assert!(of(Phase::Observe).contains(&"observe::record".to_owned()));
    }

    #[test]
    fn names_are_those_of_module_and_function() {
        assert_eq!(short("a::pricing::reset"), "pricing::reset");
        assert_eq!(
            short("<a::b::XPlugin as c::Plugin>::build::{{closure}}"),
            "b::XPlugin"
        );
        assert_eq!(short("a::b::c::{{closure}}"), "b::c");
    }
}
