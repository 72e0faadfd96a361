//! What talks came to in one run: deals by day, rates, letters, answers, order of signing.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_engine::talks::tables::{
    TALKS_ACTS, TALKS_ANSWERS, TALKS_COALITIONS, TALKS_DEALS, TALKS_STATES, TalksRecords,
};
use tradewinds_engine::talks::{Act, Campaign, Outcome as Ending, Party, Status};
use tradewinds_kernel::statistics::slope;
use tradewinds_units::{Date, days_after};

use super::Outcome;
use crate::talks::table::{Table, day};

/// Deals from which a slope of terms on rank is told.
const FEWEST_DEALS: usize = 3;

/// Figures of one run of a campaign; none where nobody talked.
///
/// Governments with an economy are told one by one, attached ones as their mean. A place
/// among deals is missing where there is no deal, and so is a slope below
/// [three](FEWEST_DEALS) deals: such runs are left out of their means.
pub fn of_talks(campaign: &Campaign, records: &TalksRecords) -> Vec<Outcome> {
    let states = States::of(Table::of(records, &TALKS_STATES));
    let Some((first, last)) = states.days() else {
        return Vec::new();
    };
    let told = Told {
        campaign,
        states,
        deals: deals(Table::of(records, &TALKS_DEALS)),
        answers: Table::of(records, &TALKS_ANSWERS),
        acts: Table::of(records, &TALKS_ACTS),
        coalitions: Table::of(records, &TALKS_COALITIONS),
    };
    let mut found = Vec::new();
    told.campaign_as_a_whole(&mut found);
    told.deals_by_day(&mut found, first, last);
    let signed = told.signed();
    told.by_government(&mut found, ("deal signed", "share of runs"), |code| {
        f64::from(u8::from(signed.contains_key(code)))
    });
    told.by_government(&mut found, ("place among deals", "place"), |code| {
        signed.get(code).map_or(f64::NAN, |rank| f64::from(*rank))
    });
    told.by_government(&mut found, ("country rate at the end", "share"), |code| {
        told.states.last(code).map_or(f64::NAN, |state| state.rate)
    });
    let answered = told.matched();
    told.by_government(
        &mut found,
        ("duties answered", "share of the duty"),
        |code| answered.get(code).copied().unwrap_or(0.0),
    );
    found
}

/// A government in its last week.
#[derive(Clone, Copy)]
struct State<'a> {
    day: i32,
    rate: f64,
    has_letter: bool,
    status: &'a str,
}

struct States<'a> {
    /// First day with a row.
    first: Option<i32>,
    by_code: BTreeMap<&'a str, State<'a>>,
}

impl<'a> States<'a> {
    fn of(table: Table<'a>) -> Self {
        let (dates, rates) = (table.dates(), table.numbers("rate"));
        let letters = table.counts("letter");
        let codes = table.words("government").unwrap_or_default();
        let statuses = table.words("status").unwrap_or_default();
        let mut by_code = BTreeMap::new();
        for (row, code) in codes.iter().enumerate() {
            let state = State {
                day: dates[row],
                rate: rates[row],
                has_letter: letters[row] > 0,
                status: statuses[row],
            };
            by_code.insert(*code, state);
        }
        Self {
            first: dates.first().copied(),
            by_code,
        }
    }

    fn days(&self) -> Option<(i32, i32)> {
        let last = self.by_code.values().map(|state| state.day).max();
        self.first.zip(last)
    }

    fn last(&self, code: &str) -> Option<State<'a>> {
        self.by_code.get(code).copied()
    }
}

/// A text that was agreed, or a deal that fell.
struct Deal<'a> {
    day: i32,
    code: &'a str,
    outcome: &'a str,
    rank: u32,
    rent: f64,
    rejection: f64,
}

fn deals(table: Table<'_>) -> Vec<Deal<'_>> {
    let (dates, ranks) = (table.dates(), table.counts("rank"));
    let (rents, rejections) = (table.numbers("rent"), table.numbers("rejection"));
    let codes = table.words("government").unwrap_or_default();
    let outcomes = table.words("outcome").unwrap_or_default();
    let deal = |row: usize| Deal {
        day: dates[row],
        code: codes[row],
        outcome: outcomes[row],
        rank: ranks[row],
        rent: rents[row],
        rejection: rejections[row],
    };
    (0..codes.len()).map(deal).collect()
}

struct Told<'a> {
    campaign: &'a Campaign,
    states: States<'a>,
    deals: Vec<Deal<'a>>,
    answers: Table<'a>,
    acts: Table<'a>,
    coalitions: Table<'a>,
}

