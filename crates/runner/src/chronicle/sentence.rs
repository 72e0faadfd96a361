//! Sentences of a chronicle.

use super::event::{Event, Kind};

/// Columns of a page.
const WIDTH: usize = 100;
/// Columns of a date and the blanks behind it.
const MARGIN: usize = 12;
/// Issues of an offer that are told.
const CHIEF: usize = 2;
/// Issues of a deal that are told.
const PAID: usize = 4;
/// What offers are shares of.
const OF_LINES: &str = " of its red lines";

/// Paragraphs by day.
pub(super) fn days(events: &[Event]) -> String {
    let mut text = String::new();
    for day in events.chunk_by(|one, next| one.date == next.date) {
        let mut lead = format!("{}  ", day[0].date);
        let alike = |one: &Event, next: &Event| is_round(&one.kind) && is_round(&next.kind);
        for group in day.chunk_by(alike) {
            let kinds: Vec<&Kind> = group.iter().map(|event| &event.kind).collect();
            let told = match kinds.as_slice() {
                [one] => sentence(one),
                rounds => together(rounds),
            };
            for line in wrapped(&told, WIDTH - MARGIN) {
                text.push_str(&lead);
                text.push_str(&line);
                text.push('\n');
                lead = " ".repeat(MARGIN);
            }
        }
    }
    text
}

fn is_round(kind: &Kind) -> bool {
    matches!(kind, Kind::Round { .. })
}

/// One event in a sentence.
pub(super) fn sentence(kind: &Kind) -> String {
    match kind {
        Kind::Pause {
            governments,
            until,
            stress,
        } => {
            let until = until.map_or_else(String::new, |day| format!(" until {day}"));
            format!(
                "The principal pauses the duties on {}{until}; stress of its markets is {stress:.2}.",
                counted(*governments, "government")
            )
        }
        Kind::End { government, status } => match status.as_str() {
            "broken down" => {
                format!("Talks with {government} break down: neither side will yield.")
            }
            _ => format!("With {government} there is nothing left to talk about."),
        },
        Kind::Coalition {
            allies,
            coordinating,
            works,
            together,
            alone,
        } => {
            let who = match coordinating {
                0 => format!("None of {allies} allies coordinates"),
                1 => format!("One of {allies} allies would coordinate, alone"),
                _ => format!(
                    "{coordinating} of {allies} allies coordinate, {}",
                    if *works {
                        "and their pressure works"
                    } else {
                        "and their pressure fails"
                    }
                ),
            };
            format!("{who}: alone {alone:.1}, together {together:.1} bn a year.")
        }
        Kind::SinglingOut { governments: 1 } => "The principal singles out an ally.".to_owned(),
        Kind::SinglingOut { governments } => {
            format!("The principal singles out {governments} allies.")
        }
        Kind::Round {
            government,
            round,
            needed,
            ..
        } => format!(
            "Round {round} with {government} (of about {needed}): it offers {}.",
            offer(kind, [OF_LINES, "; the principal would go down to "])
        ),
        Kind::Deal { .. } => deal(kind),
        Kind::Letters {
            letters,
            extended_to,
        } => {
            let moved = extended_to.map(|day| format!("the deadline moves to {day}"));
            match (letters, moved) {
                (0, Some(moved)) => format!("{}.", moved.replacen('t', "T", 1)),
                (_, Some(moved)) => format!("{}; {moved}.", go_out(*letters)),
                (_, None) => format!("{}; the deadline stays.", go_out(*letters)),
            }
        }
        Kind::Deadline { governments: 0 } => "The deadline passes; no rate rises.".to_owned(),
        Kind::Deadline { governments } => {
            let rise = if *governments == 1 { "rises" } else { "rise" };
            format!(
                "The deadline passes; {} {rise}.",
                counted(*governments, "rate")
            )
        }
        Kind::Answer {
            government,
            by_principal,
            rate,
            duty,
            from,
        } => {
            let answer = match by_principal {
                true => format!(
                    "The principal answers the {} of {government}: it raises its rate to {}",
                    percent(*rate),
                    percent(*duty)
                ),
                false => format!(
                    "{government} answers the {} with a duty of {}",
                    percent(*rate),
                    percent(*duty)
                ),
            };
            match from {
                Some(day) => format!("{answer} from {day}."),
                None => format!("{answer}, adopted and suspended."),
            }
        }
    }
}

