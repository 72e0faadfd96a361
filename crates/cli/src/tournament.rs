//! `tournament`: the strategies of talks against each other.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tradewinds_runner::ensemble::Control;
use tradewinds_runner::launch::write_whole;
use tradewinds_runner::tournament::{self, Tournament};

use crate::limits::{LimitFlags, cores};
use crate::print::{NoteCommand, say, say_json};
use crate::progress::{self, note};
use crate::{Form, Outcome, inputs, run};

/// Play every strategy of the principal of talks against every strategy of its partners
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/tournament.txt"))]
pub(crate) struct Arguments {
    /// Name of an experiment with talks
    experiment: String,
    /// Replications of each pairing
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    replications: Option<u32>,
    /// Change a key of the experiment, as `population.firms_per_cell=1`
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

pub(crate) fn tournament(arguments: &Arguments) -> Outcome {
    let mut set = arguments.set.clone();
    set.extend(arguments.replications.map(|n| format!("replications={n}")));
    let experiment = inputs::experiment(Some(&arguments.experiment), &set)?;
    arguments.limits.check(&experiment, cores())?;
    let tournament = Tournament::of(&experiment)?;
    let control = Arc::new(Control::default());
    run::stop_on_interrupt(&control)?;
    if !arguments.quiet {
        note(&format!("{}: {} runs", experiment.title, tournament.runs()));
    }
    let scores = progress::watch(&control, tournament.runs(), arguments.quiet, || {
        tournament.play(&control)
    })?;
    run::go_on(&control)?;
    if let Some(file) = &arguments.markdown {
        let command = NoteCommand {
            name: "tournament",
            experiment: &arguments.experiment,
            only: None,
            replications: arguments.replications,
            set: &arguments.set,
            file,
        };
        let text = tournament::markdown(&experiment.title, &scores, &command.to_string());
        write_whole(file, text.as_bytes())?;
    }
    if arguments.form.json {
        return say_json(&json!({ "pairings": tournament::to_json(&scores) }));
    }
    say(&tournament::table(&scores))
}
