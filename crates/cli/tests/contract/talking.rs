//! Talks: their chronicle, and strategies against each other.

use std::path::Path;

use super::{expect, json};

/// Talks of three months, one firm per cell.
const SMALL: [&str; 8] = [
    "--set",
    "population.firms_per_cell=1",
    "--set",
    "end=2025-08-01",
    "--set",
    "outcomes.from=2025-05-01",
    "--set",
    "outcomes.to=2025-07-31",
];

#[test]
fn a_run_with_talks_has_a_chronicle_in_words_and_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let run = [
        "run",
        "talks-2025",
        "--quiet",
        "--replications",
        "1",
        "--out",
        "talks",
    ];
    expect(0, here, &[&run[..], &SMALL].concat());
    let (text, _) = expect(0, here, &["chronicle", "talks"]);
    for part in [
        "Scenario talks, replication 0.",
        "ound",
        "allies",
        "others without an economy",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    let told = json(
        here,
        &["chronicle", "talks", "--replication", "0", "--json"],
    );
    let events = told["events"].as_array().unwrap();
    let days: Vec<&str> = events
        .iter()
        .map(|event| event["date"].as_str().unwrap())
        .collect();
    assert!(days.is_sorted() && !days.is_empty());
    assert!(
        days.iter()
            .all(|day| ("2025-05-04".."2025-08-02").contains(day)),
        "{days:?}"
    );
    assert!(told["last"].as_array().unwrap().len() > 40);
    refuses(here, &["talks", "--replication", "3"], "there are 0");
    refuses(
        here,
        &["talks", "--scenario", "as-announced"],
        "there are in talks",
    );
}

#[test]
fn a_run_without_talks_has_no_chronicle() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let run = [
        "run",
        "talks-2025",
        "--quiet",
        "--replications",
        "1",
        "--out",
        "silent",
    ];
    let short = ["--set", "talks.from=2025-08-01"];
    expect(0, here, &[&run[..], &SMALL, &short].concat());
    refuses(here, &["silent"], "no talks");
    expect(6, here, &["chronicle", "nowhere"]);
}

fn refuses(folder: &Path, more: &[&str], word: &str) {
    let (_, error) = expect(2, folder, &[&["chronicle"], more].concat());
    assert!(error.contains(word) && error.contains("help:"), "{error}");
}

#[test]
fn a_tournament_scores_every_pairing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let play = ["tournament", "talks-2025", "--quiet", "--replications", "2"];
    let short = [
        "--set=population.firms_per_cell=1",
        "--set=end=2025-06-15",
        "--set=outcomes.from=2025-05-01",
        "--set=outcomes.to=2025-06-15",
    ];
    let more = ["--markdown", "note.md", "--json"];
    let found = json(here, &[&play[..], &short, &more].concat());
    let pairings = found["pairings"].as_array().unwrap();
    assert_eq!(pairings.len(), 16);
    assert!(pairings.iter().all(|one| one["replications"] == 2));
    assert!(pairings.iter().all(|one| one["rate"]["mean"].is_number()));
    let note = std::fs::read_to_string(here.join("note.md")).unwrap();
    assert_eq!(note.matches("\n| structural |").count(), 4, "{note}");
    let (_, error) = expect(2, here, &["tournament", "us-2025"]);
    assert!(error.contains("do not talk"), "{error}");
}
