//! The full default model by size: time of a tick, memory, and what a second
//! thread costs.
//!
//! `cargo bench -p tradewinds-benches --bench default_model` prints the tables
//! of `docs/performance.md`; it fails when two threads use too much more
//! processor time than one. Each size runs in a process of its own, so that
//! peaks of memory do not mix. Criterion then times a tick of the smaller sizes
//! again, for `--save-baseline` and `--baseline`.

use std::env;
use std::process::{Command, ExitCode};
use std::time::Instant;

use bevy_ecs::prelude::*;
use criterion::{BenchmarkId, Criterion, Throughput};
use tradewinds_benches::default_world;
use tradewinds_benches::machine::{
    self, Machine, median, processor_seconds, quantile, thread_seconds,
};
use tradewinds_engine::Simulation;
use tradewinds_engine::firm::{Firm, Line, Rows};
use tradewinds_engine::model::Model;
use tradewinds_runner::ensemble::{self, Control, Plan};

/// Firms per economy and sector: about 1e4, 1e5 and 1e6 firms.
const SIZES: [usize; 3] = [40, 400, 4_000];
/// Lines that are timed at each size; decides the number of ticks.
const LINE_TICKS: usize = 60_000_000;
/// Ticks before the first one that is timed.
const WARM_UP: usize = 5;
/// Most processor time that two threads may use, relative to one.
const MOST_AT_TWO_THREADS: f64 = 1.05;
/// Set for the processes that measure one size.
const CHILD: &str = "TRADEWINDS_BENCH_SIZE";

fn main() -> ExitCode {
    if let Ok(size) = env::var(CHILD) {
        let mut words = size.split(' ').map(str::to_owned);
        let mut word = || words.next().unwrap_or_default();
        print!(
            "{}",
            Measured::take(word().parse().unwrap(), word().parse().ok()).to_line()
        );
        return ExitCode::SUCCESS;
    }
    if !env::args().any(|word| word == "--bench") {
        // `cargo test --benches`: does it run at all?
        Measured::in_a_process(1, None).print();
        return ExitCode::SUCCESS;
    }
    println!("{}\n", Machine::here());
    Measured::print_heading();
    let found = SIZES.map(|size| {
        let measured = Measured::in_a_process(size, None);
        measured.print();
        measured
    });
    println!("\n400 firms per cell, all of them exporters:\n");
    Measured::print_heading();
    let exporters = Measured::in_a_process(SIZES[1], Some(1.0));
    exporters.print();
    print_apart(&found[0], &found[1], &exporters);
    let outcome = compare_threads();
    with_criterion();
    outcome
}

/// One size.
#[derive(Debug, Clone, Default, PartialEq)]
struct Measured {
    firms: f64,
    lines: f64,
    ticks: f64,
    /// Processor seconds to build the economy and its schedule.
    build: f64,
    /// Processor seconds of a tick: the fastest, the quartiles.
    fastest: f64,
    lower: f64,
    middle: f64,
    upper: f64,
    /// Most bytes resident at any time, above those before the build.
    peak: f64,
    /// Bytes of the columns of a firm and of a line, counted from the components.
    firm_columns: f64,
    line_columns: f64,
}

impl Measured {
    /// Measures in this process.
    fn take(firms_per_cell: usize, exporter_share: Option<f64>) -> Self {
        let mut plan = default_world::plan(firms_per_cell, 1);
        if let Some(share) = exporter_share {
            plan.draws[0].set("exporter_share", share).unwrap();
        }
        machine::forget_peak();
        let before = machine::resident_bytes().unwrap_or(0) as f64;
        let start = thread_seconds();
        let mut simulation = default_world::simulation(&plan);
        let build = thread_seconds() - start;
        let rows = simulation.world().resource::<Rows>();
        let (firms, lines) = (rows.firm_count(), rows.line_count());
        let ticks = (LINE_TICKS / lines).clamp(12, 600);
        let seconds = time_ticks(&mut simulation, ticks);
        Self {
            firms: firms as f64,
            lines: lines as f64,
            ticks: ticks as f64,
            build,
            fastest: quantile(&seconds, 0.0),
            lower: quantile(&seconds, 0.25),
            middle: median(&seconds),
            upper: quantile(&seconds, 0.75),
            peak: machine::peak_bytes().map_or(f64::NAN, |bytes| bytes as f64 - before),
            firm_columns: firm_bytes(simulation.world()),
            line_columns: column_bytes::<Line>(simulation.world()),
        }
    }

