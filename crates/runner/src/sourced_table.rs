//! Tables in which every row names its source, read with file, line, column
//! and fix of every mistake.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_config::{Diagnostic, Diagnostics, Finding, Source};
use tradewinds_units::{Date, EconomyCode, parse_date};

/// Why a cell is refused: column, what is found, what may stand there.
#[derive(Debug)]
pub(crate) struct Refused {
    column: String,
    found: String,
    expected: String,
}

impl Refused {
    pub(crate) fn new(column: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            column: column.to_owned(),
            found: found.into(),
            expected: expected.into(),
        }
    }
}

/// One row of a table.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    columns: &'a [String],
    cells: csv::StringRecord,
}

impl Row<'_> {
    pub(crate) fn text(&self, column: &str) -> Result<&str, Refused> {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| self.cells.get(at))
            .map(str::trim)
            .ok_or_else(|| Refused::new(column, "no such column", format!("a column `{column}`")))
    }

    pub(crate) fn owned(&self, column: &str) -> Result<String, Refused> {
        self.text(column).map(str::to_owned)
    }

    /// A name of lower-case letters, digits and `_`.
    pub(crate) fn id(&self, column: &str) -> Result<String, Refused> {
        let text = self.text(column)?;
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !text.is_empty() && text.chars().all(is_plain) {
            Ok(text.to_owned())
        } else {
            Err(Refused::new(
                column,
                format!("`{text}`"),
                "a name of lower-case letters, digits and `_`",
            ))
        }
    }

    /// A number from `low` to `high`; none where the cell is empty.
    pub(crate) fn number(
        &self,
        column: &str,
        (low, high): (f64, f64),
        meaning: &str,
    ) -> Result<Option<f64>, Refused> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() && (low..=high).contains(&value) => Ok(Some(value)),
            _ => Err(Refused::new(column, format!("`{text}`"), meaning)),
        }
    }

    /// A number that must be there.
    pub(crate) fn value(
        &self,
        column: &str,
        limits: (f64, f64),
        meaning: &str,
    ) -> Result<f64, Refused> {
        self.number(column, limits, meaning)?
            .ok_or_else(|| Refused::new(column, "nothing", meaning))
    }

    pub(crate) fn share(&self, column: &str) -> Result<Option<f64>, Refused> {
        self.number(column, (0.0, 1.0), "a share from 0 to 1, as 0.42 for 42 %")
    }

    pub(crate) fn date(&self, column: &str) -> Result<Date, Refused> {
        self.date_if_any(column)?
            .ok_or_else(|| Refused::new(column, "nothing", "a date, YYYY-MM-DD"))
    }

    pub(crate) fn date_if_any(&self, column: &str) -> Result<Option<Date>, Refused> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        parse_date(text)
            .map(Some)
            .map_err(|_| Refused::new(column, format!("`{text}`"), "a date, YYYY-MM-DD"))
    }

    pub(crate) fn economy(&self, column: &str) -> Result<EconomyCode, Refused> {
        let text = self.text(column)?;
        text.parse().map_err(|_| {
            Refused::new(
                column,
                format!("`{text}`"),
                "three capitals as in ISO 3166-1 alpha-3",
            )
        })
    }

    /// One of the words.
    pub(crate) fn choice(&self, column: &str, words: &[&str]) -> Result<String, Refused> {
        let text = self.text(column)?;
        if words.contains(&text) {
            Ok(text.to_owned())
        } else {
            let expected = format!("one of {}", words.join(", "));
            Err(Refused::new(column, format!("`{text}`"), expected))
        }
    }

    /// An id of `sources.csv`.
    pub(crate) fn source(&self, sources: &BTreeMap<String, String>) -> Result<String, Refused> {
        let text = self.text("source")?;
        if sources.contains_key(text) {
            Ok(text.to_owned())
        } else {
            Err(Refused::new(
                "source",
                format!("`{text}`, which sources.csv does not have"),
                "an id of sources.csv",
            ))
        }
    }

    /// `high`, `medium` or `low`.
    pub(crate) fn confidence(&self) -> Result<String, Refused> {
        self.choice("confidence", &["high", "medium", "low"])
    }
}

/// Reads every row of a table; mistakes go to `problems`.
pub(crate) fn rows<T>(
    source: &Source,
    problems: &mut Diagnostics,
    mut take: impl FnMut(&Row<'_>) -> Result<T, Refused>,
) -> Vec<T> {
    let mut reader = csv::ReaderBuilder::new().from_reader(source.text().as_bytes());
    let columns = columns(source, problems);
    let mut taken = Vec::new();
    for record in reader.records() {
        let cells = match record {
            Ok(cells) => cells,
            Err(error) => {
                problems.push(broken(source, &error));
                continue;
            }
        };
        let start = (cells.position()).map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
        let row = Row {
            columns: &columns,
            cells,
        };
        match take(&row) {
            Ok(one) => taken.push(one),
            Err(refused) => {
                let at = columns.iter().position(|name| *name == refused.column);
                let (from, to) = cell(source.text(), start, at.unwrap_or(0));
                let finding = Finding {
                    summary: format!("the row is refused at `{}`", refused.column),
                    found: refused.found,
                    help: format!("write {}", refused.expected),
                    expected: refused.expected,
                };
                let span = source.span(from, to);
                problems.push(Diagnostic::error(&span, refused.column, finding));
            }
        }
    }
    taken
}

/// Names of the columns of a table.
pub(crate) fn columns(source: &Source, problems: &mut Diagnostics) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().from_reader(source.text().as_bytes());
    match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_owned).collect(),
        Err(error) => {
            problems.push(broken(source, &error));
            Vec::new()
        }
    }
}

