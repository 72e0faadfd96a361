//! What is announced when the law of a run changes in its midst.
//!
//! On the day of the change all that the government had announced as law, and had not yet
//! come, is no longer expected; what its law still holds is announced anew:
//!
//! change = rate on the day − rate today, step = rate on the day − rate before it,
//!
//! for each day on which a rate takes a step worth acting on, and anew when one has been
//! taken. Threats and plans stand. Whoever keeps places of what was heard may go on doing
//! so: what was known before the day keeps its place.

use std::ops::Range;

use tradewinds_units::{Date, days_after};

use super::{Announced, Outlook, Text};

/// Days ahead within which steps of a law are told; an end further off is no end yet.
pub const HORIZON: i64 = 3 * 366;
/// Changes of a collected rate smaller than this share of customs value are no news.
pub const NEWS: f64 = 0.0025;

/// Rates of all flows from a day on, `[n][i][s]`.
type Level<'a> = (Date, &'a [f64]);

impl Outlook {
    /// Announces what is still to come on the flows of one importer: `law` holds the rates
    /// of today, then those of every later day on which one changes.
    ///
    /// Announcements known before today keep their places.
    pub fn restate(&mut self, today: Date, flows: Range<usize>, law: &[Level<'_>]) {
        let is_own =
            |one: &Announced| one.text == Text::Law && flows.contains(&(one.flow as usize));
        let heard = self.0.partition_point(|one| one.known_from < today);
        for one in self.0[..heard].iter_mut().filter(|one| is_own(one)) {
            one.known_until = one.known_until.min(today);
        }
        let mut later = self.0.split_off(heard);
        later.retain(|one| !is_own(one));
        let steps = steps(&flows, law);
        for (at, pair) in steps.windows(2).enumerate() {
            still_to_come(&flows, &steps[at..], (pair[0].0, pair[1].0), &mut later);
        }
        self.0.append(&mut Self::new(later).0);
    }
}

/// Rates of today, and of every later day on which a rate of the flows takes a step.
fn steps<'a>(flows: &Range<usize>, law: &[Level<'a>]) -> Vec<Level<'a>> {
    let mut steps: Vec<Level<'a>> = law.iter().copied().take(1).collect();
    for (day, rates) in law.iter().skip(1) {
        let (today, last) = (steps[0].0, steps[steps.len() - 1].1);
        let is_told = *day <= days_after(today, HORIZON);
        if is_told && flows.clone().any(|flow| is_news(rates[flow] - last[flow])) {
            steps.push((*day, rates));
        }
    }
    steps
}

fn is_news(change: f64) -> bool {
    change.abs() >= NEWS
}

/// Steps after the first of `steps`, against its rates.
fn still_to_come(
    flows: &Range<usize>,
    steps: &[Level<'_>],
    (known_from, known_until): (Date, Date),
    announced: &mut Vec<Announced>,
) {
    let now = steps[0].1;
    for pair in steps.windows(2) {
        let (before, (effective, then)) = (pair[0].1, pair[1]);
        for flow in flows.clone() {
            let step = then[flow] - before[flow];
            if is_news(step) {
                announced.push(Announced {
                    known_from,
                    known_until,
                    effective,
                    flow: flow as u32,
                    change: then[flow] - now[flow],
                    step,
                    text: Text::Law,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i8) -> Date {
        Date::constant(2025, 5, day)
    }

    fn said((from, until): (i8, i8), (flow, change): (u32, f64), text: Text) -> Announced {
        Announced {
            known_from: day(from),
            known_until: day(until),
            effective: day(until),
            flow,
            change,
            step: change,
            text,
        }
    }

    #[test]
    fn what_was_heard_keeps_its_place_and_law_to_come_is_stated_anew() {
        let law = |days, flow| said(days, (flow, 0.1), Text::Law);
        let before = vec![
            law((1, 20), 0),
            law((1, 20), 1),
            law((2, 4), 0),
            said((3, 22), (0, 0.2), Text::Threat),
            law((3, 23), 2),
            law((20, 25), 0),
            law((21, 25), 2),
        ];
        let mut outlook = Outlook::new(before.clone());
        // Flows 0 and 1 are of the importer; the first falls on the 15th and rises again.
        let [today, fallen, risen] = [[0.3, 0.1, 0.0], [0.1, 0.101, 0.0], [0.35, 0.2, 0.5]];
        let law = [(day(10), &today[..]), (day(15), &fallen), (day(18), &risen)];
        outlook.restate(day(10), 0..2, &law);
        let after = outlook.announced();
        let ended = |one: Announced| Announced {
            known_until: day(10),
            ..one
        };
        assert_eq!(
            after[..2],
            before[..2]
                .iter()
                .map(|one| ended(*one))
                .collect::<Vec<_>>()
        );
        assert_eq!(after[2..5], before[2..5]);
        let told: Vec<_> = (after[5..].iter())
            .map(|one| {
                let percent = |rate: f64| (1000.0 * rate).round();
                let days = [one.known_from, one.known_until, one.effective];
                let days = days.map(|day| day.day());
                (days, one.flow, [percent(one.change), percent(one.step)])
            })
            .collect();
        let known = [
            ([10, 15, 15], 0, [-200.0, -200.0]),
            ([10, 15, 18], 0, [50.0, 250.0]),
            ([10, 15, 18], 1, [100.0, 99.0]),
            ([15, 18, 18], 0, [250.0, 250.0]),
            ([15, 18, 18], 1, [99.0, 99.0]),
            ([21, 25, 25], 2, [100.0, 100.0]),
        ];
        assert_eq!(told, known);
    }

    #[test]
    fn a_law_restated_twice_on_a_day_is_stated_once() {
        let rates = [[0.0], [0.2], [0.3]];
        let law = |coming| [(day(10), &rates[0][..]), (day(15), coming)];
        let mut once = Outlook::default();
        once.restate(day(10), 0..1, &law(&rates[2]));
        let mut twice = Outlook::default();
        twice.restate(day(10), 0..1, &law(&rates[1]));
        twice.restate(day(10), 0..1, &law(&rates[2]));
        assert_eq!(once, twice);
        assert_eq!(once.announced().len(), 1);
    }

    #[test]
    fn steps_beyond_the_horizon_and_small_ones_are_no_news() {
        let (far, rates) = (days_after(day(1), HORIZON + 1), [[0.0], [0.002], [0.2]]);
        let law = [
            (day(1), &rates[0][..]),
            (day(5), &rates[1]),
            (far, &rates[2]),
        ];
        let mut outlook = Outlook::default();
        outlook.restate(day(1), 0..1, &law);
        assert_eq!(outlook, Outlook::default());
    }
}
