//! Mistakes in files, each with its place, its fix and its exit code.

use std::path::Path;

use super::expect;

/// A duty of one's own; `LINE` stands for the line that a test gets wrong.
const DUTY: &str = r#"id = "mine.duty"
title = "A duty"
authority = "mine"
legal_basis = "none"
importer = "USA"

[[measure]]
name = "all"
products = "all_goods"
origins = ["CHN"]

[[measure.rate]]
announced = 2025-05-01
from = 2025-06-01
LINE
source = { title = "me", href = "recalled: me" }
confidence = "low"
record = ["T001"]
"#;

/// Checks one file with this text; the code it exits with and what it says.
fn check(code: i32, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    let (out, err) = expect(code, folder.path(), &["check", "mine.toml"]);
    assert!(out.contains("1 files checked"), "{out}");
    err
}

fn duty(line: &str) -> String {
    DUTY.replace("LINE", line)
}

fn assert_says(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "`{part}` is missing in:\n{told}");
    }
}

#[test]
fn a_right_file_is_right() {
    assert_eq!(check(0, &duty("value = 0.2")), "");
}

#[test]
fn a_misspelt_key_is_shown_with_the_key_that_was_meant() {
    let told = check(2, &duty("tarif = 0.2"));
    assert_says(
        &told,
        &[
            "mine.toml:15:1",
            "`tarif`",
            "did you mean `value`?",
            "`announced`",
        ],
    );
}

#[test]
fn a_decimal_comma_is_shown_at_its_column() {
    let told = check(2, &duty("value = 0,25"));
    assert_says(&told, &["mine.toml:15:10", "use a point: 0.25"]);
}

#[test]
fn a_rate_in_per_cent_is_refused() {
    let told = check(2, &duty("value = 25"));
    assert_says(
        &told,
        &["25 means 2,500 %; did you mean 0.25?", "allow_extreme"],
    );
}

#[test]
fn numbers_that_are_none_are_all_reported_in_one_pass() {
    let text = duty("value = nan")
        + "[[quota]]\nid = \"q\"\nvolume = inf\nunit = \"t\"\nyear_starts = \"01-01\"\nexpected_inside = 0.5\nsource = \"me\"\nconfidence = \"low\"\n";
    let told = check(2, &text);
    assert_eq!(told.matches("must be finite").count(), 2, "{told}");
}

#[test]
fn two_rates_for_the_same_goods_name_both_lines_and_the_ways_out() {
    let one = duty("value = 0.1");
    let measure = one[one.find("[[measure]]").unwrap()..].replace("\"all\"", "\"again\"");
    let told = check(2, &(one + &measure.replace("value = 0.1", "value = 0.2")));
    assert_says(
        &told,
        &[
            "line 7",
            "line 19",
            "combine = \"add\"",
            "combine = \"max\"",
        ],
    );
}

#[test]
fn nesting_without_end_is_refused_at_once() {
    let start = std::time::Instant::now();
    let told = check(2, &format!("x = {}", "[".repeat(1_000_000)));
    assert_says(&told, &["deeper than 32", "mine.toml:1:"]);
    assert!(start.elapsed().as_secs_f64() < 5.0, "{:?}", start.elapsed());
}

#[test]
fn a_circle_of_parents_is_shown_and_paths_out_of_the_project_are_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.toml", "extends = \"b.toml\"\n");
    write("b.toml", "extends = \"a.toml\"\n");
    write("c.toml", "extends = \"../../../../etc/hostname\"\n");
    let (_, told) = expect(2, folder.path(), &["check", "a.toml"]);
    assert_says(&told, &["a.toml", "b.toml"]);
    let (_, told) = expect(2, folder.path(), &["check", "c.toml"]);
    assert_says(&told, &["outside the project root"]);
}

