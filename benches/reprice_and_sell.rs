//! The kernel "reprice and sell" on the ECS against the same economics written
//! by hand, in one run and in turns, so that the machine's moods cancel.
//!
//! `cargo bench -p tradewinds-benches --bench reprice_and_sell`; with
//! `TRADEWINDS_SIMD=avx2` or `sse2` on narrower instructions. Fails when the
//! means differ by more than chance, or when a ratio exceeds [`MOST`]: both
//! ratios where vectors have eight lanes, the one to the loop on levels where
//! they have four. With two lanes the ECS version is the slower one.

use std::process::ExitCode;

use criterion::{BenchmarkId, Criterion, Throughput};
use tradewinds_benches::by_hand::{ByHand, State};
use tradewinds_benches::cells::{Cells, Start};
use tradewinds_benches::machine::{Machine, median, quantile, thread_seconds};
use tradewinds_benches::reprice::OnEcs;
use tradewinds_benches::same_economics::differences;
use tradewinds_kernel::maths::Tier;

/// Firms and cells: three sizes, then the same with cells of 16 firms.
const SIZES: [(usize, usize); 6] = [
    (10_000, 64),
    (100_000, 64),
    (1_000_000, 64),
    (10_000, 625),
    (100_000, 6_250),
    (1_000_000, 62_500),
];
/// Most time the ECS version may take, relative to a loop by hand.
const MOST: f64 = 0.7;
/// Turns of each version.
const TURNS: usize = 21;
/// Firm-ticks in a turn.
const FIRM_TICKS: usize = 2_000_000;
/// Seeds of the two models; they share nothing but the start.
const SEEDS: (u64, u64) = (1, 2);

fn main() -> ExitCode {
    let is_measured = std::env::args().any(|word| word == "--bench");
    let outcome = if is_measured {
        compare()
    } else {
        ExitCode::SUCCESS
    };
    with_criterion(if is_measured { 100_000 } else { 1_000 });
    outcome
}

/// The three versions of one size.
struct Versions {
    on_ecs: OnEcs,
    logs: ByHand,
    levels: ByHand,
}

impl Versions {
    fn new(firms: usize, count: usize) -> Self {
        let cells = Cells::equal(firms, count);
        let start = Start::of(&cells, 0);
        let by_hand = |state| ByHand::new(cells.clone(), start.clone(), state, SEEDS.1);
        Self {
            on_ecs: OnEcs::new(cells.clone(), start.clone(), SEEDS.0),
            logs: by_hand(State::Logs),
            levels: by_hand(State::Levels),
        }
    }
}

/// Prints the table; whether every ratio and every mean is as it should be.
fn compare() -> ExitCode {
    println!("{}\n", Machine::here());
    println!(
        "ns of processor time per firm-tick, medians of {TURNS} turns; ratios turn by turn, with quartiles\n"
    );
    println!(
        "| firms | cells | ECS | by hand, logs | by hand, levels | ECS / logs | ECS / levels | differences, in standard errors |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut failures = Vec::new();
    for (firms, count) in SIZES {
        failures.extend(compare_size(firms, count));
    }
    println!();
    for failure in &failures {
        println!("FAILED: {failure}");
    }
    if failures.is_empty() {
        println!("ratios that count are at most {MOST}; means agree within chance");
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

fn compare_size(firms: usize, count: usize) -> Vec<String> {
    let ticks = (FIRM_TICKS / firms).max(2);
    let firm_ticks = (firms * ticks) as f64;
    let Versions {
        mut on_ecs,
        mut logs,
        mut levels,
    } = Versions::new(firms, count);
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    // The first turn warms caches and is not counted.
    for turn in 0..=TURNS {
        let turn_times = [
            seconds(ticks, || on_ecs.tick()),
            seconds(ticks, || logs.tick()),
            seconds(ticks, || levels.tick()),
        ];
        for (all, time) in times.iter_mut().zip(turn_times) {
            if turn > 0 {
                all.push(time / firm_ticks * 1e9);
            }
        }
    }
    let against = |other: usize| -> Vec<f64> {
        times[0]
            .iter()
            .zip(&times[other])
            .map(|(ecs, hand)| ecs / hand)
            .collect()
    };
    let (to_logs, to_levels) = (against(1), against(2));
    let found = differences(&mut on_ecs, &logs);
    let in_errors = found
        .map(|one| format!("{:+.1}", one.mean / one.error))
        .join(" ");
    println!(
        "| {firms} | {count} | {:.1} | {:.1} | {:.1} | {} | {} | {in_errors} |",
        median(&times[0]),
        median(&times[1]),
        median(&times[2]),
        with_quartiles(&to_logs),
        with_quartiles(&to_levels),
    );
    let tier = Tier::active();
    let gates = [
        ("logs", &to_logs, tier >= Tier::Avx512),
        ("levels", &to_levels, tier >= Tier::Avx2),
    ];
    let mut failures = Vec::new();
    for (opponent, ratios, is_gated) in gates {
        if is_gated && median(ratios) > MOST {
            let ratio = median(ratios);
            failures.push(format!(
                "{firms} firms in {count} cells: {ratio:.2} of the time of the loop on {opponent}"
            ));
        }
    }
    for difference in found.iter().filter(|difference| !difference.is_chance()) {
        failures.push(format!("{firms} firms in {count} cells: {difference:?}"));
    }
    failures
}

fn with_quartiles(ratios: &[f64]) -> String {
    let at = |share| quantile(ratios, share);
    format!("{:.2} ({:.2} to {:.2})", at(0.5), at(0.25), at(0.75))
}

/// Processor seconds of a number of ticks.
fn seconds(ticks: usize, mut tick: impl FnMut()) -> f64 {
    let start = thread_seconds();
    for _ in 0..ticks {
        tick();
    }
    thread_seconds() - start
}

/// The same versions one after the other, for `--save-baseline` and `--baseline`.
fn with_criterion(firms: usize) {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("reprice_and_sell");
    group.throughput(Throughput::Elements(firms as u64));
    group.sample_size(20);
    let Versions {
        mut on_ecs,
        mut logs,
        mut levels,
    } = Versions::new(firms, 64);
    group.bench_function(BenchmarkId::new("ecs", firms), |bench| {
        bench.iter(|| on_ecs.tick())
    });
    group.bench_function(BenchmarkId::new("logs", firms), |bench| {
        bench.iter(|| logs.tick())
    });
    group.bench_function(BenchmarkId::new("levels", firms), |bench| {
        bench.iter(|| levels.tick())
    });
    group.finish();
    criterion.final_summary();
}
