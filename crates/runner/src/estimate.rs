//! Parameters of approval and of markets, estimated from recorded rows.
//!
//! A file of `configs/estimation` names the rows, the priors and what the
//! specification states; the methods are here. No row dated after the last day
//! reaches a method: the tables are cut first.

use tradewinds_config::{Diagnostics, Source};
use tradewinds_kernel::statistics::{CurveError, RegressionError};
use tradewinds_units::Date;

use crate::library::{Library, LibraryError};
use crate::markets::Markets;
use crate::politics::Politics;
use crate::sourced_table;

mod approval;
mod file;
mod markets;
mod names;
mod plan;
mod report;
mod week;

pub use file::{Entry, Estimates, estimates_spec, write};
pub use names::{NAMES, NameSpec, SECTIONS, name_spec};
pub use plan::{
    ApprovalPlan, EstimationPlan, Follower, MarketsPlan, NormalPrior, Rally, Spell, Stated,
    Surprise, estimation_spec,
};
pub use report::{markdown, table, to_json};

/// Folder of the plans.
pub const ESTIMATION: &str = "configs/estimation";

/// Why nothing was estimated.
#[derive(Debug, thiserror::Error)]
pub enum EstimateError {
    /// A file that cannot be read.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// Mistakes in a file.
    #[error(transparent)]
    Config(#[from] Diagnostics),
    /// Rows that a plan names and no table has.
    #[error(
        "there is no {what} in the tables up to {through}; check the names in `{ESTIMATION}`, or write a later `--through`"
    )]
    Missing {
        /// What was looked for.
        what: String,
        /// Last day of the rows.
        through: Date,
    },
    /// A parameter marked as estimated that no method estimates.
    #[error("`{0}` is marked as estimated, but no method estimates it; mark it `assumed`")]
    NoMethod(String),
    /// A regression without an answer.
    #[error("{what}: {source}")]
    Regression {
        /// Which.
        what: &'static str,
        /// Why.
        source: RegressionError,
    },
    /// A curve that cannot be fitted.
    #[error("{what}: {source}")]
    Curve {
        /// Which.
        what: &'static str,
        /// Why.
        source: CurveError,
    },
    /// Fewer rows than those of the plan, too few for a method.
    #[error(
        "rows up to {through} are too few for {source}; write a later `--through` (the plan has rows up to {planned})"
    )]
    TooEarly {
        /// Last day of the rows.
        through: Date,
        /// Last day of the plan.
        planned: Date,
        /// The method and why it has no answer.
        source: Box<EstimateError>,
    },
}

impl EstimateError {
    /// The same of rows up to a day: a method without an answer has too few of them where
    /// the plan has more.
    fn of_rows(self, through: Date, planned: Date) -> Self {
        match self {
            Self::Regression { .. } | Self::Curve { .. } if through < planned => Self::TooEarly {
                through,
                planned,
                source: Box::new(self),
            },
            other => other,
        }
    }
}

/// The rows behind an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// How many.
    pub rows: usize,
    /// Date of the first.
    pub first: Date,
    /// Date of the last.
    pub last: Date,
}

impl Sample {
    /// The sample of rows with these dates; none without rows.
    fn of(dates: impl IntoIterator<Item = Date>) -> Option<Self> {
        let dates: Vec<Date> = dates.into_iter().collect();
        Some(Self {
            rows: dates.len(),
            first: *dates.iter().min()?,
            last: *dates.iter().max()?,
        })
    }
}

/// A number found in the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The parameter, or a name in words of what was only looked at.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Unit.
    pub unit: String,
    /// How it was found.
    pub method: String,
    /// The rows used.
    pub sample: Sample,
    /// The value of the specification.
    pub stated: Option<f64>,
    /// The standard error of the specification.
    pub stated_error: Option<f64>,
    /// Whether it becomes the value of the parameter.
    pub is_written: bool,
    /// What to know about it.
    pub note: String,
}

impl Estimate {
    /// Distance from the stated value in standard errors.
    pub fn distance(&self) -> Option<f64> {
        let stated = self.stated?;
        (self.error > 0.0).then(|| (self.value - stated) / self.error)
    }

    /// Whether it lies more than two standard errors from the stated value.
    pub fn differs(&self) -> bool {
        self.distance().is_some_and(|away| away.abs() > 2.0)
    }
}

/// How two estimates of one fit move together.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// One parameter.
    pub left: String,
    /// The other.
    pub right: String,
    /// Correlation of their errors.
    pub value: f64,
}

