//! The record: recorded values beside simulated ones.
//!
//! A `record.toml` beside an experiment names, for every row of a file of
//! recorded values, what is computed of the records of a run, or why the model
//! cannot produce it. Nothing here feeds back into parameters.

use std::collections::BTreeSet;

use tradewinds_config::{Diagnostics, Source, Table};
use tradewinds_kernel::statistics::quantiles;
use tradewinds_units::Date;

use crate::ensemble::{Control, EnsembleError};
use crate::experiment::Experiment;
use crate::library::LibraryError;
use crate::plan::Plan;
use crate::replicate::Replication;

mod fields;
mod kept;
mod matched;
mod measure;
mod moods;
mod read;
mod regression;
mod report;
mod rest;
mod sims;
mod talks;
mod targets;
mod window;

pub(crate) use fields::how;
pub use fields::record_spec;
pub(crate) use kept::{RATIO_OF_GAINS, unkept, without_shares};
pub use measure::MEASURES;
pub use report::{csv, markdown, table, to_json};
pub use targets::{Target, read_series, read_targets};
pub use window::Window;

/// Name of the file beside an experiment's.
pub const RECORD_FILE: &str = "record.toml";

/// Replications from which the interval from 5 to 95 % leaves one of them out on either side.
pub const FEWEST: usize = 20;

/// What to know of intervals of so many replications; nothing where they are enough.
pub fn few_replications(replications: usize) -> Option<String> {
    match replications {
        enough if enough >= FEWEST => None,
        0 | 1 => Some(format!(
            "one replication: there is no interval, and verdicts say nothing; {FEWEST} are the fewest for one"
        )),
        few => Some(format!(
            "{few} replications: with fewer than {FEWEST} the interval is only their range, and too narrow"
        )),
    }
}

/// Why there is no record to show.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Mistakes in a file.
    #[error(transparent)]
    Config(#[from] Diagnostics),
    /// A file that cannot be read.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// A run failed.
    #[error(transparent)]
    Ensemble(#[from] EnsembleError),
    /// No long run was found.
    #[error(transparent)]
    RestPoint(#[from] crate::rest_point::RestPointError),
}

/// What a row asks of the records of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Name of the measure.
    pub measure: String,
    /// Importing economies, by index.
    pub importers: Vec<usize>,
    /// Economies of origin; none means all.
    pub exporters: Option<Vec<usize>>,
    /// Sectors, by index.
    pub sectors: Vec<usize>,
    /// Scenario that stands for what happened.
    pub scenario: usize,
    /// Scenario it is compared with.
    pub against: usize,
    /// The earlier window of a change over time.
    pub since: Option<Window>,
    /// Left-hand side of a regression.
    pub outcome: String,
    /// The rate that counts as the duty.
    pub duty: String,
    /// Design of a regression.
    pub design: String,
    /// Fixed effects of a regression.
    pub effects: Vec<String>,
    /// Rise of ln(1 + duty) at which an elasticity is read.
    pub rise: Option<f64>,
    /// Whether store prices are weighed with imports.
    pub by_imports: bool,
}

impl Asked {
    fn sells(&self, exporter: usize) -> bool {
        self.exporters
            .as_ref()
            .is_none_or(|exporters| exporters.contains(&exporter))
    }
}

/// A recorded value and how the model answers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Group it is printed under; empty for single values.
    pub group: String,
    /// Name in tables.
    pub title: String,
    /// The recorded value.
    pub target: Target,
    /// What is computed; none where the model cannot.
    pub asked: Option<Asked>,
    /// What is computed of the frictionless long run.
    pub long_run: Option<String>,
    /// Days over which it is computed.
    pub window: Window,
    /// Factor to the unit of the recorded value.
    pub scale: f64,
    /// How it is measured.
    pub note: String,
    /// Why it would come out too low.
    pub too_low: String,
    /// Why it would come out too high.
    pub too_high: String,
    /// Inputs that come from the recorded value; empty when there are none.
    pub fitted: String,
    /// Why the model cannot produce it.
    pub missing: String,
}

/// Rows of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordPlan {
    /// Title in words.
    pub title: String,
    /// What stands above the table.
    pub introduction: String,
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
}

/// A simulated value over replications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulated {
    /// Median.
    pub median: f64,
    /// 5 % quantile.
    pub low: f64,
    /// 95 % quantile.
    pub high: f64,
    /// Replications with a value.
    pub count: usize,
}

/// Where a recorded value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Inside the simulated interval.
    Inside,
    /// Outside, but the interval meets the tolerance band of the recorded value.
    Near,
    /// Apart.
    Outside,
    /// There is nothing to compare.
    None,
}

/// A row with what was simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The row.
    pub row: Row,
    /// Simulated values; none where the model has none.
    pub simulated: Option<Simulated>,
    /// The value of the frictionless long run at default parameters.
    pub long_run: Option<f64>,
}

/// A record beside an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Title in words.
    pub title: String,
    /// What stands above the table.
    pub introduction: String,
    /// Name of the experiment.
    pub experiment: String,
    /// Hash of its configuration.
    pub config_hash: String,
    /// Replications that ended.
    pub replications: usize,
    /// Draws of the parameters among them.
    pub samples: usize,
    /// Rows with their answers.
    pub answers: Vec<Answer>,
}

impl Answer {
    /// Whether the recorded value lies inside the simulated interval.
    pub fn verdict(&self) -> Verdict {
        let Some(simulated) = self.simulated else {
            return Verdict::None;
        };
        let target = &self.row.target;
        let (low, high) = target.band();
        if (simulated.low..=simulated.high).contains(&target.value) {
            Verdict::Inside
        } else if low <= simulated.high && simulated.low <= high {
            Verdict::Near
        } else {
            Verdict::Outside
        }
    }

