//! `schedule`: the tick, every system in its phase.

use serde_json::{Value, json};
use tradewinds_runner::schedule::{Mode, list};

use crate::failure::Failure;
use crate::print::{say, say_json};
use crate::{Form, Outcome, inputs};

/// List the tick: every phase, the question it answers, every system in it
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/schedule.txt"))]
pub(crate) struct Arguments {
    /// Without frictions, or as experiments run it
    #[arg(long, value_enum, default_value_t = Which::Full)]
    mode: Which,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Which {
    Oracle,
    Full,
}

pub(crate) fn schedule(arguments: &Arguments) -> Outcome {
    let experiment = inputs::experiment(None, &[])?;
    let mode = match arguments.mode {
        Which::Oracle => Mode::Oracle,
        Which::Full => Mode::Full,
    };
    let phases = list(&experiment.world, &experiment.parameters, mode)
        .map_err(|error| Failure::Result(error.to_string()))?;
    if arguments.form.json {
        let told: Vec<Value> = phases
            .iter()
            .map(|one| {
                json!({
                    "phase": format!("{:?}", one.phase),
                    "question": one.phase.question(),
                    "systems": one.systems,
                })
            })
            .collect();
        return say_json(&json!({ "phases": told }));
    }
    let mut lines = Vec::new();
    for one in &phases {
        lines.push(format!("{:?}: {}", one.phase, one.phase.question()));
        lines.extend(one.systems.iter().map(|system| format!("  {system}")));
    }
    let count: usize = phases.iter().map(|one| one.systems.len()).sum();
    lines.push(format!("{} phases, {count} systems", phases.len()));
    say(&lines.join("\n"))
}
