use std::collections::BTreeSet;

use tradewinds_units::Date;

use super::Chronicle;
use super::event::{Event, Kind, State};
use super::read::ranges;
use super::{closing, sentence};

fn day(day: i8) -> Date {
    Date::constant(2030, 5, day)
}

fn round(government: &str, number: u32) -> Kind {
    let offers = ["energy_purchases", "farm_purchases", "treasury_holdings"];
    let extents = [0.9, 0.5, 0.0];
    Kind::Round {
        government: government.to_owned(),
        round: number,
        needed: 11,
        conceded: 0.506,
        granted_rate: 0.1224,
        gains: Some([26.0, 19.0]),
        offers: offers.map(str::to_owned).into_iter().zip(extents).collect(),
    }
}

fn deal(outcome: &str, rank: u32, law_from: Option<Date>) -> Kind {
    Kind::Deal {
        government: "AAA".to_owned(),
        outcome: outcome.to_owned(),
        law_from,
        rate: 0.1,
        due: 0.255,
        has_sector_cut: false,
        rank,
        concessions: 2.804,
        cost: 1.07,
        is_disputed: false,
        offers: vec![("energy_purchases".to_owned(), 0.5)],
    }
}

#[test]
fn a_round_tells_what_is_offered_and_what_for() {
    assert_eq!(
        sentence::sentence(&round("AAA", 2)),
        "Round 2 with AAA (of about 11): it offers 51 % of its red lines, chiefly energy purchases \
         and farm purchases; the principal would go down to 12.2 %."
    );
    let mut apart = round("AAA", 1);
    if let Kind::Round { gains, offers, .. } = &mut apart {
        *gains = None;
        offers.clear();
    }
    assert_eq!(
        sentence::sentence(&apart),
        "Round 1 with AAA (of about 11): it offers 51 % of its red lines, and no package serves \
         both."
    );
}

#[test]
fn a_text_is_signed_refused_or_taken_back() {
    let told = |outcome, rank, law| sentence::sentence(&deal(outcome, rank, law));
    assert_eq!(
        told("signed", 21, Some(day(9))),
        "AAA signs at 10 % instead of 25.5 %, the 21st deal; law from 2030-05-09; concedes energy \
         purchases, worth 2.8 to the principal at a cost of 1.1."
    );
    assert_eq!(
        told("vetoed", 0, None),
        "The leader of the principal vetoes the text with AAA at 10 %."
    );
    assert_eq!(
        told("not ratified", 0, None),
        "The parliament of AAA refuses the text at 10 %."
    );
    assert_eq!(
        told("not confirmed", 0, None),
        "The text with AAA at 10 % is not confirmed."
    );
    assert_eq!(
        told("snapped back", 0, Some(day(9))),
        "The principal goes back on the deal with AAA: 10 % from 2030-05-09."
    );
}

#[test]
fn letters_deadlines_and_pauses_are_told_with_their_days() {
    let letters = |letters, extended_to| {
        sentence::sentence(&Kind::Letters {
            letters,
            extended_to,
        })
    };
    assert_eq!(
        letters(59, Some(day(13))),
        "59 letters go out; the deadline moves to 2030-05-13."
    );
    assert_eq!(
        letters(0, Some(day(13))),
        "The deadline moves to 2030-05-13."
    );
    assert_eq!(letters(1, None), "1 letter goes out; the deadline stays.");
    let passes = |governments| sentence::sentence(&Kind::Deadline { governments });
    assert_eq!(passes(50), "The deadline passes; 50 rates rise.");
    assert_eq!(passes(0), "The deadline passes; no rate rises.");
    let pause = Kind::Pause {
        governments: 56,
        until: Some(day(9)),
        stress: 1.234,
    };
    assert_eq!(
        sentence::sentence(&pause),
        "The principal pauses the duties on 56 governments until 2030-05-09; stress of its markets \
         is 1.23."
    );
    let singled = sentence::sentence(&Kind::SinglingOut { governments: 2 });
    assert_eq!(singled, "The principal singles out 2 allies.");
}