impl<'a> Told<'a> {
    fn of(&self, outcome: Ending) -> impl Iterator<Item = &Deal<'a>> {
        (self.deals.iter()).filter(move |deal| deal.outcome == outcome.name())
    }

    /// Place of the first deal of each government that signed.
    fn signed(&self) -> BTreeMap<&'a str, u32> {
        let mut found = BTreeMap::new();
        for deal in self.of(Ending::Signed) {
            found.entry(deal.code).or_insert(deal.rank);
        }
        found
    }

    fn campaign_as_a_whole(&self, found: &mut Vec<Outcome>) {
        let mut push = |name: &str, unit, value| found.push(outcome("talks", name, unit, value));
        let has = |act: Act| f64::from(u8::from(self.days_of(act).next().is_some()));
        push("a pause", "share of runs", has(Act::Pause));
        push("a deadline moved", "share of runs", has(Act::Extension));
        let together = self.coalitions.counts("coordinating");
        let is_together = together.iter().any(|count| *count > 1);
        push(
            "allies that press together",
            "share of runs",
            f64::from(u8::from(is_together)),
        );
        let singled = self.days_of(Act::SinglingOut).count();
        push("allies singled out", "times", singled as f64);
        let letters = self.states.by_code.values().filter(|one| one.has_letter);
        push("letters", "governments", letters.count() as f64);
        push(
            "answers to duties",
            "governments",
            self.matched().len() as f64,
        );
        let broken = self.states.by_code.values();
        let broken = broken.filter(|one| one.status == Status::BrokenDown.name());
        push("talks broken down", "governments", broken.count() as f64);
        let refused = [Ending::Vetoed, Ending::NotRatified, Ending::NotConfirmed];
        let refused = refused
            .map(|ending| self.of(ending).count())
            .iter()
            .sum::<usize>();
        push("texts refused at home", "times", refused as f64);
        push(
            "deals undone",
            "times",
            self.of(Ending::SnappedBack).count() as f64,
        );
        push(
            "slope of the value of rejection on rank",
            "share a place",
            self.slope(|deal| deal.rejection),
        );
        push(
            "slope of gains of partners on rank",
            "share a place",
            self.slope(|deal| deal.rent),
        );
    }

    fn days_of(&self, act: Act) -> impl Iterator<Item = i32> {
        let words = self.acts.words("act").unwrap_or_default();
        let dates = self.acts.dates();
        (words.into_iter().zip(dates))
            .filter(move |(word, _)| *word == act.name())
            .map(|(_, day)| *day)
    }

    /// By least squares over deals; not a number below [`FEWEST_DEALS`].
    fn slope(&self, of: impl Fn(&Deal<'_>) -> f64) -> f64 {
        let point = |deal: &Deal<'_>| (f64::from(deal.rank), of(deal));
        let signed: Vec<(f64, f64)> = self.of(Ending::Signed).map(point).collect();
        match signed.len() {
            ..FEWEST_DEALS => f64::NAN,
            _ => slope(&signed).unwrap_or(f64::NAN),
        }
    }

    /// Deals signed up to the deadline and to the end of each month.
    fn deals_by_day(&self, found: &mut Vec<Outcome>, first: i32, last: i32) {
        let date = |day: i32| days_after(Date::constant(1970, 1, 1), i64::from(day));
        let mut ends: BTreeSet<Date> = (first..=last)
            .map(date)
            .filter(|day| days_after(*day, 1).day() == 1)
            .collect();
        ends.insert(date(last));
        let deadline = self.campaign.deadline.map(|due| days_after(due, -1));
        ends.extend(deadline.filter(|day| *day >= date(first) && *day <= date(last)));
        for end in ends {
            let until = self.of(Ending::Signed).filter(|deal| deal.day <= day(end));
            let name = match deadline == Some(end) {
                true => format!("by {end}, before rates are due"),
                false => format!("by {end}"),
            };
            found.push(outcome(
                "deals signed",
                &name,
                "deals",
                until.count() as f64,
            ));
        }
    }

    /// Mean share that a government matched of the duties that it answered.
    fn matched(&self) -> BTreeMap<&'a str, f64> {
        let (by, levels) = (
            self.answers.counts("by_principal"),
            self.answers.numbers("level"),
        );
        let codes = self.answers.words("government").unwrap_or_default();
        let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for (row, code) in codes.into_iter().enumerate() {
            if by[row] == 0 && levels[row] > 0.0 {
                let (sum, count) = sums.entry(code).or_default();
                *sum += levels[row];
                *count += 1.0;
            }
        }
        let mean = |(code, (sum, count))| (code, sum / count);
        sums.into_iter().map(mean).collect()
    }

    /// A value by government: those with an economy one by one, attached ones as a mean of
    /// those that have one.
    fn by_government(
        &self,
        found: &mut Vec<Outcome>,
        (group, unit): (&'static str, &'static str),
        value: impl Fn(&str) -> f64,
    ) {
        let open = self
            .campaign
            .parties
            .iter()
            .filter(|party| !party.is_absent);
        let (attached, own): (Vec<&Party>, Vec<&Party>) = open.partition(|one| one.is_attached);
        for party in own {
            found.push(outcome(group, &party.code, unit, value(&party.code)));
        }
        let values: Vec<f64> = (attached.iter())
            .map(|party| value(&party.code))
            .filter(|value| value.is_finite())
            .collect();
        if !attached.is_empty() {
            let name = format!("mean of {} attached", attached.len());
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            found.push(outcome(group, &name, unit, mean));
        }
    }
}

fn outcome(group: &'static str, name: &str, unit: &'static str, value: f64) -> Outcome {
    Outcome {
        group,
        name: name.to_owned(),
        unit,
        value,
    }
}
