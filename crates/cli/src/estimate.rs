//! `estimate`: parameters of approval and of markets out of recorded rows.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use serde_json::json;
use tradewinds_runner::estimate::{self, Estimation, SECTIONS};
use tradewinds_runner::launch::write_whole;
use tradewinds_units::{Date, parse_date};

use crate::failure::Failure;
use crate::print::{file_in_note, say, say_json};
use crate::progress::note;
use crate::{Form, Outcome, inputs};

/// Estimate parameters of approval and of markets from recorded rows
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/estimate.txt"))]
pub(crate) struct Arguments {
    /// What to estimate [default: both]
    #[arg(value_parser = PossibleValuesParser::new(SECTIONS))]
    section: Option<String>,
    /// Last day of rows that may be used [default: that of configs/estimation]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    through: Option<Date>,
    /// Write configs/parameters/<section>.toml
    #[arg(long)]
    write: bool,
    /// Write a note with tables, methods and priors
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn estimate(arguments: &Arguments) -> Outcome {
    let sections: Vec<&str> = match &arguments.section {
        Some(section) => vec![section.as_str()],
        None => SECTIONS.to_vec(),
    };
    let library = inputs::library()?;
    let found = sections
        .iter()
        .map(|section| Ok(estimate::run(&library, section, arguments.through)?))
        .collect::<Result<Vec<Estimation>, Failure>>()?;
    if arguments.write {
        write(&found)?;
    }
    if let Some(file) = &arguments.markdown {
        let text = estimate::markdown(&found, &command(arguments, file));
        write_whole(file, text.as_bytes())?;
    }
    if arguments.form.json {
        let told: Vec<_> = found.iter().map(estimate::to_json).collect();
        return say_json(&json!({ "estimations": told }));
    }
    let tables: Vec<String> = found.iter().map(estimate::table).collect();
    say(&tables.join("\n"))
}

/// Writes the files of parameters of the project.
fn write(found: &[Estimation]) -> Result<(), Failure> {
    let refuse = |problem: String, help: &str| Failure::Request {
        problem,
        help: help.to_owned(),
    };
    let root = inputs::project().ok_or_else(|| {
        refuse(
            "this is no project: there is no folder with `configs` and `experiments`".to_owned(),
            "run the command inside a checkout",
        )
    })?;
    for one in found {
        if one.through != one.plan.through {
            let problem = format!(
                "rows up to {} are not those of the plan, which ends on {}",
                one.through, one.plan.through
            );
            return Err(refuse(problem, "leave out `--through` or `--write`"));
        }
    }
    for one in found {
        let file = format!("configs/parameters/{}.toml", one.plan.section);
        write_whole(&root.join(&file), estimate::write(one).as_bytes())?;
        note(&format!("wrote {file}"));
    }
    Ok(())
}

/// The command that writes this note again.
fn command(arguments: &Arguments, file: &std::path::Path) -> String {
    let mut words = vec!["tradewinds estimate".to_owned()];
    words.extend(arguments.section.clone());
    words.extend(arguments.through.map(|date| format!("--through {date}")));
    words.push(format!("--markdown {}", file_in_note(file)));
    words.join(" ")
}
