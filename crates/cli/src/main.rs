//! Command line of Tradewinds: one file per command, thin over the runner.
//!
//! Results go to stdout, progress and errors to stderr. Exit codes are those
//! of [`failure::Failure::exit_code`].

mod accounts;
mod backtest;
mod check;
mod chronicle;
mod dictionary;
mod equilibrium;
mod estimate;
mod failure;
mod figure;
mod inputs;
mod law;
mod limits;
mod mechanisms;
mod oracles;
mod parameters;
mod print;
mod profile;
mod progress;
mod rates;
mod record;
mod run;
mod schedule;
mod schema;
mod tournament;
mod verify;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// Version and git revision.
const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("TRADEWINDS_REVISION"),
    ")"
);

/// Simulates trade policy with agents: firms, importers, households, governments.
#[derive(Debug, Parser)]
#[command(
    name = "tradewinds",
    version = VERSION,
    max_term_width = 100,
    after_help = include_str!("../../../configs/help/tradewinds.txt")
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Record(record::Arguments),
    Accounts(accounts::Arguments),
    Chronicle(chronicle::Arguments),
    Tournament(tournament::Arguments),
    Mechanisms(mechanisms::Arguments),
    Backtest(backtest::Arguments),
    Parameters(parameters::Arguments),
    Check(check::Arguments),
    Schema(schema::Arguments),
    Rates(rates::Arguments),
    Schedule(schedule::Arguments),
    Oracles(oracles::Arguments),
    World(world::Arguments),
    Equilibrium(equilibrium::Arguments),
    Estimate(estimate::Arguments),
    Dictionary(dictionary::Arguments),
    Verify(verify::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let command = arguments
        .command
        .unwrap_or_else(|| Command::Run(run::Arguments::default()));
    let result = match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Record(arguments) => record::record(&arguments),
        Command::Accounts(arguments) => accounts::accounts(&arguments),
        Command::Chronicle(arguments) => chronicle::chronicle(&arguments),
        Command::Tournament(arguments) => tournament::tournament(&arguments),
        Command::Mechanisms(arguments) => mechanisms::mechanisms(&arguments),
        Command::Backtest(arguments) => backtest::backtest(&arguments),
        Command::Parameters(arguments) => parameters::parameters(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Schema(arguments) => schema::print(&arguments),
        Command::Schedule(arguments) => schedule::schedule(&arguments),
        Command::Rates(arguments) => rates::rates(&arguments),
        Command::Oracles(arguments) => oracles::oracles(&arguments),
        Command::World(arguments) => world::world(&arguments),
        Command::Equilibrium(arguments) => equilibrium::equilibrium(&arguments),
        Command::Estimate(arguments) => estimate::estimate(&arguments),
        Command::Dictionary(arguments) => dictionary::dictionary(&arguments),
        Command::Verify(arguments) => verify::verify(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// What every reading command takes.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Form {
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

/// The result of a command.
type Outcome = Result<(), Failure>;
