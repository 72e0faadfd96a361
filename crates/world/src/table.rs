//! Tables with one header row, read with the line of every error.

use std::collections::BTreeMap;

use crate::WorldError;

/// Files of a folder by name, as text; the library itself opens none.
pub type FileSet = BTreeMap<String, String>;

/// A table as read.
#[derive(Debug)]
pub(crate) struct Table {
    file: String,
    header: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// A row and where it stands.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) line: u64,
    fields: Vec<String>,
}

impl Table {
    /// Reads the file of that name, with or without its `.csv`.
    pub(crate) fn read(files: &FileSet, file: &str) -> Result<Self, WorldError> {
        let text = files.get(file).ok_or_else(|| WorldError::MissingFile {
            file: file.to_owned(),
        })?;
        let not_a_table = |error: csv::Error| WorldError::NotATable {
            file: file.to_owned(),
            reason: error.to_string(),
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader
            .headers()
            .map_err(not_a_table)?
            .iter()
            .map(str::to_owned)
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(not_a_table)?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(Row {
                line,
                fields: record.iter().map(str::to_owned).collect(),
            });
        }
        Ok(Self {
            file: file.to_owned(),
            header,
            rows,
        })
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    pub(crate) fn column(&self, column: &str) -> Result<usize, WorldError> {
        self.header
            .iter()
            .position(|name| name == column)
            .ok_or_else(|| WorldError::MissingColumn {
                file: self.file.clone(),
                column: column.to_owned(),
                found: self.header.join(", "),
            })
    }

    pub(crate) fn text<'a>(&self, row: &'a Row, column: &str) -> Result<&'a str, WorldError> {
        Ok(&row.fields[self.column(column)?])
    }

    pub(crate) fn parse<T>(
        &self,
        row: &Row,
        column: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, WorldError> {
        let found = self.text(row, column)?;
        read(found).ok_or_else(|| WorldError::Field {
            file: self.file.clone(),
            line: row.line,
            column: column.to_owned(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        })
    }

    pub(crate) fn number(&self, row: &Row, column: &str) -> Result<f64, WorldError> {
        self.parse(row, column, "a finite number", |text| {
            text.parse::<f64>().ok().filter(|value| value.is_finite())
        })
    }

    /// Whole dollars from an amount in USD bn with at most nine decimals.
    pub(crate) fn dollars(&self, row: &Row, column: &str) -> Result<i64, WorldError> {
        self.parse(
            row,
            column,
            "USD bn with at most nine decimals",
            crate::dollars::parse,
        )
    }
}

/// Writes a table whose rows are already text.
pub(crate) fn write(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = header.join(",");
    text.push('\n');
    for row in rows {
        for (column, field) in row.iter().enumerate() {
            if column > 0 {
                text.push(',');
            }
            if field.contains([',', '"', '\n']) {
                text.push('"');
                text.push_str(&field.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(field);
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, WorldError> {
        Table::read(
            &FileSet::from([("t.csv".to_owned(), text.to_owned())]),
            "t.csv",
        )
    }

    #[test]
    fn a_bad_number_is_reported_with_line_and_column() {
        let table = table("a,b\n1,2\n3,x\n").unwrap();
        let error = table.number(&table.rows[1], "b").unwrap_err();
        assert!(matches!(error, WorldError::Field { line: 3, ref column, .. } if column == "b"));
    }

    #[test]
    fn a_field_with_a_comma_survives_writing_and_reading() {
        let text = write(&["a"], &[vec!["x, \"y\"".to_owned()]]);
        let table = table(&text).unwrap();
        assert_eq!(table.text(&table.rows[0], "a").unwrap(), "x, \"y\"");
    }

    #[test]
    fn a_missing_column_names_those_there_are() {
        let error = table("a,b\n1,2\n").unwrap().column("c").unwrap_err();
        assert!(error.to_string().contains("a, b"));
    }
}
