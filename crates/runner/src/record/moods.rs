//! Measures of days of trade in shares and of approval.

use tradewinds_kernel::record::{Column, Rows};
use tradewinds_units::{Date, days_between};

use super::Asked;
use super::window::Window;

/// A table whose rows are found by codes and a date.
struct Dated<'a> {
    rows: &'a Rows,
    dates: &'a [i32],
}

impl<'a> Dated<'a> {
    fn of(rows: &'a Rows) -> Option<Self> {
        let mut columns = rows.spec().columns.iter().zip(rows.columns());
        columns.find_map(|(spec, column)| match column {
            Column::Date(dates) if spec.name == "date" => Some(Self { rows, dates }),
            _ => None,
        })
    }

    fn codes(&self, name: &str) -> &'a [u32] {
        let mut columns = self.rows.spec().columns.iter().zip(self.rows.columns());
        let found = columns.find(|(spec, _)| spec.name == name);
        match found {
            Some((_, Column::Code { indices, .. })) => indices,
            _ => &[],
        }
    }

    /// Rows of an economy in a window, in order.
    fn within(&self, economy: usize, window: Window) -> impl Iterator<Item = usize> {
        let day = |date: Date| days_between(Date::constant(1970, 1, 1), date) as i32;
        let days = day(window.from)..=day(window.to);
        let economies = self.codes("economy");
        let dates = self.dates;
        (0..dates.len())
            .filter(move |row| economies[*row] as usize == economy && days.contains(&dates[*row]))
    }
}

/// What the shares of an economy, or of one sector, gained in a window, as a share; zero
/// without markets for shares, not a number where the economy or sector has no rows. `sector` at the number of sectors is the whole economy.
pub(super) fn gain(
    rows: &Rows,
    (economy, sector): (usize, usize),
    column: &str,
    window: Window,
) -> f64 {
    let Some(table) = Dated::of(rows).filter(|table| !table.dates.is_empty()) else {
        return 0.0;
    };
    let (sectors, returns) = (table.codes("sector"), rows.numbers(column).unwrap_or(&[]));
    let of_sector = |row: &usize| sectors[*row] as usize == sector;
    let days: Vec<usize> = (table.within(economy, window).filter(of_sector)).collect();
    if days.is_empty() {
        return f64::NAN;
    }
    days.iter()
        .fold(1.0, |value, row| value * (1.0 + returns[*row]))
        - 1.0
}

/// How far the shares of the sectors asked for gained more than their market, as the
/// mean over sectors.
pub(super) fn gain_over_market(rows: &Rows, asked: &Asked, total: usize, window: Window) -> f64 {
    let Some(economy) = asked.importers.first() else {
        return f64::NAN;
    };
    let of = |sector: usize| gain(rows, (*economy, sector), "policy_return", window);
    let sectors = asked.sectors.iter().map(|sector| of(*sector));
    sectors.sum::<f64>() / asked.sectors.len() as f64 - of(total)
}

/// Mean of a column of approval of the leaders of an economy over a window, points.
pub(super) fn approval(rows: &Rows, economy: usize, column: &str, window: Window) -> f64 {
    let Some(table) = Dated::of(rows) else {
        return f64::NAN;
    };
    let values = rows.numbers(column).unwrap_or(&[]);
    let found: Vec<f64> = (table.within(economy, window))
        .map(|row| values[row])
        .collect();
    found.iter().sum::<f64>() / found.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradewinds_engine::tables::MARKET_DAYS;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn gains_of_days_multiply_within_the_window_and_sector() {
        let names = |names: &[&str]| names.iter().map(|one| (*one).to_owned()).collect();
        let labels = [names(&["s"]), names(&["A", "B"]), names(&["x", "total"])];
        let mut rows = Rows::new(&MARKET_DAYS, &labels);
        let first = Date::constant(1970, 1, 1);
        for (date, economy, sector, change) in [
            ("2001-01-02", 0, 1, 0.5),
            ("2001-01-03", 0, 1, 0.1),
            ("2001-01-04", 0, 1, -0.1),
            ("2001-01-04", 0, 0, 0.3),
            ("2001-01-04", 1, 1, 0.7),
            ("2001-01-05", 0, 1, 0.9),
        ] {
            let row = rows.row().code(0).count(0);
            let row = row.date(days_between(first, day(date)) as i32);
            let row = row
                .code(economy)
                .code(sector)
                .numbers(&[1.0, change, change]);
            let _ = row.numbers(&[0.0; 9]);
        }
        let window = Window {
            from: day("2001-01-03"),
            to: day("2001-01-04"),
        };
        let of = |cell| gain(&rows, cell, "index_return", window);
        assert!((of((0, 1)) - (1.1 * 0.9 - 1.0)).abs() < 1e-15);
        assert!((of((0, 0)) - 0.3).abs() < 1e-15);
        assert!((of((1, 1)) - 0.7).abs() < 1e-15);
    }
}
