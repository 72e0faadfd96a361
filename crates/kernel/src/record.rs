//! Records: rows that mechanisms emit and nobody in the model reads.
//!
//! A table is described once, by a [`TableSpec`]: every column has a unit and a
//! definition, which travel into file metadata and the data dictionary. Rows are
//! kept by column, ready for a columnar writer; this crate knows no file format.

use std::sync::Arc;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A count or identifier, `u32`.
    Count,
    /// A civil date, in days since 1970-01-01.
    Date,
    /// A measurement, `f64`.
    Number,
    /// One of a small set of names, stored as an index into a dictionary.
    Code,
}

/// One column: its name, what it holds, its unit and definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Name in `snake_case`.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Unit, as in `USD bn a year`, `share`, `code`.
    pub unit: &'static str,
    /// Definition in one sentence.
    pub description: &'static str,
    /// Whether rows may lack it: a number that is none is then stored as missing.
    pub may_lack: bool,
}

impl ColumnSpec {
    const fn of(
        kind: ColumnKind,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            unit,
            description,
            may_lack: false,
        }
    }

    /// The same, where rows may lack it.
    #[must_use]
    pub const fn or_missing(self) -> Self {
        Self {
            may_lack: true,
            ..self
        }
    }

    /// A count or identifier.
    pub const fn count(name: &'static str, unit: &'static str, description: &'static str) -> Self {
        Self::of(ColumnKind::Count, name, unit, description)
    }

    /// A civil date.
    pub const fn date(name: &'static str, description: &'static str) -> Self {
        Self::of(ColumnKind::Date, name, "date", description)
    }

    /// A measurement.
    pub const fn number(name: &'static str, unit: &'static str, description: &'static str) -> Self {
        Self::of(ColumnKind::Number, name, unit, description)
    }

    /// One of a small set of names.
    pub const fn code(name: &'static str, unit: &'static str, description: &'static str) -> Self {
        Self::of(ColumnKind::Code, name, unit, description)
    }
}

/// One table: its name, what a row is, its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSpec {
    /// Name in `snake_case`; also the folder of its part files.
    pub name: &'static str,
    /// What one row is.
    pub description: &'static str,
    /// Columns in order.
    pub columns: &'static [ColumnSpec],
}

/// Values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Values of a [`ColumnKind::Count`] column.
    Count(Vec<u32>),
    /// Values of a [`ColumnKind::Date`] column, days since 1970-01-01.
    Date(Vec<i32>),
    /// Values of a [`ColumnKind::Number`] column.
    Number(Vec<f64>),
    /// Values of a [`ColumnKind::Code`] column.
    Code {
        /// Index into `names`, by row.
        indices: Vec<u32>,
        /// The names.
        names: Arc<[String]>,
    },
}

/// Rows of one table, by column.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    spec: &'static TableSpec,
    columns: Vec<Column>,
}

impl Rows {
    /// An empty table. `dictionaries` holds the names of the code columns, in
    /// the order of those columns.
    ///
    /// # Panics
    /// When the number of dictionaries differs from the number of code columns.
    pub fn new(spec: &'static TableSpec, dictionaries: &[Arc<[String]>]) -> Self {
        let mut names = dictionaries.iter();
        let columns: Vec<Column> = spec
            .columns
            .iter()
            .map(|column| match column.kind {
                ColumnKind::Count => Column::Count(Vec::new()),
                ColumnKind::Date => Column::Date(Vec::new()),
                ColumnKind::Number => Column::Number(Vec::new()),
                ColumnKind::Code => match names.next() {
                    Some(names) => Column::Code {
                        indices: Vec::new(),
                        names: names.clone(),
                    },
                    None => panic!("table {}: no dictionary for {}", spec.name, column.name),
                },
            })
            .collect();
        assert!(
            names.next().is_none(),
            "table {}: a dictionary without a column",
            spec.name
        );
        Self { spec, columns }
    }

