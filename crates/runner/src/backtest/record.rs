//! Recorded series week by week, and what is known of them in a week.

use tradewinds_kernel::maths::ln;
use tradewinds_kernel::statistics::Moments;
use tradewinds_units::{Date, days_after, days_between};

use super::scores::Normal;
use super::{Variable, VariableKind};
use crate::markets::Markets;
use crate::politics::{APPROVAL, Politics};

/// Changes over a horizon that make a distribution of their own: a year of weeks.
pub const YEAR: usize = 52;
/// Weekly changes, or readings, without which there is no baseline.
pub const FEWEST: usize = 8;
/// Days by which the reading of a week may miss the day asked for.
const SLACK: i64 = 3;

/// A recorded value of a week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Day of the reading; of an index, the Friday of its week.
    pub date: Date,
    /// Approval \[percent\] or log of the index, times 100.
    pub value: f64,
    /// Leader and series it belongs to: values of two spells are not compared.
    pub spell: usize,
}

/// What errors of a baseline rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Changes over the horizon, a year of them or more.
    Changes,
    /// Weekly changes, scaled to the horizon: the record had not lasted a year.
    Scaled,
}

/// Forecasts of the two baselines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baselines {
    /// The last value, with the root mean square of past changes.
    pub random_walk: Normal,
    /// Approval: mean and deviation of the readings. An index: the last value and the
    /// mean change, with the deviation of changes.
    pub historical_mean: Normal,
    /// What their errors rest on.
    pub basis: Basis,
}

/// The recorded values of a variable, in order of time.
pub fn readings(variable: &Variable, markets: &Markets, politics: &Politics) -> Vec<Reading> {
    match variable.kind {
        VariableKind::Approval => approval(variable, politics),
        VariableKind::Index => index(variable, markets),
    }
}

fn approval(variable: &Variable, politics: &Politics) -> Vec<Reading> {
    let mut spells: Vec<(&str, &str)> = Vec::new();
    let mut found = Vec::new();
    for poll in &politics.polls {
        let is_own = poll.economy == variable.economy
            && poll.measure == APPROVAL
            && variable.series.contains(&poll.series);
        let (true, Some(share)) = (is_own, poll.approve) else {
            continue;
        };
        let own = (poll.leader.as_str(), poll.series.as_str());
        let known = spells.iter().position(|spell| *spell == own);
        let spell = known.unwrap_or_else(|| {
            spells.push(own);
            spells.len() - 1
        });
        found.push(Reading {
            date: poll.date,
            value: 100.0 * share,
            spell,
        });
    }
    found.sort_by_key(|reading| (reading.date, reading.spell));
    found
}

/// The last close of each week, from Monday to Friday, on its Friday.
fn index(variable: &Variable, markets: &Markets) -> Vec<Reading> {
    let mut found: Vec<Reading> = Vec::new();
    let own = variable.series.iter().enumerate();
    for (spell, series) in own {
        for (date, close) in markets.closes(series).unwrap_or_default() {
            let weekday = i64::from(date.weekday().to_monday_zero_offset());
            let reading = Reading {
                date: days_after(date, 4 - weekday),
                value: 100.0 * ln(close),
                spell,
            };
            let is_later = |last: &&mut Reading| {
                (last.date, last.spell) == (reading.date, reading.spell) && weekday <= 4
            };
            match found.last_mut().filter(is_later) {
                Some(last) => *last = reading,
                None if weekday <= 4 => found.push(reading),
                None => {}
            }
        }
    }
    found.sort_by_key(|reading| (reading.date, reading.spell));
    found
}

/// The reading `weeks` after the one at `from`, of the same spell.
pub fn ahead(readings: &[Reading], from: usize, weeks: u32) -> Option<usize> {
    let start = readings[from];
    let day = days_after(start.date, 7 * i64::from(weeks));
    let (first, last) = (days_after(day, -SLACK), days_after(day, SLACK));
    let near = |reading: &Reading| days_between(day, reading.date).abs();
    let later = readings.iter().enumerate().skip(from + 1);
    later
        .take_while(|(_, reading)| reading.date <= last)
        .filter(|(_, reading)| reading.spell == start.spell && reading.date >= first)
        .min_by_key(|(_, reading)| near(reading))
        .map(|(at, _)| at)
}

/// Changes over some weeks within the readings.
fn changes(readings: &[Reading], weeks: u32) -> Vec<f64> {
    (0..readings.len())
        .filter_map(|from| {
            let to = ahead(readings, from, weeks)?;
            Some(readings[to].value - readings[from].value)
        })
        .collect()
}

/// What the baselines say at the last of the readings that are `known`; none with
/// too few of them.
pub fn baselines(kind: VariableKind, known: &[Reading], weeks: u32) -> Option<Baselines> {
    let last = known.last()?.value;
    let over = changes(known, weeks);
    let (past, scale, basis) = if over.len() >= YEAR {
        (over, 1.0, Basis::Changes)
    } else {
        (changes(known, 1), f64::from(weeks), Basis::Scaled)
    };
    if past.len() < FEWEST || known.len() < FEWEST {
        return None;
    }
    let squares: f64 = past.iter().map(|change| change * change).sum();
    let root = (squares / past.len() as f64 * scale).sqrt();
    let historical_mean = match kind {
        VariableKind::Approval => {
            let values: Vec<f64> = known.iter().map(|reading| reading.value).collect();
            let all = Moments::of(&values);
            Normal {
                mean: all.mean(),
                deviation: all.standard_deviation(),
            }
        }
        VariableKind::Index => {
            let all = Moments::of(&past);
            Normal {
                mean: last + all.mean() * scale,
                deviation: all.standard_deviation() * scale.sqrt(),
            }
        }
    };
    let random_walk = Normal {
        mean: last,
        deviation: root,
    };
    let is_proper = |normal: &Normal| normal.deviation > 0.0;
    [random_walk, historical_mean]
        .iter()
        .all(is_proper)
        .then_some(Baselines {
            random_walk,
            historical_mean,
            basis,
        })
}
