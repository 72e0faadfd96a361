//! The rows of one run in a table of a dataset.

use std::path::Path;

use tradewinds_kernel::record::{Column, TableSpec};
use tradewinds_output::{Table, read_table};
use tradewinds_units::{Date, days_after};

use super::ChronicleError;

/// A table of the dataset.
pub(super) struct Whole {
    name: &'static str,
    table: Table,
}

impl Whole {
    pub(super) fn read(folder: &Path, spec: &'static TableSpec) -> Result<Self, ChronicleError> {
        let table = read_table(folder, spec.name)?;
        Ok(Self {
            name: spec.name,
            table,
        })
    }

    pub(super) fn counts(&self, column: &'static str) -> Result<&[u32], ChronicleError> {
        self.table.counts(column).ok_or(self.without(column))
    }

    pub(super) fn codes(&self, column: &'static str) -> Result<Vec<&str>, ChronicleError> {
        match self.table.column(column) {
            Some(Column::Code { .. }) => Ok(self.table.codes(column).unwrap_or_default()),
            _ if self.table.is_empty() => Ok(Vec::new()),
            _ => Err(self.without(column)),
        }
    }

    fn without(&self, column: &'static str) -> ChronicleError {
        ChronicleError::Column {
            table: self.name,
            column,
        }
    }

    /// The rows of one run.
    pub(super) fn of(self, (scenario, replication): (&str, u32)) -> Result<Part, ChronicleError> {
        let rows = if self.table.is_empty() {
            Vec::new()
        } else {
            let (scenarios, numbers) = (self.codes("scenario")?, self.counts("replication")?);
            (0..self.table.len())
                .filter(|at| scenarios[*at] == scenario && numbers[*at] == replication)
                .collect()
        };
        Ok(Part { whole: self, rows })
    }
}

/// The rows of one run in a table; values are by place among them.
pub(super) struct Part {
    whole: Whole,
    rows: Vec<usize>,
}

impl Part {
    pub(super) fn rows(&self) -> std::ops::Range<usize> {
        0..self.rows.len()
    }

    fn taken<T: Clone>(
        &self,
        column: &'static str,
        values: Option<&[T]>,
    ) -> Result<Vec<T>, ChronicleError> {
        match values {
            Some(values) => Ok(self.rows.iter().map(|at| values[*at].clone()).collect()),
            None if self.rows.is_empty() => Ok(Vec::new()),
            None => Err(self.whole.without(column)),
        }
    }

    pub(super) fn counts(&self, column: &'static str) -> Result<Vec<u32>, ChronicleError> {
        self.taken(column, self.whole.table.counts(column))
    }

    pub(super) fn numbers(&self, column: &'static str) -> Result<Vec<f64>, ChronicleError> {
        self.taken(column, self.whole.table.numbers(column))
    }

    pub(super) fn codes(&self, column: &'static str) -> Result<Vec<String>, ChronicleError> {
        let codes = self.taken(column, self.whole.table.codes(column).as_deref())?;
        Ok(codes.into_iter().map(str::to_owned).collect())
    }

    pub(super) fn days(&self) -> Result<Vec<Date>, ChronicleError> {
        let days = self.taken("date", self.whole.table.dates("date"))?;
        let epoch = Date::constant(1970, 1, 1);
        Ok(days
            .into_iter()
            .map(|day| days_after(epoch, i64::from(day)))
            .collect())
    }
}
