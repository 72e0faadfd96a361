//! The escalation of two as talks: the episode comes from a folder of its own.

use tradewinds_engine::talks::{Act, TalksLog};
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::library::Library;
use tradewinds_runner::plan::Plan;
use tradewinds_tests::fixtures::models;
use tradewinds_units::Date;

/// Scenario in which the two talk.
const TALKS: usize = 1;
const SMALL: [&str; 2] = ["population.firms_per_cell=1", "replications=4"];

fn experiment(changes: &[&str]) -> Experiment {
    let changes: Vec<String> = (SMALL.iter().chain(changes))
        .map(|one| (*one).to_owned())
        .collect();
    Experiment::load(&Library::embedded(), "escalation-2018", &changes).unwrap()
}

/// What happened in a replication up to the last day.
fn played(experiment: &Experiment, replication: u32, last: Date) -> TalksLog {
    let plan = Plan::of(experiment).unwrap();
    let mut simulation = models::simulate(plan.model(replication, TALKS).unwrap());
    let mut all = TalksLog::default();
    for _ in 0..experiment.ticks() {
        models::run(&mut simulation, 1);
        let log = simulation.world().resource::<TalksLog>();
        all.rounds.extend(log.rounds.iter().cloned());
        all.answers.extend(log.answers.iter().cloned());
        all.acts.extend(log.acts.iter().cloned());
        all.states.extend(log.states.iter().cloned());
        if all.states.last().is_some_and(|state| state.date >= last) {
            break;
        }
    }
    all
}

#[test]
fn the_files_of_the_folder_are_those_of_two_with_parameters_of_other_talks() {
    let found = experiment(&[]);
    let talks = found.talks.as_ref().unwrap();
    assert_eq!(talks.facts.governments.len(), 1);
    assert!(talks.facts.attached.is_empty() && talks.facts.rest.is_none());
    assert!(talks.facts.known_on < talks.from);
    // Held by no file of the folder.
    assert!((talks.facts.value("us_escalate_full").unwrap() - 0.75).abs() < 1e-12);
    let other = Library::embedded();
    let missing = ["talks.folder=configs/nowhere".to_owned()];
    let told = Experiment::load(&other, "escalation-2018", &missing).unwrap_err();
    let told = told.to_string();
    assert!(told.contains("the files of configs/nowhere"), "{told}");
}

#[test]
fn lists_in_force_are_answered_and_the_answer_is_answered() {
    // The day is kept, everybody matches, and the principal never leaves it at that.
    let found = experiment(&[
        "talks.values.p_extension_a=0.0",
        "talks.values.hazard_const=-50.0",
        "talks.values.us_escalate_full=1.0",
        "talks.values.us_escalate_part=1.0",
        "talks.values.backdown_const=-50.0",
        "talks.partners=tit_for_tat",
    ]);
    let from = found.talks.as_ref().unwrap().from;
    let last = tradewinds_units::days_after(from, 120);
    let log = played(&found, 0, last);
    assert!(log.acts.iter().any(|act| act.act == Act::Deadline));
    let of = |by_principal: bool| -> Vec<f64> {
        let rows = log.answers.iter();
        rows.filter(|row| row.by_principal == by_principal)
            .map(|row| row.duty)
            .collect()
    };
    let (partner, principal) = (of(false), of(true));
    assert!(
        partner.len() >= 3 && principal.len() >= 2,
        "{partner:?} {principal:?}"
    );
    assert!(partner.windows(2).all(|pair| pair[1] > pair[0]));
    // Matched in full: each answer is the duty that it answers.
    assert!((partner[1] - principal[0]).abs() < 1e-12);
    let rate = log.states.last().unwrap().rate;
    assert!(rate > 1.0, "{rate}");
}

#[test]
fn without_answers_nothing_escalates() {
    let found = experiment(&[
        "talks.values.p_extension_a=0.0",
        "talks.values.hazard_const=-50.0",
        "talks.values.ret_const=-50.0",
        "talks.values.backdown_const=-50.0",
        "talks.partners=greedy_first_mover",
    ]);
    let from = found.talks.as_ref().unwrap().from;
    let log = played(&found, 0, tradewinds_units::days_after(from, 120));
    assert!(log.answers.is_empty());
    let (rate, due) = log
        .states
        .last()
        .map(|state| (state.rate, state.due))
        .unwrap();
    assert!((rate - due).abs() < 1e-12 && rate < 0.4, "{rate}");
}
