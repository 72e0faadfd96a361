//! Measures of talks: deals, letters, pauses, coalitions, answers and rates.

use tradewinds_engine::talks::Campaign;
use tradewinds_engine::talks::levers::rate_on;
use tradewinds_engine::talks::tables::{
    TALKS_ACTS, TALKS_ANSWERS, TALKS_COALITIONS, TALKS_DEALS, TALKS_STATES, TalksRecords,
};
use tradewinds_kernel::record::TableSpec;
use tradewinds_kernel::statistics::slope;

use super::window::Window;
use crate::talks::table::{Table, day};

/// Names of the measures of talks.
pub(super) const OF_TALKS: &[&str] = &[
    "deals",
    "letters",
    "pauses",
    "coalitions",
    "answers_matched",
    "country_rate",
    "rejection_slope",
    "rent_slope",
    "days_to_deal",
    "days_to_pause",
    "answers_over_others",
    "preset_correlation",
];

/// A signed deal.
struct Signed {
    day: i32,
    rank: f64,
    /// Gain of the partner and what deals of others took from the value of rejection, over
    /// what is at stake.
    rent: f64,
    rejection: f64,
}

/// What is asked of the tables of one run.
pub(super) struct Asked<'a> {
    pub records: &'a TalksRecords,
    /// Governments asked about, by code, in the order of the row; all where it is none.
    pub governments: Option<Vec<String>>,
    pub window: Window,
    /// Who talks, and over which law.
    pub campaign: Option<&'a Campaign>,
}

