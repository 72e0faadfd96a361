//! Talks as an experiment runs them: threads, the size of the world, the dilemma of allies.

use std::path::Path;

use tradewinds_engine::talks::tables::{TALKS_COALITIONS, TalksRecords};
use tradewinds_kernel::record::{Column, Rows};
use tradewinds_kernel::statistics::Moments;
use tradewinds_output::Manifest;
use tradewinds_runner::ensemble::{Control, Plan, ReplicationOutcomes, run};
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::library::Library;
use tradewinds_units::{Date, days_after};

fn plan(keys: &[&str]) -> Plan {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let experiment = Experiment::load(&Library::embedded(), "talks-2025", &keys)
        .unwrap_or_else(|error| panic!("{error}"));
    Plan::of(&experiment).unwrap_or_else(|error| panic!("{error}"))
}

fn run_on(threads: usize, keys: &[&str], folder: &Path) -> (Manifest, Vec<ReplicationOutcomes>) {
    let plan = plan(keys);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let finished = pool
        .expect("a pool")
        .install(|| run(&plan, folder, &Control::default()));
    let finished = finished.expect("a finished ensemble");
    (finished.manifest, finished.outcomes)
}

#[test]
fn talks_write_the_same_bytes_on_one_and_on_three_threads() {
    let keys = [
        "replications=4",
        "population.firms_per_cell=1",
        "end=2025-08-01",
        "outcomes.from=2025-06-01",
        "outcomes.to=2025-07-31",
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let [one, three] = [1, 3].map(|threads| {
        let own = folder.path().join(threads.to_string());
        let (manifest, _) = run_on(threads, &keys, &own);
        manifest
    });
    assert_eq!(one.tables, three.tables);
    let rounds = one.tables.iter().find(|table| table.name == "talks_rounds");
    assert!(rounds.is_some_and(|table| table.rows > 50));
    for part in one.tables.iter().flat_map(|table| &table.parts) {
        let [a, b] = ["1", "3"].map(|threads| {
            std::fs::read(folder.path().join(threads).join(&part.file)).expect("a part")
        });
        assert!(a == b, "{}", part.file);
    }
}

/// Values of one outcome of the scenario with talks, by replication.
fn values(outcomes: &[ReplicationOutcomes], (group, name): (&str, &str)) -> Vec<f64> {
    let of = |one: &ReplicationOutcomes| {
        let found = one.scenarios[1].iter();
        let mut found = found.filter(|outcome| outcome.group == group && outcome.name == name);
        found
            .next()
            .unwrap_or_else(|| panic!("no outcome {group}, {name}"))
            .value
    };
    outcomes.iter().map(of).collect()
}

/// Few firms in a cell stand for many: luck of agents is averaged over cells, and governments
/// see cells.
#[test]
fn a_small_world_agrees_with_a_large_one_on_average() {
    let folder = tempfile::tempdir().expect("a folder");
    let [small, large] = [2, 20].map(|firms| {
        let size = format!("population.firms_per_cell={firms}");
        let own = folder.path().join(firms.to_string());
        run_on(2, &["replications=16", &size], &own).1
    });
    let welfare = "welfare (equivalent variation at exact prices)";
    let rates = "country rate at the end";
    // The largest difference of means that is let pass, in the unit of the outcome, beside what
    // chance makes of so few runs: who signs when differs from world to world.
    let shown = [
        (("households", "consumer prices (fixed basket)"), 2e-4),
        (("households", "real consumption"), 3e-4),
        (("imports of goods", "all goods"), 5e-3),
        ((welfare, "the same, share of income"), 3e-4),
        (("effective tariff rate", "duties over imports"), 3e-3),
        ((rates, "EUU"), 0.02),
        ((rates, "JPN"), 0.02),
        ((rates, "mean of 57 attached"), 0.01),
        (("talks", "letters"), 1.0),
        (("talks", "a pause"), 0.2),
    ];
    for (name, most) in shown {
        let [few, many] = [&small, &large].map(|one| values(one, name));
        let apart: Vec<f64> = few
            .iter()
            .zip(&many)
            .map(|(few, many)| few - many)
            .collect();
        let apart = Moments::of(&apart);
        assert!(
            apart.mean().abs() <= most + 2.0 * apart.standard_error(),
            "{name:?}: {} apart, {few:?} and {many:?}",
            apart.mean()
        );
    }
    let deals = ("deals signed", "by 2025-12-24");
    let [few, many] = [&small, &large].map(|one| values(one, deals));
    let apart: Vec<f64> = few.iter().zip(&many).map(|(a, b)| a - b).collect();
    let apart = Moments::of(&apart);
    assert!(Moments::of(&few).mean() > 0.5, "nobody signs");
    assert!(
        apart.mean().abs() <= 3.0 * apart.standard_error() + 0.25,
        "{} deals apart",
        apart.mean()
    );
}

fn games(records: &TalksRecords) -> &Rows {
    let found = records
        .tables
        .iter()
        .find(|rows| rows.spec().name == TALKS_COALITIONS.name);
    found.expect("a table of coalitions")
}

/// At the values of the files every game of allies that the simulated economy gives is a
/// prisoner's dilemma while there are four or more: temptation above reward above punishment
/// above the sucker's payoff, and taking turns is no better than pressing together. Of two or
/// three that are left nobody can stand aside without undoing the pressure, and standing together
/// may be best (a stag hunt).
#[test]
fn allies_are_in_a_prisoners_dilemma() {
    let plan = plan(&["talks.ranges=false", "replications=4"]);
    let control = Control::default();
    let played = plan.replicate(&[1], &control, |one| {
        let recorded = one.recorded[1].as_ref().expect("a run with talks");
        games(&recorded.talks).clone()
    });
    let (mut dilemmas, mut hunts) = (0, 0);
    for rows in played.expect("runs") {
        let Column::Count(allies) = column(&rows, "allies") else {
            panic!("no numbers of allies");
        };
        let of = |name: &str| rows.numbers(name).expect("a column");
        for (row, allies) in allies.iter().enumerate() {
            let [t, r, p, s] =
                ["temptation", "reward", "punishment", "sucker"].map(|name| of(name)[row]);
            assert!(r > p && p > s && 2.0 * r > t + s, "{t} {r} {p} {s}");
            match *allies > 3 {
                true => assert!(t > r, "{allies} allies: {t} {r}"),
                false => hunts += 1,
            }
            dilemmas += usize::from(*allies > 3);
        }
    }
    assert!(dilemmas >= 20, "{dilemmas} dilemmas, {hunts} hunts");
}

/// Rates of signed deals and gains of rounds in a run of the scenario with talks.
fn terms(keys: &[&str]) -> (Vec<f64>, Vec<f64>) {
    let short = [
        "replications=2",
        "population.firms_per_cell=1",
        "talks.ranges=false",
        "talks.values.hazard_const=-1.0",
    ];
    let keys: Vec<&str> = short.iter().chain(keys).copied().collect();
    let control = Control::default();
    let played = plan(&keys).replicate(&[1], &control, |one| {
        let recorded = one.recorded[1].as_ref().expect("a run with talks");
        let column = |table: &str, name: &str| {
            let mut tables = recorded.talks.tables.iter();
            let rows = tables.find(|rows| rows.spec().name == table);
            rows.and_then(|rows| rows.numbers(name))
                .expect("a column")
                .to_vec()
        };
        (
            column("talks_deals", "rate"),
            column("talks_rounds", "government_gain"),
        )
    });
    played.expect("runs").into_iter().fold(
        (Vec::new(), Vec::new()),
        |(mut rates, mut gains), one| {
            rates.extend(one.0);
            gains.extend(one.1);
            (rates, gains)
        },
    )
}

/// Pairs that reckon with the terms of the others see other gains from the first deal on, and
/// keep to the floor.
#[test]
fn pairs_may_reckon_with_each_other() {
    let (alone, of_alone) = terms(&[]);
    let (together, of_together) = terms(&["talks.values.nash_in_nash=1.0"]);
    assert!(!alone.is_empty() && !together.is_empty());
    assert!(of_alone != of_together, "nobody reckons with others");
    for rate in together {
        assert!((0.1 - 1e-12..=1.5).contains(&rate), "{rate}");
    }
}

fn column<'a>(rows: &'a Rows, name: &str) -> &'a Column {
    let mut columns = rows.spec().columns.iter();
    let at = columns.position(|one| one.name == name).expect("a column");
    &rows.columns()[at]
}

