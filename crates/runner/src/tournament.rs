//! A tournament of strategies: the principal of talks conducts itself in each built-in
//! way against partners in each, with the same parameters and chance events.

use std::collections::BTreeMap;

use tradewinds_config::Diagnostics;
use tradewinds_engine::talks::STRATEGIES;
use tradewinds_kernel::statistics::Moments;

use crate::ensemble::{Control, EnsembleError};
use crate::experiment::{Experiment, ExperimentError};
use crate::plan::Plan;

mod report;
mod score;

pub use report::{markdown, table, to_json};
pub use score::{MEASURES, Measure};

/// Why there is no tournament.
#[derive(Debug, thiserror::Error)]
pub enum TournamentError {
    /// Nobody talks.
    #[error(
        "governments do not talk in `{0}`\n  help: name an experiment with `[talks]` (docs/how-to/talks.md)"
    )]
    NoTalks(String),
    /// Governments talk in the baseline too.
    #[error(
        "governments talk in `{0}`, the scenario that others are compared with\n  help: leave it out of `talks.scenarios`"
    )]
    Baseline(String),
    /// An experiment with mistakes.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
    /// A law that does not fit together.
    #[error(transparent)]
    Law(#[from] Diagnostics),
    /// A run failed.
    #[error(transparent)]
    Ensemble(#[from] EnsembleError),
}

/// A strategy of the principal and one of the partners.
#[derive(Debug, Clone)]
pub struct Pairing {
    /// How the principal conducts itself.
    pub principal: &'static str,
    /// How the partners do.
    pub partners: &'static str,
    /// The experiment with both.
    pub experiment: Experiment,
}

/// All pairings, and the scenarios that are run.
#[derive(Debug, Clone)]
pub struct Tournament {
    /// By strategy of the principal, then of the partners.
    pub pairings: Vec<Pairing>,
    /// The scenario in which governments talk, by index.
    pub scenario: usize,
    /// The scenario without talks, by index.
    pub baseline: usize,
}

/// Mean of a measure over replications in which it has a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// Mean; not a number where no replication has a value.
    pub mean: f64,
    /// Its standard error; not a number below two values.
    pub standard_error: f64,
    /// Replications with a value.
    pub count: usize,
}

/// How a pairing ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// How the principal conducts itself.
    pub principal: &'static str,
    /// How the partners do.
    pub partners: &'static str,
    /// Replications.
    pub replications: usize,
    /// By measure, in the order of [`MEASURES`].
    pub means: Vec<Mean>,
}

impl Tournament {
    /// Pairs the built-in strategies in the first scenario with talks of an experiment.
    ///
    /// # Errors
    /// [`TournamentError`].
    pub fn of(experiment: &Experiment) -> Result<Self, TournamentError> {
        let nobody = || TournamentError::NoTalks(experiment.name.clone());
        let talks = experiment.talks.as_ref().ok_or_else(nobody)?;
        let scenario = *talks.scenarios.first().ok_or_else(nobody)?;
        let baseline = experiment.baseline;
        if talks.scenarios.contains(&baseline) {
            let name = experiment.scenarios[baseline].name.clone();
            return Err(TournamentError::Baseline(name));
        }
        let mut pairings = Vec::new();
        for principal in STRATEGIES {
            for partners in STRATEGIES {
                let keys = [
                    format!("talks.principal={principal}"),
                    format!("talks.partners={partners}"),
                ];
                pairings.push(Pairing {
                    principal,
                    partners,
                    experiment: experiment.with(&keys)?,
                });
            }
        }
        Ok(Self {
            pairings,
            scenario,
            baseline,
        })
    }

    /// Runs of the tournament: the baseline is run once, no strategy matters to it.
    pub fn runs(&self) -> usize {
        let of = |pairing: &Pairing| pairing.experiment.replications() as usize;
        let first = self.pairings.first().map_or(0, of);
        first + self.pairings.iter().map(of).sum::<usize>()
    }

    /// Plays all pairings; stopped by [`Control::stop`], those that were played are told.
    ///
    /// # Errors
    /// The first run that failed.
    pub fn play(&self, control: &Control) -> Result<Vec<Score>, TournamentError> {
        let (baseline, scenario) = (self.baseline, self.scenario);
        let mut before: BTreeMap<u32, f64> = BTreeMap::new();
        let mut scores = Vec::new();
        for (at, pairing) in self.pairings.iter().enumerate() {
            let plan = Plan::of(&pairing.experiment)?;
            let Some(campaign) = plan.scenarios[scenario].talks.as_deref() else {
                return Err(TournamentError::NoTalks(pairing.experiment.name.clone()));
            };
            if at == 0 {
                let found = plan.replicate(&[baseline], control, |one| {
                    let recorded = one.recorded[baseline].as_ref();
                    recorded.map(|run| (one.number, score::consumption(&plan, campaign, run)))
                })?;
                before = found.into_iter().flatten().collect();
            }
            let observed = plan.replicate(&[scenario], control, |one| {
                let before = before.get(&one.number).copied().unwrap_or(f64::NAN);
                let recorded = one.recorded[scenario].as_ref();
                recorded.map(|one| score::observed(&plan, campaign, one, before))
            })?;
            let observed: Vec<[f64; MEASURES.len()]> = observed.into_iter().flatten().collect();
            scores.push(Score {
                principal: pairing.principal,
                partners: pairing.partners,
                replications: observed.len(),
                means: (0..MEASURES.len())
                    .map(|measure| mean(observed.iter().map(|values| values[measure])))
                    .collect(),
            });
        }
        Ok(scores)
    }
}

/// Mean of the values that are numbers.
fn mean(values: impl Iterator<Item = f64>) -> Mean {
    let known: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    let moments = Moments::of(&known);
    Mean {
        mean: if known.is_empty() {
            f64::NAN
        } else {
            moments.mean()
        },
        standard_error: if known.len() < 2 {
            f64::NAN
        } else {
            moments.standard_error()
        },
        count: known.len(),
    }
}

#[cfg(test)]
mod tests;
