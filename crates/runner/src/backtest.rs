//! Forecasts of approval and of share indices, made week by week while the calendar
//! of policy is known, against what was recorded.
//!
//! A `backtest.toml` beside an experiment names variables, horizons and windows of
//! weeks. A forecast is the recorded value of a week plus the simulated change from
//! then on, one member for each replication; it is scored beside a random walk and
//! the historical mean, which know the record up to the same week. Nothing here
//! feeds back into parameters.

use std::sync::LazyLock;

use tradewinds_config::{Diagnostics, FieldSpec, Finding, Kind, Table, TableSpec, check};
use tradewinds_kernel::clock::TickLength;
use tradewinds_units::{DAYS_PER_YEAR, Date, EconomyCode, days_after};

use crate::closure::Markets as ShareMarkets;
use crate::ensemble::{Control, EnsembleError};
use crate::experiment::{Experiment, ExperimentError, Watched, leak};
use crate::library::{LibraryError, experiment_path};
use crate::markets::{Markets, SCOPES, TAGS};
use crate::plan::Plan;
use crate::politics::{APPROVAL, Politics};
use crate::scenario::{twice, unknown};

mod forecast;
mod paths;
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
        let library = experiment.library();
        let table = check(&experiment.source_beside(BACKTEST_FILE)?, backtest_spec())?;
        let (markets, politics) = (Markets::load(library)?, Politics::load(library)?);
        let mut problems = Diagnostics::new();
        let mut experiments = vec![experiment.clone()];
        let mut windows: Vec<Window> = Vec::new();
        for own in table.tables("window") {
            let window = window(own, &mut experiments, set, &mut problems)?;
            if windows.iter().any(|other| other.name == window.name) {
                problems.push(own.error("name", twice("window", &window.name)));
            }
            windows.push(window);
        }
        let mut variables: Vec<Variable> = Vec::new();
        for own in table.tables("variable") {
            let variable = variable(own, (&markets, &politics), &mut problems);
            if variables.iter().any(|other| other.name == variable.name) {
                problems.push(own.error("name", twice("variable", &variable.name)));
            }
            for (at, experiment) in experiments.iter().enumerate() {
                if windows.iter().any(|window| window.experiment == at) {
                    fits(own, &variable, experiment, &mut problems);
                }
            }
            variables.push(variable);
        }
        let horizons = table.list::<i64>("horizons").into_iter();
        let texts = |key: &str| {
            let list = table.list::<String>(key).into_iter();
            list.map(|one| one.value).collect::<Vec<String>>()
        };
        Ok(problems.into_result(Self {
            title: table.required("title"),
            introduction: table.required("introduction"),
            horizons: horizons
                .filter_map(|one| u32::try_from(one.value).ok())
                .collect(),
            tags: texts("tags"),
            variables,
            windows,
            experiments,
        })?)
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

fn window(
    table: &Table,
    experiments: &mut Vec<Experiment>,
    set: &[String],
    problems: &mut Diagnostics,
) -> Result<Window, BacktestError> {
    let (from, to): (Date, Date) = (table.required("from"), table.required("to"));
    if to < from {
        let finding = Finding {
            summary: "a window ends before it begins".into(),
            found: to.to_string(),
            expected: format!("a day from {from} on"),
            help: "exchange `from` and `to`, or correct one of them".into(),
        };
        problems.push(table.error("to", finding));
    }
    let name: String = table.required("name");
    let experiment = match table.get::<String>("experiment") {
        None => 0,
        Some(asked) => episode(table, &asked, (&name, set), experiments, problems)?,
    };
    Ok(Window {
        title: table.required("title"),
        is_fitted: table.required("is_fitted"),
        note: table.required("note"),
        name,
        from,
        to,
        experiment,
    })
}

/// The number of an experiment, which is loaded when first asked for.
fn episode(
    table: &Table,
    asked: &str,
    (window, set): (&str, &[String]),
    experiments: &mut Vec<Experiment>,
    problems: &mut Diagnostics,
) -> Result<usize, BacktestError> {
    let path = experiment_path(asked);
    if let Some(known) = experiments.iter().position(|one| one.path == path) {
        return Ok(known);
    }
    let library = experiments[0].library().clone();
    if !library.holds(&path) {
        let known = library.experiments();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        problems.push(table.error("experiment", unknown("experiment", asked, &known)));
        return Ok(0);
    }
    let loaded = Experiment::load(&library, asked, set);
    let wrong = |source| BacktestError::Experiment {
        window: window.to_owned(),
        source: Box::new(source),
    };
    experiments.push(loaded.map_err(wrong)?);
    Ok(experiments.len() - 1)
}

fn variable(
    table: &Table,
    (markets, politics): (&Markets, &Politics),
    problems: &mut Diagnostics,
) -> Variable {
    let texts = |key: &str| {
        let list = table.list::<String>(key).into_iter();
        list.map(|one| one.value).collect::<Vec<String>>()
    };
    let economy: EconomyCode = table.required("economy");
    let kind = match table.required("kind") {
        AS_APPROVAL => VariableKind::Approval,
        _ => VariableKind::Index,
    };
    let known: Vec<&str> = match kind {
        VariableKind::Index => markets.daily().collect(),
        VariableKind::Approval => (politics.polls.iter())
            .filter(|poll| poll.economy == economy && poll.measure == APPROVAL)
            .map(|poll| poll.series.as_str())
            .collect(),
    };
    let series = texts("series");
    for one in &series {
        if !known.contains(&one.as_str()) {
            problems.push(table.error("series", unknown("series", one, &known)));
        }
    }
    Variable {
        name: table.required("name"),
        title: table.required("title"),
        kind,
        economy,
        series,
        scopes: texts("scopes"),
        target: match table.get::<&str>("target") {
            Some(TARIFF_WEEKS) => Some(Weeks::Tariff),
            Some(_) => Some(Weeks::All),
            None => None,
        },
    }
}

/// Whether an experiment records a variable week by week.
fn fits(table: &Table, own: &Variable, experiment: &Experiment, problems: &mut Diagnostics) {
    let name = &experiment.name;
    let mut wrong = |key: &str, summary: String, help: String| {
        let finding = Finding {
            summary,
            found: format!("\"{}\"", own.name),
            expected: "a variable that the experiment records every week".into(),
            help,
        };
        problems.push(table.error(key, finding));
    };
    let codes = &experiment.world.economies;
    let Some(economy) = codes.iter().position(|code| *code == own.economy) else {
        let known: Vec<String> = codes.iter().map(ToString::to_string).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let finding = unknown("economy", &own.economy.to_string(), &known);
        problems.push(table.error("economy", finding));
        return;
    };
    if experiment.tick != TickLength::Days(7) || experiment.collect.period != 1 {
        wrong(
            "kind",
            format!("the experiment `{name}` does not record every week"),
            "set `tick = \"week\"` and `collect.period_weeks = 1` there".into(),
        );
    }
    if own.kind == VariableKind::Approval {
        return;
    }
    if experiment.closure.markets == ShareMarkets::Off {
        wrong(
            "kind",
            format!("the experiment `{name}` has no markets for shares"),
            "set `closure.equities = \"priced\"` there".into(),
        );
    }
    let is_watched = match &experiment.collect.economies {
        Watched::These(economies) => economies.contains(&economy),
        Watched::Changing => true,
    };
    if !is_watched {
        wrong(
            "economy",
            format!(
                "the experiment `{name}` does not record {} by itself",
                own.economy
            ),
            "add it to `collect.economies` there".into(),
        );
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