    /// Measures in a process of its own.
    fn in_a_process(firms_per_cell: usize, exporter_share: Option<f64>) -> Self {
        let share = exporter_share.map_or(String::new(), |share| format!(" {share}"));
        let child = Command::new(env::current_exe().unwrap())
            .env(CHILD, format!("{firms_per_cell}{share}"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&child.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&child.stderr);
        assert!(
            child.status.success(),
            "{firms_per_cell} firms per cell: {complaint}"
        );
        Self::from_line(&text)
    }

    fn values(&self) -> [f64; 11] {
        [
            self.firms,
            self.lines,
            self.ticks,
            self.build,
            self.fastest,
            self.lower,
            self.middle,
            self.upper,
            self.peak,
            self.firm_columns,
            self.line_columns,
        ]
    }

    fn to_line(&self) -> String {
        self.values().map(|value| value.to_string()).join(" ")
    }

    fn from_line(line: &str) -> Self {
        let values: Vec<f64> = line
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect();
        let [
            firms,
            lines,
            ticks,
            build,
            fastest,
            lower,
            middle,
            upper,
            peak,
            firm_columns,
            line_columns,
        ] = values[..]
        else {
            panic!("a child that says {line:?}")
        };
        Self {
            firms,
            lines,
            ticks,
            build,
            fastest,
            lower,
            middle,
            upper,
            peak,
            firm_columns,
            line_columns,
        }
    }

    fn print_heading() {
        println!(
            "| firms | lines | ticks | build s | ms per tick: fastest | quartiles | ns per line-tick | ns per firm-tick | peak MiB | bytes per firm and its lines |"
        );
        println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    }

    fn print(&self) {
        println!(
            "| {} | {} | {} | {:.2} | {:.2} | {:.2} {:.2} {:.2} | {:.1} | {:.1} | {:.0} | {:.0} |",
            self.firms,
            self.lines,
            self.ticks,
            self.build,
            self.fastest * 1e3,
            self.lower * 1e3,
            self.middle * 1e3,
            self.upper * 1e3,
            self.middle * 1e9 / self.lines,
            self.middle * 1e9 / self.firms,
            self.peak / 1_048_576.0,
            self.peak / self.firms,
        );
    }
}

/// Processor seconds of each of a number of ticks, after a warm-up.
fn time_ticks(simulation: &mut Simulation, ticks: usize) -> Vec<f64> {
    let mut seconds = Vec::with_capacity(ticks);
    for tick in 0..WARM_UP + ticks {
        let start = thread_seconds();
        let closed = simulation.step();
        closed.unwrap_or_else(|breach| panic!("{breach}"));
        if tick >= WARM_UP {
            seconds.push(thread_seconds() - start);
        }
    }
    seconds
}

/// Bytes a row of a population takes: its components, the two change ticks
/// the ECS keeps for each of them, and the row's entity.
fn column_bytes<Marker: Component>(world: &World) -> f64 {
    let marker = world.component_id::<Marker>().unwrap();
    let archetype = world
        .archetypes()
        .iter()
        .find(|archetype| archetype.contains(marker));
    let components = archetype.unwrap().components().iter();
    let bytes = components.map(|id| {
        let layout = world.components().get_info(*id).unwrap().layout();
        layout.size() + size_of::<[u32; 2]>()
    });
    (bytes.sum::<usize>() + size_of::<Entity>()) as f64
}

/// Bytes of a firm: its row and its materials, in stock and ordered.
fn firm_bytes(world: &World) -> f64 {
    let sectors = world.resource::<Model>().economy.sectors;
    column_bytes::<Firm>(world) + (2 * sectors * size_of::<f64>()) as f64
}

/// Firms and lines apart: two populations with the same firms and other
/// numbers of lines give two equations; the smallest gives what does not grow.
fn print_apart(smallest: &Measured, few_lines: &Measured, many_lines: &Measured) {
    let solve = |value: fn(&Measured) -> f64| {
        let line = (value(many_lines) - value(few_lines)) / (many_lines.lines - few_lines.lines);
        let grown = value(few_lines) - value(smallest) - line * (few_lines.lines - smallest.lines);
        (grown / (few_lines.firms - smallest.firms), line)
    };
    let (firm_time, line_time) = solve(|size| size.middle * 1e9);
    let (firm_peak, line_peak) = solve(|size| size.peak);
    println!("\n| apart | of a firm | of a line |\n| --- | ---: | ---: |");
    println!("| ns a tick | {firm_time:.1} | {line_time:.1} |");
    println!("| peak bytes, resident | {firm_peak:.0} | {line_peak:.0} |");
    println!(
        "| bytes of columns, counted | {:.0} | {:.0} |",
        few_lines.firm_columns, few_lines.line_columns
    );
}

/// Processor time of one small ensemble on one thread and on two, in turns.
fn compare_threads() -> ExitCode {
    const TURNS: usize = 7;
    let plan = default_world::plan(20, 8);
    let (mut one, mut two, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        one.push(ensemble_seconds(&plan, 1));
        two.push(ensemble_seconds(&plan, 2));
        ratios.push(two[two.len() - 1].0 / one[one.len() - 1].0);
    }
    let of = |times: &[(f64, f64)], pick: fn(&(f64, f64)) -> f64| {
        median(&times.iter().map(pick).collect::<Vec<_>>())
    };
    println!(
        "\n{} runs of {} weeks, {} firms per cell; {TURNS} turns, medians:",
        plan.runs(),
        plan.ticks,
        plan.firms_per_cell
    );
    println!("| threads | processor s | elapsed s |\n| ---: | ---: | ---: |");
    for (threads, times) in [(1, &one), (2, &two)] {
        println!(
            "| {threads} | {:.2} | {:.2} |",
            of(times, |t| t.0),
            of(times, |t| t.1)
        );
    }
    // Other work on the machine only ever adds, so the least times are the program's own.
    let least = |times: &[(f64, f64)]| times.iter().map(|time| time.0).fold(f64::MAX, f64::min);
    let ratio = least(&two) / least(&one);
    println!(
        "processor time at 2 threads over 1: {ratio:.3} by the least, at most {MOST_AT_TWO_THREADS}; {:.3} ({:.3} to {:.3}) by turn",
        median(&ratios),
        quantile(&ratios, 0.0),
        quantile(&ratios, 1.0)
    );
    if ratio > MOST_AT_TWO_THREADS {
        println!("FAILED");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Processor and elapsed seconds of an ensemble.
fn ensemble_seconds(plan: &Plan, threads: usize) -> (f64, f64) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    let (start, used) = (Instant::now(), processor_seconds());
    let finished = pool
        .install(|| ensemble::run(plan, folder.path(), &Control::default()))
        .unwrap();
    assert_eq!(finished.outcomes.len(), plan.draws.len());
    (processor_seconds() - used, start.elapsed().as_secs_f64())
}

/// A tick of the smaller sizes, with throughput in lines.
fn with_criterion() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("default_model");
    group.sample_size(20);
    for firms_per_cell in &SIZES[..2] {
        let plan = default_world::plan(*firms_per_cell, 1);
        let mut simulation = default_world::simulation(&plan);
        let lines = simulation.world().resource::<Rows>().line_count();
        group.throughput(Throughput::Elements(lines as u64));
        group.bench_function(BenchmarkId::new("lines", lines), |bench| {
            bench.iter(|| simulation.step().unwrap());
        });
    }
    group.finish();
    criterion.final_summary();
}