/// The table of a folder with that file name; an empty one, and a problem, when
/// it is missing.
pub(crate) fn file(files: &[Source], name: &str, problems: &mut Diagnostics) -> Source {
    let is_it = |source: &&Source| source.name().rsplit(['/', '\\']).next() == Some(name);
    if let Some(found) = files.iter().find(is_it) {
        return found.clone();
    }
    let empty = Source::new(name, "");
    let finding = Finding {
        summary: "a table is missing".into(),
        found: format!("no `{name}`"),
        expected: "a table with one header row".into(),
        help: format!("add `{name}` beside the other tables"),
    };
    problems.push(Diagnostic::error(&empty.span(0, 0), "", finding));
    empty
}

/// The sources of a folder: id to title.
pub(crate) fn sources(files: &[Source], problems: &mut Diagnostics) -> BTreeMap<String, String> {
    let source = file(files, "sources.csv", problems);
    let mut seen = BTreeSet::new();
    let found = rows(&source, problems, |row| {
        let id = row.id("id")?;
        unique(&mut seen, id.clone(), "id")?;
        Ok((id, row.owned("title")?))
    });
    found.into_iter().collect()
}

/// Refuses a key that an earlier row had.
pub(crate) fn unique<K: Ord>(seen: &mut BTreeSet<K>, key: K, column: &str) -> Result<(), Refused> {
    if seen.insert(key) {
        Ok(())
    } else {
        Err(Refused::new(
            column,
            "the row repeats an earlier one",
            "one row for each",
        ))
    }
}

fn broken(source: &Source, error: &csv::Error) -> Diagnostic {
    let start = (error.position()).map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
    let finding = Finding {
        summary: "the table cannot be read".into(),
        found: error.to_string(),
        expected: "comma-separated values with a header".into(),
        help: "check the number of columns and the quotes".into(),
    };
    Diagnostic::error(&source.span(start, start), "", finding)
}

/// Where the cell number `at` of the record that starts at `start` lies.
fn cell(text: &str, start: usize, at: usize) -> (usize, usize) {
    let (mut column, mut from, mut is_quoted) = (0, start, false);
    for (offset, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' | b'\n' | b'\r' if !is_quoted => {
                if column == at || byte != b',' {
                    return (from, offset);
                }
                (column, from) = (column + 1, offset + 1);
            }
            _ => {}
        }
    }
    (from, text.len())
}

/// What tests of tables with sources share.
#[cfg(test)]
pub(crate) mod testing {
    use tradewinds_config::{Diagnostics, Source};

    /// One replacement in a file: name, text, text in its place.
    pub(crate) type Change = (&'static str, &'static str, &'static str);

    /// Tables with one change.
    pub(crate) fn changed(tables: &[(&str, &str)], (name, from, to): Change) -> Vec<Source> {
        let with = |(file, text): &(&str, &str)| match *file == name {
            true => Source::new(*file, text.replacen(from, to, 1)),
            false => Source::new(*file, *text),
        };
        tables.iter().map(with).collect()
    }

    /// Each change is a mistake, told with all of its parts.
    pub(crate) fn are_told<T: std::fmt::Debug>(
        mistakes: &[(Change, [&str; 2])],
        read: impl Fn(Change) -> Result<T, Diagnostics>,
    ) {
        for (change, parts) in mistakes {
            let text = read(*change).unwrap_err().to_string();
            for part in parts {
                assert!(text.contains(part), "{part} in {text}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<f64>, Diagnostics> {
        let mut problems = Diagnostics::new();
        let source = Source::new("t.csv", text);
        let found = rows(&source, &mut problems, |row| {
            row.id("name")?;
            row.value("rate", (0.0, 1.0), "a share")
        });
        problems.into_result(found)
    }

    #[test]
    fn a_mistake_names_file_line_column_and_fix() {
        let good = "name,note,rate\na,\"x, y\",0.5\n";
        assert!(
            read(good)
                .unwrap()
                .iter()
                .all(|rate| (rate - 0.5).abs() < 1e-12)
        );
        for (from, to, parts) in [
            ("0.5", "50", ["t.csv:2:10", "write a share"]),
            ("a,", "A b,", ["t.csv:2:1", "lower-case letters"]),
            ("rate", "rat", ["t.csv:2:1", "a column `rate`"]),
            ("0.5", "", ["t.csv:2:10", "nothing"]),
        ] {
            let text = read(&good.replacen(from, to, 1)).unwrap_err().to_string();
            for part in parts {
                assert!(text.contains(part), "{part} in {text}");
            }
        }
    }

    #[test]
    fn a_row_of_another_length_is_a_mistake_of_its_line() {
        let text = read("name,rate\na,0.5\nb\n").unwrap_err().to_string();
        assert!(text.contains("t.csv:3"), "{text}");
    }
}
