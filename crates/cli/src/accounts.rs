//! `accounts`: balance sheet and transactions from the ledger of a run.

use std::fmt::Write;

use serde_json::{Value, json};
use tradewinds_engine::accounts::Matrix;
use tradewinds_runner::ensemble::Plan;
use tradewinds_runner::launch::LaunchError;
use tradewinds_runner::ledger::{Statement, statements};

use crate::failure::Failure;
use crate::print::{say, say_json};
use crate::{Form, Outcome, inputs};

/// Ticks over which transactions are added up when nothing is said: a year of weeks.
const YEAR: u32 = 52;

/// Balance sheet and transactions of an economy, from the ledger of a run
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/accounts.txt"))]
pub(crate) struct Arguments {
    /// Name of an experiment, or path of its file or folder
    experiment: Option<String>,
    /// Economy [default: the world]
    #[arg(long, value_name = "CODE")]
    economy: Option<String>,
    /// Scenario [default: the first one after the baseline]
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Ticks to run
    #[arg(long, value_name = "N", default_value_t = YEAR, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    ticks: u32,
    /// Last ticks over which transactions are added up [default: all of them]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    over: Option<u32>,
    /// Change a key of the experiment, as `population.firms_per_cell=5`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn accounts(arguments: &Arguments) -> Outcome {
    let mut set = arguments.set.clone();
    set.extend(["replications=1".to_owned(), "repeats=1".to_owned()]);
    let experiment = inputs::experiment(arguments.experiment.as_deref(), &set)?;
    let plan = Plan::of(&experiment)?;
    let scenarios: Vec<&str> = plan.scenarios.iter().map(|one| one.name.as_str()).collect();
    let scenario = match &arguments.scenario {
        Some(name) => place("scenario", name, &scenarios)?,
        None => usize::from(plan.baseline == 0).min(scenarios.len() - 1),
    };
    let codes: Vec<String> = plan
        .world
        .economies
        .iter()
        .map(ToString::to_string)
        .collect();
    let known: Vec<&str> = codes.iter().map(String::as_str).collect();
    let economy = match &arguments.economy {
        Some(code) => Some(place("economy", code, &known)?),
        None => None,
    };
    let over = arguments
        .over
        .unwrap_or(arguments.ticks)
        .min(arguments.ticks);
    let found = statements(&plan, scenario, (arguments.ticks, over)).map_err(LaunchError::from)?;
    let Some(own) = found.iter().find(|one| one.economy == economy) else {
        return Err(Failure::Result("no economy".to_owned()));
    };
    let whose = economy.map_or("the world", |n| known[n]);
    if arguments.form.json {
        return say_json(&to_json(own, whose, (arguments.ticks, over)));
    }
    let ticks = arguments.ticks;
    say(&format!(
        "Balance sheet of {whose} after {ticks} ticks under \"{}\", USD bn\n\n{}\n\
         Transactions over the last {over} ticks, USD bn\n\n{}",
        plan.scenarios[scenario].title,
        table(&own.balance_sheet),
        table(&own.transactions),
    ))
}

fn place(kind: &str, name: &str, known: &[&str]) -> Result<usize, Failure> {
    let found = known.iter().position(|one| *one == name);
    found.ok_or_else(|| Failure::Request {
        problem: format!("there is no {kind} `{name}`"),
        help: format!("there are {}", known.join(", ")),
    })
}

/// Cells with two decimals, with the sums that must be zero.
fn table(matrix: &Matrix) -> String {
    let mut text = format!("{:<27}", "");
    let columns: Vec<String> = matrix
        .columns
        .iter()
        .map(|name| name.replace("issuer of ", ""))
        .collect();
    for name in &columns {
        let _ = write!(text, " {name:>11}");
    }
    text.push_str("       sum\n");
    for ((name, cells), sum) in matrix.rows.iter().zip(&matrix.cells).zip(matrix.row_sums()) {
        let _ = write!(text, "{name:<27}");
        for cell in cells {
            let _ = write!(text, " {:>11}", amount(*cell));
        }
        let _ = writeln!(text, " {sum:>9.0e}");
    }
    let _ = write!(text, "{:<27}", "sum");
    for sum in matrix.column_sums() {
        let _ = write!(text, " {sum:>11.0e}");
    }
    text.push('\n');
    text
}

fn amount(value: f64) -> String {
    if value == 0.0 {
        "-".to_owned()
    } else {
        format!("{value:.2}")
    }
}

fn to_json(statement: &Statement, whose: &str, (ticks, over): (u32, u32)) -> Value {
    let matrix = |matrix: &Matrix| {
        json!({
            "columns": matrix.columns, "rows": matrix.rows, "cells": matrix.cells,
            "row_sums": matrix.row_sums(), "column_sums": matrix.column_sums(),
        })
    };
    json!({
        "economy": whose, "unit": "USD bn", "ticks": ticks, "over": over,
        "balance_sheet": matrix(&statement.balance_sheet),
        "transactions": matrix(&statement.transactions),
    })
}
