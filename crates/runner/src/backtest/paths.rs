//! Simulated paths at the days of recorded values.

use tradewinds_engine::observe::Recorded;
use tradewinds_kernel::maths::ln;
use tradewinds_kernel::record::{Column, Rows};
use tradewinds_units::{Date, days_between};

use super::{Reading, Variable, VariableKind};

/// Days after which a simulated average of polls no longer stands for a day; every
/// Friday is a day of trade of its own.
const STALE: i32 = 7;

/// A simulated value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulated {
    /// Published average \[percent\], or log of the index, times 100.
    pub value: f64,
    /// Leader it belongs to, by number; zero for an index.
    pub leader: u32,
}

/// Last simulated value on or before each reading; none outside the run. `days` are
/// those of a record, at whose end approval is as recorded.
pub fn at_readings(
    recorded: &Recorded,
    variable: &Variable,
    readings: &[Reading],
    days: i32,
) -> Vec<Option<Simulated>> {
    let (path, stale) = match variable.kind {
        VariableKind::Approval => (approval(&recorded.approval, variable, days), STALE),
        VariableKind::Index => (index(&recorded.market_days, variable), 1),
    };
    let value = |reading: &Reading| {
        let day = days_between(Date::constant(1970, 1, 1), reading.date) as i32;
        let next = path.partition_point(|(date, _)| *date <= day);
        let (date, found) = *path.get(next.checked_sub(1)?)?;
        (day - date < stale).then_some(found)
    };
    readings.iter().map(value).collect()
}

/// Published averages by the first day after their tick.
fn approval(rows: &Rows, variable: &Variable, days: i32) -> Vec<(i32, Simulated)> {
    let leaders = codes(rows, "leader").0;
    let published = rows.numbers("published").unwrap_or(&[]);
    let own = of_economy(rows, variable);
    own.filter_map(|(row, date)| {
        let value = *published.get(row)?;
        let leader = *leaders.get(row)?;
        Some((date + days, Simulated { value, leader }))
    })
    .collect()
}

/// Index of all sectors by its day.
fn index(rows: &Rows, variable: &Variable) -> Vec<(i32, Simulated)> {
    let (sectors, names) = codes(rows, "sector");
    let total = names.iter().position(|name| name == "total");
    let level = rows.numbers("index").unwrap_or(&[]);
    let own = of_economy(rows, variable);
    own.filter_map(|(row, date)| {
        let is_total = sectors.get(row).map(|sector| *sector as usize) == total;
        let value = 100.0 * ln(*level.get(row)?);
        is_total.then_some((date, Simulated { value, leader: 0 }))
    })
    .collect()
}

/// Rows of the economy of a variable, with their day since 1970-01-01.
fn of_economy<'a>(rows: &'a Rows, variable: &Variable) -> impl Iterator<Item = (usize, i32)> + 'a {
    let (economies, names) = codes(rows, "economy");
    let code = variable.economy.to_string();
    let own = names.iter().position(|name| *name == code);
    let dates = rows.columns().iter().find_map(|column| match column {
        Column::Date(dates) => Some(dates.as_slice()),
        _ => None,
    });
    let dates = dates.unwrap_or(&[]).iter().copied();
    let all = dates.zip(economies).enumerate();
    all.filter(move |(_, (_, economy))| own == Some(**economy as usize))
        .map(|(row, (date, _))| (row, date))
}

fn codes<'a>(rows: &'a Rows, name: &str) -> (&'a [u32], &'a [String]) {
    let mut columns = rows.spec().columns.iter().zip(rows.columns());
    match columns.find(|(spec, _)| spec.name == name) {
        Some((_, Column::Code { indices, names })) => (indices, names),
        _ => (&[], &[]),
    }
}
