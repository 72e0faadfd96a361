//! `record`: recorded values beside simulated ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tradewinds_runner::ensemble::{Control, Plan};
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::launch::write_whole;
use tradewinds_runner::record::{self, Record, RecordPlan};

use crate::failure::Failure;
use crate::limits::{LimitFlags, cores};
use crate::print::{file_in_note, say, say_json};
use crate::progress::{self, note};
use crate::{Form, Outcome, inputs, run};

/// Experiments whose record is shown when none is named.
const DEFAULT: &str = include_str!("../../../experiments/record.txt");

/// Recorded values beside simulated ones, row by row
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/record.txt"))]
pub(crate) struct Arguments {
    /// Names of experiments with a record.toml [default: those of experiments/record.txt]
    experiments: Vec<String>,
    /// Replications of each scenario
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replications: Option<u32>,
    /// Change a key of the experiment, as `population.firms_per_cell=5`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Folder for one CSV file per experiment
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write a note with tables and a discussion of every miss
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Title of the note
    #[arg(long, value_name = "TEXT", default_value = "The record")]
    title: String,
    /// No progress
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    limits: LimitFlags,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn record(arguments: &Arguments) -> Outcome {
    let named: Vec<&str> = if arguments.experiments.is_empty() {
        DEFAULT.split_whitespace().collect()
    } else {
        arguments.experiments.iter().map(String::as_str).collect()
    };
    let mut set = arguments.set.clone();
    set.extend(arguments.replications.map(|n| format!("replications={n}")));
    let loaded = named
        .iter()
        .map(|name| {
            let experiment = inputs::experiment(Some(name), &set)?;
            arguments.limits.check(&experiment, cores())?;
            let rows = RecordPlan::load(&experiment)?;
            Ok((experiment, rows))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let control = Arc::new(Control::default());
    run::stop_on_interrupt(&control)?;
    let mut records = Vec::new();
    for (experiment, rows) in loaded {
        records.push(answer(arguments, &experiment, rows, &control)?);
    }
    if let Some(folder) = &arguments.out {
        write_csv(folder, &records)?;
    }
    if let Some(file) = &arguments.markdown {
        let command = command(&named, arguments);
        let text = record::markdown(&records, &command, &arguments.title);
        write_whole(file, text.as_bytes())?;
    }
    if arguments.form.json {
        let told: Vec<_> = records.iter().map(record::to_json).collect();
        return say_json(&json!({ "records": told }));
    }
    let tables: Vec<String> = records.iter().map(record::table).collect();
    say(&tables.join("\n\n"))
}

fn answer(
    arguments: &Arguments,
    experiment: &Experiment,
    rows: RecordPlan,
    control: &Arc<Control>,
) -> Result<Record, Failure> {
    let runs = Plan::of(experiment)?.runs();
    if !arguments.quiet {
        note(&format!("{}: {runs} runs", experiment.title));
    }
    control
        .finished
        .store(0, std::sync::atomic::Ordering::Relaxed);
    let found = progress::watch(control, runs, arguments.quiet, || {
        record::run(experiment, rows, control)
    })?;
    run::go_on(control)?;
    Ok(found)
}

fn write_csv(folder: &Path, records: &[Record]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(Failure::io("create", folder))?;
    for one in records {
        let path = folder.join(format!("{}.csv", one.experiment));
        write_whole(&path, record::csv(one).as_bytes())?;
    }
    Ok(())
}

/// The command that writes this note again.
fn command(named: &[&str], arguments: &Arguments) -> String {
    let mut words = vec!["tradewinds record".to_owned(), named.join(" ")];
    words.extend(
        arguments
            .replications
            .map(|n| format!("--replications {n}")),
    );
    words.extend(arguments.set.iter().map(|set| format!("--set {set}")));
    if let Some(file) = &arguments.markdown {
        words.push(format!(
            "--title '{}' --markdown {}",
            arguments.title,
            file_in_note(file)
        ));
    }
    words.join(" ")
}