    /// The description of the table.
    pub fn spec(&self) -> &'static TableSpec {
        self.spec
    }

    /// The columns, in the order of the description.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of complete rows.
    pub fn len(&self) -> usize {
        match self.columns.last() {
            Some(Column::Count(values)) => values.len(),
            Some(Column::Date(values)) => values.len(),
            Some(Column::Number(values)) => values.len(),
            Some(Column::Code { indices, .. }) => indices.len(),
            None => 0,
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all rows and keeps the memory.
    pub fn clear(&mut self) {
        for column in &mut self.columns {
            match column {
                Column::Count(values) => values.clear(),
                Column::Date(values) => values.clear(),
                Column::Number(values) => values.clear(),
                Column::Code { indices, .. } => indices.clear(),
            }
        }
    }

    /// Starts a row; fill it column by column, in order.
    pub fn row(&mut self) -> RowWriter<'_> {
        RowWriter {
            rows: self,
            next: 0,
        }
    }

    /// The values of a number column, by name.
    pub fn numbers(&self, name: &str) -> Option<&[f64]> {
        let at = self
            .spec
            .columns
            .iter()
            .position(|column| column.name == name)?;
        match &self.columns[at] {
            Column::Number(values) => Some(values),
            _ => None,
        }
    }
}

/// Writes one row, column by column.
#[derive(Debug)]
pub struct RowWriter<'a> {
    rows: &'a mut Rows,
    next: usize,
}

impl RowWriter<'_> {
    fn column(&mut self) -> &mut Column {
        let at = self.next;
        self.next += 1;
        &mut self.rows.columns[at]
    }

    /// Writes a count.
    ///
    /// # Panics
    /// When the next column holds something else; so do the other writers.
    pub fn count(mut self, value: u32) -> Self {
        match self.column() {
            Column::Count(values) => values.push(value),
            other => panic!("a count written to {other:?}"),
        }
        self
    }

    /// Writes a date, in days since 1970-01-01.
    pub fn date(mut self, days: i32) -> Self {
        match self.column() {
            Column::Date(values) => values.push(days),
            other => panic!("a date written to {other:?}"),
        }
        self
    }

    /// Writes a measurement.
    pub fn number(mut self, value: f64) -> Self {
        match self.column() {
            Column::Number(values) => values.push(value),
            other => panic!("a number written to {other:?}"),
        }
        self
    }

    /// Writes several measurements.
    pub fn numbers(self, values: &[f64]) -> Self {
        values.iter().fold(self, |row, value| row.number(*value))
    }

    /// Writes a name by its index in the dictionary of the column.
    pub fn code(mut self, index: usize) -> Self {
        match self.column() {
            Column::Code { indices, .. } => indices.push(index as u32),
            other => panic!("a code written to {other:?}"),
        }
        self
    }
}

impl Drop for RowWriter<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(
                self.next,
                self.rows.spec.columns.len(),
                "table {}: a row with missing columns",
                self.rows.spec.name
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SPEC: TableSpec = TableSpec {
        name: "prices",
        description: "One price",
        columns: &[
            ColumnSpec {
                name: "run",
                kind: ColumnKind::Count,
                unit: "id",
                description: "Run",
                may_lack: false,
            },
            ColumnSpec {
                name: "sector",
                kind: ColumnKind::Code,
                unit: "code",
                description: "S",
                may_lack: false,
            },
            ColumnSpec {
                name: "price",
                kind: ColumnKind::Number,
                unit: "USD",
                description: "P",
                may_lack: false,
            },
        ],
    };

    fn rows() -> Rows {
        Rows::new(
            &SPEC,
            &[Arc::from(["autos".to_owned(), "energy".to_owned()])],
        )
    }

    #[test]
    fn rows_are_kept_by_column() {
        let mut rows = rows();
        let _ = rows.row().count(1).code(1).number(2.5);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows.numbers("price"), Some([2.5].as_slice()));
        rows.clear();
        assert!(rows.is_empty());
    }

    #[test]
    #[should_panic(expected = "missing columns")]
    fn a_row_must_be_complete() {
        let _ = rows().row().count(1);
    }
}
