//! Scenarios × replications on all cores.
//!
//! A shard is a fixed range of replications, run on one worker from the first
//! to the last, every scenario of a replication before the next replication.
//! Shards write their own part files, so neither the content nor the bytes of
//! a dataset depend on threads or on the order in which shards finish.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rayon::prelude::*;
use tradewinds_engine::accounts::{Audit, Breach};
use tradewinds_engine::firm::Rows as FirmRows;
use tradewinds_engine::markup::FlooredMarkups;
use tradewinds_engine::model::Model;
use tradewinds_engine::observe::{ObservePlugin, Recorded};
use tradewinds_engine::{BuildError, Simulation, baseline, tables};
use tradewinds_kernel::record::Rows;
use tradewinds_output::{DatasetWriter, Manifest, OutputError, PartEntry};

use crate::calibrate::CalibrationError;
use crate::others::Others;
use crate::outcomes::{DecileCost, Lens, MEASURES, Outcome, of_talks};
use crate::parameters::Parameters;
use crate::plan::RatesCache;
pub use crate::plan::{Plan, PlannedScenario};
pub use crate::run_tables::{HOUSEHOLD_COSTS, MOMENTS, PARAMETER_DRAWS, RUNS, all_tables};
use crate::series::Series;

/// Why an ensemble stopped.
#[derive(Debug, thiserror::Error)]
pub enum EnsembleError {
    /// A world and parameters that do not make a model.
    #[error("replication {replication}: {source}")]
    Calibration {
        /// Which replication.
        replication: u32,
        /// Why.
        source: CalibrationError,
    },
    /// A schedule that is not well ordered.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Accounts that do not close.
    #[error("scenario {scenario}, replication {replication}: {source}")]
    Breach {
        /// Name of the scenario.
        scenario: String,
        /// Which replication.
        replication: u32,
        /// What does not close.
        source: Breach,
    },
    /// The dataset could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Outcomes of one replication: by scenario against the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicationOutcomes {
    /// Which replication.
    pub replication: u32,
    /// By scenario in the order of the plan; empty for the baseline.
    pub scenarios: Vec<Vec<Outcome>>,
}

/// What an ensemble found.
#[derive(Debug)]
pub struct Finished {
    /// The manifest of the dataset.
    pub manifest: Manifest,
    /// Outcomes by replication, in order.
    pub outcomes: Vec<ReplicationOutcomes>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Largest residual of a world identity, as a share of world output in a tick.
    pub worst_world: f64,
    /// Largest residual of an agent, as a share of its gross flow.
    pub worst_agent: f64,
}

/// Progress and interruption, shared with whoever watches.
#[derive(Debug, Default)]
pub struct Control {
    /// Runs finished.
    pub finished: AtomicUsize,
    /// Set to stop at the end of the current runs.
    pub stop: AtomicBool,
}

/// Shards of a small ensemble; more replications make more shards of
/// [`LARGEST_SHARD`], so that any number of cores has work.
const SHARDS: usize = 16;
/// Most replications in a shard.
const LARGEST_SHARD: usize = 64;

/// Ranges of replications, by their number alone: the dataset does not depend
/// on threads. Replications that share a draw of parameters stay together.
fn shards(count: usize, repeats: usize) -> Vec<std::ops::Range<usize>> {
    let size = count
        .div_ceil(SHARDS)
        .clamp(1, LARGEST_SHARD)
        .next_multiple_of(repeats);
    (0..count)
        .step_by(size)
        .map(|first| first..(first + size).min(count))
        .collect()
}

/// Runs the plan and writes a dataset to `folder`.
///
/// # Errors
/// The first [`EnsembleError`]; a dataset without a manifest is then left for
/// the next run to clear.
pub fn run(plan: &Plan, folder: &Path, control: &Control) -> Result<Finished, EnsembleError> {
    let writer = DatasetWriter::create(folder, &all_tables(), plan.provenance.clone())?;
    let shards = shards(plan.draws.len(), plan.repeats);
    let done: Vec<ShardDone> = shards
        .into_par_iter()
        .enumerate()
        .map(|(shard, range)| run_shard(plan, &writer, shard, range, control))
        .collect::<Result<_, _>>()?;
    let interrupted = control.stop.load(Ordering::Relaxed);
    let mut finished = Finished {
        manifest: Manifest {
            format: 0,
            provenance: BTreeMap::new(),
            run: BTreeMap::new(),
            tables: Vec::new(),
        },
        outcomes: Vec::new(),
        interrupted,
        worst_world: 0.0,
        worst_agent: 0.0,
    };
    let mut parts = Vec::new();
    let mut others = vec![Others::default(); plan.scenarios.len()];
    for shard in done {
        for (all, own) in others.iter_mut().zip(&shard.others) {
            all.merge(own);
        }
        parts.extend(shard.parts);
        finished.outcomes.extend(shard.outcomes);
        finished.worst_world = finished.worst_world.max(shard.worst_world);
        finished.worst_agent = finished.worst_agent.max(shard.worst_agent);
    }
    let mut moments = writer.part(MOMENTS.name, "0000")?;
    for (scenario, others) in others.iter().enumerate() {
        moments.push(&others.rows(plan, scenario))?;
    }
    parts.push(moments.finish()?);
    let mut facts = BTreeMap::from([
        ("interrupted".to_owned(), interrupted.to_string()),
        (
            "replications".to_owned(),
            finished.outcomes.len().to_string(),
        ),
    ]);
    for (at, warning) in plan.warnings()?.iter().enumerate() {
        facts.insert(format!("warning_{}", at + 1), warning.to_string());
    }
    finished.manifest = writer.finish(parts, facts)?;
    Ok(finished)
}

