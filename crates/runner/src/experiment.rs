//! Experiments: a question put to a world, as an `experiment.toml` says it.
//!
//! [`Experiment::load`] reads the file with everything it names (its parents,
//! world, law, default parameters, added measures), checks all of it in one
//! pass and hands out what a run needs. Nothing is allocated by the numbers in
//! the file; [`Experiment::check_limits`] refuses what would not fit.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;
use tradewinds_config::{Diagnostics, Override, Source};
use tradewinds_engine::approval::HeldVote;
use tradewinds_engine::government::FiscalPlan;
use tradewinds_kernel::clock::TickLength;
use tradewinds_policy::{LawBook, Practice, Reform, TariffSchedule};
use tradewinds_units::{Date, days_after, days_between};
use tradewinds_world::World;

use crate::closure::Closure;
use crate::design::Design;
use crate::library::{
    EXPERIMENT_FILE, EXPERIMENT_FOLDER, Input, Library, LibraryError, experiment_path, project_of,
};
use crate::parameters::{ParameterSpec, Parameters, parameter};
use crate::prior::Prior;
use crate::rates::Span;
use crate::scenario::{Scenario, compile, is_plain};

mod clash;
mod defaults;
mod fields;
mod fiscal;
mod limits;
mod read;
mod read_parameters;
mod talks;
#[cfg(test)]
mod tests;

pub use clash::{Change, OtherRun, changes, same_run};
pub use defaults::{DefaultEntry, Defaults, Preset, defaults_spec};
pub(crate) use fields::leak;
pub use fields::{experiment_spec, scenario_spec};
pub use limits::{LimitError, Limits};
pub use talks::TalksSpec;

/// Why an experiment cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// A mistake in a file or an override; exit code 2.
    #[error(transparent)]
    Config(#[from] Diagnostics),
    /// A file that cannot be read, a name that stands for nothing (exit code
    /// 2), or a world that does not fit together (exit code 3).
    #[error(transparent)]
    Library(LibraryError),
    /// Refused by a limit; exit code 4.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

impl From<LibraryError> for ExperimentError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Config(errors) => Self::Config(errors),
            other => Self::Library(other),
        }
    }
}

impl ExperimentError {
    /// Exit code of a program that stops with this error.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) => 2,
            Self::Limit(_) => 4,
            Self::Library(error) => error.exit_code(),
        }
    }
}

/// A parameter that is not known, and what is believed about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// Name of the parameter, with the sector where it is for one.
    pub name: String,
    /// What is believed.
    pub prior: Prior,
    /// Whether the draw multiplies the default values instead of replacing them.
    pub relative: bool,
    /// Where the prior comes from.
    pub source: String,
    /// `estimated`, `calibrated` or `guessed`.
    pub status: String,
}

/// How much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Moments and quantiles over replications.
    Summary,
    /// Flows and prices of each replication.
    Aggregate,
    /// Every firm as well.
    Panel,
}

/// Economies recorded one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watched {
    /// Those whose law changes in some scenario.
    Changing,
    /// These, by index in the world.
    These(Vec<usize>),
}

/// What is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Collect {
    /// How much.
    pub level: Level,
    /// Ticks per record.
    pub period: u32,
    /// Economies recorded one by one.
    pub economies: Watched,
}

/// What the summary is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcomes {
    /// Index of the importer.
    pub economy: usize,
    /// First day of the window that is averaged.
    pub from: Date,
    /// Last day of the window that is averaged.
    pub to: Date,
}

/// A checked experiment.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// Name in paths and tables.
    pub name: String,
    /// Title in words.
    pub title: String,
    /// The question it answers.
    pub question: String,
    /// Name of the world.
    pub world_name: String,
    /// The world of the base year.
    pub world: Arc<World>,
    /// National votes that were held, of economies of the world.
    pub held: Arc<[HeldVote]>,
    /// The law on the books.
    pub law: Arc<LawBook>,
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// Day whose law the base year holds.
    pub base_law: Date,
    /// Length of a tick.
    pub tick: TickLength,
    /// Index of the scenario that the others are compared with.
    pub baseline: usize,
    /// Samples of parameters and repeats with other noise.
    pub design: Design,
    /// Firms per economy and sector.
    pub firms_per_cell: usize,
    /// Market shares of the importer-retailers of a market.
    pub importer_shares: Vec<f64>,
    /// Agents that stand for a bloc of voters.
    pub voters_per_bloc: usize,
    /// How the law is applied, before the parameters for uptake and claims.
    pub practice: Practice,
    /// The default parameters with their sources.
    pub defaults: Defaults,
    /// Defaults with the constants of the file in their place.
    pub parameters: Parameters,
    /// Parameters that are drawn.
    pub uncertainties: Vec<Uncertainty>,
    /// The scenarios, in the order of the file.
    pub scenarios: Vec<Scenario>,
    /// What is fixed and what adjusts.
    pub closure: Closure,
    /// What governments decide beside the law, by scenario.
    pub fiscal: Vec<FiscalPlan>,
    /// Governments that bargain in some scenarios.
    pub talks: Option<TalksSpec>,
    /// What is written.
    pub collect: Collect,
    /// What the summary is about.
    pub outcomes: Outcomes,
    /// Changes made by `--set` and flags.
    pub overrides: Vec<Override>,
    /// Every file it was made of, with its hash.
    pub inputs: Vec<Input>,
    /// The file after inheritance, overrides and defaults, with the hashes of
    /// its inputs, as sorted JSON.
    pub resolved: Json,
    /// BLAKE3 of `resolved`, in hexadecimal: experiments with the same hash
    /// give the same results.
    pub config_hash: String,
    /// Path of its file in the library it was read from.
    pub path: String,
    library: Library,
}

