use super::*;
use crate::library::Library;

fn experiments() -> Vec<(Experiment, RecordPlan)> {
    let library = Library::embedded();
    let mut names = library.experiments();
    names.retain(|name| library.holds(&format!("experiments/{name}/{RECORD_FILE}")));
    let small = [
        "population.firms_per_cell=1".to_owned(),
        "population.importers=1.0".to_owned(),
        "replications=2".to_owned(),
        "repeats=1".to_owned(),
        "tick=\"month\"".to_owned(),
        "collect.period_weeks=4".to_owned(),
    ];
    (names.iter())
        .map(|name| {
            let experiment = Experiment::load(&library, name, &small).unwrap();
            let rows = RecordPlan::load(&experiment).unwrap();
            (experiment, rows)
        })
        .collect()
}

#[test]
fn every_recorded_value_is_answered_once_over_all_experiments() {
    let library = Library::embedded();
    let path = "configs/validation/targets.csv";
    let targets = read_targets(&library.source(path).unwrap()).unwrap();
    let all = experiments();
    for target in &targets {
        let rows = all.iter().flat_map(|(_, plan)| &plan.rows);
        let answers = rows.filter(|row| row.target.id == target.id).count();
        assert_eq!(answers, 1, "{}", target.id);
    }
}

#[test]
fn every_row_with_a_measure_says_why_it_could_miss_on_either_side() {
    for (experiment, plan) in experiments() {
        for row in &plan.rows {
            let is_answered = (row.asked.as_ref()).is_some_and(|asked| !asked.measure.is_empty());
            let is_told = !row.too_low.is_empty() && !row.too_high.is_empty();
            let is_excused = !row.missing.is_empty();
            let id = &row.target.id;
            assert!(is_answered == is_told, "{}: {id}", experiment.name);
            assert!(is_answered != is_excused, "{}: {id}", experiment.name);
        }
    }
}

#[test]
fn rows_agree_with_each_other_and_with_the_law() {
    let (experiment, rows) = experiments().pop().unwrap();
    let record = run(&experiment, rows, &Control::default()).unwrap();
    assert_eq!((record.replications, record.samples), (2, 2));
    let of = |group: &str, from: &str| {
        let answers = record.answers.iter();
        let mut own = answers.filter(|answer| {
            answer.row.group.starts_with(group) && answer.row.title.starts_with(from)
        });
        own.next()
            .and_then(|answer| answer.simulated)
            .unwrap()
            .median
    };
    let (group, last) = ("Customs duties by month", "2025-08");
    let duties = of(group, last);
    let imports = of("Imports of goods by month", last);
    let rate = of("Duties over imports by month", last);
    assert!(
        (100.0 * duties / imports / rate - 1.0).abs() < 1e-3,
        "{duties} {imports} {rate}"
    );
    assert!(of(group, "2025-01") < 0.4 * duties);
}

/// What is said of the record of the experiment on markets after a change of its text.
fn told((from, to): (&str, &str), set: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("experiments/markets");
    std::fs::create_dir_all(&path).unwrap();
    let file = "experiments/markets/record.toml";
    let text = Library::embedded().text(file).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path.join(RECORD_FILE), text.replacen(from, to, 1)).unwrap();
    let library = Library::embedded().under(folder.path()).unwrap();
    let set: Vec<String> = set.iter().map(|one| (*one).to_owned()).collect();
    let experiment = Experiment::load(&library, "markets", &set).unwrap();
    RecordPlan::load(&experiment).unwrap_err().to_string()
}

#[test]
fn a_row_of_what_is_not_recorded_is_refused() {
    let measure = "measure = \"share_gain\"\n";
    let weekend = format!("{measure}from = 2025-04-05\nto = 2025-04-06\n");
    let found = told((measure, &weekend), &[]);
    assert!(found.contains("row[0].to"), "{found}");
    assert!(found.contains("without a day of trade"), "{found}");
    // Windows of rows without days of their own are those of the recorded values.
    let early = [
        "end=2025-03-31",
        "outcomes.from=2025-01-01",
        "outcomes.to=2025-03-31",
    ];
    let found = told((measure, measure), &early);
    assert!(found.contains("row[0].from"), "{found}");
    assert!(found.contains("2025-04-02 to 2025-04-08"), "{found}");
    let found = told(("[\"JPN\"]", "[\"CHN\"]"), &[]);
    assert!(found.contains("does not record CHN by itself"), "{found}");
}

#[test]
fn shares_of_an_experiment_without_markets_are_refused() {
    let same = ("[\"JPN\"]", "[\"JPN\"]");
    let found = told(same, &["closure.equities=off"]);
    assert!(found.contains("row[0].measure"), "{found}");
    assert!(
        found.contains("set `closure.equities = \"priced\"` in the experiment"),
        "{found}"
    );
    let found = told(same, &["mode=oracle"]);
    assert!(found.contains("`mode = \"oracle\"`"), "{found}");
}

