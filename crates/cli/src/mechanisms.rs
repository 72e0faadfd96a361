//! `mechanisms`: each mechanism on and off, with the p-value of the difference.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tradewinds_runner::ensemble::Control;
use tradewinds_runner::launch::write_whole;
use tradewinds_runner::mechanisms::{self, Mechanisms, Setting};

use crate::failure::Failure;
use crate::limits::{LimitFlags, cores};
use crate::print::{NoteCommand, say, say_json};
use crate::progress::{self, note};
use crate::{Form, Outcome, inputs, run};

/// Switch each mechanism on and off, and test what that does to its observable
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/mechanisms.txt"))]
pub(crate) struct Arguments {
    /// Name of an experiment with a mechanisms.toml
    #[arg(default_value = "mechanisms")]
    experiment: String,
    /// Only the mechanism of this name
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Replications of each run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    replications: Option<u32>,
    /// Change a key of the experiment, as `population.firms_per_cell=5`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Write a note with the table
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

pub(crate) fn mechanisms(arguments: &Arguments) -> Outcome {
    let mut set = arguments.set.clone();
    set.extend(arguments.replications.map(|n| format!("replications={n}")));
    let experiment = inputs::experiment(Some(&arguments.experiment), &set)?;
    let mut list = Mechanisms::load(&experiment)?;
    if let Some(name) = &arguments.only {
        let known: Vec<String> = list.list.iter().map(|one| one.name.clone()).collect();
        list.list.retain(|one| one.name == *name);
        if list.list.is_empty() {
            return Err(Failure::Request {
                problem: format!("there is no mechanism `{name}`"),
                help: format!("there are {}", known.join(", ")),
            });
        }
    }
    let settings = list.settings();
    for setting in &settings {
        arguments.limits.check(&setting.experiment, cores())?;
    }
    let control = Arc::new(Control::default());
    run::stop_on_interrupt(&control)?;
    let runs = settings.iter().map(Setting::runs).sum();
    if !arguments.quiet {
        note(&format!("{}: {runs} runs", experiment.title));
    }
    let found = progress::watch(&control, runs, arguments.quiet, || {
        mechanisms::run(&list, &settings, &control)
    })?;
    run::go_on(&control)?;
    if let Some(file) = &arguments.markdown {
        let command = NoteCommand {
            name: "mechanisms",
            experiment: &arguments.experiment,
            only: arguments.only.as_deref(),
            replications: arguments.replications,
            set: &arguments.set,
            file,
        };
        let command = command.to_string();
        write_whole(
            file,
            mechanisms::markdown(&list, &found, &command).as_bytes(),
        )?;
    }
    if arguments.form.json {
        say_json(&json!({ "mechanisms": mechanisms::to_json(&found) }))?;
    } else {
        say(&mechanisms::table(&found))?;
    }
    let failed: Vec<&str> = (found.iter())
        .filter(|effect| !effect.holds())
        .map(|effect| effect.mechanism.name.as_str())
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::Result(format!(
        "without the expected effect at p < {}: {}",
        mechanisms::LEVEL,
        failed.join(", ")
    )))
}