/// What was estimated of one section.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimation {
    /// The plan.
    pub plan: EstimationPlan,
    /// Last day of the rows used.
    pub through: Date,
    /// The estimates, those that become parameters first.
    pub estimates: Vec<Estimate>,
    /// Correlations within the joint fit.
    pub correlations: Vec<Correlation>,
}

/// Rows up to the last day.
struct Inputs {
    through: Date,
    markets: Markets,
    politics: Politics,
    /// The average tariff in points from a date on.
    tariffs: Vec<(Date, f64)>,
}

impl Inputs {
    fn missing(&self, what: impl Into<String>) -> EstimateError {
        EstimateError::Missing {
            what: what.into(),
            through: self.through,
        }
    }

    fn closes(&self, series: &str) -> Result<Vec<(Date, f64)>, EstimateError> {
        let found = self.markets.closes(series).unwrap_or_default();
        if found.len() > 1 {
            Ok(found)
        } else {
            Err(self.missing(format!("series `{series}` with two closes")))
        }
    }

    fn sample(&self, dates: impl IntoIterator<Item = Date>) -> Result<Sample, EstimateError> {
        Sample::of(dates).ok_or_else(|| self.missing("row of a sample"))
    }
}

/// Reads the plan of a section.
///
/// # Errors
/// [`EstimateError`]: no such file, or its mistakes.
pub fn plan(library: &Library, section: &str) -> Result<EstimationPlan, EstimateError> {
    let source = library.source(&format!("{ESTIMATION}/{section}.toml"))?;
    Ok(EstimationPlan::read(&source)?)
}

/// Estimates a section with rows up to `through`; up to the day of its plan
/// where none is given.
///
/// # Errors
/// [`EstimateError`]: files with mistakes, rows that are missing, fits without
/// an answer.
pub fn run(
    library: &Library,
    section: &str,
    through: Option<Date>,
) -> Result<Estimation, EstimateError> {
    let plan = plan(library, section)?;
    let through = through.unwrap_or(plan.through);
    let mut inputs = Inputs {
        through,
        markets: Markets::load(library)?.until(through),
        politics: Politics::load(library)?.until(through),
        tariffs: Vec::new(),
    };
    let (mut estimates, mut correlations) = (Vec::new(), Vec::new());
    if let Some(own) = &plan.approval {
        let table = library.source(&own.tariffs)?;
        inputs.tariffs = steps(&table, &own.tariff_column)?;
        inputs.tariffs.retain(|(from, _)| *from <= through);
        let found = approval::estimate(&plan, own, &inputs);
        (estimates, correlations) = found.map_err(|error| error.of_rows(through, plan.through))?;
    }
    if let Some(own) = &plan.markets {
        let found = markets::estimate(&plan, own, &inputs);
        estimates.extend(found.map_err(|error| error.of_rows(through, plan.through))?);
    }
    for one in &mut estimates {
        if let Some(stated) = plan.stated(&one.name) {
            one.stated = Some(stated.value);
            one.stated_error = stated.error;
            one.is_written = stated.status == "estimated";
        } else if let Some((_, value, error)) =
            (plan.readings.iter()).find(|(name, _, _)| *name == one.name)
        {
            one.stated = Some(*value);
            one.stated_error = *error;
        }
    }
    for stated in plan
        .parameters
        .iter()
        .filter(|one| one.status == "estimated")
    {
        if estimates.iter().all(|one| one.name != stated.name) {
            return Err(EstimateError::NoMethod(stated.name.clone()));
        }
    }
    let place = |one: &Estimate| plan.parameters.iter().position(|own| own.name == one.name);
    estimates.sort_by_key(|one| (!one.is_written, place(one).unwrap_or(usize::MAX)));
    Ok(Estimation {
        plan,
        through,
        estimates,
        correlations,
    })
}

/// A table of rates by date, in points.
fn steps(source: &Source, column: &str) -> Result<Vec<(Date, f64)>, Diagnostics> {
    let mut problems = Diagnostics::new();
    let meaning = "a rate as a fraction, 0.024 for 2.4 %";
    let found = sourced_table::rows(source, &mut problems, |row| {
        let rate = row.value(column, (0.0, 5.0), meaning)?;
        Ok((row.date("from")?, 100.0 * rate))
    });
    problems.into_result(found)
}

#[cfg(test)]
mod tests;
