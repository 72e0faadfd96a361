//! What one run recorded, by table and period, ready for outcomes.

use tradewinds_engine::observe::Recorded;
use tradewinds_kernel::record::{Column, Rows};

/// One recorded table as periods × cells: in every period the same cells in
/// the same order.
#[derive(Debug, Clone, Copy)]
pub struct Panel<'a> {
    rows: &'a Rows,
    /// Cells of a period.
    pub cells: usize,
    /// Periods.
    pub periods: usize,
}

impl<'a> Panel<'a> {
    fn new(rows: &'a Rows) -> Self {
        let dates = dates(rows);
        let cells = dates.iter().take_while(|date| **date == dates[0]).count();
        let periods = dates.len().checked_div(cells).unwrap_or(0);
        Self {
            rows,
            cells,
            periods,
        }
    }

    /// The values of a number column in one period.
    ///
    /// # Panics
    /// When the table has no such column.
    pub fn at(&self, column: &str, period: usize) -> &'a [f64] {
        let Some(values) = self.rows.numbers(column) else {
            panic!(
                "table {} has no number column {column}",
                self.rows.spec().name
            )
        };
        &values[period * self.cells..(period + 1) * self.cells]
    }

    /// Mean of a column over periods, by cell.
    pub fn mean(&self, column: &str, periods: std::ops::Range<usize>) -> Vec<f64> {
        let mut mean = vec![0.0; self.cells];
        let count = periods.len() as f64;
        for period in periods {
            for (sum, value) in mean.iter_mut().zip(self.at(column, period)) {
                *sum += value / count;
            }
        }
        mean
    }

    /// Codes of a column, by cell, as indices into the model's lists.
    ///
    /// # Panics
    /// When the table has no such code column.
    pub fn codes(&self, column: &str) -> &'a [u32] {
        let at = self
            .rows
            .spec()
            .columns
            .iter()
            .position(|spec| spec.name == column);
        match at.map(|at| &self.rows.columns()[at]) {
            Some(Column::Code { indices, .. }) => &indices[..self.cells],
            _ => panic!(
                "table {} has no code column {column}",
                self.rows.spec().name
            ),
        }
    }

    /// First day of each period, in days since 1970-01-01.
    pub fn dates(&self) -> Vec<i32> {
        dates(self.rows)
            .iter()
            .step_by(self.cells.max(1))
            .copied()
            .collect()
    }
}

fn dates(rows: &Rows) -> &[i32] {
    rows.columns()
        .iter()
        .find_map(|column| match column {
            Column::Date(days) => Some(days.as_slice()),
            _ => None,
        })
        .unwrap_or(&[])
}

/// The tables of one run.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// Bilateral flows of economies under watch.
    pub trade: Panel<'a>,
    /// Sectors of economies under watch.
    pub markets: Panel<'a>,
    /// All economies.
    pub macroeconomy: Panel<'a>,
    /// Final users of economies under watch.
    pub households: Panel<'a>,
    /// National accounts of all economies.
    pub accounts: Panel<'a>,
}

impl<'a> Series<'a> {
    /// The tables of a finished run.
    pub fn of(recorded: &'a Recorded) -> Self {
        Self {
            trade: Panel::new(&recorded.trade),
            markets: Panel::new(&recorded.markets),
            macroeconomy: Panel::new(&recorded.macroeconomy),
            households: Panel::new(&recorded.households),
            accounts: Panel::new(&recorded.accounts),
        }
    }
}
