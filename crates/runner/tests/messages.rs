//! Mistakes people make in experiments, scenarios and their own measures, and
//! what they are told: place, key, found, expected, fix, on one screen.

use std::path::Path;

use tempfile::TempDir;
use tradewinds_runner::experiment::{Experiment, ExperimentError, Limits};
use tradewinds_runner::library::Library;

const EXPERIMENT: &str = r#"
name = "mine"
title = "My question"
question = "What if?"
world = "2024"
base_law = 2024-12-31
start = 2025-01-01
end = 2025-12-31
baseline = "law"
replications = 2

[[scenario]]
name = "law"
title = "The law"

[[scenario]]
name = "more"
title = "With a duty of my own"
add = "duty.toml"

[outcomes]
economy = "JPN"
"#;

const DUTY: &str = r#"
id = "my.duty"
title = "A duty of my own"
authority = "my_power"
legal_basis = "none"
importer = "JPN"

[[measure]]
name = "machines"
products = "machinery"
origins = ["USA"]

[[measure.rate]]
announced = 2025-02-01
from = 2025-03-01
value = 0.2
source = { title = "own", href = "own" }
"#;

/// A folder with a user's files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

fn load(root: &Path, overrides: &[&str]) -> Result<Experiment, ExperimentError> {
    let file = root.join("mine.toml");
    let overrides: Vec<String> = overrides.iter().map(|one| (*one).to_owned()).collect();
    Experiment::load(&Library::embedded(), file.to_str().unwrap(), &overrides)
}

/// What the author of these two files is told.
fn told(experiment: &str, duty: &str) -> String {
    let root = project(&[("mine.toml", experiment), ("duty.toml", duty)]);
    let error = match load(root.path(), &[]) {
        Ok(experiment) => panic!("accepted {}", experiment.resolved),
        Err(error) => error,
    };
    assert_eq!(error.exit_code(), 2, "{error}");
    error.to_string()
}

fn assert_says(message: &str, parts: &[&str]) {
    // Long sentences are folded on the screen.
    let unfolded = message.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        let found = message.contains(part) || unfolded.contains(part);
        assert!(found, "no {part:?} in\n{message}");
    }
    let first = message.split("\n\n").next().unwrap();
    assert!(first.lines().count() <= 24, "{message}");
}

fn experiment_with(from: &str, to: &str) -> String {
    assert!(EXPERIMENT.contains(from), "{from}");
    EXPERIMENT.replacen(from, to, 1)
}

fn duty_with(from: &str, to: &str) -> String {
    assert!(DUTY.contains(from), "{from}");
    DUTY.replacen(from, to, 1)
}

