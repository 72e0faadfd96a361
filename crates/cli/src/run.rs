//! `run`: an experiment, its table, and where its data lie.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tradewinds_output::verify;
use tradewinds_runner::ensemble::{Control, Plan};
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::launch::{self, LaunchError, Standing};
use tradewinds_runner::report_text::table;

use crate::failure::Failure;
use crate::limits::{LimitFlags, cores};
use crate::print::{grouped, say};
use crate::profile::Profile;
use crate::progress::{self, note};
use crate::{Outcome, figure, inputs, profile};

/// Run an experiment: scenarios x replications, a table, a dataset
#[derive(Debug, Default, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/run.txt"))]
pub(crate) struct Arguments {
    /// Name of an experiment, or path of its file or folder
    experiment: Option<String>,
    /// Draw a picture of the result beside the dataset
    #[arg(long)]
    figure: bool,
    /// Folder of the dataset [default: results/<experiment>/<hash>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replications of each scenario
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replications: Option<u32>,
    /// Threads [default: all cores]; the results do not depend on them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Seed of all draws
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// How much is written
    #[arg(long, value_name = "L", value_parser = ["summary", "aggregate", "panel"])]
    level: Option<String>,
    /// Change a key of the experiment, as `population.firms_per_cell=5`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Print where the time went
    #[arg(long)]
    profile: bool,
    /// No progress
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    limits: LimitFlags,
}

impl Arguments {
    /// Flags and `--set` as changes of keys of the experiment; a flag goes last.
    fn overrides(&self) -> Vec<String> {
        let mut all = self.set.clone();
        all.extend(self.replications.map(|n| format!("replications={n}")));
        all.extend(self.seed.map(|seed| format!("seed={seed}")));
        all.extend(
            self.level
                .as_ref()
                .map(|level| format!("collect.level={level}")),
        );
        all
    }

