//! Files of recorded values.

use std::collections::BTreeSet;

use tradewinds_config::{Diagnostics, Source};
use tradewinds_units::Date;

use crate::sourced_table::{Refused, Row, rows, unique};

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

/// A number in any unit.
const ANY: (f64, f64) = (f64::MIN, f64::MAX);

fn number(row: &Row<'_>, column: &str) -> Result<Option<f64>, Refused> {
    row.number(column, ANY, "a number")
}

/// A unit in words.
fn unit(row: &Row<'_>) -> Result<String, Refused> {
    let text = row.owned("unit")?;
    if text.is_empty() {
        return Err(Refused::new("unit", "nothing", "a unit, as pct or USD bn"));
    }
    Ok(text)
}

/// First and last day, where they are written.
fn days(row: &Row<'_>) -> Result<[Option<Date>; 2], Refused> {
    let [from, to] = [row.date_if_any("from")?, row.date_if_any("to")?];
    if let Some((from, to)) = from.zip(to).filter(|(from, to)| to < from) {
        let expected = format!("a day from {from} on");
        return Err(Refused::new("to", to.to_string(), expected));
    }
    Ok([from, to])
}

/// The ends of the tolerance band around a value, where they are written.
fn band(row: &Row<'_>, value: f64) -> Result<[Option<f64>; 2], Refused> {
    let [low, high] = [number(row, "low")?, number(row, "high")?];
    if low.is_some_and(|low| low > value) {
        let expected = format!("a number up to {value}, which is the value");
        return Err(Refused::new("low", row.text("low")?, expected));
    }
    if high.is_some_and(|high| high < value) {
        let expected = format!("a number from {value} on, which is the value");
        return Err(Refused::new("high", row.text("high")?, expected));
    }
    Ok([low, high])
}

/// Reads a file of recorded values.
///
/// # Errors
/// Every mistake, with its cell.
pub fn read_targets(source: &Source) -> Result<Vec<Target>, Diagnostics> {
    let mut problems = Diagnostics::new();
    let mut seen = BTreeSet::new();
    let found = rows(source, &mut problems, |row| {
        let value = row.value("value", ANY, "a number")?;
        let [low, high] = band(row, value)?;
        let [from, to] = days(row)?;
        let id = row.owned("id")?;
        unique(&mut seen, id.clone(), "id")?;
        Ok(Target {
            id,
            variable: row.owned("variable")?,
            kind: row.owned("kind")?,
            definition: row.owned("definition")?,
            value,
            unit: unit(row)?,
            low,
            high,
            economy: row.owned("economy")?,
            partner: row.owned("partner")?,
            sector: row.owned("sector")?,
            from,
            to,
            period: row.owned("period")?,
            source: row.owned("source")?,
            confidence: row.confidence()?,
        })
    });
    problems.into_result(found)
}

/// Reads a file of recorded series: one target per line, with the series as
/// variable and the item as sector.
///
/// # Errors
/// Every mistake, with its cell.
pub fn read_series(source: &Source) -> Result<Vec<Target>, Diagnostics> {
    let mut problems = Diagnostics::new();
    let found = rows(source, &mut problems, |row| {
        let (series, item) = (row.text("series")?, row.text("item")?);
        let period = row.text("from")?;
        let [from, to] = days(row)?;
        Ok(Target {
            id: format!("{series}.{item}.{period}"),
            variable: series.to_owned(),
            kind: "level".to_owned(),
            definition: String::new(),
            value: row.value("value", ANY, "a number")?,
            unit: unit(row)?,
            low: None,
            high: None,
            economy: String::new(),
            partner: String::new(),
            sector: item.to_owned(),
            from,
            to,
            period: period.to_owned(),
            source: row.owned("source")?,
            confidence: row.confidence()?,
        })
    });
    problems.into_result(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIES: &str = "series,item,from,to,value,unit,source,confidence\n\
                          revenue,all,2001-01-01,2001-01-31,7.5,USD bn,s1,high\n";
    const VALUES: &str = "id,variable,kind,definition,value,unit,low,high,economy,partner,sector,from,to,period,source,confidence\n\
                          V1,rate,level,\"duties, over imports\",7.5,pct,7,8,USA,,,,,2001,s1,high\n\
                          V2,rate,level,,7.5,pct,,,USA,,,,,2002,s1,low\n";

    fn series(text: &str) -> Result<Vec<Target>, Diagnostics> {
        read_series(&Source::new("a.csv", text))
    }

    fn values(text: &str) -> Result<Vec<Target>, Diagnostics> {
        read_targets(&Source::new("a.csv", text))
    }

    #[test]
    fn a_series_becomes_one_value_per_line() {
        let read = series(SERIES).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].id, "revenue.all.2001-01-01");
        assert_eq!(read[0].band(), (7.5, 7.5));
        assert_eq!(values(VALUES).unwrap()[0].band(), (7.0, 8.0));
    }

    #[test]
    fn a_mistake_names_file_line_column_and_fix() {
        for (from, to, parts) in [
            ("7.5", "a lot", ["a.csv:2:35", "write a number"]),
            ("2001-01-31", "2001-02-31", ["a.csv:2:24", "YYYY-MM-DD"]),
            (
                "2001-01-31",
                "2000-12-31",
                ["a.csv:2:24", "a day from 2001-01-01 on"],
            ),
            ("value", "valeur", ["a.csv:2:", "a column `value`"]),
        ] {
            let text = series(&SERIES.replace(from, to)).unwrap_err().to_string();
            for part in parts {
                assert!(text.contains(part), "{part} in {text}");
            }
        }
    }

    #[test]
    fn bands_hold_their_value_and_unit_and_confidence_are_words_on_record() {
        for (from, to, parts) in [
            (",7,8,", ",8,7,", ["key:      low", "a number up to 7.5"]),
            (",7,8,", ",,7,", ["key:      high", "a number from 7.5 on"]),
            (",pct,7", ",,7", ["key:      unit", "pct or USD bn"]),
            (
                "s1,high",
                "s1,sure",
                ["key:      confidence", "high, medium, low"],
            ),
            ("V1", "V2", ["a.csv:3:1", "repeats an earlier one"]),
        ] {
            let text = values(&VALUES.replacen(from, to, 1))
                .unwrap_err()
                .to_string();
            for part in parts {
                assert!(text.contains(part), "{part} in {text}");
            }
        }
    }
}
