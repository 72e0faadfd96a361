//! A difference between two runs is caused by what was changed, and by nothing
//! else: not by threads, instruction sets or the wording of a law.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tradewinds_engine::customs::{RateCalendar, RatesInForce};
use tradewinds_engine::model::Model;
use tradewinds_engine::observe::Recorded;
use tradewinds_equilibrium::Shock;
use tradewinds_kernel::maths::Tier;
use tradewinds_kernel::record::Column;
use tradewinds_output::{Manifest, Table, read_table};
use tradewinds_policy::Reform;
use tradewinds_runner::ensemble::{Control, run};
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::watched::{bits, record, record_as};
use tradewinds_tests::fixtures::{models, real};
use tradewinds_units::{Date, days_between};

const TICKS: u32 = 30;
/// A day inside the tenth week.
const CHANGE: Date = Date::constant(2001, 3, 9);

fn small_model() -> Model {
    models::sticky(&Closed::default().build(), 6, 12)
}

fn with_duty(mut model: Model, date: Date, duty: f64) -> Model {
    let shock = models::added_duty(&model.economy, 0, duty);
    model.law = models::from_date(&model.economy, &shock, date);
    model
}

fn content(recorded: &Recorded) -> Vec<Vec<Vec<u64>>> {
    recorded.tables().iter().map(|rows| bits(rows)).collect()
}

#[test]
fn runs_of_the_same_model_are_identical() {
    let [first, second] = [(); 2].map(|()| content(&record(small_model(), TICKS)));
    assert!(first == second);
}

#[test]
fn another_seed_or_replication_gives_another_run() {
    let usual = content(&record(small_model(), TICKS));
    let mut seeded = small_model();
    seeded.seed += 1;
    let mut replicated = small_model();
    replicated.replication += 1;
    for model in [seeded, replicated] {
        let other = content(&record(model, TICKS));
        for (table, other) in usual.iter().zip(&other) {
            let differs = table.is_empty() || table[0].is_empty() || table != other;
            assert!(differs, "a table without noise");
        }
    }
}

#[test]
fn a_law_written_down_again_inside_a_tick_changes_nothing() {
    let usual = small_model();
    let mut restated = small_model();
    let rates = models::rates(&restated.economy, &Shock::default());
    restated.law = Arc::new(RateCalendar::new(vec![
        (models::START, rates.clone()),
        (CHANGE, rates.clone()),
        (CHANGE.tomorrow().expect("a day"), rates),
    ]));
    let [usual, restated] = [usual, restated].map(|model| content(&record(model, TICKS)));
    assert!(usual == restated);
}

#[test]
fn a_change_for_one_importer_inside_a_tick_leaves_the_rates_of_others_alone() {
    let rates_of = |duty: f64| {
        let mut simulation = models::simulate(with_duty(small_model(), CHANGE, duty));
        let ticks = days_between(models::START, CHANGE) / 7 + 1;
        models::run(&mut simulation, ticks as u32);
        let rates = simulation.world().resource::<RatesInForce>();
        rates.rates.collected.clone()
    };
    let (without, with) = (rates_of(0.0), rates_of(0.25));
    let per_importer = without.len() / 3;
    assert!(without[..per_importer] != with[..per_importer], "no change");
    assert!(without[per_importer..] == with[per_importer..]);
}

/// Two runs agree to the last bit in every record that ends by a date, and
/// differ later.
fn assert_part_on(date: Date, usual: &Recorded, changed: &Recorded) {
    let first_day = days_between(Date::constant(1970, 1, 1), date);
    for (usual, changed) in usual.tables().iter().zip(changed.tables()) {
        let name = usual.spec().name;
        let days = usual.columns().iter().find_map(|column| match column {
            Column::Date(days) => Some(days.clone()),
            _ => None,
        });
        let days = days.expect("a date column");
        // A record of a week holds the days up to its end.
        let before = |day: i32| i64::from(day) + 7 <= first_day;
        let rows = days.iter().take_while(|day| before(**day)).count();
        assert!(rows > 0 || days.is_empty(), "{name} starts late");
        let (usual, changed) = (bits(usual), bits(changed));
        for (usual, changed) in usual.iter().zip(&changed) {
            assert!(usual[..rows] == changed[..rows], "{name}");
        }
        let same = usual == changed;
        assert!(days.is_empty() || !same, "{name} never changes");
    }
}

#[test]
fn nothing_differs_before_the_first_date_on_which_the_laws_differ() {
    let usual = record(with_duty(small_model(), CHANGE, 0.0), TICKS);
    let changed = record(with_duty(small_model(), CHANGE, 0.25), TICKS);
    assert_part_on(CHANGE, &usual, &changed);
}

