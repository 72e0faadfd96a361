//! `dictionary`: every table and column of a dataset.

use tradewinds_output::{dictionary_json, dictionary_markdown};
use tradewinds_runner::ensemble::all_tables;

use crate::print::{say, say_json};
use crate::{Form, Outcome};

/// Print every table and column of a dataset with unit and definition
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/dictionary.txt"))]
pub(crate) struct Arguments {
    #[command(flatten)]
    form: Form,
}

pub(crate) fn dictionary(arguments: &Arguments) -> Outcome {
    let tables = all_tables();
    if arguments.form.json {
        say_json(&dictionary_json(&tables))
    } else {
        say(&dictionary_markdown(&tables))
    }
}
