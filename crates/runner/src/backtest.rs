//! Forecasts of approval and of share indices, made week by week while the calendar
//! of policy is known, against what was recorded.
//!
//! A `backtest.toml` beside an experiment names variables, horizons and windows of
//! weeks. A forecast is the recorded value of a week plus the simulated change from
//! then on, one member for each replication; it is scored beside a random walk and
//! the historical mean, which know the record up to the same week. Nothing here
//! feeds back into parameters.

use std::sync::LazyLock;

use tradewinds_config::{Diagnostics, FieldSpec, Kind, Source, TableSpec};
use tradewinds_units::{DAYS_PER_YEAR, Date, EconomyCode, days_after};

use crate::ensemble::{Control, EnsembleError};
use crate::experiment::{Experiment, ExperimentError, leak};
use crate::library::LibraryError;
use crate::markets::{Markets, SCOPES, TAGS};
use crate::plan::Plan;
use crate::politics::Politics;

mod columns;
mod forecast;
mod paths;
mod read;
mod record;
mod report;
mod scores;

pub use forecast::{Cell, Forecast, Forecaster, Means, Weeks};
pub use paths::{Simulated, at_readings};
pub use record::{Baselines, Basis, FEWEST, Reading, YEAR, ahead, baselines, readings};
pub use report::{markdown, table, to_json};
pub use scores::{
    LEVELS, Normal, ensemble_covers, ensemble_quantile, ensemble_score, error_of_mean,
    normal_covers, normal_score,
};

/// Name of the file beside an experiment's.
pub const BACKTEST_FILE: &str = "backtest.toml";
/// Members below which scores of an ensemble are noisy.
pub const FEW_MEMBERS: usize = 30;
/// Members from which a window says whether the target is met.
pub const FEWEST_MEMBERS: usize = 20;

const AS_APPROVAL: &str = "approval";
const AS_INDEX: &str = "index";
const ALL_WEEKS: &str = "all_weeks";
const TARIFF_WEEKS: &str = "tariff_weeks";

/// Why forecasts cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// Mistakes in a file.
    #[error(transparent)]
    Config(#[from] Diagnostics),
    /// A file that cannot be read.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The experiment of a window has mistakes.
    #[error("window `{window}`: {source}")]
    Experiment {
        /// Name of the window.
        window: String,
        /// What is wrong.
        source: Box<ExperimentError>,
    },
    /// A run failed.
    #[error(transparent)]
    Ensemble(#[from] EnsembleError),
}

/// What is forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableKind {
    /// The published average of approval of a leader, in percent.
    Approval,
    /// A share index in local money, as its logarithm times 100.
    Index,
}

/// A variable that is forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// Name in tables, with unit.
    pub title: String,
    /// What it is.
    pub kind: VariableKind,
    /// Economy of the model.
    pub economy: EconomyCode,
    /// Recorded series: averages of polls with one reading a week, or a daily index.
    pub series: Vec<String>,
    /// Whose sessions an event must have moved to make a tariff week of it.
    pub scopes: Vec<String>,
    /// Growth that is no part of the model, added to every change of the forecast, share a
    /// year; zero for approval.
    pub trend: f64,
    /// Weeks in which the target of the backtest speaks of it; none where it does not.
    pub target: Option<Weeks>,
}

/// Weeks that are told apart from others.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Name.
    pub name: String,
    /// Name in tables.
    pub title: String,
    /// First day that is forecast.
    pub from: Date,
    /// Last day that is forecast.
    pub to: Date,
    /// Whether parameters were estimated from these weeks.
    pub is_fitted: bool,
    /// What of it parameters know nonetheless.
    pub note: String,
    /// Number of its experiment in the list.
    pub experiment: usize,
}

/// The list of an experiment.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// Title in words.
    pub title: String,
    /// What stands above the tables.
    pub introduction: String,
    /// Weeks ahead.
    pub horizons: Vec<u32>,
    /// Tags of events that make a tariff week.
    pub tags: Vec<String>,
    /// What is forecast.
    pub variables: Vec<Variable>,
    /// The windows, in the order of the file.
    pub windows: Vec<Window>,
    /// Experiments of the windows, each once.
    pub experiments: Vec<Experiment>,
}

