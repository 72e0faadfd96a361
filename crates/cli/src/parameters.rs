//! `parameters`: every parameter with value, range, status and source.

use std::path::PathBuf;

use serde_json::json;
use tradewinds_runner::launch::write_whole;
use tradewinds_runner::parameter_table::{self, Line};

use crate::print::{say, say_json};
use crate::{Form, Outcome, inputs};

/// List the default parameters: value, unit, range, status, source
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/parameters.txt"))]
pub(crate) struct Arguments {
    /// Name of an experiment, or path of its file or folder
    experiment: Option<String>,
    /// Write the table as a note
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn parameters(arguments: &Arguments) -> Outcome {
    let experiment = inputs::experiment(arguments.experiment.as_deref(), &[])?;
    let defaults = &experiment.defaults;
    if let Some(file) = &arguments.markdown {
        write_whole(file, parameter_table::markdown(defaults).as_bytes())?;
    }
    let lines = parameter_table::lines(defaults);
    if arguments.form.json {
        let told: Vec<_> = lines.iter().map(parameter_table::to_json).collect();
        return say_json(&json!({ "preset": defaults.preset, "parameters": told }));
    }
    let shown: Vec<String> = lines.iter().map(line).collect();
    say(&format!(
        "Preset {}: {}\n\n{}",
        defaults.preset,
        defaults.title,
        shown.join("\n")
    ))
}

fn line(one: &Line) -> String {
    format!(
        "{:<34} {:>8} {:<22} {:>8} to {:<6} {}",
        one.name,
        one.value
            .map_or("world".to_owned(), |value| value.to_string()),
        one.unit,
        one.range.0,
        one.range.1,
        one.status,
    )
}
