//! How it ends: a line for each government with an economy, one for all others.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::event::State;
use super::sentence::percent;

/// A line per government, those with an economy first.
pub(super) fn table(last: &[State]) -> String {
    let Some(day) = last.iter().map(|state| state.date).max() else {
        return String::new();
    };
    let mut text = format!(
        "{:<12}{:<13}{:>8} {:>8} {:>7} {:>9}  letter\n",
        day.to_string(),
        "status",
        "rate",
        "due",
        "rounds",
        "answers"
    );
    let (attached, own): (Vec<&State>, Vec<&State>) =
        last.iter().partition(|state| state.is_attached);
    for state in own {
        let answer = match state.answer > 0.0 {
            true => percent(state.answer),
            false => "-".to_owned(),
        };
        let row = format!(
            "{:<12}{:<13}{:>8} {:>8} {:>7} {answer:>9}  {}",
            state.government,
            state.status,
            percent(state.rate),
            percent(state.due),
            state.rounds,
            if state.has_letter { "yes" } else { "" }
        );
        let _ = writeln!(text, "{}", row.trim_end());
    }
    if !attached.is_empty() {
        text.push_str(&summed(&attached));
    }
    text
}

/// Governments without an economy, by status.
fn summed(states: &[&State]) -> String {
    let mut by_status: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for state in states {
        by_status.entry(&state.status).or_default().push(state.rate);
    }
    let told: Vec<String> = (by_status.iter())
        .map(|(status, rates)| {
            let lowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
            let highest = rates.iter().copied().fold(0.0, f64::max);
            let at = match (percent(lowest), percent(highest)) {
                (low, high) if low == high => low,
                (low, high) => format!("{} to {high}", low.trim_end_matches(" %")),
            };
            format!("{} {status} at {at}", rates.len())
        })
        .collect();
    let (answers, letters) = (
        states.iter().filter(|state| state.answer > 0.0).count(),
        states.iter().filter(|state| state.has_letter).count(),
    );
    format!(
        "\n{} others without an economy of their own: {}; {answers} answer, {letters} have a letter.\n",
        states.len(),
        told.join(", ")
    )
}
