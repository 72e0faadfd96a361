//! `mechanisms`: each mechanism on and off, with the p-value of the difference.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;
use tradewinds_runner::ensemble::Control;
use tradewinds_runner::launch::write_whole;
use tradewinds_runner::mechanisms::{self, Effect, Mechanisms, Setting};

use crate::failure::Failure;
use crate::limits::{LimitFlags, cores};
use crate::print::{NoteCommand, say, say_json};
use crate::progress::{self, note};
use crate::{Form, Outcome, inputs, run};

/// Switch each mechanism on and off, and test what that does to its observable
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/mechanisms.txt"))]
pub(crate) struct Arguments {
    /// Experiments with a mechanisms.toml; `talks` for those of talks and markets
    #[arg(default_value = "mechanisms")]
    experiments: Vec<String>,
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

/// A set of experiments, by name.
const SETS: [(&str, &str); 1] = [("talks", include_str!("../../../experiments/talks.txt"))];

/// Experiments named, sets as their members.
fn named(arguments: &Arguments) -> Vec<&str> {
    let one = |name: &'_ String| SETS.iter().find(|(set, _)| set == name);
    let names = arguments
        .experiments
        .iter()
        .flat_map(|name| match one(name) {
            Some((_, members)) => members.split_whitespace().collect(),
            None => vec![name.as_str()],
        });
    names.collect()
}

/// Mechanisms of an experiment and what is run for them.
struct Asked {
    title: String,
    list: Mechanisms,
    settings: Vec<Setting>,
}

fn asked(arguments: &Arguments) -> Result<Vec<Asked>, Failure> {
    let mut set = arguments.set.clone();
    set.extend(arguments.replications.map(|n| format!("replications={n}")));
    let mut known = Vec::new();
    let mut all = Vec::new();
    for name in named(arguments) {
        let experiment = inputs::experiment(Some(name), &set)?;
        let mut list = Mechanisms::load(&experiment)?;
        known.extend(list.list.iter().map(|one| one.name.clone()));
        if let Some(name) = &arguments.only {
            list.list.retain(|one| one.name == *name);
        }
        if list.list.is_empty() {
            continue;
        }
        let settings = list.settings();
        for setting in &settings {
            arguments.limits.check(&setting.experiment, cores())?;
        }
        all.push(Asked {
            title: experiment.title.clone(),
            list,
            settings,
        });
    }
    match &arguments.only {
        Some(name) if all.is_empty() => Err(Failure::Request {
            problem: format!("there is no mechanism `{name}`"),
            help: format!("there are {}", known.join(", ")),
        }),
        _ => Ok(all),
    }
}

pub(crate) fn mechanisms(arguments: &Arguments) -> Outcome {
    let all = asked(arguments)?;
    let control = Arc::new(Control::default());
    run::stop_on_interrupt(&control)?;
    let mut found: Vec<(&Mechanisms, Vec<Effect>)> = Vec::new();
    for one in &all {
        let runs = one.settings.iter().map(Setting::runs).sum();
        if !arguments.quiet {
            note(&format!("{}: {runs} runs", one.title));
        }
        control.finished.store(0, Ordering::Relaxed);
        let effects = progress::watch(&control, runs, arguments.quiet, || {
            mechanisms::run(&one.list, &one.settings, &control)
        })?;
        run::go_on(&control)?;
        found.push((&one.list, effects));
    }
    if let Some(file) = &arguments.markdown {
        let names = arguments.experiments.join(" ");
        let command = NoteCommand {
            name: "mechanisms",
            experiment: &names,
            only: arguments.only.as_deref(),
            replications: arguments.replications,
            set: &arguments.set,
            file,
        };
        let text = mechanisms::markdown(&found, &command.to_string());
        write_whole(file, text.as_bytes())?;
    }
    let effects: Vec<Effect> = found.into_iter().flat_map(|(_, effects)| effects).collect();
    if arguments.form.json {
        say_json(&json!({ "mechanisms": mechanisms::to_json(&effects) }))?;
    } else {
        say(&mechanisms::table(&effects))?;
    }
    let failed: Vec<&str> = (effects.iter())
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