#[test]
fn a_broken_folder_above_an_experiment_is_named_with_its_project() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().canonicalize().unwrap();
    let mine = project.join("work/mine");
    std::fs::create_dir_all(&mine).unwrap();
    std::fs::create_dir_all(project.join("configs/policy")).unwrap();
    std::fs::write(project.join("configs/policy/broken.toml"), "id = 3\n").unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let whole = root.join("experiments/us-2025/experiment.toml");
    std::fs::copy(whole, mine.join("experiment.toml")).unwrap();
    let named = format!("files are named from {}\n", project.display());
    for words in [["check", "experiment.toml"], ["run", "."]] {
        let (_, told) = expect(2, &mine, &words);
        assert_says(&told, &[&named, "configs/policy/broken.toml:1:1"]);
    }
    let (_, told) = expect(2, &project, &["check", "work/mine/experiment.toml"]);
    assert!(!told.contains("files are named from"), "{told}");
}

#[test]
fn every_file_of_this_repository_is_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (out, err) = expect(0, &root, &["check", "configs", "experiments"]);
    assert!(out.contains(", 0 wrong"), "{out}{err}");
}

#[test]
fn a_missing_file_is_a_matter_of_the_disk_and_json_says_the_same_as_text() {
    let folder = tempfile::tempdir().unwrap();
    expect(6, folder.path(), &["check", "absent.toml"]);
    std::fs::write(folder.path().join("mine.toml"), duty("value = 25")).unwrap();
    let (out, err) = expect(2, folder.path(), &["check", "mine.toml", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let first = &told["files"][0]["diagnostics"]["diagnostics"][0];
    assert_eq!((first["line"].as_u64(), err.as_str()), (Some(15), ""));
    assert_eq!(told["files"][0]["kind"], "instrument");
}

#[test]
fn firms_beyond_any_machine_are_refused_by_a_limit_and_a_float_is_no_count() {
    let folder = tempfile::tempdir().unwrap();
    let run = |code, firms: &str| {
        let set = format!("population.firms_per_cell={firms}");
        expect(code, folder.path(), &["run", "--set", &set]).1
    };
    assert_says(&run(4, "1000000000000"), &["need about", "--max-memory"]);
    assert_says(&run(2, "1e18"), &["firms_per_cell"]);
    assert!(!folder.path().join("results").exists());
}

#[test]
fn commands_that_run_in_memory_refuse_what_would_not_fit_and_flags_raise_their_limits() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["mechanisms", "backtest", "record"] {
        let told = |more: &[&str]| {
            let all = [&[command, "--quiet"], more].concat();
            expect(4, folder.path(), &all).1
        };
        let firms = "population.firms_per_cell=1000000000000";
        assert_says(&told(&["--set", firms]), &["need about", "--max-memory"]);
        let runs = told(&["--max-runs", "1"]);
        assert_says(&runs, &["limit 1;", "--max-runs"]);
        assert_says(&told(&["--max-memory", "0.000001"]), &["--max-memory"]);
    }
}

#[test]
fn check_tries_the_keys_of_mechanisms_and_their_command_says_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/mechanisms");
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("experiments/mechanisms");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::create_dir_all(folder.path().join("configs")).unwrap();
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    std::fs::write(own.join("experiment.toml"), read("experiment.toml")).unwrap();
    let text = read("mechanisms.toml");
    let wrong = text.replacen("margin_squeeze=0.3", "margin_sqeeze=0.3", 1);
    assert_ne!(text, wrong);
    std::fs::write(own.join("mechanisms.toml"), &wrong).unwrap();
    let line = wrong
        .lines()
        .position(|line| line.contains("sqeeze"))
        .unwrap()
        + 1;
    let place = format!("mechanisms.toml:{line}:");
    let file = "experiments/mechanisms/mechanisms.toml";
    let parts = [&place, "mechanism[4].on", "did you mean `margin_squeeze`?"];
    assert_says(&expect(2, folder.path(), &["check", file]).1, &parts);
    let (_, told) = expect(2, folder.path(), &["mechanisms", "--quiet"]);
    assert_says(&told, &parts);
    assert!(told.starts_with("error: a key"), "{told}");
}

#[test]
fn an_experiment_without_the_file_of_a_command_is_told_which_have_one() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (command, other) in [
        ("mechanisms", "markets-2018"),
        ("backtest", "backtest"),
        ("record", "record-2018"),
    ] {
        let (_, told) = expect(2, here, &[command, "us-2025", "--quiet"]);
        let file = format!("experiments/us-2025/{command}.toml");
        assert_says(&told, &[&file, "help: name an experiment with", other]);
    }
}