/// A window with the scores of every variable and horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The window.
    pub window: Window,
    /// Name of its experiment.
    pub experiment: String,
    /// Replications that ended: members of a forecast.
    pub members: usize,
    /// Scores by variable, then by horizon.
    pub cells: Vec<Cell>,
}

static VARIABLE: TableSpec = TableSpec::new(
    "backtest_variable",
    "A variable that is forecast.",
    &[
        FieldSpec::required("name", Kind::Text, "Name."),
        FieldSpec::required("title", Kind::Text, "Name in tables, with unit."),
        FieldSpec::required(
            "kind",
            Kind::Choice(&[AS_APPROVAL, AS_INDEX]),
            "The published average of approval, in percent, or a share index, as 100 times its logarithm.",
        ),
        FieldSpec::required("economy", Kind::Economy, "Economy of the model."),
        FieldSpec::required(
            "series",
            Kind::OneOrMany(&Kind::Text),
            "Recorded series: of `configs/politics/approval.csv`, one reading a week, or of `configs/markets/daily.csv`.",
        ),
        FieldSpec::required(
            "scopes",
            Kind::OneOrMany(&Kind::Choice(SCOPES)),
            "Whose sessions an event must have moved to make a tariff week of it.",
        ),
        FieldSpec::optional(
            "trend",
            Kind::Float {
                low: -0.2,
                high: 0.2,
            },
            "Growth of an index that is no part of the model, which has none: added to every simulated change, share a year.",
        )
        .when_absent("0"),
        FieldSpec::optional(
            "target",
            Kind::Choice(&[ALL_WEEKS, TARIFF_WEEKS]),
            "Weeks in which the model is meant to do better than both baselines.",
        )
        .when_absent("no target speaks of it"),
    ],
);

static WINDOW: TableSpec = TableSpec::new(
    "backtest_window",
    "Weeks that are told apart from others.",
    &[
        FieldSpec::required("name", Kind::Text, "Name."),
        FieldSpec::required("title", Kind::Text, "Name in tables."),
        FieldSpec::required("from", Kind::Date, "First day that is forecast."),
        FieldSpec::required("to", Kind::Date, "Last day that is forecast."),
        FieldSpec::required(
            "is_fitted",
            Kind::Flag,
            "Whether parameters were estimated from these weeks.",
        ),
        FieldSpec::optional(
            "note",
            Kind::Text,
            "What of the window parameters know nonetheless.",
        )
        .default("\"\""),
        FieldSpec::optional(
            "experiment",
            Kind::Text,
            "Name of the experiment with the law of these weeks.",
        )
        .when_absent("the experiment in the same folder"),
    ],
);

/// The table of a `backtest.toml`.
pub fn backtest_spec() -> &'static TableSpec {
    static SPEC: LazyLock<TableSpec> = LazyLock::new(|| {
        TableSpec::new(
            "backtest",
            "Forecasts to score against the record, in windows kept apart.",
            leak(vec![
                FieldSpec::required("title", Kind::Text, "Title in words."),
                FieldSpec::required(
                    "introduction",
                    Kind::Text,
                    "What stands above the tables in the note.",
                ),
                FieldSpec::required(
                    "horizons",
                    Kind::OneOrMany(&Kind::Integer { low: 1, high: 52 }),
                    "Weeks ahead.",
                )
                .example("[1, 8]"),
                FieldSpec::required(
                    "tags",
                    Kind::OneOrMany(&Kind::Choice(TAGS)),
                    "Tags of events that make a tariff week of the weeks up to the day that is forecast.",
                ),
                FieldSpec::required("variable", Kind::Tables(&VARIABLE), "What is forecast."),
                FieldSpec::required("window", Kind::Tables(&WINDOW), "The windows."),
            ]),
        )
    });
    &SPEC
}