#[test]
fn nothing_differs_in_the_real_world_before_the_first_date_on_which_the_laws_differ() {
    let date = Date::constant(2025, 3, 4);
    let mut repeal = real::no_new_measures();
    for without in &mut repeal.without {
        without.from = Some(date);
    }
    let run = |reform: &Reform| {
        let plan = real::plan(reform, 1, 12, 2);
        record_as(plan.labels(1), real::model(&plan, 1), 12)
    };
    assert_part_on(date, &run(&Reform::default()), &run(&repeal));
}

/// Runs a plan on a number of threads.
fn run_on(threads: usize, reform: &Reform, folder: &Path) -> Manifest {
    let plan = real::plan(reform, 3, 9, 2);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool");
    let finished = pool.install(|| run(&plan, folder, &Control::default()));
    finished.expect("a finished ensemble").manifest
}

#[test]
fn one_two_and_three_threads_write_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifests: Vec<Manifest> = (1..=3)
        .map(|threads| {
            run_on(
                threads,
                &Reform::default(),
                &folder.path().join(threads.to_string()),
            )
        })
        .collect();
    assert!(
        manifests[0]
            .tables
            .iter()
            .any(|table| !table.parts.is_empty())
    );
    for manifest in &manifests[1..] {
        // Parts carry the hash of their bytes, tables that of their content.
        assert_eq!(manifest.tables, manifests[0].tables);
    }
    let bytes = |threads: usize| -> Vec<(String, Vec<u8>)> {
        let root = folder.path().join(threads.to_string());
        let parts = manifests[0].tables.iter().flat_map(|table| &table.parts);
        parts
            .map(|part| {
                (
                    part.file.clone(),
                    std::fs::read(root.join(&part.file)).expect("a part"),
                )
            })
            .collect()
    };
    assert!(bytes(1) == bytes(2) && bytes(1) == bytes(3));
}

#[test]
fn scenarios_of_the_same_law_write_the_same_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = run_on(2, &real::no_new_measures(), folder.path());
    let mut compared = 0;
    for entry in &manifest.tables {
        let table = read_table(folder.path(), &entry.name).expect("a table");
        let Some(scenarios) = table.codes("scenario") else {
            continue;
        };
        let rows_of = |name: &str| -> Vec<Vec<u64>> {
            let rows = (0..table.len()).filter(|row| scenarios[*row] == name);
            rows.map(|row| row_bits(&table, row)).collect()
        };
        if entry.name == "household_costs" {
            // Against the baseline, which has no rows of its own.
            let value = table.numbers("value").expect("a column");
            assert!(!value.is_empty() && value.iter().all(|cost| cost.abs() < 1e-15));
            continue;
        }
        let (baseline, same) = (rows_of("no-new-measures"), rows_of("reform"));
        compared += baseline.len();
        assert!(baseline == same, "{} differs", entry.name);
    }
    assert!(compared > 5_000, "{compared} rows");
}

/// Every value of a row but the scenario's.
fn row_bits(table: &Table, row: usize) -> Vec<u64> {
    let columns = table.names().iter().zip(table.columns());
    let others = columns.filter(|(name, _)| *name != "scenario");
    others
        .map(|(_, column)| match column {
            Column::Count(values) => u64::from(values[row]),
            Column::Date(values) => values[row] as u64,
            Column::Number(values) => values[row].to_bits(),
            Column::Code { indices, .. } => u64::from(indices[row]),
        })
        .collect()
}

// Instruction sets are chosen once per process, so each runs in one of its own.

/// A short number that stands for the content of all tables.
fn digest(recorded: &Recorded) -> u64 {
    let numbers = content(recorded).into_iter().flatten().flatten();
    numbers.fold(0xCBF2_9CE4_8422_2325, |hash, bits| {
        (hash ^ bits).wrapping_mul(0x0100_0000_01B3).rotate_left(23)
    })
}

#[test]
#[ignore = "a part of the next test, which runs it in a process for each instruction set"]
fn content_of_this_process() {
    println!(
        "content {:?} {:x}",
        Tier::active(),
        digest(&record(small_model(), TICKS))
    );
}

#[test]
fn every_instruction_set_records_the_same_content() {
    let here = format!("{:x}", digest(&record(small_model(), TICKS)));
    let test = std::env::current_exe().expect("this test");
    for tier in Tier::ALL.into_iter().filter(|tier| tier.is_supported()) {
        let output = Command::new(&test)
            .args([
                "--ignored",
                "--exact",
                "content_of_this_process",
                "--nocapture",
            ])
            .env("TRADEWINDS_SIMD", tier.name())
            .output()
            .expect("a process");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let expected = format!("content {tier:?} {here}");
        assert!(
            printed.contains(&expected),
            "{tier:?}, not {here}: {printed}"
        );
    }
}