fn dates(rows: &Rows) -> Vec<Date> {
    let Column::Date(days) = column(rows, "date") else {
        panic!("no dates");
    };
    let epoch: Date = "1970-01-01".parse().expect("a day");
    days.iter()
        .map(|day| days_after(epoch, i64::from(*day)))
        .collect()
}

fn word<'a>(rows: &'a Rows, name: &str, row: usize) -> &'a str {
    let Column::Code { indices, names } = column(rows, name) else {
        panic!("no words in {name}");
    };
    &names[indices[row] as usize]
}

/// A principal that backs down at once in a crisis puts off the rates that are to come by the
/// length of a pause, for all who have neither signed nor answered.
#[test]
fn a_pause_in_a_crisis_puts_off_what_is_due() {
    let keys = [
        "replications=2",
        "population.firms_per_cell=1",
        "end=2025-04-30",
        "outcomes.from=2025-04-01",
        "outcomes.to=2025-04-29",
        "talks.ranges=false",
        "talks.values.backdown_const=30.0",
        "talks.values.crisis_stress=0.2",
    ];
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let experiment = Experiment::load(&Library::embedded(), "chain-2025", &keys)
        .unwrap_or_else(|error| panic!("{error}"));
    let plan = Plan::of(&experiment).unwrap_or_else(|error| panic!("{error}"));
    let played = plan.replicate(&[1], &Control::default(), |one| {
        let talks = &one.recorded[1].as_ref().expect("a run with talks").talks;
        let table = |name: &str| {
            let found = talks.tables.iter().find(|rows| rows.spec().name == name);
            found.expect("a table").clone()
        };
        (table("talks_acts"), table("talks_states"))
    });
    let due_before: Date = "2025-04-09".parse().expect("a day");
    let mut count = 0;
    for (acts, states) in played.expect("runs") {
        let Some(first) = (0..acts.len()).find(|row| word(&acts, "act", *row) == "pause") else {
            continue;
        };
        if dates(&acts)[first] >= due_before {
            continue;
        }
        count += 1;
        let (days, rates) = (dates(&states), states.numbers("rate").expect("a column"));
        let answers = states.numbers("answer").expect("a column");
        let spared = (0..days.len()).filter(|row| days[*row] > due_before && answers[*row] == 0.0);
        let mut rows = 0;
        for row in spared {
            assert!(rates[row] <= 0.1 + 1e-9, "{} on {}", rates[row], days[row]);
            rows += 1;
        }
        assert!(rows > 100, "{rows} rows");
    }
    assert!(count > 0, "no pause before the day");
}
