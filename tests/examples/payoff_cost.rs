//! Time of the table of payoffs and of a package.
//!
//! `cargo run --release -p tradewinds-tests --example payoff_cost`

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use tradewinds_engine::talks::payoff::{Package, Payoffs, Response, State, Version};
use tradewinds_runner::calibrate;
use tradewinds_tests::fixtures::real;

const TABLES: u32 = 20;
const PACKAGES: u32 = 200_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let economy = calibrate::economy(&real::world(), &real::parameters())?;
    let state = State::of_base(&economy, 0);
    let version = Version::new(&economy.import_duty, 0);
    let mut out = std::io::stdout().lock();

    let start = Instant::now();
    for _ in 0..TABLES {
        black_box(Response::at(black_box(&state)));
    }
    writeln!(
        out,
        "response of gate prices: {:?}",
        start.elapsed() / TABLES
    )?;

    let response = Response::at(&state);
    let start = Instant::now();
    for _ in 0..TABLES {
        black_box(Payoffs::with_response(
            &state,
            black_box(&response),
            version,
        ));
    }
    writeln!(out, "table: {:?}", start.elapsed() / TABLES)?;

    let payoffs = Payoffs::with_response(&state, &response, version);
    let (rates, rivals) = (vec![0.23; economy.sectors], vec![0.02; economy.sectors]);
    let start = Instant::now();
    let mut total = 0.0;
    for at in 0..PACKAGES {
        let package = Package {
            partner: 1 + at as usize % (economy.economies - 1),
            rates: black_box(&rates),
            rivals: &rivals,
        };
        total += payoffs.flows(version, package)?.exports;
    }
    black_box(total);
    writeln!(out, "package: {:?}", start.elapsed() / PACKAGES)?;
    Ok(())
}