impl Experiment {
    /// Reads the experiment `name`: the name of one of the library's, or the
    /// path of a file or folder on disk, whose project then lies over the
    /// library. `overrides` are `key=value`, as in `population.firms_per_cell=5`.
    ///
    /// # Errors
    /// Every mistake in the files and overrides in one pass, or why a file
    /// cannot be read.
    pub fn load(
        library: &Library,
        name: &str,
        overrides: &[String],
    ) -> Result<Self, ExperimentError> {
        let (library, path) = locate(library, name)?;
        read::experiment(library, &path, overrides)
    }

    /// The same file of the same library with more overrides.
    ///
    /// # Errors
    /// As [`Experiment::load`].
    pub(crate) fn with(&self, overrides: &[String]) -> Result<Self, ExperimentError> {
        let own = self.overrides.iter().map(|one| &one.assignment);
        let all: Vec<String> = own.chain(overrides).cloned().collect();
        read::experiment(self.library.fresh(), &self.path, &all)
    }

    /// Whether runs of both are the same to the bit: all they are made of is equal,
    /// wherever it is written.
    pub(crate) fn runs_as(&self, other: &Self) -> bool {
        let rest = |one: &Self| {
            let mut json = one.resolved.clone();
            json.as_object_mut().map(|map| map.remove("parameters"));
            json
        };
        self.parameters == other.parameters
            && self.closure == other.closure
            && rest(self) == rest(other)
    }

    /// The library it was read from.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Path of a file that lies beside the experiment's.
    pub fn beside(&self, name: &str) -> String {
        match self.path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{name}"),
            None => name.to_owned(),
        }
    }

    /// A file that lies beside the experiment's, as a source of diagnostics.
    ///
    /// # Errors
    /// [`LibraryError::Absent`] with the experiments that have one, or why it cannot be read.
    pub(crate) fn source_beside(&self, name: &str) -> Result<Source, LibraryError> {
        let path = self.beside(name);
        if self.library.holds(&path) {
            return self.library.source(&path);
        }
        let mut known = self.library.experiments();
        known.retain(|one| {
            self.library
                .holds(&format!("{EXPERIMENT_FOLDER}/{one}/{name}"))
        });
        Err(LibraryError::Absent {
            path,
            file: name.to_owned(),
            known: known.join(", "),
        })
    }

    /// Number of whole ticks from the first to the last day.
    pub fn ticks(&self) -> u32 {
        let days = days_between(self.start, self.end) + 1;
        u32::try_from(days / i64::from(tick_days(self.tick))).unwrap_or(0)
    }

    /// Last day of the last whole tick.
    pub(crate) fn last_day(&self) -> Date {
        let days = i64::from(self.ticks()) * i64::from(tick_days(self.tick));
        days_after(self.start, days - 1)
    }

    /// Days of a record.
    pub(crate) fn period_days(&self) -> i64 {
        i64::from(self.collect.period) * i64::from(tick_days(self.tick))
    }

    /// Replications of each scenario.
    pub fn replications(&self) -> u32 {
        self.design.replications
    }

    /// Seed of all draws.
    pub fn seed(&self) -> u64 {
        self.design.seed
    }

    /// Days of the simulation and of the base year's law.
    pub fn span(&self) -> Span {
        Span {
            base: self.base_law,
            start: self.start,
            end: self.end,
        }
    }

    /// The law on the books, before any scenario changes it.
    ///
    /// # Errors
    /// As [`Experiment::schedules`].
    pub fn books(&self) -> Result<TariffSchedule, Diagnostics> {
        let unchanged = Scenario {
            name: "on-the-books".to_owned(),
            title: "The law on the books".to_owned(),
            reform: Reform::default(),
        };
        compile(&unchanged, &self.law, &self.practice, &self.library)
    }

    /// The law of each scenario, in their order.
    ///
    /// # Errors
    /// As [`Experiment::load`], which has made them once already.
    pub fn schedules(&self) -> Result<Vec<TariffSchedule>, Diagnostics> {
        let schedule = |scenario| compile(scenario, &self.law, &self.practice, &self.library);
        self.scenarios.iter().map(schedule).collect()
    }

    /// Whether links without trade may open in some replication.
    pub(crate) fn opens_links(&self) -> bool {
        const SHARE: &str = "new_origin_share";
        let drawn = self.uncertainties.iter().any(|one| one.name == SHARE);
        drawn || self.parameters.get(SHARE).is_ok_and(|share| share > 0.0)
    }

    /// The parameters of a replication. They depend on the seed, the names of
    /// the uncertainties and the replication's sample, never on the scenario. Those that
    /// are whole numbers are rounded.
    ///
    /// # Panics
    /// When a prior leaves the range of its parameter, which loading excludes.
    pub fn draw(&self, replication: u32) -> Parameters {
        let sample = self.design.sample_of(replication);
        let mut values = self.parameters.clone();
        // Values for all sectors first, so that those of one sector stay.
        let (own, all): (Vec<_>, Vec<_>) =
            (self.uncertainties.iter()).partition(|one| one.name.contains('.'));
        for uncertainty in all.into_iter().chain(own) {
            let at = self.design.coordinate(&uncertainty.name, sample);
            let draw = uncertainty.prior.quantile(at);
            values = if uncertainty.relative {
                scaled(&values, &uncertainty.name, draw)
            } else {
                replaced(&values, &uncertainty.name, draw)
            };
        }
        let is_whole = |name: &str| parameter(name).is_some_and(ParameterSpec::is_whole);
        match self.uncertainties.iter().any(|one| is_whole(&one.name)) {
            true => filled(values.iter().map(|(name, value)| match is_whole(name) {
                true => (name, value.round()),
                false => (name, value),
            })),
            false => values,
        }
    }

    /// The parameters of every replication, in order.
    pub fn draws(&self) -> Vec<Parameters> {
        (0..self.replications()).map(|one| self.draw(one)).collect()
    }

    /// What determines the results, for the provenance of a dataset.
    pub fn provenance(&self) -> BTreeMap<String, String> {
        let entries = [
            ("experiment", self.name.clone()),
            ("title", self.title.clone()),
            ("world", self.world_name.clone()),
            ("parameters", self.defaults.preset.clone()),
            ("seed", self.seed().to_string()),
            ("config_hash", self.config_hash.clone()),
            ("config", self.resolved.to_string()),
        ];
        let mut all: BTreeMap<String, String> = entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        if !self.overrides.is_empty() {
            let list: Vec<&str> = (self.overrides.iter())
                .map(|one| one.assignment.as_str())
                .collect();
            all.insert("overrides".into(), list.join("\n"));
        }
        all
    }
}