#[test]
fn a_row_that_does_not_answer_its_recorded_value_is_refused() {
    for (from, to, parts) in [
        (
            "importers = [\"CAN\"]",
            "importers = [\"KOR\"]",
            ["row[2].importers", "M03 is of CAN", "importers = [\"CAN\"]"],
        ),
        (
            "importers = [\"CAN\"]",
            "",
            ["row[2].target", "M03 is of CAN", "importers = [\"CAN\"]"],
        ),
        (
            "scale = 100.0",
            "scale = 1.0",
            ["row[0].scale", "the unit of M01", "write `scale = 100.0`"],
        ),
        (
            "scale = 100.0",
            "scale = 1e30",
            ["row[0].scale", "out of range", "1000000000"],
        ),
        (
            "target = \"M02\"",
            "target = \"M01\"",
            ["row[1].target", "M01 is answered twice", "delete one"],
        ),
        (
            "target = \"M02\"",
            "target = \"M01\"",
            ["key:      targets", "no row for M02", "`elsewhere`"],
        ),
        (
            "measure = \"share_gain\"",
            "",
            [
                "record.toml:8:",
                "nothing is computed for M01",
                "write `missing",
            ],
        ),
        (
            "measure = \"share_gain\"",
            "measure = \"policy_share_gain_over_earlier\"",
            ["row[0].measure", "without `since`", "since = "],
        ),
        (
            "measure = \"share_gain\"",
            "measure = \"policy_share_gain_over_market\"",
            ["row[0].measure", "without `sectors`", "sectors = "],
        ),
    ] {
        let found = told((from, to), &[]);
        for part in parts {
            assert!(found.contains(part), "`{part}` is missing in:\n{found}");
        }
    }
}

#[test]
fn a_mistake_in_a_file_of_recorded_values_is_told_at_its_cell() {
    let folder = tempfile::tempdir().unwrap();
    let file = "configs/validation/markets.csv";
    let text = Library::embedded().text(file).unwrap();
    std::fs::create_dir_all(folder.path().join("configs/validation")).unwrap();
    let wrong = text.replacen("5.0,6.1", "6.1,5.0", 1);
    std::fs::write(folder.path().join(file), wrong).unwrap();
    let library = Library::embedded().under(folder.path()).unwrap();
    let experiment = Experiment::load(&library, "markets", &[]).unwrap();
    let found = RecordPlan::load(&experiment).unwrap_err().to_string();
    for part in [
        "configs/validation/markets.csv:3:",
        "key:      low",
        "found:    6.1",
        "a number up to 5.57",
    ] {
        assert!(found.contains(part), "`{part}` is missing in:\n{found}");
    }
}

fn answer(value: f64, band: (f64, f64), simulated: (f64, f64, f64)) -> Answer {
    let (_, plan) = experiments().swap_remove(0);
    let mut row = plan.rows.into_iter().next().unwrap();
    (row.target.value, row.target.low, row.target.high) = (value, Some(band.0), Some(band.1));
    let (low, median, high) = simulated;
    Answer {
        row,
        simulated: Some(Simulated {
            median,
            low,
            high,
            count: 9,
        }),
        long_run: None,
    }
}

#[test]
fn verdicts_tell_inside_near_and_outside_and_size_from_sign() {
    let inside = answer(1.0, (0.9, 1.1), (0.8, 1.2, 1.4));
    assert_eq!(inside.verdict(), Verdict::Inside);
    let near = answer(1.0, (0.9, 1.1), (1.05, 1.2, 1.4));
    assert_eq!(
        (near.verdict(), near.magnitude_agrees()),
        (Verdict::Near, Some(true))
    );
    let far = answer(1.0, (0.9, 1.1), (3.0, 3.5, 4.0));
    assert_eq!(
        (far.verdict(), far.magnitude_agrees()),
        (Verdict::Outside, Some(false))
    );
    assert_eq!(far.sign_agrees(), Some(true));
    let wrong = answer(1.0, (0.9, 1.1), (-2.0, -1.0, -0.5));
    assert_eq!(
        (wrong.sign_agrees(), wrong.magnitude_agrees()),
        (Some(false), Some(false))
    );
    let zero = answer(0.1, (-0.1, 0.3), (-0.3, -0.2, -0.05));
    assert_eq!(zero.sign_agrees(), Some(true));
}

#[test]
fn the_note_holds_every_row_and_says_why_it_missed() {
    let far = answer(1.0, (0.9, 1.1), (3.0, 3.5, 4.0));
    let words = far.row.too_high.clone();
    let record = Record {
        title: "A title".into(),
        introduction: "Some words.".into(),
        experiment: "one".into(),
        config_hash: "0123456789".into(),
        replications: 9,
        samples: 9,
        answers: vec![far],
    };
    let note = markdown(std::slice::from_ref(&record), "a command", "The record");
    assert!(note.contains(&words) && note.contains("outside"), "{note}");
    assert!(
        note.contains("Warning: 9 replications: with fewer than 20"),
        "{note}"
    );
    let of = |replications: usize| Record {
        replications,
        ..record.clone()
    };
    assert!(to_json(&of(20))["warning"].is_null() && !table(&of(20)).contains("Warning"));
    let single = table(&of(1))
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        single.contains("one replication: there is no interval"),
        "{single}"
    );
    let widest = table(&record)
        .lines()
        .map(|line| line.chars().count())
        .max();
    assert!(widest <= Some(100), "{}", table(&record));
    assert_eq!(csv(&record).lines().count(), 2);
}
