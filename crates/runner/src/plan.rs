//! From an experiment to the plan of an ensemble.

use tradewinds_config::Diagnostics;

use crate::ensemble::{Plan, PlannedScenario};
use crate::experiment::{Experiment, Level, Watched};
use crate::rates::{FlowMix, measure_names};

impl Plan {
    /// Everything an ensemble of this experiment needs.
    ///
    /// # Errors
    /// As [`Experiment::schedules`].
    pub fn of(experiment: &Experiment) -> Result<Self, Diagnostics> {
        let schedules = experiment.schedules()?;
        let measures = measure_names(schedules.iter());
        let span = experiment.span();
        let watched = match &experiment.collect.economies {
            Watched::These(economies) => economies.clone(),
            Watched::Changing => {
                let codes = &experiment.world.economies;
                let changes = |n: &usize| {
                    schedules.iter().any(|schedule| {
                        let dates = schedule.changes(Some(codes[*n]), span.base, span.end);
                        dates.iter().any(|date| *date > span.base)
                    })
                };
                let mut watched: Vec<usize> = (0..codes.len()).filter(changes).collect();
                if !watched.contains(&experiment.outcomes.economy) {
                    watched.push(experiment.outcomes.economy);
                    watched.sort_unstable();
                }
                watched
            }
        };
        let scenarios = experiment
            .scenarios
            .iter()
            .zip(schedules)
            .map(|(scenario, schedule)| PlannedScenario {
                name: scenario.name.clone(),
                title: scenario.title.clone(),
                schedule,
            })
            .collect();
        Ok(Self {
            mix: FlowMix::of(&experiment.world),
            world: experiment.world.clone(),
            scenarios,
            baseline: experiment.baseline,
            draws: experiment.draws(),
            seed: experiment.seed(),
            span,
            measures: measures.into(),
            tick: experiment.tick,
            ticks: experiment.ticks(),
            period: experiment.collect.period,
            firms_per_cell: experiment.firms_per_cell,
            importer_shares: experiment.importer_shares.clone(),
            firms: experiment.collect.level >= Level::Panel,
            watched,
            focus: experiment.outcomes.economy,
            window: (experiment.outcomes.from, experiment.outcomes.to),
            provenance: experiment.provenance(),
        })
    }
}