impl Backtest {
    /// Reads the `backtest.toml` beside an experiment's file, and the experiments
    /// of its windows with the overrides `set`.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn load(experiment: &Experiment, set: &[String]) -> Result<Self, BacktestError> {
        Self::read(experiment, &experiment.source_beside(BACKTEST_FILE)?, set)
    }

    /// The same of a list in another file.
    ///
    /// # Errors
    /// Every mistake found.
    pub(crate) fn read(
        experiment: &Experiment,
        source: &Source,
        set: &[String],
    ) -> Result<Self, BacktestError> {
        read::read(experiment, source, set)
    }

    /// What to know of scores before anything runs; nothing where there are enough members.
    pub fn warning(&self) -> Option<String> {
        let own = self.experiments.iter().enumerate();
        let used = own.filter(|(at, _)| self.uses(*at));
        let fewest = used.map(|(_, one)| one.replications() as usize).min()?;
        report::noisy(fewest)
    }

    /// Runs of the experiments of the windows: of each, the scenario that stands for
    /// what happened.
    pub fn runs(&self) -> usize {
        let used = |(at, _): &(usize, &Experiment)| self.uses(*at);
        let own = self.experiments.iter().enumerate().filter(used);
        own.map(|(_, one)| one.replications() as usize).sum()
    }

    fn uses(&self, experiment: usize) -> bool {
        self.windows.iter().any(|one| one.experiment == experiment)
    }
}

/// Runs the experiments of the windows and scores every forecast of them.
///
/// # Errors
/// [`BacktestError`]: the first table or run that failed.
pub fn run(list: &Backtest, control: &Control) -> Result<Vec<Scored>, BacktestError> {
    let library = list.experiments[0].library();
    let (markets, politics) = (Markets::load(library)?, Politics::load(library)?);
    let records: Vec<Vec<Reading>> = (list.variables.iter())
        .map(|variable| readings(variable, &markets, &politics))
        .collect();
    let mut scored: Vec<Option<Scored>> = vec![None; list.windows.len()];
    for (number, experiment) in list.experiments.iter().enumerate() {
        if !list.uses(number) {
            continue;
        }
        let plan = Plan::of(experiment)?;
        let scenario = factual(&plan);
        let days = (plan.tick.years() * f64::from(plan.period) * DAYS_PER_YEAR).round() as i32;
        let members =
            plan.replicate(&[scenario], control, |one| -> Vec<Vec<Option<Simulated>>> {
                let recorded = one.recorded[scenario].as_ref();
                (list.variables.iter().zip(&records))
                    .map(|(variable, readings)| match recorded {
                        Some(recorded) => at_readings(recorded, variable, readings, days),
                        None => vec![None; readings.len()],
                    })
                    .collect()
            })?;
        for (at, window) in list.windows.iter().enumerate() {
            if window.experiment != number {
                continue;
            }
            let mut cells = Vec::new();
            for (v, variable) in list.variables.iter().enumerate() {
                let paths: Vec<&[Option<Simulated>]> =
                    members.iter().map(|one| one[v].as_slice()).collect();
                for weeks in &list.horizons {
                    let forecaster = Forecaster {
                        variable,
                        readings: &records[v],
                        paths: &paths,
                        weeks: *weeks,
                    };
                    let is_tariff = |from: Date, to: Date| {
                        markets.events.iter().any(|event| {
                            (days_after(from, 1)..=to).contains(&event.date)
                                && list.tags.contains(&event.tag)
                                && variable.scopes.contains(&event.scope)
                        })
                    };
                    cells.push(forecaster.cell((window.from, window.to), is_tariff));
                }
            }
            scored[at] = Some(Scored {
                window: window.clone(),
                experiment: experiment.name.clone(),
                members: members.len(),
                cells,
            });
        }
    }
    Ok(scored.into_iter().flatten().collect())
}

/// The scenario that stands for what happened: the first one that is not the
/// baseline, where there is more than one.
fn factual(plan: &Plan) -> usize {
    let others = (0..plan.scenarios.len()).find(|at| *at != plan.baseline);
    others.unwrap_or(plan.baseline)
}

#[cfg(test)]
mod tests;