impl Asked<'_> {
    /// The value of a measure; not a number where nobody talked.
    pub(super) fn measure(&self, name: &str) -> f64 {
        match name {
            "deals" => self.signed().len() as f64,
            "letters" => self.acts("letters").map(|(_, parties)| parties).sum(),
            "pauses" => f64::from(u8::from(self.pauses().next().is_some())),
            "coalitions" => self.coalitions(),
            "answers_matched" => self.answers(),
            "answers_over_others" => self.answers_over_others(),
            "preset_correlation" => self.preset_correlation(),
            "country_rate" => self.rate(),
            "rejection_slope" => self.slope(|deal| deal.rejection),
            "rent_slope" => self.slope(|deal| deal.rent),
            "days_to_deal" => self.wait(self.signed().iter().map(|deal| deal.day).min()),
            "days_to_pause" => self.wait(self.pauses().min()),
            _ => f64::NAN,
        }
    }

    fn table(&self, spec: &TableSpec) -> Table<'_> {
        Table::of(self.records, spec)
    }

    /// Rows in the window of the governments asked about.
    fn rows(&self, table: &Table<'_>) -> Vec<usize> {
        let days = day(self.window.from)..=day(self.window.to);
        let names = table.words("government");
        let dates = table.dates();
        (0..dates.len())
            .filter(|row| days.contains(&dates[*row]))
            .filter(|row| match (&self.governments, &names) {
                (Some(asked), Some(names)) => asked.iter().any(|one| one == names[*row]),
                _ => true,
            })
            .collect()
    }

    fn signed(&self) -> Vec<Signed> {
        let table = self.table(&TALKS_DEALS);
        let (outcomes, dates) = (table.words("outcome"), table.dates());
        let ranks = table.counts("rank");
        let (rents, rejections) = (table.numbers("rent"), table.numbers("rejection"));
        let is_signed = |row: &usize| {
            let outcome = outcomes.as_ref().map(|words| words[*row]);
            outcome == Some("signed")
        };
        let rows = self.rows(&table).into_iter().filter(is_signed);
        let signed = |row: usize| Signed {
            day: dates[row],
            rank: f64::from(ranks[row]),
            rent: rents[row],
            rejection: rejections[row],
        };
        rows.map(signed).collect()
    }

    fn acts(&self, act: &str) -> impl Iterator<Item = (i32, f64)> {
        let table = self.table(&TALKS_ACTS);
        let (words, parties) = (table.words("act"), table.counts("governments"));
        let dates = table.dates();
        let is_act = |row: &usize| words.as_ref().is_some_and(|words| words[*row] == act);
        let rows: Vec<(i32, f64)> = (self.rows(&table).into_iter().filter(is_act))
            .map(|row| (dates[row], f64::from(parties[row])))
            .collect();
        rows.into_iter()
    }

    /// Days of pauses of the rates on half of all governments or more.
    fn pauses(&self) -> impl Iterator<Item = i32> {
        let all = self.campaign.map_or(0, |campaign| campaign.parties.len());
        let half = 0.5 * all as f64;
        let pauses = self.acts("pause");
        pauses.filter_map(move |(day, parties)| (parties >= half).then_some(day))
    }

    fn coalitions(&self) -> f64 {
        let table = self.table(&TALKS_COALITIONS);
        let together = table.counts("coordinating");
        let is_any = self.rows(&table).into_iter().any(|row| together[row] > 1);
        f64::from(u8::from(is_any))
    }

    /// Mean share of duties that partners matched; zero where nobody answered.
    fn answers(&self) -> f64 {
        let table = self.table(&TALKS_ANSWERS);
        let (by_principal, levels) = (table.counts("by_principal"), table.numbers("level"));
        let own = self.rows(&table).into_iter();
        mean(
            own.filter(|row| by_principal[*row] == 0)
                .map(|row| levels[row]),
        )
        .unwrap_or(0.0)
    }

    /// The same of the first government asked about, less that of the others.
    fn answers_over_others(&self) -> f64 {
        let Some((first, others)) = self.governments.as_deref().and_then(<[_]>::split_first) else {
            return f64::NAN;
        };
        let of = |governments: &[String]| {
            let asked = Asked {
                governments: Some(governments.to_vec()),
                ..*self
            };
            asked.answers()
        };
        of(std::slice::from_ref(first)) - of(others)
    }

    /// Correlation of the rates due in the first week of the window with those that the law
    /// had on the first day of talks, over governments whose rate it raises; zero where all are
    /// due the same.
    fn preset_correlation(&self) -> f64 {
        let Some((campaign, deadline)) = (self.campaign).and_then(|one| Some((one, one.deadline?)))
        else {
            return f64::NAN;
        };
        let table = self.table(&TALKS_STATES);
        let (dates, dues) = (table.dates(), table.numbers("due"));
        let codes = table.words("government").unwrap_or_default();
        let rows = self.rows(&table);
        let first = rows.iter().map(|row| dates[*row]).min();
        let points: Vec<(f64, f64)> = (rows.into_iter())
            .filter(|row| Some(dates[*row]) == first)
            .filter_map(|row| {
                let mut parties = campaign.parties.iter();
                let party = parties.find(|one| one.code == codes[row])?;
                let law = campaign.scheduled_of(party);
                let (now, then) = (rate_on(law, campaign.from), rate_on(law, deadline));
                (then > now).then(|| (then - now, dues[row] - now))
            })
            .collect();
        correlation(&points)
    }

    /// Mean country rate on the last day of the window.
    fn rate(&self) -> f64 {
        let table = self.table(&TALKS_STATES);
        let (dates, rates) = (table.dates(), table.numbers("rate"));
        let rows = self.rows(&table);
        let last = rows.iter().map(|row| dates[*row]).max();
        let on_last = rows.iter().filter(|row| Some(dates[**row]) == last);
        mean(on_last.map(|row| rates[*row])).unwrap_or(f64::NAN)
    }

    /// Slope on rank, by least squares; zero below three deals.
    fn slope(&self, of: impl Fn(&Signed) -> f64) -> f64 {
        let signed = self.signed();
        if signed.len() < 3 {
            return 0.0;
        }
        let points: Vec<(f64, f64)> = signed.iter().map(|deal| (deal.rank, of(deal))).collect();
        slope(&points).unwrap_or(0.0)
    }

    /// Days from the first of the window to one that came, or to its last.
    fn wait(&self, came: Option<i32>) -> f64 {
        f64::from(came.unwrap_or(day(self.window.to)) - day(self.window.from))
    }
}

/// Correlation of pairs; zero where one side does not vary.
fn correlation(points: &[(f64, f64)]) -> f64 {
    let turned: Vec<(f64, f64)> = points.iter().map(|(x, y)| (*y, *x)).collect();
    match (slope(points), slope(&turned)) {
        (Some(there), Some(back)) => (there * back).max(0.0).sqrt() * there.signum(),
        _ => 0.0,
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
