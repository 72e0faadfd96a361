use super::*;
use crate::library::Library;

fn load(overrides: &[&str]) -> Experiment {
    let small = [
        "replications=2",
        "population.firms_per_cell=1",
        "end=2025-07-11",
    ];
    let window = ["outcomes.from=2025-06-01", "outcomes.to=2025-07-11"];
    let keys = small.iter().chain(&window).chain(overrides);
    let keys: Vec<String> = keys.map(|key| (*key).to_owned()).collect();
    Experiment::load(&Library::embedded(), "talks-2025", &keys).unwrap()
}

#[test]
fn every_strategy_meets_every_strategy() {
    let tournament = Tournament::of(&load(&[])).unwrap();
    let met: Vec<(&str, &str)> = (tournament.pairings.iter())
        .map(|pairing| (pairing.principal, pairing.partners))
        .collect();
    assert_eq!(met.len(), 16);
    assert_eq!(met[1], ("structural", "never_yields"));
    assert_eq!(tournament.runs(), 2 * 17);
    for pairing in &tournament.pairings {
        let talks = pairing.experiment.talks.as_ref().unwrap();
        assert_eq!(talks.conducting.principal.0.name(), pairing.principal);
        assert_eq!(talks.conducting.partners.0.name(), pairing.partners);
    }
}

#[test]
fn a_pairing_is_scored_against_the_run_without_talks() {
    let mut tournament = Tournament::of(&load(&[])).unwrap();
    tournament.pairings.truncate(1);
    let scores = tournament.play(&Control::default()).unwrap();
    let [score] = scores.as_slice() else {
        panic!("{} scores", scores.len())
    };
    assert_eq!(score.replications, 2);
    let rate = score.means[1].mean;
    // Pauses and deals leave the mean between the floor and what is due.
    assert!((10.0..30.0).contains(&rate), "{rate}");
    let consumption = score.means[5].mean;
    assert!(consumption.abs() < 1.0, "{consumption}");
    assert!((0.0..=100.0).contains(&score.means[4].mean));
}

#[test]
fn an_experiment_without_talks_is_refused() {
    let experiment = Experiment::load(&Library::embedded(), "us-2025", &[]).unwrap();
    let error = Tournament::of(&experiment).unwrap_err().to_string();
    assert!(
        error.contains("us-2025") && error.contains("help:"),
        "{error}"
    );
}

#[test]
fn figures_without_a_value_are_dashes_and_leave_the_mean_alone() {
    let known = mean([1.0, f64::NAN, 3.0].into_iter());
    assert_eq!((known.count, known.mean.to_bits()), (2, 2.0_f64.to_bits()));
    let none = mean([f64::NAN].into_iter());
    let mut means = vec![known; MEASURES.len()];
    means[2] = none;
    means[5].mean = -0.001;
    let score = Score {
        principal: "structural",
        partners: "tit_for_tat",
        replications: 3,
        means,
    };
    let text = table(std::slice::from_ref(&score));
    assert!(text.contains("2.00 (1.00)"), "{text}");
    assert!(text.contains(" 0.00 (1.00)"), "{text}");
    assert!(text.contains("            -"), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    let note = markdown(
        "Title",
        std::slice::from_ref(&score),
        "tradewinds tournament",
    );
    assert!(
        note.contains("| structural | tit_for_tat | 2.00 (1.00) |"),
        "{note}"
    );
    assert!(to_json(&[score])[0]["partner_gain"]["mean"].is_null());
}
