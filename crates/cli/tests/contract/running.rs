//! Runs: datasets, their reuse, interruption, damage.

use std::path::Path;

use super::{expect, json};

/// A quarter year with one firm per cell: a second of work.
const SMALL: [&str; 9] = [
    "run",
    "--quiet",
    "--set",
    "population.firms_per_cell=1",
    "--set",
    "end=2025-04-30",
    "--set",
    "outcomes.from=2025-03-01",
    "--set=outcomes.to=2025-04-30",
];

fn small(code: i32, folder: &Path, more: &[&str]) -> (String, String) {
    expect(code, folder, &[&SMALL, more].concat())
}

fn tables(folder: &Path, dataset: &str) -> serde_json::Value {
    json(folder, &["verify", dataset, "--json"])["tables"].clone()
}

#[test]
fn a_run_ends_with_its_table_its_dataset_and_the_way_to_open_it() {
    let folder = tempfile::tempdir().unwrap();
    let (out, _) = small(
        0,
        folder.path(),
        &["--replications", "2", "--figure", "--profile"],
    );
    for part in ["Effective tariff rate", "DuckDB:", "polars:", "Profile"] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let tables = out.split("Accounts close").next().unwrap();
    assert!(
        tables.lines().all(|line| line.chars().count() <= 100),
        "{tables}"
    );
    let named = folder.path().join("results/us-2025");
    let dataset = std::fs::read_dir(&named).unwrap().next().unwrap().unwrap();
    assert_eq!(dataset.file_name().len(), 8, "first digits of the hash");
    let read = |file: &str| std::fs::read_to_string(dataset.path().join(file)).unwrap();
    assert!(read("figure.svg").contains("<svg"));
    let summary: serde_json::Value = serde_json::from_str(&read("summary.json")).unwrap();
    assert_eq!(summary["replications"], 2);
    assert_eq!(summary["scenarios"].as_array().unwrap().len(), 2);
    let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).unwrap();
    for key in ["version", "revision", "config_hash", "seed"] {
        assert!(manifest["provenance"][key].is_string(), "{key}");
    }
}

#[test]
fn tables_do_not_depend_on_threads_and_depend_on_the_seed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |out: &str, more: &[&str]| {
        small(
            0,
            folder.path(),
            &[&["--replications", "3", "--out", out], more].concat(),
        );
        tables(folder.path(), out)
    };
    let one = run("one", &["--threads", "1"]);
    assert_eq!(one, run("three", &["--threads", "3"]));
    let other = run("other", &["--seed", "7"]);
    assert_ne!(one["macro"], other["macro"]);
    assert_ne!(one["parameters"], other["parameters"]);
}

#[test]
fn a_folder_with_another_run_is_left_alone_and_the_difference_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    small(0, folder.path(), &["--replications", "1", "--out", "run"]);
    let before = tables(folder.path(), "run");
    let (_, told) = small(2, folder.path(), &["--replications", "2", "--out", "run"]);
    assert!(told.contains("replications: 1 there, 2 here"), "{told}");
    assert_eq!(tables(folder.path(), "run"), before);
    let (_, told) = small(0, folder.path(), &["--replications", "1", "--out", "run"]);
    assert!(
        told.contains("already holds this run") || told.contains("is replaced"),
        "{told}"
    );
    assert_eq!(tables(folder.path(), "run"), before);
}

#[test]
fn damage_is_found_wherever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    small(0, folder.path(), &["--replications", "1", "--out", "run"]);
    let parts = folder.path().join("run/macro");
    let part = std::fs::read_dir(&parts)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = std::fs::read(&part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&part, &bytes).unwrap();
    let (_, told) = expect(6, folder.path(), &["verify", "run"]);
    assert!(told.contains("changed after it was written"), "{told}");
    std::fs::write(&part, &bytes[..middle]).unwrap();
    let (_, told) = expect(6, folder.path(), &["verify", "run"]);
    assert!(told.contains("footer missing: file is truncated"), "{told}");
    expect(6, folder.path(), &["verify", "."]);
}

#[test]
fn changes_of_keys_are_checked_like_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (_, told) = small(2, folder.path(), &["--set", "population.firms=2"]);
    assert!(told.contains("firms_per_cell"), "{told}");
    let (_, told) = expect(2, folder.path(), &["run", "us-2052"]);
    assert!(told.contains("us-2025"), "{told}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_a_dataset_that_can_be_read() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("tradewinds"))
        .current_dir(folder.path())
        .args(["run", "--replications", "4000", "--out", "run"])
        .args([
            "--set",
            "population.firms_per_cell=1",
            "--set",
            "end=2025-04-30",
        ])
        .args([
            "--set",
            "outcomes.from=2025-03-01",
            "--set",
            "outcomes.to=2025-04-30",
        ])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The first line says that the run begins; the second, that runs are done.
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("replications"));
    assert!(lines.next().unwrap().unwrap().contains("runs"));
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    let told = json(folder.path(), &["verify", "run", "--json"]);
    assert_eq!(
        (&told["good"], &told["run"]["interrupted"]),
        (&true.into(), &"true".into())
    );
    assert!(told["rows"].as_u64().unwrap() > 0);
}

#[cfg(unix)]
#[test]
fn an_interrupt_of_a_command_that_writes_at_its_end_says_so() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("tradewinds"))
        .current_dir(folder.path())
        .args(["mechanisms", "markets", "--replications", "4000"])
        .args(["--only", "rally", "--set", "population.firms_per_cell=1"])
        .args(["--markdown", "note.md"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("runs"));
    assert!(lines.next().unwrap().unwrap().contains("runs"));
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    assert!(
        rest.iter().any(|line| line.contains("nothing was written")),
        "{rest:?}"
    );
    assert!(!folder.path().join("note.md").exists());
}
