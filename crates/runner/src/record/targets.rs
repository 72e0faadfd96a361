//! Files of recorded values.

use tradewinds_units::{Date, parse_date};

use super::RecordError;

/// A recorded value.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Id.
    pub id: String,
    /// Name of the variable.
    pub variable: String,
    /// Level, change, ratio, regression coefficient, or a published result.
    pub kind: String,
    /// What it is, in words.
    pub definition: String,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Lower end of its tolerance band.
    pub low: Option<f64>,
    /// Upper end of its tolerance band.
    pub high: Option<f64>,
    /// Whose value it is.
    pub economy: String,
    /// The other side of a flow.
    pub partner: String,
    /// Sector.
    pub sector: String,
    /// First day of its window.
    pub from: Option<Date>,
    /// Last day of its window.
    pub to: Option<Date>,
    /// The window in words.
    pub period: String,
    /// Id of its source.
    pub source: String,
    /// How far it can be trusted.
    pub confidence: String,
}

impl Target {
    /// The tolerance band; the value itself where there is none.
    pub fn band(&self) -> (f64, f64) {
        (
            self.low.unwrap_or(self.value),
            self.high.unwrap_or(self.value),
        )
    }
}

/// One line of a file with named columns.
struct Line<'a> {
    file: &'a str,
    headers: &'a csv::StringRecord,
    record: csv::StringRecord,
}

impl Line<'_> {
    fn wrong(&self, problem: String) -> RecordError {
        RecordError::Table {
            file: self.file.to_owned(),
            line: self.record.position().map_or(0, csv::Position::line),
            problem,
        }
    }

    fn text(&self, column: &str) -> Result<String, RecordError> {
        let at = self.headers.iter().position(|name| name == column);
        let value = at.and_then(|at| self.record.get(at));
        value
            .map(|text| text.trim().to_owned())
            .ok_or_else(|| self.wrong(format!("no column `{column}`")))
    }

    fn number(&self, column: &str) -> Result<Option<f64>, RecordError> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(self.wrong(format!("`{text}` in `{column}` is no number"))),
        }
    }

    fn value(&self) -> Result<f64, RecordError> {
        let value = self.number("value")?;
        value.ok_or_else(|| self.wrong("no value".to_owned()))
    }

    fn date(&self, column: &str) -> Result<Option<Date>, RecordError> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        parse_date(&text)
            .map(Some)
            .map_err(|error| self.wrong(error.to_string()))
    }
}

fn lines<T>(
    file: &str,
    text: &str,
    take: impl Fn(&Line<'_>) -> Result<T, RecordError>,
) -> Result<Vec<T>, RecordError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let broken = |error: csv::Error| RecordError::Table {
        file: file.to_owned(),
        line: error.position().map_or(0, csv::Position::line),
        problem: error.to_string(),
    };
    let headers = reader.headers().map_err(broken)?.clone();
    let mut taken = Vec::new();
    for record in reader.records() {
        taken.push(take(&Line {
            file,
            headers: &headers,
            record: record.map_err(broken)?,
        })?);
    }
    Ok(taken)
}

/// Reads a file of recorded values.
///
/// # Errors
/// [`RecordError::Table`] with the line.
pub fn read_targets(file: &str, text: &str) -> Result<Vec<Target>, RecordError> {
    lines(file, text, |line| {
        Ok(Target {
            id: line.text("id")?,
            variable: line.text("variable")?,
            kind: line.text("kind")?,
            definition: line.text("definition")?,
            value: line.value()?,
            unit: line.text("unit")?,
            low: line.number("low")?,
            high: line.number("high")?,
            economy: line.text("economy")?,
            partner: line.text("partner")?,
            sector: line.text("sector")?,
            from: line.date("from")?,
            to: line.date("to")?,
            period: line.text("period")?,
            source: line.text("source")?,
            confidence: line.text("confidence")?,
        })
    })
}

/// Reads a file of recorded series: one target per line, with the series as
/// variable and the item as sector.
///
/// # Errors
/// [`RecordError::Table`] with the line.
pub fn read_series(file: &str, text: &str) -> Result<Vec<Target>, RecordError> {
    lines(file, text, |line| {
        let (series, item) = (line.text("series")?, line.text("item")?);
        let from = line.text("from")?;
        Ok(Target {
            id: format!("{series}.{item}.{from}"),
            variable: series,
            kind: "level".to_owned(),
            definition: String::new(),
            value: line.value()?,
            unit: line.text("unit")?,
            low: None,
            high: None,
            economy: String::new(),
            partner: String::new(),
            sector: item,
            from: line.date("from")?,
            to: line.date("to")?,
            period: from,
            source: line.text("source")?,
            confidence: line.text("confidence")?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "series,item,from,to,value,unit,source,confidence\n\
                        revenue,all,2001-01-01,2001-01-31,7.5,USD bn,s1,high\n";

    #[test]
    fn a_series_becomes_one_value_per_line() {
        let read = read_series("a.csv", GOOD).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].id, "revenue.all.2001-01-01");
        assert_eq!(read[0].band(), (7.5, 7.5));
    }

    #[test]
    fn a_mistake_names_file_and_line() {
        for (from, to, part) in [
            ("7.5", "a lot", "no number"),
            ("2001-01-31", "2001-02-31", "2001-02-31"),
            ("value", "valeur", "no column `value`"),
        ] {
            let error = read_series("a.csv", &GOOD.replace(from, to)).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("`a.csv`, line 2"), "{text}");
            assert!(text.contains(part), "{text}");
        }
    }
}