    fn workers(&self) -> usize {
        self.threads.map_or_else(cores, usize::from)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let mut profile = Profile::start();
    let experiment = inputs::experiment(arguments.experiment.as_deref(), &arguments.overrides())?;
    arguments.limits.check(&experiment, arguments.workers())?;
    let folder = arguments
        .out
        .clone()
        .unwrap_or_else(|| launch::default_folder(&experiment));
    profile.step("read inputs");
    match launch::standing(&experiment, &folder, &inputs::build())? {
        Standing::Done(_) => {
            if reuse(arguments, &experiment, &folder)? {
                return Ok(());
            }
        }
        Standing::Outdated(why) => note(&format!(
            "{} holds a run of this configuration; it is replaced: {why}",
            folder.display()
        )),
        Standing::Free => {}
    }
    simulate(arguments, &experiment, &folder, profile)
}

/// Shows a finished dataset again; false when it has no summary to show.
fn reuse(arguments: &Arguments, experiment: &Experiment, folder: &Path) -> Result<bool, Failure> {
    let Some(summary) = launch::read_summary(folder) else {
        return Ok(false);
    };
    let damage = verify(folder).map_or(true, |found| !found.is_good());
    if damage {
        return Err(Failure::Request {
            problem: format!(
                "{} holds this run, but it is damaged (`tradewinds verify` says where)",
                folder.display()
            ),
            help: "delete the folder to run again, or name another with `--out`".to_owned(),
        });
    }
    note(&format!(
        "{} already holds this run: same configuration, same build; its results:",
        folder.display()
    ));
    say(&format!("\n{}", table(&summary)))?;
    if arguments.figure {
        figure::draw(experiment, &Plan::of(experiment)?, folder)?;
    }
    say(&directions(folder, &focus(experiment), arguments.figure))?;
    Ok(true)
}

fn simulate(
    arguments: &Arguments,
    experiment: &Experiment,
    folder: &Path,
    mut steps: Profile,
) -> Outcome {
    let plan = Plan::of(experiment)?;
    steps.step("read law");
    if !arguments.quiet {
        note(&headline(experiment, &plan));
    }
    for warning in plan.warnings().map_err(LaunchError::from)? {
        note(&format!("warning: {warning}"));
    }
    let control = Arc::new(Control::default());
    stop_on_interrupt(&control)?;
    let threads = arguments.threads.map(usize::from);
    let runs = plan.runs();
    let finished = progress::watch(&control, runs, arguments.quiet, || {
        launch::launch(plan.clone(), folder, &inputs::build(), threads, &control)
    })?;
    steps.step("simulate and write");
    let summary = launch::summarise(experiment, &finished);
    launch::write_summary(folder, &summary)?;
    if !finished.outcomes.is_empty() {
        say(&format!("\n{}", table(&summary)))?;
    }
    if arguments.figure && !finished.outcomes.is_empty() {
        figure::draw(experiment, &plan, folder)?;
        steps.step("draw");
    }
    let bytes = finished.manifest.bytes();
    say(&format!(
        "Accounts close: largest residual {:.0e} of world output in a tick, {:.0e} of an agent's own flow.\n\n{}",
        finished.worst_world,
        finished.worst_agent,
        directions(
            folder,
            &focus(experiment),
            arguments.figure && !finished.outcomes.is_empty()
        ),
    ))?;
    if arguments.profile {
        say(&steps.table(
            folder,
            finished.outcomes.len() * experiment.scenarios.len(),
            bytes,
        )?)?;
        say(&profile::systems(&plan)?)?;
    }
    if finished.interrupted {
        return Err(Failure::Interrupted {
            replications: finished.outcomes.len(),
            of: experiment.replications(),
            folder: folder.to_owned(),
        });
    }
    Ok(())
}

fn headline(experiment: &Experiment, plan: &Plan) -> String {
    let cells = experiment.world.economy_count() * experiment.world.sector_count();
    format!(
        "{}: {} scenarios x {} replications, {} firms in {} economies and {} sectors, {} ticks from {} to {}",
        experiment.title,
        experiment.scenarios.len(),
        experiment.replications(),
        grouped((cells * experiment.firms_per_cell) as u64),
        experiment.world.economy_count(),
        experiment.world.sector_count(),
        plan.ticks,
        experiment.start,
        experiment.end,
    )
}

/// Ends a command that keeps all in memory, where its user has stopped it.
///
/// # Errors
/// [`Failure::Stopped`].
pub(crate) fn go_on(control: &Control) -> Result<(), Failure> {
    match control.stop.load(Ordering::Relaxed) {
        true => Err(Failure::Stopped),
        false => Ok(()),
    }
}

/// The first interrupt ends the run at the end of the current replications, the
/// second at once.
pub(crate) fn stop_on_interrupt(control: &Arc<Control>) -> Result<(), Failure> {
    let control = Arc::clone(control);
    let handler = move || {
        if control.stop.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        note("stopping: the current replications end first; interrupt again to stop at once");
    };
    ctrlc::set_handler(handler).map_err(|error| Failure::Result(error.to_string()))
}

/// Code of the economy that the summary is about.
fn focus(experiment: &Experiment) -> String {
    experiment.world.economies[experiment.outcomes.economy].to_string()
}

/// Where the dataset lies and how to open it.
fn directions(folder: &Path, focus: &str, has_figure: bool) -> String {
    let shown = folder.display().to_string().replace('\\', "/");
    let figure = if has_figure {
        format!(", picture {shown}/{}", figure::FILE)
    } else {
        String::new()
    };
    format!(
        "Dataset: {shown} (tables as Parquet, manifest.json, summary.json{figure})\n\
         DuckDB:  SELECT scenario, date, avg(consumer_prices) FROM '{shown}/macro/*.parquet' WHERE economy = '{focus}' GROUP BY ALL ORDER BY ALL\n\
         polars:  pl.scan_parquet(\"{shown}/trade/*.parquet\").filter(pl.col(\"importer\") == \"{focus}\").collect()\n\
         Columns: tradewinds dictionary"
    )
}
