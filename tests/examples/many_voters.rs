//! Time and memory of a year of weeks with many voters.
//!
//! `cargo run --release -p tradewinds-tests --example many_voters -- 134` takes voters
//! per bloc (134 make a million in the world of the repository) and compares approval
//! with that of one voter per bloc.

use std::io::Write;
use std::time::Duration;

use tradewinds_engine::approval::Opinion;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_policy::Reform;
use tradewinds_tests::fixtures::real;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const WEEKS: u32 = 52;

/// Peak memory of the process in MB, where the system tells.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}

/// Approval at the end of a year, blocs, time of the systems of approval and of all.
fn year(per_bloc: usize) -> Outcome<(Vec<f64>, usize, Duration, Duration)> {
    let plan = real::plan(&Reform::default(), 1, WEEKS, 1);
    let mut model = plan.model(0, 1)?;
    model.population.voters_per_bloc = per_bloc;
    let (mut simulation, profile) = Simulation::profiled(model, baseline)?;
    for _ in 0..WEEKS {
        simulation.step()?;
    }
    let names = simulation.systems();
    let of = |wanted: &dyn Fn(&str) -> bool| -> Duration {
        let times = names.iter().zip(profile.times());
        times
            .filter(|(name, _)| wanted(name))
            .map(|(_, time)| time)
            .sum()
    };
    let opinion = simulation.world().resource::<Opinion>();
    let approval = opinion.followed().map(|(_, mandate)| mandate.approval);
    Ok((
        approval.collect(),
        opinion.bloc_count(),
        of(&|name| name.contains("approval")),
        of(&|_| true),
    ))
}

fn main() -> Outcome<()> {
    let given = std::env::args().nth(1);
    let per_bloc = given.map_or(Ok(134), |text| text.parse::<usize>())?;
    let (blocs, count, own_time, all_time) = year(1)?;
    let before = peak();
    let (voters, _, time, _) = year(per_bloc)?;
    let worst = blocs
        .iter()
        .zip(&voters)
        .map(|(bloc, voter)| (bloc - voter).abs());
    let mut out = std::io::stdout().lock();
    let ticks = f64::from(WEEKS);
    writeln!(
        out,
        "{count} blocs: {:.3} ms of {:.2} ms a tick",
        own_time.as_secs_f64() * 1e3 / ticks,
        all_time.as_secs_f64() * 1e3 / ticks
    )?;
    writeln!(
        out,
        "{} voters: {:.3} s a year, {:.2} ns a voter and tick, peak memory {:.0} MB (before {before:.0})",
        count * per_bloc,
        time.as_secs_f64(),
        time.as_secs_f64() * 1e9 / ticks / (count * per_bloc) as f64,
        peak()
    )?;
    let worst = worst.fold(0.0, f64::max);
    writeln!(out, "largest difference of approval: {worst:.3} points")?;
    Ok(())
}