/// Rounds of one day: what numbers mean is said at the first.
fn together(rounds: &[&Kind]) -> String {
    let told = |(at, kind): (usize, &&Kind)| {
        let Kind::Round {
            government,
            round,
            needed,
            ..
        } = kind
        else {
            return None;
        };
        let offered = match at {
            0 => format!(
                "offers {}",
                offer(kind, [OF_LINES, ", where the principal would go down to "])
            ),
            _ => offer(kind, ["", ", for "]),
        };
        Some(format!(
            "{government} ({round} of about {needed}) {offered}"
        ))
    };
    let each: Vec<String> = rounds.iter().enumerate().filter_map(told).collect();
    let count = rounds.len();
    format!("Rounds with {count} governments. {}.", each.join("; "))
}

/// The share of red lines that is offered in a round, on what chiefly, and the rate for it,
/// with the words after the share and before the rate.
fn offer(kind: &Kind, [of, granted]: [&str; 2]) -> String {
    let Kind::Round {
        conceded,
        granted_rate,
        gains,
        offers,
        ..
    } = kind
    else {
        return String::new();
    };
    let chiefly =
        named(offers, CHIEF).map_or_else(String::new, |issues| format!(", chiefly {issues}"));
    let rate = match gains {
        Some(_) => format!("{granted}{}", percent(*granted_rate)),
        None => ", and no package serves both".to_owned(),
    };
    format!("{:.0} %{of}{chiefly}{rate}", 100.0 * conceded)
}

fn deal(kind: &Kind) -> String {
    let Kind::Deal {
        government,
        outcome,
        law_from,
        rate,
        due,
        has_sector_cut,
        rank,
        concessions,
        cost,
        is_disputed,
        offers,
    } = kind
    else {
        return String::new();
    };
    let rate = percent(*rate);
    let from = law_from.map_or_else(String::new, |day| format!(" from {day}"));
    match outcome.as_str() {
        "vetoed" => {
            format!("The leader of the principal vetoes the text with {government} at {rate}.")
        }
        "not ratified" => format!("The parliament of {government} refuses the text at {rate}."),
        "not confirmed" => format!("The text with {government} at {rate} is not confirmed."),
        "snapped back" => {
            let quarrel = if *is_disputed {
                " in a quarrel over its content"
            } else {
                ""
            };
            format!("The principal goes back on the deal with {government}{quarrel}: {rate}{from}.")
        }
        _ => {
            let sectors = if *has_sector_cut {
                ", sector goods included,"
            } else {
                ""
            };
            let law = law_from.map_or_else(String::new, |day| format!("; law from {day}"));
            let issues = named(offers, PAID);
            let paid = match issues {
                Some(issues) if *concessions > 0.0 => format!(
                    "; concedes {issues}, worth {} to the principal at a cost of {}",
                    money(*concessions),
                    money(*cost)
                ),
                // Offers of rounds before the first day are not on record.
                None if *concessions > 0.0 => format!(
                    "; its concessions are worth {} to the principal at a cost of {}",
                    money(*concessions),
                    money(*cost)
                ),
                _ => "; concedes nothing".to_owned(),
            };
            let quarrel = if *is_disputed {
                "; the sides quarrel over its content"
            } else {
                ""
            };
            format!(
                "{government} signs at {rate}{sectors} instead of {}, the {} deal{law}{paid}{quarrel}.",
                percent(*due),
                ordinal(*rank)
            )
        }
    }
}

/// The first issues of an offer by name; none where nothing is offered.
fn named(offers: &[(String, f64)], count: usize) -> Option<String> {
    let names: Vec<String> = offers
        .iter()
        .filter(|(_, extent)| *extent > 0.0)
        .take(count)
        .map(|(issue, _)| issue.replace('_', " "))
        .collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

fn go_out(letters: u32) -> String {
    let go = if letters == 1 { "goes" } else { "go" };
    format!("{} {go} out", counted(letters, "letter"))
}

fn counted(count: u32, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// `1st`, `2nd`, `11th`.
fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// USD bn a year, small amounts not as zero.
fn money(value: f64) -> String {
    if value < 0.05 {
        return "less than 0.1".to_owned();
    }
    format!("{value:.1}")
}

/// A rate in per cent, with a decimal where it has one: `10 %`, `12.8 %`.
pub(super) fn percent(rate: f64) -> String {
    let shown = format!("{:.1}", 100.0 * rate);
    format!("{} %", shown.strip_suffix(".0").unwrap_or(&shown))
}

/// Lines of at most `width` characters; a number keeps its per cent.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let bound = text.replace(" %", "\u{a0}%");
    for word in bound.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
        .iter()
        .map(|line| line.replace('\u{a0}', " "))
        .collect()
}