struct ShardDone {
    others: Vec<Others>,
    parts: Vec<PartEntry>,
    outcomes: Vec<ReplicationOutcomes>,
    worst_world: f64,
    worst_agent: f64,
}

fn run_shard(
    plan: &Plan,
    writer: &DatasetWriter,
    shard: usize,
    range: std::ops::Range<usize>,
    control: &Control,
) -> Result<ShardDone, EnsembleError> {
    let name = format!("{shard:04}");
    let mut parts = tables::ALL
        .iter()
        .map(|table| writer.part(table.name, &name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut runs_part = writer.part(RUNS.name, &name)?;
    let mut parameters_part = writer.part(PARAMETER_DRAWS.name, &name)?;
    let mut costs_part = writer.part(HOUSEHOLD_COSTS.name, &name)?;
    let mut done = ShardDone {
        others: vec![Others::default(); plan.scenarios.len()],
        parts: Vec::new(),
        outcomes: Vec::new(),
        worst_world: 0.0,
        worst_agent: 0.0,
    };
    let mut rates = RatesCache::of(plan.every_scenario());
    for replication in range {
        if control.stop.load(Ordering::Relaxed) {
            break;
        }
        let results = run_replication(plan, replication as u32, &mut rates, control)?;
        parameters_part.push(&parameter_rows(
            &plan.draws[replication],
            replication as u32,
        ))?;
        for (scenario, result) in results.iter().enumerate() {
            runs_part.push(&result.row(plan, scenario, replication as u32))?;
            done.others[scenario].push(&result.recorded);
            for (part, rows) in parts.iter_mut().zip(result.recorded.tables()) {
                if plan.writes(rows.spec()) {
                    part.push(rows)?;
                }
            }
            done.worst_world = done.worst_world.max(result.worst_world);
            done.worst_agent = done.worst_agent.max(result.worst_agent);
        }
        let (outcomes, costs) = plan.compare(replication as u32, &results);
        done.outcomes.push(outcomes);
        costs_part.push(&costs)?;
    }
    let own = [runs_part, parameters_part, costs_part];
    for part in parts.into_iter().chain(own) {
        done.parts.push(part.finish()?);
    }
    Ok(done)
}

fn parameter_rows(parameters: &Parameters, replication: u32) -> Rows {
    let names: Arc<[String]> = parameters.iter().map(|(name, _)| name.to_owned()).collect();
    let mut rows = Rows::new(&PARAMETER_DRAWS, &[names]);
    for (at, (_, value)) in parameters.iter().enumerate() {
        let _ = rows.row().count(replication).code(at).number(value);
    }
    rows
}

/// One finished run.
pub(crate) struct RunResult {
    pub(crate) recorded: Recorded,
    ticks: u32,
    firms: usize,
    lines: usize,
    floored_markups: u64,
    worst_world: f64,
    worst_agent: f64,
    pub(crate) economy: Arc<tradewinds_equilibrium::Economy>,
}

impl RunResult {
    fn row(&self, plan: &Plan, scenario: usize, replication: u32) -> Rows {
        let mut rows = Rows::new(&RUNS, &[plan.scenario_names()]);
        let row = rows
            .row()
            .code(scenario)
            .count(replication)
            .count(self.ticks);
        let row = row.count(self.firms as u32).count(self.lines as u32);
        let row = row.count(u32::try_from(self.floored_markups).unwrap_or(u32::MAX));
        let _ = row.number(self.worst_world).number(self.worst_agent);
        rows
    }
}

/// The scenarios of the cache in one replication, in its order.
pub(crate) fn run_replication(
    plan: &Plan,
    replication: u32,
    rates: &mut RatesCache,
    control: &Control,
) -> Result<Vec<RunResult>, EnsembleError> {
    let models = plan.models(replication, rates)?;
    let run_one = |(scenario, model)| {
        let result = plan.simulate(model, scenario);
        control.finished.fetch_add(1, Ordering::Relaxed);
        result
    };
    let scenarios = rates.scenarios.iter().copied();
    scenarios.zip(models).map(run_one).collect()
}

impl Plan {
    /// Time of one run by system, in the order of the tick.
    ///
    /// # Errors
    /// As [`run`].
    pub fn profile(
        &self,
        replication: u32,
        scenario: usize,
    ) -> Result<Vec<(String, Duration)>, EnsembleError> {
        let model = self.model(replication, scenario)?;
        let mechanisms = (baseline, ObservePlugin(self.watch(scenario)));
        let (mut simulation, profile) = Simulation::profiled(model, mechanisms)?;
        for _ in 0..self.ticks {
            simulation.step().map_err(|source| EnsembleError::Breach {
                scenario: self.scenarios[scenario].name.clone(),
                replication,
                source,
            })?;
        }
        Ok(simulation
            .systems()
            .into_iter()
            .zip(profile.times())
            .collect())
    }

    fn simulate(&self, model: Model, scenario: usize) -> Result<RunResult, EnsembleError> {
        let replication = model.replication;
        let economy = model.economy.clone();
        let watch = self.watch(scenario);
        let mut simulation = Simulation::new(model, (baseline, ObservePlugin(watch)))?;
        for _ in 0..self.ticks {
            simulation.step().map_err(|source| EnsembleError::Breach {
                scenario: self.scenarios[scenario].name.clone(),
                replication,
                source,
            })?;
        }
        let rows = simulation.world().resource::<FirmRows>();
        let (firms, lines) = (rows.firm_count(), rows.line_count());
        let floored_markups = simulation.world().resource::<FlooredMarkups>().0;
        let audit = simulation.world().resource::<Audit>();
        let (worst_world, worst_agent) = (audit.worst_world, audit.worst_agent);
        let recorded = simulation.world_mut().remove_resource::<Recorded>();
        let Some(recorded) = recorded else {
            panic!("a run without records")
        };
        Ok(RunResult {
            recorded,
            ticks: self.ticks,
            firms,
            lines,
            floored_markups,
            worst_world,
            worst_agent,
            economy,
        })
    }

    /// Outcomes of every scenario against the baseline, and the rows of
    /// [`HOUSEHOLD_COSTS`].
    fn compare(&self, replication: u32, results: &[RunResult]) -> (ReplicationOutcomes, Rows) {
        let base = &results[self.baseline];
        let baseline = Series::of(&base.recorded);
        let labels = self.labels(0);
        let periods = baseline.macroeconomy.periods;
        let periods_per_year = (1.0 / (self.tick.years() * f64::from(self.period)))
            .round()
            .max(1.0) as usize;
        let rebate_share = self.draws[replication as usize].get("rebate_share");
        let lens = Lens {
            economy: &base.economy,
            focus: self.focus,
            window: self.window_periods(&baseline),
            periods_per_year,
            economies: &labels.economies,
            sectors: &labels.sectors,
            users: &labels.users,
            world: &self.world,
            rebate_share: self.closure.share_returned(rebate_share.unwrap_or(0.0)),
        };
        let mut costs = self.cost_rows();
        let mut scenarios = Vec::new();
        for (at, result) in results.iter().enumerate() {
            if at == self.baseline || periods == 0 {
                scenarios.push(Vec::new());
                continue;
            }
            let series = Series::of(&result.recorded);
            let mut own = lens.outcomes(&series, &baseline);
            if let Some(campaign) = &self.scenarios[at].talks {
                own.extend(of_talks(campaign, &result.recorded.talks));
                own.extend(lens.welfare_of_all(&series, &baseline));
            }
            scenarios.push(own);
            for n in &self.watched {
                for cost in lens.costs(&series, &baseline, *n) {
                    push_cost(&mut costs, (at, replication), &cost);
                }
            }
        }
        let outcomes = ReplicationOutcomes {
            replication,
            scenarios,
        };
        (outcomes, costs)
    }

    fn cost_rows(&self) -> Rows {
        let labels = self.labels(0);
        let measures: Arc<[String]> = MEASURES.map(str::to_owned).into();
        let names = [labels.scenarios, labels.economies, measures];
        Rows::new(&HOUSEHOLD_COSTS, &names)
    }
}

/// Rows of a decile in a scenario and replication.
fn push_cost(rows: &mut Rows, (scenario, replication): (usize, u32), cost: &DecileCost) {
    for (measure, value) in cost.values().into_iter().enumerate() {
        let per_household = cost.households.map_or(f64::NAN, |count| value / count);
        let row = rows.row().code(scenario).count(replication);
        let row = row.code(cost.economy).count(cost.decile as u32);
        let row = row.code(measure).number(value).number(per_household);
        let _ = row.number(value / cost.income);
    }
}