/// Days of a calendar tick.
fn tick_days(tick: TickLength) -> u32 {
    match tick {
        TickLength::Days(days) => days.max(1),
        TickLength::PerYear(ticks) => (365 / ticks.max(1)).max(1),
    }
}

/// Whether the value `entry` belongs to the parameter `name`, in any sector.
fn belongs(entry: &str, name: &str) -> bool {
    let rest = entry.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The parameters with one value in the place of all those called `name`.
fn replaced(values: &Parameters, name: &str, value: f64) -> Parameters {
    let kept = values.iter().filter(|(entry, _)| !belongs(entry, name));
    filled(kept.chain([(name, value)]))
}

/// The parameters with all those called `name` times `factor`.
fn scaled(values: &Parameters, name: &str, factor: f64) -> Parameters {
    let scale = |(entry, value)| match belongs(entry, name) {
        true => (entry, value * factor),
        false => (entry, value),
    };
    filled(values.iter().map(scale))
}

fn filled<'a>(entries: impl Iterator<Item = (&'a str, f64)>) -> Parameters {
    let mut values = Parameters::default();
    for (name, value) in entries {
        if let Err(error) = values.set(name, value) {
            panic!("a checked experiment gave a wrong parameter: {error}");
        }
    }
    values
}

/// The library an experiment is read from and its path there.
fn locate(library: &Library, name: &str) -> Result<(Library, String), ExperimentError> {
    let on_disk = Path::new(name);
    let own = experiment_path(name);
    if is_plain(name) && library.holds(&own) {
        return Ok((library.fresh(), own));
    }
    if !on_disk.exists() {
        let bundled = [name.to_owned(), format!("{name}/{EXPERIMENT_FILE}")];
        if let Some(path) = bundled.into_iter().find(|path| library.holds(path)) {
            return Ok((library.fresh(), path));
        }
        return Err(ExperimentError::Library(LibraryError::Unknown {
            kind: "experiment or file",
            name: name.to_owned(),
            known: library.experiments().join(", "),
        }));
    }
    let fault = |source| {
        ExperimentError::Library(LibraryError::Read {
            path: name.to_owned(),
            source,
        })
    };
    let mut file = on_disk.canonicalize().map_err(fault)?;
    if file.is_dir() {
        file.push(EXPERIMENT_FILE);
    }
    let root = project_of(&file);
    let inside = file.strip_prefix(root).unwrap_or(&file);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    Ok((library.under(root)?, parts.join("/")))
}
