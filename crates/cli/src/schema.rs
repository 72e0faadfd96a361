//! `schema`: what a file of configuration may say.

use clap::builder::PossibleValuesParser;
use serde_json::{Map, Value, json};
use tradewinds_config::{reference_markdown, schema};
use tradewinds_runner::check::FileKind;

use crate::Outcome;
use crate::print::{say, say_json};

/// Print the JSON Schema of a kind of configuration file, or of all kinds
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/schema.txt"))]
pub(crate) struct Arguments {
    /// Kind, one of those below [default: all]
    #[arg(
        value_parser = PossibleValuesParser::new(FileKind::ALL.map(FileKind::name)),
        hide_possible_values = true
    )]
    kind: Option<String>,
    /// Print a reference as Markdown instead
    #[arg(long)]
    markdown: bool,
    /// JSON, which is the default
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
}

pub(crate) fn print(arguments: &Arguments) -> Outcome {
    let is_wanted = |kind: &FileKind| {
        arguments
            .kind
            .as_ref()
            .is_none_or(|name| name == kind.name())
    };
    let kinds: Vec<FileKind> = FileKind::ALL.into_iter().filter(is_wanted).collect();
    if arguments.markdown {
        let sections: Vec<String> = kinds
            .iter()
            .map(|kind| reference_markdown(kind.spec()))
            .collect();
        return say(&sections.join("\n"));
    }
    match kinds.as_slice() {
        [kind] => say_json(&schema(kind.spec())),
        all => {
            let told: Map<String, Value> = all
                .iter()
                .map(|kind| (kind.name().to_owned(), schema(kind.spec())))
                .collect();
            say_json(&json!(told))
        }
    }
}