#[test]
fn a_users_folder_runs_on_the_embedded_world_and_law() {
    let root = project(&[("mine.toml", EXPERIMENT), ("duty.toml", DUTY)]);
    let experiment =
        load(root.path(), &["replications=3"]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(experiment.replications(), 3);
    let schedules = experiment.schedules().unwrap();
    let rate = |at: usize, day: &str| {
        let (home, origin) = ("JPN".parse().unwrap(), "USA".parse().unwrap());
        let product = "machinery".parse().unwrap();
        schedules[at]
            .rate(home, origin, &product, day.parse().unwrap())
            .added_statutory()
    };
    assert_eq!(
        (
            rate(0, "2025-03-01"),
            rate(1, "2025-02-28"),
            rate(1, "2025-03-01")
        ),
        (0.0, 0.0, 0.2)
    );
    let elsewhere = Experiment::load(&Library::embedded(), "us-2024", &[]).unwrap_err();
    assert_says(&elsewhere.to_string(), &["us-2024", "us-2025"]);
    assert_eq!(elsewhere.exit_code(), 2);
}

#[test]
fn e1_a_misspelt_key_is_answered_with_the_right_one() {
    let duty = duty_with("value = 0.2", "tarif = 0.2");
    let message = told(EXPERIMENT, &duty);
    assert_says(
        &message,
        &[
            "duty.toml:16:1",
            "`tarif`",
            "did you mean `value`?",
            "`announced`",
        ],
    );
    let message = told(&experiment_with("replications", "replicatons"), DUTY);
    assert_says(
        &message,
        &["mine.toml:10:1", "did you mean `replications`?"],
    );
    let message = told(&experiment_with("[[scenario]]", "[[policy]]"), DUTY);
    assert_says(&message, &["`policy`"]);
}

#[test]
fn e2_a_decimal_comma_is_shown_with_a_point() {
    let message = told(EXPERIMENT, &duty_with("0.2", "0,25"));
    assert_says(&message, &["duty.toml:16:10", "use a point: 0.25"]);
}

#[test]
fn e3_a_percentage_is_taken_for_a_fraction_only_on_request() {
    let message = told(EXPERIMENT, &duty_with("0.2", "25"));
    assert_says(
        &message,
        &["duty.toml:16:9", "25 means 2,500 %; did you mean 0.25?"],
    );
    let root = project(&[
        ("mine.toml", EXPERIMENT),
        ("duty.toml", &duty_with("0.2", "25\nallow_extreme = true")),
    ]);
    assert!(load(root.path(), &[]).is_ok());
}

#[test]
fn e4_more_firms_than_fit_are_refused_before_anything_is_allocated() {
    let with = |firms: &str| format!("{EXPERIMENT}\n[population]\nfirms_per_cell = {firms}\n");
    let message = told(&with("1e18"), DUTY);
    assert_says(&message, &["mine.toml:25:18", "whole number", "help:"]);
    let huge = with("1000000000000000000");
    let root = project(&[("mine.toml", &huge), ("duty.toml", DUTY)]);
    let experiment = load(root.path(), &[]).unwrap();
    let error = experiment.check_limits(&Limits::default(), 2).unwrap_err();
    assert_says(
        &error.to_string(),
        &[
            "firms_per_cell = 1000000000000000000",
            "10^2",
            "limit 16.0 GB",
            "--max-memory",
        ],
    );
    assert_eq!(ExperimentError::from(error).exit_code(), 4);
}

#[test]
fn e5_deep_nesting_is_refused_with_its_place() {
    let started = std::time::Instant::now();
    let brackets = format!(
        "{EXPERIMENT}\n[parameters]\nrebate_share = {}",
        "[".repeat(1_000_000)
    );
    let message = told(&brackets, DUTY);
    assert_says(&message, &["nesting deeper than 32", "mine.toml:25:"]);
    let dotted = format!("{EXPERIMENT}\na{} = 1\n", ".a".repeat(200_000));
    let message = told(&dotted, DUTY);
    assert_says(&message, &["nesting deeper than 32", "mine.toml:24:"]);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn e6_a_circle_is_printed_as_a_chain_with_lines() {
    let root = project(&[
        (
            "mine.toml",
            &format!("extends = \"other.toml\"\n{EXPERIMENT}"),
        ),
        ("other.toml", "# first\nextends = \"mine.toml\"\n"),
    ]);
    let message = load(root.path(), &[]).unwrap_err().to_string();
    assert_says(
        &message,
        &[
            "mine.toml -> other.toml -> mine.toml",
            "mine.toml:1:",
            "other.toml:2:",
        ],
    );
    let scenarios = experiment_with(
        "title = \"The law\"",
        "title = \"The law\"\nextends = \"more\"",
    );
    let scenarios = scenarios.replace("add = \"duty.toml\"", "extends = \"law\"");
    let message = told(&scenarios, DUTY);
    assert_says(
        &message,
        &[
            "law -> more -> law",
            "mine.toml:15:11",
            "line 20 extends \"law\"",
        ],
    );
    let files = experiment_with("add = \"duty.toml\"", "reform = \"a.toml\"");
    let root = project(&[
        ("mine.toml", &files),
        ("a.toml", "title = \"a\"\nreform = \"b.toml\"\n"),
        ("b.toml", "title = \"b\"\nreform = \"a.toml\"\n"),
    ]);
    let message = load(root.path(), &[]).unwrap_err().to_string();
    assert_says(
        &message,
        &["mine.toml -> a.toml -> b.toml -> a.toml", "b.toml:2:10"],
    );
}

#[test]
fn e7_nothing_outside_the_folder_is_read() {
    for (key, value) in [
        ("add", "../../etc/passwd"),
        ("add", "/etc/passwd"),
        ("reform", "../x.toml"),
    ] {
        let files = experiment_with("add = \"duty.toml\"", &format!("{key} = \"{value}\""));
        let message = told(&files, DUTY);
        assert_says(&message, &["outside the project root", value]);
        assert!(!message.contains("root:x:"), "{message}");
    }
    let parent = format!("extends = \"../../../etc/passwd\"\n{EXPERIMENT}");
    assert_says(
        &told(&parent, DUTY),
        &["outside the project root", "mine.toml:1:11"],
    );
}

#[test]
fn e9_numbers_must_be_finite_and_all_are_reported_in_one_pass() {
    let experiment =
        format!("{EXPERIMENT}\n[parameters]\nrebate_share = nan\norigin_elasticity = inf\n");
    let message = told(&experiment, DUTY);
    assert_says(
        &message,
        &["mine.toml:25:16", "mine.toml:26:21", "must be finite"],
    );
    let message = told(EXPERIMENT, &duty_with("0.2", "nan"));
    assert_says(&message, &["duty.toml:16:9", "must be finite"]);
}

#[test]
fn e10_two_rates_on_the_same_goods_need_a_word_on_how_they_combine() {
    let second = r#"
[[measure]]
name = "tools"
products = "machinery"
origins = ["USA"]

[[measure.rate]]
announced = 2025-02-01
from = 2025-04-01
value = 0.1
source = { title = "own", href = "own" }
"#;
    let duty = format!("{DUTY}{second}");
    let message = told(EXPERIMENT, &duty);
    assert_says(
        &message,
        &[
            "`my.duty.machines` (line 8)",
            "`my.duty.tools` (line 19)",
            "duty.toml:8:",
            "duty.toml:19:",
            "combine = \"add\"",
            "combine = \"max\"",
            "split them by date",
        ],
    );
    let stated = duty.replace("name = \"tools\"", "name = \"tools\"\ncombine = \"max\"");
    let root = project(&[("mine.toml", EXPERIMENT), ("duty.toml", &stated)]);
    assert!(load(root.path(), &[]).is_ok());
}

#[test]
fn unknown_names_are_answered_with_known_ones() {
    let tail = |text: &str| format!("{EXPERIMENT}\n{text}\n");
    let more = |text: &str| experiment_with("add = \"duty.toml\"", text);
    let prior = "prior = \"uniform\"\nlow = 0.1\nhigh = 0.2\nsource = \"own\"";
    for (experiment, parts) in [
        (
            more("without = [{ what = \"s232_stel\" }]"),
            ["mine.toml:19:21", "did you mean \"s232_steel\"?"],
        ),
        (
            more("lapse = [{ pause = \"ninety_day\", from = 2025-05-01 }]"),
            ["mine.toml:19:20", "did you mean \"ninety_days\"?"],
        ),
        (
            more("extends = \"lav\""),
            ["mine.toml:19:11", "did you mean \"law\"?"],
        ),
        (
            experiment_with("baseline = \"law\"", "baseline = \"laws\""),
            ["mine.toml:9:12", "did you mean \"law\"?"],
        ),
        (
            experiment_with("world = \"2024\"", "world = \"2023\""),
            ["mine.toml:5:9", "2017, 2024"],
        ),
        (
            experiment_with("economy = \"JPN\"", "economy = \"KEN\""),
            ["mine.toml:22:11", "economy of the world `KEN`"],
        ),
        (
            tail("[parameters]\norigin_elasticty = 3"),
            ["mine.toml:25:1", "did you mean `origin_elasticity`?"],
        ),
        (
            tail("[parameters]\norigin_elasticity = { autoss = 3 }"),
            ["mine.toml:25:23", "did you mean \"autos\"?"],
        ),
        (
            tail(&format!("[uncertainties.margin_sqeeze]\n{prior}")),
            ["mine.toml:24:16", "did you mean \"margin_squeeze\"?"],
        ),
        (
            tail(&format!("[uncertainties.\"wage_speed.autos\"]\n{prior}")),
            ["mine.toml:24:16", "no parameter by sector `wage_speed`"],
        ),
        (
            tail("[law.inside_quota]\nno_such_quota = 0.5"),
            ["mine.toml:25:1", "no quota `no_such_quota`"],
        ),
    ] {
        assert_says(&told(&experiment, DUTY), &parts);
    }
}

#[test]
fn contradictions_are_shown_where_they_stand() {
    let tail = |text: &str| format!("{EXPERIMENT}\n{text}\n");
    let prior = "prior = \"uniform\"\nlow = 0.1\nhigh = 1.2\nsource = \"own\"";
    for (experiment, parts) in [
        (
            experiment_with("end = 2025-12-31", "end = 2024-12-31"),
            ["mine.toml:8:7", "comes before the first"],
        ),
        (
            experiment_with("end = 2025-12-31", "end = 2025-01-03"),
            ["mine.toml:8:7", "at least 7 days"],
        ),
        (
            experiment_with("base_law = 2024-12-31", "base_law = 2025-03-01"),
            ["mine.toml:6:12", "up to 2025-01-01"],
        ),
        (
            experiment_with("name = \"more\"", "name = \"law\""),
            ["mine.toml:17:8", "two scenarios are called `law`"],
        ),
        (
            experiment_with("name = \"mine\"", "name = \"../mine\""),
            ["mine.toml:2:8", "paths and tables"],
        ),
        (
            tail("[population]\nimporters = [0.5, 0.3]"),
            ["mine.toml:25:13", "sum 1"],
        ),
        (
            tail("[collect]\nperiod_weeks = 3").replacen("replications = 2", "tick = \"month\"", 1),
            ["mine.toml:25:16", "multiple of 4 weeks"],
        ),
        (
            tail("[parameters]\nmargin_squeeze = 1.5"),
            ["mine.toml:25:18", "from 0 to 1"],
        ),
        (
            tail(&format!("[uncertainties.margin_squeeze]\n{prior}")),
            ["mine.toml:27:8", "values from 0 to 1"],
        ),
        (
            tail(&format!(
                "[uncertainties.margin_squeeze]\nrelative = true\n{}",
                prior.replace("1.2", "4")
            )),
            ["mine.toml:28:8", "values from 0 to 3.3"],
        ),
        (
            tail(&format!(
                "[parameters]\nmargin_squeeze = 0.2\n[uncertainties.margin_squeeze]\n{}",
                prior.replace("1.2", "0.9")
            )),
            ["mine.toml:26:16", "a constant and uncertain"],
        ),
        (
            tail("[uncertainties.margin_squeeze]\nprior = \"uniform\"\nlow = 0.1\nhigh = 0.2"),
            ["mine.toml:24:1", "missing key `source`"],
        ),
    ] {
        assert_says(&told(&experiment, DUTY), &parts);
    }
}

#[test]
fn mistakes_in_several_places_come_in_one_pass() {
    let experiment = experiment_with("baseline = \"law\"", "baseline = \"laws\"");
    let experiment = experiment.replace("economy = \"JPN\"", "economy = \"KEN\"");
    let message = told(&experiment, &duty_with("value = 0.2", "tarif = 0.2"));
    assert_says(
        &message,
        &["mine.toml:9:12", "mine.toml:22:11", "duty.toml:16:1"],
    );
}

#[test]
fn a_scenario_starts_from_another_and_from_files() {
    let experiment = experiment_with(
        "[outcomes]",
        "[[scenario]]\nname = \"last\"\ntitle = \"x\"\nextends = \"more\"\nreform = \"cut.toml\"\nwithout = [{ what = \"my.duty.machines\", from = 2025-06-01 }]\n\n[outcomes]",
    );
    let cut = "title = \"No answer\"\nwithout = [{ what = \"china_tariff_2025\" }]\n";
    let root = project(&[
        ("mine.toml", &experiment),
        ("duty.toml", DUTY),
        ("cut.toml", cut),
    ]);
    let experiment = load(root.path(), &[]).unwrap_or_else(|error| panic!("{error}"));
    let last = &experiment.scenarios[2].reform;
    assert_eq!((last.instruments.len(), last.without.len()), (1, 2));
    let schedules = experiment.schedules().unwrap();
    let rate = |at: usize, pair: (&str, &str), day: &str| {
        let (home, origin) = (pair.0.parse().unwrap(), pair.1.parse().unwrap());
        let product = "machinery".parse().unwrap();
        schedules[at]
            .rate(home, origin, &product, day.parse().unwrap())
            .added_statutory()
    };
    assert_eq!(rate(2, ("JPN", "USA"), "2025-05-31"), 0.2);
    assert_eq!(rate(2, ("JPN", "USA"), "2025-06-01"), 0.0);
    assert!(rate(1, ("CHN", "USA"), "2025-05-01") > rate(2, ("CHN", "USA"), "2025-05-01") + 0.5);
}