    /// Whether median and recorded value have the same sign, or the inside of the band of the
    /// recorded value holds zero.
    pub fn sign_agrees(&self) -> Option<bool> {
        let target = &self.row.target;
        let (low, high) = target.band();
        self.simulated
            .map(|own| own.median * target.value > 0.0 || (low < 0.0 && 0.0 < high))
    }

    /// Whether they differ by less than half an order of magnitude either way.
    pub fn magnitude_agrees(&self) -> Option<bool> {
        let simulated = self.simulated?;
        if self.verdict() != Verdict::Outside {
            return Some(true);
        }
        let ratio = simulated.median / self.row.target.value;
        Some((1.0 / HALF_AN_ORDER..=HALF_AN_ORDER).contains(&ratio))
    }

    /// Why a value outside lies there, in the words of the row; none for others.
    pub fn explanation(&self) -> Option<&str> {
        let simulated = self.simulated?;
        if self.verdict() != Verdict::Outside {
            return None;
        }
        let is_low = simulated.median < self.row.target.value;
        let words = if is_low {
            &self.row.too_low
        } else {
            &self.row.too_high
        };
        Some(words)
    }
}

/// Square root of ten.
const HALF_AN_ORDER: f64 = 3.162_277_660_168_379_5;

/// Runs an experiment and answers every row.
///
/// # Errors
/// [`RecordError`]: files with mistakes, or the first run that failed.
pub fn run(
    experiment: &Experiment,
    rows: RecordPlan,
    control: &Control,
) -> Result<Record, RecordError> {
    let plan = Plan::of(experiment)?;
    let found = plan.replicate(&plan.every_scenario(), control, |one| {
        (one.number, values(&plan, &rows, one))
    })?;
    let repeats = experiment.design.repeats.max(1);
    let samples: BTreeSet<u32> = found.iter().map(|(number, _)| number / repeats).collect();
    let long_runs = rest::LongRuns::of(experiment, &rows)?;
    let answers = rows.rows.into_iter().enumerate().map(|(at, row)| {
        let own: Vec<f64> = found.iter().map(|(_, values)| values[at]).collect();
        Answer {
            simulated: simulated(&own),
            long_run: long_runs.value(&row),
            row,
        }
    });
    Ok(Record {
        answers: answers.collect(),
        title: rows.title,
        introduction: rows.introduction,
        experiment: experiment.name.clone(),
        config_hash: experiment.config_hash.clone(),
        replications: found.len(),
        samples: samples.len(),
    })
}

/// The values of all rows in one replication, in the unit of the recorded ones.
fn values(plan: &Plan, rows: &RecordPlan, replication: Replication<'_>) -> Vec<f64> {
    let sims = sims::Sims::new(plan, replication);
    let value = |row: &Row| {
        let own = row.asked.as_ref();
        own.map_or(f64::NAN, |asked| {
            row.scale * measure::measure(&sims, asked, row.window)
        })
    };
    rows.rows.iter().map(value).collect()
}

fn simulated(values: &[f64]) -> Option<Simulated> {
    let finite: Vec<f64> = values
        .iter()
        .copied()
        .filter(|one| one.is_finite())
        .collect();
    if finite.is_empty() {
        return None;
    }
    let [low, median, high] = quantiles(&finite, [0.05, 0.5, 0.95]);
    Some(Simulated {
        median,
        low,
        high,
        count: finite.len(),
    })
}

/// A measure over a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// What is computed.
    pub asked: Asked,
    /// Days over which it is computed.
    pub window: Window,
    /// Factor to its unit.
    pub scale: f64,
}

impl Measured {
    /// Reads the keys of a table that name a measure; its window is that of the
    /// experiment's summary unless the table says otherwise.
    pub(crate) fn read(experiment: &Experiment, table: &Table) -> Result<Self, RecordError> {
        read::measured(experiment, table)
    }

    /// Scenarios that its value is computed of, by index.
    pub(crate) fn scenarios(&self, experiment: &Experiment) -> BTreeSet<usize> {
        measure::scenarios(&self.asked, self.window, experiment)
    }

    /// Its value in one replication, in which [`Measured::scenarios`] were run.
    pub(crate) fn value(&self, plan: &Plan, replication: Replication<'_>) -> f64 {
        let sims = sims::Sims::new(plan, replication);
        self.scale * measure::measure(&sims, &self.asked, self.window)
    }
}

impl RecordPlan {
    /// Reads the `record.toml` beside an experiment's file.
    ///
    /// # Errors
    /// [`RecordError`]: every mistake found, or recorded values without a row.
    pub fn load(experiment: &Experiment) -> Result<Self, RecordError> {
        Self::read(experiment, &experiment.source_beside(RECORD_FILE)?)
    }

    /// The same of rows in another file.
    ///
    /// # Errors
    /// As [`RecordPlan::load`].
    pub(crate) fn read(experiment: &Experiment, source: &Source) -> Result<Self, RecordError> {
        read::plan(experiment, source)
    }
}

/// A window, from the recorded value where a row does not say.
fn window(from: Option<Date>, to: Option<Date>, experiment: &Experiment) -> Window {
    Window {
        from: from.unwrap_or(experiment.outcomes.from),
        to: to.unwrap_or(experiment.outcomes.to),
    }
}

#[cfg(test)]
mod tests;