#[test]
fn answers_and_answers_to_them_are_told_apart() {
    let told = |by_principal, from| {
        sentence::sentence(&Kind::Answer {
            government: "AAA".to_owned(),
            by_principal,
            rate: 0.25,
            duty: 0.125,
            from,
        })
    };
    assert_eq!(
        told(false, Some(day(9))),
        "AAA answers the 25 % with a duty of 12.5 % from 2030-05-09."
    );
    assert_eq!(
        told(false, None),
        "AAA answers the 25 % with a duty of 12.5 %, adopted and suspended."
    );
    assert_eq!(
        told(true, Some(day(9))),
        "The principal answers the 25 % of AAA: it raises its rate to 12.5 % from 2030-05-09."
    );
}

#[test]
fn allies_that_coordinate_are_counted() {
    let told = |coordinating, works| {
        sentence::sentence(&Kind::Coalition {
            allies: 9,
            coordinating,
            works,
            together: 2.8,
            alone: 3.5,
        })
    };
    assert_eq!(
        told(0, false),
        "None of 9 allies coordinates: alone 3.5, together 2.8 bn a year."
    );
    assert!(told(4, true).starts_with("4 of 9 allies coordinate, and their pressure works:"));
}

#[test]
fn rounds_of_one_day_are_one_paragraph_under_its_date() {
    let event = |on, kind| Event {
        date: day(on),
        kind,
    };
    let events = [
        event(7, round("AAA", 2)),
        event(7, round("BBB", 1)),
        event(7, Kind::Deadline { governments: 3 }),
        event(14, Kind::Deadline { governments: 0 }),
    ];
    let text = sentence::days(&events);
    assert!(text.starts_with("2030-05-07  Rounds with 2 governments. AAA (2 of about 11) offers"));
    let second = text.replace("\n            ", " ");
    assert!(
        second.contains("12.2 %; BBB (1 of about 11) 51 %, chiefly energy purchases and farm purchases, for 12.2 %."),
        "{text}"
    );
    assert_eq!(text.matches("2030-05-07").count(), 1, "{text}");
    assert!(
        text.contains("\n            The deadline passes; 3 rates rise.\n"),
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
}

#[test]
fn the_end_lists_economies_and_sums_up_the_others() {
    let state = |government: &str, rate, is_attached| State {
        date: day(9),
        government: government.to_owned(),
        is_attached,
        status: "open".to_owned(),
        rate,
        due: 0.2,
        rounds: 3,
        answer: 0.0,
        has_letter: is_attached,
    };
    let last = [
        state("AAA", 0.1, false),
        state("BBB", 0.1, true),
        state("CCC", 0.19, true),
    ];
    let text = closing::table(&last);
    assert!(
        text.contains("\nAAA         open             10 %     20 %       3         -\n"),
        "{text}"
    );
    assert!(
        text.contains("2 others without an economy of their own: 2 open at 10 to 19 %; 0 answer, 2 have a letter."),
        "{text}"
    );
}

#[test]
fn a_chronicle_of_one_government_tells_of_it_and_of_what_concerns_all() {
    let event = |kind| Event { date: day(7), kind };
    let state = |government: &str| State {
        date: day(9),
        government: government.to_owned(),
        is_attached: false,
        status: "open".to_owned(),
        rate: 0.1,
        due: 0.2,
        rounds: 3,
        answer: 0.0,
        has_letter: false,
    };
    let all = Chronicle {
        title: "Talks".to_owned(),
        scenario: "talks".to_owned(),
        replication: 0,
        events: vec![
            event(round("AAA", 2)),
            event(round("BBB", 1)),
            event(Kind::Deadline { governments: 3 }),
        ],
        last: vec![state("AAA"), state("BBB")],
    };
    let of = |governments: &[&str], has_rounds| {
        let asked: Vec<String> = governments.iter().map(|one| (*one).to_owned()).collect();
        all.clone().only(&asked, has_rounds)
    };
    assert_eq!(of(&[], true).unwrap(), all);
    let one = of(&["BBB"], true).unwrap();
    assert_eq!(one.events, all.events[1..]);
    assert_eq!(one.last, all.last[1..]);
    assert_eq!(of(&["BBB"], false).unwrap().events, all.events[2..]);
    let error = of(&["ZZZ"], true).unwrap_err().to_string();
    assert!(
        error.contains("`ZZZ`") && error.contains("AAA, BBB"),
        "{error}"
    );
}

#[test]
fn replications_are_told_as_ranges() {
    let told = |numbers: &[u32]| ranges(&numbers.iter().copied().collect::<BTreeSet<u32>>());
    assert_eq!(told(&[0, 1, 2, 9]), "0 to 2, 9");
    assert_eq!(told(&[4]), "4");
}
