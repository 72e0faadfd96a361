//! `backtest`: forecasts against the record, with their scores.

use std::path::PathBuf;
use std::sync::Arc;

use tradewinds_runner::backtest::{self, Backtest};
use tradewinds_runner::ensemble::Control;
use tradewinds_runner::launch::write_whole;

use crate::failure::Failure;
use crate::limits::{LimitFlags, cores};
use crate::print::{NoteCommand, say, say_json};
use crate::progress::{self, note};
use crate::{Form, Outcome, inputs, run};

/// Forecast approval and share indices week by week, and score that against the record
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/backtest.txt"))]
pub(crate) struct Arguments {
    /// Name of an experiment with a backtest.toml
    #[arg(default_value = "backtest")]
    experiment: String,
    /// Only the window of this name
    #[arg(long, value_name = "WINDOW")]
    only: Option<String>,
    /// Replications of each run: members of a forecast
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    replications: Option<u32>,
    /// Change a key of the experiments, as `population.firms_per_cell=5`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Write a note with the tables
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// No progress
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    limits: LimitFlags,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn backtest(arguments: &Arguments) -> Outcome {
    let mut set = arguments.set.clone();
    set.extend(arguments.replications.map(|n| format!("replications={n}")));
    let experiment = inputs::experiment(Some(&arguments.experiment), &set)?;
    let mut list = Backtest::load(&experiment, &set)?;
    if let Some(name) = &arguments.only {
        let known: Vec<String> = list.windows.iter().map(|one| one.name.clone()).collect();
        list.windows.retain(|one| one.name == *name);
        if list.windows.is_empty() {
            return Err(Failure::Request {
                problem: format!("there is no window `{name}`"),
                help: format!("there are {}", known.join(", ")),
            });
        }
    }
    for window in &list.windows {
        let own = &list.experiments[window.experiment];
        arguments.limits.check(own, cores())?;
    }
    let control = Arc::new(Control::default());
    run::stop_on_interrupt(&control)?;
    let runs = list.runs();
    if !arguments.quiet {
        note(&format!("{}: {runs} runs", list.title));
    }
    if let Some(warning) = list.warning() {
        note(&format!("warning: {warning}"));
    }
    let found = progress::watch(&control, runs, arguments.quiet, || {
        backtest::run(&list, &control)
    })?;
    run::go_on(&control)?;
    if let Some(file) = &arguments.markdown {
        let command = NoteCommand {
            name: "backtest",
            experiment: &arguments.experiment,
            only: arguments.only.as_deref(),
            replications: arguments.replications,
            set: &arguments.set,
            file,
        };
        let command = command.to_string();
        write_whole(file, backtest::markdown(&list, &found, &command).as_bytes())?;
    }
    if arguments.form.json {
        say_json(&backtest::to_json(&list, &found))
    } else {
        say(&backtest::table(&list, &found))
    }
}
