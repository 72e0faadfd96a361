//! `chronicle`: talks of one run in dated lines.

use std::path::PathBuf;

use tradewinds_runner::chronicle::Chronicle;

use crate::print::{say, say_json};
use crate::{Form, Outcome};

/// Tell the talks of one run, day by day
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/chronicle.txt"))]
pub(crate) struct Arguments {
    /// Folder of the dataset, the one with manifest.json
    dataset: PathBuf,
    /// Replication [default: the first]
    #[arg(long, value_name = "N")]
    replication: Option<u32>,
    /// Scenario [default: the first with talks]
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Only what concerns this government, and what concerns all; may be repeated
    #[arg(long, value_name = "CODE")]
    government: Vec<String>,
    /// Leave rounds out
    #[arg(long)]
    without_rounds: bool,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn chronicle(arguments: &Arguments) -> Outcome {
    let scenario = arguments.scenario.as_deref();
    let chronicle = Chronicle::read(&arguments.dataset, scenario, arguments.replication)?
        .only(&arguments.government, !arguments.without_rounds)?;
    if arguments.form.json {
        return say_json(&chronicle.to_json());
    }
    say(&chronicle.text())
}
