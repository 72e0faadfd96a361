//! Rows of the tables of talks of one run, by name of column.

use tradewinds_engine::talks::tables::TalksRecords;
use tradewinds_kernel::record::{Column, Rows, TableSpec};
use tradewinds_units::{Date, days_between};

/// Days since 1970-01-01, as tables hold them.
pub(crate) fn day(date: Date) -> i32 {
    days_between(Date::constant(1970, 1, 1), date) as i32
}

/// Columns of a table by name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'a>(&'a Rows);

impl<'a> Table<'a> {
    /// The table of a run.
    pub(crate) fn of(records: &'a TalksRecords, spec: &TableSpec) -> Self {
        let found = records
            .tables
            .iter()
            .find(|rows| rows.spec().name == spec.name);
        Self(found.unwrap_or(&records.tables[0]))
    }

    fn column(&self, name: &str) -> Option<&'a Column> {
        let mut columns = self.0.spec().columns.iter().zip(self.0.columns());
        columns
            .find(|(spec, _)| spec.name == name)
            .map(|(_, column)| column)
    }

    /// Days since 1970-01-01, by row.
    pub(crate) fn dates(&self) -> &'a [i32] {
        match self.column("date") {
            Some(Column::Date(dates)) => dates,
            _ => &[],
        }
    }

    /// Whole numbers; none where the table has no such column.
    pub(crate) fn counts(&self, name: &str) -> &'a [u32] {
        match self.column(name) {
            Some(Column::Count(counts)) => counts,
            _ => &[],
        }
    }

    /// Numbers; none where the table has no such column.
    pub(crate) fn numbers(&self, name: &str) -> &'a [f64] {
        self.0.numbers(name).unwrap_or(&[])
    }

    /// Names; none where the table has no such column.
    pub(crate) fn words(&self, name: &str) -> Option<Vec<&'a str>> {
        match self.column(name) {
            Some(Column::Code { indices, names }) => {
                let word = |index: &u32| names[*index as usize].as_str();
                Some(indices.iter().map(word).collect())
            }
            _ => None,
        }
    }
}
